"""Promises of time as events tell them: clocks that start, pause, are met or run out, in working time. It never looks at a
clock of ours: timers say when a moment has come. A clock that is met late is a breach, whether its timer came or not.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from hark.cases import rules
from hark.cases.calendar import ALWAYS, Calendar, add_working, working_between
from hark.cases.declared import Promise
from hark.cases.held import Held
from hark.cases.work import Case, News, PromiseClock, whose
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import Context, Conversation

TIMER = "cases.promise"
Target = Literal["first_answer", "next_answer", "resolution"]
# What may bring another promise into force.
_TURNS = frozenset(
    ("conversation.prioritised", "conversation.tagged", "conversation.assigned", "case.changed", "case.assigned")
)


def follow(context: Context, held: Held) -> list[News]:
    """Bring the clocks of a conversation up to it."""
    one = context.conversation
    assert one is not None
    clocks = _running(one.id, held)
    news: list[News] = []
    if one.merged_into:
        return [found for clock in clocks.values() for found in _stop(clock, context, held)]
    if one.first_answer_at is not None and (clock := clocks.pop("first_answer", None)):
        news += _met(clock, one.first_answer_at, context, held)
    if one.waiting_since is None and (clock := clocks.pop("next_answer", None)):
        news += _met(clock, context.event.at, context, held)
    if one.status == "closed":
        if clock := clocks.pop("resolution", None):
            news += _met(clock, one.closed_at or context.event.at, context, held)
        return news + [found for clock in clocks.values() for found in _stop(clock, context, held)]
    if context.event.name in _TURNS:
        _choose_again(clocks, "conversation", context, held)
    _start_missing(one, clocks, context, held)
    for clock in clocks.values():
        _pause_or_resume(clock, one.status, context, held)
    return news


def follow_case(context: Context, case: Case, held: Held) -> list[News]:
    clocks = _running(case.id, held)
    if case.status == "closed":
        found = clocks.get("resolution")
        return _met(found, case.closed_at or context.event.at, context, held) if found else []
    if context.event.name in _TURNS:
        _choose_again(clocks, "case", context, held, case)
    if "resolution" not in clocks and context.event.name in ("case.opened", "case.reopened"):
        _start("resolution", "case", case.id, context.event.at, context, held, case)
        clocks = _running(case.id, held)
    for clock in clocks.values():
        _is_with(clock, case.member, case.team, context, held)
        _pause_or_resume(clock, case.status, context, held)
    return []


def due(context: Context, held: Held) -> list[News]:
    """A timer of a clock: a warning, or the end. What was paused, moved or met in the meantime is left alone."""
    said, event = context.event.properties, context.event
    clock = next((one for id, one in held.clocks.items() if str(id) == said.get("clock")), None)
    if clock is None or clock.state != "running" or event.position <= clock.position:
        return []
    if said.get("what") == "warn" and clock.warn_at and clock.warn_at <= event.at and clock.warned_at is None:
        clock.warned_at = event.at
        return [_tell("promise.warned", clock, context, held)]
    if said.get("what") == "due" and clock.due_at and clock.due_at <= event.at:
        return _breach(clock, context, held)
    return []


def left(clock: PromiseClock, calendar: Calendar, now: datetime) -> float:
    """Working seconds that are left; less than nothing after the end."""
    if clock.due_at is None:
        return float(clock.left_seconds or 0)
    if now <= clock.due_at:
        return working_between(calendar, now, clock.due_at)
    return -working_between(calendar, clock.due_at, now)


def _start_missing(one: Conversation, clocks: dict[str, PromiseClock], context: Context, held: Held) -> None:
    targets: list[tuple[Target, datetime]] = []
    if one.waiting_since is not None:
        promised = bool(held.declared.by_kind["promise"])
        first = one.first_answer_at is None and promised and one.id not in held.answered
        targets.append(("first_answer" if first else "next_answer", one.waiting_since))
    if context.opened:
        targets.append(("resolution", context.event.at))
    for target, since in targets:
        if target not in clocks and (clock := _start(target, "conversation", one.id, since, context, held)):
            clocks[target] = clock
    for clock in clocks.values():
        _is_with(clock, one.member, one.team, context, held)


def _start(
    target: Target,
    kind: str,
    subject: UUID,
    since: datetime,
    context: Context,
    held: Held,
    case: Case | None = None,
) -> PromiseClock | None:
    chosen = rules.promise_for(held.declared, kind, rules.known(context, case), context)
    seconds = getattr(chosen[1], target) if chosen else None
    if chosen is None or seconds is None:
        return None
    name, promise = chosen
    id = derived("promise", subject.hex, target, since.isoformat())
    if id in held.clocks:
        return None  # it ran already
    clock = PromiseClock(
        id=id,
        subject_kind=kind,
        subject=subject,
        anchor=context.anchor,
        promise=name,
        target=target,
        calendar=promise.calendar,
        seconds=seconds,
        warn_seconds=promise.warn,
        state="running",
        started_at=since,
        position=context.event.position,
    )
    held.clocks[id] = clock
    _run(clock, since, seconds, context, held)
    return clock


def _run(clock: PromiseClock, since: datetime, seconds: float, context: Context, held: Held) -> None:
    """Let it run from a moment on, with so many working seconds left."""
    calendar = held.declared.calendar(clock.calendar) or ALWAYS
    clock.state, clock.left_seconds = "running", None
    if seconds >= 0:
        clock.due_at = add_working(calendar, since, seconds)
    if clock.warn_seconds and clock.warned_at is None and clock.due_at is not None:
        before = max(0.0, seconds - clock.warn_seconds)
        clock.warn_at = add_working(calendar, since, before) if seconds >= 0 else clock.warn_at
    _changed(clock, context, held)


def _pause_or_resume(clock: PromiseClock, status: str, context: Context, held: Held) -> None:
    promise: Promise | None = held.declared.by_kind["promise"].get(clock.promise)
    pauses = promise is not None and (
        (status == "snoozed" and promise.pause_snoozed)
        or (status == "waiting" and promise.pause_waiting and clock.target == "resolution")
    )
    if pauses and clock.state == "running":
        calendar = held.declared.calendar(clock.calendar) or ALWAYS
        clock.left_seconds = round(left(clock, calendar, context.event.at))
        clock.state, clock.due_at, clock.warn_at = "paused", None, None
        _changed(clock, context, held)
    elif not pauses and clock.state == "paused":
        _run(clock, context.event.at, clock.left_seconds or 0, context, held)
        if clock.due_at is None:  # it had run out before it was paused
            clock.due_at = context.event.at + timedelta(seconds=clock.left_seconds or 0)


def _is_with(clock: PromiseClock, member: UUID | None, team: str | None, context: Context, held: Held) -> None:
    if (clock.member, clock.team) != (member, team):
        clock.member, clock.team, clock.position = member, team, context.event.position
        held.put("clocks", clock.id, clock)


def _choose_again(
    clocks: dict[str, PromiseClock], kind: str, context: Context, held: Held, case: Case | None = None
) -> None:
    """Another promise holds now: the time that was used stays used."""
    chosen = rules.promise_for(held.declared, kind, rules.known(context, case), context)
    for target, clock in clocks.items():
        seconds = getattr(chosen[1], target) if chosen else None
        if chosen is None or seconds is None or chosen[0] == clock.promise or clock.breached_at:
            continue
        calendar = held.declared.calendar(clock.calendar) or ALWAYS
        used = clock.seconds - left(clock, calendar, context.event.at)
        clock.promise, promise = chosen
        clock.seconds, clock.calendar, clock.warn_seconds = seconds, promise.calendar, promise.warn
        _run(clock, context.event.at, max(0.0, seconds - used), context, held)


def _met(clock: PromiseClock, at: datetime, context: Context, held: Held) -> list[News]:
    news = []
    if clock.due_at is not None and at > clock.due_at and clock.breached_at is None:
        news = _breach(clock, context, held)
    clock.state, clock.met_at, clock.left_seconds = "met", at, None
    if clock.target == "first_answer":
        held.answered.add(clock.subject)
    _changed(clock, context, held)
    return news


def _stop(clock: PromiseClock, context: Context, held: Held) -> list[News]:
    clock.state = "stopped"
    _changed(clock, context, held)
    return []


def _breach(clock: PromiseClock, context: Context, held: Held) -> list[News]:
    if clock.breached_at is not None:
        return []
    clock.breached_at = clock.due_at
    return [_tell("promise.breached", clock, context, held)]


def _tell(name: str, clock: PromiseClock, context: Context, held: Held) -> News:
    clock.position = context.event.position
    held.put("clocks", clock.id, clock)
    said = {
        clock.subject_kind: str(clock.subject),
        "promise": clock.promise,
        "target": clock.target,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "team": clock.team,
        "member": str(clock.member) if clock.member else None,
    }
    return News(name=name, key=f"{name}-{clock.id}", properties=said, anchor=clock.anchor)


def _changed(clock: PromiseClock, context: Context, held: Held) -> None:
    """It is to be written, and its timers asked for or taken back."""
    clock.position = context.event.position
    held.put("clocks", clock.id, clock)
    moments = {"warn": None if clock.warned_at else clock.warn_at, "due": None if clock.breached_at else clock.due_at}
    for what, moment in moments.items():
        id = derived(TIMER, clock.id.hex, what)
        if clock.state == "running" and moment is not None:
            said = {"clock": str(clock.id), "what": what}
            held.later(Timer(id=id, due_at=moment, name=TIMER, identity=whose(clock.anchor), properties=said))
        else:
            held.never(id)


def _running(subject: UUID, held: Held) -> dict[str, PromiseClock]:
    found = (clock for clock in held.clocks.values() if clock.subject == subject)
    return {clock.target: clock for clock in found if clock.state in ("running", "paused")}
