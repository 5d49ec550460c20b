"""Bo sends events on to a system of the company, sees one refused while he looks, and sends it again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Page, expect

from hark.testing.server import Server
from tests.destinations.conftest import Receiver

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One whose operator allowed the receiver's private address."""
    with tempfile.TemporaryDirectory(prefix="hark-walk-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data", HARK_ALLOW_PRIVATE="127.0.0.1").start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def crm() -> Iterator[Receiver]:
    """The system that gets events; it takes no refunds."""
    crm = Receiver()
    crm.judge = lambda body: 422 if body["type"] == "Order Refunded" else 200
    yield crm
    crm.stop()


def test_he_adds_it_and_it_is_tested_at_once(page: Page, crm: Receiver) -> None:
    page.goto("/destinations")
    expect(page.get_by_text("Nothing leaves yet")).to_be_visible()
    page.get_by_role("link", name="webhook").click()
    page.get_by_label("Name", exact=True).fill("CRM")
    page.get_by_label("Address").fill(crm.url)
    page.get_by_role("button", name="Add and test").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("CRM")
    expect(page.get_by_text("the receiver answered 200")).to_be_visible()


def test_what_is_refused_appears_while_he_looks_and_goes_out_again(page: Page, server: Server, crm: Receiver) -> None:
    key = server.add_source("shop")

    def says(event: str) -> None:
        body: dict[str, Any] = {"userId": "natalie", "event": event, "messageId": event}
        assert httpx.post(f"{server.url}/v1/track", json=body, auth=(key, "")).status_code == 200

    page.goto("/destinations")
    page.get_by_role("link", name="CRM").click()
    for event in ("Order Completed", "Order Refunded", "Order Reviewed"):
        says(event)
    refused = page.get_by_role("row", name="Order Refunded")
    expect(refused).to_contain_text("answered 422")
    crm.judge = lambda body: 200
    refused.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_text("None waits.")).to_be_visible()
    assert [msgspec.json.decode(body)["type"] for _, body in crm.got][-1] == "Order Refunded"


def test_it_is_read_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/destinations")
    page.get_by_role("link", name="CRM").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Change").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
