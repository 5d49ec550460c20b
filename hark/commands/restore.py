"""hark restore: fill an empty installation from a backup, and erase again who was erased since."""

import argparse
from functools import partial
from pathlib import Path

from hark import app
from hark.carry import backup, ledger
from hark.carry.restoring import erase_again
from hark.commands import configuration
from hark.errors import Misconfigured
from hark.store import Database
from hark.store.embedded import Embedded


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a file that `hark backup` wrote")
    parser.add_argument(
        "--erasures",
        type=Path,
        help="the erasures.jsonl of the installation that is lost, if it is newer than the backup",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    if not arguments.file.is_file():
        raise Misconfigured("FILE", f"there is no file {arguments.file}")
    config = configuration(arguments)
    label = backup.label_of(arguments.file)
    config.data.mkdir(parents=True, exist_ok=True)
    with app.database_url(config) as url:
        database = Database(url, most=1, name="hark restore").open()
        clear = partial(backup.empty_unused, database)
        try:
            binaries = Embedded(config.data, config.postgres_bin).binaries
            entries = backup.restore_into(url, binaries, config.data, arguments.file, clear=clear)
        finally:
            database.close()
        entries += ledger.read(arguments.erasures) if arguments.erasures else []
        app.prepare(url)
        hark = app.Hark(config, url, name="hark restore")
        try:
            gone = erase_again(hark.carrying(), entries)
        finally:
            hark.close()
    print(
        f"restored what was backed up on {label.made_at:%Y-%m-%d %H:%M} UTC; {gone} persons erased since are erased again"
    )
