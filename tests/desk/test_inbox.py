"""The inbox without a browser: looks and counts, answering by forms alone, drafts, notes that call, files, hostile input."""

import re
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import msgspec
import pytest

from hark.conversations import drafts, inbox, reading
from hark.conversations.inbox import Filters
from hark.model import Conversation, Message
from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web import access
from hark.web.rights import Role
from tests.desk.visitor import Visitor, add_chat

pytestmark = pytest.mark.filterwarnings("ignore")
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


class Acting(HTMLParser):
    """Finds what would do something: handlers of events, and addresses that are programs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}={value}" for name, value in attrs if name.startswith("on")]
        self.found += [f"{tag} {value}" for name, value in attrs if (value or "").lower().startswith("javascript:")]

    @classmethod
    def in_page(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.found


class Company:
    """A company with a chat on its site; Natalie has just written."""

    def __init__(self, house: House) -> None:
        self.house, self.chat = house, add_chat(house.database)
        self.natalie = self.visitor("u-natalie", "Natalie Moreau")
        self.natalie.says("Ma machine affiche E18")
        house.settle()

    def visitor(self, user: str, name: str) -> Visitor:
        traits = {"name": name, "email": f"{user}@moreau.example"}
        self.house.post("/v1/identify", {"userId": user, "traits": traits})
        self.house.settle()
        return Visitor(self.house.database, self.chat, user, name)

    def conversations(self, **narrowed: Any) -> list[Conversation]:
        with self.house.database.transaction() as tx:
            rows, _ = inbox.look(tx, Filters(statuses=("open", "waiting", "snoozed", "closed"), **narrowed))
        return [row.conversation for row in rows]

    @property
    def first(self) -> Conversation:
        return self.conversations()[-1]

    def thread(self) -> list[Message]:
        with self.house.database.transaction() as tx:
            return reading.thread(tx, self.first.id)[0]


@pytest.fixture
def company(house: House) -> Company:
    return Company(house)


@pytest.fixture
def agent(company: Company) -> Desk:
    return Desk(company.house, Role.AGENT)


def does(agent: Desk, company: Company, path: str, **values: str) -> None:
    """Sends a form and lets what follows from it happen."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("acting", "writing", "moving", "case_acts", "cases"):
            patch.setattr(f"hark.desk.{module}.wait_for", lambda *_: company.house.settle() or True)
        reply = agent.post(path, values)
    company.house.settle()
    assert reply.status_code in (200, 204, 303), reply.text


def test_her_message_is_where_nobody_has_it_yet(agent: Desk, company: Company) -> None:
    unassigned, mine = agent.get("/inbox?view=unassigned"), agent.get("/inbox?view=mine")

    assert "Ma machine affiche E18" in words(unassigned)
    assert "Ma machine affiche E18" not in words(mine)
    assert re.search(r'data-look="unassigned".*?count figures">1<', unassigned.text, re.DOTALL)


def test_a_look_gives_every_line_once_page_by_page(company: Company) -> None:
    for number in range(7):
        company.visitor(f"u-{number}", f"Somebody {number}").says(f"Hello {number}")
    company.house.settle()

    for order in ("newest", "waiting"):
        seen: list[UUID] = []
        before: str | None = None
        for _ in range(5):
            with company.house.database.transaction() as tx:
                rows, before = inbox.look(tx, Filters(order=order), UUID(int=1), 3, before)
            seen += [row.conversation.id for row in rows]
            if before is None:
                break

        assert len(seen) == 8 == len(set(seen))


def test_he_answers_and_closes_without_any_script(agent: Desk, company: Company) -> None:
    path = f"/conversations/{company.first.id}"
    does(agent, company, f"{path}/answer?view=all", kind="reply", text="Nettoyez le filtre.", then="close")

    assert [message.text for message in company.thread()] == ["Ma machine affiche E18", "Nettoyez le filtre."]
    assert company.first.status == "closed"
    assert "Nettoyez le filtre." in words(agent.get(path))


def test_a_key_says_it_once_however_often_the_line_breaks(agent: Desk, company: Company) -> None:
    for _ in range(2):
        does(agent, company, f"/conversations/{company.first.id}/answer", kind="reply", text="Bonjour", key="k-1")

    assert [message.text for message in company.thread()].count("Bonjour") == 1


def test_what_is_taken_back_is_a_draft_again_and_never_goes_out(agent: Desk, company: Company) -> None:
    does(agent, company, f"/conversations/{company.first.id}/answer", kind="reply", text="Too fast")
    does(agent, company, f"/messages/{company.thread()[-1].id}/withdraw")
    page = agent.get(f"/conversations/{company.first.id}")

    assert company.thread()[-1].state == "withdrawn"
    assert re.search(r"<textarea[^>]*>Too fast</textarea>", page.text)


def test_a_note_calls_a_colleague_and_reaches_nobody_outside(agent: Desk, company: Company) -> None:
    with company.house.database.transaction() as tx:
        aylin = access.add_member(
            tx, company.house.now(), email="aylin@x.example", name="Aylin Kaya", role=Role.AGENT, password="long enough"
        )
    does(agent, company, f"/conversations/{company.first.id}/answer", kind="note", text="@Aylin kannst du?")

    note = company.thread()[-1]
    with company.house.database.transaction() as tx:
        called = inbox.count(tx, inbox.LOOKS["mentions"], aylin)
    assert (note.direction, note.mentions, called) == ("note", (aylin,), 1)
    assert company.first.waiting_since is not None


