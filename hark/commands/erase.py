"""hark erase: remove one person from everywhere and print the certificate, or keep only the numbers."""

import argparse

import msgspec

from hark import app
from hark.carry.erase import anonymise, erase
from hark.commands import configuration, whom


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", help="any identity: email:ann@example.com, user_id:42, id:UUID")
    parser.add_argument("--anonymise", action="store_true", help="keep the numbers: cut what they did loose from them")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    kind, value = whom(arguments.person)
    config = configuration(arguments)
    with app.database_url(config) as url:
        app.prepare(url)
        hark = app.Hark(config, url, name="hark erase")
        try:
            hark.settle()  # what waits of them goes with them
            act = anonymise if arguments.anonymise else erase
            certificate = act(hark.carrying(), kind, value)
        finally:
            hark.close()
    print(msgspec.json.format(msgspec.json.encode(certificate), indent=2).decode())
