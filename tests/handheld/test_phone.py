"""The phone app from the server's side: what it is given, and that each of its acts is carried out once."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from hark.cases import act as cases
from hark.conversations import act as conversations
from hark.testing.desk import Desk, words
from hark.testing.house import House, Reply
from hark.web.doorway import form_token
from hark.web.rights import Role
from tests.conversations.talk import Talk, chat, mail

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100


class Phone:
    """A member's phone: `send` posts acts as the app does."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def brief(self) -> Any:
        return self.desk.get("/phone/brief").json()

    def send(self, *acts: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.post("/phone/acts", msgspec.json.encode(acts), "application/json")
        assert reply.status_code == 200, reply.text
        self.desk.house.settle()
        results: list[dict[str, Any]] = reply.json()
        return results

    def upload(self, number: UUID, body: bytes, kind: str = "image/jpeg", name: str = "door.jpg") -> Reply:
        return self.post(
            f"/phone/files/{number}?{httpx.QueryParams(name=name, type=kind)}", body, "application/octet-stream"
        )

    def post(self, path: str, body: bytes, kind: str) -> Reply:
        headers = {
            "cookie": f"hark_session={self.desk.secret}",
            "x-form-token": form_token(self.desk.secret),
            "content-type": kind,
            "authorization": "",
        }
        return self.desk.house.ask("POST", path, body, headers)


@pytest.fixture
def talk(house: House) -> Talk:
    talk = Talk(house)
    talk.hear(mail("natalie@moreau.example", "My W-17 beeps", external_id="<1>"))
    return talk


@pytest.fixture
def phone(bo: Desk) -> Phone:
    return Phone(bo)


def note(talk: Talk, text: str, **fields: Any) -> dict[str, Any]:
    return act(talk, "note", data={"text": text}, **fields)


def act(talk: Talk, kind: str, **fields: Any) -> dict[str, Any]:
    known = talk.conversations()[0]
    return {
        "id": str(uuid4()),
        "kind": kind,
        "of": "conversation",
        "about": str(known.id),
        "seen": known.position,
        **fields,
    }


def test_the_brief_has_what_one_needs_on_the_way(phone: Phone, talk: Talk) -> None:
    brief = phone.brief()

    assert [one["preview"] for one in brief["conversations"]] == ["My W-17 beeps"]
    assert brief["conversations"][0]["person"]["email"] == "natalie@moreau.example"
    assert brief["me"]["name"] == "Bo the owner"


def test_a_brief_that_is_the_same_is_not_sent_again(phone: Phone, talk: Talk) -> None:
    first = phone.desk.get("/phone/brief")
    headers = {"cookie": f"hark_session={phone.desk.secret}", "if-none-match": first.headers["etag"]}

    again = phone.desk.house.ask("GET", "/phone/brief", headers=headers)

    assert (again.status_code, again.content) == (304, b"")


def test_an_act_sent_again_is_done_once_and_answered_the_same(phone: Phone, talk: Talk) -> None:
    said = note(talk, "The door lock is broken")

    first, second = phone.send(said), phone.send(said, said)

    assert first == second[:1] == second[1:]
    assert talk.texts() == ["My W-17 beeps", "The door lock is broken"]
    assert phone.brief()["done"] == [said["id"]]


def test_an_act_of_another_member_is_not_theirs_to_repeat(phone: Phone, talk: Talk) -> None:
    said = note(talk, "Mine")
    phone.send(said)

    other = Phone(phone.desk.as_(Role.AGENT))

    assert other.send(said)[0]["state"] == "refused"
    assert len(talk.texts()) == 2


def test_closing_what_the_customer_has_written_to_since_is_a_conflict_and_theirs_to_decide(
    phone: Phone, talk: Talk
) -> None:
    closing = act(talk, "close")
    talk.hear(mail("natalie@moreau.example", "It smells burnt!", 5, external_id="<2>"))

    assert phone.send(closing)[0] == {"id": closing["id"], "state": "conflict", "why": "written"}
    assert talk.conversations()[0].status == "open"

    assert phone.send({**closing, "force": True})[0]["state"] == "done"
    assert talk.conversations()[0].status == "closed"


def test_what_a_colleague_took_since_is_a_conflict(phone: Phone, talk: Talk, house: House) -> None:
    taking = act(talk, "take")
    with house.database.transaction() as tx:
        conversations.assign(tx, talk.conversations()[0].id, member=uuid4(), by="member:x")
    house.settle()

    assert phone.send(taking)[0]["why"] == "taken"


def test_what_cannot_be_done_is_refused_in_a_word_and_holds_nothing_back(phone: Phone, talk: Talk) -> None:
    gone = {**note(talk, "to nobody"), "about": str(uuid4())}
    strange = act(talk, "dance")
    unreachable = act(talk, "answer", data={"text": "Hello"})

    results = phone.send(gone, strange, unreachable, note(talk, "and on we go"))

    assert [(one["state"], one.get("why")) for one in results] == [
        ("refused", "gone"),
        ("refused", "wrong"),
        ("refused", "no-way"),
        ("done", None),
    ]


def test_a_photo_comes_before_its_note_and_goes_with_it(phone: Phone, talk: Talk) -> None:
    number = uuid4()

    assert phone.upload(number, JPEG).status_code == phone.upload(number, JPEG).status_code == 204
    phone.send(note(talk, "", files=[str(number)]))

    assert [(file.name, file.media_type, file.size) for file in talk.thread()[-1].files] == [
        ("door.jpg", "image/jpeg", 104)
    ]


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"MZ\x90", b"", b"PK\3\4"])
def test_only_photos_and_voice_notes_are_taken_whatever_they_are_called(phone: Phone, body: bytes) -> None:
    assert phone.upload(uuid4(), body, "image/jpeg").status_code == 422


