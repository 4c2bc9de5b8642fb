"""Requests that are not done: a status, a message and a hint, as JSON."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from tagger.errors import TaggerError


class Refusal(Exception):
    """A request that is not done.

    Args:
        status: HTTP status, from 400.
        message: where it is wrong, what was expected, and the value.
        hint: what to change, if known.
        headers: further headers of the answer.
    """

    def __init__(self, status: int, message: str, hint: str | None = None, headers: Mapping[str, str] = {}) -> None:
        super().__init__(message)
        self.status, self.message, self.hint, self.headers = status, message, hint, headers

    @classmethod
    def of_error(cls, error: TaggerError) -> "Refusal":
        """A request whose content cannot be tagged."""
        hint = error.hint
        return cls(422, error.message, None if hint is None or hint.startswith(("tagger ", "--")) else hint)


def refusal_response(refusal: Refusal) -> Response:
    """The answer to a request that is not done."""
    content: dict[str, str] = {"error": refusal.message}
    if refusal.hint:
        content["hint"] = refusal.hint
    return json_response(json.dumps(content), refusal.status, refusal.headers)


def json_response(text: str, status: int = 200, headers: Mapping[str, str] = {}) -> Response:
    """An answer whose body is a text of JSON."""
    return Response(text, status, dict(headers), media_type="application/json")


def busy(message: str) -> Refusal:
    """A request that the server has no time for now."""
    return Refusal(503, message, "repeat the request later, or start the server with higher limits", RETRY)


RETRY = {"Retry-After": "1"}
