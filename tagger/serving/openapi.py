"""The OpenAPI description of the server, made from the schemas that check the bodies."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tagger.serving.limits import Limits
from tagger.serving.models import installed_version
from tagger.serving.schemas import ErrorAnswer, Health, InspectBody, ModelInfo, ModelList, TagAnswer, TagBody

REF = "#/components/schemas/{model}"
STATUSES = {
    400: "the body is not JSON",
    404: "there is no such model",
    408: "the body did not arrive in time",
    413: "the body, or the number of sentences or tokens, is too large",
    415: "the content type is not application/json",
    422: "the body has other keys or values, or the model cannot read the sentences",
    503: "too many requests wait, or the request took too long",
}


def openapi(limits: Limits) -> dict[str, Any]:
    """The OpenAPI description of a server with some limits."""
    models: list[type[BaseModel]] = [TagBody, InspectBody, TagAnswer, ModelInfo, ModelList, ErrorAnswer, Health]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tagger",
            "version": installed_version(),
            "description": f"A request has up to {limits.body:,} bytes, {limits.sentences:,} sentences and "
            f"{limits.tokens:,} tokens, and is answered within {limits.seconds:g} seconds or not at all.",
        },
        "paths": {
            "/tag": {"post": _post("Tag sentences.", TagBody, TagAnswer)},
            "/inspect": {"post": _post("The states of a sentence, step by step.", InspectBody, None)},
            "/models": {"get": _get("All models.", ModelList)},
            "/model": {
                "get": _get("One model.", ModelInfo)
                | {
                    "parameters": [
                        {"name": "name", "in": "query", "required": False, "schema": {"type": "string"}},
                    ]
                }
            },
            "/health": {"get": _get("Whether the server takes requests; 503 when it stops.", Health)},
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _post(summary: str, body: type[BaseModel], answer: type[BaseModel] | None) -> dict[str, Any]:
    refused = {str(status): {"description": text, **_content(ErrorAnswer)} for status, text in STATUSES.items()}
    request = {"required": True, **_content(body)}
    return {"summary": summary, "requestBody": request, "responses": {**_done(answer), **refused}}


def _get(summary: str, answer: type[BaseModel]) -> dict[str, Any]:
    return {"summary": summary, "responses": _done(answer)}


def _done(answer: type[BaseModel] | None) -> dict[str, Any]:
    return {"200": {"description": "done", **_content(answer)}}


def _content(model: type[BaseModel] | None) -> dict[str, Any]:
    schema = {"type": "object"} if model is None else {"$ref": REF.format(model=model.__name__)}
    return {"content": {"application/json": {"schema": schema}}}
