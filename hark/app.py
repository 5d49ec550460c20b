"""The composition root: from a configuration to a database, plug-ins, the door, the screens and the loops that work."""

import gc
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import msgspec
import psycopg

from hark import flow, letters
from hark.act import Acting, Doer, act
from hark.api.collect import Door
from hark.api.rest import rest
from hark.carry.erase import Tools
from hark.cases import live as cases
from hark.config import Config
from hark.conversations import live as conversations
from hark.conversations.act import SEND
from hark.conversations.by_rule import ACTION as ANSWER
from hark.conversations.by_rule import say
from hark.conversations.deliver import Post, send
from hark.destinations.carry import forget_elsewhere
from hark.destinations.means import Means
from hark.destinations.postman import Postman
from hark.errors import HarkError, Retry
from hark.events import checking, timers
from hark.events import log as events
from hark.events.imports import record as imports
from hark.events.listening import Listening
from hark.events.load import Loader
from hark.events.record import Recorder, queries
from hark.events.sources import Sources
from hark.help.chat import ChatDoor, chat_door, retold, thread_offer, visitors_threads
from hark.help.rating import send_question
from hark.kit import clock
from hark.model import Declared
from hark.net import Allowed, Guard, Http
from hark.notices.act import notify
from hark.notices.decide import ACTION as NOTIFY
from hark.people import matching
from hark.people.consent import declared_purposes
from hark.people.kinds import declared_kinds
from hark.registry import Registry, find
from hark.store import Database
from hark.store.embedded import Embedded
from hark.store.migrate import migrate
from hark.surveys.decide import ACTION as ASK
from hark.web.handlers import found
from hark.web.live import Live, Offer
from hark.web.site import site
from hark.work import Aside, Work, Worker
from hark.work import migrate as prepare_work

log = logging.getLogger(__name__)
# Topics of live screens, room by room: who may watch them, and the feed that reads what changed.
LIVE: tuple[Offer, ...] = (
    conversations.OFFER,
    cases.OFFER,
)
Scope = MutableMapping[str, Any]
ASGI = Callable[[Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]]


def read_config(raw: dict[str, Any]) -> Config:
    """A configuration that a parent process handed over as JSON."""
    return msgspec.convert(raw, Config, dec_hook=lambda kind, value: Path(value))


@contextmanager
def database_url(config: Config) -> Iterator[str]:
    """The address of the database: another's, or the embedded one, started for as long as it is needed."""
    if config.database_url:
        yield config.database_url
        return
    embedded = Embedded(config.data, config.postgres_bin)
    url = embedded.start()
    try:
        yield url
    finally:
        embedded.stop()


def prepare(url: str) -> list[str]:
    """Bring the database to this program's shape; returns the migrations that were applied."""
    with psycopg.connect(url, autocommit=True) as connection:
        return migrate(connection, flow.ROOMS) + prepare_work(connection)


