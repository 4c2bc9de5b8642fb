"""Check of a config with labels, several answers or several sources, with its data."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.checks import Split, errors_first, missing_notes, number_findings
from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.corpus.summary import Summary, summarize
from tagger.intake.check.heads import check_heads, flat_splits
from tagger.intake.check.reading import ReadingResult, read_files, split_train_of, with_missing
from tagger.intake.check.result import CheckResult

if TYPE_CHECKING:
    from tagger.config import Config


def check_several(path: Path | None, config: "Config") -> CheckResult:
    """Check a config with labels or several answers, or several sources, with its data."""
    from tagger.training.data_files import files_of, layout_of, sources_of
    from tagger.training.splits import layout_of_train

    layout, reading, notes, is_whole = with_missing(layout_of(config)), ReadingResult(), list[str](), True
    for data, own_layout in sources_of(config.data, layout):
        files = files_of(data)
        layouts = {**dict.fromkeys(files, own_layout), "train": layout_of_train(own_layout, data)}
        part = read_files(files, layouts, config_path=path)
        notes += split_train_of(part, data, path or Path())
        is_whole = is_whole and files.keys() <= part.splits.keys()
        reading.add(part)
    if not reading.splits:
        return CheckResult((), tuple(notes), tuple(errors_first(reading.findings)))
    return check_answers(reading, config, path, notes, layout, is_whole=is_whole)


def check_answers(
    reading: ReadingResult, config: "Config", path: Path | None, notes: list[str], layout: Layout, *, is_whole: bool
) -> CheckResult:
    """Check sentences with answers."""
    splits = flat_splits(reading, layout)
    findings, about_heads = check_heads(config, reading, splits, path, is_whole=is_whole)
    numeric, missing = [*map(str, layout.numeric)], config.features.numeric_missing
    measured = [Split.of(split, each) for split, each in splits.items()]
    findings += number_findings(measured, numeric, missing)
    notes = [*notes, *missing_notes(measured, numeric, missing)]
    if len(config.all_heads()) == 1:
        findings = [replace(finding, head=None) for finding in findings]
    shown = {split: _with_first_answer(each, layout) for split, each in splits.items()}
    tagged = _tagged(splits, layout)
    train = shown.get("train")
    summaries = (
        summarize(split, each, reading.layouts[split].format, train if split != "train" else None)
        for split, each in shown.items()
    )
    if len(config.data.sources) > 1:
        summaries = (_of_sources(each, reading, tagged.get(each.name), tagged.get("train")) for each in summaries)
    return CheckResult(tuple(summaries), (*notes, *about_heads), tuple(errors_first([*reading.findings, *findings])))


def _tagged(splits: dict[str, Sentences], layout: Layout) -> dict[str, Sentences]:
    """The sentences of each split that have the first answer per token, as their tags."""
    views = (
        {split: each.view(i) for split, each in splits.items() if len(each.having(i))}
        for i, answer in enumerate(layout.answers)
        if is_per_token(answer)
    )
    return next(filter(None, views), {})


def _of_sources(summary: Summary, reading: ReadingResult, tagged: Sentences | None, train: Sentences | None) -> Summary:
    """The summary of a split of several sources: with the tags of some sentences, and the number of files.

    Args:
        summary: summary of all sentences.
        reading: what was read.
        tagged: the sentences with tags, if any.
        train: those of train.
    """
    n_files = len({sentence.path for sentence in reading.splits[summary.name]})
    if n_files > 1:
        summary = replace(summary, path=f"{n_files} files, the longest sentence in {summary.path}")
    if tagged is None:
        return summary
    counts = summarize(summary.name, tagged, summary.format, None if summary.name == "train" else train)
    return replace(summary, tags=counts.tags, unseen_tags=counts.unseen_tags)


def _with_first_answer(sentences: Sentences, layout: Layout) -> Sentences:
    """The sentences with their first answer per token as tags, if all have it."""
    for i, answer in enumerate(layout.answers):
        if is_per_token(answer) and len(sentences.having(i)) == len(sentences):
            return sentences.view(i)
    return sentences
