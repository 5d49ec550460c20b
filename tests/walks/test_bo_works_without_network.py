"""Bo works on his phone where there is no network: he reads, writes, photographs and speaks; nothing is lost, nothing is
done twice, and what somebody else changed meanwhile is his to decide."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from hark import app
from hark.config import Config
from hark.store import Database
from hark.testing.server import Server
from tests.desk.visitor import Visitor, add_chat

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


class Shop:
    """Natalie chats from the shop, which vouches for her."""

    def __init__(self, server: Server, database: Database) -> None:
        self.server = server
        self.natalie = Visitor(database, add_chat(database), "u-natalie", "Natalie Moreau")

    def natalie_writes(self, text: str) -> None:
        self.natalie.says(text)
        self.server.settle()


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[Shop]:
    with app.database_url(Config(data=server.data)) as url:
        database = Database(url, most=2).open()
        shop = Shop(server, database)
        shop.natalie_writes("My W-17 beeps three times")
        yield shop
        database.close()


@pytest.fixture
def pocket(chromium: Browser, bo: BrowserContext, server: Server, shop: Shop) -> Iterator[BrowserContext]:
    """Bo's phone, on which the app was opened once while there was a network."""
    context = chromium.new_context(
        base_url=server.url, viewport=PHONE, storage_state=bo.storage_state(), has_touch=True
    )
    page = context.new_page()
    page.goto("/phone")
    page.get_by_role("button", name="All").click()
    expect(page.get_by_text("Natalie Moreau")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.close()
    yield context
    context.close()


@pytest.fixture
def phone(pocket: BrowserContext) -> Iterator[Page]:
    faults: list[str] = []
    page = pocket.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    page.close()
    assert faults == []


def open_natalie(page: Page) -> None:
    page.goto("/phone")
    page.get_by_role("button", name="All").click()
    page.get_by_text("Natalie Moreau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Natalie Moreau")


def write_note(page: Page, text: str) -> None:
    page.get_by_role("radio", name="Note").check()
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_without_a_network_everything_is_there_and_what_he_does_waits_for_one(
    phone: Page, pocket: BrowserContext
) -> None:
    pocket.set_offline(True)

    open_natalie(phone)
    phone.locator("input[type=file]").set_input_files({"name": "lock.png", "mimeType": "image/png", "buffer": _png()})
    expect(phone.locator(".attached img")).to_be_visible()
    write_note(phone, "The lock is broken")
    phone.reload()

    expect(phone.locator(".said.note", has_text="The lock is broken")).to_contain_text("to be sent")
    phone.get_by_label("Text").fill("I am on my way")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator(".said.out", has_text="on my way")).to_contain_text("to be sent")
    phone.goto("/phone/waiting")
    expect(phone.get_by_text("The lock is broken")).to_be_visible()

    pocket.set_offline(False)

    expect(phone.get_by_text("Everything is sent")).to_be_visible()
    open_natalie(phone)
    note = phone.locator(".said.note", has_text="The lock is broken")
    expect(note).to_have_count(1)
    expect(note.locator(".file")).to_contain_text("lock.jpg")
    expect(phone.locator(".said.out", has_text="on my way")).to_have_count(1)


def test_an_answer_that_got_lost_on_its_way_does_nothing_twice(phone: Page, shop: Shop) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)  # the server did it; the phone never hears of it
            route.abort()

    open_natalie(phone)
    phone.route("**/phone/acts", lose)
    write_note(phone, "Only once, please")

    phone.goto("/phone/waiting")
    expect(phone.get_by_text("Everything is sent")).to_be_visible()
    open_natalie(phone)
    expect(phone.locator(".said.note", has_text="Only once")).to_have_count(1)
    assert set(lost) == {200}


def test_a_voice_note_is_recorded_and_sent(phone: Page) -> None:
    open_natalie(phone)
    phone.get_by_role("radio", name="Note").check()
    voice = phone.get_by_role("button", name="Voice note")
    voice.click()
    expect(voice).to_have_attribute("aria-pressed", "true")
    phone.wait_for_timeout(1200)
    voice.click()
    expect(phone.locator(".attached")).to_contain_text("voice-note")
    phone.get_by_role("button", name="Send", exact=True).click()

    expect(phone.locator(".said.note .file", has_text="voice-note")).to_be_visible()
    phone.goto("/phone/waiting")
    expect(phone.get_by_text("Everything is sent")).to_be_visible()


def test_what_changed_meanwhile_is_shown_and_he_decides(phone: Page, pocket: BrowserContext, shop: Shop) -> None:
    open_natalie(phone)
    pocket.set_offline(True)
    phone.get_by_role("button", name="Close", exact=True).click()
    shop.natalie_writes("It smells burnt now!")

    pocket.set_offline(False)
    phone.goto("/phone/waiting")
    expect(phone.get_by_text("The customer has written since.")).to_be_visible()
    phone.get_by_role("button", name="Throw away").click()

    expect(phone.get_by_text("Everything is sent")).to_be_visible()
    open_natalie(phone)
    expect(phone.get_by_text("It smells burnt now!")).to_be_visible()
    expect(phone.get_by_role("button", name="Close", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "broken", [{"status": 500, "body": "?"}, {"status": 200, "body": "<html>"}, {"status": 200, "body": "{}"}]
)
def test_a_refresh_that_fails_wipes_nothing(phone: Page, broken: dict[str, Any]) -> None:
    phone.route("**/phone/brief", lambda route: route.fulfill(**broken))

    phone.goto("/phone")
    phone.get_by_role("button", name="All").click()
    expect(phone.locator("#line")).to_contain_text("No network")

    expect(phone.get_by_text("Natalie Moreau")).to_be_visible()


def test_signing_out_clears_the_phone(phone: Page, bo: BrowserContext) -> None:
    phone.goto("/phone/me")
    expect(phone.get_by_text("Bo Lind")).to_be_visible()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in**")

    left = phone.evaluate(
        "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
    )

    assert left == [[], [], []]


def _png() -> bytes:
    """A red picture of 4 × 4."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * 4 for _ in range(4))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
