"""hark backup: the whole installation in one file. Also while the server runs."""

import argparse
from pathlib import Path

from hark import app
from hark.carry.backup import back_up
from hark.commands import configuration
from hark.store.embedded import Embedded


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to write")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments)
    with app.database_url(config) as url:
        app.prepare(url)
        back_up(url, Embedded(config.data, config.postgres_bin).binaries, config.data, arguments.file)
    print(
        f"{arguments.file}: {arguments.file.stat().st_size / 1e6:,.1f} MB. It holds personal data and keys: keep it safe."
    )
