"""hark bench: measure. Prints the figures with the machine and the commit; `--json` prints a list of figures alone."""

import argparse
import os
import platform
import subprocess
from collections.abc import Iterator
from importlib import import_module, resources
from pathlib import Path

import msgspec

import hark
from hark.bench import Bench, Figure
from hark.errors import NotFound


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help=f"one of {', '.join(names())}; all of them where none is named")
    parser.add_argument("--quick", action="store_true", help="a small part of the work, for trying")
    parser.add_argument("--json", action="store_true", help="print a list of {name, value, unit, ratio, of}")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where filled databases are kept (.bench)")
    parser.set_defaults(run=run)


def names() -> list[str]:
    files = (file.name for file in resources.files("hark.bench").iterdir())
    return sorted(name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))


def run(arguments: argparse.Namespace) -> None:
    wanted = [arguments.name] if arguments.name else names()
    if strange := set(wanted) - set(names()):
        raise NotFound(f"there is no benchmark {', '.join(strange)}; there are {', '.join(names())}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.folder.resolve(), arguments.quick)
    if not arguments.json:
        print(machine(), flush=True)
    figures = []
    for figure in _figures(wanted, bench):
        figures.append(figure)
        if not arguments.json:
            print(line(figure), flush=True)
    if arguments.json:
        print(msgspec.json.encode(figures).decode())


def _figures(wanted: list[str], bench: Bench) -> Iterator[Figure]:
    for name in wanted:
        yield from import_module(f"hark.bench.{name}").run(bench)


def line(figure: Figure) -> str:
    text = f"{figure.name:<58} {figure.value:>14,.3f} {figure.unit}"
    return text if figure.ratio is None else f"{text}  ({figure.ratio:.3f} of {figure.of})"


def machine() -> str:
    """Processor, cores, Python and commit, in one line."""
    git = ["git", "-C", str(Path(hark.__file__).parent), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    commit = done.stdout.strip() or hark.__version__
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, Hark {commit}"
