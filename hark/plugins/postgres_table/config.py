"""Settings of the other PostgreSQL, and a test that looks whether the tables can be kept there."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hark.plugin import Http, Misconfigured, Secret

NAME = "^[A-Za-z_][A-Za-z0-9_]{0,62}$"


class Config(Struct, frozen=True, kw_only=True):
    host: Annotated[str, Meta(title="Host", description="A name, an address, or a folder with a socket.", min_length=1)]
    port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 5432
    database: Annotated[str, Meta(title="Database", min_length=1)]
    user: Annotated[str, Meta(title="User", min_length=1)]
    password: Annotated[Secret, Meta(title="Password")] = ""
    encryption: Annotated[
        Literal["verify-full", "require", "disable"],
        Meta(title="Encryption", description="verify-full also checks that it is the right server."),
    ] = "verify-full"
    schema: Annotated[str, Meta(title="Schema", description="It must exist.", pattern=NAME)] = "public"
    events: Annotated[
        str, Meta(title="Table of events", description="Made if missing. Empty: none.", pattern=f"{NAME}|^$")
    ] = "hark_event"
    people: Annotated[
        str, Meta(title="Table of persons", description="Made if missing. Empty: none.", pattern=f"{NAME}|^$")
    ] = "hark_person"
    batch: Annotated[int, Meta(title="Rows in one write", ge=1, le=10_000)] = 1_000


def check(config: Config, http: Http) -> str:
    """Connect, make the tables if they are missing, and see whether they can be written."""
    from hark.plugins.postgres_table.write import connect, prepare

    if not config.events and not config.people:
        raise Misconfigured("events", "name a table of events, a table of persons, or both")
    with connect(config, http) as connection:
        prepare(connection, config)
        row = connection.execute("show server_version").fetchone()
        missing = connection.execute(
            "select name from unnest(%s::text[]) name where not has_table_privilege(name, 'insert, update')",
            ([f'"{config.schema}"."{table}"' for table in (config.events, config.people) if table],),
        ).fetchall()
    if missing:
        raise Misconfigured("user", f"{config.user} may not write {', '.join(name for (name,) in missing)}")
    return f"PostgreSQL {row[0] if row else '?'} keeps the tables"
