"""What our own mail server found out about the sender (RFC 8601), and how far that lets us believe them.

Anybody may write an Authentication-Results field, so only those count that bear the name of our server; the server takes
forged ones out. Without that name nothing is known, and the sender is who they claim to be.
"""

import re
from typing import Literal

from msgspec import Struct

from hark.plugins.email.headers import Headers

Trust = Literal["verified", "claimed", "unverified"]
_RESULT = re.compile(r"^\s*(dkim|spf|dmarc)\s*=\s*([a-z]{1,20})(.*)$", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_DOMAIN = re.compile(r"(header\.d|header\.i|smtp\.mailfrom|header\.from)\s*=\s*\"?([^\s;\"]{1,300})", re.IGNORECASE)


class Checked(Struct, frozen=True, kw_only=True):
    """Results as the server wrote them: pass, fail, softfail, neutral, none …; empty where it says nothing."""

    dkim: str = ""
    spf: str = ""
    dmarc: str = ""


def check(headers: Headers, server: str, sender: str) -> tuple[Checked, Trust]:
    """What was found, and how far `sender` is to be believed. `server` is our authserv-id, empty where none is set."""
    found: dict[str, str] = {}
    aligned = False
    for field in headers.all("authentication-results") if server else ():
        name, _, rest = _COMMENT.sub(" ", field).partition(";")
        if name.split()[:1] != [server] and name.strip().lower() != server.lower():
            continue
        for piece in rest.split(";")[:50]:
            if match := _RESULT.match(piece):
                method, result = match[1].lower(), match[2].lower()
                aligned = aligned or (method != "dmarc" and result == "pass" and _aligned(match[3], sender))
                # Several signatures: one that holds is enough.
                found[method] = result if found.get(method) != "pass" else "pass"
    return Checked(**found), _trust(found, aligned)


def _trust(found: dict[str, str], aligned: bool) -> Trust:
    dmarc = found.get("dmarc", "")
    if dmarc == "pass":
        return "verified"
    if dmarc == "fail":
        return "unverified"
    return "verified" if aligned else "claimed"


def _aligned(text: str, sender: str) -> bool:
    """Whether what was checked is the domain that the sender shows, or one above it."""
    domain = sender.rpartition("@")[2].lower()
    for _, value in _DOMAIN.findall(text):
        checked = value.rpartition("@")[2].lower().rstrip(".")
        if checked.count(".") and (domain == checked or domain.endswith(f".{checked}")):
            return True
    return False
