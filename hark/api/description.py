"""The description of the REST API: OpenAPI 3.1 for programs at /api/openapi.json, and the same as a page at /api."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from html import escape
from inspect import isclass
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from hark.api.problems import Problem
from hark.api.routes import Accepted

# What a type cannot say: one of three names for the other person must be there.
_ONE_OF = [
    {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}} for name in ("with", "other", "into")
]
_MORE = {"Merge": {"anyOf": _ONE_OF}}
_UPLOADS = ("/api/v1/imports", "/api/v1/conversations/files")
_HEAD = """<!doctype html><html lang=en><title>Hark API</title><meta name=viewport content="width=device-width">
<meta name=color-scheme content="light dark"><h1>Hark API</h1><p><a href=/api/openapi.json>OpenAPI 3.1</a></p>"""


class Description:
    """Made when it is first asked for. Schemas of bodies are msgspec's, which also checks them, so both always agree."""

    def __init__(self, app: Litestar, more: Mapping[str, dict[str, Any]] | None = None) -> None:
        """`more`: what is known of a schema only while the program runs, by its name."""
        self._app = app
        self._more = {**_MORE, **(more or {})}

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self._app.openapi_schema.to_schema()
        template = "#/components/schemas/{name}"
        _, schemas = msgspec.json.schema_components(sorted(self._types(), key=str), ref_template=template)
        for name, more in self._more.items():
            schemas[name] = {**schemas[name], **more}
        document["components"]["schemas"] |= schemas
        for path in _UPLOADS:
            document["paths"][path]["post"]["requestBody"] = {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        return document

    @cached_property
    def json(self) -> bytes:
        return msgspec.json.encode(self.document)

    @cached_property
    def page(self) -> bytes:
        """For people: every route with its scope, in one plain page that needs no script."""
        rows = "".join(_section(tag, list(self._operations(tag["name"]))) for tag in self.document["tags"])
        about = escape(self.document["info"]["description"])
        return f"{_HEAD}<p>{about}</p>{rows}".encode()

    def _operations(self, tag: str) -> Iterable[tuple[str, str, dict[str, Any]]]:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if tag in operation.get("tags", ()):
                    yield method.upper(), path, operation

    def _types(self) -> set[Any]:
        types: set[Any] = {Problem, Accepted}
        for route in self._app.routes:
            for handler in getattr(route, "route_handlers", ()):
                if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema():
                    signature = handler.parsed_fn_signature
                    types |= set(_structs(signature.return_type.annotation))
                    if "data" in signature.parameters:
                        types |= set(_structs(signature.parameters["data"].annotation))
        return types


def _structs(annotation: Any) -> Iterable[Any]:
    if isclass(annotation) and issubclass(annotation, Struct):
        yield annotation
    for argument in get_args(annotation):
        yield from _structs(argument)


def _section(tag: dict[str, Any], operations: list[tuple[str, str, dict[str, Any]]]) -> str:
    lines = "".join(
        f"<dt><b>{method}</b> <code>{escape(path)}</code>"
        f" <small>{escape(', '.join(scope for need in operation.get('security', ()) for scope in need['token']))}</small>"
        f"<dd>{escape(operation.get('description', ''))}"
        for method, path, operation in operations
    )
    return f"<h2>{escape(tag['name'])}</h2><p>{escape(tag.get('description', ''))}</p><dl>{lines}</dl>"
