"""A house in which every screen has something to show, behind a real socket, for a real browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import msgspec
import uvicorn

from hark import app, flow
from hark.bench.matching import synthetic
from hark.cases import act as work
from hark.conversations import act, canned
from hark.events.imports import record as imports
from hark.model import Context, Declared
from hark.people import finding
from hark.store import Transaction
from hark.testing.desk import Desk
from hark.testing.house import House
from tests.desk.visitor import Visitor, add_chat

NATALIE = {
    "email": "natalie@moreau.example",
    "name": "Natalie Moreau",
    "phone": "+33612345678",
    "address": {"city": "Lyon", "country": "FR"},
}
ORDER = {
    "order_id": "T-1",
    "total": 749,
    "currency": "EUR",
    "products": [{"product_id": "W-17", "name": "Washer W-17"}],
}
STORY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("page", {"anonymousId": "a-1", "name": "Washers", "properties": {"path": "/c/washers"}}),
    ("identify", {"anonymousId": "a-1", "userId": "nat", "traits": NATALIE, "context": {"locale": "fr-FR"}}),
    ("track", {"userId": "nat", "event": "Order Completed", "properties": ORDER}),
    ("track", {"userId": "nat", "event": "Wash Cycle Finished", "properties": {"program": "Eco 40"}}),
    ("identify", {"userId": "till-77", "traits": {"name": "N. Moreau", "phone": "+33612345679"}}),
    ("track", {"userId": "till-77", "event": "Warranty Extended", "properties": {"years": 5}}),
    ("track", {"event": "Nobody's"}),  # refused: it names nobody
)
ORDERS = {"is": "measured", "function": "count", "event": "Order Completed"}
BUYERS = {"is": "compare", "left": ORDERS, "operator": ">=", "right": {"is": "literal", "value": 1}}


def furnish(house: House, bo: Desk) -> None:
    for number, (call, body) in enumerate(STORY):
        house.post(f"/v1/{call}", {"messageId": f"story-{number}", **body})
    house.settle()
    _define(house)
    _import(house)
    _ask(bo)
    _find_duplicates(house)
    _give_out_work(house)
    _talk(house, bo)
    _write(house)
    _stumble(house)


def _define(house: House) -> None:
    api(house, "PUT", "/segments/buyers", {"condition": BUYERS, "label": "Buyers", "about": "Who bought anything"})
    api(house, "PUT", "/computed-traits/bought", {"condition": ORDERS, "label": "Bought"})
    api(house, "POST", "/destinations", {"name": "Lake", "plugin": "files", "settings": {}})
    api(house, "POST", "/mapping", {"name": "Warranty Extended", "phase": "usage"})
    api(house, "POST", "/people/user_id:nat/merge", {"with": "user_id:till-77", "reason": "She said so."})
    house.settle()


def _import(house: House) -> None:
    """One file that waits for its mapping, and one that came in."""
    rows = b"email,name,bought\ncy@example.com,Cy,2024-01-01\nda@example.com,Da,never\n"
    api(house, "POST", "/imports?name=draft.csv", rows)
    started = api(house, "POST", "/imports?name=rows.csv", rows + b"ed@example.com,Ed,2024-01-03\n")
    api(house, "POST", f"/imports/{started['id']}/start", {"source": "old shop"})
    while imports.turn(house.database, house.config.data, lambda: False):
        pass
    house.settle()


def _ask(bo: Desk) -> None:
    bo.post("/data-requests", {"kind": "export", "person": "natalie@moreau.example"})
    bo.post("/data-requests", {"kind": "erase", "person": "email:cy@example.com"})


def _find_duplicates(house: House) -> None:
    for number, record in enumerate(synthetic(80)):
        traits = {name: value for name, value in record.items() if value and name not in ("id", "phone", "email")}
        house.post("/v1/identify", {"anonymousId": f"v{number}x", "traits": traits})
    house.settle()
    finding.run(house.database, house.hark.declared)


def _give_out_work(house: House) -> None:
    """Somebody's hours, a team that keeps them, what goes there and by when, and what is done by itself."""
    steps = [{"do": "tag", "add": ["smoke"]}]
    hours = {"zone": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}}
    declared: dict[str, dict[str, Any]] = {
        "calendar": {"label": "Workshop", **hours},
        "team": {"label": "Care", "calendar": "care"},
        "route": {"label": "Everything", "team": "care"},
        "promise": {"label": "Within a day", "calendar": "care", "first_answer": 86400},
        "automation": {"label": "Smoke", "on": ["message.received"], "steps": steps},
        "macro": {"label": "It smokes", "steps": steps},
    }
    for kind, body in declared.items():
        with house.database.transaction() as tx:
            work.declare(tx, kind, "care", body, by="hark")
        house.settle()


def _write(house: House) -> None:
    """A mail with its own look, by a mailbox that is an account here."""
    mailbox = house.add_source("help@", plugin="email", channel="email", settings={"address": "help@tidewell.example"})
    house.add_source("shop chat", plugin="webchat", channel="chat")
    mail = EmailMessage()
    mail["From"], mail["To"] = "Natalie Moreau <natalie@moreau.example>", "help@tidewell.example"
    mail["Subject"], mail["Message-ID"] = "E18", "<e18@moreau.example>"
    mail.set_content("It still shows E18")
    mail.add_alternative("<p>It <b>still</b> shows E18</p>", subtype="html")
    assert house.post("/v1/mail", mail.as_bytes(), key=mailbox.write_key).status_code == 202
    house.settle()


def _talk(house: House, bo: Desk) -> None:
    """Natalie writes in the chat; Bo has it, answers, keeps an answer ready and opens a case of it."""
    Visitor(house.database, add_chat(house.database), "nat", "Natalie Moreau").says("Ma machine affiche E18")
    house.settle()
    conversation, member = (house.query(f"select id from {table}")[0]["id"] for table in ("conversation", "member"))
    with house.database.transaction() as tx:
        act.assign(tx, conversation, by="hark", member=member)
        act.note(tx, conversation, "Who knows E18?", by=f"member:{member}")
        act.tag(tx, conversation, by="hark", add=["E18"])
        work.open_case(tx, "Send a seal", by="hark", conversation=conversation, member=member, priority=1)
    house.settle()
    case = house.query("select id from work_case")[0]["id"]
    with house.database.transaction() as tx:
        work.add_task(tx, case, "Ask the store", by="hark", member=member)
        work.note(tx, case, "In stock", by=f"member:{member}")
        texts = {"en": "Hello {{ person.first_name }}"}
        canned.keep(tx, None, "hello", "A hello", texts, by="hark", now=house.now())
    house.settle()


def _stumble(house: House) -> None:
    """An event on which a step fails."""

    def stumble(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
        raise ValueError("cannot digest this")

    steps, flow.KNOW = flow.KNOW, (stumble,)
    try:
        house.post("/v1/track", {"event": "Ping", "userId": "nat", "messageId": "stumble"})
        house.settle()
    finally:
        flow.KNOW = steps


def api(house: House, method: str, path: str, body: Any) -> Any:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    headers = {"prefer": "respond-async", "content-type": kind}
    reply = house.ask(method, f"/api/v1{quote(path, safe='/?=&:')}", content, headers)
    assert reply.status_code < 300, f"{method} {path}: {reply.text}"
    return reply.json() if reply.content else None


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address of the house's program, on a free port."""
    program: Any = app.web(house.config, house.hark.url)
    server = uvicorn.Server(uvicorn.Config(program, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
