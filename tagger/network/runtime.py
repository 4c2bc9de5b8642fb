"""TensorFlow's own settings."""

import gc
import logging

import tensorflow as tf
from tensorflow.python.framework.ops import gradient_registry

from tagger.tagging.engine import n_cores

log = logging.getLogger("tagger")

LONG = 400_000  # tokens of all epochs from which on a training is worth some seconds of compiling


def use_threads(threads: int, *, bidirectional: bool = False) -> None:
    """Compute with so many threads; 0: as many as there are cores. It counts only before the first computation.

    Both directions of a layer are computed side by side, each with half of the threads: their operations are small,
    and two threads in one of them take longer than one.
    """
    n_threads = threads or n_cores()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(max(1, n_threads // 2) if bidirectional else n_threads)
        tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    except RuntimeError:
        if threads:
            log.warning("TensorFlow has computed already, and keeps the number of threads that it began with")


def grow_gpu_memory() -> None:
    """Has TensorFlow take a GPU's memory as it is needed, and leave the rest to others."""
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except (RuntimeError, ValueError):
            log.warning("TensorFlow has used %s already, and keeps all of its memory", gpu.name)


def be_deterministic() -> None:
    """Has TensorFlow compute the same each time, bit for bit, from here to the end of the process."""
    tf.config.experimental.enable_op_determinism()


def forget_networks() -> None:
    """Frees what TensorFlow keeps of networks that nobody holds any more: some 15 MB of each, for good.

    Keras' optimizers, and our recurrent layers, have gradients of their own. TensorFlow registers each under a name
    that is made for it, holds by it the graph that it stands in, and has no way to take it back. Not to be called
    while a network is being trained in another thread.
    """
    registered = gradient_registry._registry
    for name in [name for name in registered if name.startswith("CustomGradient")]:
        del registered[name]
    gc.collect()  # a network and its graph refer to each other


def has_gpu() -> bool:
    """Whether TensorFlow finds one."""
    return bool(tf.config.list_physical_devices("GPU"))


def pays_to_compile(n_tokens: int, *, precision: str = "float32") -> bool:
    """Whether `build_model` should compile for a training of so many tokens in all.

    The loops that it compiles are of single precision, and on a GPU cuDNN has one of its own.
    """
    return is_long(n_tokens, precision=precision) and not has_gpu()


def is_long(n_tokens: int, *, precision: str = "float32") -> bool:
    """The same without a look at the devices."""
    return n_tokens >= LONG and precision == "float32"
