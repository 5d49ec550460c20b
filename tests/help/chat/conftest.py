"""A running Hark with a chat, a shop on another origin that shows it, and Bo who answers."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hark.events.sources import add_source
from hark.kit import clock
from hark.model import Source
from hark.store import Database
from hark.testing.cluster import Cluster
from hark.testing.server import Server
from hark.web import access
from hark.web.rights import Role
from tests.help.chat.shop import Front, Shop
from tests.walks.conftest import chromium

__all__ = ["chromium"]


@pytest.fixture(scope="module")
def running(cluster: Cluster) -> Iterator[tuple[Server, Database]]:
    url = cluster.new()
    with tempfile.TemporaryDirectory(prefix="hark-chat-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "data", HARK_DATABASE_URL=url).start()
        database = Database(url).open()
        yield server, database
        database.close()
        server.stop()
    cluster.drop(url)


@pytest.fixture
def server(running: tuple[Server, Database]) -> Server:
    return running[0]


@pytest.fixture
def source(running: tuple[Server, Database]) -> Source:
    """A chat of its own for each test, on a database without conversations."""
    with running[1].transaction() as tx:
        tx.connection.execute("truncate conversation, conversation_message")
        return add_source(tx, f"Shop {clock.now().timestamp()}", plugin="webchat", channel="chat")


@pytest.fixture
def shop(running: tuple[Server, Database], source: Source) -> Iterator[Shop]:
    shop = Shop(running[0].url, source.id)
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def front(running: tuple[Server, Database]) -> Front:
    with running[1].transaction() as tx:
        member = access.add_member(
            tx, clock.now(), email="bo@x.example", name="Bo Lind", role=Role.AGENT, password="long enough to pass"
        )
    return Front(running[1], member)
