"""hark serve: start Hark and keep it running until SIGTERM or Ctrl-C."""

import argparse

from hark.commands import configuration
from hark.serve import serve


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8080)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments, host=arguments.host, port=arguments.port)
    serve(config, started=lambda url: print(f"Hark is on {config.url}", flush=True))
