"""The OpenAPI 3.1 document, made from the same types that the routes read and write."""

from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus

import msgspec
from aiohttp import web

from securecall.errors import Problem
from securecall_server.errors import Code
from securecall_server.problems import TABLE, UNNAMED, ProblemDocument

from .route import Route

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None
_REFERENCE = "#/components/schemas/{name}"
_BYTES: Json = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def route(routes: Callable[[], Sequence[Route]]) -> Route:
    """The route that answers with the document about ``routes``, itself among them."""

    @cache
    def document() -> bytes:
        return msgspec.json.encode(describe(routes()))

    async def openapi(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=document(), content_type="application/json")

    return Route("GET", "/v1/openapi.json", openapi, "This document.", None, open=True)


def describe(routes: Sequence[Route]) -> Json:
    """The document about ``routes``."""
    forms = [form for one in routes for form in (one.body, one.answer) if form not in (None, bytes)]
    _, components = msgspec.json.schema_components([*forms, ProblemDocument], ref_template=_REFERENCE)
    paths: dict[str, Json] = {}
    for one in routes:
        operations = paths.setdefault(one.path, {"parameters": _parts(one)})
        if isinstance(operations, dict):
            operations[one.method.lower()] = _operation(one)
    codes: list[Json] = [code.value for code in (*Problem, *Code)]
    components["ProblemDocument"]["properties"]["code"] = {"type": "string", "enum": codes}
    return {
        "openapi": "3.1.0",
        "info": {"title": "SecureCall server", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": dict(components),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Route) -> Json:
    answers: dict[str, Json] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _problem()}
        for status in sorted(_refusals(one))
    }
    match one.answer:
        case None if one.body is not None:
            answers["204"] = {"description": "Done."}
        case None:
            answers["101" if one.path.endswith("/live") else "200"] = {"description": one.summary}
        case form:
            answers["200"] = {"description": one.summary, "content": _content(form)}
    operation: dict[str, Json] = {"summary": one.summary, "responses": answers}
    if one.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(one.body)}
    if one.query is not None:
        place: Json = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": 0}
        operation["parameters"] = [{"name": one.query, "in": "query", "schema": place}]
    if not one.open:
        operation["security"] = [{"token": []}]
    return operation


def _refusals(one: Route) -> set[int]:
    """The statuses with which a request may be refused: all there are but those that need what this one has not."""
    statuses = {status for status, _ in TABLE.values()} | UNNAMED
    if one.body is None:
        statuses -= {408, 413, 415}
    if one.method == "GET":
        statuses -= {409, 410, 422}
    if not one.parts():
        statuses -= {404}
    if one.open and one.body is None:
        statuses -= {403}
    return statuses


def _content(form: type[msgspec.Struct] | type[bytes]) -> Json:
    if issubclass(form, msgspec.Struct):
        return {"application/json": {"schema": {"$ref": _REFERENCE.format(name=form.__name__)}}}
    return _BYTES


def _problem() -> Json:
    schema: Json = {"$ref": _REFERENCE.format(name=ProblemDocument.__name__)}
    return {"application/problem+json": {"schema": schema}}


def _parts(one: Route) -> list[Json]:
    return [
        {
            "name": part,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^({one.pattern(part)})$"},
        }
        for part in one.parts()
    ]
