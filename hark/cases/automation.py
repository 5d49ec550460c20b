"""Automations: when this happens and that holds, do so. They work on any event, in the one rule language.

Never in circles: a chain of effects is eight deep at most, an automation does not act on what automations caused unless it
says so, never on its own effect, and only so often a day for one conversation or case.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.cases import rules, steps
from hark.cases.case import id_of
from hark.cases.declared import Automation
from hark.cases.held import queries
from hark.cases.steps import ANSWER, Subject
from hark.cases.work import Case, Work, about
from hark.conditions import Known
from hark.events import timers
from hark.events.decisions import DEEPEST, proposed
from hark.events.record import Own
from hark.events.sources import OWN
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import Action, Context, Identity
from hark.store import Transaction

TIMER = "cases.automation"
DAY = timedelta(days=1)
PREFIX = "rule:"


class Rule(Struct, frozen=True):
    name: str
    body: Automation
    position: int


class Rules:
    """The automations in force, what they are about in this batch, and what they did."""

    def __init__(self, rules: Sequence[Rule], contexts: Sequence[Context], tx: Transaction) -> None:
        self.rules = rules
        self.by_name = {rule.name: rule for rule in rules}
        self.facts = facts_of([one for one in contexts if self._looked_at(one)], tx)
        subjects = [subject.id for one in contexts if (subject := self.facts.subject(one))]
        since = min(one.event.received_at for one in contexts) - DAY
        rows = tx.tuples(queries.count_runs, subjects=subjects, since=since) if subjects else []
        self.counts: dict[tuple[str, UUID], int] = {(name, subject): n for name, subject, n in rows}
        self.runs: list[dict[str, Any]] = []
        self.timers: list[Timer] = []

    @classmethod
    def of(cls, contexts: Sequence[Context], tx: Transaction) -> "Rules | None":
        """None where no automation looks at any of these events."""
        rules = _in_force(contexts, tx)
        names = {event for rule in rules for event in rule.body.on}
        concerned = any(c.event.name in names or _is_timer(c) for c in contexts)
        return cls(rules, contexts, tx) if rules and concerned else None

    def effects(self, context: Context) -> list[Own]:
        event = context.event
        if event.historical or event.depth >= DEEPEST:
            return []
        found: list[Own] = []
        for rule in self._woken(context):
            if rule.body.after and not _is_timer(context):
                self._later(rule, context)
            else:
                found += self._run(rule, context)
        return found

    def write(self, tx: Transaction) -> None:
        if self.runs:
            tx.run(queries.add_runs, rows=msgspec.json.encode(self.runs).decode())
        timers.schedule(tx, self.timers)

    def _looked_at(self, context: Context) -> bool:
        return _is_timer(context) or any(context.event.name in rule.body.on for rule in self.rules)

    def _woken(self, context: Context) -> list[Rule]:
        if _is_timer(context):
            rule = self.by_name.get(str(context.event.properties.get("automation")))
            woken = [rule] if rule is not None else []
        else:
            woken = [rule for rule in self.rules if context.event.name in rule.body.on]
        return [rule for rule in woken if self._may(rule, context) and self._holds(rule, context)]

    def _may(self, rule: Rule, context: Context) -> bool:
        if not rule.body.enabled or context.event.position <= rule.position:
            return False
        event = context.event  # what others say of who decided is only their word
        decider = (
            str(event.context.get("decider") or event.properties.get("by") or "") if event.source == OWN.id else ""
        )
        if decider == PREFIX + rule.name or (decider.startswith(PREFIX) and not rule.body.chained):
            return False
        subject = self.facts.subject(context)
        return subject is None or self.counts.get((rule.name, subject.id), 0) < rule.body.most

    def _holds(self, rule: Rule, context: Context) -> bool:
        return rules.holds(rule.body.condition, self.facts.known(context), context)

    def _run(self, rule: Rule, context: Context) -> list[Own]:
        subject = self.facts.subject(context)
        key = subject.id if subject else context.event.id
        self.counts[rule.name, key] = self.counts.get((rule.name, key), 0) + 1
        event, anchor = context.event, context.anchor
        done = [step.do for step in rule.body.steps]
        run = {"automation": rule.name, "event": event.id, "subject": key, "anchor": anchor}
        self.runs.append(run | {"at": event.received_at, "actions": done})
        effects = []
        for number, step in enumerate(rule.body.steps):
            made = steps.effect(
                step, subject, event.received_at, by=PREFIX + rule.name, language=self._language(context)
            )
            if made is None:
                continue
            name, said = made
            if name == ANSWER:
                action = Action(name=ANSWER, parameters=said)
                decision = proposed(context, PREFIX + rule.name, action, number, purpose="service")
                context.decisions = (*context.decisions, decision)
                continue
            effects.append(_own(name, said, rule, number, context))
        return effects

    def _later(self, rule: Rule, context: Context) -> None:
        """Look again then: the condition must hold at that time too."""
        subject = self.facts.subject(context)
        said: dict[str, Any] = {"automation": rule.name}
        if subject is not None:
            said[subject.kind] = str(subject.id)
        key = subject.id.hex if subject else context.event.id.hex
        who = Identity("id", str(context.anchor)) if context.anchor else None
        self.timers.append(
            Timer(
                id=derived(TIMER, rule.name, key),
                due_at=context.event.received_at + timedelta(seconds=rule.body.after),
                name=TIMER,
                identity=who,
                properties=said,
                caused_by=context.event.id,
            )
        )

    def _language(self, context: Context) -> str | None:
        known = self.facts.known(context)
        found = known.about.get("conversation", {}).get("language") or known.language
        return str(found).replace("_", "-").split("-")[0].lower() if found else None


class Facts(Struct):
    """What rules may ask of conversations and cases that events only name."""

    conversations: dict[UUID, dict[str, Any]]
    cases: dict[UUID, Case]

    def subject(self, context: Context) -> Subject | None:
        """What an automation's steps are done to: the case an event is about, else the conversation."""
        if (case := self.case(context)) is not None:
            return Subject("case", case.id, case.conversation, case.anchor)
        id = context.conversation.id if context.conversation else id_of(context.event.properties.get("conversation"))
        if id is None or (context.conversation is None and id not in self.conversations):
            return None
        return Subject("conversation", id, id, context.anchor)

    def case(self, context: Context) -> Case | None:
        if isinstance(context.work, Work) and context.work.case is not None:
            return context.work.case
        return self.cases.get(id_of(context.event.properties.get("case")) or context.event.id)

    def known(self, context: Context) -> Known:
        found = rules.known(context, self.case(context))
        if context.conversation is None:
            id = id_of(context.event.properties.get("conversation"))
            if id is None and (case := self.case(context)) is not None:
                id = case.conversation
            if id in self.conversations:
                found.about["conversation"] = self.conversations[id]
        return found


