"""The page, as far as it can be tested without a browser; `tests/benchmarks/page.py` opens it in one."""

import re
from pathlib import Path

import pytest

import tagger
from tests.pages import HTML, parsed, text_of

ROOM = Path(tagger.__file__).parent / "serving"
FILES = sorted(ROOM.glob("page*.*"))
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
ADDRESS = re.compile(r"(?:https?:)?//[^\s\"')]+")
NAMESPACE = "http://www.w3.org/2000/svg"
ELEMENT = re.compile(r"""byId\("([^"]+)"\)|for \(const id of \[([^\]]+)\]""")
IMPORT = re.compile(r"""import (?:\{([^}]+)\}|\* as \w+) from "\./([^"]+)";""")
THEME = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6})\b")


@pytest.fixture(scope="module")
def page():
    return parsed((ROOM / "page.html").read_text())


def test_the_page_is_valid_and_names_itself(page):
    html = next(iter(page.iter(f"{HTML}html")), page)

    assert html.get("lang") == "en"
    assert [text_of(title) for title in page.iter(f"{HTML}title")] == ["tagger"]
    assert len([*page.iter(f"{HTML}main")]) == len([*page.iter(f"{HTML}h1")]) == 1


def test_every_control_has_a_label_that_can_be_read(page):
    labelled = {label.get("for") for label in page.iter(f"{HTML}label") if text_of(label)}
    inside = {id(control) for label in page.iter(f"{HTML}label") if text_of(label) for control in label.iter()}
    controls = [control for name in ("input", "select", "textarea") for control in page.iter(HTML + name)]

    assert len(controls) > 5
    assert [c.attrib for c in controls if c.get("id") not in labelled and id(c) not in inside] == []
    assert all(text_of(button) for button in page.iter(f"{HTML}button"))


def test_every_id_is_unique_and_every_reference_leads_to_one(page):
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    keys = ("for", "aria-labelledby", "aria-describedby")
    references = {element.get(key) for element in page.iter() for key in keys if element.get(key)}

    assert len(ids) == len({*ids})
    assert references <= {*ids}


def test_nothing_on_the_page_needs_a_looser_policy_than_its_own_files(page):
    elements = [*page.iter()]
    scripts = [element for element in elements if element.tag == f"{HTML}script"]
    attributes = {name for element in elements for name in element.attrib}

    assert [element.get("src") for element in scripts] == ["page.js"]
    assert all(not text_of(script) for script in scripts)
    assert not any(element.tag == f"{HTML}style" for element in elements)
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_of_the_page_has_an_address_outside(path):
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("//")]
    text = re.sub(r"(?<=\s)// .*", "", "\n".join(lines))

    assert [address for address in ADDRESS.findall(text) if address != NAMESPACE] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_writes_no_markup_and_finds_its_elements_and_modules(path, page):
    text = path.read_text()
    ids = {element.get("id") for element in page.iter()}
    names = [name for one, several in ELEMENT.findall(text) for name in (one, *re.findall(r'"([^"]+)"', several))]

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text)
    assert {*filter(None, names)} <= ids
    for imported, module in IMPORT.findall(text):
        exported = set(re.findall(r"export (?:async )?(?:const|function) (\w+)", (ROOM / module).read_text()))
        assert {name.strip() for name in imported.split(",") if name.strip()} <= exported


def test_every_script_is_used():
    imported = {module for path in SCRIPTS for _, module in IMPORT.findall(path.read_text())}

    assert imported == {path.name for path in SCRIPTS} - {"page.js"}


def test_text_has_enough_contrast_in_light_and_dark():
    light, dark = (dict(THEME.findall(block)) for block in re.findall(r":root \{(.*?)\}", css(), re.DOTALL)[:2])

    for theme in (light, light | dark):
        for text in ("ink", "muted", "accent", "wrong"):
            assert min(contrast(theme[text], theme[back]) for back in ("paper", "panel")) >= 4.5, text
        assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
        assert min(contrast(theme[line], theme["paper"]) for line in ("edge", "above", "below")) >= 3


def css() -> str:
    return (ROOM / "page.css").read_text()


def contrast(one: str, other: str) -> float:
    """Ratio of the luminances of two colours, from 1 to 21, as WCAG 2 defines it.

    >>> round(contrast("#000", "#ffffff"))
    21
    """
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
