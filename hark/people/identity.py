"""Joins what belongs to one person: reads the events of a batch as evidence and concludes whose each of them is.

A batch costs two queries where it says nothing new. Where it does, the components it touches are read whole, weighed
in memory event by event (`guards.py`), and what changed is written back in sets.
"""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from hark.model import Declared, Event, Identity, IdentityKind
from hark.people.evidence import OWN, Reader
from hark.people.guards import Caps, Group
from hark.people.kinds import Kinds, Setting
from hark.people.shelf import Shelf
from hark.store import Queries, Transaction

queries = Queries(__file__, "identity.sql")
CAPS = Caps()


class Joined(Struct, frozen=True):
    """Whose an event is, right after it.

    anchor      the identity whose history the event is part of: its strongest; None where it names nobody
    person      the person of the anchor
    members     the person's identities, oldest first; `identities` are the same as (kind, value)
    changed     every person whose members this event changed, with the members they have now; none: gone
    """

    anchor: UUID | None = None
    person: UUID | None = None
    members: tuple[UUID, ...] = ()
    identities: tuple[Identity, ...] = ()
    changed: tuple[Group, ...] = ()


class Rules(Struct, frozen=True):
    """Everything that joining goes by: how evidence is read and how far it is believed."""

    reader: Reader
    caps: Caps = CAPS


def rules_in_force(tx: Transaction, declared: Declared, caps: Caps = CAPS) -> Rules:
    """The kinds of the core and of plug-ins, and over them what operators set."""
    settings = tuple((name, msgspec.json.encode(setting)) for name, setting in tx.tuples(queries.read_settings))
    return _rules(tuple(declared.kinds.values()), settings, declared.salt, caps)


@lru_cache(maxsize=8)
def _rules(
    declared: tuple[IdentityKind, ...], settings: tuple[tuple[str, bytes], ...], salt: bytes, caps: Caps
) -> Rules:
    """Kept between batches, because the reader remembers what it has read."""
    set_by_hand = {name: msgspec.json.decode(setting, type=Setting) for name, setting in settings}
    return Rules(Reader(Kinds(declared, set_by_hand), salt), caps)


def join(events: Sequence[Event], tx: Transaction, declared: Declared, caps: Caps = CAPS) -> list[Joined]:
    """Whose each event is, in their order. The same for any size of batch, and for any order of the same events."""
    rules = rules_in_force(tx, declared, caps)
    joined: list[Joined] = []
    start = 0
    for index, event in enumerate(events):
        if event.source == OWN and event.name == "kind.defined":
            joined += _join(events[start:index], tx, rules)
            changed = _define(event, tx, declared, caps)
            rules = rules_in_force(tx, declared, caps)
            joined.append(Joined(changed=changed))
            start = index + 1
    return joined + _join(events[start:], tx, rules)


def clear(tx: Transaction) -> None:
    """Empty what is derived here, to be rebuilt from the log."""
    tx.run(queries.clear)


def forget(tx: Transaction, identities: Sequence[UUID], declared: Declared, caps: Caps = CAPS) -> dict[str, int]:
    """Erase identities and every piece of evidence about them; gives the number of rows by table. Nobody else's person
    is left tied by evidence that is gone."""
    return Shelf(rules_in_force(tx, declared, caps).reader.kinds, caps, tx).forget(identities)


def _join(events: Sequence[Event], tx: Transaction, rules: Rules) -> list[Joined]:
    if not events:
        return []
    claims = [rules.reader.claim(event) for event in events]
    shelf = Shelf(rules.reader.kinds, rules.caps, tx)
    news = shelf.read(events, claims)
    graph = shelf.graph
    joined = []
    for event, claim, is_news in zip(events, claims, news, strict=True):
        changed = graph.hear(event, claim) if is_news else ()
        anchor = claim.nodes[0].id if claim.nodes else None
        group = shelf.group_of(anchor) if anchor else None
        if group is None:
            joined.append(Joined(changed=changed))
        else:
            joined.append(Joined(anchor, group.person, group.members, group.identities, changed))
    shelf.write()
    return joined


def _define(event: Event, tx: Transaction, declared: Declared, caps: Caps) -> tuple[Group, ...]:
    """An operator changed what guards a kind: everything that its identities are tied to is weighed again."""
    name = str(event.properties["kind"])
    setting = msgspec.convert({"blocked": (), **event.properties}, Setting)
    tx.run(
        queries.save_setting,
        name=name,
        setting=Jsonb(msgspec.to_builtins(setting)),
        at=event.at,
        source=event.source,
        message_id=event.message_id,
    )
    rules = rules_in_force(tx, declared, caps)
    shelf = Shelf(rules.reader.kinds, rules.caps, tx)
    changed = shelf.weigh_again(name)
    shelf.write()
    return changed
