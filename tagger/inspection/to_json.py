"""The JSON of `tagger inspect`."""

from typing import Any

from tagger.encoding.arrays import Doubles
from tagger.inspection.heads import HeadSteps
from tagger.inspection.layer_outputs import LayerOutputs, all_layer_outputs
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject


def to_json(subject: Subject, steps: SentenceSteps | None) -> dict[str, Any]:
    """Return layers, parameters, outputs of each recurrent layer, and the steps of a sentence, if any.

    An unknown size is its name, an unknown number of parameters is null.
    """
    n_steps = subject.n_steps if steps is None else len(steps.tokens)
    return {
        "name": subject.name,
        "kind": subject.kind,
        "layers": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "input": layer.input,
                "output": layer.output,
                "weights": [
                    {"name": weight.name, "shape": weight.shape, "parameters": weight.n_parameters}
                    for weight in layer.weights
                ],
                "parameters": layer.n_parameters,
                "formula": layer.formula or None,
                "note": layer.note,
            }
            for layer in subject.layers
        ],
        "parameters": subject.n_parameters,
        "returns": [
            {"layer": layer.name, **_case(case)}
            for layer in subject.recurrent
            for case in all_layer_outputs(layer, n_steps=n_steps)
        ],
        "steps": _steps(steps) if steps else None,
    }


def _case(case: LayerOutputs) -> dict[str, Any]:
    return {
        "bidirectional": case.layer.bidirectional,
        "merge": case.layer.merge if case.layer.bidirectional else None,
        "return_sequences": case.return_sequences,
        "return_state": case.return_state,
        "outputs": [{"name": name, "shape": shape} for name, shape in case.outputs],
        "why": case.explanation,
    }


def _steps(steps: SentenceSteps) -> dict[str, Any]:
    return {
        "tokens": steps.tokens,
        "layers": [_layer(layer) for layer in steps.layers],
        **_heads(steps),
    }


def _heads(steps: SentenceSteps) -> dict[str, Any]:
    """The keys of the heads: those of the only head that predicts tags and has no name, or a list of heads."""
    if not steps.heads:
        return {"tags": [], "probabilities": [[] for _ in steps.tokens], "best": []}
    return _tags(steps.heads[0]) if steps.is_plain else {"heads": [_head(head) for head in steps.heads]}


def _tags(head: HeadSteps) -> dict[str, Any]:
    return {"tags": head.tags, "probabilities": _numbers(head.probabilities), "best": head.best}


def _head(head: HeadSteps) -> dict[str, Any]:
    start = {"name": head.name, "kind": head.kind}
    if head.kind == "tag":
        return start | _tags(head)
    if head.kind == "string":
        scripts = _tags(head)
        return start | {"scripts": scripts.pop("tags"), **scripts, "strings": head.strings}
    return start | {
        "pool": head.pool,
        "input": _numbers(head.vector),
        "labels": head.tags,
        "scores": _numbers(head.scores[0]),
        "temperature": head.temperature,
        "probabilities": _numbers(head.probabilities[0]),
        "best": head.best[0],
    }


def _layer(layer: LayerSteps) -> dict[str, Any]:
    return {
        "name": layer.layer.name,
        "input": _numbers(layer.inputs),
        "states": [
            {
                "direction": series.direction,
                "state": series.kind,
                "values": _numbers(series.values),
                "final": _numbers(series.final),
                "final_at_step": series.end + 1,
                "final_equals_step": series.ends_in_final,
            }
            for series in layer.states
        ],
        "output": _numbers(layer.output),
    }


def _numbers(values: Doubles) -> list[Any]:
    """Nine significant digits each, enough to distinguish any two numbers of single precision."""
    return [float(f"{value:.9g}") for value in values] if values.ndim == 1 else [_numbers(row) for row in values]
