"""Probable duplicates from events to decisions: found, shown with evidence, merged, dismissed, and found when new."""

import random

import pytest

from hark.bench.matching import synthetic
from hark.cli import main
from hark.people import finding, matching, merging
from hark.people.reading import find
from hark.testing.house import House

pytestmark = pytest.mark.filterwarnings("ignore")
TRAITS = ("first_name", "last_name", "birthday", "street", "street_number", "city", "postcode")


@pytest.fixture
def crowd(house: House) -> House:
    """A hundred and twenty customers of whom every fifth came twice, by another device and with a typo."""
    for number, record in enumerate(synthetic(120)):
        tell(house, f"v{number}x", record)
    house.settle()
    return house


def tell(house: House, visitor: str, record) -> None:
    traits = {name: record[name] for name in TRAITS if record.get(name)}
    house.post("/v1/identify", {"anonymousId": visitor, "traits": traits, "messageId": f"{visitor}{random.random()}"})


def test_duplicates_are_found_shown_and_decided(crowd: House):
    report = finding.run(crowd.database, crowd.hark.declared)
    with crowd.database.transaction() as tx:
        pairs = matching.review(tx)

    assert report.full
    assert report.found >= 20
    assert all(pair.a.record["postcode"] for pair in pairs)
    assert {field.alike for field in pairs[0].fields} >= {"same"}

    first, second = pairs[0], pairs[1]
    with crowd.database.transaction() as tx:
        done = matching.join_by_hand(tx, first.a.match, first.b.match, crowd.hark.declared, by="member:bo")
        matching.dismiss(tx, second.b.match, second.a.match, by="member:bo")
    crowd.settle()
    with crowd.database.transaction() as tx:
        left = matching.review(tx)

        assert len(left) == len(pairs) - 2
        assert find(tx, "id", str(first.a.person), crowd.hark.declared) == find(
            tx, "id", str(first.b.person), crowd.hark.declared
        )

    with crowd.database.transaction() as tx:
        merging.revert(tx, done.id, crowd.hark.declared, by="member:bo")
    crowd.settle()
    again = finding.run(crowd.database, crowd.hark.declared, full=True)
    with crowd.database.transaction() as tx:
        assert again.found == report.found
        assert second.a.match not in {pair.a.match for pair in matching.review(tx)} or len(left) == matching.waiting(tx)


def test_who_is_new_is_compared_with_the_rest_and_joined_where_it_is_sure(crowd: House):
    finding.run(crowd.database, crowd.hark.declared)
    with crowd.database.transaction() as tx:
        matching.choose(tx, matching.Choice(join_above=0.95), by="member:bo")
    original = next(record for number, record in enumerate(synthetic(120)) if number == 7)
    tell(crowd, "newcomer", {**original, "first_name": original["first_name"][:-1] + "x"})
    crowd.settle()

    report = finding.run(crowd.database, crowd.hark.declared)
    crowd.settle()

    assert not report.full
    assert report.records < 10
    assert report.joined == 1
    with crowd.database.transaction() as tx:
        assert find(tx, "anonymous_id", "newcomer", crowd.hark.declared) == find(
            tx, "anonymous_id", "v7x", crowd.hark.declared
        )


def test_the_command_does_it(house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HARK_DATABASE_URL", house.hark.url)
    for number, record in enumerate(synthetic(60)):
        tell(house, f"v{number}x", record)
    house.settle()

    assert main(["match", "--json", "--data", str(house.config.data)]) == 0
    assert '"full":true,"records":60' in capsys.readouterr().out
