"""The JSON of `tagger inspect`."""

from collections.abc import Collection, Sequence
from typing import Any

from tagger.encoding.arrays import Doubles, Floats
from tagger.inspection.calculation import Calculation, GateSum, Term
from tagger.inspection.gates import layer_gates
from tagger.inspection.heads import HeadSteps
from tagger.inspection.layer_outputs import LayerOutputs, all_layer_outputs
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject
from tagger.inspection.weights import as_arrays

DEFAULT = ("shapes", "returns", "states")


def to_json(
    subject: Subject,
    steps: SentenceSteps | None,
    sections: Collection[str] = DEFAULT,
    calculations: Sequence[Calculation] = (),
) -> dict[str, Any]:
    """Return some sections of an inspection.

    An unknown size is its name, an unknown number of parameters is null.

    Args:
        subject: the layers and weights.
        steps: the states of a sentence; None without one.
        sections: any of `shapes` (key `layers`), `returns`, `weights`, `states` and `gates` (key `steps`).
        calculations: calculations of a unit.
    """
    n_steps = subject.n_steps if steps is None else len(steps.tokens)
    output: dict[str, Any] = {"name": subject.name, "kind": subject.kind}
    if subject.defaults:
        output["defaults"] = subject.defaults
    if subject.weights_note:
        output["weights_note"] = subject.weights_note
    if "shapes" in sections:
        output["layers"] = _layers(subject)
    output["parameters"] = subject.n_parameters
    if "returns" in sections:
        output["returns"] = [
            {"layer": layer.name, **_case(case)}
            for layer in subject.recurrent
            for case in all_layer_outputs(layer, n_steps=n_steps)
        ]
    if "weights" in sections:
        output["weights"] = {name: _numbers(values) for name, values in as_arrays(subject).items()}
    if {"states", "gates"} & {*sections}:
        output["steps"] = _steps(steps, sections) if steps else None
    if calculations:
        output["calculations"] = [_calculation(each) for each in calculations]
    return output


def _layers(subject: Subject) -> list[dict[str, Any]]:
    return [
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
    ]


def _case(case: LayerOutputs) -> dict[str, Any]:
    return {
        "bidirectional": case.layer.bidirectional,
        "merge": case.layer.merge if case.layer.bidirectional else None,
        "return_sequences": case.return_sequences,
        "return_state": case.return_state,
        "outputs": [{"name": name, "shape": shape} for name, shape in case.outputs],
        "why": case.explanation,
    }


def _steps(steps: SentenceSteps, sections: Collection[str]) -> dict[str, Any]:
    return {
        "tokens": steps.tokens,
        "unknown": [i + 1 for i in steps.unknown],
        "layers": [_layer(layer, sections) for layer in steps.layers],
        **(_heads(steps) if "states" in sections else {}),
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


def _layer(layer: LayerSteps, sections: Collection[str]) -> dict[str, Any]:
    output: dict[str, Any] = {"name": layer.layer.name}
    if "states" in sections:
        output["input"] = _numbers(layer.inputs)
        output["states"] = [
            {
                "direction": series.direction,
                "state": series.kind,
                "values": _numbers(series.values),
                "final": _numbers(series.final),
                "final_at_step": series.end + 1,
                "final_equals_step": series.ends_in_final,
            }
            for series in layer.states
        ]
        output["output"] = _numbers(layer.output)
    if "gates" in sections:
        output["gates"] = [
            {"direction": gate.direction, "gate": gate.name, "values": _numbers(gate.values)}
            for gate in layer_gates(layer)
        ]
    return output


def _calculation(calculation: Calculation) -> dict[str, Any]:
    return {
        "layer": calculation.layer,
        "direction": calculation.direction,
        "step": calculation.step,
        "unit": calculation.unit,
        "token": calculation.token,
        "gates": [_gate(gate) for gate in calculation.gates],
        "previous": [_number(value) for value in calculation.previous],
        "states": [_number(value) for value in calculation.states],
    }


def _gate(gate: GateSum) -> dict[str, Any]:
    output = {"name": gate.name, "terms": [_term(term) for term in gate.terms], "bias": _number(gate.bias)}
    if gate.reset is not None:
        output |= {
            "reset": _number(gate.reset),
            "reset_terms": [_term(term) for term in gate.reset_terms],
            "reset_bias": _number(gate.reset_bias),
            "reset_sum": _number(gate.reset_total),
        }
    return output | {"sum": _number(gate.total), "activation": gate.activation, "value": _number(gate.value)}


def _term(term: Term) -> dict[str, Any]:
    factors = [_number(value) for value in term.factors]
    return {"source": term.source, "factors": factors, "product": _number(term.product)}


def _number(value: float) -> float:
    """Nine significant digits, enough to distinguish any two numbers of single precision."""
    return float(f"{value:.9g}")


def _numbers(values: Doubles | Floats) -> list[Any]:
    return [_number(value) for value in values] if values.ndim == 1 else [_numbers(row) for row in values]
