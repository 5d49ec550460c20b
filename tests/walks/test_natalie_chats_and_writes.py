"""Natalie chats from the shop in German on her phone, loses the network in the middle and answers later by e-mail; Bo, in
another browser, sees one thread and answers where she was last."""

import base64
import hmac
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hark.events.sources import add_source, source_named
from hark.kit import clock
from hark.store import Database
from hark.testing.cluster import Cluster
from hark.testing.postoffice import Office
from hark.testing.server import Server
from hark.web import customers
from tests.help.chat.shop import Shop

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
HER = "natalie@moreau.example"


class House(Struct, frozen=True):
    """A running Hark and a look into its database."""

    server: Server
    database: Database

    def asks(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database.transaction() as tx:
            return tx.connection.execute(statement.encode()).fetchall()


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    url = cluster.new()
    with tempfile.TemporaryDirectory(prefix="hark-walk-", ignore_cleanup_errors=True) as folder:
        allowed = {"HARK_DATABASE_URL": url, "HARK_ALLOW_PRIVATE": "127.0.0.1/32"}
        server = Server(Path(folder) / "data", **allowed).start()
        database = Database(url).open()
        yield House(server, database)
        database.close()
        server.stop()
    cluster.drop(url)


@pytest.fixture(scope="module")
def server(house: House) -> Server:
    return house.server


@pytest.fixture(scope="module")
def shop(house: House, office: Office) -> Iterator[Shop]:
    """The shop knows Natalie, vouches for her to the chat, and has a mailbox."""
    with house.database.transaction() as tx:
        web = source_named(tx, "web shop")
        chat = add_source(tx, "chat", plugin="webchat", channel="chat")
        add_source(tx, "help@", plugin="email", channel="email", settings=office.settings("help"))
        secret = customers.new_secret(tx, web.id, clock.now())
    traits = {"name": "Natalie Moreau", "email": HER}
    said = httpx.post(
        f"{house.server.url}/v1/identify", json={"userId": "u-natalie", "traits": traits}, auth=(web.write_key, "")
    )
    assert said.status_code == 200
    shop = Shop(house.server.url, chat.id)
    shop.element = f'<hark-chat identity="{vouch(secret, web.id, "u-natalie")}"></hark-chat>'
    yield shop
    shop.close()


def vouch(secret: str, source: str, user: str) -> str:
    """The token that the shop's own server signs for whoever is signed in there."""
    claims = {"iss": source, "aud": "hark", "sub": user, "exp": int((clock.now() + timedelta(minutes=10)).timestamp())}
    parts = [_written(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    return ".".join([*parts, _written(hmac.new(secret.encode(), ".".join(parts).encode(), sha256).digest())])


def _written(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def say(phone: Page, text: str) -> None:
    phone.get_by_role("textbox", name="Nachricht").fill(text)
    phone.keyboard.press("Enter")


def answer(desk: Page, text: str) -> None:
    desk.get_by_placeholder("Write to Natalie Moreau").fill(text)
    desk.keyboard.press("Control+Enter")


@pytest.fixture
def phone(chromium: Browser, shop: Shop) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="de-DE", timezone_id="Europe/Berlin", has_touch=True)
    yield context.new_page()
    context.close()


def test_one_thread_over_chat_a_lost_network_and_e_mail(
    phone: Page, page: Page, bo: BrowserContext, shop: Shop, house: House, office: Office
) -> None:
    phone.goto(shop.url)
    phone.get_by_role("button", name="Chatten Sie mit uns").click()
    say(phone, "Meine W-17 zeigt E18.")
    expect(phone.get_by_role("log")).to_contain_text("Gesendet")
    phone.context.set_offline(True)
    say(phone, "Sie pumpt nicht ab.")
    say(phone, "Was kann ich tun?")
    expect(phone.get_by_role("dialog")).to_contain_text("Keine Verbindung")

    page.goto("/inbox?view=unassigned")
    page.get_by_role("link", name="Natalie Moreau").first.click()
    expect(page.get_by_role("log")).to_contain_text("Meine W-17 zeigt E18.")
    phone.context.set_offline(False)
    expect(page.get_by_role("log")).to_contain_text("Was kann ich tun?")

    answer(page, "Öffnen Sie bitte die Klappe unten rechts und reinigen Sie das Sieb.")
    expect(phone.get_by_role("log")).to_contain_text("reinigen Sie das Sieb", timeout=30_000)
    phone.close()

    letter = (
        f"From: Natalie Moreau <{HER}>\nTo: help@tidewell.example\nSubject: E18\nMessage-ID: <n-1@moreau.example>\n\n"
    )
    office.put("help", f"{letter}Hat geklappt, danke!\n".encode())
    expect(page.get_by_role("log")).to_contain_text("Hat geklappt, danke!", timeout=30_000)

    answer(page, "Das freut mich!")
    [sent] = office.wait(lambda: [mail for mail in office.sent if b"Das freut mich!" in mail.content], 40)
    assert (sent.recipients, message_from_bytes(sent.content, policy=policy.default)["Subject"]) == ([HER], "Re: E18")
    house.server.settle()
    assert len(house.asks("select 1 from conversation")) == 1
    assert house.asks("select channel, direction, text from conversation_message order by position") == [
        ("chat", "in", "Meine W-17 zeigt E18."),
        ("chat", "in", "Sie pumpt nicht ab."),
        ("chat", "in", "Was kann ich tun?"),
        ("chat", "out", "Öffnen Sie bitte die Klappe unten rechts und reinigen Sie das Sieb."),
        ("email", "in", "Hat geklappt, danke!"),
        ("email", "out", "Das freut mich!"),
    ]
