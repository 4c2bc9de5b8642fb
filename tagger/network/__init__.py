"""Keras: the network, its layers and the training loop. The only room that imports TensorFlow or Keras."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _import_tensorflow() -> None:
    """Import TensorFlow, whose start-up messages on standard error ignore its log level, without them."""
    stderr = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import keras  # noqa: F401
        import tensorflow

        tensorflow.get_logger().setLevel("ERROR")  # or it warns of retracing when a process trains several networks
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


_import_tensorflow()
