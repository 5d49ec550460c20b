"""hark demo: Hark with the sample company, which sends two years of signals through the public door and then lives on."""

import argparse
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hark import sample
from hark.commands import configuration
from hark.commands._desk import Colleagues, customer_of, send_letters
from hark.config import Config
from hark.events.record import Own, own, record_own
from hark.events.sources import add_source, all_sources
from hark.kit import clock
from hark.sample.letters import ADDRESS
from hark.sample.post_office import PostOffice
from hark.sample.send import MAILBOX
from hark.serve import serve
from hark.store import Database
from hark.web.access import first_sign_in

log = logging.getLogger(__name__)
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
    # The sample company's post office is on this machine; nobody else may be reached here.
    config = msgspec.structs.replace(config, allow_private=(*config.allow_private, "127.0.0.1/32"))
    stopping = threading.Event()

    def started(url: str) -> None:
        password, keys = _prepare(url, config)
        print(f"Hark is on {config.url}", flush=True)
        if password:
            print(f"Sign in as {EMAIL} with the password {password}", flush=True)
        words = (config, keys, arguments.seed, arguments.customers, stopping)
        first = not (config.data / "sample.json").exists()
        threading.Thread(target=_tell, args=words, name="sample company", daemon=True).start()
        threading.Thread(target=_write, args=(*words, first), name="sample letters", daemon=True).start()
        Colleagues(url, stopping).start()

    try:
        serve(config, started=started)
    finally:
        stopping.set()


def _prepare(url: str, config: Config) -> tuple[str | None, dict[str, str]]:
    """The first sign-in, where there is none yet, and the write keys of the sample company's systems."""
    database = Database(url, most=1).open()
    password = first_sign_in(database, clock.now(), EMAIL, "Sample Owner")
    with database.transaction() as tx:
        known = {source.name: source for source in all_sources(tx)}
        for name, system in sample.SOURCES.items():
            if name not in known:
                settings = _mailbox(config) if name == MAILBOX else {}
                known[name] = add_source(tx, name, plugin=system.plugin, channel=system.channel, settings=settings)
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
            _keep(
                file,
                msgspec.structs.replace(
                    told, requests=state.requests, sent=state.sent, total=state.total, reached=state.reached
                ),
            )

    if not told.done:
        end = sample.run(send, progress, until=told.until, seed=told.seed, customers=told.customers, skip=told.requests)
        told = msgspec.structs.replace(told, requests=end.requests, sent=end.sent, total=end.total, done=True)
        _keep(file, told)
    sample.run_live(send, stopping.is_set, until=told.until, seed=told.seed, customers=told.customers)


def _mailbox(config: Config) -> dict[str, Any]:
    """Letters are handed over at the door; answers go to the sample company's post office."""
    servers = {"smtp_host": "127.0.0.1", "smtp_port": _post_office(config), "smtp_encryption": "none"}
    return {"address": ADDRESS, "name": "Tidewell customer care", **servers}


def _post_office(config: Config) -> int:
    return config.port + 10_000 if config.port < 50_000 else config.port - 10_000


def _write(
    config: Config, keys: dict[str, str], seed: int, customers: int, stopping: threading.Event, first: bool
) -> None:
    """Customers' letters, and their replies to the desk's answers."""
    send = sample.sender(f"http://{_reachable(config.host)}:{config.port}", keys)
    knows = customer_of(seed, customers)
    office = PostOffice(_post_office(config), lambda mail: send(MAILBOX, mail), knows.get, seed)
    with _open_for_business(office):
        send_letters(send, seed, customers, stopping, office.turn, first=first)


@contextmanager
def _open_for_business(office: PostOffice) -> Iterator[None]:
    logging.getLogger("mail.log").setLevel("WARNING")
    try:
        office.start()
    except OSError as error:
        log.warning("the sample company's post office does not open, so nobody answers the desk's letters: %s", error)
        yield
        return
    try:
        yield
    finally:
        office.stop()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host


def _read(file: Path) -> Told | None:
    return msgspec.json.decode(file.read_bytes(), type=Told) if file.exists() else None


def _keep(file: Path, told: Told) -> None:
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(msgspec.json.encode(told))
    unfinished.replace(file)
