"""Tagged sentences as text."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.format_names import OutputFormat
from tagger.heads.target import TagTarget
from tagger.tagging.tagged import Tagged
from tagger.tagging.written_answers import answers_by_name, confidence_name, refuse

SUFFIXES: dict[str, OutputFormat] = {
    ".tsv": "tsv", ".conll": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".conllu": "conllu",
}  # fmt: skip


def format_of_output(path: Path | None) -> OutputFormat:
    """Return the output format for a path by its suffix, without `.gz`; text for any other name."""
    return "text" if path is None else SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix, "text")


def answers_of(targets: Sequence[TagTarget]) -> list[AnswerColumn]:
    """The columns that heads were trained on, as answers."""
    return [AnswerColumn(target.name, target.kind, target.column) for target in targets]


def formatter(
    output_format: OutputFormat,
    *,
    confidence: bool,
    layout: Layout,
    targets: Sequence[TagTarget] = (),
    is_coloured: bool = False,
) -> Callable[[Tagged], str]:
    """Return a function that formats a tagged sentence as lines, line end included.

    Answers of several heads are in the order of the heads, confidences after all of them:

    - `text`: labels before the tokens, each followed by a TAB; a token, its tags and strings are joined by `/`.
    - `tsv`: labels in comments such as `# intent = PlayMusic` before the sentence, a column for each other head.
    - `csv`: a column for each head, named like it, and for its confidence, such as `intent_confidence`; after all
      columns of the input if that is a table with a row for each token, see `csv_formatter`.
    - `jsonl`: see `json_line`.
    - `conllu`: labels in comments, the other answers in the columns that they were read from, see `answer_fields`.

    If the best tag sequences were requested, they are written best first, each with its probability:

    - `text`: a line each, with a blank line after the last.
    - `tsv`: a sentence each, with the probability in a comment before it.
    - `jsonl`: a list under `best`.

    `csv` and `conllu` have only the best sequence.

    What a format cannot hold, such as a token with a line end in `text`, makes the function raise a DataError that
    names file and line.

    Args:
        output_format: name of the format.
        confidence: whether to write the probability of each tag, string and label.
        layout: layout of the files that the tagger was trained on; its tag column gets the tag in CoNLL-U.
        targets: what the heads predict; not needed if the tagger predicts the tags of one column only.
        is_coloured: whether tags are coloured, in `text`, for a terminal.
    """
    answers = answers_of(targets)
    match output_format:
        case "text" if is_coloured:
            from tagger.tagging.output_terminal import coloured_formatter

            return coloured_formatter(partial(_text, confidence=confidence), confidence=confidence, targets=targets)
        case "text":
            return lambda tagged: _text(tagged, confidence)
        case "tsv":
            return lambda tagged: _tsv(tagged, confidence, answers)
        case "csv":
            from tagger.tagging.output_csv import csv_formatter  # not needed for text, which starts fastest

            return csv_formatter(confidence=confidence, layout=layout)
        case "jsonl":
            from tagger.tagging.output_json import json_line

            return lambda tagged: json_line(tagged, confidence=confidence)
        case "conllu":
            return _conllu_formatter(confidence, layout, answers)


def _text(tagged: Tagged, confidence: bool) -> str:
    if tagged.best:
        return "".join(f"{_probability(ranked)}\t{_line(ranked, confidence)}" for ranked in tagged.best) + "\n"
    return _line(tagged, confidence)


def _line(tagged: Tagged, confidence: bool) -> str:
    labels, columns = "", [tagged.tokens]
    for answer in answers_by_name(tagged).values():
        values = answer.values
        if confidence:
            values = tuple(f"{value}:{p:.3f}" for value, p in zip(values, answer.confidence, strict=True))
        if answer.kind == "label":
            labels += "".join(f"{label}\t" for label in values)
        else:
            columns.append(values)
    text = " ".join(map("/".join, zip(*columns, strict=True)))
    if "\n" in text or "\r" in text or "\t" in text:
        refuse(tagged, "a line of text", "\n\r\t", columns)
    return f"{labels}{text}\n"


def _probability(tagged: Tagged) -> str:
    """Format a sequence's probability with four significant digits, as it is tiny for long sentences."""
    return f"{tagged.probability:.4g}"


def _tsv(tagged: Tagged, confidence: bool, columns: Sequence[AnswerColumn]) -> str:
    # Not needed for text, which starts fastest.
    from tagger.corpus.formats.columns import write_answers

    text = ""
    for ranked in tagged.best or (tagged,):
        answers = [answer for answer in answers_by_name(ranked).values() if answer.kind != "label"]
        comments = _label_comments(ranked, confidence, columns)
        if tagged.best:
            comments = [f"# probability = {_probability(ranked)}", *comments]
        text += write_answers(
            ranked.sentence,
            [answer.values for answer in answers],
            comments,
            confidences=[answer.confidence for answer in answers] if confidence else (),
        )
    return text


def _conllu_formatter(confidence: bool, layout: Layout, columns: Sequence[AnswerColumn]) -> Callable[[Tagged], str]:
    from tagger.corpus.conllu_writer import answer_fields, tag_column, write_answers

    column, fields = tag_column(layout), answer_fields(layout, columns)

    def to_lines(tagged: Tagged) -> str:
        if not tagged.answers:
            confidences = tagged.confidence if confidence else None
            return write_answers(tagged.sentence, {column: tagged.tags}, confidence=confidences)
        answers = {name: answer for name, answer in tagged.answers.items() if answer.kind != "label"}
        values: dict[Column, Sequence[str]] = {fields[name]: answer.values for name, answer in answers.items()}
        for name, answer in answers.items() if confidence else ():
            values[confidence_name(name)] = [f"{value:.4f}" for value in answer.confidence]
        return write_answers(tagged.sentence, values, _label_comments(tagged, confidence, columns))

    return to_lines


def _label_comments(tagged: Tagged, confidence: bool, columns: Sequence[AnswerColumn]) -> list[str]:
    """A comment for each label, and one for its confidence."""
    if not tagged.answers:
        return []
    from tagger.corpus.conllu_writer import label_key

    comments = []
    for column in columns:
        answer = tagged.answers[column.name]
        if answer.kind == "label":
            key = label_key(column)
            comments += [f"# {key} = {label}" for label in answer.values]
            comments += [f"# {confidence_name(key)} = {p:.4f}" for p in answer.confidence if confidence]
    return comments
