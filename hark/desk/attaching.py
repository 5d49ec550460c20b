"""Files of messages: taken in from the box one writes in, and given out to those who may read the conversation.

A file is never shown as a page of ours: it is downloaded, or it is one of a few kinds of picture, and even then with a
policy that runs nothing.
"""

import re
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile

from hark.conversations import reading
from hark.desk.acting import told
from hark.errors import Forbidden, NotFound, Rejected
from hark.events import files
from hark.kit.clock import Clock
from hark.kit.text import clean
from hark.model import Attached, File
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, shows

LARGEST = 25_000_000  # bytes of one file
MOST = 20
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
NOTHING_RUNS = "default-src 'none'; img-src 'self'; style-src 'none'; sandbox"
_KIND = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")


@does("/attachments", right=Right.CONVERSATIONS_WRITE)
def take_in(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """Pasted or dropped: kept at once, so that sending is quick and a draft keeps it."""
    with database.transaction() as tx:
        kept = attached(tx, form, clock())
    return told(request, "", files=kept)


@shows("/messages/{message:uuid}/files/{file:str}", right=Right.CONVERSATIONS_READ)
def give_out(request: Ask, message: UUID, file: str, database: Database) -> Answer:
    """Only as part of a message that has it: the hash alone opens nothing."""
    with database.transaction() as tx:
        said = reading.message(tx, message)
        one = next((one for one in said.files if one.id == file), None)
        if one is None:
            raise NotFound("this message has no such file")
        if files.state(tx, file) == "quarantined":
            raise Forbidden("this file is held back: it may do harm")
        body = files.body(tx, file)
    if body is None:
        raise NotFound("this file is not kept any more")
    shown = one.media_type in PICTURES and "inline" in request.query_params
    return Answer(
        body,
        media_type=one.media_type if shown else "application/octet-stream",
        headers={
            "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(one.name, safe='')}",
            "content-security-policy": NOTHING_RUNS,
            "cache-control": "private, max-age=3600",
        },
    )


def attached(tx: Transaction, form: Form, now: datetime) -> list[File]:
    """What a form brings: files that were taken in before (named by what `take_in` answered), and files of its own."""
    named = [kept for text in form.texts("file", most=2000) if (kept := _kept(tx, text))]
    fresh = [one for upload in form.files("files")[:MOST] if (one := _read(upload))]
    return (named + files.put(tx, fresh, now))[:MOST]


def _kept(tx: Transaction, text: str) -> File | None:
    try:
        named = msgspec.json.decode(text, type=File)
        state = files.state(tx, named.id)
    except (msgspec.DecodeError, ValueError):
        raise Rejected("attach that file once more") from None
    if state is None or state == "quarantined":
        raise Rejected(f"{named.name} cannot be sent")
    return msgspec.structs.replace(named, state=state)


def _read(upload: UploadFile) -> Attached | None:
    body = upload.file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Rejected(f"{upload.filename} is too large: {LARGEST // 1_000_000} MB is the most")
    kind = (upload.content_type or "").lower()
    name = clean(upload.filename or "").replace("/", "_").replace("\\", "_").strip()[:200] or "file"
    return Attached(name=name, media_type=kind if _KIND.fullmatch(kind) else "application/octet-stream", body=body)


HANDLERS = [take_in, give_out]
