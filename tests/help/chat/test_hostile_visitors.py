"""Visitors who mean harm: floods, huge messages, forged secrets and names, files that are not what they say."""

import base64
import gzip
import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hark.help.chat import guest, limits
from hark.help.chat.guest import Guest
from hark.help.chat.limits import Buckets, Limit
from hark.help.chat.script import LOADER
from hark.help.chat.talk import retold
from hark.kit import clock
from hark.model import Identity, Source
from hark.testing.house import House, Reply
from hark.web import customers, static
from hark.web.presence import Presence

SALT = b"s" * 32
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10" + b"\0" * 40


class Stranger:
    """Somebody at the chat's door."""

    def __init__(self, house: House, source: Source) -> None:
        self.house, self.source = house, source
        self.visitor = self.ask("hello").json()["visitor"]

    def ask(self, what: str, headers: dict[str, str] | None = None, **body: Any) -> Reply:
        content = body.pop("content", None) or msgspec.json.encode(body)
        return self.house.ask("POST", f"/chat/{self.source.id}/{what}", content, headers)

    def say(self, text: str = "", id: str = "1", **more: Any) -> dict[str, Any]:
        item = {"is": "message", "id": id, "text": text, **more}
        answers: list[dict[str, Any]] = self.ask("say", visitor=self.visitor, items=[item]).json()["answers"]
        return answers[0]

    def thread(self) -> list[dict[str, Any]]:
        self.house.settle()
        told: list[dict[str, Any]] = self.ask("hello", visitor=self.visitor).json()["changes"]
        return told


@pytest.fixture
def source(house: House) -> Source:
    return house.add_source("chat", plugin="webchat", channel="chat")


@pytest.fixture
def cy(house: House, source: Source) -> Stranger:
    return Stranger(house, source)


def file(name: str, body: bytes) -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(body).decode()}


def test_what_is_said_is_recorded_before_it_is_acknowledged(cy: Stranger, house: House) -> None:
    answer = cy.say("hello")

    assert answer["ack"] == "1"
    assert house.query("select count(*) as n from raw where plugin = 'webchat'") == [{"n": 1}]


def test_the_same_message_again_is_the_same_message(cy: Stranger) -> None:
    cy.say("hello")
    cy.say("hello")
    cy.say("something else under the same id")

    assert [change["text"] for change in cy.thread() if change["kind"] == "message"] == ["hello"]


def test_nobody_can_take_the_message_ids_of_another(house: House, source: Source, cy: Stranger) -> None:
    other = Stranger(house, source)
    other.say("first", id="x")
    cy.say("second", id="x")

    assert [change["text"] for change in cy.thread() if change["kind"] == "message"] == ["second"]


@pytest.mark.parametrize("token", ["", "x.y", "e30.AAAA", "a" * 5000, None, 7, "."])
def test_a_secret_that_we_did_not_write_opens_nothing(cy: Stranger, token: Any) -> None:
    assert cy.ask("say", visitor=token, items=[]).status_code == 403
    assert cy.ask("poll", visitor=token, since=0, wait=0).status_code == 403


def test_a_secret_opens_one_chat_for_a_while() -> None:
    now = clock.now()
    natalie = guest.known(guest.fresh(now), Identity("user_id", "u-1"), now)
    token = guest.seal(natalie, "src_a", SALT)
    mac = token.rpartition(".")[2]
    forged = base64.urlsafe_b64encode(msgspec.json.encode(Guest(natalie.visitor, now, Identity("user_id", "u-2"))))

    assert guest.unseal(token, "src_a", SALT, now) == natalie
    assert guest.unseal(token, "src_b", SALT, now) is None
    assert guest.unseal(token, "src_a", b"t" * 32, now) is None
    assert guest.unseal(token, "src_a", SALT, now + timedelta(hours=13)) is None
    assert guest.unseal(f"{forged.decode().rstrip('=')}.{mac}", "src_a", SALT, now) is None


