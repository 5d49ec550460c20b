"""Rows become events as the mapping says; what cannot be read is refused with its reason."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hark.model import Event, Identity, Raw, Refused, Request, Source
from hark.plugin import Rejected
from hark.plugins.rows.forms import parse_moment, parse_number
from hark.plugins.rows.guess import guess
from hark.plugins.rows.receive import receive
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.rows")

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def read(header: list[str], *rows: Any, **mapping: Any) -> list[Event | Refused]:
    body = msgspec.json.encode({"columns": header, "rows": rows, "mapping": mapping})
    source = Source(id="crm", name="crm", write_key="k")
    raw = Raw(
        id=1,
        received_at=NOW,
        source=source,
        plugin="rows",
        request=Request(method="IMPORT", path="", body=body),
        imported=True,
    )
    return list(receive(raw, {}))


def event(header: list[str], row: list[Any], **mapping: Any) -> Event:
    (result,) = read(header, row, **mapping)
    assert isinstance(result, Event), result
    return result


def test_an_order_of_natalie() -> None:
    mapped = {
        "Date": ["time:dmy"],
        "Courriel": ["identity.email", "trait.email"],
        "Montant": ["property.total:number"],
        "Ville": ["trait.address.city"],
    }
    order = event(
        list(mapped),
        ["31/12/2024 23:30", "natalie@moreau.example", "1 749,50 €", "Lyon"],
        columns=mapped,
        event="Order Completed",
        decimal=",",
        time_zone="Europe/Paris",
    )

    assert order.at == datetime(2024, 12, 31, 22, 30, tzinfo=UTC)
    assert (order.type, order.name, order.historical, order.channel) == ("track", "Order Completed", True, "crm")
    assert order.identities == (Identity("email", "natalie@moreau.example"),)
    assert order.traits == {"email": "natalie@moreau.example", "address": {"city": "Lyon"}}
    assert order.properties == {"total": 1749.5}


def test_rows_without_an_event_describe_people() -> None:
    person = event(["id", "pet"], [1042.0, "cat"], columns={"id": ["identity.user_id"], "pet": ["trait.pet"]})

    assert (person.type, person.name, person.identities) == ("identify", "identify", (Identity("user_id", "1042"),))


def test_rows_without_a_time_happened_when_the_mapping_says() -> None:
    mapped = {"id": ["identity.user_id"]}

    assert event(["id"], ["a"], columns=mapped, undated="2020-05-05T00:00:00Z").at.year == 2020
    assert event(["id"], ["a"], columns=mapped).at == NOW


def test_the_same_cells_are_the_same_message_wherever_they_stand() -> None:
    mapped = {"id": ["identity.user_id"], "city": ["trait.city"]}
    one = event(["id", "city"], ["a", "Lyon"], columns=mapped)
    turned = event(["city", "note", "id"], ["Lyon", "", "a"], columns={"id": ["identity.user_id"]})
    other = event(["id", "city"], ["a", "Paris"], columns=mapped)

    assert one.message_id == turned.message_id != other.message_id


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "1", "2024-01-01"], "it names nobody"),
        (["a", "x", "2024-01-01"], "column 'total': 'x' is no number"),
        (["a", "1", "yesterday"], "column 'at': 'yesterday' is no time"),
        (["a", "1"], "it has 2 cells, the header has 3"),
        ("{broken", "it cannot be read as a row"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(row: Any, reason: str) -> None:
    mapped = {"id": ["identity.user_id"], "total": ["property.total:number"], "at": ["time"]}
    good = ["b", "2", "2024-01-02"]
    first, second = read(list(mapped), row, good, columns=mapped, event="Paid")

    assert isinstance(first, Refused)
    assert first.index == 0
    assert reason in first.reason
    assert isinstance(second, Event)


def test_an_erased_row_is_passed_over() -> None:
    assert len(read(["id"], None, ["b"], columns={"id": ["identity.user_id"]})) == 1


def test_a_mapping_that_is_wrong_names_the_column() -> None:
    with pytest.raises(Rejected, match="map id"):
        read(["id"], ["a"], columns={"id": ["person.id"]})


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,50 €", ",", 1234.5),
        ("1,234.50", ".", 1234.5),
        ("-7", ".", -7),
        ("12'000.5", ".", 12000.5),
        ("1,5", ".", None),
        ("abc", ".", None),
        ("", ".", None),
        ("9" * 400, ".", None),
    ],
)
def test_numbers_as_people_write_them(text: str, decimal: str, number: float | None) -> None:
    assert parse_number(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("03/04/2024", "dmy", datetime(2024, 4, 2, 22, tzinfo=UTC)),
        ("03/04/2024", "mdy", datetime(2024, 3, 3, 23, tzinfo=UTC)),
        ("3.4.24 2:05 PM", "dmy", datetime(2024, 4, 3, 12, 5, tzinfo=UTC)),
        ("2024-03-31T10:00:00Z", "dmy", datetime(2024, 3, 31, 10, tzinfo=UTC)),
        ("2024-03-31 10:00:00.123", "ymd", datetime(2024, 3, 31, 8, tzinfo=UTC)),
        ("1711879200", "ymd", datetime(2024, 3, 31, 10, tzinfo=UTC)),
        ("31/02/2024", "dmy", None),
        ("9999-12-31", "ymd", None),
        ("soon", "ymd", None),
    ],
)
def test_times_as_people_write_them(text: str, order: str, moment: datetime | None) -> None:
    assert parse_moment(text, order, PARIS) == moment


def test_a_french_list_of_orders_is_understood() -> None:
    columns = ["Numéro client", "Adresse e-mail", "Date commande", "Order ID", "Montant total", "Ville", "Remarque"]
    rows = [
        [str(n), f"p{n}@example.com", f"{n + 12}/01/2024 10:00", f"T{n}", f"{n}9,90 €", "Lyon", ""] for n in range(1, 9)
    ]
    found = guess(columns, rows)

    assert (found.event, found.decimal) == ("Order Completed", ",")
    assert found.columns == {
        "Numéro client": ["identity.user_id"],
        "Adresse e-mail": ["identity.email", "trait.email"],
        "Date commande": ["time:dmy"],
        "Order ID": ["property.order_id"],
        "Montant total": ["property.total:number"],
        "Ville": ["trait.address.city"],
        "Remarque": ["property.remarque"],
    }


def test_a_list_of_people_keeps_leading_zeros() -> None:
    found = guess(["PLZ", "Kundennummer", "Points", "Contact"], [["01067", "0042", "17", "ann@example.com"]])

    assert found.event == ""
    assert found.columns == {
        "PLZ": ["trait.address.postalCode"],
        "Kundennummer": ["identity.user_id"],
        "Points": ["trait.points:number"],
        "Contact": ["identity.email", "trait.email"],
    }


def test_a_column_of_customers_may_hold_numbers_or_names() -> None:
    numbers = guess(["Kunde", "Bestelldatum"], [["k-1", "03.04.2024"]])
    names = guess(["Kunde", "Mail"], [["Ann Lee", "ann@example.com"]])

    assert (numbers.columns["Kunde"], numbers.event) == (["identity.user_id"], "Order Completed")
    assert names.columns["Kunde"] == ["trait.name"]


def test_a_guess_can_always_be_applied() -> None:
    columns = ["a", "", "date", "event", "🦔"]
    found = guess(columns, [["x", None, "2024-01-01", "Opened", 3.5]])

    assert read(columns, ["x", None, "2024-01-01", "Opened", 3.5], **msgspec.to_builtins(found))
