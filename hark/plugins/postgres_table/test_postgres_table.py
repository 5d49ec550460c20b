"""Tables kept in a second, real database: made if missing, the same rows again change nothing, errors say what to do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from hark.plugin import Context, Event, Identity, Misconfigured, Person, Profile, Rejected, Retry
from hark.plugins.postgres_table.config import Config, check
from hark.plugins.postgres_table.write import forget, write
from hark.testing.check_plugin import contract
from hark.testing.outside import http

test_contract = contract("hark.plugins.postgres_table")

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN = uuid4()


class Other:
    """The other PostgreSQL: an empty database of the tests' own server."""

    def __init__(self, url: str) -> None:
        self.url = url
        head, _, query = url.partition("?host=")
        self.folder = unquote(query)
        self.config = Config(host=self.folder, database=head.rsplit("/", 1)[1], user="hark")
        self.http = http(self.folder)

    def write(self, *contexts: Context, **changed: Any) -> None:
        write(list(contexts), msgspec.structs.replace(self.config, **changed), self.http)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture
def other(cluster: Any) -> Iterator[Other]:
    url = cluster.empty()
    yield Other(url)
    cluster.drop(url)


def context(position: int, person: UUID | None = ANN, **traits: Any) -> Context:
    event = Event(
        id=uuid4(),
        type="track",
        name="Order Completed",
        at=NOON,
        received_at=NOON,
        source="web",
        message_id=str(position),
        identities=(Identity("email", "ann@example.com"),),
        properties={"total": 9.5},
        position=position,
    )
    if person is None:
        return Context(event=event)
    profile = Profile(person=person, traits=traits, segments=frozenset({"vip"}), consents={"service": True})
    return Context(event=event, person=Person(id=person), profile=profile)


def test_tables_are_made_and_filled(other: Other) -> None:
    other.write(context(1, name="Ann"), context(2, None), context(3, name="Anne"))

    assert other.rows("select position, person, properties->>'total' from hark_event order by position") == [
        (1, ANN, "9.5"),
        (2, None, "9.5"),
        (3, ANN, "9.5"),
    ]
    assert other.rows("select id, position, traits->>'name', segments from hark_person") == [(ANN, 3, "Anne", ["vip"])]


def test_the_same_again_changes_nothing_and_brings_nobody_back(other: Other) -> None:
    first, second = context(1, name="Ann"), context(2, name="Anne")
    other.write(first, second)
    other.write(first)

    assert other.rows("select count(*) from hark_event") == [(2,)]
    assert other.rows("select position, traits->>'name' from hark_person") == [(2, "Anne")]


def test_the_row_of_who_turned_out_to_be_somebody_else_goes(other: Other) -> None:
    bob = uuid4()
    other.write(context(1, name="Ann"), context(2, bob, name="A. Smith"))
    one = context(3, name="Ann Smith")
    other.write(msgspec.structs.replace(one, person=Person(id=ANN, formerly=(bob,))))

    assert other.rows("select id, traits->>'name' from hark_person") == [(ANN, "Ann Smith")]
    assert other.rows("select count(*) from hark_event") == [(3,)]


def test_who_is_parted_again_has_a_row_again(other: Other) -> None:
    bob = uuid4()
    other.write(msgspec.structs.replace(context(1, name="Both"), person=Person(id=ANN, formerly=(bob,))))
    other.write(context(2, name="Ann"), context(3, bob, name="Bob"))

    assert other.rows("select traits->>'name' from hark_person order by 1") == [("Ann",), ("Bob",)]


def test_either_table_alone_may_be_kept_under_any_name(other: Other) -> None:
    other.write(context(1), events="signals", people="")

    assert other.rows("select table_name from information_schema.tables where table_schema = 'public'") == [
        ("signals",)
    ]


def test_columns_that_the_company_added_are_left_alone(other: Other) -> None:
    other.write(context(1))
    with psycopg.connect(other.url) as connection:
        connection.execute("alter table hark_event add column note text default 'ours'")
    other.write(context(2))

    assert other.rows("select note from hark_event") == [("ours",), ("ours",)]


def test_a_row_that_the_table_refuses_is_rejected(other: Other) -> None:
    other.write(context(1))
    with psycopg.connect(other.url) as connection:
        connection.execute("alter table hark_event add check (position < 5)")
    with pytest.raises(Rejected, match="check constraint"):
        other.write(context(9))


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"database": "nowhere"}, "database"), ({"schema": "nowhere"}, "schema"), ({"user": "nobody"}, "user")],
)
def test_wrong_settings_name_the_field(other: Other, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Misconfigured) as wrong:
        other.write(context(1), **changed)

    assert wrong.value.field == field


def test_a_server_that_is_away_is_to_be_tried_again() -> None:
    client = http("127.0.0.1")
    config = Config(host="127.0.0.1", port=1, database="x", user="x", encryption="disable")
    with pytest.raises(Retry):
        write([context(1)], config, client)


def test_a_private_server_is_refused_unless_the_operator_allowed_it(other: Other) -> None:
    closed = http()
    for host in ("127.0.0.1", "10.0.0.3", other.folder):
        with pytest.raises(Misconfigured, match="allow_private"):
            write([context(1)], msgspec.structs.replace(other.config, host=host), closed)


def test_the_test_makes_the_tables_and_tells_the_version(other: Other) -> None:
    assert "PostgreSQL" in check(other.config, other.http)
    assert other.rows("select count(*) from hark_event, hark_person") == [(0,)]


def test_a_table_name_that_is_no_name_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "h", "database": "d", "user": "u", "events": 'x"; drop table y; --'}, Config)
    with pytest.raises(Misconfigured):
        check(Config(host="h", database="d", user="u", events="", people=""), http())


def test_an_erased_person_is_in_no_table(other: Other) -> None:
    bob = uuid4()
    other.write(context(1), context(2, bob), context(3, None))
    forget(frozenset({ANN}), other.config, other.http)

    assert other.rows("select position from hark_event order by position") == [(2,), (3,)]
    assert other.rows("select id from hark_person") == [(bob,)]
