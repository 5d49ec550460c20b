"""Jobs are queued with their cause or not at all, done at least once, and tried again as their errors say."""

import threading
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec import Struct

from hark.errors import Misconfigured, Rejected, Retry
from hark.store import Database
from hark.work import Work, given_up, jobs, migrate, put


class Letter(Struct, frozen=True):
    id: UUID
    text: str


class Office:
    """What is handed to the jobs: it notes what they did, and fails as told."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.errors: list[Exception] = []
        self.gate = threading.Event()
        self.begun = threading.Event()


def deliver(letter: Letter, office: Office) -> None:
    assert isinstance(letter.id, UUID)
    if office.errors:
        raise office.errors.pop(0)
    office.done.append(letter.text)


def dawdle(letter: Letter, office: Office) -> None:
    office.begun.set()
    office.gate.wait(10)
    office.done.append(letter.text)


def letter(text: str) -> Letter:
    return Letter(uuid4(), text)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def work(database: Database, office: Office) -> Work:
    return Work(database.url, {deliver: office, dawdle: office})


def finish(work: Work) -> None:
    work.run(threading.Event(), until_empty=True)


def test_a_job_is_queued_with_its_transaction(database: Database, work: Work, office: Office) -> None:
    with database.transaction() as tx:
        put(deliver, letter("kept"), tx)
    with database.transaction() as tx:
        put(deliver, letter("taken back"), tx)
        tx.connection.rollback()
    finish(work)

    assert office.done == ["kept"]
    with database.transaction() as tx:
        assert jobs.waiting(tx) == 0


def test_a_job_that_may_come_again_comes_again(
    database: Database, work: Work, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "FIRST_WAIT", 0.0)
    office.errors = [Retry("busy"), Retry("busy", after=0.01), ZeroDivisionError()]
    with database.transaction() as tx:
        put(deliver, letter("at last"), tx)
    until = time.monotonic() + 10
    while not office.done and time.monotonic() < until:
        finish(work)

    assert office.done == ["at last"]


@pytest.mark.parametrize("error", [Rejected("no such person"), Misconfigured("key", "missing")])
def test_a_job_that_will_never_do_is_given_up_and_can_be_tried_by_hand(
    database: Database, work: Work, office: Office, error: Exception
) -> None:
    office.errors = [error]
    with database.transaction() as tx:
        put(deliver, letter("by hand"), tx)
    finish(work)
    with database.transaction() as tx:
        (lost,) = given_up.listed(tx)
        assert lost.job.endswith("deliver")
        assert lost.reason == str(error)
        assert given_up.try_again(tx, [lost.id]) == [lost.id]
    finish(work)

    assert office.done == ["by hand"]


def test_what_is_let_go_is_gone_with_its_reason(database: Database, work: Work, office: Office) -> None:
    office.errors = [Rejected("no such person")]
    with database.transaction() as tx:
        put(deliver, letter("let go"), tx)
    finish(work)
    with database.transaction() as tx:
        (lost,) = given_up.listed(tx)
        assert given_up.dismiss(tx, [lost.id, 99]) == [lost.id]
        assert given_up.count(tx) == 0
    finish(work)

    assert office.done == []


def test_of_those_given_up_with_one_key_one_waits_again(database: Database, work: Work, office: Office) -> None:
    for _ in range(2):
        office.errors = [Rejected("not today")]
        with database.transaction() as tx:
            put(deliver, letter("daily"), tx, once="daily")
        finish(work)
    with database.transaction() as tx:
        lost = [one.id for one in given_up.listed(tx)]
        assert given_up.try_again(tx, lost) == [max(lost)]
        assert given_up.try_again(tx, lost) == []
    finish(work)

    assert office.done == ["daily"]


def test_a_key_queues_once_while_it_waits(database: Database, work: Work, office: Office) -> None:
    for _ in range(3):
        with database.transaction() as tx:
            put(deliver, letter("one"), tx, once="daily")
    finish(work)
    with database.transaction() as tx:
        put(deliver, letter("two"), tx, once="daily")
    finish(work)

    assert office.done == ["one", "two"]


def test_a_worker_that_is_asked_to_stop_finishes_what_it_began(database: Database, work: Work, office: Office) -> None:
    with database.transaction() as tx:
        put(dawdle, letter("finished"), tx)
    stop = threading.Event()
    worker = threading.Thread(target=work.run, args=(stop,))
    worker.start()
    assert office.begun.wait(10)
    stop.set()
    time.sleep(0.3)
    office.gate.set()
    worker.join(10)

    assert office.done == ["finished"]
    assert not worker.is_alive()


def test_the_job_of_a_worker_that_died_starts_again(database: Database, work: Work, office: Office) -> None:
    with database.transaction() as tx:
        put(deliver, letter("saved"), tx)
    with psycopg.connect(database.url) as connection:  # a worker takes it, and is never heard of again
        (worker,) = _one(connection, "select worker_id from procrastinate_register_worker_v1()")
        _one(connection, f"select id from procrastinate_fetch_job_v2(null, {worker})")
        connection.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    finish(work)

    assert office.done == ["saved"]


def test_waits_double_and_spread() -> None:
    assert jobs.pause(0, lambda low, high: high) == 2
    assert jobs.pause(3, lambda low, high: high) == 16
    assert jobs.pause(3, lambda low, high: low) == 8
    assert jobs.pause(99, lambda low, high: high) == 3600


def test_the_schema_is_made_once(database: Database) -> None:
    with database.connect() as connection:
        assert migrate(connection) == []


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query.encode()).fetchone()
