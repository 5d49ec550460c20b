"""The script of a chat: the loader with the settings of its source in it, one file for one line on any site."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hark.help.chat.asked import Scope, Send, answer, header
from hark.help.chat.hello import Chat
from hark.web import static

LOADER = Path(__file__).parent.parent / "static" / "chat" / "loader.js"
SETTINGS = b"/* settings */ {}"
KEPT = "public, max-age=300"  # seconds until changed settings are seen everywhere


class Scripts:
    async def loader(self, scope: Scope, chat: Chat, send: Send) -> None:
        body = script(msgspec.json.encode(settings(chat)))
        headers = {"cache-control": KEPT, "vary": "accept-encoding"}
        if "gzip" in header(scope, b"accept-encoding"):
            body, headers["content-encoding"] = _packed(body), "gzip"
        await answer(send, body, kind="text/javascript; charset=utf-8", headers=headers)


def settings(chat: Chat) -> dict[str, Any]:
    """What the widget knows before anybody has opened it; nothing here is secret."""
    config = chat.config
    return {
        "source": chat.source.id,
        "panel": f"/static/{static.version()}/chat/panel.js",
        "words": config.words,
        "colour": config.colour,
        "corner": config.corner,
        "questions": config.questions,
        "topics": config.topics,
        "greets": bool(config.greetings),
        "files": config.files,
        "rating": config.rating,
        "transcript": config.transcript,
        "callback": config.callback,
        "privacy": config.privacy,
    }


def script(told: bytes) -> bytes:
    return _loader().replace(SETTINGS, told, 1)


@cache
def _loader() -> bytes:
    return LOADER.read_bytes()


@cache
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
