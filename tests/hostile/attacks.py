"""Changes to a bundle or run that a stranger could make."""

import copy
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from tagger.tagging.checksums import CHECKSUMS

Attack = Callable[[Path], None]  # changes the folder of a bundle

HUGE = 1 << 40
NUMBERS: list[Any] = [-1, 0, 1, 2.5, -0.0, 10**9, 10**18, 10**400, 1e308, float("nan"), float("inf")]
VALUES: list[Any] = [*NUMBERS, True, None, "", "x", "\x1b[2J"]
NESTED: list[Any] = [[], {}, [[]], [1], {"a": 1}, [None] * 3]
DEPTH = 100_000


def list_again(bundle: Path) -> None:
    """Write the checksums of the files that a bundle has now, as a stranger would."""
    names = [
        path.name
        for path in sorted(bundle.iterdir())
        if path.name != CHECKSUMS and path.is_file() and not path.is_symlink()
    ]
    sums = "".join(f"{hashlib.sha256((bundle / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (bundle / CHECKSUMS).write_text(sums)


def replaced_files(source: Path) -> Iterator[tuple[str, Attack]]:
    """Each file of a folder replaced by something that is no file, or by other content; checksums as they were."""
    kinds: dict[str, Callable[[Path], object]] = {
        "a named pipe": os.mkfifo,
        "a folder": Path.mkdir,
        "a link to a device": lambda path: path.symlink_to("/dev/zero"),
        "a link out of the bundle": lambda path: path.symlink_to("/etc/passwd"),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "nothing": lambda path: None,
        "an empty file": Path.touch,
    }
    for name in sorted(path.name for path in source.iterdir() if path.is_file()):
        for kind, make in kinds.items():
            yield f"{name} is {kind}", partial(_replace, name=name, make=make)
        for kind, change in CONTENTS.items():
            yield f"{name} is {kind}", partial(_change, name=name, change=change, is_listed=False)


def listed_files(source: Path) -> Iterator[tuple[str, Attack]]:
    """Each listed file with other content, and its checksum with it."""
    for name in sorted(path.name for path in source.iterdir() if path.is_file() and path.name != CHECKSUMS):
        for kind, change in CONTENTS.items():
            yield f"{name} is {kind}, listed", partial(_change, name=name, change=change, is_listed=True)


CONTENTS: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda content: content[: len(content) // 2],
    "random bytes": lambda content: random.Random(1).randbytes(4096),
    "zeros": lambda content: bytes(1 << 20),
    "line ends": lambda content: b"\n" * (1 << 20),
    "brackets": lambda content: b"[" * DEPTH,
    "digits": lambda content: b"9" * (1 << 20),
    "twice itself": lambda content: content * 2,
}


def _replace(bundle: Path, *, name: str, make: Callable[[Path], object]) -> None:
    (bundle / name).unlink()
    make(bundle / name)


def _change(bundle: Path, *, name: str, change: Callable[[bytes], bytes], is_listed: bool) -> None:
    path = bundle / name
    path.write_bytes(change(path.read_bytes()))
    if is_listed:
        list_again(bundle)


def changed_json(source: Path, name: str, n: int) -> Iterator[tuple[str, Attack]]:
    """`n` random changes of a JSON file: a value or key is dropped, repeated, or replaced by another type or size."""
    text = (source / name).read_text()
    value = json.loads(text.splitlines()[0] if name.endswith(".jsonl") else text)
    for seed in range(n):
        changed, what = _mutated(value, random.Random(seed))
        yield f"{name}, seed {seed}: {what}", partial(_write_json, name=name, value=changed)


def _mutated(value: Any, chance: random.Random) -> tuple[Any, str]:
    changed = copy.deepcopy(value)
    places = [*_places(changed)]
    parent, key = chance.choice(places)
    match chance.randrange(5):
        case 0:
            del parent[key]
            return changed, f"without {key!r}"
        case 1 if isinstance(parent, list):
            parent.extend(copy.deepcopy(parent) * 3)
            return changed, f"a list repeated, at {key}"
        case 2:
            deep: Any = 0
            for _ in range(500):
                deep = [deep]
            parent[key] = deep
            return changed, f"{key!r} is nested"
        case 3:
            parent[key] = copy.deepcopy(chance.choice(NESTED))
        case _:
            parent[key] = chance.choice(VALUES)
    return changed, f"{key!r} is {str(parent[key])[:20]}"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All (container, key or index) pairs in a JSON value."""
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _write_json(bundle: Path, *, name: str, value: Any) -> None:
    (bundle / name).write_text(json.dumps(value) + "\n")
    if (bundle / CHECKSUMS).is_file():
        list_again(bundle)


def changed_graphs(name: str, n: int) -> Iterator[tuple[str, Attack]]:
    """`n` random changes of a few bytes of a graph."""
    for seed in range(n):
        yield f"{name}, bytes changed with seed {seed}", partial(_change_bytes, name=name, seed=seed)


def _change_bytes(bundle: Path, *, name: str, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray((bundle / name).read_bytes())
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    (bundle / name).write_bytes(content)
    list_again(bundle)


def hostile_graphs(name: str) -> Iterator[tuple[str, Attack]]:
    """A graph whose nodes or tensors would read files, or take time or memory, if they were loaded."""
    for kind, change in {
        "a constant of 4 TB": _add_huge_constant,
        "a tensor in another file": _add_external_data,
        "an endless loop": _add_loop,
        "tensors that double": _add_doubling,
        "a tensor of impossible size": _add_impossible_tensor,
        "two tensors of one name": _add_second_tensor,
        "functions that call each other": _add_functions,
        "an operator of another domain": _add_foreign_operator,
    }.items():
        yield f"{name} has {kind}", partial(_change_graph, name=name, change=change)


def _change_graph(bundle: Path, *, name: str, change: Callable[[onnx.ModelProto], None]) -> None:
    model = onnx.load_from_string((bundle / name).read_bytes())
    change(model)
    (bundle / name).write_bytes(model.SerializeToString())
    list_again(bundle)


def _before(model: onnx.ModelProto, *nodes: onnx.NodeProto) -> None:
    """Put nodes before those of the graph."""
    others = [*model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *others])


def _add_huge_constant(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("evil/shape", TensorProto.INT64, [1], [HUGE]))
    _before(model, helper.make_node("ConstantOfShape", ["evil/shape"], ["evil/huge"], name="evil/huge"))
    model.graph.output.append(helper.make_tensor_value_info("evil/huge", TensorProto.FLOAT, ["n"]))


def _add_external_data(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def _add_loop(model: onnx.ModelProto) -> None:
    body = helper.make_graph(
        [helper.make_node("Identity", ["condition"], ["again"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("condition", TensorProto.BOOL, []),
        ],
        [helper.make_tensor_value_info("again", TensorProto.BOOL, [])],
    )
    model.graph.initializer.append(helper.make_tensor("evil/n", TensorProto.INT64, [], [(1 << 63) - 1]))
    model.graph.initializer.append(helper.make_tensor("evil/true", TensorProto.BOOL, [], [True]))
    _before(model, helper.make_node("Loop", ["evil/n", "evil/true"], [], body=body, name="evil/loop"))


def _add_doubling(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("evil/0", TensorProto.FLOAT, [1000], [0.0] * 1000))
    nodes = [helper.make_node("Concat", [f"evil/{i}"] * 2, [f"evil/{i + 1}"], axis=0) for i in range(40)]
    _before(model, *nodes)
    model.graph.output.append(helper.make_tensor_value_info("evil/40", TensorProto.FLOAT, ["n"]))


def _add_impossible_tensor(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [HUGE, HUGE]


def _add_second_tensor(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(copy.deepcopy(model.graph.initializer[0]))


def _add_functions(model: onnx.ModelProto) -> None:
    for i in range(30):
        calls = [helper.make_node(f"f{i + 1}", ["x"], [f"y{j}"], domain="evil") for j in range(2)]
        end = helper.make_node("Add", ["y0", "y1"], ["y"])
        model.functions.append(
            helper.make_function("evil", f"f{i}", ["x"], ["y"], [*calls, end], [helper.make_opsetid("", 17)])
        )
    model.opset_import.append(helper.make_opsetid("evil", 1))


def _add_foreign_operator(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("evil/in", TensorProto.FLOAT, [1], [0.0]))
    _before(model, helper.make_node("Anything", ["evil/in"], ["evil/out"], domain="com.example", name="evil/node"))


def apply(attack: Attack, source: Path, folder: Path) -> Path:
    """Copy a bundle, attack the copy, and return its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    attack(folder)
    return folder
