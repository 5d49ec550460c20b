"""Recorded requests and what must come of them: each fixtures/*.json of a plug-in is one case.

{"about", "request": {method, path, query, headers, body | text | base64}, "admits": {write_key, count} or {"refuses": part
of the reason}, "answers": {status, body}, "events": [fields that must be so], "refused": [{index, reason: part of it}]}
"""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hark.errors import Rejected
from hark.model import Accepted, Event, Raw, Refused, Request, Source
from hark.registry import Plugin

__all__ = ["Case", "Plugin", "cases", "check"]
RECEIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SOURCE = Source(id="src_test", name="test", write_key="KEY")


class Case(msgspec.Struct, frozen=True):
    name: str
    about: str
    request: Request
    admits: dict[str, Any]
    answers: dict[str, Any]
    events: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def cases(plugin: Plugin) -> list[Case]:
    folder = plugin.folder.joinpath("fixtures")
    files = sorted(Path(str(folder)).glob("*.json"))
    return [_case(file.stem, msgspec.json.decode(file.read_bytes())) for file in files]


def request(
    plugin: Plugin,
    method: str,
    path: str,
    body: Any = b"",
    *,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Request:
    """A request as the door hands it to a plug-in."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    sent = {"host": "hark.test", **{name.lower(): value for name, value in (headers or {}).items()}}
    return Request(
        method=method,
        path=path,
        query=query or {},
        params=params_of(plugin, method, path),
        headers=sent,
        body=content,
        remote="203.0.113.9",
    )


def hear(plugin: Plugin, asked: Request, received_at: datetime = RECEIVED) -> list[Event | Refused]:
    """What the loader would get of a request."""
    raw = Raw(id=7, received_at=received_at, source=SOURCE, plugin=plugin.name, request=asked)
    try:
        return list(_part(plugin).receive(raw, {}))
    except Rejected as error:
        return [Refused(index=0, reason=error.reason)]


def check(plugin: Plugin, case: Case) -> None:
    """AssertionError where something else comes of it than the case says."""
    asked = msgspec.structs.replace(case.request, params=params_of(plugin, case.request.method, case.request.path))
    part = _part(plugin)
    if "refuses" in case.admits:
        with pytest.raises(Rejected) as refusal:
            part.admit(asked)
        assert case.admits["refuses"] in refusal.value.reason, refusal.value.reason
        return
    admission = part.admit(asked)
    assert msgspec.to_builtins(admission) == case.admits, admission
    reply = part.answer(asked, Accepted(admission.count, SOURCE), {})
    assert reply.status == case.answers.get("status", 200)
    assert case.answers.get("body") in (None, _readable(reply.body)), reply.body
    heard = hear(plugin, asked) if _recorded(plugin, asked) else []
    _compare([item for item in heard if isinstance(item, Event)], case.events)
    refused = [item for item in heard if isinstance(item, Refused)]
    assert [item.index for item in refused] == [wanted["index"] for wanted in case.refused], refused
    for item, wanted in zip(refused, case.refused, strict=True):
        assert wanted["reason"] in item.reason, item.reason


def _recorded(plugin: Plugin, asked: Request) -> bool:
    return not any(
        route.method == asked.method and route.path == asked.path.rstrip("/") and not route.records
        for route in plugin.routes
    )


def params_of(plugin: Plugin, method: str, path: str) -> dict[str, str]:
    """The named parts of the path, by the plug-in's own routes."""
    parts = path.rstrip("/").split("/")
    for route in plugin.routes:
        pattern = route.path.rstrip("/").split("/")
        if route.method == method and len(pattern) == len(parts):
            named = {want[1:-1]: part for want, part in zip(pattern, parts, strict=True) if want.startswith("{")}
            if all(want == part or want.startswith("{") for want, part in zip(pattern, parts, strict=True)):
                return named
    raise AssertionError(f"{plugin.name} has no route {method} {path}")


def _compare(events: list[Event], wanted: list[dict[str, Any]]) -> None:
    assert len(events) == len(wanted), events
    for event, fields in zip(events, wanted, strict=True):
        shown = msgspec.json.decode(msgspec.json.encode(event))
        for name, value in fields.items():
            assert shown[name] == value, f"{name}: {shown[name]!r} is not {value!r}"


def _case(name: str, given: dict[str, Any]) -> Case:
    asked = dict(given["request"])
    if "base64" in asked:
        body = base64.b64decode(asked["base64"])
    elif "text" in asked:
        body = asked["text"].encode()
    else:
        body = msgspec.json.encode(asked["body"]) if "body" in asked else b""
    return Case(
        name=name,
        about=given["about"],
        request=Request(
            method=asked["method"],
            path=asked["path"],
            query=asked.get("query", {}),
            headers={"host": "hark.test", **asked.get("headers", {})},
            body=body,
            remote="203.0.113.9",
        ),
        admits=given["admits"],
        answers=given.get("answers", {}),
        events=given.get("events", []),
        refused=given.get("refused", []),
    )


def _readable(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body.decode("latin-1")


def _part(plugin: Plugin) -> Any:
    return plugin.part("receive")
