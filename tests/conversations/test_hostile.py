"""Whatever a channel or a client writes into an event: nothing is set aside, nothing crosses, everything has its limit."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from hark.conversations import hear
from hark.kit.ids import event_id
from hark.model import Event, Identity
from hark.testing.house import House
from tests.conversations.talk import NOON, TABLES, Talk, mail
from tests.conversations.test_always import SLOW

NAMES = sorted(hear.FROM_CHANNELS | hear.BY_HAND)
WORDS = some.text(some.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
FIELDS = (
    *(
        "text",
        "html",
        "whole",
        "subject",
        "from",
        "to",
        "thread",
        "external_id",
        "trust",
        "automatic",
        "language",
        "files",
    ),
    *("conversation", "message", "messages", "change", "until", "tags", "priority", "member", "team", "score", "state"),
    *(
        "note",
        "mentions",
        "buttons",
        "author",
        "source",
        "channel",
        "attempt",
        "again",
        "by",
        "identities",
        "rest",
        "timer",
    ),
)
LEAVES = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(10**30), 10**30),
    some.floats(allow_nan=False),
    WORDS,
    some.uuids().map(str),
)
JSON = some.recursive(
    LEAVES,
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(("kind", "value", "name", "tokens", "references", "add", "remove", "id")), inner
        )
    ),
    max_leaves=6,
)


def odd(number: int, name: str, said: dict[str, Any], source: str, ours: list[str]) -> Event:
    """An event with odd properties, some of them about what is really there."""
    at = NOON + timedelta(minutes=number)
    for field in ("conversation", "message", "change", "from", "messages"):
        if said.get(field) is True and ours:
            said[field] = ours[number % len(ours)]
    return Event(
        id=event_id(at, source, f"{number}-{said!r}"),
        type="track",
        name=name,
        at=at,
        received_at=at,
        source=source,
        message_id=f"odd-{number}-{hash(repr(said))}",
        identities=(Identity("email", f"odd{number % 3}@example.com"),) if number % 2 else (),
        properties=said,
        channel="email",
    )


@SLOW
@given(
    some.lists(
        some.tuples(
            some.sampled_from(NAMES),
            some.dictionaries(some.sampled_from(FIELDS), JSON, max_size=8),
            some.sampled_from(("hark", "mail")),
        ),
        min_size=20,
        max_size=60,
    )
)
def test_no_event_is_so_odd_that_it_is_set_aside(house: House, script: list[tuple[str, dict[str, Any], str]]) -> None:
    talk = Talk(house)
    for table in ("event", *TABLES):
        house.query(f"with gone as (delete from {table} returning 1) select 1")
    talk.hear(mail("ann@example.com", "It leaks"))
    ours = [
        str(row["id"]) for row in house.query("select id from conversation union select id from conversation_message")
    ]
    talk.log([odd(n, name, dict(said), source, ours) for n, (name, said, source) in enumerate(script)])
    house.settle()

    assert house.query("select error, position from parked") == []


def test_a_message_has_its_limits(house: House) -> None:
    talk = Talk(house)
    talk.hear(
        mail(
            "ann@example.com",
            "x" * 300_000,
            subject="s" * 5000,
            html="<p>" * 200_000,
            to=[{"kind": "email", "value": f"c{n}@example.com"} for n in range(3000)],
            thread={"references": [f"<{n}>" for n in range(9000)], "tokens": ["t"] * 9000},
        )
    )
    [message] = talk.thread()

    assert len(message.text) == hear.LONGEST
    assert message.text.endswith("[…]")
    assert len(message.subject or "") == 1000
    assert len(message.html or "") == hear.LONGEST_HTML
    assert len(house.query("select unnest(participants) from conversation")) <= 101
