"""The model card of a tagger: its use, data, scores and limits as Markdown, with the metadata that model hubs read.

It follows the metadata of https://github.com/huggingface/hub-docs/blob/main/modelcard.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from typing import Any

from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerKind
from tagger.corpus.terms import in_terms
from tagger.reports.display_text import sentence_case, visible
from tagger.reports.error_analysis import frequent_confusions
from tagger.reports.figures import FigureTable, tag_table
from tagger.reports.metric_names import UNITS, noun_of
from tagger.reports.neutral_cells import literal, markdown_table
from tagger.reports.page import FORBIDDEN, number, percent
from tagger.reports.run_report import describe_network
from tagger.reports.run_report.data import hash_table
from tagger.reports.run_report.edit_scripts import script_of
from tagger.reports.run_report.record import HeadRecord, RunRecord
from tagger.reports.run_report.scores import score_table
from tagger.toml_file import parse_toml

HUB_LICENCES = (
    r"apache-2\.0|mit|cc0-1\.0|cc-by(-nc)?(-nd|-sa)?-[234]\.[05]|pddl|odbl|odc-by|bsd-[23]-clause|gpl-[23]\.0|lgpl-3\.0|"
    r"agpl-3\.0|unlicense"
)  # the licences of data that hubs know by a name; another one is `other`
RARE = 20  # tokens in train below which a tag is rare
N_RARE, N_CONFUSIONS = 20, 3
LOW_F1 = 0.5

USE = """\
```sh
tagger predict BUNDLE "{example}"
tagger evaluate BUNDLE FILE
```

```python
import tagger

model = tagger.Tagger.load("BUNDLE")
print(model.tag([["{first}", "{second}"]]))
```"""
USE_OF_SERIES = """\
```sh
tagger predict BUNDLE --input FILE.csv --format csv
tagger evaluate BUNDLE FILE.csv
```

```python
import pandas
import tagger

model = tagger.Tagger.load("BUNDLE")
frame = pandas.read_csv("FILE.csv")  # one series; with several, name the column that tells them apart: sentence="ID"
print(model.tag_frame(frame))
```"""


def model_card(run: RunRecord) -> str:
    """The card as Markdown, the same for the same bundle, data and config: no time, no path.

    Args:
        run: the finished run.
    """
    data = parse_toml(run.config).get("data", {})
    text = USE_OF_SERIES if run.reads_series else USE.format(example="John loves Jane", first="John", second="loves")
    parts = [
        _metadata(run, data),
        "# A sequence tagger",
        f"{describe_network(run.network)}; {run.training['parameters']:,} parameters.",
        *(_answers(head, is_only=not run.heads[1:], is_series=run.reads_series) for head in run.heads),
        "## Use",
        "`BUNDLE` is the folder of this file.",
        text,
        "## Data",
        *_data(run, data),
        "## Scores",
        *_scores(run),
        "## Limits",
        "\n".join(f"- {limit}" for limit in _limits(run)),
    ]
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", "\n\n".join(parts) + "\n")


def _metadata(run: RunRecord, data: Mapping[str, Any]) -> str:
    """The front matter in YAML; its values are JSON, which YAML contains."""
    kinds = {head.kind for head in run.heads}
    licence = data.get("licence")
    results = [
        {
            "task": {"type": _task({head.kind}, is_series=run.reads_series) or "other"},
            "dataset": {"type": "other", "name": _file_name(data.get(split)) or split, "split": split},
            "metrics": [
                {"type": kind, "name": visible(f"{head.name}: {name}" if run.heads[1:] else name), "value": value}
                for kind, name, value in _metrics(head.evaluated[split])
            ],
        }
        for head in run.heads
        for split in head.evaluated
    ]
    fields: dict[str, Any] = {
        "language": [data["language"]] if isinstance(data.get("language"), str) else None,
        "license": _hub_licence(licence) if licence else None,
        "license_name": licence if licence and _hub_licence(licence) == "other" else None,
        "library_name": "tagger",
        "pipeline_tag": _task(kinds, is_series=run.reads_series),
        "tags": ["sequence-tagging", run.network["cell"], "onnx"],
        "model-index": [{"name": "tagger", "results": results}] if results else None,
    }
    lines = (f"{name}: {_yaml(value)}" for name, value in fields.items() if value is not None)
    return "\n".join(["---", *lines, "---"])


def _task(kinds: AbstractSet[AnswerKind], *, is_series: bool) -> str | None:
    """The task of heads as hubs call it; None for series, which hubs have no name for."""
    if is_series:
        return None
    return "text-classification" if kinds == {"label"} else "token-classification"


def _yaml(value: object) -> str:
    """A value on one line; characters that YAML does not print are shown as text."""
    return json.dumps(json.loads(visible(json.dumps(value, ensure_ascii=False), 1 << 30)), ensure_ascii=False)


def _hub_licence(licence: str) -> str:
    name = re.sub(r"[\s_]+", "-", licence.strip().lower())
    return name if re.fullmatch(HUB_LICENCES, name) else "other"


def _metrics(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Kind, name and value, 0 to 1, of the main metrics of an evaluation."""
    span_f1 = evaluation["spans"] and evaluation["spans"]["f1"]
    for kind, name, value in (
        ("accuracy", "accuracy", evaluation["accuracy"]),
        ("f1", "macro F1", evaluation["macro_f1"]),
        ("f1", "span F1", span_f1),
    ):
        if value is not None:  # nothing to score, as spans where there are none
            yield kind, name, round(value, 4)


