"""Bo finds Natalie although he mistypes her, sees what happened with her, makes her two halves one, and takes it back."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hark.testing.server import Server
from tests.walks.conftest import PASSWORD

pytestmark = pytest.mark.browser
NATALIE = {"email": "natalie@moreau.example", "name": "Natalie Moreau", "address": {"city": "Lyon", "country": "FR"}}
PHONE = {"width": 390, "height": 844}


class Shop:
    """The web shop, which tells Hark what happens in it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = server.add_source("web shop")

    def says(self, call: str, **body: Any) -> None:
        reply = httpx.post(f"{self.server.url}/v1/{call}", json=body, auth=(self.key, ""))
        assert reply.status_code == 200, reply.text


@pytest.fixture(scope="module")
def shop(server: Server) -> Shop:
    shop = Shop(server)
    shop.says("page", anonymousId="a-1", name="Washers", properties={"path": "/c/washers"})
    shop.says(
        "identify",
        anonymousId="a-1",
        userId="u-natalie",
        traits=NATALIE,
        context={"timezone": "Europe/Paris", "locale": "fr-FR"},
    )
    order = {"order_id": "T-1", "total": 749, "currency": "EUR", "products": [{"product_id": "W-17", "name": "W-17"}]}
    shop.says("track", userId="u-natalie", event="Order Completed", properties=order)
    shop.says("identify", userId="till-77", traits={"name": "N. Moreau", "phone": "+33612345678"})
    shop.says("track", userId="till-77", event="Warranty Extended", properties={"years": 5})
    server.settle()
    return shop


def open_natalie(page: Page) -> None:
    page.goto("/people?q=natali+moreu")
    page.get_by_role("link", name="Natalie Moreau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Natalie Moreau")


def test_he_finds_her_by_a_mistyped_name_and_reads_her_story(page: Page, shop: Shop) -> None:
    open_natalie(page)

    expect(page.get_by_text("Lyon, FR").first).to_be_visible()
    expect(page.locator(".moment", has_text="Order Completed")).to_contain_text("€749.00")
    expect(page.locator(".moment", has_text="Looked at a page")).to_be_visible()

    page.get_by_role("navigation", name="Phase", exact=True).get_by_role("link", name="Anticipation").click()
    expect(page.locator(".moment")).to_have_count(1)


def test_what_she_does_now_appears_while_he_looks(page: Page, shop: Shop) -> None:
    open_natalie(page)
    expect(page.locator(".moment", has_text="Recipe Viewed")).to_have_count(0)

    shop.says("track", userId="u-natalie", event="Recipe Viewed", properties={"title": "Soufflé"})

    expect(page.locator(".moment", has_text="Recipe Viewed")).to_contain_text("Soufflé")


def test_he_makes_two_of_her_one_and_takes_it_back(page: Page, shop: Shop) -> None:
    open_natalie(page)
    page.get_by_role("link", name="Merge").click()
    page.get_by_role("searchbox").fill("till-77")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="Are these one person?")).to_be_visible()
    page.get_by_label("Why do you think so?").fill("She said so on the phone.")
    page.get_by_role("button", name="Yes, they are one person").click()
    expect(page.get_by_role("status")).to_contain_text("They are one person now.")
    expect(page.locator(".moment", has_text="Warranty Extended")).to_be_visible()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("status")).to_contain_text("Taken back")
    expect(page.locator(".moment", has_text="Order Completed")).to_be_visible()
    expect(page.locator(".moment", has_text="Warranty Extended")).to_have_count(0)


def test_he_sees_why_she_is_one_and_parts_a_browser_from_her(page: Page, shop: Shop) -> None:
    open_natalie(page)
    page.get_by_role("navigation", name="Views of this person").get_by_role("link", name="Identities").click()
    expect(page.get_by_text("One event of web shop named both.").first).to_be_visible()
    page.get_by_role("checkbox", name="a-1").check()
    page.get_by_role("button", name="Preview the parting").click()
    expect(page.get_by_role("heading", name="Becomes somebody else")).to_be_visible()
    page.get_by_role("button", name="Part them").click()
    expect(page.get_by_role("status")).to_contain_text("They are two persons now.")
    expect(page.get_by_role("checkbox", name="a-1")).to_have_count(0)

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("checkbox", name="a-1")).to_be_visible()


def test_her_no_is_written_down_and_can_be_undone(page: Page, shop: Shop) -> None:
    open_natalie(page)
    page.get_by_role("navigation", name="Views of this person").get_by_role("link", name="Consents").click()
    page.get_by_role("switch", name="Analytics").click()
    expect(page.get_by_role("switch", name="Analytics")).to_have_attribute("aria-checked", "false")

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("switch", name="Analytics")).to_have_attribute("aria-checked", "true")


def test_he_goes_everywhere_by_keyboard(page: Page, shop: Shop) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("natali mor")
    expect(page.get_by_role("option", name="Natalie Moreau")).to_be_visible()
    expect(page.get_by_role("option").first).to_contain_text("Natalie Moreau")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Natalie Moreau")

    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_his_phone_shows_her_without_sideways_scrolling(page: Page, shop: Shop) -> None:
    page.set_viewport_size(PHONE)
    open_natalie(page)
    address = page.url

    for path in (address, f"{address}/identities", f"{address}/traits", f"{address}/consents", "/", "/people", "/team"):
        page.goto(path)
        assert (path, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (path, True)


def test_his_phone_has_the_whole_menu(page: Page, shop: Shop) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/people")
    page.locator("summary", has_text="").and_(page.get_by_label("Menu")).click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Team").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Team")


def test_without_script_he_gets_there_too(chromium: Browser, server: Server, bo: BrowserContext, shop: Shop) -> None:
    context = chromium.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/people?q=natalie")
    page.get_by_label("E-mail").fill("bo@tidewell.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Natalie Moreau").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Natalie Moreau")
    expect(page.locator(".moment", has_text="Order Completed")).to_be_visible()
    context.close()
