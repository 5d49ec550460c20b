"""Bo answers Natalie by keyboard alone, is warned before two answer, loses no draft, takes back what he sent too fast."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hark import app
from hark.config import Config
from hark.kit import clock
from hark.store import Database
from hark.testing.server import Server
from hark.web import access, sessions
from hark.web.rights import Role
from tests.desk.visitor import Visitor, add_chat

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


class Site:
    """The company's site, whose visitors chat."""

    def __init__(self, server: Server, database: Database) -> None:
        self.server, self.database = server, database
        self.chat = add_chat(database)

    def visitor(self, user: str, name: str) -> Visitor:
        return Visitor(self.database, self.chat, user, name)

    def member(self, browser: Browser, name: str) -> BrowserContext:
        """Somebody else of the team, at a machine of their own."""
        with self.database.transaction() as tx:
            email = f"{name.split()[0].lower()}@tidewell.example"
            member = access.add_member(
                tx, clock.now(), email=email, name=name, role=Role.AGENT, password="a long enough secret"
            )
            secret = sessions.open_session(tx, clock.now(), timedelta(days=1), member=member)
        context = browser.new_context(base_url=self.server.url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "hark_session", "value": secret, "url": self.server.url}])
        return context


@pytest.fixture(scope="module")
def site(server: Server) -> Iterator[Site]:
    with app.database_url(Config(data=server.data)) as url:
        database = Database(url, most=2).open()
        yield Site(server, database)
        database.close()


def open_inbox(page: Page, who: str) -> None:
    page.goto("/inbox?view=all")
    page.get_by_role("link", name=who).click()
    expect(page.locator(".thread-who h2")).to_contain_text(who)


def test_he_answers_her_by_keyboard_alone(page: Page, site: Site) -> None:
    site.visitor("u-natalie", "Natalie Moreau").says("Ma machine affiche E18")
    site.server.settle()
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox")
    page.keyboard.press("]")
    page.wait_for_url("**/inbox?view=unassigned")
    expect(page.locator("[data-line]")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator(".message.in")).to_contain_text("E18")
    page.keyboard.press("i")
    expect(page.locator(".done-line")).to_contain_text("took it")
    page.keyboard.press("r")
    page.keyboard.type("Nettoyez le filtre, s’il vous plaît.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".message.out:not(.echo)")).to_contain_text("Nettoyez le filtre")
    expect(page.locator("#compose")).to_have_value("")

    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".done-line").last).to_contain_text("closed it")


def test_what_she_writes_appears_while_he_looks(page: Page, site: Site) -> None:
    natalie = site.visitor("u-live", "Live Larsen")
    natalie.says("Hei")
    site.server.settle()
    open_inbox(page, "Live Larsen")

    natalie.says("Er du der?")

    expect(page.locator(".message.in")).to_have_count(2)
    expect(page.locator("[data-line][aria-current=true] .line-preview")).to_contain_text("Er du der?")


def test_two_who_would_both_answer_are_warned(chromium: Browser, page: Page, site: Site) -> None:
    site.visitor("u-both", "Both Olsen").says("Hello?")
    site.server.settle()
    theirs = site.member(chromium, "Aylin Kaya")
    aylin = theirs.new_page()
    open_inbox(aylin, "Both Olsen")
    open_inbox(page, "Both Olsen")
    aylin.keyboard.press("r")
    aylin.keyboard.type("I am on it")
    expect(page.locator("[data-company]")).to_contain_text("Aylin Kaya is writing")
    page.keyboard.press("r")
    page.keyboard.type("So am I")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("Aylin Kaya is writing an answer")
    expect(page.locator(".message.out")).to_have_count(0)

    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.out:not(.echo)")).to_contain_text("So am I")
    theirs.close()


def test_a_draft_survives_the_browser(page: Page, site: Site, bo: BrowserContext) -> None:
    site.visitor("u-draft", "Draft Olsen").says("Question")
    site.server.settle()
    open_inbox(page, "Draft Olsen")
    page.keyboard.press("r")
    page.keyboard.type("I begin to wri")
    expect(page.locator("[data-kept]")).to_have_text("Draft kept")

    page.goto("/people")
    open_inbox(page, "Draft Olsen")

    expect(page.locator("#compose")).to_have_value("I begin to wri")
    page.locator("#compose").fill("")
    expect(page.locator("[data-kept]")).to_have_text("")


def test_he_takes_back_what_he_sent_too_fast(page: Page, site: Site) -> None:
    site.visitor("u-undo", "Undo Olsen").says("Please help")
    site.server.settle()
    open_inbox(page, "Undo Olsen")
    page.keyboard.press("r")
    page.keyboard.type("Dear Mr. Undo, go away")
    page.keyboard.press("Control+Enter")
    expect(page.locator("hark-undo")).to_contain_text(re.compile(r"Undo [1-8]"))
    page.locator("hark-undo button").click()

    expect(page.locator("#compose")).to_have_value("Dear Mr. Undo, go away")
    expect(page.locator(".message.out")).to_have_class(re.compile("withdrawn"))


def test_the_command_bar_does_it_and_teaches_the_key(page: Page, site: Site) -> None:
    site.visitor("u-bar", "Bar Olsen").says("Something")
    site.server.settle()
    open_inbox(page, "Bar Olsen")
    page.keyboard.press("Control+k")
    page.keyboard.type("take it")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("Take it myself")
    expect(page.get_by_role("dialog").get_by_role("option").first.locator("kbd")).to_have_text("i")
    page.keyboard.press("Enter")

    expect(page.locator(".done-line")).to_contain_text("took it")


def test_no_key_is_taken_from_who_chose_none(page: Page, site: Site) -> None:
    open_inbox(page, "Bar Olsen")
    page.keyboard.press("?")
    page.get_by_role("radio", name="None but the command bar").check()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("r")

    expect(page.locator(".done-line")).to_have_count(1)
    expect(page.locator("#compose")).not_to_be_focused()
    page.evaluate("localStorage.clear()")


def test_hostile_names_and_html_do_nothing(page: Page, site: Site) -> None:
    site.visitor("u-<img src=x onerror=window.hurt=1>", "x").says(
        "<script>window.hurt=1</script> https://a.example/'onclick='x"
    )
    site.server.settle()
    page.goto("/inbox?view=all")
    page.locator("[data-line]").first.click()
    expect(page.locator(".message.in").last).to_contain_text("<script>window.hurt=1</script>")

    assert page.evaluate("window.hurt") is None


def test_his_phone_shows_one_pane_without_sideways_scrolling(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/inbox?view=all")
    expect(page.locator(".thread")).to_be_hidden()
    page.get_by_role("link", name="Bar Olsen").click()
    expect(page.locator(".conversations")).to_be_hidden()
    expect(page.locator("#compose")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("link", name="Bar Olsen")).to_be_visible()