def facts_of(contexts: Sequence[Context], tx: Transaction) -> Facts:
    named = [one.event.properties for one in contexts]
    cases = [id for said in named if (id := id_of(said.get("case")))]
    found = {row["id"]: msgspec.convert(row, Case) for row in tx.all(queries.read_cases, ids=cases)} if cases else {}
    ids = [id for said in named if (id := id_of(said.get("conversation")))]
    ids += [case.conversation for case in found.values() if case.conversation]
    rows = tx.all(queries.conversations_named, ids=ids) if ids else []
    return Facts({row.pop("id"): _plain(row) for row in rows}, found)


def _in_force(contexts: Sequence[Context], tx: Transaction) -> list[Rule]:
    """As the step before left them, where it has read them for this batch."""
    known = next((one.work.declared for one in reversed(contexts) if isinstance(one.work, Work)), None)
    return read_rules(tx) if known is None else [Rule(*one) for one in known.automations()]


def read_rules(tx: Transaction) -> list[Rule]:
    rows = tx.tuples(queries.automations)
    return [Rule(name, msgspec.json.decode(body, type=Automation), position) for name, body, position in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row["member"] = str(row["member"]) if row["member"] else None
    return row


def _is_timer(context: Context) -> bool:
    event = context.event
    return event.source == OWN.id and event.name == "timer.due" and event.properties.get("timer") == TIMER


def _own(name: str, said: dict[str, Any], rule: Rule, number: int, context: Context) -> Own:
    event = context.event
    return Own(
        name=name,
        at=event.received_at,
        message_id=f"{PREFIX}{rule.name}-{event.id}-{number}",
        identities=about(context.anchor),
        properties=said,
        context={"decider": PREFIX + rule.name},
        caused_by=event.id,
        depth=event.depth + 1,
    )
