"""Paths of the protocols of label tools."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tagger.serving import inception, label_studio
from tagger.serving.bodies import drain
from tagger.serving.models import chosen_model
from tagger.serving.refusals import Refusal, json_response
from tagger.serving.service import Service


def label_tool_routes(service: Service) -> list[Route]:
    """The paths of both protocols.

    Label Studio gets the address of the server, or of one of several models, `/label-studio/NAME`; INCEpTION gets
    `/NAME`.
    """
    routes = []
    for start in ("", "/label-studio/{name}"):
        routes += [
            Route(f"{start}/predict", partial(_predict, service), methods=["POST"]),
            Route(f"{start}/setup", partial(_set_up, service), methods=["POST"]),
            Route(f"{start}/webhook", partial(_ignore, service), methods=["POST"]),
        ]
    return [
        *routes,
        Route("/label-studio/{name}/health", partial(_health, service)),
        Route("/{name}/predict", partial(_recommend, service), methods=["POST"]),
        Route("/{name}/train", partial(_train, service), methods=["POST"]),
    ]


async def _predict(service: Service, request: Request) -> Response:
    """Label Studio: predictions for tasks."""
    name = _model_name(service, request)
    return await service.answer(request, label_studio.PredictBody, label_studio.predict, lambda _: name)


async def _set_up(service: Service, request: Request) -> Response:
    """Label Studio: the version of the model. The access to its data that it offers is not used."""
    name = _model_name(service, request)
    return await service.answer(request, label_studio.SetupBody, label_studio.set_up, lambda _: name)


def _model_name(service: Service, request: Request) -> str:
    """The name of the model in a path of Label Studio; without one, that of the only model."""
    if "name" in request.path_params:
        return str(request.path_params["name"])
    name, *others = service.models
    if others:
        models = ", ".join(service.models)
        raise Refusal(404, f"this server has several models: {models}", "the address of one ends in /label-studio/NAME")
    return name


async def _ignore(service: Service, request: Request) -> Response:
    """Label Studio: an event, such as a new annotation; nothing is learned from it."""
    await drain(request, service.limits)
    return json_response("{}")


async def _health(service: Service, request: Request) -> Response:
    """Label Studio: whether the model is there."""
    chosen_model(service.models, request.path_params["name"])
    return json_response('{"status": "UP"}')


async def _recommend(service: Service, request: Request) -> Response:
    """INCEpTION: annotations for a document."""
    name = request.path_params["name"]
    return await service.answer(request, inception.RecommendBody, inception.predict, lambda _: name)


async def _train(service: Service, request: Request) -> Response:
    """INCEpTION: documents to learn from; nothing is learned."""
    chosen_model(service.models, request.path_params["name"])
    await drain(request, service.limits)
    return Response(status_code=204)
