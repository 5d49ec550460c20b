"""hark import on the command line, with no server beside it: dry run, import, the same file again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def hark(database_url: str, tmp_path: Path):
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hark", *map(str, words), "--data", str(tmp_path / "data")],
            env={**os.environ, "HARK_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Kunde;Mail;Bestelldatum;Order ID;Betrag\n"
        + "".join(f"{n};p{n}@example.com;{n % 28 + 1:02d}.01.2024;T{n};{n},50\n" for n in range(1, 1201))
        + ";;01.01.2024;T0;1,00\n"
    )
    return path


def test_a_dry_run_shows_and_records_nothing(hark, orders: Path) -> None:
    shown = hark("import", orders, "--dry-run", "--map", "Kunde=identity.card")

    assert shown.returncode == 0, shown.stderr
    assert "--map 'Kunde=identity.card'" in shown.stdout
    assert "--map 'Betrag=property.total:number'" in shown.stdout
    assert "Order Completed of card:1, email:p1@example.com" in shown.stdout
    assert "1,200 new events" in hark("import", orders).stdout


def test_an_import_tells_what_came_of_it(hark, orders: Path) -> None:
    done = hark("import", orders, "--source", "old shop")

    assert done.returncode == 0, done.stderr
    assert "1,200 new events, 0 rows were here before, 1 refused" in done.stdout
    assert "it names nobody" in orders.with_name("orders.csv.refused.csv").read_text()
    assert "nothing changes" in hark("import", orders, "--source", "old shop").stdout
    grown = orders.with_name("grown.csv")
    lines = orders.read_text().splitlines(keepends=True)
    grown.write_text("".join([lines[0], "9999;new@example.com;02.02.2024;T9999;3,00\n", *lines[1:]]))
    assert "1 new events, 1,200 rows were here before" in hark("import", grown, "--source", "old shop").stdout


def test_mistakes_say_what_to_do(hark, orders: Path) -> None:
    assert "there is no column 'Kind'" in hark("import", orders, "--map", "Kind=time").stderr
    assert "is no target" in hark("import", orders, "--map", "Kunde=person").stderr
    assert "there is no file" in hark("import", "absent.csv").stderr
    assert "is no time zone" in hark("import", orders, "--time-zone", "Mars/Base").stderr
