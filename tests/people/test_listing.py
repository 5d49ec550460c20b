"""Lists and headlines of people: the short way and the long way give the same page, and a large house estimates."""

import pytest

from hark.events.record import own
from hark.people import glance, listing
from hark.testing.house import House

PEOPLE = 7


@pytest.fixture
def buyers(house: House) -> House:
    """Seven people, of whom five bought; three of those were seen at the same moment."""
    house.say(own("segment.defined", properties={"name": "buyers", "condition": 'count("Order Completed") > 0'}))
    for number in range(PEOPLE):
        name = "Order Completed" if number < 5 else "Product Viewed"
        at = f"2026-11-0{max(number, 2) + 1}T12:00:00Z"
        house.post("/v1/track", {"userId": f"u{number}", "event": name, "messageId": f"m{number}", "timestamp": at})
    house.settle()
    return house


def walked(house: House, segment: str | None, size: int = 2) -> list[str]:
    """Ids of all pages, one after the other."""
    ids: list[str] = []
    before = None
    with house.database.transaction() as tx:
        while True:
            rows, before = listing.page(tx, size, before, segment=segment)
            ids += [str(row["id"]) for row in rows]
            if before is None:
                return ids


@pytest.mark.parametrize(("segment", "count"), [("buyers", 5), (None, PEOPLE), ("nobody", 0)])
def test_both_ways_lead_to_the_same_pages(
    buyers: House, monkeypatch: pytest.MonkeyPatch, segment: str | None, count: int
) -> None:
    short = walked(buyers, segment)
    monkeypatch.setattr(listing, "FEW", -1)

    assert len(set(short)) == len(short) == count
    assert walked(buyers, segment) == short == walked(buyers, segment, size=50)


def test_a_large_house_says_nearly_how_many(buyers: House) -> None:
    with buyers.database.transaction() as tx:
        exact = glance.phase_shares(tx), glance.biggest_segments(tx, 3)[0]["members"]
    with buyers.database.connect() as connection:
        connection.execute("analyze portrait, pulse")
        connection.execute("update pg_class set reltuples = 7000000 where relname in ('portrait', 'pulse')")
    with buyers.database.transaction() as tx:
        shares, (segment,) = glance.phase_shares(tx), glance.biggest_segments(tx, 3)

    assert {phase: count * 1_000_000 for phase, count in exact[0].items()} == pytest.approx(shares, rel=0.001)
    assert (exact[1], segment["members"]) == (5, pytest.approx(5_000_000, rel=0.001))
