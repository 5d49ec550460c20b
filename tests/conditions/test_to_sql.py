"""A condition answers the same for one person in memory and for all persons in PostgreSQL."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from hark.conditions import Expression, compile_condition, write
from hark.conditions.measure import Measure
from hark.conditions.to_sql import to_sql
from hark.kit.clock import milliseconds
from hark.model import Event
from hark.people.living import Setting
from hark.people.profile import Crowd
from hark.people.segments import Definitions
from hark.store import Database, Query
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
def test_memory_and_database_agree(database: Database, events: list[Event], wanted: list[Expression]) -> None:
    empty(database)
    definitions = Definitions()
    definitions.measures = {name: tuple(Measure(name, of, 30) for of in ("", *OF)) for name in EVENTS}
    fold(database, events, Identities(), definitions=definitions)
    now = milliseconds(NOON)
    setting = Setting({}, {})
    with database.transaction() as tx:
        people = list(Crowd.of(tx, [row[0] for row in tx.tuples(Query("all", "select id from person"))], setting))
        for condition in wanted:
            compiled = compile_condition(condition)
            here = {one.id for one in people if compiled.holds(one.known, now)}
            fragment = to_sql(condition, now, setting.silence)  # type: ignore[arg-type]
            text = f"select id from person where {fragment.text}"
            there = {row[0] for row in tx.tuples(Query("found", text), **fragment.values)}

            assert here == there, f"{write(condition)}\n{fragment}"
