"""XML of strangers: no document type and so no entities, and no deep nesting."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MOST_DEEP = 100  # elements within each other


def parse_xml(text: str) -> Element:
    """The root element of a document; the names of elements and attributes are `{namespace}name`.

    Raises:
        ValueError: it is not XML, has a document type, or is nested too deeply; the message is for the user.
    """
    builder = TreeBuilder()
    # The text is decoded already, whatever encoding its declaration names.
    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEEP:
            raise ValueError("its elements are nested too deeply")
        builder.start(_qualified(name), {_qualified(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualified(name))

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type, which is not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        problem = expat.errors.messages[error.code]
        raise ValueError(f"not XML: {problem}, in line {error.lineno}") from None
    except UnicodeEncodeError:
        raise ValueError("not XML: half of a surrogate pair, which is no character") from None
    return builder.close()


def _qualified(name: str) -> str:
    return f"{{{name}" if "}" in name else name
