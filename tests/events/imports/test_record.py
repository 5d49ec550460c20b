"""A file goes into the log: resumed where it stopped, the same twice changes nothing, refused rows come back as a file."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hark.events.imports import record, report
from hark.events.imports.read import look
from hark.testing.house import House


class Importer:
    """Imports a file as the command line does."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.source = house.add_source("crm", plugin="rows")

    def draft(self, path: Path, **changes: Any) -> UUID:
        reading = look(path)
        mapping = record.guess(self.house.hark.registry, path, reading) | changes
        with self.house.database.transaction() as tx:
            return record.draft(
                tx,
                source=self.source.id,
                path=path,
                name=path.name,
                reading=reading,
                mapping=mapping,
                by="",
                state="waiting",
            )

    def take(self, path: Path, **changes: Any) -> report.Report:
        identifier = self.draft(path, **changes)
        record.record(self.house.database, identifier, path)
        self.house.settle()
        with self.house.database.transaction() as tx:
            assert report.progress(tx, identifier).done
            return report.report(tx, identifier)


@pytest.fixture
def importer(house: House) -> Iterator[Importer]:
    return Importer(house)


def people(path: Path, numbers: range) -> Path:
    lines = [f"u{n},user{n}@example.com,{n}" for n in numbers]
    path.write_text("customer id,email,points\n" + "\n".join(lines) + "\n")
    return path


def test_a_file_becomes_history(importer: Importer, tmp_path: Path) -> None:
    result = importer.take(people(tmp_path / "people.csv", range(1200)))

    assert (result.accepted, result.repeated, result.refused) == (1200, 0, 0)
    rows = importer.house.query("select distinct type, historical, source from event")
    assert rows == [{"type": "identify", "historical": True, "source": importer.source.id}]


def test_the_same_rows_again_change_nothing(importer: Importer, tmp_path: Path) -> None:
    importer.take(people(tmp_path / "people.csv", range(700)))
    again = importer.take(people(tmp_path / "again.csv", range(100, 800)))

    assert (again.accepted, again.repeated) == (100, 600)


def test_the_same_file_is_recognised_and_goes_on_where_it_was(importer: Importer, tmp_path: Path) -> None:
    path = people(tmp_path / "people.csv", range(25_000))
    identifier = importer.draft(path)
    stops = iter([False, True])
    half = record.record(importer.house.database, identifier, path, stopping=lambda: next(stops))
    with importer.house.database.transaction() as tx:
        found = record.find(tx, identifier)
        before = record.same(
            tx, source=importer.source.id, digest=found.digest, reading=found.reading, mapping=found.mapping
        )

    assert (half.state, half.recorded) == ("running", 10_000)
    assert before is not None
    assert before[0] == identifier

    whole = record.record(importer.house.database, identifier, path)

    assert (whole.state, whole.recorded) == ("recorded", 25_000)
    firsts = importer.house.query("select first from import_piece order by first")
    assert [row["first"] for row in firsts] == list(range(1, 25_001, 500))


def test_refused_rows_come_back_as_a_file_to_correct(importer: Importer, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("customer id,email\nu1,a@example.com\n,\nu3\nu4,d@example.com\n")
    identifier = importer.draft(path)
    record.record(importer.house.database, identifier, path)
    importer.house.settle()
    with importer.house.database.transaction() as tx:
        result = report.report(tx, identifier)
        lines = list(csv.reader(report.refused_csv(tx, identifier)))

    assert (result.accepted, result.refused) == (2, 2)
    assert lines[0] == ["row", "reason", "customer id", "email", "line"]
    assert [line[0] for line in lines[1:]] == ["2", "3"]
    assert {reason for reason, _ in result.reasons} == {
        "it has 1 cells, the header has 2",
        "it names nobody: every column that tells who it is about is empty",
    }


def test_a_file_that_breaks_in_the_middle_keeps_what_was_whole(importer: Importer, tmp_path: Path) -> None:
    path = people(tmp_path / "people.csv", range(30_000))
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes())[:-2000])
    identifier = importer.draft(people(tmp_path / "whole.csv", range(5)))
    found = record.record(importer.house.database, identifier, packed)

    assert found.state == "failed"
    assert found.error
    assert found.recorded > 0


def test_what_happens_now_does_not_wait_for_an_import(importer: Importer, tmp_path: Path) -> None:
    house = importer.house
    identifier = importer.draft(people(tmp_path / "people.csv", range(25_000)))
    record.record(house.database, identifier, tmp_path / "people.csv")
    loader = house.hark.loader()
    for _ in range(3):
        with house.database.transaction() as tx:
            loader.load(tx)
    house.post("/v1/track", {"type": "track", "userId": "natalie", "event": "Waved"})
    with house.database.transaction() as tx:
        loader.load(tx)

    (row,) = house.query("select max(position) as last, max(position) filter (where name = 'Waved') as now from event")
    assert row["now"] == row["last"]
    assert row["last"] <= 20_001

    house.settle()
    with house.database.transaction() as tx:
        assert report.progress(tx, identifier).done


def test_an_upload_is_recorded_by_the_server_and_its_file_dropped(importer: Importer, tmp_path: Path) -> None:
    identifier = importer.draft(people(tmp_path / "people.csv", range(5)))
    kept = record.keep(tmp_path, identifier)
    kept.parent.mkdir()
    (tmp_path / "people.csv").rename(kept)

    assert record.turn(importer.house.database, tmp_path)
    assert not record.turn(importer.house.database, tmp_path)
    assert not kept.exists()


def test_a_preview_records_nothing(importer: Importer, tmp_path: Path) -> None:
    path = people(tmp_path / "people.csv", range(50))
    registry = importer.house.hark.registry
    mapping = record.guess(registry, path, look(path))
    shown = record.preview(registry, path, look(path), mapping)

    assert [event.traits["points"] for event in shown.events[:3]] == [0, 1, 2]
    assert len(shown.events) == 20
    assert importer.house.query("select count(*) as n from raw") == [{"n": 0}]


def test_refused_rows_can_be_fetched_where_the_mapping_names_no_column(importer: Importer, tmp_path: Path) -> None:
    identifier = importer.draft(people(tmp_path / "people.csv", range(3)), columns={})
    with importer.house.database.transaction() as tx:
        tx.connection.execute("update import set mapping = (mapping::jsonb - 'columns')::json")
        lines = list(report.refused_csv(tx, identifier))

    assert lines == ["row,reason,line\r\n"]
