"""Rows in, events out: each row read by the mapping that came with it, or refused with the reason and the row."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit.ids import event_id
from hark.plugin import Event, Identity, Misconfigured, Raw, Refused, Rejected, Route
from hark.plugins.rows.mapping import Cell, Mapping, blank, cells, undated

ROUTES: tuple[Route, ...] = ()  # rows come from `hark import` and its screen, not over the door
TYPES = ("identify", "track", "page", "screen", "group", "alias")


class Sheet(Struct, frozen=True, kw_only=True):
    """A piece of a table. A row that is text could not be read as a row; one that is null was erased."""

    mapping: Mapping
    columns: list[str]
    rows: list[list[Any] | str | None]
    first: int = 1  # number of the first of these rows in its file, counted from 1 below the header


_sheets = msgspec.json.Decoder(Sheet)


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    try:
        sheet = _sheets.decode(raw.request.body)
        plan = cells(sheet.mapping, sheet.columns)
    except (msgspec.DecodeError, Misconfigured) as error:
        raise Rejected(str(error)) from None
    for index, row in enumerate(sheet.rows):
        if row is None:
            continue
        try:
            yield _event(row, sheet, plan, raw)
        except ValueError as error:
            item = dict(zip(sheet.columns, row, strict=False)) if isinstance(row, list) else row
            yield Refused(index=index, reason=f"row {sheet.first + index}: {error}", item=item)


def _event(row: list[Any] | str, sheet: Sheet, plan: list[Cell], raw: Raw) -> Event:
    if isinstance(row, str):
        raise ValueError("it cannot be read as a row")
    if len(row) != len(sheet.columns):
        raise ValueError(f"it has {len(row)} cells, the header has {len(sheet.columns)}")
    identities: list[Identity] = []
    places: dict[str, dict[str, Any]] = {"trait": {}, "property": {}, "context": {}}
    single: dict[str, Any] = {}
    for index, place, path, read in plan:
        value = row[index]
        if blank(value):
            continue
        try:
            value = read(value)
        except ValueError as error:
            raise ValueError(f"column {sheet.columns[index]!r}: {error}") from None
        if place == "identity":
            identities.append(Identity(path[0], _word(value)))
        elif place in places:
            _put(places[place], path, value)
        else:
            single[place] = value
    name = _word(single["event"]) if "event" in single else sheet.mapping.event
    type_ = _type(single.get("type"), name)
    if not identities and type_ != "group":
        raise ValueError("it names nobody: every column that tells who it is about is empty")
    message = _word(single["message"])[:500] if "message" in single else content_id(sheet.columns, row)
    at: datetime = single["time"] if "time" in single else undated(sheet.mapping, raw.received_at)
    return Event(
        id=event_id(raw.received_at, raw.source.id, message),
        type=type_,
        name=name if type_ == "track" else type_,
        at=at,
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message,
        identities=tuple(dict.fromkeys(identities)),
        traits=places["trait"],
        properties=places["property"],
        context=places["context"],
        channel=_word(single.get("channel", sheet.mapping.channel)),
        historical=True,
    )


def content_id(columns: list[str], row: list[Any]) -> str:
    """The same cells are the same message, in whichever file, line and order they stand and whatever mapping reads them."""
    said = sorted(
        (column, value) for column, value in zip(columns, row, strict=True) if value is not None and value != ""
    )
    return f"row-{blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()}"


def _type(given: Any, name: str) -> str:
    if given is None:
        return "track" if name else "identify"
    word = str(given).lower()
    if word not in TYPES or (word == "track" and not name):
        raise ValueError(f"its type is {given!r}; write one of {', '.join(TYPES)}, and a name for track")
    return word


def _put(place: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            inner = place[step] = {}
        place = inner
    place[path[-1]] = value


def _word(value: Any) -> str:
    # Spreadsheets keep customer numbers as 1042.0.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
