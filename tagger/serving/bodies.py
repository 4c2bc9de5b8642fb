"""The body of a request, read with bounds, and checked."""

import asyncio
import difflib
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from tagger.border.schema import shown
from tagger.border.strict_json import parse_json
from tagger.serving.limits import Limits
from tagger.serving.refusals import Refusal
from tagger.serving.schemas import KINDS, RequestBody

Body = TypeVar("Body", bound=BaseModel)

MOST_SHOWN = 80  # characters of a key
EXPECTED = {  # by the type of an error of pydantic
    "bool_type": "true or false",
    "dict_type": "an object",
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "an object",
    "string_type": "a text",
    "string_unicode": "a text without half of a surrogate pair",
    "union_tag_not_found": "a list of tokens or an object",
}


async def read_body(request: Request, model: type[Body], limits: Limits) -> Body:
    """The body of a request, as JSON that has been checked.

    Args:
        request: the request.
        model: keys and values of the body.
        limits: the most that is read, and for how long.

    Raises:
        Refusal: the body is too large or too slow, no JSON, or has other keys or values.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(
            415, f"expected a body of JSON, got {kind or 'no content type'}", "Content-Type: application/json"
        )
    try:
        content = await asyncio.wait_for(_read(request, limits.body), limits.seconds)
    except TimeoutError:
        raise Refusal(408, f"the body did not arrive within {limits.seconds:g} seconds") from None
    except ClientDisconnect:
        raise Refusal(400, "the body is incomplete") from None
    return parse_body(content, model)


def parse_body(content: bytes, model: type[Body]) -> Body:
    """Parse a body; errors as for `read_body`."""
    try:
        text = content.decode("utf-8")
        value = parse_json(text)
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the body is not UTF-8: byte {error.start + 1} is wrong") from None
    except ValueError as error:
        raise Refusal(400, f"the body: {error}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        hint = "/openapi.json describes all keys" if issubclass(model, RequestBody) else None
        raise Refusal(422, _describe(error, model), hint) from None


def _describe(error: ValidationError, model: type[BaseModel]) -> str:
    """The first problem of a body: its key, what was expected and what it is."""
    details = error.errors(include_url=False)[0]
    parts = [part for i, part in enumerate(details["loc"]) if i == 0 or part not in KINDS]  # first: a key of the body
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    key = f"{key[:MOST_SHOWN]}: " if key else ""
    value, limits = shown(details["input"]), details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            close = difflib.get_close_matches(str(parts[-1]), model.model_fields, n=1)
            return f"{key}no such key" + (f"; did you mean `{close[0]}`?" if close else "")
        case "missing":
            return f"{key}missing"
        case "value_error":
            return f"{key}{limits['error']}"
        case "literal_error":
            return f"{key}expected {limits['expected']}, got {value}"
        case "greater_than_equal":
            return f"{key}expected {limits['ge']} or more, got {value}"
        case "less_than_equal":
            return f"{key}expected {limits['le']} or less, got {value}"
        case kind if expected := EXPECTED.get(kind):
            return f"{key}expected {expected}, got {value}"
    return f"{key}{details['msg'][:1].lower()}{details['msg'][1:]}, got {value}"


async def drain(request: Request, limits: Limits) -> None:
    """Let a body arrive that is not read, however large it is.

    Raises:
        Refusal: it is too slow, or incomplete.
    """
    try:
        async with asyncio.timeout(limits.seconds):
            async for _ in request.stream():
                pass
    except TimeoutError:
        raise Refusal(408, f"the body did not arrive within {limits.seconds:g} seconds") from None
    except ClientDisconnect:
        raise Refusal(400, "the body is incomplete") from None


async def _read(request: Request, limit: int) -> bytes:
    too_large = Refusal(413, f"the body is larger than {limit:,} bytes", "send fewer sentences in each request")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limit:
        raise too_large
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise too_large
    return bytes(content)
