"""What XLA compiles, kept on the disk: a later training with batches of the same sizes does not compile again."""

import hashlib
import logging
import os
import platform
from pathlib import Path

import keras
import tensorflow as tf

log = logging.getLogger("tagger")

N_KEPT = 500  # programs, of some 100 kB each
FLAGS = "TF_XLA_FLAGS"
FOLDER = "--tf_xla_persistent_cache_directory"


def keep_programs(cache: Path) -> None:
    """Has XLA keep its programs in a folder, from here to the end of the process; only the first call counts.

    It stands aside where `TF_XLA_FLAGS` names a folder, and where the folder cannot be written. Programs are of one
    version of TensorFlow and one kind of processor. XLA writes each as a file that ends in .tmp, and moves it to its
    place: others may do so at the same time.

    Args:
        cache: a folder of all versions and processors, which may not be there yet.
    """
    flags = os.environ.get(FLAGS, "")
    if FOLDER in flags:
        return
    folder = cache / f"{tf.__version__}-{keras.__version__}-{_processor()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clean(folder)
    except OSError as error:
        log.info("what is compiled is not kept: %s", error)
        return
    os.environ[FLAGS] = f"{flags} {FOLDER}='{folder}'".strip()


def _clean(folder: Path) -> None:
    """Removes what a machine that went down left empty, and of the others the oldest beyond `N_KEPT`."""
    programs = sorted(folder.glob("*.pb"), key=lambda path: path.stat().st_mtime, reverse=True)
    empty = [path for path in programs if not path.stat().st_size]
    for path in [*empty, *[path for path in programs if path not in empty][N_KEPT:]]:
        path.unlink(missing_ok=True)


def _processor() -> str:
    """Ten digits that stand for what the processor can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        told = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
    except OSError:
        told = [*platform.uname()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:10]
