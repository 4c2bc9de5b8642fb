"""Predictions of a head on a split as a TSV file, one token or label a row, beside the gold answers."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tagger.border.schema import shown
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.files import IN_A_CELL, write_file
from tagger.reports.error_analysis import Outcome
from tagger.reports.record_schema import MAX_CONFIDENCE
from tagger.tagging.tagged import Answer

SEEN = {"seen": "seen", "unseen": "unseen"}  # cells of the last column; another one says nothing


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


def read_outcomes(lines: Iterable[str]) -> list[Outcome]:
    """Parse the lines of a predictions file, without their ends, into its sentences.

    Raises:
        ValueError: a line has the wrong number of columns, or its confidence is not a number from 0 to 1; names it.
    """
    outcomes: list[Outcome] = []
    rows: list[tuple[str, str, str, float, str]] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        if line or number == 1:
            cells = line.split("\t")
            if len(cells) != 5:
                raise ValueError(f"line {number}: expected 5 cells, delimited by TAB, got {len(cells):,}")
            if number == 1:  # names of the columns
                continue
            rows.append((cells[0], cells[1], cells[2], _confidence(cells[3], number), SEEN.get(cells[4], "")))
        elif rows:
            outcomes.append(Outcome(*zip(*rows, strict=True)))
            rows = []
    if not number:
        raise ValueError("is empty")
    if rows:
        outcomes.append(Outcome(*zip(*rows, strict=True)))
    return outcomes


def _confidence(cell: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MAX_CONFIDENCE:
        raise ValueError(f"line {line}: expected a confidence from 0 to 1, got {shown(cell)}")
    return value
