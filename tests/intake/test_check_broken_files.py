"""`tagger check` on files that are each broken in one way."""

from pathlib import Path

import pytest

from tagger.intake.check import check

GOOD = "John\tS\nloves\tV\nJane\tO\n\nJane\tS\nsees\tV\nJohn\tO\n\ndogs\tS\nchase\tV\ncats\tO\n"
BIO = "Ada\tB-P\nByron\tI-P\nin\tO\n\n"
LONG = "".join(f"w{i % 50}\t{'XY'[i % 2]}\n" for i in range(5001))

BROKEN = {
    "a byte order mark": ("train.tsv", b"\xef\xbb\xbf" + GOOD.encode(), {"bom": [1]}),
    "an unknown encoding": ("train.tsv", f"{GOOD}\nЗоя\tS\n".encode("cp1251"), {"unreadable": [None]}),
    "CESU-8": ("train.tsv", f"{GOOD}\n".encode() + b"\xed\xa0\xbd\xed\xb8\x80\tS\n", {"unreadable": [13]}),
    "a NUL": ("train.tsv", GOOD.replace("loves", "lo\0ves").encode(), {"unreadable": [2]}),
    "no text": ("train.tsv", bytes(range(256)), {"unreadable": [None]}),
    "a lone CR among LF": ("train.tsv", GOOD.replace("sees\tV\n", "sees\tV\r").encode(), {"line-ends": [6]}),
    "a lone CR in a token": (
        "train.tsv",
        GOOD.replace("sees", "se\res").encode(),
        {"unreadable": [6], "line-ends": [6]},
    ),
    "U+2028": ("train.tsv", GOOD.replace("sees", "se\u2028es").encode(), {"invisible": [6]}),
    "an empty token": ("train.tsv", f"{GOOD}\n\tS\n".encode(), {"unreadable": [13]}),
    "a token that is a space": ("train.tsv", f"{GOOD}\n \tS\n".encode(), {"spaces": [13]}),
    "a missing tag": ("train.tsv", f"{GOOD}\ncats S\n".encode(), {"unreadable": [13]}),
    "a span that continues nothing": ("train.tsv", f"{BIO}in\tO\nRome\tI-L\n".encode(), {"transitions": [6]}),
    "5,001 tokens": ("train.tsv", f"{LONG}\n{GOOD}".encode(), {"long": [1]}),
    "no blank line": ("train.tsv", LONG.encode(), {"one-sentence": [1]}),
    "no header": ("train.csv", b"John,S\nloves,V\n\nJane,S\nsees,V\n", {"header": [1]}),
    "a short row": ("train.csv", b"token,tag\nJohn,S\nloves\n", {"unreadable": [3]}),
    "an open quotation mark": ("train.csv", b'token,tag\nJohn,S\n"loves,V\n', {"unreadable": [3]}),
    "an invisible character in a cell": (
        "train.csv",
        "token,tag\nJohn,S\nlov\u200bes,V\n".encode(),
        {"invisible": [3]},
    ),
    "broken JSON": ("train.jsonl", b'{"tokens": ["a"], "tags": ["X"]}\n{"tokens": ["a"\n', {"unreadable": [2]}),
    "too few tags": ("train.jsonl", b'{"tokens": ["a", "b"], "tags": ["X"]}\n', {"unreadable": [1]}),
    "half a character": ("train.jsonl", b'{"tokens": ["\\ud83d"], "tags": ["X"]}\n', {"unreadable": [1]}),
    "a list of objects": ("train.json", b'[{"tokens": ["a"], "tags": ["X"]}]\n', {"unreadable": [1]}),
    "a refused example": (
        "train.jsonl",
        b'{"tokens": ["a", "b"], "tags": ["X", "Y"], "answer": "accept"}\n'
        b'{"tokens": ["b", "a"], "tags": ["X", "Y"], "answer": "reject"}\n',
        {"refused": [2]},
    ),
    "eleven columns": (
        "train.conllu",
        b"1\ta\ta\tX" + 6 * b"\t_" + b"\n2\tb\tb\tY" + 6 * b"\t_" + b"\tA0\n",
        {"extra-cells": [2]},
    ),
    "nine columns in the first row": (
        "train.conllu",
        b"1\ta\ta\tX" + 5 * b"\t_" + b"\n2\tb\tb\tY" + 6 * b"\t_" + b"\n",
        {"unreadable": [1]},
    ),
    "nine columns": (
        "train.conllu",
        b"# x\n1\ta\ta\tX" + 6 * b"\t_" + b"\n2\tb\tb\tY" + 5 * b"\t_" + b"\n",
        {"unreadable": [3]},
    ),
    "no slash": ("train.txt", b"John/S loves/V\nJane sees/V\n", {"unreadable": [2]}),
}
ERRORS = {"unreadable"}
OFTEN = {"rare-tags", "duplicates", "contradictions", "one-token"}  # also apply to so few sentences


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_reported_with_file_and_line(broken, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, content, expected = BROKEN[broken]
    Path(name).write_bytes(content)

    result = check([Path(name)])

    findings = {finding.key: finding for finding in result.findings if finding.key not in OFTEN}
    assert {key: [location.line for location in finding.locations] for key, finding in findings.items()} == expected
    assert {location.path for finding in findings.values() for location in finding.locations} == {name}
    assert {key for key, finding in findings.items() if finding.level == "error"} == ERRORS & expected.keys()
    assert all(finding.count >= 1 and finding.advice for finding in findings.values())


TAB = "\t"


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.rstrip("\n").encode(),
        f"-DOCSTART- O\n\n{GOOD}".encode(),
        f"# intent = X\n{GOOD}".encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        f"{GOOD}\ncaf\xe9\tS\n".encode("latin-1"),
        "".join(
            f"{line.partition(TAB)[2]}\t{line.partition(TAB)[0]}\n" if line else "\n" for line in GOOD.split("\n")
        ).encode(),
        GOOD.replace("\n\n", "\n \t\n").encode(),
        f"{LONG.rpartition(chr(10) + 'w')[0]}\n\n{GOOD}".encode(),
    ],
)
def test_an_unusual_but_correct_file_has_no_findings(content, tmp_path: Path):
    path = tmp_path / "train.tsv"
    path.write_bytes(content)

    assert check([path]).findings == ()


@pytest.mark.parametrize("name", ["nowhere.tsv", "folder", "nowhere/train.tsv", "x" * 300])
def test_a_path_without_a_file_is_an_error_with_advice(name, tmp_path: Path):
    (tmp_path / "folder").mkdir()

    (finding,) = check([tmp_path / name]).findings

    assert (finding.level, finding.locations[0].path) == ("error", str(tmp_path / name))
    assert finding.advice


def test_iob1_is_noted_with_its_evidence_and_has_no_findings(tmp_path: Path):
    path = tmp_path / "train.tsv"
    path.write_text("Ada\tI-P\nByron\tI-P\nof\tO\nLondon\tI-L\nParis\tB-L\n\n" * 3)

    result = check([path])

    assert result.notes == (
        "scheme of the tags: iob1: 2 types, 9 I- tags; 3 B-, each directly after a span of its type; no E- or S-",
    )
    assert [finding.key for finding in result.findings] == ["duplicates"]
