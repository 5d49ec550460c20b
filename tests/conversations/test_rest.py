"""Conversations over REST: read, answered once under one key, files that run nothing, nothing without the scope."""

from typing import Any
from uuid import uuid4

import pytest

from hark.events import files
from hark.testing.house import House, Reply
from tests.conversations.conftest import Office
from tests.conversations.talk import Talk, mail

ANN = "ann@example.com"


class Api:
    def __init__(self, house: House, office: Office) -> None:
        self.house, self.talk = house, Talk(house)
        source = house.add_source("letters", plugin="postbox", settings={"url": office.url})
        self.talk.hear(mail(ANN, "The washer leaks", source=source.id, subject="Washer"))
        self.id = str(self.talk.conversations()[0].id)

    def get(self, path: str) -> Any:
        reply = self.house.ask("GET", f"/api/v1{path}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Reply:
        import msgspec

        sent = {"prefer": "respond-async", "content-type": "application/json", **headers}
        reply = self.house.ask("POST", f"/api/v1{path}", msgspec.json.encode(body or {}), sent)
        self.house.settle()
        return reply


@pytest.fixture
def api(post_house: House, office: Office) -> Api:
    return Api(post_house, office)


def test_an_inbox_a_thread_and_an_answer(api: Api) -> None:
    answered = api.post(f"/conversations/{api.id}/answer", {"text": "Where?"}, **{"idempotency-key": "k"})
    again = api.post(f"/conversations/{api.id}/answer", {"text": "Where?"}, **{"idempotency-key": "k"})
    [listed] = api.get("/conversations?status=waiting")["conversations"]
    whole = api.get(f"/conversations/{api.id}")

    assert (answered.status_code, answered.json()["id"]) == (202, again.json()["id"])
    assert listed["conversation"]["id"] == api.id
    assert listed["person"] is not None
    assert [message["text"] for message in whole["messages"]] == ["The washer leaks", "Where?"]
    assert api.get("/conversations/counts")["waiting"] == 1


def test_everything_that_is_done_with_one(api: Api) -> None:
    member = str(uuid4())
    for what, body in (
        ("assign", {"member": member, "team": "repairs"}),
        ("tags", {"add": ["leak"]}),
        ("priority", {"priority": 2}),
        ("title", {"subject": "It leaks"}),
        ("notes", {"text": "@bo look", "mentions": [member]}),
        ("read", {"until": 99, "member": member}),
        ("snooze", {"until": "2099-01-01T08:00:00Z"}),
        ("reopen", {}),
        ("close", {"reason": "done"}),
    ):
        assert api.post(f"/conversations/{api.id}/{what}", body).status_code == 202, what
    known = api.get(f"/conversations/{api.id}")
    mentioned = api.get(f"/conversations?mentions={member}&status=closed")["conversations"]

    assert known["conversation"]["status"] == "closed"
    assert known["conversation"]["member"] == member
    assert known["seen"] == {f"member:{member}": 99}
    assert len(mentioned) == 1


def test_pages_of_a_list_follow_each_other_without_gaps(api: Api) -> None:
    api.talk.log([mail(f"c{n}@example.com", f"Letter {n}", n) for n in range(7)])
    api.house.settle()
    found, path = [], "/conversations?limit=3"
    while path:
        page = api.get(path)
        found += [one["conversation"]["preview"] for one in page["conversations"]]
        path = f"/conversations?limit=3&before={page['next']}" if page["next"] else ""

    assert len(found) == len(set(found)) == 8


def test_search_finds_words_beginnings_and_only_where_asked(api: Api) -> None:
    api.talk.hear(mail("bob@example.com", "My oven smells of <b>washers</b>", 5))
    one = api.get("/conversations/search?words=wash")["hits"]
    exact = api.get('/conversations/search?words="washer+leaks"')["hits"]
    without = api.get("/conversations/search?words=oven+-washers+")["hits"]
    closed = api.get("/conversations/search?words=washer&status=closed")["hits"]

    assert [hit["message"]["author"] for hit in one] == ["person", "person"]
    assert "\x02washers\x03" in one[0]["excerpt"]
    assert [hit["message"]["text"] for hit in exact] == ["The washer leaks"]
    assert (without, closed) == ([], [])


def test_a_file_goes_with_a_note_and_is_handed_out_as_a_download(api: Api) -> None:
    name = "pic.svg?media_type=image/svg%2Bxml"
    kept = api.house.ask(
        "POST",
        "/api/v1/conversations/files?name=pic.svg&media_type=image/svg%2Bxml",
        b"<svg onload=alert(1)>",
        {"content-type": "application/octet-stream"},
    )
    assert kept.status_code == 201, (name, kept.text)
    note = api.post(f"/conversations/{api.id}/notes", {"text": "look", "files": [kept.json()]}).json()["id"]
    path = f"/api/v1/messages/{note}/files/{kept.json()['id']}"
    handed = api.house.ask("GET", path)
    with api.house.database.transaction() as tx:
        files.judge(tx, kept.json()["id"], "quarantined")
    held = api.house.ask("GET", path)
    foreign = api.house.ask("GET", f"/api/v1/messages/{api.talk.thread()[0].id}/files/{kept.json()['id']}")

    assert handed.content == b"<svg onload=alert(1)>"
    assert handed.headers["content-type"] == "application/octet-stream"
    assert handed.headers["content-disposition"].startswith('attachment; filename="pic.svg"')
    assert handed.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in handed.headers["content-security-policy"]
    assert (held.status_code, foreign.status_code) == (403, 404)


def test_merge_split_and_restore(api: Api) -> None:
    api.talk.hear(mail("bob@example.com", "Mine too", 5))
    other = next(str(c.id) for c in api.talk.conversations() if str(c.id) != api.id)
    change = api.post(f"/conversations/{api.id}/merge", {"conversations": [other]}).json()["id"]
    together = api.get(f"/conversations/{other}")
    api.post("/conversations/restore", {"change": change})

    assert (together["conversation"]["id"], len(together["messages"])) == (api.id, 2)
    assert [one["id"] for one in together["moved"]] == [change]
    assert len(api.get(f"/conversations/{api.id}")["messages"]) == 1
    assert api.post("/conversations/restore", {"change": change}).status_code == 409


def test_writing_first_begins_a_conversation(api: Api) -> None:
    source = api.talk.thread()[0].source
    body = {"text": "Your part is here", "source": source, "to": {"kind": "email", "value": "new@example.com"}}
    begun = api.post("/conversations", body).json()["id"]
    known = api.get(f"/conversations/{begun}")

    assert known["conversation"]["status"] == "waiting"
    assert known["messages"][0]["state"] == "queued"
    api.talk.hear(mail("new@example.com", "Great", 60 * 24 * 30))
    assert len(api.get(f"/conversations/{begun}")["messages"]) == 2
