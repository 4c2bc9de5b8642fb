"""A cache of programs that XLA compiled: later trainings with batches of the same sizes need not compile them again."""

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

MAX_AGE = 30 * 24 * 3600.0  # seconds; a program takes about 100 kB
FLAGS = "TF_XLA_FLAGS"
FOLDER = "--tf_xla_persistent_cache_directory"


def cache_programs(cache: Path) -> None:
    """Make XLA keep its programs in the folder `cache` until the end of the process.

    It must be called before TensorFlow computes anything or lists its devices. It has no effect if `TF_XLA_FLAGS`
    already names a folder or a file of flags, or if the folder cannot be written. Each version of TensorFlow, kind of
    processor and value of `XLA_FLAGS` has a subfolder. Several processes may share a folder, since XLA renames a
    program into it only when it is complete.
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
        log.info("compiled programs are not cached: %s", error)
        return
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    os.environ[FLAGS] = f'{flags} {FOLDER}="{quoted}"'.strip()
    log.debug("compiled programs are cached in %s", folder)


def _clean(cache: Path) -> None:
    """Remove old programs, and empty ones left by a machine that crashed."""
    for path in cache.glob("*/*"):
        try:
            stat = path.stat()
            if time.time() - stat.st_mtime > MAX_AGE or (path.suffix == ".pb" and not stat.st_size):
                path.unlink()
        except FileNotFoundError:  # another process has removed it
            continue


def _machine_digest() -> str:
    """Ten hexadecimal digits that depend on the processor's features and on `XLA_FLAGS`."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        features = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
    except OSError:
        features = [platform.system(), platform.machine(), platform.processor()]
    features.append(os.environ.get("XLA_FLAGS", ""))
    return hashlib.sha256("\n".join(features).encode()).hexdigest()[:10]
