"""What every test may ask for: a database, Hark in this process, a real server, and the recorded input beside us.

A conftest.py takes them in with `pytest_plugins = ["hark.testing.fixtures"]`; so may those who write plug-ins.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hark
from hark.store import Database
from hark.testing.cluster import Cluster, running_cluster
from hark.testing.desk import Desk
from hark.testing.house import House
from hark.testing.server import Server

if TYPE_CHECKING:
    from hark.testing.postoffice import Office

SHARED = Path(os.environ.get("HARK_SHARED") or Path(hark.__file__).resolve().parents[2] / "shared")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    url = cluster.new()
    yield url
    cluster.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url).open()
    yield database
    database.close()


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    house = House(database_url)
    yield house
    house.close()


@pytest.fixture
def bo(house: House) -> Desk:
    """Bo, an owner, at the screens."""
    return Desk(house)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="hark-server-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data").start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def office() -> "Iterator[Office]":
    """Real mail servers, with a mailbox for every name."""
    from hark.testing.postoffice import postoffice

    with postoffice() as office:
        yield office


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded real input that lies beside the checkout on some machines; what needs it is skipped, visibly, elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` is not beside this checkout")
    return SHARED
