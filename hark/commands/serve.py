"""hark serve: start Hark and keep it running until SIGTERM or Ctrl-C."""

import argparse

from hark.commands import configuration
from hark.config import Config
from hark.kit import clock
from hark.serve import serve
from hark.store import Database
from hark.web.access import owner_link


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8080)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments, host=arguments.host, port=arguments.port)
    serve(config, started=lambda url: _welcome(config, url))


def _welcome(config: Config, url: str) -> None:
    database = Database(url, most=1).open()
    link = owner_link(database, config.url, clock.now())
    database.close()
    print(f"Hark is on {config.url}", flush=True)
    if link:
        print(f"Nobody is here yet. This link makes its first user the owner, once: {link}", flush=True)