def test_a_file_of_another_member_does_not_go_along(phone: Phone, talk: Talk) -> None:
    number = uuid4()
    Phone(phone.desk.as_(Role.AGENT)).upload(number, JPEG)

    assert phone.send(note(talk, "theirs?", files=[str(number)]))[0]["state"] == "refused"


def test_who_may_not_answer_may_look(phone: Phone, talk: Talk) -> None:
    analyst = Phone(phone.desk.as_(Role.ANALYST))

    assert len(analyst.brief()["conversations"]) == 1
    assert analyst.post("/phone/acts", b"[]", "application/json").status_code == 403


def test_the_app_is_a_list_without_script_and_nobodys_in_the_cache(phone: Phone, talk: Talk, house: House) -> None:
    assert "My W-17 beeps" in words(phone.desk.get("/phone"))

    shell = house.ask("GET", "/phone/shell")
    worker = house.ask("GET", "/phone/worker.js")

    assert "My W-17" not in shell.text
    assert "form-token" not in shell.text
    assert worker.headers["service-worker-allowed"] == "/phone"
    assert all(house.ask("GET", path).status_code == 200 for path in _kept(worker.text))


def _kept(worker: str) -> list[str]:
    head = worker.partition("\n")[0].removeprefix("const SHELL = ").rstrip(";")
    files: list[str] = msgspec.json.decode(head)["files"]
    return files


def test_chats_without_a_person_are_shown_too(phone: Phone, house: House) -> None:
    Talk(house).hear(chat("v-1", "Anybody there?"))

    assert phone.brief()["conversations"][0]["preview"] == "Anybody there?"


def _case(house: House, talk: Talk) -> dict[str, Any]:
    with house.database.transaction() as tx:
        number = cases.open_case(tx, "W-17 beeps", by="member:x", conversation=talk.conversations()[0].id)
    house.settle()
    return {"of": "case", "about": str(number)}


def test_a_case_is_followed_on_its_way_and_done_at_its_end(phone: Phone, talk: Talk, house: House) -> None:
    about = _case(house, talk)
    seen = phone.brief()["cases"][0]

    phone.send({"id": str(uuid4()), "kind": "progress", "seen": seen["position"], "data": {"to": "on_site"}, **about})
    on_site = phone.brief()["cases"][0]
    phone.send({"id": str(uuid4()), "kind": "note", "seen": 0, "data": {"text": "New lock"}, **about})
    told = phone.brief()["cases"][0]
    done = {"from": "on_site", "to": "done"}
    phone.send({"id": str(uuid4()), "kind": "progress", "seen": told["position"], "data": done, **about})

    assert (seen["progress"], on_site["progress"], told["notes"][0]["text"]) == (None, "on_site", "New lock")
    assert seen["person"]["email"] == "natalie@moreau.example"
    assert phone.brief()["cases"] == []


def test_a_case_that_somebody_moved_on_since_is_a_conflict(phone: Phone, talk: Talk, house: House) -> None:
    about = _case(house, talk)
    seen = phone.brief()["cases"][0]["position"]
    phone.send({"id": str(uuid4()), "kind": "progress", "seen": seen, "data": {"to": "accepted"}, **about})

    late = {"id": str(uuid4()), "kind": "progress", "seen": seen, "data": {"to": "en_route"}, **about}

    assert phone.send(late)[0]["why"] == "moved"
    assert phone.send({**late, "force": True})[0]["state"] == "done"
