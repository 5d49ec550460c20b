"""Adds events to a table and keeps one row per person, each group in one transaction there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from hark.plugin import Context, Http, Misconfigured, Rejected, Retry
from hark.plugins.postgres_table.config import Config

REPEATABLE = True  # events by their id, persons by their id and place in the log

_parts = re.split(
    r"^-- name: (\w+)\n", files(__package__).joinpath("tables.sql").read_text("utf-8"), flags=re.MULTILINE
)
STATEMENTS = dict(zip(_parts[1::2], _parts[2::2], strict=True))


def write(contexts: list[Context], config: Config, http: Http) -> None:
    with connect(config, http) as connection:
        try:
            put(connection, contexts, config)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InFailedSqlTransaction):
            connection.rollback()
            prepare(connection, config)
            put(connection, contexts, config)


def forget(persons: frozenset[UUID], config: Config, http: Http) -> None:
    """Delete the persons' rows, and those of their events."""
    with connect(config, http) as connection:
        prepare(connection, config)
        for name, table in (("forget_events", config.events), ("forget_people", config.people)):
            if table:
                _run(connection, name, config, table, persons=list(persons))


def put(connection: psycopg.Connection[Any], contexts: list[Context], config: Config) -> None:
    if config.events:
        rows = msgspec.json.encode([event_row(context) for context in contexts]).decode()
        _run(connection, "add_events", config, config.events, rows=rows)
    if config.people:
        # The last context of a person holds what was known last.
        latest = {context.person.id: context for context in contexts if context.person and context.profile}
        if gone := sorted({id for context in latest.values() if context.person for id in context.person.formerly}):
            _run(connection, "forget_people", config, config.people, persons=gone)  # they are part of the others' rows
        rows = msgspec.json.encode([person_row(context) for context in latest.values()]).decode()
        _run(connection, "put_people", config, config.people, rows=rows)


def prepare(connection: psycopg.Connection[Any], config: Config) -> None:
    if config.events:
        _run(connection, "create_events", config, config.events)
    if config.people:
        _run(connection, "create_people", config, config.people)


def event_row(context: Context) -> dict[str, Any]:
    event = context.event
    return {
        "id": event.id,
        "position": event.position,
        "type": event.type,
        "name": event.name,
        "at": event.at,
        "received_at": event.received_at,
        "source": event.source,
        "channel": event.channel,
        "person": context.person.id if context.person else None,
        "identities": event.identities,
        "traits": event.traits,
        "properties": event.properties,
        "context": event.context,
    }


def person_row(context: Context) -> dict[str, Any]:
    known = context.profile
    assert known
    return {
        "id": known.person,
        "position": context.event.position,
        "traits": known.traits,
        "computed": known.computed,
        "segments": sorted(known.segments),
        "consents": known.consents,
        "phase": known.phase,
        "first_seen": known.first_seen,
        "last_seen": known.last_seen,
    }


@contextmanager
def connect(config: Config, http: Http) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the checked address; commits at the end. Its errors say what to do."""
    given: dict[str, Any] = {
        "host": config.host,
        "port": config.port,
        "dbname": config.database,
        "user": config.user,
        "password": config.password or None,
        "connect_timeout": 10,
        "passfile": f"{os.devnull}/none",  # never somebody's own passwords for another server
        "options": "-c statement_timeout=60000 -c timezone=UTC",
        "application_name": "hark",
    }
    address = http.address(config.host, config.port)
    if not config.host.startswith("/"):
        given |= {"hostaddr": address, "sslmode": config.encryption}
        if config.encryption == "verify-full":
            given["sslrootcert"] = "system"
    try:
        with psycopg.connect(**given) as connection:
            yield connection
    except psycopg.Error as error:
        raise _meaning(error) from None


def _meaning(error: psycopg.Error) -> Exception:
    """Whether to come back, to give up on these rows, or to ask a person: by the class of PostgreSQL's code."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    code = error.sqlstate or ""
    if code.startswith("28") or "authentication failed" in said:
        return Misconfigured("password", said)
    if code == "3D000" or ("database" in said and "does not exist" in said):
        return Misconfigured("database", said)
    if "role" in said and "does not exist" in said:
        return Misconfigured("user", said)
    if code in ("42501", "3F000", "42P01", "42703", "42804"):  # no right, no such schema, table or column, other type
        return Misconfigured("schema", said)
    if code[:2] in ("21", "22", "23"):  # these rows do not fit
        return Rejected(said)
    return Retry(said)


def _run(connection: psycopg.Connection[Any], name: str, config: Config, table: str, **values: Any) -> None:
    statement = sql.SQL(STATEMENTS[name]).format(table=sql.Identifier(config.schema, table))
    connection.execute(statement, values or None)
