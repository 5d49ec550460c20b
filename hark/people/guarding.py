"""What guards each kind of identity, and how an operator changes it: by an event, then everything is weighed again."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hark.errors import Rejected
from hark.events.record import own, record_own
from hark.model import Declared, IdentityKind
from hark.people.kinds import Kinds, Setting, spell
from hark.store import Queries, Transaction

queries = Queries(__file__, "identity.sql")
MOST_BLOCKED = 1000


class Guarded(Struct, frozen=True, kw_only=True):
    """A kind as it is in force. `changed` says that an operator did; `identities` how many there are of it."""

    name: str
    label: str
    priority: int
    unique: bool
    limit: int
    window_days: int
    blocked: tuple[str, ...]
    changed: bool
    identities: int


def kinds_in_force(tx: Transaction, declared: Declared) -> list[Guarded]:
    """Those declared and those that were only heard of, the strongest first."""
    settings = settings_of(tx)
    counts: dict[str, int] = dict(tx.tuples(queries.count_kinds))
    kinds = Kinds(declared.kinds.values(), settings)
    names = {*declared.kinds, *counts, *settings} - {"group_id"}
    found = [_guarded(kinds.of(name), settings.get(name), counts.get(name, 0)) for name in names]
    return sorted(found, key=lambda kind: (kind.priority, kind.name))


def settings_of(tx: Transaction) -> dict[str, Setting]:
    return {name: msgspec.convert(setting, Setting) for name, setting in tx.tuples(queries.read_settings)}


def define(tx: Transaction, declared: Declared, name: str, setting: Setting, *, by: str) -> UUID:
    """Record the change; returns the event to wait for. Rejected where a value makes no sense."""
    if spell(name) is None or len(name) > 100 or name in ("id", "group_id"):
        raise Rejected("a kind has a name of at most 100 letters, other than id and group_id", 422)
    _check("priority", setting.priority, 1, 1000)
    _check("limit", setting.limit, 1, 1000)
    _check("window_days", setting.window_days, 0, 3650)
    if len(setting.blocked) > MOST_BLOCKED:
        raise Rejected(f"at most {MOST_BLOCKED} values can be blocked", 422)
    kind = declared.kinds.get(name)
    blocked = sorted({(kind.normalise(value) if kind else spell(value)) or value for value in setting.blocked})
    changed: dict[str, Any] = msgspec.to_builtins(replace(setting, blocked=tuple(blocked)))
    [event] = record_own(tx, [own("kind.defined", by=by, properties={"kind": name, **changed})])
    return event


def _check(field: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise Rejected(f"{field} is a number from {least} to {most}", 422)


def _guarded(kind: IdentityKind, setting: Setting | None, count: int) -> Guarded:
    return Guarded(
        name=kind.name,
        label=kind.label,
        priority=kind.priority,
        unique=kind.unique,
        limit=kind.limit,
        window_days=kind.window_days,
        blocked=setting.blocked if setting else (),
        changed=setting is not None,
        identities=count,
    )
