"""A conversation as a letter to its visitor. It waits for the e-mail channel, as every letter does."""

from datetime import datetime, timedelta
from typing import Any

from hark.errors import Rejected
from hark.help.chat.limits import Limit
from hark.people.kinds import spell_email
from hark.store import Transaction
from hark.web import customers

LIMIT = Limit(3, 3600)  # of one visitor
LIMIT_OF_ADDRESS = Limit(20, 3600)
LASTS = timedelta(days=7)
# By language: what the letter is called, and what it calls its reader.
WORDS = {
    "en": ("Our conversation", "You"),
    "de": ("Unsere Unterhaltung", "Sie"),
    "fr": ("Notre conversation", "Vous"),
    "es": ("Nuestra conversación", "Usted"),
    "it": ("La nostra conversazione", "Tu"),
    "pt": ("A nossa conversa", "Você"),
    "nl": ("Ons gesprek", "U"),
    "ar": ("محادثتنا", "أنت"),
}


def write(tx: Transaction, lines: list[dict[str, Any]], asked: dict[str, Any], title: str, now: datetime) -> None:
    """Rejected where the address is none, or nobody of ours has written: we carry no stranger's words to strangers."""
    email = spell_email(str(asked.get("email") or "")[:254])
    if email is None:
        raise Rejected("this is no e-mail address")
    messages = [line for line in lines if line["kind"] == "message"]
    if not any(not line["mine"] for line in messages):
        raise Rejected("nobody has answered yet")
    called, you = WORDS.get(str(asked.get("language"))[:2], WORDS["en"])
    body = "\n\n".join(_said(line, title, you) for line in messages)
    customers.write_letter(tx, now, email, f"{called}: {title}"[:200], body, now + LASTS)


def _said(line: dict[str, Any], title: str, you: str) -> str:
    who = you if line["mine"] else (line.get("by") or {}).get("name") or title
    files = "".join(f"\n[{file['name']}]" for file in line.get("files", []))
    return f"{who}, {line['at']:%Y-%m-%d %H:%M} UTC\n{line['text']}{files}"
