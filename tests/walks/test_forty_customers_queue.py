"""Forty customers queue in the chat; Bo and Ada, who know different things, work at their desks; Natalie would rather be
called and is served in her place; nobody is passed over and nobody is served twice."""

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hark.cases import act
from hark.events.sources import add_source
from hark.kit import clock
from hark.model import Source
from hark.store import Database
from hark.testing.cluster import Cluster
from hark.testing.server import Server
from hark.web import access, sessions
from hark.web.rights import Role
from tests.help.chat.shop import Shop

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
ALL, WATCHED = 40, (3, 12, 20)  # Natalie is the last of those who look at their place
WASHER = 4  # every fourth asks about a washer, which Bo alone knows


class Centre:
    """A running Hark, its chat, and those who work there."""

    def __init__(self, server: Server, database: Database) -> None:
        self.server, self.database = server, database
        self.members: dict[str, UUID] = {}
        with database.transaction() as tx:
            settings = {"callback": True}
            self.chat: Source = add_source(tx, "chat", plugin="webchat", channel="chat", settings=settings)

    def desk(self, browser: Browser, name: str, **knows: Any) -> Page:
        """The inbox of somebody who takes one chat at a time, in a browser of their own."""
        now = clock.now()
        with self.database.transaction() as tx:
            email, word = f"{name.lower()}@tidewell.example", "a long enough secret"
            member = access.add_member(tx, now, email=email, name=name, role=Role.AGENT, password=word)
            secret = sessions.open_session(tx, now, timedelta(days=1), member=member)
            act.skill(tx, member, by="hark", capacity={"chat": 1, "phone": 1}, **knows)
        self.members[name] = member
        context = browser.new_context(base_url=self.server.url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "hark_session", "value": secret, "url": self.server.url}])
        page = context.new_page()
        page.goto("/inbox?view=mine")
        return page

    def opens(self) -> None:
        """From now on both are there."""
        with self.database.transaction() as tx:
            for member in self.members.values():
                act.stand(tx, member, "online", by="hark")

    def says(self, text: str) -> None:
        """A customer who writes without a browser of ours."""
        door = f"{self.server.url}/chat/{self.chat.id}"
        secret = httpx.post(f"{door}/hello", json={}).json()["visitor"]
        item = {"is": "message", "id": "1", "text": text}
        assert "ack" in httpx.post(f"{door}/say", json={"visitor": secret, "items": [item]}).json()["answers"][0]

    def asks(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database.transaction() as tx:
            return tx.connection.execute(statement.encode()).fetchall()


@pytest.fixture(scope="module")
def centre(cluster: Cluster) -> Iterator[Centre]:
    url = cluster.new()
    with tempfile.TemporaryDirectory(prefix="hark-walk-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "data", HARK_DATABASE_URL=url).start()
        database = Database(url).open()
        yield Centre(server, database)
        database.close()
        server.stop()
    cluster.drop(url)


def chats(browser: Browser, shop: Shop, text: str) -> Page:
    page = browser.new_context(viewport=PHONE, locale="de-DE", timezone_id="Europe/Berlin").new_page()
    page.goto(shop.url)
    page.get_by_role("button", name="Chatten Sie mit uns").click()
    page.get_by_role("textbox", name="Nachricht").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Gesendet")
    return page


def question(number: int) -> str:
    return f"{number:02} " + ("my washer leaks" if number % WASHER == 0 else "where is my parcel?")


def serve(desk: Page) -> bool:
    """Serves whoever is next at this desk, a call first; whether there was anybody."""
    call = desk.locator(".conversations .to-call a.grow")
    if call.count():
        call.first.click()
        desk.get_by_role("button", name="Reached").click()
        expect(call).to_have_count(0)
        return True
    mine = desk.locator("[data-line]:not(.leaving)")
    if not mine.count():
        return False
    line = mine.first.get_attribute("data-line")
    mine.first.click()
    expect(desk.locator(f'.thread-acts form[action*="{line}/close"]')).to_be_visible()
    desk.locator(f'.thread-acts form[action*="{line}/close"] button').click()
    expect(desk.locator(f'[data-line="{line}"]')).to_have_count(0)
    return True


def test_forty_customers_queue_and_one_is_called_in_her_place(chromium: Browser, centre: Centre) -> None:
    shop = Shop(centre.server.url, centre.chat.id)
    bo = centre.desk(chromium, "Bo", skills={"washers": 4}, languages={"de": 5, "en": 3})
    ada = centre.desk(chromium, "Ada", languages={"en": 5, "de": 3})
    with centre.database.transaction() as tx:
        team = {"members": [str(member) for member in centre.members.values()]}
        act.declare(tx, "team", "care", team, by="hark")
    centre.server.settle()
    with centre.database.transaction() as tx:
        route = {"condition": 'message.text contains "washer"', "skills": {"washers": 3}}
        act.declare(tx, "route", "washers", route, by="hark")
    centre.server.settle()

    pages = {}
    for number in range(ALL):
        if number in WATCHED:
            pages[number] = chats(chromium, shop, question(number))
        else:
            centre.says(question(number))
        if number in WATCHED:
            centre.server.settle()
    centre.server.settle()
    natalie, watcher = pages[WATCHED[-1]], pages[WATCHED[1]]
    for number, page in pages.items():
        expect(page.get_by_role("dialog")).to_contain_text(f"Sie sind Nummer {number + 1} in der Warteschlange")

    natalie.get_by_role("button", name="Platz behalten, zurückrufen lassen").click()
    natalie.get_by_label("Ihre Telefonnummer").fill("030 901820")
    natalie.get_by_role("button", name="Rufen Sie mich an").click()
    expect(natalie.get_by_role("status").filter(has_text="+49 30 901820")).to_contain_text("Sie behalten Ihren Platz")
    expect(natalie.get_by_role("dialog")).to_contain_text(f"Sie sind Nummer {WATCHED[-1] + 1}")

    centre.opens()
    told = ""
    until = time.monotonic() + 80
    while centre.asks("select 1 from ticket where state in ('waiting', 'served')") and time.monotonic() < until:
        busy = [serve(desk) for desk in (bo, ada)]
        if not any(busy):
            bo.wait_for_timeout(100)
        about = watcher.locator("hark-chat .about").inner_text()
        told = about if "Wartezeit" in about else told

    assert "Voraussichtliche Wartezeit" in told, "the wait was never told"
    rows = centre.asks(
        "select distinct on (t.id) m.text, t.kind, t.outcome, t.served_at, coalesce(t.member, t.last_member) from ticket t"
        " join conversation_message m using (conversation)"
        " where t.kind = 'callback' or t.outcome is distinct from 'callback' order by t.id, m.position"
    )
    order = [text for text, *_ in sorted(rows, key=lambda row: row[3])]
    assert sorted(order) == [question(number) for number in range(ALL)]  # everybody, once
    washers = [text for text in order if "washer" in text]
    assert washers == sorted(washers)
    assert [text for text in order if "parcel" in text] == sorted(text for text in order if "parcel" in text)
    assert [row[0] for row in rows if row[1] == "callback"] == [question(WATCHED[-1])]
    assert {row[4] for row in rows if "washer" in row[0]} == {centre.members["Bo"]}
    shop.close()
