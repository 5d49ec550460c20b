"""REST: conversations and their messages: lists, threads, search, files, and what is done with each."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Struct

from hark.api.acts import Ask
from hark.api.conversing import ACTS
from hark.api.routes import creates, reads
from hark.conversations import attachments, inbox, reading
from hark.conversations import search as searching
from hark.conversations.inbox import Filters
from hark.conversations.reading import Counts
from hark.kit.clock import Clock
from hark.model import Conversation, File, Message
from hark.store import Database
from hark.web.handed import handed
from hark.web.rights import Right

Page = Annotated[int, Parameter(ge=1, le=200)]
Word = Annotated[str | None, Parameter(max_length=200)]
Status = Literal["open", "waiting", "snoozed", "closed"]
Digest = Annotated[str, Parameter(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file, in hex")]
EVERY: tuple[Status, ...] = ("open", "waiting", "snoozed")


class Listed(Struct, frozen=True, kw_only=True):
    """A conversation with the person whose it is now."""

    conversation: Conversation
    person: UUID | None
    name: str | None
    segments: tuple[str, ...]


class Conversations(Struct, frozen=True, kw_only=True):
    conversations: list[Listed]
    next: str | None = None


class Messages(Struct, frozen=True, kw_only=True):
    """Oldest first; `next` goes on to older ones."""

    messages: list[Message]
    next: str | None = None


class Found(Struct, frozen=True, kw_only=True):
    """A message that was found. In `excerpt`, the control characters 2 and 3 stand around the words."""

    message: Message
    excerpt: str
    status: str
    subject: str | None
    person: UUID | None
    name: str | None


class Hits(Struct, frozen=True, kw_only=True):
    hits: list[Found]
    next: str | None = None


class Moved(Struct, frozen=True, kw_only=True):
    """Messages that were moved by merging, splitting or parting: `moved` says which came out of where."""

    id: UUID
    kind: str
    conversation: UUID
    moved: dict[str, list[str]]
    at: datetime
    by: str
    restored_at: datetime | None = None


class WholeConversation(Struct, frozen=True, kw_only=True):
    """A conversation, its newest messages, how far members have read, and what was moved in and out."""

    conversation: Conversation
    messages: list[Message]
    next: str | None
    seen: dict[str, int]
    moved: list[Moved]


class Original(Struct, frozen=True, kw_only=True):
    """A message, and its text with everything that it quotes, as it arrived."""

    message: Message
    whole: str | None


@reads("/conversations", Right.CONVERSATIONS_READ, 404)
def list_conversations(
    database: Database,
    status: Status | None = None,
    member: UUID | None = None,
    unassigned: bool = False,
    mentions: UUID | None = None,
    team: Word = None,
    channel: Word = None,
    source: Word = None,
    tag: Word = None,
    language: Word = None,
    priority: Annotated[int | None, Parameter(ge=-1, le=2)] = None,
    waiting: bool = False,
    limit: Page = 50,
    before: Word = None,
) -> Conversations:
    """Those in which something was said last, first. Without a status: all that are not closed. `mentions`: whose notes name
    this member; `waiting`: whose person waits for an answer."""
    filters = Filters(
        statuses=(status,) if status else EVERY,
        member=str(member) if member else "nobody" if unassigned else "",
        mentions=mentions is not None,
        team=team or "",
        channel=channel or "",
        source=source or "",
        tag=tag or "",
        language=language or "",
        priority=priority,
        waiting=waiting,
    )
    with database.transaction() as tx:
        rows, following = inbox.look(tx, filters, mentions, limit, before)
    listed = [Listed(conversation=r.conversation, person=r.person, name=r.name, segments=r.segments) for r in rows]
    return Conversations(conversations=listed, next=following)


@reads("/conversations/counts", Right.CONVERSATIONS_READ)
def count_conversations(database: Database, member: UUID | None = None) -> Counts:
    """How many there are in each state, and for this member."""
    with database.transaction() as tx:
        return reading.counts(tx, member)


@reads("/conversations/search", Right.CONVERSATIONS_READ, 404)
def search_messages(
    database: Database,
    words: Annotated[str, Parameter(min_length=1, max_length=200)],
    person: UUID | None = None,
    status: Status | None = None,
    member: UUID | None = None,
    team: Word = None,
    tag: Word = None,
    channel: Word = None,
    direction: Literal["in", "out", "note"] | None = None,
    since: datetime | None = None,
    files: bool = False,
    limit: Page = 30,
    before: Word = None,
) -> Hits:
    """Messages with these words, the newest first: "in quotes" together, -without; the last word may be unfinished."""
    wanted = searching.Wanted(
        person=person,
        status=status,
        member=member,
        team=team,
        tag=tag,
        channel=channel,
        direction=direction,
        since=since,
        files=files,
    )
    with database.transaction() as tx:
        hits, following = searching.search(tx, words, wanted, limit=limit, before=before)
    found = [
        Found(message=h.message, excerpt=h.excerpt, status=h.status, subject=h.subject, person=h.person, name=h.name)
        for h in hits
    ]
    return Hits(hits=found, next=following)


@creates(
    "/conversations/files", Right.CONVERSATIONS_WRITE, sync_to_thread=True, request_max_body_size=attachments.LARGEST
)
def upload_file(
    request: Ask,
    body: bytes,
    database: Database,
    clock: Clock,
    name: Annotated[str, Parameter(min_length=1, max_length=200)],
    media_type: Annotated[str, Parameter(max_length=100)] = "application/octet-stream",
) -> File:
    """Upload a file as the body; the answer goes into `files` of a message."""
    with database.transaction() as tx:
        return attachments.keep(tx, name, media_type, body, clock())


@reads("/conversations/{id:uuid}", Right.CONVERSATIONS_READ, 404)
def show_conversation(id: UUID, database: Database, limit: Page = 50) -> WholeConversation:
    """One conversation with its newest messages; the id of one that was merged leads to where it went."""
    with database.transaction() as tx:
        known = reading.conversation(tx, id)
        messages, following = reading.thread(tx, known.id, limit)
        moved = [Moved(**{f: getattr(one, f) for f in Moved.__struct_fields__}) for one in reading.moved(tx, known.id)]
        return WholeConversation(
            conversation=known, messages=messages, next=following, seen=reading.seen(tx, known.id), moved=moved
        )


@reads("/conversations/{id:uuid}/messages", Right.CONVERSATIONS_READ, 404)
def list_messages(id: UUID, database: Database, limit: Page = 50, before: Word = None) -> Messages:
    """The thread, page by page from the newest to the oldest."""
    with database.transaction() as tx:
        messages, following = reading.thread(tx, reading.conversation(tx, id).id, limit, before)
    return Messages(messages=messages, next=following)


@reads("/messages/{id:uuid}", Right.CONVERSATIONS_READ, 404)
def show_message(id: UUID, database: Database) -> Original:
    """One message, with what it quotes."""
    with database.transaction() as tx:
        return Original(message=reading.message(tx, id), whole=reading.whole(tx, id))


@reads("/messages/{id:uuid}/files/{file:str}", Right.CONVERSATIONS_READ, 404, media_type="application/octet-stream")
def download_file(id: UUID, file: Digest, database: Database) -> Response[bytes]:
    """A file of a message, as a download that runs nothing. One that is quarantined is not handed out."""
    with database.transaction() as tx:
        found, body = attachments.fetch(tx, id, file)
    return handed(body, found.name, found.media_type)


CONVERSATIONS = Router(
    path="/",
    tags=["conversations"],
    route_handlers=[
        list_conversations,
        count_conversations,
        search_messages,
        upload_file,
        show_conversation,
        list_messages,
        show_message,
        download_file,
        *ACTS,
    ],
)