def test_a_draft_survives_and_is_gone_once_it_is_said(agent: Desk, company: Company) -> None:
    path = f"/conversations/{company.first.id}"
    does(agent, company, f"{path}/draft", kind="reply", text="Half a thou")

    assert re.search(r"<textarea[^>]*>Half a thou</textarea>", agent.get(path).text)
    assert "Draft" in words(agent.get("/inbox?view=all"))

    does(agent, company, f"{path}/answer", kind="reply", text="Half a thought, finished")

    with company.house.database.transaction() as tx:
        members = {row["id"] for row in access.members(tx, company.house.now())}
        assert [drafts.drafts_of(tx, member, company.first.id) for member in members] == [{}] * len(members)


def test_assigning_sleeping_tagging_and_ranking_show_in_the_thread(agent: Desk, company: Company) -> None:
    path = f"/conversations/{company.first.id}"
    with company.house.database.transaction() as tx:
        bo = next(row["id"] for row in access.members(tx, company.house.now()))
    does(agent, company, f"{path}/assign", member=str(bo))
    does(agent, company, f"{path}/priority", priority="2")
    does(agent, company, f"{path}/tag", add="E18")
    does(agent, company, f"{path}/snooze", local="2031-01-01T09:00")

    told = words(agent.get(path))
    assert (company.first.member, company.first.priority, company.first.tags) == (bo, 2, ("E18",))
    assert company.first.status == "snoozed"
    assert "took it" in told
    assert "sleeps until" in told


def test_hostile_words_and_names_are_words(agent: Desk, company: Company) -> None:
    cy = company.visitor("u-cy", EVIL)
    cy.says(EVIL + " https://evil.example/\"onmouseover='x' javascript:alert(3)")
    company.house.settle()
    page = agent.get(f"/conversations/{company.conversations()[0].id}?view=all").text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert Acting.in_page(page) == []


def test_a_file_is_given_out_with_its_message_alone_and_never_runs(agent: Desk, company: Company) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    taken = agent.post("/attachments", {}, files={"files": ("../evil.svg", svg, "image/svg+xml")})
    [file] = msgspec.json.decode(taken.content)["files"]
    does(
        agent,
        company,
        f"/conversations/{company.first.id}/answer",
        kind="reply",
        file=msgspec.json.encode(file).decode(),
    )
    mine, other = company.thread()[-1], company.thread()[0]

    given = agent.get(f"/messages/{mine.id}/files/{file['id']}?inline=1")

    assert (given.content, given.headers["content-type"]) == (svg, "application/octet-stream")
    assert given.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in given.headers["content-security-policy"]
    assert "/" not in file["name"]
    assert agent.get(f"/messages/{other.id}/files/{file['id']}").status_code == 404


def test_a_view_is_kept_under_a_name_with_its_count(agent: Desk, company: Company) -> None:
    saved = agent.post("/inbox/views?view=all&channel=chat", {"name": "Chats"})
    page = agent.get(saved.headers["location"])

    assert "Chats" in words(page)
    assert "Ma machine affiche E18" in words(page)
    assert Desk(company.house, Role.MANAGER).get(saved.headers["location"]).text.count("Chats") == 0


def test_a_canned_answer_is_filled_in_their_language_and_learns(agent: Desk, company: Company) -> None:
    texts = {
        "text-en": "Hello {{ person.first_name | there }}",
        "text-fr": "Bonjour {{ person.first_name }} {{ me.nothing | ! }}",
    }
    agent.post("/canned-answers/00000000-0000-0000-0000-000000000000", {"shortcut": "hi", "title": "A hello", **texts})
    agent.post(
        "/canned-answers/00000000-0000-0000-0000-000000000000", {"shortcut": "bye", "title": "Zzz", "text-en": "Bye"}
    )
    path = f"/conversations/{company.first.id}/canned.json"
    offered = msgspec.json.decode(agent.get(path).content)

    assert [one["shortcut"] for one in offered] == ["hi", "bye"]
    assert offered[0]["text"] == "Bonjour Natalie !"

    agent.post(f"/canned-answers/{offered[1]['id']}/used")

    assert [one["shortcut"] for one in msgspec.json.decode(agent.get(path).content)] == ["bye", "hi"]


def test_a_case_is_opened_from_her_conversation_worked_on_and_closed(agent: Desk, company: Company) -> None:
    does(agent, company, "/cases/new", subject="Send a seal", conversation=str(company.first.id), priority="1")
    [case] = company.house.query("select id, conversation, priority from work_case")
    does(agent, company, f"/cases/{case['id']}/tasks", text="Ask the store")
    does(agent, company, f"/cases/{case['id']}/note", text="In stock")
    [task] = company.house.query("select id from case_task")
    does(agent, company, f"/tasks/{task['id']}/done")
    does(agent, company, f"/cases/{case['id']}/close", resolution="Sent")

    told = words(agent.get(f"/cases/{case['id']}"))
    assert (case["conversation"], case["priority"]) == (company.first.id, 1)
    assert all(part in told for part in ("Natalie Moreau", "Ask the store", "In stock", "Sent"))
    assert "Send a seal" in words(agent.get("/cases?list=closed"))


def test_what_was_said_is_found(agent: Desk, company: Company) -> None:
    found = agent.get("/find?q=affiche")

    assert "<mark>affiche</mark>" in found.text
    assert "Natalie Moreau" in words(found)
    assert "Nothing found" in words(agent.get("/find?q=xyzzy"))
