"""Settings of this installation: how it is reached, which sites may let their customers in, letters that wait."""

from hark import __version__
from hark.config import Config
from hark.events.sources import all_sources, source_by_id
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Right, customers, does, go, page, shown, shows


@shows("/settings", right=Right.SETTINGS_READ)
def settings(request: Ask, database: Database, config: Config, clock: Clock) -> Answer:
    return _page(request, database, config, clock)


@does("/settings/sites/{source_id:str}/secret", right=Right.SETTINGS_WRITE)
def make_secret(request: Ask, source_id: str, database: Database, config: Config, clock: Clock) -> Answer:
    """The secret is shown once; the one before no longer signs."""
    with database.transaction() as tx:
        source = source_by_id(tx, source_id)
        secret = customers.new_secret(tx, source.id, clock())
    return _page(request, database, config, clock, secret=secret, secret_of=source.name, issuer=source.id)


@does("/settings/sites/{source_id:str}/close", right=Right.SETTINGS_WRITE)
def drop_secret(request: Ask, source_id: str, database: Database) -> Answer:
    with database.transaction() as tx:
        customers.drop_secret(tx, source_id)
    return go(request, "/settings", "This site no longer lets customers in.")


def _page(
    request: Ask,
    database: Database,
    config: Config,
    clock: Clock,
    *,
    secret: str = "",
    secret_of: str = "",
    issuer: str = "",
) -> Answer:
    with database.transaction() as tx:
        letters = customers.letters(tx, clock()) if shown(request).may(Right.SETTINGS_WRITE) else []
        return page(
            request,
            "control/settings.html",
            config=config,
            version=__version__,
            sources=all_sources(tx),
            since=customers.secrets_since(tx),
            letters=letters,
            secret=secret,
            secret_of=secret_of,
            issuer=issuer,
        )


HANDLERS = [settings, make_secret, drop_secret]
