"""A saved tagger against gold tags."""

from collections.abc import Sequence
from pathlib import Path

from tagger.corpus.layout import Layout
from tagger.corpus.read import read_tagged, resolve_format
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.experiments.run_folder import write_file
from tagger.tagging.tagger import Tagged, Tagger

IN_A_CELL = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})  # a token of a CSV file may hold any of them


def evaluate_file(tagger: Tagger, path: Path) -> Evaluation:
    """Scores a tagged file, read like the tagger's training data where it has the same format.

    Raises:
        DataError: the file cannot be read; names file and line.
    """
    trained_on = tagger.bundle.layout
    found = resolve_format(path, Layout(numeric=trained_on.numeric, encoding=trained_on.encoding))
    return evaluate_tagger(tagger, read_tagged(path, trained_on if found.format == trained_on.format else found))[0]


def evaluate_tagger(tagger: Tagger, sentences: Sequence[Sentence]) -> tuple[Evaluation, list[Tagged]]:
    """Tags sentences, and counts how the tags meet their gold ones."""
    tagged = list(tagger.stream(sentences))
    evaluation = evaluate(
        gold=[sentence.tags or () for sentence in sentences],
        predicted=[found.tags for found in tagged],
        tokens=[sentence.tokens for sentence in sentences],
        lexicon=tagger.bundle.lexicon,
        known_tags=tagger.bundle.encoder.tags,
        ignore=tagger.bundle.encoder.ignore,
    )
    return evaluation, tagged


def write_predictions(path: Path, sentences: Sequence[Sentence], tagged: Sequence[Tagged], lexicon: Lexicon) -> None:
    """Writes of each token: gold tag, predicted tag, its confidence, and whether train has the form."""
    lines = ["token\tgold\tpredicted\tconfidence\tseen\n"]
    forms = lexicon.forms
    for sentence, found in zip(sentences, tagged, strict=True):
        for token, gold, tag, score in zip(
            sentence.tokens, sentence.tags or (), found.tags, found.confidence, strict=True
        ):
            seen = "-" if forms is None else "seen" if token in forms else "unseen"
            lines.append(f"{token.translate(IN_A_CELL)}\t{gold}\t{tag}\t{score:.4f}\t{seen}\n")
        lines.append("\n")
    write_file(path, "".join(lines))
