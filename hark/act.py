"""Carrying out a decision: look again, do it, record how it went. A durable job, outside of the path.

Between the decision and now the person may have been joined with another, erased, or have withdrawn their consent. An
action that was cut off between doing and noting is unknown: it is done again only where that does no harm.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from msgspec import Struct

from hark.destinations.whose import profile_of
from hark.errors import Misconfigured, Rejected, Retry, Unknown
from hark.events import decisions
from hark.model import Decision, Profile, Purpose, agrees
from hark.store import Database


class Doer(Struct, frozen=True):
    """`do(decision)` does it, with the decision's id as the key of what it does. `repeatable`: twice does no harm."""

    do: Callable[[Decision], None]
    repeatable: bool = False


class Acting(Struct, frozen=True, kw_only=True):
    """doers by the name of the action."""

    database: Database
    purposes: Mapping[str, Purpose]
    doers: Mapping[str, Doer]


def act(number: UUID, acting: Acting) -> None:
    begun = _begin(number, acting)
    if begun is None:
        return
    decision, doer = begun
    try:
        doer.do(decision)
    except Retry as busy:
        _note(acting, number, "queued", str(busy))
        raise
    except (Rejected, Misconfigured) as wrong:
        _note(acting, number, "failed", str(wrong))
        return
    except Unknown as lost:
        _note(acting, number, "unknown", str(lost))
        return
    _note(acting, number, "done")


def _begin(number: UUID, acting: Acting) -> tuple[Decision, Doer] | None:
    """The decision, noted as begun; None where it is not to be carried out (any more)."""
    with acting.database.transaction() as tx:
        taken = decisions.take(tx, number)
        if taken is None:
            return None  # erased
        decision, state = taken
        doer = acting.doers.get(decision.action.name)
        if doer is None:
            decisions.stand(tx, number, "failed", f"nobody here can do {decision.action.name}")
            return None
        if state == "sending" and not doer.repeatable:
            decisions.stand(tx, number, "unknown", "cut off while it was done: whether it happened is not known")
            return None
        if state not in ("queued", "sending"):
            return None  # done, dropped or held out
        if why := _why_not(decision, profile_of(tx, decision.person), acting.purposes):
            decisions.stand(tx, number, "dropped", why)
            return None
        decisions.stand(tx, number, "sending")
        return decision, doer


def _why_not(decision: Decision, profile: Profile | None, purposes: Mapping[str, Purpose]) -> str | None:
    if decision.person and profile is None:
        return "the person is not here any more"
    if not agrees(profile, purposes.get(decision.purpose)):
        return f"the person does not agree to {decision.purpose} any more"
    return None


def _note(acting: Acting, number: UUID, state: decisions.State, detail: str | None = None) -> None:
    with acting.database.transaction() as tx:
        decisions.stand(tx, number, state, detail)
