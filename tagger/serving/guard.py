"""Rules for every request: who may ask, headers of the answer, and no traceback in it."""

import logging
import re
import traceback
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tagger.serving.refusals import Refusal, refusal_response
from tagger.serving.service import Service

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

PROXY = "if a proxy stands before this server, it must pass on the header Host"

log = logging.getLogger("tagger")


class Guard:
    """An application behind the rules that hold for every request.

    A page of another site that a browser shows can send requests to this machine. It cannot read the answers, as no
    header allows it; here its requests are refused, also those under a name of its own that leads to this machine.

    Args:
        app: the application.
        service: its state.
        hosts: names that requests may use for this server, in lower case; None: any.
    """

    def __init__(self, app: ASGIApp, service: Service, hosts: Collection[str] | None) -> None:
        self.app, self.service, self.hosts = app, service, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if self.service.is_stopping:
                    headers["Connection"] = "close"
            await send(message)

        try:
            self._check(Headers(scope=scope))
            await self.app({**scope, "app": self}, receive, send_with_headers)  # errors of paths are raised
        except Exception as error:
            if is_started:  # the connection ends
                log.error("an answer could not be sent: %s", type(error).__name__)
                raise
            await refusal_response(_refusal_of(error, scope))(scope, receive, send_with_headers)

    def _check(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self.hosts is not None and host_name(host) not in self.hosts:
            raise Refusal(
                400, f"requests for the host {host[:80]!r} are not answered", "tagger serve --allow-host NAME allows it"
            )
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
            raise Refusal(
                403, f"requests of the page {origin[:80]!r} are not answered, as it is of another site", PROXY
            )


def _refusal_of(error: Exception, scope: Scope) -> Refusal:
    """The answer to a request that ended with an error."""
    if isinstance(error, Refusal):
        return error
    path, hint = scope["path"][:80], "/openapi.json lists the paths for programs"
    if isinstance(error, HTTPException):
        message = f"there is nothing at {path}" if error.status_code == 404 else f"{path} takes no {scope['method']}"
        return Refusal(error.status_code, message, hint, error.headers or {})
    log.error("a bug in tagger: %s: %s", type(error).__name__, str(error).partition("\n")[0])
    if log.isEnabledFor(logging.DEBUG):
        log.error("%s", "".join(traceback.format_exception(error)))
    return Refusal(500, "a bug in tagger; `tagger serve --debug` shows where")


def host_name(host: str) -> str:
    """The name of a host, without its port.

    >>> host_name("localhost:8000"), host_name("[::1]:8000")
    ('localhost', '[::1]')
    """
    return re.sub(r":\d*$", "", host)
