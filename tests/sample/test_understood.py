"""The sample company knocks at the real door, and its cast is known afterwards as their stories say."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hark import sample
from hark.testing.fixtures import House, running_cluster

CUSTOMERS = 16


@pytest.fixture(scope="module")
def company() -> Iterator[House]:
    with running_cluster() as cluster:
        house = House(cluster.new())
        keys = {
            name: house.add_source(name, plugin=source.plugin, channel=source.channel).write_key
            for name, source in sample.SOURCES.items()
        }

        def send(source: str, body: bytes) -> None:
            reply = house.post(sample.SOURCES[source].path, body, keys[source])
            assert reply.status_code == 200, reply.text

        sample.run(send, lambda progress: None, until=datetime.now(UTC), customers=CUSTOMERS)
        house.settle()
        yield house
        house.close()


def test_nothing_of_it_is_refused(company: House) -> None:
    assert company.query("select reason, item from refusal") == []
    assert company.query("select error from parked") == []


def test_natalie_is_one_person_on_every_channel(company: House) -> None:
    (row,) = company.query(
        "select p.* from person p join identity i on i.person = p.id where i.kind = 'email' and i.value = %s",
        "natalie@moreau.example",
    )

    assert row["traits"]["firstName"] == "Natalie"
    assert row["counts"]["Fault Raised"] == 1
    assert row["counts"]["Order Completed"] == 1
    assert row["counts"]["Message Received"] == 1
    assert row["time_zone"] == "Europe/Paris"


def test_astrid_and_emeka_stay_two_on_one_tablet(company: House) -> None:
    rows = company.query(
        "select distinct person from identity where kind = 'email' and value like %s", "%@lindqvist-okafor.example"
    )

    assert len(rows) == 2


def test_maria_and_jose_stay_two_on_one_mail_address(company: House) -> None:
    rows = company.query(
        "select distinct person from identity where kind = 'user_id' and (value like %s or value like %s)",
        "tw-%-90302",
        "tw-%-90402",
    )

    assert len(rows) == 2


def test_kenji_lives_in_berlin_now(company: House) -> None:
    (row,) = company.query(
        "select p.* from person p join identity i on i.person = p.id where i.kind = 'email' and i.value = %s",
        "kenji@sato.example",
    )

    assert (row["time_zone"], row["traits"]["address"]["city"]) == ("Europe/Berlin", "Berlin")


def test_priyas_card_and_her_account_are_one_person(company: House) -> None:
    (row,) = company.query(
        "select count(distinct i.person) as persons, count(*) as identities from identity i"
        " where i.person = (select person from identity where kind = 'card' and value = 'TW4400000017')"
    )

    assert row["persons"] == 1
    assert row["identities"] > 3


def test_ola_withdrew_her_consent_to_marketing(company: House) -> None:
    (row,) = company.query(
        "select p.* from person p join identity i on i.person = p.id where i.kind = 'email' and i.value = %s",
        "ola@nowak.example",
    )

    assert row["consents"]["marketing"]["granted"] is False
    assert row["consents"]["marketing"]["proof"]["text"] == "privacy-pl-3"


def test_the_broken_tag_ties_cy_to_nobody(company: House) -> None:
    assert company.query("select 1 from identity where kind = 'user_id' and value = 'null'") == []
