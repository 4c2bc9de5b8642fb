"""TensorFlow's own settings."""

import tensorflow as tf


def use_threads(threads: int) -> None:
    """Computes with so many threads; 0: as many as there are cores. It counts only before the first computation."""
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
