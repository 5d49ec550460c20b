"""Files of messages: who may have one is whoever may read its message; what is quarantined nobody gets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hark.conversations import reading
from hark.errors import Forbidden, NotFound, Rejected
from hark.events import files
from hark.model import Attached, File
from hark.store import Transaction

LARGEST = 25_000_000  # bytes
MOST = 20  # files of one message


def keep(tx: Transaction, name: str, media_type: str, body: bytes, now: datetime) -> File:
    """A file that will go with a message."""
    if not body:
        raise Rejected("this file is empty")
    if len(body) > LARGEST:
        raise Rejected(f"a file has at most {LARGEST:,} bytes", 413)
    [kept] = files.put(tx, [Attached(name=name, media_type=media_type, body=body)], now, state="unchecked")
    return kept


def named(tx: Transaction, chosen: Sequence[File]) -> tuple[File, ...]:
    """The files that a message is to carry, as we keep them. Rejected where one is not here or must not go."""
    if len(chosen) > MOST:
        raise Rejected(f"a message carries at most {MOST} files")
    for file in chosen:
        state = files.state(tx, file.id) if _is_digest(file.id) else None
        if state is None:
            raise Rejected(f"the file {file.name!r} is not here: upload it first")
        if state == "quarantined":
            raise Rejected(f"the file {file.name!r} is quarantined")
    return tuple(chosen)


def fetch(tx: Transaction, message: UUID, id: str) -> tuple[File, bytes]:
    """A file of this message. NotFound where the message has no such file, Forbidden where it is quarantined."""
    file = next((one for one in reading.message(tx, message).files if one.id == id), None)
    if file is None:
        raise NotFound("this message has no such file")
    if files.state(tx, id) == "quarantined":
        raise Forbidden("this file is quarantined: somebody has to release it first")
    body = files.body(tx, id)
    if body is None:
        raise NotFound("this file is not here any more")
    return file, body


def release(tx: Transaction, message: UUID, id: str, by: str) -> None:
    """Hand out a file of this message that was held back. Rejected where it is not."""
    if not any(file.id == id for file in reading.message(tx, message).files):
        raise NotFound("this message has no such file")
    if files.state(tx, id) != "quarantined":
        raise Rejected("this file is not held back", 409)
    files.judge(tx, id, "released", f"by {by}")


def _is_digest(id: str) -> bool:
    return len(id) == 64 and all(letter in "0123456789abcdef" for letter in id)
