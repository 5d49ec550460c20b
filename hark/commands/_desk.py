"""The sample company's desk, played while `hark demo` runs: letters come in, and colleagues answer most of them.

Every third letter is left for whoever is looking, and so is everything that the cast writes.
"""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from random import Random, SystemRandom
from typing import NamedTuple
from uuid import UUID

import psycopg

from hark.cases import act as cases
from hark.conversations import act, inbox, reading
from hark.conversations.act import Draft
from hark.conversations.channels import ways
from hark.conversations.inbox import Filters
from hark.errors import HarkError
from hark.events.record import wait_for
from hark.kit import clock
from hark.registry import find
from hark.sample import letters
from hark.sample.answers import answer
from hark.sample.customer import Customer, draw
from hark.sample.names import latin
from hark.sample.send import MAILBOX, Send
from hark.sample.texts import SAID
from hark.store import Database, Transaction
from hark.web.access import add_member, members
from hark.web.rights import Role

log = logging.getLogger(__name__)
BY = "sample company"
# Who works there: the languages they write.
COLLEAGUES = {
    "Bo Lindqvist": ("en", "de", "sv"),
    "Aylin Kaya": ("de", "en", "nl"),
    "Marek Nowak": ("pl", "en", "it"),
    "Inês Costa": ("pt", "es", "fr", "en"),
}
LEFT = 3  # every third is left for whoever looks
TURN = 3.0  # seconds between two answers while the first letters are worked off; later they take their time


class _About(NamedTuple):
    topic: str
    language: str
    words: dict[str, str]


class Colleagues(threading.Thread):
    """Answers what waits, one letter a turn, until `stop` is set."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        super().__init__(name="sample desk", daemon=True)
        self._database = Database(url, most=2, name="sample desk").open()
        self._registry = find()
        self._stop = stop
        self._chance = Random(clock.now().isoformat())
        self._staff: dict[str, UUID] = {}

    def run(self) -> None:
        while not self._stop.wait(TURN):
            try:
                if not self._staff:
                    self._staff = _open(self._database)
                elif not self._answer_one():
                    self._stop.wait(self._chance.uniform(5, 20))
            except (HarkError, psycopg.Error) as error:
                log.warning("the sample company's desk has a pause: %s", error)
                self._stop.wait(10)
        self._database.close()

    def _answer_one(self) -> bool:
        with self._database.transaction() as tx:
            waiting, _ = inbox.look(tx, Filters(statuses=("open",), member="nobody", waiting=True), limit=200)
            for row in reversed(waiting):
                if row.conversation.id.int % LEFT and (about := _about(tx, row.conversation.id)):
                    self._say(tx, row.conversation.id, about)
                    return True
        return False

    def _say(self, tx: Transaction, conversation: UUID, about: _About) -> None:
        topic, language, words = about
        who = self._chance.choice([one for one, spoken in COLLEAGUES.items() if language in spoken] or ["Bo Lindqvist"])
        by = f"member:{self._staff[who]}"
        text = answer(topic, language, **{"product": "", "code": "", **words})
        act.assign(tx, conversation, by=by, member=self._staff[who], reason="took it")
        signed = f"{text}\n\n{who.split(' ')[0]}, Tidewell"
        act.answer(tx, conversation, Draft(text=signed, language=language), ways(tx, self._registry), by=by)
        if topic == "thanks":
            act.close(tx, conversation, by=by, reason="answered")
        else:
            act.tag(tx, conversation, by=by, add=[topic])


def customer_of(seed: int, customers: int) -> Mapping[str, Customer]:
    """Everybody who may write, by address."""
    return {one.email.lower(): one for one in (draw(seed, number) for number in range(customers))}


def send_letters(
    send: Send, seed: int, customers: int, stop: threading.Event, turn: Callable[[], None], *, first: bool
) -> None:
    """What lies there already, then one letter after the other at its own time; `turn` is called every second."""
    now = datetime.now(UTC)
    if first:
        for letter in letters.recent(seed, customers, now):
            send(MAILBOX, letters.mail(letter))
    for letter in letters.coming(seed, customers, now):
        while letter.at > datetime.now(UTC):
            if stop.wait(1):
                return
            turn()
        send(MAILBOX, letters.mail(letter))


def _open(database: Database) -> dict[str, UUID]:
    """The colleagues are here, with what they can do; the team and its promise are declared once the calendar is known."""
    with database.transaction() as tx:
        known = {row["name"]: row["id"] for row in members(tx, clock.now())}
        for name in COLLEAGUES.keys() - known.keys():
            known[name] = _hire(tx, name)
        staff = {name: known[name] for name in COLLEAGUES}
        hours = {day: [["07:00", "22:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        calendar = {"label": "Customer care", "zone": "Europe/Paris", "hours": hours}
        declared = cases.declare(tx, "calendar", "care", calendar, by=BY)
        for name, member in staff.items():
            cases.skill(tx, member, by=BY, languages=dict.fromkeys(COLLEAGUES[name], 5), capacity={"chat": 3})
            cases.stand(tx, member, "online", by=BY)
    wait_for(database, declared, seconds=60)
    with database.transaction() as tx:
        team = {"label": "Care", "members": list(staff.values()), "mode": "pull", "calendar": "care"}
        cases.declare(tx, "team", "care", team, by=BY)
        promise = {"label": "Within four hours", "calendar": "care", "first_answer": 4 * 3600, "warn": 1800}
        cases.declare(tx, "promise", "answer", promise, by=BY)
    return staff


def _hire(tx: Transaction, name: str) -> UUID:
    """A member as whom nobody signs in; an owner may send them a link for a password of their own."""
    address = f"{latin(name.split(' ')[0])}@tidewell.example"
    return add_member(
        tx, clock.now(), email=address, name=name, role=Role.AGENT, password=f"{SystemRandom().getrandbits(128):x}"
    )


def _about(tx: Transaction, conversation: UUID) -> _About | None:
    """What the newest letter is about, where one of the sample company's customers wrote it."""
    for message in reversed(reading.thread(tx, conversation, limit=5)[0]):
        if message.direction == "in":
            return _topic(message.text, (message.name or "").split(" ")[0])
    return None


def _topic(text: str, name: str) -> _About | None:
    for topic, language, pattern in _patterns():
        if found := pattern.match(text):
            return _About(topic, language, {"name": name, **found.groupdict()})
    return None


@cache
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    return [
        (topic, language, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))))
        for topic, texts in SAID.items()
        for language, text in texts.items()
    ]
