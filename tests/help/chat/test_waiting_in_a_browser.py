"""The widget while somebody waits: a call instead, in eight languages; usable by everybody; the page does not move."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hark.events.sources import add_source
from hark.kit import clock
from hark.model import Source
from hark.store import Database
from hark.testing.server import Server
from tests.accessibility import axe
from tests.clients.conftest import need
from tests.help.chat.shop import Front, Shop

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1200, "height": 900}
# What the browser saw move without anybody's doing.
SHIFTS = """() => { window.shifts = [];
  const seen = new PerformanceObserver((list) => shifts.push(...list.getEntries().map((one) => one.value)));
  seen.observe({ type: "layout-shift", buffered: true }) }"""
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ar")


@pytest.fixture
def source(running: tuple[Server, Database]) -> Source:
    with running[1].transaction() as tx:
        tx.connection.execute("truncate conversation, conversation_message, ticket")
        name, settings = f"Shop {clock.now().timestamp()}", {"callback": True}
        return add_source(tx, name, plugin="webchat", channel="chat", settings=settings)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    faults: list[str] = []
    context = chromium.new_context(
        viewport=PHONE, locale="de-DE", timezone_id="Europe/Berlin", has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def waits(page: Page, shop: Shop, language: str = "de") -> None:
    shop.element = f'<hark-chat language="{language}"></hark-chat>'
    page.goto(shop.url)
    page.locator("hark-chat .launch").click()
    page.locator("hark-chat .write textarea").fill("Meine W-17 zeigt E18.")
    page.keyboard.press("Enter")
    expect(page.locator("hark-chat .queue .call")).to_be_visible()


def test_she_is_called_instead_by_keyboard_alone(phone: Page, shop: Shop, front: Front) -> None:
    waits(phone, shop)
    expect(phone.get_by_role("dialog")).to_contain_text("Sie sind Nummer 1")
    phone.get_by_role("button", name="Platz behalten, zurückrufen lassen").press("Enter")
    expect(phone.get_by_label("Ihre Telefonnummer")).to_be_focused()
    phone.keyboard.type("12")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("alert").filter(has_text="Diese Nummer")).to_be_visible()
    expect(phone.get_by_label("Ihre Telefonnummer")).to_be_focused()
    phone.get_by_label("Ihre Telefonnummer").fill("030 901820")
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("status").filter(has_text="+49 30 901820")).to_contain_text("Sie behalten Ihren Platz.")
    expect(phone.get_by_role("button", name="Anruf absagen")).to_be_focused()

    phone.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Platz behalten, zurückrufen lassen")).to_be_visible()
    assert [row["outcome"] for row in front._query("select outcome from ticket where kind = 'callback'")] == [
        "cancelled"
    ]


@pytest.mark.clients
@pytest.mark.parametrize(("at", "language"), enumerate(LANGUAGES))
def test_everybody_can_use_it(phone: Page, shop: Shop, at: int, language: str) -> None:
    need("axe-core of tests/clients", axe.SCRIPT.is_file())
    phone.add_init_script(axe.SCRIPT.read_text("utf-8"))
    waits(phone, shop, language)
    faults = _seen(phone)
    phone.locator("hark-chat .queue .call").click()
    faults += _seen(phone)
    phone.locator("hark-chat .queue input").fill(f"+49 30 90182{at}")  # one number rings a few times a day only
    phone.locator("hark-chat .queue .main").click()
    expect(phone.locator("hark-chat .queue [role=status]")).to_contain_text(f"+49 30 90182{at}")
    faults += _seen(phone)

    assert faults == []
    assert phone.evaluate("document.querySelector('hark-chat').shadowRoot.querySelector('.panel').scrollWidth") <= 390


def _seen(page: Page) -> list[str]:
    faults: list[str] = []
    rules: tuple[tuple[Any, dict[str, Any]], ...] = (("light", axe.EVERY_RULE), ("dark", axe.COLOURS))
    for scheme, options in rules:
        page.emulate_media(color_scheme=scheme)
        found = axe.faults(page, options)
        faults += [f"{scheme} {fault}" for fault in found if "hark-chat" in fault]
    page.emulate_media(color_scheme="light")
    return faults


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_nothing_of_the_page_moves(phone: Page, shop: Shop, size: Any) -> None:
    phone.set_viewport_size(size)
    phone.goto(shop.url)
    phone.evaluate(SHIFTS)
    expect(phone.locator("hark-chat .launch")).to_be_visible()
    phone.locator("hark-chat .launch").hover()
    phone.wait_for_timeout(500)
    before_open = phone.evaluate("shifts")
    phone.evaluate("document.querySelector('hark-chat').open()")
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.wait_for_timeout(500)

    assert (before_open, phone.evaluate("shifts")) == ([], [])
