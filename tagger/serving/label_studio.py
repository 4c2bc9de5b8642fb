"""Label Studio's protocol of an ML backend: predictions for tasks, by the labels of a project.

Its requests and answers are those of https://labelstud.io/guide/ml_create and of the server in
https://github.com/HumanSignal/label-studio-ml-backend (`label_studio_ml/api.py`); the labels of a project are described
at https://labelstud.io/tags/labels and https://labelstud.io/tags/choices. Offsets count characters.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from xml.etree.ElementTree import Element

from pydantic import BaseModel, Field

from tagger.corpus.json_values import check_text
from tagger.corpus.sentence import Sentence
from tagger.heads.target import TagTarget
from tagger.serving.limits import MOST_LABELS, Limits
from tagger.serving.models import ServedModel
from tagger.serving.refusals import Refusal
from tagger.serving.regions import Region, chosen_head, regions_of
from tagger.serving.safe_xml import parse_xml
from tagger.serving.schemas import Items
from tagger.serving.sentences import bounded, lines_of, tokenized
from tagger.tagging.tagged import Tagged


class TaskBody(BaseModel):
    """A task of Label Studio; only its data are read."""

    data: dict[str, Any]


class PredictBody(BaseModel):
    """A request for predictions; further keys are not read."""

    tasks: Items[TaskBody]
    label_config: Annotated[str, Field(description="The labels of the project, as XML.")]


class SetupBody(BaseModel):
    """A project that will ask for predictions; its keys are not read."""


async def set_up(model: ServedModel, body: SetupBody, limits: Limits) -> str:
    """The version of a model, by which Label Studio groups predictions."""
    return json.dumps({"model_version": model.name})


class Control(NamedTuple):
    """A control of a project: what a head predicts, in terms of Label Studio.

    Args:
        name: its name.
        to_name: name of the text that it labels.
        key: key of this text in the data of a task.
        target: the head.
        labels: its labels by their case-folded form.
    """

    name: str
    to_name: str
    key: str
    target: TagTarget
    labels: dict[str, str]

    @property
    def is_choice(self) -> bool:
        """Whether it labels the whole text."""
        return self.target.kind == "label"


async def predict(model: ServedModel, body: PredictBody, limits: Limits) -> str:
    """The predictions for tasks.

    A text is split into sentences at line ends, unless one of its labels is that of the whole text.

    Raises:
        DataError: a text cannot be read by the model.
        Refusal: the labels cannot be read or none is for a text, or there are too many sentences or tokens.
    """
    controls = read_controls(body.label_config, model.bundle.targets)
    is_whole = any(control.is_choice for control in controls)
    keys = list(dict.fromkeys(control.key for control in controls))
    _check_size(len(controls), len(body.tasks))
    texts: list[dict[str, list[Sentence]]] = [
        {key: _sentences(task.data.get(key), limits, is_whole=is_whole) for key in keys} for task in body.tasks
    ]
    sentences = bounded((each for task in texts for parts in task.values() for each in parts), limits)
    _check_size(len(controls), sum(map(len, sentences)))

    def render(tagged: list[Tagged]) -> str:
        remaining = iter(tagged)
        results = []
        for task, each in zip(texts, body.tasks, strict=True):
            answers = {key: [next(remaining) for _ in parts] for key, parts in task.items()}
            results.append(_prediction(model.name, controls, answers, each.data))
        return json.dumps({"results": results, "model_version": model.name}, ensure_ascii=False)

    return await model.batches.tag(sentences, render)


def _check_size(n_controls: int, n: int) -> None:
    """Refuse tasks whose labels no answer can hold."""
    if n_controls * n > MOST_LABELS:
        raise Refusal(413, f"more than {MOST_LABELS:,} labels for {n_controls:,} controls", "send fewer tasks")


def _sentences(text: object, limits: Limits, *, is_whole: bool) -> list[Sentence]:
    """The sentences of a task's text; none if its data has another value there."""
    if not isinstance(text, str):
        return []
    check_text(text, "data")
    return [tokenized(text, limits)] if is_whole else [*lines_of(text, limits)]


def _prediction(
    version: str, controls: Sequence[Control], answers: dict[str, list[Tagged]], data: dict[str, Any]
) -> dict[str, Any]:
    """The prediction for a task."""
    result: list[dict[str, Any]] = []
    confidences: list[float] = []
    for control in controls:
        for tagged in answers[control.key]:
            for region in regions_of(tagged, control.target):
                label = control.labels.get(region.value.casefold())
                if label is not None:
                    confidences.append(region.confidence)
                    result.append(_result(control, tagged, region, label, data[control.key]))
    score = round(sum(confidences) / len(confidences), 4) if confidences else 0.0
    return {"model_version": version, "score": score, "result": result}


def _result(control: Control, tagged: Tagged, region: Region, label: str, text: str) -> dict[str, Any]:
    """A label of a text, or of some of its characters."""
    known: dict[str, Any] = {
        "from_name": control.name,
        "to_name": control.to_name,
        "score": round(region.confidence, 4),
    }
    if control.is_choice:
        return known | {"type": "choices", "value": {"choices": [label]}}
    offsets = tagged.offsets or ()
    start, end = offsets[region.start][0], offsets[region.end - 1][1]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return known | {"id": f"{control.name}-{start}-{end}", "type": "labels", "value": value}


def read_controls(label_config: str, targets: Sequence[TagTarget]) -> list[Control]:
    """The controls of a project that heads can fill: `Labels` by tags, `Choices` by labels, both of a `Text`.

    A control gets the head that has its name, else the first of its kind.

    Raises:
        Refusal: the project is not XML, or has no such control.
    """
    try:
        root = parse_xml(label_config)
    except ValueError as error:
        raise Refusal(422, f"label_config: {error}") from None
    texts = {each.get("name", ""): each.get("value", "") for each in root.iter("Text")}
    controls = [
        Control(name, to_name, texts[to_name].removeprefix("$"), target, _labels(element, label_name))
        for kind, label_name, kinds in (("Labels", "Label", ("tag",)), ("Choices", "Choice", ("label",)))
        for element in root.iter(kind)
        if (to_name := element.get("toName", "")) in texts
        and (target := chosen_head(targets, name := element.get("name", ""), kinds))
    ]
    if not controls:
        raise Refusal(
            422,
            "label_config: there is no control that this model can fill",
            "<Labels> of a <Text> for tags and spans, <Choices> of a <Text> for labels of sentences",
        )
    return controls


def _labels(control: Element, name: str) -> dict[str, str]:
    return {value.casefold(): value for each in control.iter(name) if (value := each.get("value", ""))}
