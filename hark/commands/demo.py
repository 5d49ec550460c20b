"""hark demo: Hark with the sample company, which sends two years of signals through the public door and then lives on."""

import argparse
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hark import sample
from hark.commands import configuration
from hark.config import Config
from hark.events.record import Own, own, record_own
from hark.events.sources import add_source, all_sources
from hark.kit import clock
from hark.serve import serve
from hark.store import Database
from hark.web.access import first_sign_in

EMAIL = "owner@hark.example"


class Told(msgspec.Struct, frozen=True):
    """What of the sample company has been sent, in `<data>/sample.json`: shown on the first page, and gone on from."""

    until: datetime
    seed: int
    customers: int
    requests: int = 0
    sent: int = 0
    total: int = 0
    reached: datetime | None = None
    done: bool = False


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default 8080)")
    parser.add_argument("--customers", type=int, default=2000, help="customers of the sample company (2000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed draws the same company (7)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    config = configuration(arguments, host=arguments.host, port=arguments.port)
    stopping = threading.Event()

    def started(url: str) -> None:
        password, keys = _prepare(url)
        print(f"Hark is on {config.url}", flush=True)
        if password:
            print(f"Sign in as {EMAIL} with the password {password}", flush=True)
        words = (config, keys, arguments.seed, arguments.customers, stopping)
        threading.Thread(target=_tell, args=words, name="sample company", daemon=True).start()

    try:
        serve(config, started=started)
    finally:
        stopping.set()


def _prepare(url: str) -> tuple[str | None, dict[str, str]]:
    """The first sign-in, where there is none yet, and the write keys of the sample company's systems."""
    database = Database(url, most=1).open()
    password = first_sign_in(database, clock.now(), EMAIL, "Sample Owner")
    with database.transaction() as tx:
        known = {source.name: source for source in all_sources(tx)}
        for name, system in sample.SOURCES.items():
            if name not in known:
                known[name] = add_source(tx, name, plugin=system.plugin, channel=system.channel)
        record_own(tx, _wishes())
    database.close()
    return password, {name: known[name].write_key for name in sample.SOURCES}


def _wishes() -> list[Own]:
    """The sample company's definitions; their message ids make the second start change nothing."""
    kinds = (("trait.defined", sample.TRAITS), ("segment.defined", sample.SEGMENTS))
    return [
        own(
            kind,
            by="sample company",
            message_id=f"sample-{kind}-{name}",
            properties={"name": name, "label": label, "condition": condition},
        )
        for kind, wishes in kinds
        for name, (label, condition) in wishes.items()
    ]


def _tell(config: Config, keys: dict[str, str], seed: int, customers: int, stopping: threading.Event) -> None:
    file = config.data / "sample.json"
    told = _read(file) or Told(until=datetime.now(UTC).replace(microsecond=0), seed=seed, customers=customers)
    send = sample.sender(f"http://{_reachable(config.host)}:{config.port}", keys)

    def progress(state: sample.Progress) -> None:
        if stopping.is_set():
            raise SystemExit  # ends this thread; the next start goes on behind what was written
        if state.requests % 10 == 0 or state.sent == state.total:
            _write(
                file,
                msgspec.structs.replace(
                    told, requests=state.requests, sent=state.sent, total=state.total, reached=state.reached
                ),
            )

    if not told.done:
        end = sample.run(send, progress, until=told.until, seed=told.seed, customers=told.customers, skip=told.requests)
        told = msgspec.structs.replace(told, requests=end.requests, sent=end.sent, total=end.total, done=True)
        _write(file, told)
    sample.run_live(send, stopping.is_set, until=told.until, seed=told.seed, customers=told.customers)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host


def _read(file: Path) -> Told | None:
    return msgspec.json.decode(file.read_bytes(), type=Told) if file.exists() else None


def _write(file: Path, told: Told) -> None:
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(msgspec.json.encode(told))
    unfinished.replace(file)
