"""A whole installation goes into one file and comes back elsewhere; who was erased in between stays erased."""

import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest

from hark.carry import backup, ledger
from hark.carry.backup import back_up, label_of
from hark.carry.erase import erase
from hark.errors import Misconfigured, Rejected
from hark.store import Database
from hark.store.dump import dump, restore
from hark.store.embedded import Embedded
from hark.testing.fixtures import Cluster
from hark.testing.house import House


def hark(*words: object, data: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hark", *map(str, words), "--data", str(data)],
        env={"HARK_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[str]:
    url = cluster.empty()
    yield url
    cluster.drop(url)


def person(house: House, name: str) -> None:
    body = {"type": "identify", "messageId": name, "userId": name, "traits": {"email": f"{name}@example.com"}}
    house.post("/v1/identify", body)
    house.settle()


def make(house: House, file: Path) -> None:
    back_up(house.hark.url, Embedded(file.parent).binaries, house.config.data, file)


def test_it_comes_back_elsewhere_with_its_files(house: House, tmp_path: Path, empty_url: str) -> None:
    person(house, "natalie")
    (house.config.data / "imports").mkdir()
    (house.config.data / "imports" / "waiting").write_text("a,b")
    (house.config.data / "hark.toml").write_text('database_url = "postgresql://secret"\nsession_days = 3\n')
    make(house, tmp_path / "b.hark")
    done = hark("restore", tmp_path / "b.hark", data=tmp_path / "new", url=empty_url)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "imports" / "waiting").read_text() == "a,b"
    assert (tmp_path / "new" / "hark.toml").read_text() == "session_days = 3\n"
    shown = hark("export", "user_id:natalie", data=tmp_path / "new", url=empty_url)
    assert msgspec.json.decode(shown.stdout)["person"]["traits"] == {"email": "natalie@example.com"}


def test_who_was_erased_since_is_erased_again(house: House, tmp_path: Path, empty_url: str) -> None:
    person(house, "natalie")
    person(house, "cy")
    make(house, tmp_path / "b.hark")
    erase(house.hark.carrying(), "user_id", "natalie")
    kept = house.config.data / ledger.NAME
    done = hark("restore", tmp_path / "b.hark", "--erasures", kept, data=tmp_path / "new", url=empty_url)

    assert done.returncode == 0, done.stderr
    assert "1 persons erased since" in done.stdout
    assert hark("export", "user_id:natalie", data=tmp_path / "new", url=empty_url).returncode == 1
    assert hark("export", "user_id:cy", data=tmp_path / "new", url=empty_url).returncode == 0
    assert b"natalie" not in (tmp_path / "new" / ledger.NAME).read_bytes()


def test_it_is_never_restored_over_data(house: House, tmp_path: Path) -> None:
    person(house, "natalie")
    make(house, tmp_path / "b.hark")
    house.database.close()
    done = hark("restore", tmp_path / "b.hark", data=tmp_path / "new", url=house.hark.url)

    assert done.returncode == 1
    assert "there is data already" in done.stderr


def test_of_a_file_that_breaks_off_nothing_comes_back(house: House, tmp_path: Path, empty_url: str) -> None:
    person(house, "natalie")
    whole, half = tmp_path / "whole.dump", tmp_path / "half.dump"
    binaries = Embedded(tmp_path).binaries
    dump(house.hark.url, binaries, whole)
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size * 4 // 5])

    with pytest.raises(Misconfigured, match="pg_restore failed"):
        restore(empty_url, binaries, half)

    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)


def test_a_server_that_does_not_like_it_says_so(house: House, tmp_path: Path) -> None:
    dump(house.hark.url, Embedded(tmp_path).binaries, tmp_path / "whole.dump")

    with pytest.raises(Misconfigured, match=r"psql failed.*already exists"):
        restore(house.hark.url, Embedded(tmp_path).binaries, tmp_path / "whole.dump")


def test_a_server_that_is_just_leaving_is_waited_for(empty_url: str) -> None:
    server = psycopg.connect(empty_url, application_name="hark web")
    database = Database(empty_url, most=1, name="hark restore").open()
    leaving = threading.Timer(0.5, server.close)
    leaving.start()
    backup.empty_unused(database, patience=20)
    database.close()
    leaving.join()

    assert server.closed


def test_a_server_that_stays_is_not_pushed_out(empty_url: str) -> None:
    database = Database(empty_url, most=1, name="hark restore").open()
    with (
        psycopg.connect(empty_url, application_name="hark web"),
        pytest.raises(Misconfigured, match="stop `hark serve` first"),
    ):
        backup.empty_unused(database, patience=0.3)
    database.close()


def test_sessions_do_not_travel(house: House, tmp_path: Path) -> None:
    make(house, tmp_path / "b.hark")
    with tarfile.open(tmp_path / "b.hark") as tar:
        tar.extract("database.dump", tmp_path, filter="data")
    listing = subprocess.run(
        [Embedded(tmp_path).binaries / "pg_restore", "--list", tmp_path / "database.dump"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "TABLE DATA public event " in listing
    assert "TABLE DATA public session " not in listing


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no tar at all")
    with pytest.raises(Rejected, match="is no backup of Hark"):
        label_of(tmp_path / "x")
