"""Runs and bundles from strangers: whatever is changed in them ends in an error that names the file, or in a result."""

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tagger.errors import TaggerError
from tagger.reports.run_report import report_page
from tagger.tagging.bundle import load_bundle
from tagger.tagging.tagger import Tagger
from tagger.training.report import read_run
from tests.bundles import save_heads_bundle
from tests.reports.test_report import save_run
from tests.tagging.test_bundle import update_checksums

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 10**9, 10**400, float("nan"), float("inf"), 1e308, "", "x", "\x00\x1b", "\ud800",
    [], [[]], {}, {"x": []}, [1, "x"], "a" * 10_000,
)  # fmt: skip
FILES = ("metrics.json", "data.json", "bundle/bundle.json")


def parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container of a JSON value, with each of its keys."""
    keys = [*value] if isinstance(value, dict) else [*range(len(value))] if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from parts_of(value[key])


def mutate(value: Any, draw: random.Random) -> None:
    container, key = draw.choice([*parts_of(value)])
    match draw.randrange(6):
        case 0:
            del container[key]
        case 1 if isinstance(container, dict):
            container["more"] = container[key]
        case 2:
            for _ in range(200):
                container[key] = [container[key]]
        case _:
            container[key] = draw.choice(ODD)


def is_read(read: Callable[[], object], path: Path) -> bool:
    """Whether something is read; else the error should name the file."""
    try:
        read()
    except TaggerError as error:
        message = error.message
    else:
        return True
    assert str(path.parent) in message
    assert len(message) < 1000
    assert "Error" not in message
    return False


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    return save_run(tmp_path_factory.mktemp("hostile") / "run")


@pytest.fixture(scope="module")
def heads(tmp_path_factory) -> Path:
    return save_heads_bundle(tmp_path_factory.mktemp("hostile") / "bundle")


@pytest.mark.parametrize("name", FILES)
def test_changed_json_of_a_run_is_an_error_that_names_the_file_or_a_page(name, run):
    path = run / name
    original = path.read_bytes()
    draw, outcomes = random.Random(1), set()
    try:
        for _ in range(120):
            value = json.loads(original)
            for _ in range(draw.choice((1, 1, 3))):
                mutate(value, draw)
            path.write_text(json.dumps(value))
            outcomes.add(is_read(lambda: report_page(read_run(run)), path))
    finally:
        path.write_bytes(original)
    assert outcomes == {True, False}


@pytest.mark.parametrize("which", ["plain", "heads"])
def test_changed_json_of_a_bundle_is_an_error_that_names_the_file_or_a_tagger(which, run, heads):
    folder = heads if which == "heads" else run / "bundle"
    sums = (folder / "SHA256SUMS").read_bytes()
    draw, outcomes = random.Random(2), set()
    for name in ("bundle.json", "golden.jsonl"):
        path = folder / name
        original = path.read_bytes()
        try:
            for _ in range(80):
                value = (
                    [json.loads(line) for line in original.split(b"\n")[:-1]]
                    if name[0] == "g"
                    else json.loads(original)
                )
                mutate(value, draw)
                lines = value if name[0] == "g" else [value]
                path.write_text("".join(json.dumps(line) + "\n" for line in lines))
                update_checksums(folder)
                if is_read(lambda: load_bundle(folder), path):
                    is_read(lambda: Tagger.load(folder, threads=1), path)
                    outcomes.add(True)
                else:
                    outcomes.add(False)
        finally:
            path.write_bytes(original)
            (folder / "SHA256SUMS").write_bytes(sums)
    assert outcomes == {True, False}


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device", "missing", "empty", "bytes"])
@pytest.mark.parametrize(
    "name",
    ["metrics.json", "data.json", "history.csv", "config.toml", "predictions/test.tsv", "bundle/bundle.json"],
)
def test_anything_in_place_of_a_file_of_a_run_is_an_error_that_names_it(name, kind, run, tmp_path):
    path, kept = run / name, tmp_path / "kept"
    path.rename(kept)
    make: dict[str, Callable[[], object]] = {
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(kept),
        "device": lambda: path.symlink_to("/dev/zero"),
        "missing": lambda: None,
        "empty": path.touch,
        "bytes": lambda: path.write_bytes(b"\xff\x00\xfe" * 9),
    }
    try:
        make[kind]()
        with pytest.raises(TaggerError, match=str(run)):
            report_page(read_run(run))
    finally:
        path.rmdir() if kind == "folder" else path.unlink(missing_ok=True)
        kept.rename(path)


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device"])
@pytest.mark.parametrize("name", ["SHA256SUMS", "bundle.json", "tags.txt", "forms.txt", "golden.jsonl", "tagger.onnx"])
def test_anything_in_place_of_a_file_of_a_bundle_is_an_error_that_names_it(name, kind, run, tmp_path):
    path, kept = run / "bundle" / name, tmp_path / "kept"
    path.rename(kept)
    make: dict[str, Callable[[], object]] = {
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(kept),
        "device": lambda: path.symlink_to("/dev/zero"),
    }
    try:
        make[kind]()
        with pytest.raises(TaggerError, match=rf"{name}: cannot be read: it is a"):
            load_bundle(run / "bundle")
    finally:
        path.rmdir() if kind == "folder" else path.unlink()
        kept.rename(path)


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("history.csv", lambda text: text.replace("1.5", "nan"), "line 2: not JSON"),
        (
            "history.csv",
            lambda text: text.replace("1,1.5", "1000000000,1.5"),
            r"epochs\[0\].number: expected 1, got 1000000000",
        ),
        (
            "history.csv",
            lambda text: text.replace("0.75", ""),
            r"epochs\[1\].score: expected one for each epoch, or none",
        ),
        ("history.csv", lambda text: text.replace("0.75", "0.75,7"), r"epochs\[0\]"),
        ("history.csv", lambda text: text.splitlines()[0] + "\n", "expected a line for each epoch, got none"),
        ("history.csv", lambda text: text + "3," + "x" * 200_000, "line 4: field larger than field limit"),
        (
            "history.csv",
            lambda text: "\n".join(text.split("\n")[:1] + text.split("\n")[2:]),
            r"number: expected 1, got 2",
        ),
        ("config.toml", lambda text: "a = " + "[" * 100_000, "tables and lists are nested more than 32 deep"),
        (
            "config.toml",
            lambda text: text.replace("epochs = 30", 'epochs = "x"'),
            "training.epochs: expected a whole number",
        ),
        ("config.toml", lambda text: "", "training: missing"),
        (
            "predictions/test.tsv",
            lambda text: text.replace("\t", " "),
            "line 1: expected 5 cells, delimited by TAB, got 1",
        ),
        (
            "predictions/test.tsv",
            lambda text: text.replace("\t0.", "\t7."),
            "line .*: expected a confidence from 0 to 1",
        ),
        (
            "predictions/test.tsv",
            lambda text: text.replace("\t0.", "\tnan"),
            "line .*: expected a confidence from 0 to 1",
        ),
    ],
)
def test_changed_table_or_config_of_a_run_is_an_error_that_names_the_line_or_key(name, change, problem, run):
    path = run / name
    original = path.read_text()
    try:
        path.write_text(change(original))
        with pytest.raises(TaggerError, match=rf"{name}: not as tagger train writes it: .*{problem}"):
            read_run(run)
    finally:
        path.write_text(original)
