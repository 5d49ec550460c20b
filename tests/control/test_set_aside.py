"""What was set aside is shown with its reason, and tried again by hand."""

from typing import Any

import pytest

from hark import flow
from hark.model import Context, Declared
from hark.store import Transaction
from hark.testing.desk import Desk
from hark.testing.house import House


def test_an_event_set_aside_is_shown_and_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
        raise ValueError("cannot digest <b>this</b>")

    with monkeypatch.context() as broken:
        broken.setattr(flow, "KNOW", (stumble,))
        house.post("/v1/track", {"event": "Ping", "userId": "natalie", "messageId": "m1"})
        house.settle()
    desk: Any = Desk(house)
    shown = desk.get("/set-aside").text
    desk.post("/set-aside", {})

    assert "cannot digest &lt;b&gt;this" in shown
    assert "Nothing is set aside" in desk.get("/set-aside").text
    assert house.person("user_id:natalie")["counts"] == {"Ping": 1}


def test_what_was_done_is_told_once(house: House) -> None:
    desk = Desk(house)
    desk.post("/set-aside", {})

    assert "0 of 0 went through" in desk.get("/people").text
    assert "went through" not in desk.get("/people").text
