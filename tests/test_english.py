"""Plain English, as far as a machine can check: beginnings of docstrings, names of variables and types."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for folder in ("tagger", "tests", "data") for path in (ROOT / folder).rglob("*.py"))
UNCLEAR = {"of", "found", "told", "given", "place"}
IRREGULAR = {"Began", "Begun", "Drawn", "Found", "Given", "Held", "Kept", "Known", "Made", "Read", "Swept", "Told"}
QUESTIONS = {"How", "What", "Which", "Why"}
EXCEPT = {"Tagged"}  # the public name of a sentence with its tags


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_in_plain_english(path):
    assert list(_complaints(ast.parse(path.read_text()))) == []


def test_complaints_name_each_unclear_form():
    module = ast.parse(
        '"""Of columns, the best."""\n'
        "class Begun: ...\n"
        "class Joined: ...\n"
        "def count(of):\n"
        '    """What is counted."""\n'
        "    for place in of: ...\n"
        "    found = [told for told in of]\n"
    )

    assert [line for line, _ in _complaints(module)] == [1, 2, 3, 4, 4, 6, 7, 7]


def _complaints(module: ast.Module) -> Iterator[tuple[int, str]]:
    complaints: list[tuple[int, str]] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            if match := re.match(r"(What|Of|That)\b", docstring):
                complaints.append(
                    (1 if isinstance(node, ast.Module) else node.lineno, f"a docstring begins with {match[1]}")
                )
        if isinstance(node, ast.ClassDef) and _is_participle(node.name.lstrip("_")):
            complaints.append((node.lineno, f"a type is called {node.name}"))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in UNCLEAR:
            complaints.append((node.lineno, f"a variable is called {node.id}"))
        if isinstance(node, ast.arg) and node.arg in UNCLEAR:
            complaints.append((node.lineno, f"an argument is called {node.arg}"))
    yield from sorted(complaints)


def _is_participle(name: str) -> bool:
    one_word = re.fullmatch(r"[A-Z][a-z]+", name) and name not in EXCEPT
    return bool(one_word and (name.endswith("ed") or name in IRREGULAR | QUESTIONS))
