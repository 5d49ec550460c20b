"""Conversations as a desk asks for them: a page of the inbox with its counts, a thread, and full text search, among many."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from hark import app
from hark.bench import Bench, Figure
from hark.bench._people import filled
from hark.bench._screen import Screen
from hark.conversations import inbox, reading
from hark.conversations.inbox import LOOKS, Filters
from hark.conversations.search import Wanted, search
from hark.kit.ids import derived, uuid7
from hark.store import Database, Transaction

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WORDS = 20_000  # of the language; the nth is said as often as 1/n, as in every language
LETTER = 30  # words of a message
TEAMS = ("care", "repairs", "parts", None)
CHANNELS = ("email", "chat")


def run(bench: Bench) -> Iterator[Figure]:
    conversations, messages, asked = (2_000, 20_000, 100) if bench.quick else (100_000, 1_000_000, 1_000)
    with filled(bench.folder, conversations) as (hark, _):
        _fill(hark.url, conversations, messages)
        chance = random.Random(conversations)
        member = _member(3)
        told = f"at {conversations:,} conversations"
        nothing = _times(hark.database, asked, lambda tx: tx.connection.execute("select 1").fetchone())
        inbox = _times(hark.database, asked, lambda tx: _inbox(tx, chance.choice((None, member)), member))
        yield _figure(f"conversations: p50 of a page of the inbox, {told}", inbox, 0.50, nothing)
        yield _figure(f"conversations: p95 of a page of the inbox, {told}", inbox, 0.95)
        page = _pages(hark, asked // 5)
        yield _figure(f"conversations: p50 of the inbox page, rendered by the server, {told}", page, 0.50)
        yield _figure(f"conversations: p95 of the inbox page, rendered by the server, {told}", page, 0.95)
        thread = _times(
            hark.database, asked, lambda tx: reading.thread(tx, _conversation(chance.randrange(conversations)))
        )
        yield _figure(f"conversations: p95 of a thread, {told}", thread, 0.95)
        for name, ask in _questions(chance).items():
            found = _times(hark.database, asked // 5, ask)
            yield _figure(f"conversations: p95 of a search for {name}, {messages:,} messages", found, 0.95)


def _pages(hark: app.Hark, count: int) -> list[float]:
    """Milliseconds of each whole page that somebody signed in gets, sorted: every look in turn."""
    with Screen(hark) as screen:
        for look in LOOKS:  # templates are compiled once in the life of a server
            screen.get(f"/inbox?view={look}")
        return sorted(screen.get(f"/inbox?view={look}") for look in itertools.islice(itertools.cycle(LOOKS), count))


def _inbox(tx: Transaction, mine: UUID | None, member: UUID) -> None:
    inbox.look(tx, Filters(statuses=("open",), member="me" if mine else ""), member)
    reading.counts(tx, member)


def _questions(chance: random.Random) -> dict[str, Callable[[Transaction], Any]]:
    """Frequent and rare words, both together, the beginning of one, and within what is open."""
    return {
        "a frequent word": lambda tx: search(tx, _word(chance.randrange(1, 20)) + " "),
        "a word of the middle": lambda tx: search(tx, _word(chance.randrange(100, 1000)) + " "),
        "a rare word": lambda tx: search(tx, _word(chance.randrange(10_000, WORDS)) + " "),
        "two words": lambda tx: search(tx, f"{_word(chance.randrange(1, 50))} {_word(chance.randrange(500, 2000))} "),
        "the beginning of a word": lambda tx: search(tx, _word(chance.randrange(100, WORDS))[:-1]),
        "a word in open ones": lambda tx: search(tx, _word(chance.randrange(1, 200)) + " ", Wanted(status="open")),
    }


def _times(database: Database, count: int, ask: Callable[[Transaction], Any]) -> list[float]:
    """Milliseconds of each, sorted; each in a transaction of its own."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        with database.transaction() as tx:
            ask(tx)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def _figure(name: str, times: list[float], share: float, of: list[float] | None = None) -> Figure:
    value = times[min(len(times) - 1, int(len(times) * share))]
    if of is None:
        return Figure(name=name, value=value, unit="ms")
    return Figure(name=name, value=value, unit="ms", ratio=value / of[len(of) // 2], of="a query that asks for nothing")


def _fill(url: str, conversations: int, messages: int) -> None:
    """Straight into the tables: how they are written is measured elsewhere."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("select count(*) from conversation").fetchone() == (conversations,):
            return
        connection.execute("truncate conversation, conversation_message")
        anchors = [row[0] for row in connection.execute("select id from identity where kind = 'email' order by id")]
        with connection.cursor().copy(
            "copy conversation (id, anchor, status, channel, to_kind, to_value, source, subject, member, team, opened_at,"
            " last_at, last_in_at, waiting_since, closed_at, messages, preview, position) from stdin"
        ) as copy:
            for number in range(conversations):
                copy.write_row(_row(number, anchors[number % len(anchors)]))
        with connection.cursor().copy(
            "copy conversation_message (id, conversation, origin, anchor, position, changed, at, channel, direction, author,"
            " text, state) from stdin"
        ) as copy:
            for line in _messages(messages, conversations):
                copy.write_row(line)
        connection.execute("vacuum analyze conversation, conversation_message")


def _row(number: int, anchor: UUID) -> tuple[Any, ...]:
    at = NOON - timedelta(minutes=number)
    status = ("open", "waiting", "snoozed", *["closed"] * 17)[number % 20]
    waits = at if status == "open" else None
    closed = at if status == "closed" else None
    mine = _member(number % 40) if number % 3 else None
    start = (
        _conversation(number),
        anchor,
        status,
        CHANNELS[number % 2],
        "email",
        "x@example.com",
        "mail",
        f"Case {number}",
    )
    return (*start, mine, TEAMS[number % 4], at, at, at, waits, closed, 10, "A preview", number)


def _messages(count: int, conversations: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(count)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    words = [_word(rank) for rank in range(1, WORDS + 1)]
    for number in range(count):
        at = NOON - timedelta(seconds=number * 6)
        conversation = _conversation(number % conversations)
        text = " ".join(chance.choices(words, cum_weights=weights, k=LETTER))
        way = ("in", "person", "received") if number % 2 else ("out", "member:bo", "sent")
        yield (
            uuid7(at),
            conversation,
            conversation,
            None,
            count - number,
            count - number,
            at,
            "email",
            *way[:2],
            text,
            way[2],
        )


def _word(rank: int) -> str:
    """The word of this rank: letters that look like none of another rank."""
    letters, rest = "", rank
    while rest:
        letters += "aeiou"[rest % 5] + "bdfgklmnprstvz"[rest // 5 % 14]
        rest //= 70
    return f"w{letters}"


def _member(number: int) -> UUID:
    return derived("bench member", str(number))


def _conversation(number: int) -> UUID:
    return derived("bench conversation", str(number))