@settings(max_examples=200, deadline=None)
@given(st.text() | st.binary().map(lambda body: base64.urlsafe_b64encode(body).decode() + ".AAAA"))
def test_any_text_is_read_as_no_secret(text: str) -> None:
    assert guest.unseal(text, "src_a", SALT, clock.now()) is None


def test_another_account_in_the_same_browser_is_another_visitor() -> None:
    now = clock.now()
    first = guest.known(guest.fresh(now), Identity("user_id", "u-1"), now)

    assert guest.known(first, Identity("user_id", "u-2"), now).visitor != first.visitor


def test_an_email_in_the_form_shows_nobody_elses_thread(house: House, source: Source, cy: Stranger) -> None:
    natalie = Stranger(house, source)
    natalie.say("my order T-1 is late", contact={"email": "natalie@example.com"})
    cy.say("hi", contact={"email": "natalie@example.com"})

    assert [change["text"] for change in cy.thread() if change["kind"] == "message"] == ["hi"]
    assert len(house.query("select distinct anchor from conversation")) == 2


def test_a_forged_word_of_the_site_makes_nobody_known(house: House, source: Source, cy: Stranger) -> None:
    with house.database.transaction() as tx:
        customers.new_secret(tx, source.id, clock.now())
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    claims = base64.urlsafe_b64encode(msgspec.json.encode({"iss": source.id, "aud": "hark", "sub": "u-1"})).decode()

    told = cy.ask("hello", identity=f"{header}.{claims.rstrip('=')}.").json()

    assert told["known"] is False
    assert "identity_refused" in told


def test_a_flood_is_slowed_down_and_told_when_to_come_back(cy: Stranger) -> None:
    answers = [cy.say(f"spam {number}", id=str(number)) for number in range(40)]
    later = [answer for answer in answers if "later" in answer]

    assert len(answers) - len(later) == limits.MESSAGES.most
    assert all(answer["after"] > 0 for answer in later)


def test_buckets_fill_again_and_forget_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 100)
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    limit = Limit(2, 10)
    waits = [buckets.take(limit, "x", "cy") for _ in range(3)]
    now[0] = 5.0

    assert waits == [0, 0, 5.0]
    assert buckets.take(limit, "x", "cy") == 0
    for number in range(1000):
        buckets.take(limit, "x", str(number))
    assert len(buckets._left) == 100


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"text": "x" * 10_001}, "too_long"),
        ({"text": "  \n "}, "empty"),
        ({"text": ["a"]}, "not_understood"),
        ({"text": "a", "is": "conversation.closed"}, "not_understood"),
        ({"text": "a", "files": [{"name": "x", "data": 7}]}, "not_understood"),
        ({"text": "a", "files": [file("x", b"1")] * 6}, "too_many_files"),
        ({"text": "a", "files": [file("x", b"1" * 10_000_100)]}, "too_large"),
    ],
)
def test_what_is_too_much_is_refused_with_a_word_for_it(cy: Stranger, item: dict[str, Any], why: str) -> None:
    assert cy.say(**item)["why"] == why


def test_a_body_beyond_all_limits_is_not_read(cy: Stranger) -> None:
    assert cy.ask("say", content=b"[" + b"1," * 8_000_000 + b"1]").status_code == 413


