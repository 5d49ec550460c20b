"""hark export: one person's whole record, as JSON or as a page that people read."""

import argparse
import sys
from pathlib import Path

from hark import app
from hark.carry.record import as_html, as_json, export
from hark.commands import configuration, whom


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", help="any identity: email:ann@example.com, user_id:42, id:UUID")
    parser.add_argument("--html", action="store_true", help="a readable page instead of JSON")
    parser.add_argument("--output", type=Path, help="a file to write; default: print")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    kind, value = whom(arguments.person)
    config = configuration(arguments)
    with app.database_url(config) as url:
        app.prepare(url)
        hark = app.Hark(config, url, name="hark export")
        try:
            with hark.database.transaction() as tx:
                record = export(tx, kind, value, hark.declared)
        finally:
            hark.close()
    content = as_html(record).encode() if arguments.html else as_json(record) + b"\n"
    if arguments.output:
        arguments.output.touch(mode=0o600)
        arguments.output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
