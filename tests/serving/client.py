"""A client of an application, in the same process and without a socket."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Client:
    """Sends requests to an application, one at a time."""

    def __init__(self, app: ASGIApp, base_url: str = "http://localhost") -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=base_url)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a request."""
        return self._runner.run(self._client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a request."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a request with a body."""
        return self.request("POST", path, **options)
