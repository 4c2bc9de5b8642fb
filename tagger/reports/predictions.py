"""Predictions of a head on a split as a TSV file, one token or label a row, beside the gold answers."""

from collections.abc import Sequence
from pathlib import Path

from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.files import IN_A_CELL, write_file
from tagger.reports.error_analysis import Outcome
from tagger.tagging.tagged import Answer


def write_predictions(path: Path, sentences: Sequence[Sentence], predicted: Sequence[Answer], lexicon: Lexicon) -> None:
    """Write each token with its gold tag, predicted tag and confidence, and whether its form occurs in train.

    Args:
        path: path of the file.
        sentences: sentences with gold tags; for labels, each has one token, which is the text.
        predicted: the answer of the head for each, with its confidence.
        lexicon: words of train.
    """
    lines = ["token\tgold\tpredicted\tconfidence\tseen\n"]
    forms = lexicon.forms
    for sentence, answer in zip(sentences, predicted, strict=True):
        rows = zip(sentence.tokens, sentence.tags or (), answer.values, answer.confidence, strict=True)
        for token, gold, tag, score in rows:
            seen = "-" if forms is None else "seen" if token in forms else "unseen"
            cells = "\t".join(cell.translate(IN_A_CELL) for cell in (token, gold, tag))
            lines.append(f"{cells}\t{score:.4f}\t{seen}\n")
        lines.append("\n")
    write_file(path, "".join(lines))


def read_outcomes(text: str) -> list[Outcome]:
    """Parse the text of a predictions file into its sentences.

    Raises:
        ValueError: a line has the wrong number of columns, or its confidence is not a number.
    """
    outcomes, rows = [], []
    for line in text.split("\n")[1:]:
        if line:
            token, gold, predicted, confidence, _ = line.split("\t")
            rows.append((token, gold, predicted, float(confidence)))
        elif rows:
            outcomes.append(Outcome(*zip(*rows, strict=True)))
            rows = []
    return outcomes
