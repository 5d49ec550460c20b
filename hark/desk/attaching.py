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

from hark.conversations import attachments, reading
from hark.desk.acting import told
from hark.desk.looking import me
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.kit.text import clean
from hark.model import File
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, shows

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
        one, body = attachments.fetch(tx, message, file)
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


@does("/messages/{message:uuid}/files/{file:str}/release", right=Right.SETTINGS_WRITE)
def release(request: Ask, message: UUID, file: str, database: Database) -> Answer:
    """What was held back is handed out from now on: somebody has looked at it and takes it on themselves."""
    with database.transaction() as tx:
        attachments.release(tx, message, file, f"member:{me(request)}")
        there = reading.message(tx, message)
    return go(request, f"/conversations/{there.conversation}", "Released: it can be downloaded now.")


def attached(tx: Transaction, form: Form, now: datetime) -> tuple[File, ...]:
    """What a form brings: files that were taken in before (named by what `take_in` answered), and files of its own."""
    before = [_named(text) for text in form.texts("file", most=2000)]
    fresh = [_keep(tx, upload, now) for upload in form.files("files")]
    return attachments.named(tx, before + fresh)


def _named(text: str) -> File:
    try:
        return msgspec.json.decode(text, type=File)
    except msgspec.DecodeError:
        raise Rejected("attach that file once more") from None


def _keep(tx: Transaction, upload: UploadFile, now: datetime) -> File:
    kind = (upload.content_type or "").lower()
    name = clean(upload.filename or "").replace("/", "_").replace("\\", "_").strip()[:200] or "file"
    body = upload.file.read(attachments.LARGEST + 1)
    return attachments.keep(tx, name, kind if _KIND.fullmatch(kind) else "application/octet-stream", body, now)


HANDLERS = [take_in, give_out, release]
