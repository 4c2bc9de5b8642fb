"""What XLA compiles, kept on the disk: a later training with batches of the same sizes does not compile again."""

import hashlib
import logging
import os
import platform
import time
from pathlib import Path
from tempfile import TemporaryFile

import keras
import tensorflow as tf

log = logging.getLogger("tagger")

KEPT = 30 * 24 * 3600.0  # seconds; a program has some 100 kB
FLAGS = "TF_XLA_FLAGS"
FOLDER = "--tf_xla_persistent_cache_directory"


def cache_programs(cache: Path) -> None:
    """Has XLA keep its programs in a folder of all versions and processors, from here to the end of the process.

    It counts only before TensorFlow is asked for its devices, or computes. It stands aside where `TF_XLA_FLAGS` names a
    folder, or a file of flags, and where the folder cannot be written. Programs are of one version of TensorFlow, one
    kind of processor and one setting of `XLA_FLAGS`. XLA moves each to its place when it is whole: several processes
    may share a folder.
    """
    flags = os.environ.get(FLAGS, "").strip()
    if FOLDER in flags or (flags and not flags.startswith("-")):
        return
    folder = cache / f"{tf.__version__}-{keras.__version__}-{_machine_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:  # a program that cannot be written would end the training
            file.write(b"tried")
        _clean(cache)
    except OSError as error:
        log.info("what is compiled is not kept: %s", error)
        return
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    os.environ[FLAGS] = f'{flags} {FOLDER}="{quoted}"'.strip()
    log.debug("what is compiled is kept in %s", folder)


def _clean(cache: Path) -> None:
    """Removes what is old, and what a machine that went down left empty."""
    for path in cache.glob("*/*"):
        try:
            found = path.stat()
            if time.time() - found.st_mtime > KEPT or (path.suffix == ".pb" and not found.st_size):
                path.unlink()
        except FileNotFoundError:  # another process was sooner
            continue


def _machine_digest() -> str:
    """Ten digits that stand for what the processor can do, and for what XLA is asked for."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        told = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
    except OSError:
        told = [platform.system(), platform.machine(), platform.processor()]
    told.append(os.environ.get("XLA_FLAGS", ""))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:10]
