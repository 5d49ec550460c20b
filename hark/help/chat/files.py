"""Files of a thread, for whoever holds an address that we signed: pictures to look at, everything else to save."""

import hmac
from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from hark.errors import NotFound
from hark.events import files
from hark.help.chat.guest import file_mac
from hark.kit.contents import SHOWN, file_name
from hark.store import Database

# Nothing that a visitor sent runs in our name, even where a browser would like to.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Found(Struct, frozen=True):
    body: bytes
    media_type: str
    headers: dict[str, str]


def address(id: str, media_type: str, name: str, ends: int, salt: bytes) -> str:
    mac = file_mac((id, media_type, str(ends)), salt)
    return f"/chat/file/{id}/{media_type.replace('/', '~')}/{ends}/{mac}/{quote(file_name(name), safe='')}"


def read(database: Database, salt: bytes, parts: list[str], now: datetime) -> Found:
    """NotFound whatever is wrong: a guessed address learns nothing."""
    if len(parts) != 5:
        raise NotFound("there is no such file")
    id, kind, ends, mac, name = parts
    media_type = kind.replace("~", "/")
    right = file_mac((id, media_type, ends), salt)
    if not _same(right, mac) or not ends.isdigit() or int(ends) < now.timestamp():
        raise NotFound("there is no such file, or its address is too old: open the chat again")
    with database.transaction() as tx:
        state = files.state(tx, id)
        body = files.body(tx, id) if state not in (None, "quarantined") else None
    if body is None:
        raise NotFound("there is no such file")
    shown = media_type in SHOWN
    headers = {
        "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file_name(name), safe='')}",
        "content-security-policy": POLICY,
        "cache-control": "private, max-age=86400",
        "referrer-policy": "no-referrer",
    }
    return Found(body, media_type if shown else "application/octet-stream", headers)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
