"""The book of acts: each id is carried out once, and whoever asks again is told what came of it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from hark.errors import Forbidden, Rejected
from hark.events import files as kept
from hark.kit.text import clean
from hark.model import Attached, File
from hark.store import Queries, Transaction

queries = Queries(__file__)
KEPT = timedelta(days=31)
# What a phone may attach, by the first bytes of it: what a browser calls a file is a claim.
_STARTS: tuple[tuple[int, bytes, tuple[str, ...]], ...] = (
    (0, b"\xff\xd8\xff", ("image/jpeg",)),
    (0, b"\x89PNG\r\n", ("image/png",)),
    (8, b"WEBP", ("image/webp",)),
    (0, b"\x1aE\xdf\xa3", ("audio/webm",)),
    (4, b"ftyp", ("audio/mp4",)),
    (0, b"OggS", ("audio/ogg",)),
)


class Act(Struct, frozen=True, kw_only=True):
    """One thing that a member did. `seen` is the position of what they looked at; `force`: do it although it has changed."""

    id: UUID
    kind: str
    of: Literal["conversation", "case"]
    about: UUID
    seen: int = 0
    at: str = ""
    data: dict[str, Any] = {}
    files: tuple[UUID, ...] = ()
    force: bool = False


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """done | conflict | refused | again; `why` is a word that the app has a sentence for."""

    id: UUID
    state: str
    why: str | None = None
    event: UUID | None = None


class Conflict(Exception):
    """It has changed since the member looked: `why` says how. They decide."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def once(tx: Transaction, act: Act, member: UUID, now: datetime, do: Callable[[], UUID | None]) -> Result:
    """Carry it out in this transaction, or say what came of it before. A Conflict leaves nothing behind."""
    tx.one(queries.hold, id=act.id)
    row = tx.one(queries.find_act, id=act.id)
    if row is not None:
        if row["member"] != member:
            raise Forbidden("this act is another member's")
        return Result(id=act.id, state=row["state"], why=row["why"], event=row["event"])
    event = do()
    tx.run(queries.keep_act, id=act.id, member=member, state="done", why=None, event=event, now=now)
    return Result(id=act.id, state="done", event=event)


def refuse(tx: Transaction, act: Act, member: UUID, now: datetime, why: str) -> Result:
    tx.one(queries.hold, id=act.id)
    if tx.one(queries.find_act, id=act.id) is None:
        tx.run(queries.keep_act, id=act.id, member=member, state="refused", why=why, event=None, now=now)
    return Result(id=act.id, state="refused", why=why)


def keep_file(
    tx: Transaction, number: UUID, member: UUID, name: str, media_type: str, body: bytes, now: datetime
) -> None:
    """The same id again changes nothing. Rejected where it is neither a photo nor a voice note."""
    if tx.one(queries.find_file, id=number) is not None:
        return
    checked = kind_of(body, media_type)
    file = kept.put(tx, [Attached(name=clean(name)[:200] or "file", media_type=checked, body=body)], now)[0]
    tx.run(
        queries.keep_file,
        id=number,
        member=member,
        file=file.id,
        name=file.name,
        media_type=checked,
        size=file.size,
        now=now,
    )


def files_of(tx: Transaction, member: UUID, ids: Sequence[UUID]) -> tuple[File, ...]:
    """In the order asked for; only the member's own."""
    found = {row["id"]: row for row in tx.all(queries.files_of, ids=list(ids), member=member)}
    if missing := [number for number in ids if number not in found]:
        raise Rejected(f"{len(missing)} files of this act have not arrived", status=409)
    return tuple(
        File(id=row["file"], name=row["name"], media_type=row["media_type"], size=row["size"])
        for row in (found[number] for number in ids)
    )


def tidy(tx: Transaction, now: datetime) -> int:
    return tx.run(queries.drop_old_acts, before=now - KEPT)


def kind_of(body: bytes, claimed: str) -> str:
    """The media type by the bytes themselves; an mp4 or webm of a voice note is a sound, whatever it is called."""
    for offset, start, kinds in _STARTS:
        if body[offset : offset + len(start)] == start:
            return claimed if claimed in kinds else kinds[0]
    raise Rejected("only photos (JPEG, PNG, WebP) and voice notes can be attached here", status=415)
