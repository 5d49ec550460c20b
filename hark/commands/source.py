"""hark source: add and list the systems that send events. Also while the server runs."""

import argparse

from hark.app import database_url, prepare
from hark.commands import configuration
from hark.events.sources import add_source, all_sources
from hark.store import Database


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="add a source and print its write key alone")
    adding.add_argument("name")
    adding.add_argument("--key", help="a write key of your own instead of a new one")
    adding.add_argument("--channel", help="channel of all its events, where the events do not tell")
    listing = actions.add_parser("list", help="list sources with their keys")
    for action in (adding, listing):
        action.add_argument("--data", default=argparse.SUPPRESS)
    adding.set_defaults(run=run_add)
    listing.set_defaults(run=run_list)


def run_add(arguments: argparse.Namespace) -> None:
    with database_url(configuration(arguments)) as url:
        prepare(url)
        database = Database(url, most=1).open()
        with database.transaction() as tx:
            source = add_source(tx, arguments.name, write_key=arguments.key, channel=arguments.channel)
        database.close()
        print(source.write_key)


def run_list(arguments: argparse.Namespace) -> None:
    with database_url(configuration(arguments)) as url:
        prepare(url)
        database = Database(url, most=1).open()
        with database.transaction() as tx:
            for source in all_sources(tx):
                print(f"{source.name}\t{source.write_key}\t{'paused' if source.paused else 'open'}")
        database.close()
