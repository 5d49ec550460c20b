"""The command line: `hark COMMAND`. One file per command in hark/commands; the file's name is the command's."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from hark import __version__
from hark.errors import HarkError

COMMANDS = {
    "serve": "start Hark",
    "demo": "start Hark with the sample company",
    "source": "add and list sources of events",
    "import": "take a file of rows into the log",
    "token": "add, list and revoke tokens of the REST API",
    "match": "find probable duplicates",
    "export": "one person's whole record, as JSON or a readable page",
    "erase": "remove one person from everywhere, or keep only the numbers",
    "backup": "the whole installation in one file",
    "restore": "fill an empty installation from a backup",
    "replay": "rebuild all that is derived from the log",
    "check-plugin": "put a plug-in through the suite that every plug-in passes",
    "bench": "measure how fast it is here",
}


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(prog="hark", description="Every signal of a customer becomes one living profile.")
    parser.add_argument("--version", action="version", version=f"hark {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in words if word in COMMANDS), None)
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        _add_common(command)
        if name == chosen:  # only the command that is called is imported: `hark source` must not load a web server
            import_module(f"hark.commands.{name.replace('-', '_')}").add(command)
    arguments = parser.parse_args(words)
    try:
        return int(arguments.run(arguments) or 0)
    except HarkError as error:
        print(f"hark {arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, help="folder of everything that Hark keeps (default ./hark-data)")


if __name__ == "__main__":
    sys.exit(main())