def _file_name(source: object) -> str:
    """The name of a file of the config without its folder; empty for a share of train."""
    return visible(PurePath(source.replace("\\", "/")).name) if isinstance(source, str) else ""


def _shown(text: str) -> str:
    """A text of a file in Markdown, as it is."""
    return literal(visible(text))


def _answers(head: HeadRecord, *, is_only: bool, is_series: bool) -> str:
    noun, unit = noun_of(head.kind, is_series=is_series), in_terms(UNITS[head.kind], is_series=is_series)
    tags = list(head.evaluated[head.split]["tags"]) if head.split else []
    shown = ", ".join(map(_shown, tags[:50])) + (" …" if tags[50:] else "")
    listed = f", one of {len(tags):,}: {shown}" if head.kind != "string" and tags else ""
    answer = "string, made from the token by a learned rule" if head.kind == "string" else noun
    named = "Each" if is_only else f"{_shown(head.name)}: each"
    return f"{named} {unit} gets a {answer}{listed}."


def _data(run: RunRecord, data: Mapping[str, Any]) -> Iterator[str]:
    unnamed = "several files" if data.get("sources") else "part of train"
    rows = [
        [split, literal(_file_name(data.get(split))) or unnamed, number(each["sentences"]), number(each["tokens"])]
        for split, each in run.data.items()
    ]
    header = ["split", "file", *(in_terms(name, is_series=run.reads_series) for name in ("sentences", "tokens"))]
    yield markdown_table(FigureTable("The splits that the tagger was trained and scored on", header, rows))
    yield markdown_table(hash_table(run.provenance["data"])._replace(is_user_text=True))
    for key in ("language", "licence"):
        if isinstance(data.get(key), str):
            yield f"{sentence_case(key)} of the data: {_shown(data[key])}."


def _scores(run: RunRecord) -> Iterator[str]:
    if not any(head.evaluated for head in run.heads):
        yield "The tagger was not evaluated: there was neither a dev nor a test split."
    elif "dev" in run.heads[0].evaluated:
        yield "Dev has chosen the weights, so its scores are optimistic."
    for head in run.heads:
        if head.evaluated:
            if run.heads[1:]:
                yield f"### {_shown(head.name)}"
            yield markdown_table(score_table(head.evaluated, head.kind, is_series=run.reads_series))
            yield markdown_table(_by_tag(head, is_series=run.reads_series))