def test_a_packed_body_is_not_unpacked(cy: Stranger) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)

    assert cy.ask("say", content=bomb, headers={"content-encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 50_000, b'{"visitor":{}}'])
def test_any_bytes_are_answered(cy: Stranger, content: bytes) -> None:
    for what in ("hello", "say", "poll", "transcript"):
        assert 200 <= cy.ask(what, content=content or b" ").status_code < 500


def test_a_picture_is_shown_and_a_script_is_saved(cy: Stranger, house: House) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    cy.say("see", files=[file("<b>cat</b>.png", PNG), file("cat.svg", svg), file("x.html", b"<script>1</script>")])
    [message] = [change for change in cy.thread() if change["kind"] == "message"]
    served = [house.ask("GET", one["url"]) for one in message["files"]]

    assert [one["shown"] for one in message["files"]] == [True, False, False]
    assert [reply.headers["content-type"] for reply in served] == ["image/png", *["application/octet-stream"] * 2]
    assert [reply.headers["content-disposition"].split(";")[0] for reply in served] == ["inline", *["attachment"] * 2]
    assert all("sandbox" in reply.headers["content-security-policy"] for reply in served)
    assert all(reply.headers["x-content-type-options"] == "nosniff" for reply in served)
    assert "<b>" not in message["files"][0]["name"]


def test_the_address_of_a_file_cannot_be_guessed_or_changed(cy: Stranger, house: House) -> None:
    cy.say("see", files=[file("cat.png", PNG)])
    [message] = [change for change in cy.thread() if change["kind"] == "message"]
    _, _, _, id, kind, ends, mac, name = message["files"][0]["url"].split("/")
    tries = [
        f"/chat/file/{id}/text~html/{ends}/{mac}/{name}",
        f"/chat/file/{id}/{kind}/{int(ends) + 86400}/{mac}/{name}",
        f"/chat/file/{'0' * 64}/{kind}/{ends}/{mac}/{name}",
        f"/chat/file/{id}/{kind}/{ends}/{'A' * len(mac)}/{name}",
        f"/chat/file/{id}",
        "/chat/file/..%2f..%2fetc",
    ]

    assert [house.ask("GET", path).status_code for path in tries] == [404] * len(tries)


def test_what_is_quarantined_is_not_given_out(cy: Stranger, house: House) -> None:
    cy.say("see", files=[file("cat.png", PNG)])
    [message] = [change for change in cy.thread() if change["kind"] == "message"]
    house_files(house, "quarantined")

    assert house.ask("GET", message["files"][0]["url"]).status_code == 404


def house_files(house: House, state: str) -> None:
    with house.database.transaction() as tx:
        tx.connection.execute("update file set state = %s", (state,))


def test_a_site_that_is_not_listed_may_not_show_the_chat(house: House) -> None:
    listed = house.add_source("listed", plugin="webchat", channel="chat", settings={"sites": ["https://shop.example"]})
    replies = [
        house.ask("POST", f"/chat/{listed.id}/hello", b"{}", {"origin": origin})
        for origin in ("https://shop.example", "https://evil.example", "null")
    ]

    assert [reply.status_code for reply in replies] == [200, 403, 403]


def test_a_source_of_another_kind_is_no_chat(house: House) -> None:
    assert house.ask("POST", f"/chat/{house.source.id}/hello", b"{}").status_code == 404
    assert house.ask("GET", f"/chat/{house.source.id}.js").status_code == 404


def test_a_transcript_carries_no_strangers_words_to_strangers(cy: Stranger, house: House) -> None:
    cy.say("buy at https://spam.example")
    house.settle()

    assert cy.ask("transcript", visitor=cy.visitor, email="victim@example.com").status_code in (400, 422)
    assert house.query("select count(*) as n from letter") == [{"n": 0}]


def test_visitors_see_members_type_but_neither_notes_nor_each_other() -> None:
    def told(kind: str, **by: str) -> Any:
        return retold(Presence(topic="conversation:7", kind=kind, line="a", by=by))

    assert told("typing", member="m", name="Bo") == ("typing:7", '{"typing":"7","name":"Bo"}')
    assert told("noting", member="m", name="Bo") is None
    assert told("viewing", member="m", name="Bo") is None
    assert told("typing", visitor="v") is None


def test_the_loader_and_the_panel_are_small() -> None:
    panel = [
        path for path in static._files() if path.startswith("chat/") and "texts/" not in path and "loader" not in path
    ]
    sizes = [len(static.packed(path)) for path in [*panel, "chat/texts/ar.js"]]

    assert len(gzip.compress(LOADER.read_bytes(), 9)) <= 6_000
    assert sum(sizes) <= 45_000


def test_no_inline_script_is_needed_anywhere() -> None:
    strict = re.compile("eval\\(|new Function|style=|onclick=")
    found = [path for path, (body, _) in static._files().items() if "chat/" in path and strict.search(body.decode())]

    assert found == []