class Hark:
    """One process's hold on everything: made once, closed once."""

    def __init__(self, config: Config, url: str, *, name: str = "hark", most_connections: int = 8) -> None:
        self.config = config
        self.url = url
        self.database = Database(url, most=most_connections, name=name).open()
        self.registry: Registry = find()
        self.sources = Sources(self.database)
        self.declared = declared(self.database, self.registry)

    def engines(self) -> flow.Engines:
        return flow.Engines(database=self.database, declared=self.declared, batch=self.config.batch)

    @cached_property
    def means(self) -> Means:
        """What destinations are delivered with."""
        return Means(
            database=self.database,
            registry=self.registry,
            purposes=self.declared.purposes,
            http=Http(Guard(Allowed(self.config.allow_private))),
            folder=self.config.data.resolve() / "destinations",
        )

    def acting(self) -> Acting:
        """What decisions are carried out with."""
        post = Post(
            database=self.database,
            registry=self.registry,
            http=self.means.http,
            salt=self.declared.salt,
            url=self.config.url,
        )
        doers = {
            **flow.ACT,
            ANSWER: Doer(lambda decision: say(decision, post), repeatable=True),
            SEND: Doer(lambda decision: send(decision, post), repeatable=True),
            NOTIFY: Doer(lambda decision: notify(decision, self.means, self.config.url), repeatable=True),
            ASK: Doer(lambda decision: send_question(decision, post), repeatable=True),
        }
        return Acting(database=self.database, purposes=self.declared.purposes, doers=doers)

    def carrying(self) -> Tools:
        """What one person's record is exported, erased or anonymised with."""
        return Tools(
            database=self.database,
            registry=self.registry,
            sources=self.sources,
            declared=self.declared,
            engines=self.engines(),
            folder=self.config.data,
        )

    def loader(self) -> Loader:
        return Loader(
            self.registry,
            self.sources,
            self.declared.salt,
            history_after=timedelta(hours=self.config.history_after_hours),
            largest=self.config.max_event,
        )

    def settle(self) -> int:
        """Load and process until nothing waits; how many events went through. For tools and tests without a server."""
        loader, engines, total = self.loader(), self.engines(), 0
        while True:
            with self.database.transaction() as tx:
                loaded = loader.load(tx)
            moved = flow.advance(engines)
            total += moved
            if not moved and not (loaded and loaded.raws):
                return total

    def close(self) -> None:
        self.database.close()


