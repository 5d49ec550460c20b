"""`hark serve`: one parent that keeps PostgreSQL, the web processes and the working processes alive, and stops them cleanly.

Each child holds the read end of a pipe from its parent; when the parent is gone, however it went, the pipe ends and the
child stops. Children are plain commands (`python -m hark.serve web`), so one sees in the process list what each does.
"""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import msgspec
import psycopg
import uvicorn

from hark import app
from hark.config import Config
from hark.errors import Misconfigured
from hark.store.embedded import Embedded

log = logging.getLogger(__name__)
# The loader has a process of its own: it and the path are each as fast as one core allows. Whoever listens to mailboxes and
# the like waits for others, and is to be restarted without stopping either.
CHILDREN = ("load", "work", "listen")
STOP_SECONDS = 20.0
LET_GO_SECONDS = 5.0


def serve(config: Config, started: Callable[[str], None] | None = None) -> None:
    """Run until SIGTERM or Ctrl-C. `started` is called with the database's address once people can connect."""
    logging.basicConfig(level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel("WARNING")  # a line per request says nothing to an operator
    listener = _listen(config)
    embedded = None if config.database_url else Embedded(config.data, config.postgres_bin)
    url = config.database_url or (embedded.start() if embedded else "")
    keeper = _Keeper(config, url, listener)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        _wait_for_database(url)
        app.prepare(url)
        keeper.start()
        if started:
            started(url)
        while not stopping.wait(0.5):
            keeper.revive()
            if embedded:
                _revive(embedded)
    finally:
        keeper.stop()
        listener.close()
        if embedded:
            embedded.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _revive(embedded: Embedded) -> None:
    try:
        embedded.revive()
    except Misconfigured as error:
        # Right after a crash its old processes may still hold their shared memory: the next look tries again.
        log.warning("PostgreSQL does not start yet: %s", str(error).splitlines()[0])


class _Keeper:
    """Keeps children alive; one that dies at once again and again is started ever more slowly."""

    def __init__(self, config: Config, url: str, listener: socket.socket) -> None:
        self._config, self._url, self._listener = config, url, listener
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._births: dict[str, list[float]] = {}

    def start(self) -> None:
        for name in [f"web{n}" for n in range(self._config.web_processes)] + list(CHILDREN):
            self._bear(name)

    def revive(self) -> None:
        for name, child in list(self._children.items()):
            if child.poll() is None:
                continue
            recent = [birth for birth in self._births[name] if time.monotonic() - birth < 60]
            if recent and time.monotonic() - recent[-1] < min(30.0, 0.5 * 2 ** len(recent)):
                continue
            log.error("the %s process ended with %s; starting it again", name, child.returncode)
            self._bear(name)

    def stop(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _bear(self, name: str) -> None:
        kind, descriptor = name.rstrip("0123456789"), self._listener.fileno()
        child = subprocess.Popen(
            [sys.executable, "-m", "hark.serve", kind, str(descriptor)],
            stdin=subprocess.PIPE,
            pass_fds=(descriptor,) if kind == "web" else (),
            env={**os.environ, "HARK_CHILD": msgspec.json.encode([self._config, self._url], enc_hook=str).decode()},
        )
        self._children[name] = child
        self._births.setdefault(name, []).append(time.monotonic())


def _listen(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    until = time.monotonic() + LET_GO_SECONDS
    while True:
        try:
            listener.bind((config.host, config.port))
            break
        except OSError as error:
            # After a kill -9 the children of the killed parent need a moment to let go of the port.
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                listener.close()
                raise Misconfigured("port", f"cannot listen on {config.host}:{config.port}: {error.strerror}") from None
            time.sleep(0.1)
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def _wait_for_database(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise Misconfigured("database_url", f"the database does not answer: {error}") from None
            time.sleep(0.5)


def _child(kind: str, descriptor: int) -> None:
    raw_config, url = msgspec.json.decode(os.environ["HARK_CHILD"].encode())
    config = app.read_config(raw_config)
    logging.basicConfig(
        level=config.log_level.upper(), format=f"%(asctime)s {kind} %(levelname)s %(name)s: %(message)s"
    )
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if kind == "web":
        _web(config, url, descriptor)
        return
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    app.work(config, url, stopping, kind)


def _web(config: Config, url: str, descriptor: int) -> None:
    listener = socket.socket(fileno=descriptor)
    program = app.web(config, url)
    app.calm_collector()
    server = uvicorn.Server(
        uvicorn.Config(
            program,
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_keep_alive=65,
            timeout_graceful_shutdown=10,
            limit_concurrency=20_000,  # most of them quiet lines of chats
            ws_max_size=1_000_000,
            # Packing costs each quiet line hundreds of kilobytes, and small frames hardly shrink.
            ws_per_message_deflate=False,
            server_header=False,
            h11_max_incomplete_event_size=64_000,
        )
    )
    server.run(sockets=[listener])


def _die_with_parent() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]))
