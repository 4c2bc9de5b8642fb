"""A tagger as an estimator of scikit-learn: `tagger.sklearn.SequenceTagger`."""

from tagger.packages import missing_packages, packages_error

try:
    import sklearn as sklearn
except ModuleNotFoundError as error:
    raise packages_error("train", missing_packages("train") or ["scikit-learn"]) from error

from tagger.sklearn.sequence_tagger import SequenceTagger

__all__ = ["SequenceTagger"]
