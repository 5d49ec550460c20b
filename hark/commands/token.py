"""hark token: add, list and revoke tokens of the REST API. Also while the server runs."""

import argparse
from collections.abc import Callable
from uuid import UUID

from hark.app import database_url, prepare
from hark.commands import configuration
from hark.errors import Rejected
from hark.kit import clock
from hark.store import Database, Transaction
from hark.web.tokens import SCOPES, add_token, all_tokens, revoke


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="add a token and print it alone; it is never shown again")
    adding.add_argument("name")
    adding.add_argument("--scopes", required=True, help=f"what it may do, with commas: {', '.join(sorted(SCOPES))}")
    listing = actions.add_parser("list", help="list tokens by their first characters")
    revoking = actions.add_parser("revoke", help="revoke a token by its id")
    revoking.add_argument("id")
    for action, run in ((adding, run_add), (listing, run_list), (revoking, run_revoke)):
        action.add_argument("--data", default=argparse.SUPPRESS)
        action.set_defaults(run=_with_database(run))


def run_add(arguments: argparse.Namespace, tx: Transaction) -> str:
    scopes = [scope.strip() for scope in arguments.scopes.split(",") if scope.strip()]
    return add_token(tx, arguments.name, scopes, clock.now())[0]


def run_list(arguments: argparse.Namespace, tx: Transaction) -> str:
    return "\n".join(
        f"{token.id}\t{token.prefix}…\t{token.name}\t{','.join(token.scopes)}\t"
        f"{'revoked' if token.revoked_at else 'valid'}"
        for token in all_tokens(tx)
    )


def run_revoke(arguments: argparse.Namespace, tx: Transaction) -> None:
    try:
        id = UUID(arguments.id)
    except ValueError:
        raise Rejected(f"{arguments.id!r} is no id of a token; `hark token list` shows them") from None
    revoke(tx, id, clock.now())


def _with_database(
    run: Callable[[argparse.Namespace, Transaction], str | None],
) -> Callable[[argparse.Namespace], None]:
    def work(arguments: argparse.Namespace) -> None:
        with database_url(configuration(arguments)) as url:
            prepare(url)
            database = Database(url, most=1).open()
            try:
                with database.transaction() as tx:
                    said = run(arguments, tx)
            finally:
                database.close()
        if said:
            print(said)

    return work
