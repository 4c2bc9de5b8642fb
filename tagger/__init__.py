"""Train recurrent sequence taggers, and tag with them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tagger.inspection.notebook import inspect as inspect
    from tagger.sweeps.notebook import sweep as sweep
    from tagger.tagging.tagger import Tagger as Tagger
    from tagger.training.train import train as train

__all__ = ["Tagger", "inspect", "sweep", "train"]
__version__ = "0.1.0"


def __dir__() -> list[str]:
    return sorted({*(name for name in globals() if name.startswith("__")), *__all__})


def __getattr__(name: str) -> Any:
    # Imported on first use: `train` needs packages, TensorFlow among them, that tagging does not need.
    if name == "Tagger":
        from tagger.tagging.tagger import Tagger

        return Tagger
    if name == "inspect":
        from tagger.inspection.notebook import inspect

        return inspect
    if name in ("sweep", "train"):
        from tagger.packages import require

        require("train")
        if name == "sweep":
            from tagger.sweeps.notebook import sweep

            return sweep
        from tagger.training.train import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
