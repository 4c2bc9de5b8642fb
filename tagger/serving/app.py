"""The application: paths, and the functions that answer them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tagger.errors import DataError
from tagger.serving.bodies import Body, read_body
from tagger.serving.guard import Guard
from tagger.serving.limits import DEFAULTS, Limits
from tagger.serving.models import Models, chosen_model
from tagger.serving.openapi import openapi
from tagger.serving.refusals import Refusal, busy, json_response, refusal_response
from tagger.serving.schemas import InspectBody, TagBody
from tagger.serving.tag import inspect, tag

PAGE = {  # files of the page, and their types
    "page.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
}


class Server:
    """Answers the requests of an application.

    Args:
        models: the models by name.
        limits: the most that a request may have, and that may wait.
    """

    def __init__(self, models: Models, limits: Limits) -> None:
        self.models, self.limits = models, limits
        self.n_waiting = 0
        self.is_stopping = False

    async def answer(self, request: Request, body: type[Body], work: Callable[[Body], Awaitable[str]]) -> Response:
        """Answer a request that has a body, within the limits.

        Args:
            request: the request.
            body: keys and values of its body.
            work: function from the body to the answer.

        Raises:
            Refusal: the request cannot be done.
        """
        if self.n_waiting >= self.limits.waiting:
            raise busy(f"{self.n_waiting:,} requests wait already")
        self.n_waiting += 1
        try:
            content = await read_body(request, body, self.limits)
            async with asyncio.timeout(self.limits.seconds):
                return json_response(await work(content))
        except TimeoutError:
            raise busy(f"the request took more than {self.limits.seconds:g} seconds") from None
        except DataError as error:
            raise Refusal.of_error(error) from None
        finally:
            self.n_waiting -= 1

    async def tag(self, request: Request) -> Response:
        """Tag sentences."""
        return await self.answer(
            request, TagBody, lambda body: tag(chosen_model(self.models, body.model), body, self.limits)
        )

    async def inspect(self, request: Request) -> Response:
        """Show the states of a sentence."""
        return await self.answer(
            request, InspectBody, lambda body: inspect(chosen_model(self.models, body.model), body)
        )

    async def list_models(self, request: Request) -> Response:
        """All models."""
        return json_response(json.dumps({"models": [model.info for model in self.models.values()]}))

    async def model(self, request: Request) -> Response:
        """One model."""
        return json_response(json.dumps(chosen_model(self.models, request.query_params.get("name")).info))

    async def health(self, request: Request) -> Response:
        """Whether the server takes requests."""
        if self.is_stopping:
            return json_response('{"status": "stopping"}', 503)
        return json_response('{"status": "ok"}')


def make_app(
    models: Models, limits: Limits = DEFAULTS, *, hosts: Collection[str] | None = None
) -> tuple[Guard, Server]:
    """An ASGI application that serves models, and the server behind it.

    Args:
        models: the models by name.
        limits: the most that a request may have, and that may wait.
        hosts: names that requests may use for this server; None: any.
    """
    server = Server(models, limits)
    description = json.dumps(openapi(limits))

    async def describe(request: Request) -> Response:
        return json_response(description)

    routes = [
        *(Route("/" if name == "page.html" else f"/{name}", _file(name, kind)) for name, kind in PAGE.items()),
        Route("/health", server.health),
        Route("/models", server.list_models),
        Route("/model", server.model),
        Route("/tag", server.tag, methods=["POST"]),
        Route("/inspect", server.inspect, methods=["POST"]),
        Route("/openapi.json", describe),
    ]
    app = Starlette(routes=routes, exception_handlers={Refusal: _refused, HTTPException: _not_found})
    app.router.redirect_slashes = False
    return Guard(app, hosts), server


def _file(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    content = Path(__file__).with_name(name).read_bytes()

    async def send(request: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})

    return send


async def _refused(request: Request, error: Exception) -> Response:
    return refusal_response(cast(Refusal, error))


async def _not_found(request: Request, error: Exception) -> Response:
    """An unknown path, or a method that a path does not have."""
    problem = cast(HTTPException, error)
    path = request.url.path[:80]
    message = f"there is nothing at {path}" if problem.status_code == 404 else f"{path} does not take {request.method}"
    return refusal_response(
        Refusal(problem.status_code, message, "/openapi.json lists all paths", problem.headers or {})
    )
