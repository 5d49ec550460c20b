"""Natalie asks to be forgotten: she is gone from every table, others stay as they were, and nothing brings her back."""

from pathlib import Path
from typing import Any

import pytest

from hark.carry.erase import Certificate, Tools, anonymise, erase, verify
from hark.errors import NotFound
from hark.events import sources
from hark.events.imports import record
from hark.events.imports.read import look
from hark.people import reading
from hark.store import Queries
from hark.testing.house import House
from tests.carry.traces_of import every_table, tables_naming

queries = Queries(__file__, "concluded.sql")

NATALIE = {
    "email": "Natalie@Moreau.example",
    "firstName": "Natalïe",
    "lastName": "Moreau-Lefèvre",
    "street": "7 quai Zola",
}
PEOPLE = """customer id,email,note
nat-4711,natalie@moreau.example,likes shoes
cy,cy@brandt.example,
,,natalie@moreau.example
"""
WORDS = [
    "natalie@moreau.example",
    "Natalïe",
    "Moreau-Lefèvre",
    "7 quai Zola",
    "nat-4711",
    "anon-natalie",
    "+33612345678",
]


def call(message: str, user: str = "nat-4711", event: str = "Order Completed", **more: Any) -> dict[str, Any]:
    properties = (
        {
            "total": 749.5,
            "currency": "EUR",
            "order_id": "T1",
            "products": [{"product_id": "W-17"}],
            "note": "deliver to Moreau-Lefèvre",
        }
        if user == "nat-4711"
        else {"total": 1}
    )
    return {"type": "track", "messageId": message, "userId": user, "event": event, "properties": properties, **more}


def identify(message: str) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": message,
        "userId": "nat-4711",
        "anonymousId": "anon-natalie",
        "traits": {**NATALIE, "phone": "+33 6 12 34 56 78"},
    }


@pytest.fixture
def tools(house: House, tmp_path: Path) -> Tools:
    hark = house.hark
    return Tools(
        database=hark.database,
        registry=hark.registry,
        sources=hark.sources,
        declared=hark.declared,
        engines=hark.engines(),
        folder=tmp_path,
    )


@pytest.fixture
def lived(house: House, tmp_path: Path) -> House:
    """Natalie has been everywhere: in shared requests, an import, a paused source, jobs, letters, findings."""
    house.post("/v1/identify", identify("m1"))
    house.post("/v1/batch", {"batch": [call("m2"), call("c1", "cy"), call("m3", event="Waved")]})
    house.post("/v1/batch", {"batch": [call("c2", "cy"), call("m2")]})  # the same message again, in other company
    house.post("/v1/batch", {"batch": [call("c3", "cy"), {"type": "wrong", "email": "natalie@moreau.example"}]})
    house.post("/v1/track", call("v1", event="Product Viewed") | {"properties": {"product_id": "W-17"}})
    home = {"groupId": "home-1", "traits": {"name": "Moreau-Lefèvre"}}
    house.post("/v1/group", {"type": "group", "messageId": "g1", "userId": "nat-4711", **home})
    house.post("/v1/events", {"events": [{"name": "Paid", "identities": {"email": NATALIE["email"]}}]})
    _import(house, tmp_path)
    house.settle()
    paused = house.add_source("paused")
    with house.database.transaction() as tx:
        sources.pause(tx, paused.id, paused=True)
    house.post("/v1/batch", {"batch": [call("p1"), call("p2", "cy")]}, paused.write_key)
    _concluded(house)
    return house


def _import(house: House, folder: Path) -> None:
    path = folder / "people.csv"
    path.write_text(PEOPLE)
    reading_ = look(path)
    with house.database.transaction() as tx:
        known = {source.name: source for source in sources.all_sources(tx)}
    source = known.get("crm") or house.add_source("crm", plugin="rows")
    with house.database.transaction() as tx:
        identifier = record.draft(
            tx,
            source=source.id,
            path=path,
            name="people.csv",
            reading=reading_,
            mapping=record.guess(house.hark.registry, path, reading_),
            by="test",
            state="waiting",
        )
    record.record(house.database, identifier, path)


def _concluded(house: House) -> None:
    """What later steps would leave behind."""
    with house.database.transaction() as tx:
        person = reading.find(tx, "user_id", "nat-4711", house.hark.declared)
        event = tx.one(queries.an_event)
        assert event
        for query in queries:
            if query.name != "an_event":
                tx.run(query, event=event["id"], position=event["position"], person=person)


