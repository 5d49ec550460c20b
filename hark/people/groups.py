"""Households, companies and other groups that persons share: what group calls say of them, by the rules of a facet.

Membership is a matter of each person's own facet; here is only what is said about the group itself.
"""

from collections.abc import Sequence

import msgspec

from hark.kit.clock import from_milliseconds
from hark.model import Context
from hark.people import facet
from hark.people.facet import Facet
from hark.people.living import group_of
from hark.store import Queries, Transaction

queries = Queries(__file__)


def fold(contexts: Sequence[Context], tx: Transaction) -> None:
    calls = [(group, context.event) for context in contexts if (group := _group(context)) is not None]
    if not calls:
        return
    ids = sorted({group for group, _ in calls})
    known = {group: facet.decode(state) for group, state in tx.tuples(queries.read_accounts, ids=ids)}
    for group, event in calls:
        account = known.setdefault(group, Facet())
        at = facet.moment(event)
        facet.tell(account, event.traits, at, event.source, event.message_id)
        account.first = at if account.first is None else min(account.first, at)
        account.last = at if account.last is None else max(account.last, at)
    rows = [_row(group, known[group]) for group in ids]
    names = ("ids", "states", "traits", "provenance", "firsts", "lasts")
    tx.run(queries.write_accounts, **dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _group(context: Context) -> str | None:
    return group_of(context.event) if context.event.type == "group" else None


def _row(group: str, account: Facet) -> tuple[object, ...]:
    traits = facet.standing(account)
    sources = {name: {"at": at, "source": by, "message_id": m} for name, (_, at, by, m) in traits.items()}
    return (
        group,
        facet.encode(account),
        msgspec.json.encode({name: said[0] for name, said in traits.items()}).decode(),
        msgspec.json.encode(sources).decode(),
        from_milliseconds(account.first or 0),
        from_milliseconds(account.last or 0),
    )
