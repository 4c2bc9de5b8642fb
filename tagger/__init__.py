"""Train recurrent sequence taggers, and tag with them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tagger.inspection.notebook import inspect as inspect
    from tagger.tagging.tagger import Tagger as Tagger
    from tagger.training.train import train as train

__all__ = ["Tagger", "inspect", "train"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Imported on first use: `train` needs packages, TensorFlow among them, that tagging does not need.
    if name == "Tagger":
        from tagger.tagging.tagger import Tagger

        return Tagger
    if name == "inspect":
        from tagger.inspection.notebook import inspect

        return inspect
    if name == "train":
        from tagger.packages import require

        require("train")
        from tagger.training.train import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