# Every table stands here: one that is new says whether it can hold a person, and is seeded above if it can.
NAMING = {
    *("raw", "event", "refusal", "parked", "timer", "finding", "decision", "plan"),
    *("identity", "facet", "portrait", "pulse", "edge", "timeline", "account", "match", "match_key"),
    *("customer_order", "interest"),
    *(
        "conversation",
        "conversation_message",
        "conversation_sending",
        "conversation_receipt",
        "conversation_returned",
        "draft",
    ),
    *("work_case", "case_note", "case_task", "ticket", "wait_told", "promise_clock", "effort", "automation_run"),
    *("procrastinate_jobs", "work_reason", "session", "magic_link", "letter", "data_request"),
}
NAMING_NOBODY = {
    *("installation", "source", "message", "arrival", "cursor", "violation", "violation_count", "migration"),
    *("import", "import_piece", "product", "cut", "identity_kind", "definition", "segment_day", "mapping", "matching"),
    *("conversation_seen", "conversation_change", "conversation_key", "listening", "listening_memory", "file"),
    *("conversation_restraint", "canned_answer", "canned_use", "saved_view", "handheld_act", "handheld_file"),
    *("declaration", "agent", "queue_pace", "reservation"),
    *("push_key", "push_subscription", "notice_wish", "looking"),
    *("destination", "delivery_attempt", "delivery_hour", "dead_letter", "erasure"),
    *("member", "invite", "attempt", "token", "site_secret", "work_migration"),
    *("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"),
}


def test_natalie_is_gone_from_every_table(lived: House, tools: Tools) -> None:
    hers = [*WORDS, *(str(row["id"]) for row in lived.query("select id from identity where left(value, 2) <> 'cy'"))]
    before = {place.split(".")[0] for place in tables_naming(lived, hers)}
    certificate = erase(tools, "email", "natalie@moreau.example")

    assert before == NAMING
    assert every_table(lived) == NAMING | NAMING_NOBODY
    assert tables_naming(lived, hers) <= {"erasure.identities", "erasure.certificate"}  # keyed hashes alone
    assert {"event", "person", "timeline", "item of a request"} <= set(certificate.removed)
    with pytest.raises(NotFound):
        erase(tools, "email", "natalie@moreau.example")


def test_nothing_in_a_table_names_her_in_the_files(lived: House, tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "people.csv").unlink()  # the company's own file, outside of Hark
    erase(tools, "user_id", "nat-4711")

    for path in tmp_path.rglob("*"):
        assert not any(word.encode() in path.read_bytes() for word in WORDS if path.is_file())


def test_others_stay_as_they_were(lived: House, tools: Tools) -> None:
    def cy() -> list[dict[str, Any]]:
        return lived.query(
            "select p.traits, p.counts, p.events from person p join identity i on i.person = p.id where i.value = 'cy'"
        )

    before = cy()
    erase(tools, "user_id", "nat-4711")

    assert cy() == before
    with lived.database.transaction() as tx:
        paused = next(s for s in sources.all_sources(tx) if s.name == "paused")
        sources.pause(tx, paused.id, paused=False)
    lived.settle()

    assert cy()[0]["counts"]["Order Completed"] == 4


def test_a_resend_or_the_same_import_does_not_bring_her_back(lived: House, tools: Tools, tmp_path: Path) -> None:
    erase(tools, "user_id", "nat-4711")
    lived.post("/v1/identify", identify("m1"))
    lived.post("/v1/batch", {"batch": [call("m2"), call("m3")]})
    _import(lived, tmp_path)
    lived.settle()

    assert lived.query("select 1 from identity where value = 'nat-4711'") == []
    assert lived.query("select 1 from identity where value = %s", NATALIE["email"]) == []


def test_what_waited_in_a_paused_source_stays_away_too(lived: House, tools: Tools) -> None:
    erase(tools, "user_id", "nat-4711")
    with lived.database.transaction() as tx:
        paused = next(s for s in sources.all_sources(tx) if s.name == "paused")
        sources.pause(tx, paused.id, paused=False)
    lived.post("/v1/batch", {"batch": [call("p1")]}, paused.write_key)
    lived.settle()

    assert lived.query("select 1 from identity where value = 'nat-4711'") == []


def test_the_certificate_is_signed_and_names_nobody(lived: House, tools: Tools) -> None:
    certificate: Certificate = erase(tools, "user_id", "nat-4711")
    salt = tools.declared.salt
    forged = Certificate(**{**{f: getattr(certificate, f) for f in certificate.__struct_fields__}, "removed": {}})

    assert verify(certificate, salt)
    assert not verify(forged, salt)


def test_anonymised_the_numbers_stay(lived: House, tools: Tools) -> None:
    (before,) = lived.query("select count(*) as events, sum((properties->>'total')::numeric) as total from event")
    anonymise(tools, "user_id", "nat-4711")
    (after,) = lived.query("select count(*) as events, sum((properties->>'total')::numeric) as total from event")

    assert after == before
    assert tables_naming(lived, [word for word in WORDS if word != "Natalïe"]) == set()
    (stranger,) = lived.query(
        "select p.* from person p join identity i on i.person = p.id where i.value like 'anonymised-%%'"
    )
    assert stranger["traits"] == {}
    assert stranger["counts"]["Order Completed"] == 1


def test_who_comes_back_is_somebody_new(lived: House, tools: Tools) -> None:
    erase(tools, "user_id", "nat-4711")
    lived.post("/v1/batch", {"batch": [call("new")]})
    lived.settle()

    (row,) = lived.query("select p.events from person p join identity i on i.person = p.id where i.value = 'nat-4711'")
    assert row["events"] == 1
