"""A condition answers the same for one person in memory and for all persons in PostgreSQL."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from psycopg.types.json import Jsonb

from hark.conditions import Expression, compile_condition, write
from hark.conditions.measure import Measure
from hark.conditions.to_sql import Fragment, to_sql
from hark.kit.clock import milliseconds
from hark.model import Event
from hark.people.living import Setting
from hark.people.profile import Crowd
from hark.people.segments import Definitions
from hark.store import Database, Query, Transaction
from tests.conditions.trees import EVENTS, OF, conditions
from tests.people.stand_in import NOON, Identities, empty, event, fold

_VALUES = some.one_of(
    some.sampled_from(["DE", "red", "ä", "7", 'a"b\\']), some.integers(-3, 6), some.sampled_from([0.5, 2.25])
)
_TRAITS = some.fixed_dictionaries(
    {},
    optional={
        "country": _VALUES,
        "score": some.one_of(_VALUES, some.booleans()),
        "tags": some.lists(_VALUES, max_size=2),
        "vip": some.booleans(),
    },
)
_PROPERTIES = some.fixed_dictionaries({}, optional={"total": _VALUES, "color": some.one_of(_VALUES, some.none())})


@some.composite
def _events(draw: some.DrawFn) -> list[Event]:
    fields = some.tuples(some.sampled_from(EVENTS), some.sampled_from("ab"), some.integers(0, 45), _PROPERTIES, _TRAITS)
    context: dict[str, Any] = {"locale": "DE", "consent": {"categoryPreferences": {"marketing": True}}}
    return [
        event(
            name,
            f"email:{who}",
            n=n,
            at=NOON - timedelta(days=day, hours=n),
            received_at=NOON,
            properties=properties,
            traits=traits,
            context=context if n == 3 else {},
            message_id=str(n),
        )
        for n, (name, who, day, properties, traits) in enumerate(draw(some.lists(fields, max_size=12)))
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=_events(), wanted=some.lists(conditions(), min_size=1, max_size=8))
def test_memory_rows_and_log_agree(database: Database, events: list[Event], wanted: list[Expression]) -> None:
    empty(database)
    definitions = Definitions()
    definitions.measures = {name: tuple(Measure(name, of, 30) for of in ("", *OF)) for name in EVENTS}
    fold(database, events, Identities(), definitions=definitions)
    now, setting = milliseconds(NOON), Setting({}, {})
    with database.transaction() as tx:
        _log(tx, events)
        people = list(Crowd.of(tx, [row[0] for row in tx.tuples(Query("all", b"select id from person"))], setting))
        for condition in wanted:
            here = {one.id for one in people if compile_condition(condition).holds(one.known, now)}
            rows = to_sql(condition, now, setting.silence)  # type: ignore[arg-type]
            log = to_sql(condition, now, setting.silence, kept={})  # type: ignore[arg-type]

            assert here == _found(tx, rows) == _found(tx, log), f"{write(condition)}\n{rows}\n{log}"


def _found(tx: Transaction, fragment: Fragment) -> set[UUID]:
    query = Query("found", f"select id from person where {fragment.text}".encode())
    return {row[0] for row in tx.tuples(query, **fragment.values)}


def _log(tx: Transaction, events: list[Event]) -> None:
    insert = Query(
        "log",
        b"insert into event (position, id, type, name, at, received_at, source, message_id, identities, traits, properties,"
        b" context, channel, historical) overriding system value values (%(position)s, %(id)s, 'track', %(name)s, %(at)s,"
        b" %(at)s, 'web', %(message_id)s, '[]', '{}', %(properties)s, '{}', 'web', false)",
    )
    tx.run(Query("empty", b"truncate event"))
    for one in events:
        values = {name: getattr(one, name) for name in ("position", "id", "name", "at", "message_id")}
        tx.run(insert, **values, properties=Jsonb(one.properties))
