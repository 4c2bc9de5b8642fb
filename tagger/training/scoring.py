"""Scores of a run's tagger on its splits, beside baselines that are fitted to train."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from tagger.evaluation.scores import Golds, Scores, evaluate_tagger, predictions
from tagger.heads.target import TagTarget
from tagger.reports.predictions import write_predictions
from tagger.reports.series.worst_and_best import kept_series_name, write_kept_series
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger
from tagger.training.bag_of_words import Labeller, bag_of_words
from tagger.training.prepared_data import PreparedData

log = logging.getLogger("tagger")

BAG_OF_WORDS = "bag_of_words"  # name of the baseline in metrics.json


def fit_baselines(prepared: PreparedData) -> dict[str, Labeller]:
    """Fit a bag of words to train for each head of labels; empty if the network does not read words."""
    if not prepared.config.features.reads_words:
        return {}
    return {
        head.target.name: bag_of_words(head.views["train"].sentences, head.target.ignore)
        for head in prepared.heads
        if head.target.kind == "label"
    }


def score_split(
    tagger: Tagger, prepared: PreparedData, split: str, baselines: Mapping[str, Labeller] = {}
) -> tuple[Scores, list[Tagged]]:
    """Tag a split with a saved tagger, and evaluate each head that the split has answers for.

    Args:
        tagger: the saved tagger.
        prepared: the run's data.
        split: name of the split.
        baselines: fitted baselines by head.
    """
    golds = split_golds(prepared, split)
    labelled = {}
    for name, label in baselines.items():
        if name in golds:
            texts = [sentence.tokens[0] for sentence in golds[name][0]]
            labelled[name] = {BAG_OF_WORDS: [(predicted,) for predicted in label(texts)]}
    in_context = prepared.in_context.get(split)
    return evaluate_tagger(tagger, prepared.splits[split], golds, in_context=in_context, baselines=labelled)


def split_golds(prepared: PreparedData, split: str) -> Golds:
    """The gold answers in a split of each head that it has answers for."""
    return {head.target.name: head.views[split] for head in prepared.heads if split in head.views}


def warn_of_missing_heads(scores: Scores, targets: Sequence[TagTarget], split: str) -> None:
    """Log a warning for each head that a split has no answers of."""
    for target in targets:
        if target.name not in scores.heads:
            log.warning("%s has no answers of the head %s, which is not scored on it", split, target.name)


def write_split_predictions(folder: Path, prepared: PreparedData, split: str, tagged: Sequence[Tagged]) -> None:
    """Write the predictions on a split to `SPLIT.tsv`, or for several heads to `SPLIT.HEAD.tsv` each."""
    golds = split_golds(prepared, split)
    for target in prepared.targets:
        if target.name in golds:
            name = f"{split}.tsv" if len(prepared.targets) == 1 else f"{split}.{target.name}.tsv"
            sentences, _ = golds[target.name]
            predicted = predictions(tagged, target, golds)
            write_predictions(folder / name, sentences, predicted, target.lexicon)
            if prepared.config.features.reads_series and target.kind == "tag":
                path, columns = folder / kept_series_name(name), prepared.encoder.numeric
                write_kept_series(path, sentences, predicted, columns, ignore=target.ignore)
