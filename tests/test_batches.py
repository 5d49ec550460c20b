"""Rule 3 of the path: any batch size leaves the same state, on the sample company's events. And a replay finds it again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hark import app, flow, sample
from hark.config import Config
from hark.events.record import own, record_own
from hark.store import Database
from hark.testing.cluster import Cluster
from hark.testing.house import House

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
DERIVED = ("identity", "edge", "facet", "person", "timeline")
SEGMENTS = {
    "buyers": 'count("Order Completed") >= 1',
    "many_orders": 'count("Order Completed", 365 days) >= 2',
    "reachable": "traits.email is set",
}


@pytest.fixture(scope="module")
def recorded(cluster: Cluster) -> Iterator[str]:
    """The address of a database in which the sample company's requests wait, all of them recorded and none loaded."""
    url = cluster.new()
    house = House(url)
    keys = {
        name: house.add_source(name, plugin=system.plugin, channel=system.channel).write_key
        for name, system in sample.SOURCES.items()
    }
    with house.database.transaction() as tx:
        defined = [
            own("segment.defined", properties={"name": n, "label": n, "condition": c}) for n, c in SEGMENTS.items()
        ]
        record_own(tx, defined)
    sent = 0

    def send(source: str, body: bytes) -> None:
        nonlocal sent
        if sent < 60:
            assert house.post(sample.SOURCES[source].path, body, keys[source]).status_code == 200
            sent += 1

    sample.run(send, lambda state: None, until=UNTIL, customers=8)
    house.close()
    yield url
    cluster.drop(url)


def _state(database: Database, batch: int, cluster_url: str) -> dict[str, list[Any]]:
    hark = app.Hark(Config(data=app.Path(), database_url=cluster_url, batch=batch), cluster_url)
    hark.settle()
    hark.close()
    return _rows(database)


def _rows(database: Database) -> dict[str, list[Any]]:
    with database.transaction() as tx:
        return {
            table: tx.connection.execute(f"select t::text from {table} t order by 1".encode()).fetchall()
            for table in DERIVED
        }


def test_any_batch_size_leaves_the_same_rows(cluster: Cluster, recorded: str) -> None:
    states = []
    for batch in (1, 7, 500):
        url = cluster.copy(recorded)
        database = Database(url, most=2).open()
        states.append(_state(database, batch, url))
        database.close()
        cluster.drop(url)

    assert len(states[0]["timeline"]) > 200
    assert states[1] == states[0]
    assert states[2] == states[0]


def test_a_replay_finds_the_same_rows(cluster: Cluster, recorded: str) -> None:
    url = cluster.copy(recorded)
    database = Database(url, most=2).open()
    before = _state(database, 500, url)
    hark = app.Hark(Config(data=app.Path(), database_url=url), url)
    engines = msgspec.structs.replace(hark.engines(), batch=13)
    flow.start_replay(engines)
    emptied = _rows(database)["person"]
    while flow.advance(engines):
        pass
    hark.close()
    after = _rows(database)
    database.close()
    cluster.drop(url)

    assert emptied == []
    assert after == before
