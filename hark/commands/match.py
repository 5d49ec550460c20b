"""hark match: find probable duplicates. Compares whoever changed since the last run; --full learns anew from everybody."""

import argparse
import os

import msgspec

from hark.app import Hark, database_url, prepare
from hark.commands import configuration
from hark.people import finding


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="learn from everybody and compare everybody")
    parser.add_argument("--memory", default="2GB", help="most memory that comparing may take (2GB)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--gently", action="store_true", help="leave the processor to others where they need it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments)
    if arguments.gently:
        os.nice(10)
    with database_url(config) as url:
        prepare(url)
        hark = Hark(config, url, name="hark match", most_connections=2)
        report = finding.run(hark.database, hark.declared, full=arguments.full, memory=arguments.memory)
        hark.close()
    if arguments.json:
        print(msgspec.json.encode(report).decode())
        return
    how = "everybody" if report.full else "whoever changed"
    print(f"compared {how}: {report.records:,} persons, {report.found:,} probable pairs, {report.joined:,} joined")
