"""`SequenceTagger`: trains and tags by the conventions of scikit-learn."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from tagger.config import Config, load_config
from tagger.config.reference import closest_key, in_reference, reference
from tagger.config.settings import FREE
from tagger.corpus.sentence import Sentence
from tagger.evaluation.scores import evaluate_tagger
from tagger.sklearn.rows import LABEL, SENTENCE, TAG, TOKEN, features_config, is_labels, sentence_rows, with_answers
from tagger.tagging.frames import frame_sentences
from tagger.tagging.tagger import Tagger
from tagger.training.frames import plain_tables
from tagger.training.train import train

OF_FILES = (  # keys of data that say where files and columns are; they are no parameters
    "train", "dev", "test", "folds", "fold", "group", "format", "token", "tag", "label", "sentence", "per_row",
    "comments", "encoding", "decimal", "bad_rows", "sources",
)  # fmt: skip
OF_VALIDATION = ("split", "gap")  # keys of data that say how `validation_fraction` is split off


class SequenceTagger(BaseEstimator):  # type: ignore[misc]
    """A recurrent tagger of sentences or series, as an estimator of scikit-learn.

    Every key of a config is a parameter, with `__` for the point: `model__units`, `training__epochs`,
    `features__words__dim`; but for those of `data` on files and columns. `tagger config` lists them. What is not set,
    the plan chooses by the data, as in a run.

    >>> from tagger.sklearn import SequenceTagger
    >>> estimator = SequenceTagger(model__units=(50,), training__epochs=10)
    >>> estimator.fit([["John", "loves", "Jane"]] * 20, [["S", "V", "O"]] * 20)  # doctest: +SKIP
    >>> estimator.predict([["Jane", "loves", "John"]])[0]  # doctest: +SKIP
    ['S', 'V', 'O']

    Args:
        config: a config, its tables, or the path of its file, whose keys parameters replace; its files are not used.
        validation_fraction: share of the sentences that choose the best epoch and are not trained on, with
            `data__split="time"` the end of each series; None: none are split off, and the last weights are kept.
        random_state: seed of the weights and of the order of batches, as an integer or a `RandomState` of NumPy; None:
            that of the config.
        threads: number of threads; 0: one per core.
        settings: keys of the config.

    Attributes:
        tagger_: the saved tagger, a `tagger.Tagger`.
        classes_: tags or labels, sorted.
    """

    def __init__(
        self,
        config: Config | Mapping[str, Any] | str | Path | None = None,
        *,
        validation_fraction: float | None = 0.1,
        random_state: Any = None,
        threads: int = 0,
        **settings: Any,
    ) -> None:
        self.config = config
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.threads = threads
        if wrong := next((name for name in settings if not _is_key(name)), None):
            raise TypeError(_unknown(wrong))
        self.__dict__.update(settings)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; of the config's keys, those that are set."""
        params: dict[str, Any] = super().get_params(deep)
        return params | {name: value for name, value in sorted(vars(self).items()) if _is_key(name)}

    def set_params(self, **params: Any) -> "SequenceTagger":
        """Set parameters.

        Raises:
            ValueError: there is no such parameter.
        """
        known = self._get_param_names()
        if wrong := next((name for name in params if name not in known and not _is_key(name)), None):
            raise ValueError(_unknown(wrong))
        self.__dict__.update(params)
        return self

    def fit(self, X: Iterable[Any], y: Iterable[Any] | None) -> "SequenceTagger":
        """Train on sentences.

        Args:
            X: sentences, all of one kind: lists of tokens; texts, which are split into tokens; lists with a mapping for
                each token, or DataFrames with a row for each, of `token` and further features; or (steps, channels)
                arrays of numbers.
            y: for each sentence a list of tags, one for each token, or a label; numbers become text.

        Raises:
            ValueError: `X` or `y` cannot be used; names the sentence by its index.
            TaggerError: a parameter has a wrong value, or the data cannot be learned.
        """
        if y is None:
            raise ValueError("SequenceTagger requires y to be passed, but the target y is None")
        y = list(y)
        rows = with_answers(sentence_rows(X), y)
        with TemporaryDirectory(prefix="tagger-") as folder:
            run = train(
                self._tables(rows.drop(columns=[TAG, LABEL], errors="ignore"), has_labels=is_labels(y)),
                Path(folder, "run"),
                train=rows,
                dev=None if self.validation_fraction is None else float(self.validation_fraction),
                threads=self.threads,
            )
            self.tagger_ = Tagger.load(run.folder, threads=self.threads).in_memory()
        self.classes_ = np.array(sorted(self.tagger_.bundle.target.known_tags))
        return self

    def predict(self, X: Iterable[Any]) -> npt.NDArray[Any]:
        """Tag sentences, of the kind that the tagger was trained on.

        Returns:
            (sentences,) labels, or lists of tags as objects: sentences differ in length.

        Raises:
            NotFittedError: `fit` was not called.
            DataError: the sentences lack what the tagger reads.
        """
        check_is_fitted(self)
        sentences = self._sentences(X)
        tagged = self.tagger_.tag(sentences, confidence=False)
        if self._has_labels():
            return np.array([each.label or "" for each in tagged], dtype=str)
        predicted = np.empty(len(tagged), dtype=object)
        predicted[:] = [list(each.tags) for each in tagged]
        return predicted

    def score(self, X: Iterable[Any], y: Iterable[Any]) -> float:
        """Span F1 if the tags mark spans, else accuracy of tokens or of labels, from 0 to 1.

        Args:
            X: sentences.
            y: their tags or labels.
        """
        check_is_fitted(self)
        has_labels = self._has_labels()
        golds = [
            Sentence(each.tokens, None if has_labels else tuple(map(str, answer)), each.numbers, each.columns,
                     answers=(str(answer),) if has_labels else ())
            for each, answer in zip(self._sentences(X), y, strict=True)
        ]  # fmt: skip
        evaluation = evaluate_tagger(self.tagger_, golds)[0].first
        return float(evaluation.headlines.get("span_f1", evaluation.accuracy))

    def _tables(self, rows: Any, *, has_labels: bool) -> dict[str, Any]:
        """The tables of the run's config."""
        config = load_config(Path(self.config)) if isinstance(self.config, str | Path) else self.config
        tables = plain_tables(config.model_dump(exclude_unset=True) if isinstance(config, Config) else config or {})
        for name, value in self.get_params().items():
            if _is_key(name):
                _set(tables, name.split("__"), plain_tables({"": value})[""])
        unused = OF_FILES if self.validation_fraction is not None else OF_FILES + OF_VALIDATION
        tables["data"] = {key: value for key, value in tables.get("data", {}).items() if key not in unused}
        tables["data"] |= {"sentence": SENTENCE, "label" if has_labels else "tag": LABEL if has_labels else TAG}
        if TOKEN in rows:
            tables["data"]["token"] = TOKEN
        tables["features"] = {**features_config(rows), **tables.get("features", {})}
        if self.random_state is not None:
            _set(tables, ["training", "seed"], _seed(self.random_state))
        return tables

    def _sentences(self, X: Iterable[Any]) -> list[Sentence]:
        """The sentences of `X`, those without tokens included."""
        rows = sentence_rows(X := list(X))
        ids = rows[SENTENCE].unique().tolist()
        token = TOKEN if TOKEN in rows else None
        read = frame_sentences(rows, self.tagger_.bundle, sentence=SENTENCE, token=token)
        by_id = dict(zip(ids, read, strict=True))
        empty = Sentence((), numbers=() if self.tagger_.bundle.encoder.numeric else None)
        return [by_id.get(i, empty) for i in range(len(X))]

    def _has_labels(self) -> bool:
        return bool(self.tagger_.bundle.target.kind == "label")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "tagger_")

    def __sklearn_tags__(self) -> Any:
        """Tags of scikit-learn: no table of numbers goes in, and `y` is needed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.required = True
        tags.no_validation = True
        return tags


def _is_key(name: str) -> bool:
    """Whether a parameter is a key of a config that an estimator has."""
    names = name.split("__")
    key = in_reference(".".join(names))
    return len(names) > 1 and (key in reference() or key.startswith(FREE)) and not _is_of_files(*names[:2])


def _is_of_files(section: str, key: str) -> bool:
    return section == "data" and key in OF_FILES


def _unknown(name: str) -> str:
    close = closest_key(name.replace("__", "."))
    meant = (close or "").replace(".", "__")
    meant = f"; did you mean {meant}?" if _is_key(meant) else "."
    return f"SequenceTagger has no parameter {name}{meant} `tagger config` lists the keys, with a point for __"


def _set(tables: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        inner = tables.get(key)
        tables[key] = tables = dict(inner) if isinstance(inner, dict) else {}
    tables[keys[-1]] = value


def _seed(random_state: Any) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
