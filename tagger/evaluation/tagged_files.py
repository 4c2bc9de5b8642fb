"""A saved tagger against gold tags."""

import logging
from collections.abc import Sequence
from pathlib import Path

from tagger.corpus.chunks import near
from tagger.corpus.detection import scheme_of_pairs
from tagger.corpus.formats import likely_format
from tagger.corpus.layout import Layout
from tagger.corpus.read import read_tagged, resolve_format
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import all_in_scheme, check_scored, warn_of_unknown_tags
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.baselines import NAMES
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.files import IN_A_CELL, write_file
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger

log = logging.getLogger("tagger")


def evaluate_file(tagger: Tagger, path: Path) -> Evaluation:
    """Scores a tagged file.

    Raises:
        DataError: the file cannot be read; names file and line.
    """
    evaluation = evaluate_tagger(tagger, read_gold(tagger, path))[0]
    warn_of_baselines(evaluation, near(path))
    return evaluation


def read_gold(tagger: Tagger, path: Path) -> Sentences:
    """The sentences of a tagged file, read like the tagger's training data where it has the same format.

    Their tags are in the scheme of the tagger's.

    Raises:
        DataError: the file cannot be read, or has nothing to score; names file and line.
    """
    trained_on = tagger.bundle.layout
    alike = Layout(
        numeric=trained_on.numeric, columns=trained_on.columns, encoding=trained_on.encoding, map=trained_on.map
    )
    found = resolve_format(path, alike)
    # Columns are what a file is taken for that shows no other format, and so no reason to doubt the one of training.
    is_like_train = likely_format(found.format, trained_on) == trained_on.format
    sentences = _in_scheme_of(tagger, read_tagged(path, trained_on if is_like_train else found), path)
    known = {*tagger.bundle.tags, *tagger.bundle.encoder.ignore}
    check_scored(sentences, tagger.bundle.encoder.ignore)
    warn_of_unknown_tags(sentences, known, str(path))
    return sentences


def _in_scheme_of(tagger: Tagger, sentences: Sentences, path: Path) -> Sentences:
    """The sentences with their tags in the scheme of the tagger's, where they have another."""
    wanted = tagger.bundle.scheme
    found = scheme_of_pairs(sentences.tag_pairs()).scheme if wanted != "none" else "none"
    if found in ("none", wanted) or sentences.tag_counts().keys() <= {*tagger.bundle.tags}:
        return sentences
    log.info("%s: its tags are read as %s and scored as %s", near(path), found, wanted)
    return all_in_scheme(sentences, found, wanted)


def evaluate_tagger(tagger: Tagger, sentences: Sequence[Sentence]) -> tuple[Evaluation, list[Tagged]]:
    """Tags sentences, and counts how the tags meet their gold ones."""
    tagged = list(tagger.stream(sentences))
    evaluation = evaluate(
        gold=[sentence.tags or () for sentence in sentences],
        predicted=[found.tags for found in tagged],
        tokens=[sentence.tokens for sentence in sentences],
        lexicon=tagger.bundle.lexicon,
        confidence=[found.confidence for found in tagged],
        known_tags=tagger.bundle.tags,
        ignore=tagger.bundle.encoder.ignore,
        scheme=tagger.bundle.scheme,
    )
    return evaluation, tagged


def warn_of_baselines(evaluation: Evaluation, name: str) -> None:
    """Says so if a simple tagger does as well as the network, which then has learned nothing from sentences.

    Args:
        evaluation: of some sentences.
        name: of their file or split.
    """
    if evaluation.not_beaten:
        accuracies = evaluation.baseline_accuracies
        best = max(evaluation.not_beaten, key=accuracies.__getitem__)
        log.warning(
            "%s: the tagger does not beat a baseline: its accuracy is %.4f, the baseline's %.4f (%s)",
            name, evaluation.accuracy, accuracies[best], NAMES[best],
        )  # fmt: skip


def write_predictions(path: Path, sentences: Sequence[Sentence], tagged: Sequence[Tagged], lexicon: Lexicon) -> None:
    """Writes of each token: gold tag, predicted tag, its confidence, and whether train has the form."""
    lines = ["token\tgold\tpredicted\tconfidence\tseen\n"]
    forms = lexicon.forms
    for sentence, found in zip(sentences, tagged, strict=True):
        for token, gold, tag, score in zip(
            sentence.tokens, sentence.tags or (), found.tags, found.confidence, strict=True
        ):
            seen = "-" if forms is None else "seen" if token in forms else "unseen"
            cells = "\t".join(cell.translate(IN_A_CELL) for cell in (token, gold, tag))
            lines.append(f"{cells}\t{score:.4f}\t{seen}\n")
        lines.append("\n")
    write_file(path, "".join(lines))
