"""Natalie chats from the shop in German on her phone, in a real browser: nothing lost, nothing doubled, in order."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hark.conversations import act
from hark.testing.server import Server
from tests.help.chat.shop import Front, Shop

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(chromium: Browser, shop: Shop) -> Iterator[Page]:
    """A phone in the shop. A script error or anything that the shop's policy refuses fails the test."""
    faults: list[str] = []
    context = chromium.new_context(viewport=PHONE, locale="de-DE", timezone_id="Europe/Berlin", has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def opened(page: Page, shop: Shop) -> Page:
    page.goto(shop.url)
    page.get_by_role("button", name="Chatten Sie mit uns").click()
    expect(page.get_by_role("dialog")).to_contain_text("Wie können wir Ihnen helfen?")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Nachricht").fill(text)
    page.keyboard.press("Enter")


def test_she_asks_and_bo_answers(phone: Page, shop: Shop, front: Front) -> None:
    opened(phone, shop)
    say(phone, "Hallo, passt die W-17 unter eine Arbeitsplatte?")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    front.answer("Ja, sie ist 82 cm hoch.")

    expect(phone.get_by_role("log")).to_contain_text("Ja, sie ist 82 cm hoch.")
    expect(phone.get_by_role("log")).to_contain_text("Bo Lind")
    assert front.texts(1) == ["Hallo, passt die W-17 unter eine Arbeitsplatte?"]


def test_what_she_writes_without_network_arrives_once_and_in_order(phone: Page, shop: Shop, front: Front) -> None:
    opened(phone, shop)
    say(phone, "eins")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    phone.context.set_offline(True)
    for text in ("zwei", "drei", "vier"):
        say(phone, text)
    expect(phone.get_by_role("dialog")).to_contain_text("Keine Verbindung")
    front.answer("Ich bin noch da.")
    phone.context.set_offline(False)
    expect(phone.get_by_role("log")).to_contain_text("Ich bin noch da.")
    expect(phone.get_by_role("log")).not_to_contain_text("Wird gesendet")

    assert front.texts(4) == ["eins", "zwei", "drei", "vier"]


def test_what_was_written_before_the_page_was_closed_is_sent_by_the_next(phone: Page, shop: Shop, front: Front) -> None:
    opened(phone, shop)
    say(phone, "eins")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    phone.context.set_offline(True)
    say(phone, "zwei")
    phone.context.set_offline(False)
    phone.goto(shop.url)
    phone.get_by_role("button", name="Chatten Sie mit uns").click()
    expect(phone.get_by_role("log")).to_contain_text("zwei")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")

    assert front.texts(2) == ["eins", "zwei"]


def test_a_server_that_dies_in_the_middle_loses_nothing(phone: Page, shop: Shop, front: Front, server: Server) -> None:
    opened(phone, shop)
    say(phone, "eins")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    server.kill()
    say(phone, "zwei")
    say(phone, "drei")
    server.start()
    front.answer("Da bin ich wieder.")
    expect(phone.get_by_role("log")).to_contain_text("Da bin ich wieder.", timeout=40_000)
    expect(phone.get_by_role("log")).not_to_contain_text("Wird gesendet", timeout=40_000)

    assert front.texts(3) == ["eins", "zwei", "drei"]


def test_behind_a_proxy_that_lets_no_socket_through(phone: Page, shop: Shop, front: Front) -> None:
    phone.route_web_socket("**/chat/**", lambda socket: socket.close())
    opened(phone, shop)
    say(phone, "eins")
    say(phone, "zwei")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet", timeout=30_000)
    front.answer("Auch so geht es.")
    expect(phone.get_by_role("log")).to_contain_text("Auch so geht es.", timeout=30_000)

    assert front.texts(2) == ["eins", "zwei"]


def test_when_it_is_over_she_says_how_it_was(phone: Page, shop: Shop, front: Front) -> None:
    opened(phone, shop)
    say(phone, "Danke!")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    front.answer("Gern.")
    front.do(act.close)
    phone.get_by_role("radio", name="Sehr gut").check()
    phone.get_by_role("button", name="Senden").first.click()

    expect(phone.get_by_role("dialog")).to_contain_text("Vielen Dank!")
