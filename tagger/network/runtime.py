"""TensorFlow settings: threads, GPU memory, determinism, compilation."""

import gc
import logging

import tensorflow as tf
from tensorflow.python.framework.ops import gradient_registry

from tagger.tagging.engine import n_cores

log = logging.getLogger("tagger")

LONG = 400_000  # with at least this many training tokens over all epochs, compiling saves time


def use_threads(threads: int, *, bidirectional: bool = False) -> None:
    """Set the number of threads; 0: as many as there are cores. It must be called before the first computation.

    The two directions of a layer run in parallel, each with half of the threads: their operations are so small that two
    threads for one of them take longer than one thread.
    """
    n_threads = threads or n_cores()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(max(1, n_threads // 2) if bidirectional else n_threads)
        tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    except RuntimeError:
        if threads:
            log.warning("TensorFlow is in use already, so its number of threads cannot be changed")


def grow_gpu_memory() -> None:
    """Make TensorFlow allocate GPU memory as needed, instead of all of it at once."""
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except (RuntimeError, ValueError):
            log.warning("TensorFlow is using %s already, and has allocated all of its memory", gpu.name)


def be_deterministic() -> None:
    """Make TensorFlow reproduce results bit for bit until the end of the process."""
    tf.config.experimental.enable_op_determinism()


def forget_networks() -> None:
    """Free memory that TensorFlow never frees itself: about 15 MB for each network that is no longer used.

    Keras' optimizers and our recurrent layers define custom gradients. TensorFlow registers each under a generated
    name, which keeps its whole graph alive, and has no function to remove it. Do not call this while another thread
    trains a network.
    """
    registered = gradient_registry._registry
    for name in [name for name in registered if name.startswith("CustomGradient")]:
        del registered[name]
    gc.collect()  # a network and its graph reference each other


def has_gpu() -> bool:
    """Whether TensorFlow detects a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def pays_to_compile(n_tokens: int, *, precision: str = "float32") -> bool:
    """Whether `build_model` should compile loops, by the number of training tokens over all epochs.

    Compiled loops are in single precision only; on a GPU Keras uses cuDNN.
    """
    return is_long(n_tokens, precision=precision) and not has_gpu()


def is_long(n_tokens: int, *, precision: str = "float32") -> bool:
    """Whether training is long enough to compile loops, on a CPU; it does not initialise the devices."""
    return n_tokens >= LONG and precision == "float32"
