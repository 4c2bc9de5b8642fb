"""The border: which files are opened, which JSON is read, and how a value that differs is named."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tagger.border.regular import MB, make_folder, open_new, open_to_append, read_regular
from tagger.border.schema import FLAG, TEXT, Schema, check, list_of, mapping_of, nullable, number, one_of, record, whole
from tagger.border.sizes import PREDICTIONS
from tagger.border.strict_json import parse_json, read_lines
from tagger.errors import RunError


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as unbound:
        unbound.bind(path.name)  # the working directory is its folder: its path may have about 100 characters


IRREGULAR: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a socket": bind,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", IRREGULAR)
def test_only_regular_files_are_opened_and_nothing_is_waited_for(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    IRREGULAR[kind](tmp_path / "file")

    with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
        read_regular(tmp_path / "file", limit=MB)


def test_larger_file_is_refused_by_its_size_and_by_its_content(tmp_path):
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1 << 40)
    (tmp_path / "small").write_bytes(b"12345")

    with pytest.raises(OSError, match="it is larger than 1 MB"):
        read_regular(tmp_path / "sparse", limit=MB)
    with pytest.raises(OSError, match="it is larger than"):
        read_regular(tmp_path / "small", limit=4)
    with pytest.raises(OSError, match="it is larger than"):
        read_regular(Path("/proc/cpuinfo"), limit=4)  # its size is 0
    assert read_regular(tmp_path / "small", limit=5) == b"12345"


def test_lines_are_read_one_by_one_and_a_line_without_an_end_is_an_error(tmp_path):
    (tmp_path / "file").write_bytes(b"a\r\n\nlast")
    (tmp_path / "endless").touch()
    os.truncate(tmp_path / "endless", 1 << 33)

    assert [*read_lines(tmp_path / "file", RunError, limit=PREDICTIONS, within=tmp_path)] == ["a\r", "", "last"]
    with pytest.raises(RunError, match="endless: line 1: is longer than 64 MB"):
        next(read_lines(tmp_path / "endless", RunError, limit=PREDICTIONS, within=tmp_path))


def test_links_are_followed_unless_a_file_should_be_in_a_folder(tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to("../secret")
    (folder / "inner").symlink_to("..")

    assert read_regular(folder / "link", limit=MB) == b"secret"
    for path in (folder / "link", folder / "inner" / "secret", folder / ".." / "secret"):
        with pytest.raises(OSError, match=r"it is a link|it is not the name of a file"):
            read_regular(path, limit=MB, within=folder)


def test_a_new_file_replaces_a_link_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "mine").write_text("mine")
    for target in ("mine", "missing"):
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(target)
        with open_new(tmp_path / "link") as file:
            file.write(b"new")

        assert (tmp_path / "link").read_text() == "new"
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("kind", [*IRREGULAR, "a link"])
def test_nothing_is_appended_to_what_is_no_regular_file(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kind = {"a device": "a link"}.get(kind, kind)  # the link to one
    {**IRREGULAR, "a link": lambda path: path.symlink_to("mine")}[kind](tmp_path / "file")

    with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
        open_to_append(tmp_path / "file")
    assert not (tmp_path / "mine").exists()


def test_text_is_appended_to_a_file_that_exists_or_is_created(tmp_path):
    for _ in range(2):
        with open_to_append(tmp_path / "file") as file:
            file.write(b"x")

    assert (tmp_path / "file").read_bytes() == b"xx"


def test_a_folder_is_created_or_kept_and_a_link_to_one_is_an_error(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "folder")
    (tmp_path / "link").symlink_to("folder")

    with pytest.raises(OSError, match="it is a link, which could lead anywhere"):
        make_folder(tmp_path / "link")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON: Expecting value at line 1, column 1"),
        ("NaN", "NaN is not a number in JSON"),
        ("[-Infinity]", "-Infinity is not a number in JSON"),
        ('{"a": 1, "b": 2, "a": 3}', 'the key "a" is there twice'),
        ("[" * 100_000, "brackets are nested too deeply"),
        ("1" * 5000, "a number of 5,000 digits"),
        ('["\\ud800"]', "half of a surrogate pair"),
        ('{"\\udbff": 1}', "half of a surrogate pair"),
    ],
    ids=lambda value: value[:20],
)
def test_json_that_is_not_strict_is_an_error(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_json(text)


def test_strict_json_may_have_any_characters():
    assert parse_json('["\\ud83d\\ude00", "\\\\ud800", "é"]') == ["😀", "\\ud800", "é"]


@pytest.mark.parametrize(
    ("value", "schema", "problem"),
    [
        ({}, record({"a": TEXT}), "a: missing; expected a text"),
        ([], record({"a": TEXT}), r"expected an object, got \[\]"),
        (
            {"a": {"b": [1, True]}},
            record({"a": record({"b": list_of(whole())})}),
            r"a\.b\[1\]: expected a whole number",
        ),
        (
            {"a": {"x y\n": 2}},
            record({"a": mapping_of(number(0, 1))}),
            r'a\["x y\\n"\]: expected a finite number from 0',
        ),
        ({"a": 1, "b": 2}, record({"a": whole()}, closed=True), "b: expected no such key, got 2"),
        (float("inf"), number(), "expected a finite number, got Infinity"),
        (float("nan"), number(), "expected a finite number, got NaN"),
        (10**400, number(), "expected a finite number, got a larger number"),
        (-(10**400), whole(), "expected a whole number of 0 or more, got a lower number"),
        (1.0, whole(), "expected a whole number of 0 or more, got 1.0"),
        (1, FLAG, "expected true or false, got 1"),
        (["x"], one_of("x", "y"), 'expected "x" or "y", got a list of 1'),
        ("\x1b[2J" * 99, nullable(whole(1, 9)), r"expected a whole number from 1 to 9 or null, got .\\u001b\[2J"),
    ],
)
def test_value_that_differs_is_named_by_its_key(value, schema, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        check(value, schema)


def test_value_of_a_schema_passes():
    schema: Schema = record({"a": mapping_of(list_of(number(0, 1), 1)), "b": nullable(TEXT)}, {"c": whole(1, 2)})

    check({"a": {"x": [0, 1, 0.5]}, "b": None, "d": "not checked"}, schema)
