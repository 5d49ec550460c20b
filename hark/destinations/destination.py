"""A destination: which system, with which settings, for what purpose, and which events of whom it wants."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from hark.errors import Misconfigured, NotFound, Rejected
from hark.events import log
from hark.kit.ids import uuid7
from hark.kit.text import clean, clean_json
from hark.registry import MASK, Plugin, Registry
from hark.store import Queries, Transaction

queries = Queries(__file__)

State = Literal["on", "paused", "stopped"]


class Destination(Struct, frozen=True, kw_only=True):
    """events and segments: none is all. position: the log is delivered up to there. size, failures, retry_at: how the
    delivery stands. state `stopped` waits for a person; `reason` says why."""

    id: UUID
    name: str
    plugin: str
    settings: dict[str, Any]
    purpose: str = "service"
    events: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    history: bool = False
    state: State = "on"
    reason: str | None = None
    position: int = 0
    size: int | None = None
    failures: int = 0
    retry_at: datetime | None = None
    created_at: datetime
    moved_at: datetime | None = None


class Wish(Struct, frozen=True, kw_only=True):
    """What a person enters of a destination. `beginning`: start with the oldest event instead of the next one."""

    name: str
    plugin: str
    settings: dict[str, Any]
    purpose: str = "service"
    events: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    history: bool = False
    beginning: bool = False


def add(tx: Transaction, wish: Wish, registry: Registry, now: datetime, *, strict: bool = False) -> Destination:
    """Misconfigured names the setting that is wrong; Rejected where the name is taken."""
    number = uuid7(now)
    row = _row(wish, settings(registry[wish.plugin], wish.settings, strict))
    position = 0 if wish.beginning else log.processed(tx)
    try:
        with tx.connection.transaction():
            tx.run(queries.add, id=number, plugin=wish.plugin, position=position, now=now, **row)
    except psycopg.errors.UniqueViolation:
        raise Rejected(f"there is a destination named {wish.name} already", status=409) from None
    return get(tx, number)


def change(tx: Transaction, number: UUID, wish: Wish, registry: Registry, *, strict: bool = False) -> Destination:
    """The plug-in and the place in the log stay. A stopped destination starts again."""
    before = get(tx, number)
    given = {name: before.settings.get(name) if value == MASK else value for name, value in wish.settings.items()}
    row = _row(wish, settings(registry[before.plugin], {**before.settings, **given}, strict))
    try:
        with tx.connection.transaction():
            tx.run(queries.change, id=number, **row)
    except psycopg.errors.UniqueViolation:
        raise Rejected(f"there is a destination named {wish.name} already", status=409) from None
    tx.notify("hark_done")
    return get(tx, number)


def pause(tx: Transaction, number: UUID, paused: bool) -> None:
    if not tx.run(queries.set_state, id=number, state="paused" if paused else "on"):
        raise NotFound("there is no such destination")
    tx.notify("hark_done")


def remove(tx: Transaction, number: UUID) -> None:
    """With its attempts and dead letters. What it was sent stays where it was sent."""
    if not tx.run(queries.remove, id=number):
        raise NotFound("there is no such destination")


def get(tx: Transaction, number: UUID) -> Destination:
    row = tx.one(queries.get, id=number)
    if row is None:
        raise NotFound("there is no such destination")
    return _read(row)


def every(tx: Transaction) -> list[Destination]:
    return [_read(row) for row in tx.all(queries.every)]


def event_names(tx: Transaction) -> list[str]:
    """Names that a filter may choose from: all that were heard of people."""
    return [name for (name,) in tx.tuples(queries.event_names)]


def settings(plugin: Plugin, values: Mapping[str, Any], strict: bool = False) -> Any:
    """The plug-in's Config made of what was entered, as texts too unless `strict`; Misconfigured names the field."""
    config_of(plugin)
    return plugin.config(values, strict)


def config_of(plugin: Plugin) -> Any:
    part = plugin.part("config")
    if plugin.part("write") is None or part is None:
        raise Misconfigured("plugin", f"{plugin.name} is no destination: it has no write.py and config.py")
    return part.Config


def shown(destination: Destination, plugin: Plugin) -> dict[str, Any]:
    """Its settings with the secrets masked."""
    return plugin.shown(destination.settings)


def _row(wish: Wish, config: Any) -> dict[str, Any]:
    name = clean(wish.name).strip()
    if not name:
        raise Misconfigured("name", "a destination needs a name")
    return {
        "name": name[:100],
        "settings": msgspec.json.encode(clean_json(msgspec.to_builtins(config))).decode(),
        "purpose": clean(wish.purpose),
        "events": sorted(set(map(clean, wish.events))),
        "segments": sorted(set(map(clean, wish.segments))),
        "history": wish.history,
    }


def _read(row: dict[str, Any]) -> Destination:
    return Destination(**{**row, "events": frozenset(row["events"]), "segments": frozenset(row["segments"])})
