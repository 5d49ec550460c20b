"""Live chat: a message from a visitor to the agent's screen, and the agent's answer back, with open lines beside it; and
what quiet lines cost in memory. The whole server, over real sockets; visitors and agents in a process of their own."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import psutil

from hark import app
from hark.bench import Bench, Figure
from hark.config import Config
from hark.events.sources import add_source
from hark.kit import clock
from hark.store import Database
from hark.testing.server import Server
from hark.web import access, sessions
from hark.web.rights import Role
from hark.web.tokens import add_token


def run(bench: Bench) -> Iterator[Figure]:
    visitors, rate, seconds, idle = (100, 40, 4, 500) if bench.quick else (1_000, 200, 20, 5_000)
    with app.database_url(Config(data=bench.folder / "chat")) as url:
        server = Server(bench.folder / "chat-server", HARK_DATABASE_URL=url)
        (bench.folder / "chat-server").mkdir(exist_ok=True)
        server.start()
        try:
            keys = _keys(url)
            told = _play(server, "talk", *keys, visitors, rate, seconds)
            yield from _figures(told, visitors, rate)
            before = _memory(server)
            with _playing(server, "idle", *keys, idle, 0, 0) as process:
                assert process.stdout is not None
                process.stdout.readline()  # all lines are open
                yield Figure(name=f"chat: memory of {idle:,} quiet lines", value=_memory(server) - before, unit="MB")
                process.terminate()
        finally:
            server.stop()


def _figures(told: dict[str, Any], visitors: int, rate: int) -> Iterator[Figure]:
    said = f"{visitors:,} lines, {rate} messages/s"
    for name, title in (("there", "to the agent's screen"), ("back", "back"), ("round", "there and back")):
        times = sorted(told[name])
        for share in (50, 99):
            value = times[min(len(times) - 1, len(times) * share // 100)] * 1000
            yield Figure(name=f"chat: {title}, p{share} ({said})", value=value, unit="ms")
    yield Figure(name="chat: messages that were lost or doubled", value=told["wrong"], unit="messages")


def _keys(url: str) -> tuple[str, str, str]:
    """A chat, the cookie of an agent at the screens, and a token that answers."""
    database, now = Database(url, most=1).open(), clock.now()
    with database.transaction() as tx:
        source = add_source(tx, f"chat {now.timestamp()}", plugin="webchat", channel="chat")
        member = access.add_member(
            tx, now, email=f"bo{now.timestamp()}@x.example", name="Bo", role=Role.AGENT, password="long enough for it"
        )
        cookie = sessions.open_session(tx, now, timedelta(days=1), member=member)
        token, _ = add_token(tx, f"bench {now.timestamp()}", ["admin"], now)
    database.close()
    return source.id, cookie, token


def _play(server: Server, *words: object) -> dict[str, Any]:
    with _playing(server, *words) as process:
        out, error = process.communicate(timeout=600)
    assert process.returncode == 0, error[-3000:]
    told: dict[str, Any] = msgspec.json.decode(out)
    return told


def _playing(server: Server, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hark.bench._chatters", str(server.port), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _memory(server: Server) -> float:
    """Megabytes of the web process."""
    web = next(pid for name, pid in server.processes().items() if name.startswith("web"))
    return float(psutil.Process(web).memory_info().rss) / 1e6
