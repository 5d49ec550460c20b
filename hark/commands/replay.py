"""hark replay: rebuild every derived table from the log, to the same state. Also while the server runs."""

import argparse
import sys
import time

from hark import flow
from hark.app import Hark, database_url, prepare
from hark.commands import configuration
from hark.events import log as events


def add(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments)
    with database_url(config) as url:
        prepare(url)
        hark = Hark(config, url, name="hark replay", most_connections=2)
        engines = hark.engines()
        until = flow.start_replay(engines)
        while (done := _position(engines)) is not None:
            print(f"\r{done:,} of {until:,}", end="", file=sys.stderr, flush=True)
            if not flow.advance(engines):
                time.sleep(0.1)  # a running server is at it
        print(f"\rrebuilt from {until:,} positions of the log", file=sys.stderr)
        hark.close()


def _position(engines: flow.Engines) -> int | None:
    with engines.database.transaction() as tx:
        state = events.replay_state(tx)
    return state[0] if state else None