def calm_collector() -> None:
    """For a process that works all day. A batch makes and drops very many objects and hardly a cycle among them: looking
    for cycles as often as Python does by default took a third of the path's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


def declared(database: Database, registry: Registry) -> Declared:
    with database.transaction() as tx:
        salt = tx.value(queries.salt, salt=secrets.token_bytes(32))
    return Declared(
        kinds=declared_kinds(registry.kinds()), purposes=declared_purposes(registry.purposes()), salt=bytes(salt)
    )


def web(config: Config, url: str) -> ASGI:
    """The ASGI program of a web process: the collection door first, every other path to the screens and the API."""
    hark = Hark(config, url, name="hark web", most_connections=12)
    recorder = Recorder(url)
    door = Door(hark.registry, hark.sources, recorder, config, clock.now)
    threads = visitors_threads(hark.declared.salt)
    live = Live(hark.database, (*LIVE, thread_offer(threads)), events.processed, retold)
    site = _site(hark, live)
    chat = chat_door(
        database=hark.database,
        registry=hark.registry,
        declared=hark.declared,
        recorder=recorder,
        live=live,
        threads=threads,
        own_url=config.url,
    )
    api = rest(
        database=hark.database,
        config=config,
        declared=hark.declared,
        registry=hark.registry,
        sources=hark.sources,
        carrying=hark.carrying(),
        means=hark.means,
    )

    async def program(
        scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]
    ) -> None:
        if scope["type"] == "http" and (found := door.find(scope)):
            await door.answer(found, scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send, recorder, live, hark)
        elif scope["type"] == "http" and (scope["path"] == "/api" or scope["path"].startswith("/api/")):
            await api(scope, receive, send)
        elif ChatDoor.is_for(scope):
            await chat(scope, receive, send)
        else:
            await site(scope, receive, send)

    return program


async def _lifespan(
    receive: Callable[..., Awaitable[Any]],
    send: Callable[..., Awaitable[Any]],
    recorder: Recorder,
    live: Live,
    hark: Hark,
) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await recorder.start()
            live.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await live.stop()
            await recorder.stop()
            hark.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _site(hark: Hark, live: Live | None = None) -> ASGI:
    """The screens of all fronts and what the API answers, in one Litestar."""
    from litestar import Litestar
    from litestar.datastructures import State

    from hark.api.health import health, ready
    from hark.control.menu import MENU

    services = {
        "declared": hark.declared,
        "registry": hark.registry,
        "sources": hark.sources,
        "means": hark.means,
        "carrying": hark.carrying(),
    }
    screens = found("hark.desk", "hark.control", "hark.help")
    router, state = site(screens, database=hark.database, config=hark.config, menu=MENU, services=services, live=live)
    state |= {"hark": hark, "database": hark.database, "config": hark.config}
    program = Litestar(route_handlers=[health, ready, router], state=State(state), openapi_config=None)
    return cast(ASGI, program)


class Loop(threading.Thread):
    """Calls `turn` until stopped: at once again while it finds work, else when a channel is notified or after a while.

    A database that is away is waited for; the loop goes on where its transaction left off.
    """

    def __init__(
        self,
        name: str,
        url: str,
        channel: str,
        turn: Callable[[], bool],
        *,
        idle: float = 1.0,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._url, self._channel, self._turn, self._idle, self._close = url, channel, turn, idle, close
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def stopping(self) -> bool:
        return self._stopping.is_set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, application_name=f"hark {self.name}") as ears:
                    ears.execute(f"listen {self._channel}".encode())
                    self._work(ears)
            except (psycopg.Error, HarkError, OSError) as error:
                if not isinstance(error, Retry | psycopg.OperationalError):
                    log.exception("the %s loop failed and will go on in a second", self.name)
                self._stopping.wait(1.0)
        self._close()

    def _work(self, ears: psycopg.Connection[Any]) -> None:
        while not self._stopping.is_set():
            if self._turn():
                continue
            for _ in ears.notifies(timeout=self._idle, stop_after=1):
                pass


def loops(hark: Hark, kind: str) -> list[Loop | Worker | Listening]:
    """The loops of a working process of one kind (`load`, `work` or `listen`), not yet started."""
    loader, engines = hark.loader(), hark.engines()

    def load() -> bool:
        with hark.database.transaction() as tx:
            loaded = loader.load(tx)
            if loaded and loaded.events and not flow.follow(engines, tx):
                tx.notify("hark_event")
        return bool(loaded and loaded.raws)

    def process() -> bool:
        return flow.advance(engines) > 0

    def come_due() -> bool:
        with hark.database.transaction() as tx:
            return timers.come_due(tx, clock.now()) > 0

    def take_in() -> bool:
        return imports.turn(hark.database, hark.config.data, files.stopping)

    if kind == "load":
        files = Loop("imports", hark.url, "hark_import", take_in)
        return [
            Loop("load", hark.url, "hark_raw", load, idle=0.25),
            Loop("timers", hark.url, "hark_timer", come_due),
            files,
        ]

    if kind == "listen":
        return [Listening(hark.database, hark.registry, hark.means.http)]

    def compare() -> bool:
        with hark.database.transaction() as tx:
            return matching.due(tx)

    def look_at_files() -> bool:
        return checking.turn(hark.database, hark.config.clamav)

    def post_letters() -> bool:
        return letters.turn(hark.means)

    # Learning how alike people are takes memory that the server does not have to hold.
    home = {"HARK_DATABASE_URL": hark.url, "HARK_DATA": str(hark.config.data)}
    matcher = Aside(["match", "--gently", "--memory", "1GB"], home, compare)
    means = hark.means
    postman = Postman(means)
    return [
        Loop("process", hark.url, "hark_event", process),
        Loop("destinations", hark.url, "hark_done", postman.turn, close=postman.stop),
        Loop("letters", hark.url, "hark_letter", post_letters, idle=5.0),
        Loop("files", hark.url, "hark_done", look_at_files),
        Loop("matching", hark.url, "hark_match", matcher.turn, idle=15.0, close=matcher.stop),
        Worker(Work(hark.url, {forget_elsewhere: means, letters.post: means, act: hark.acting()})),
    ]


def work(config: Config, url: str, stopping: threading.Event, kind: str) -> None:
    """The body of a working process: runs its loops until `stopping` is set."""
    hark = Hark(config, url, name=f"hark {kind}")
    running = loops(hark, kind)
    calm_collector()
    for loop in running:
        loop.start()
    while not stopping.wait(0.5):
        pass
    for loop in running:
        loop.stop()
    until = time.monotonic() + 10
    for loop in running:
        loop.join(max(0.0, until - time.monotonic()))
    hark.close()