def _by_tag(head: HeadRecord, *, is_series: bool) -> FigureTable:
    """F1 of each tag and its number of gold tokens on each split, the most frequent first."""
    noun, units = noun_of(head.kind, is_series=is_series), in_terms(f"{UNITS[head.kind]}s", is_series=is_series)
    splits = {split: each["tags"] for split, each in head.evaluated.items()}
    names = dict.fromkeys(name for tags in splits.values() for name in tags)
    header, rows = [noun], [[name] for name in names]
    for split, tags in splits.items():
        header += [f"F1 on {split}", f"{units} of {split}"]
        for row in rows:
            scores = tags.get(row[0])
            row += [percent(scores["f1"]), number(scores["support"])] if scores else ["–", "0"]
    first = splits[head.split or ""]
    rows.sort(key=lambda row: -first.get(row[0], {"support": 0})["support"])
    return tag_table(f"Scores of each {noun}", header, rows, source="metrics.json of the run")


def _limits(run: RunRecord) -> Iterator[str]:
    for head in run.heads:
        name = f"{_shown(head.name)}: " if run.heads[1:] else ""
        for limit in _limits_of(run, head):
            yield f"{name}{limit}"
    split = next((head.split for head in run.heads if head.split), None)
    scores = f"The scores hold for data like the {split} split. " if split else ""
    others = (
        "another source, time or sensor"
        if run.reads_series
        else "another source, time or language, or in which tokens are split in another way,"
    )
    yield f"{scores}Data of {others} was not measured: evaluate the tagger on your own before you rely on it."
    yield "The weights are those of one training with one seed; another seed gives other scores."
    yield "Not for decisions about people without a person who checks the answers."


def _limits_of(run: RunRecord, head: HeadRecord) -> Iterator[str]:
    """Weak points of a head by its scores."""
    if not head.split:
        yield "Nothing is known about its errors."
        return
    evaluation, split, is_series = head.evaluated[head.split], head.split, run.reads_series
    noun, units = noun_of(head.kind, is_series=is_series), in_terms(f"{UNITS[head.kind]}s", is_series=is_series)
    if not evaluation["beats_baselines"]:
        yield f"**On {split} it is not more accurate than a baseline.**"
    unseen, seen = evaluation.get("unseen_accuracy"), evaluation.get("seen_accuracy")
    if unseen is not None and seen is not None and not is_series:
        yield (
            f"Of the words that train does not have, it gets {percent(unseen, 1)} right, of the others "
            f"{percent(seen, 1)} ({split})."
        )
    rare = _rare(run, head)
    if rare:
        shown = ", ".join(map(_shown, rare[:N_RARE])) + (" …" if rare[N_RARE:] else "")
        yield f"{counted(len(rare), noun)} with fewer than {RARE} {units} in train, too few to learn well: {shown}."
    low = [tag for tag, row in evaluation["tags"].items() if row["support"] and row["f1"] < LOW_F1]
    if low:
        shown = ", ".join(map(_shown, low[:N_RARE])) + (" …" if low[N_RARE:] else "")
        yield f"F1 on {split} is below {percent(LOW_F1, 0)} for {counted(len(low), noun)}: {shown}."
    counted_as: dict[str, Any] = {"counted_as": script_of(head.ignore)} if head.kind == "string" else {}
    confusions = frequent_confusions(
        head.outcomes[split], ignore=head.ignore, n=N_CONFUSIONS, n_examples=0, **counted_as
    )
    if confusions:
        pairs = (f"{_shown(each.gold)} as {_shown(each.predicted)} ({each.count:,})" for each in confusions)
        yield f"The most frequent errors on {split}: {', '.join(pairs)}."
    if calibration := evaluation["calibration"]:
        was_fitted = head.temperature and head.temperature["fitted"]
        fitted = "was calibrated on dev" if was_fitted else "was not calibrated"
        yield (
            f"Its confidence {fitted}; on {split} it differs from the accuracy by {percent(calibration['error'], 1)} "
            "on average."
        )
    else:
        yield "It gives no confidence."


def _rare(run: RunRecord, head: HeadRecord) -> list[str]:
    """Tags with few tokens in train."""
    train = run.data["train"]
    counts = train["tags"] if run.is_plain else train["heads"].get(head.name, {}).get("tags", {})
    return [tag for tag, n in counts.items() if 0 < n < RARE and tag not in head.ignore]
