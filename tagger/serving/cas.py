"""Documents of UIMA as XMI: their text, tokens and sentences, and new annotations.

The format is that of https://uima.apache.org/d/uimaj-current/references.html#ugr.ref.xmi: an element for each
annotation, whose namespace is its package; a `Sofa` with the text; a `View` that lists its annotations. Offsets count
units of UTF-16. Only what a tagger needs is read, and the rest is kept.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from tagger.serving.safe_xml import parse_xml

CAS, XMI, TYPES = "http:///uima/cas.ecore", "http://www.omg.org/XMI", "http://uima.apache.org/resourceSpecifier"
ID = f"{{{XMI}}}id"
INITIAL_VIEW = "_InitialView"

register_namespace("cas", CAS)
register_namespace("xmi", XMI)


class Document:
    """A document.

    Args:
        xmi: its XMI.

    Raises:
        ValueError: it is not XMI with a text; the message is for the user.
    """

    def __init__(self, xmi: str) -> None:
        self.root = parse_xml(xmi)
        sofas = [each for each in self.root.findall(f"{{{CAS}}}Sofa") if each.get("sofaString") is not None]
        if not sofas:
            raise ValueError("it has no Sofa with a text")
        self._sofa = next((each for each in sofas if each.get("sofaID") == INITIAL_VIEW), sofas[0])
        self._sofa_id = self._sofa.get(ID, "")
        self.text = self._sofa.get("sofaString", "")
        # End of each character in units of UTF-16; the same as in characters for most texts.
        self._ends = None if self.text.isascii() else [*accumulate(1 + (char > "\uffff") for char in self.text)]
        ids = [int(value) for each in self.root.iter() if (value := each.get(ID, "")).isdecimal() and len(value) < 10]
        self._next_id = max(ids, default=0) + 1
        self._new_ids: list[str] = []

    def annotations(self, type_name: str) -> list[tuple[int, int]]:
        """Start and end of the annotations of a type, in characters and in the order of the text.

        Raises:
            ValueError: an annotation is not within the text.
        """
        elements = self.root.findall(element_name(type_name))
        return sorted(self._borders(each) for each in elements if each.get("sofa") == self._sofa_id)

    def _borders(self, element: Element) -> tuple[int, int]:
        begin, end = element.get("begin", ""), element.get("end", "")
        if not (begin.isdecimal() and end.isdecimal() and max(len(begin), len(end)) < 10):
            raise ValueError(f"an annotation has no borders: begin {begin[:20]!r}, end {end[:20]!r}")
        borders = self._to_characters(int(begin)), self._to_characters(int(end))
        if not borders[0] <= borders[1] <= len(self.text):
            raise ValueError(f"an annotation from {begin} to {end} is not within the text")
        return borders

    def _to_characters(self, units: int) -> int:
        return units if self._ends is None else bisect_left(self._ends, units) + 1 if units else 0

    def _to_units(self, characters: int) -> int:
        return characters if self._ends is None or not characters else self._ends[characters - 1]

    def annotate(self, type_name: str, start: int, end: int, features: Mapping[str, str]) -> None:
        """Add an annotation.

        Args:
            type_name: its type.
            start: its first character.
            end: the character after its last one.
            features: its features as texts.
        """
        borders = {"begin": str(self._to_units(start)), "end": str(self._to_units(end))}
        self._new_ids.append(str(self._next_id))
        attributes = {ID: self._new_ids[-1], "sofa": self._sofa_id, **borders, **features}
        self.root.append(Element(element_name(type_name), attributes))
        self._next_id += 1

    def xmi(self) -> str:
        """The document as XMI, with the new annotations in its view."""
        if self._new_ids:
            view = self._view()
            view.set("members", " ".join([*view.get("members", "").split(), *self._new_ids]))
            self._new_ids = []
        return tostring(self.root, encoding="unicode", xml_declaration=False)

    def _view(self) -> Element:
        views = self.root.findall(f"{{{CAS}}}View")
        view = next((each for each in views if each.get("sofa") == self._sofa_id), None)
        return SubElement(self.root, f"{{{CAS}}}View", {"sofa": self._sofa_id}) if view is None else view


def element_name(type_name: str) -> str:
    """The name of the elements of a type.

    >>> element_name("org.example.Token")
    '{http:///org/example.ecore}Token'
    """
    package, _, name = type_name.rpartition(".")
    return f"{{http:///{package.replace('.', '/') or 'uima/noNamespace'}.ecore}}{name}"


def features_of(type_system: str, type_name: str) -> Sequence[str] | None:
    """Names of the features that a type system gives to a type; None if it has no such type.

    Raises:
        ValueError: it is not XML.
    """
    for each in parse_xml(type_system).iter(f"{{{TYPES}}}typeDescription"):
        if (each.findtext(f"{{{TYPES}}}name") or "").strip() == type_name:
            names = (feature.findtext(f"{{{TYPES}}}name") for feature in each.iter(f"{{{TYPES}}}featureDescription"))
            return [name.strip() for name in names if name]
    return None
