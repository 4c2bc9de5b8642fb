"""The application: paths, and the functions that answer them."""

import json
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from tagger.serving.guard import Guard
from tagger.serving.label_tools import label_tool_routes
from tagger.serving.limits import DEFAULTS, Limits
from tagger.serving.models import Models, chosen_model
from tagger.serving.openapi import openapi
from tagger.serving.refusals import json_response
from tagger.serving.schemas import InspectBody, TagBody
from tagger.serving.service import Service
from tagger.serving.tag import inspect, tag

Endpoint = Callable[[Request], Awaitable[Response]]

PAGE = "page*.*"  # files of the page
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def make_app(models: Models, limits: Limits = DEFAULTS, *, hosts: Collection[str] | None = None) -> Guard:
    """An ASGI application that serves models.

    Args:
        models: the models by name.
        limits: the most that a request may have, and that may wait.
        hosts: names that requests may use for this server; None: any.
    """
    service = Service(models, limits)
    infos = [model.info for model in models.values()]
    routes = [
        *map(_page_route, Path(__file__).parent.glob(PAGE)),
        Route("/health", partial(_health, service)),
        Route("/models", _constant(json.dumps({"models": infos}))),
        Route("/model", partial(_model, service)),
        Route("/tag", partial(_tag, service), methods=["POST"]),
        Route("/inspect", partial(_inspect, service), methods=["POST"]),
        Route("/openapi.json", _constant(json.dumps(openapi(limits)))),
        *label_tool_routes(service),
    ]
    return Guard(Router(routes, redirect_slashes=False), service, hosts)


def _page_route(path: Path) -> Route:
    content, kind = path.read_bytes(), TYPES[path.suffix]

    async def send(request: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})

    return Route("/" if path.suffix == ".html" else f"/{path.name}", send)


def _constant(text: str) -> Endpoint:
    async def send(request: Request) -> Response:
        return json_response(text)

    return send


async def _health(service: Service, request: Request) -> Response:
    if service.is_stopping:
        return json_response('{"status": "stopping"}', 503)
    return json_response('{"status": "ok"}')


async def _model(service: Service, request: Request) -> Response:
    return json_response(json.dumps(chosen_model(service.models, request.query_params.get("name")).info))


async def _tag(service: Service, request: Request) -> Response:
    return await service.answer(request, TagBody, tag, lambda body: body.model)


async def _inspect(service: Service, request: Request) -> Response:
    return await service.answer(request, InspectBody, inspect, lambda body: body.model)
