"""The phone app of the front line: its shell, its service worker, the brief that primes it, and what it sends back."""

from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from litestar.response import Response

from hark.desk.notices import member_of
from hark.desk.phone_acts import Hand, carry_out
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.handheld import book, brief
from hark.handheld.book import Act
from hark.kit.clock import Clock
from hark.registry import Registry
from hark.store import Database
from hark.web import Answer, Ask, Right, does, page, shown, shows, static
from hark.web.doorway import POLICY

AT_ONCE = 50  # acts in one request
LARGEST = 12_000_000  # bytes of a photo or a voice note
# Photos and notes of one's own are shown before they are sent, and a note is recorded.
HEADERS = {
    "content-security-policy": POLICY.replace("img-src 'self' data:", "img-src 'self' data: blob:")
    + "; media-src 'self' blob:; worker-src 'self'",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
}
MODULES = "js/phone/"
BESIDE = ("js/hark-notices.js", "js/looking.js", "js/post.js", "hark.css", "mark.svg")
ICONS = ("icons/phone-192.png", "icons/phone-512.png", "icons/phone-mask-512.png")


@shows("/phone", right=Right.CONVERSATIONS_READ)
def phone(request: Ask, database: Database) -> Answer:
    """Works without script as a list of what is one's own; with it, the app takes over."""
    return _list(request, database)


@shows("/phone/{place:path}", right=Right.CONVERSATIONS_READ)
def inside(request: Ask, place: str, database: Database) -> Answer:
    """A place inside the app; without its script, the list again."""
    return _list(request, database)


@shows("/phone/shell", right=Right.ANYONE)
def shell(request: Ask) -> Answer:
    """What the service worker keeps: the same page without anything of anybody."""
    return _shell(request, lines=[], shell=True)


@shows("/phone/worker.js", right=Right.ANYONE)
def worker(request: Ask) -> Answer:
    """Its name in the cache is that of what it keeps, so a new version of any file makes a new one."""
    language = shown(request).language
    files = [_at(path) for path in kept_files()]
    head = {
        "name": f"hark-phone-{static.version()}-{language}",
        "files": ["/phone/shell", *files],
        "page": "/phone/shell",
        "icon": _at(ICONS[0]),
        "badge": _at(ICONS[0]),
    }
    body = b"const SHELL = " + msgspec.json.encode(head) + b";\n" + static.body(f"{MODULES}worker.js")
    return Response(
        body, media_type="text/javascript", headers={"service-worker-allowed": "/phone", "cache-control": "no-cache"}
    )


@shows("/phone/manifest.json", right=Right.ANYONE)
def manifest(request: Ask) -> Answer:
    icons = [
        {"src": _at(ICONS[0]), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": _at(ICONS[1]), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {"src": _at(ICONS[2]), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": _at("mark.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    told: dict[str, Any] = {
        "id": "/phone",
        "name": "Hark",
        "short_name": "Hark",
        "description": "Conversations and cases in your pocket, with and without a network.",
        "start_url": "/phone",
        "scope": "/phone",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f7f5f1",
        "theme_color": "#0b6a6f",
        "lang": shown(request).language,
        "icons": icons,
    }
    return Response(
        msgspec.json.encode(told), media_type="application/manifest+json", headers={"cache-control": "no-cache"}
    )


@shows("/phone/brief", right=Right.CONVERSATIONS_READ)
def primed(request: Ask, database: Database) -> Answer:
    """Everything that the phone keeps. The answer carries a tag; asked with it again, nothing that is the same is sent."""
    visitor, reading, member = shown(request).visitor, shown(request), member_of(request)
    with database.transaction() as tx:
        told: dict[str, Any] = {
            "me": {"id": member, "name": visitor.name if visitor else ""},
            "token": reading.form_token,
            "conversations": brief.conversations(tx, member),
            "cases": brief.cases(tx, member),
            "members": brief.members(tx),
            "done": brief.done(tx, member),
        }
    body = msgspec.json.encode(told)
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={"etag": tag})
    return Response(body, media_type="application/json", headers={"etag": tag})


@does("/phone/acts", right=Right.CONVERSATIONS_WRITE)
def acts(request: Ask, body: bytes, database: Database, registry: Registry, clock: Clock) -> Answer:
    """A list of acts, in their order; each gets its own answer. Sent again, each gets the same answer again."""
    try:
        given = msgspec.json.decode(body, type=list[Act])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Rejected(f"these are no acts: {error}") from None
    if len(given) > AT_ONCE:
        raise Rejected(f"at most {AT_ONCE} acts at once", status=413)
    visitor = shown(request).visitor
    assert visitor
    hand = Hand(database, registry, visitor, member_of(request), clock())
    results = [carry_out(act, hand) for act in given]
    with database.transaction() as tx:
        book.tidy(tx, hand.now)
    if events := [result.event for result in results if result.event]:
        wait_for(database, events[-1], 2.0)  # so that the brief fetched next has them
    return Response(msgspec.json.encode(results), media_type="application/json")


@does("/phone/files/{number:uuid}", right=Right.CONVERSATIONS_WRITE, request_max_body_size=LARGEST)
def take_file(request: Ask, number: UUID, body: bytes, database: Database, clock: Clock) -> Answer:
    """The bytes of a photo or a voice note; the act that names them comes afterwards."""
    query = request.query_params
    with database.transaction() as tx:
        book.keep_file(tx, number, member_of(request), query.get("name", ""), query.get("type", ""), body, clock())
    return Response(b"", status_code=204)


def _list(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        rows = brief.conversations(tx, member_of(request))
    lines = [
        {
            "link": f"/conversations/{row['id']}",
            "name": (row["person"] or {}).get("name") or "…",
            "words": row["preview"],
        }
        for row in rows
    ]
    return _shell(request, lines=lines, shell=False)


def _shell(request: Ask, **values: Any) -> Answer:
    answer = page(request, "desk/phone.html", **values)
    answer.headers.update(HEADERS)
    return answer


@cache
def kept_files() -> tuple[str, ...]:
    """The static files that the app needs to start without a network."""
    modules = [path for path in static.paths() if path.startswith(MODULES) and not path.endswith("worker.js")]
    return (*modules, *BESIDE, ICONS[0])


def _at(path: str) -> str:
    return f"/static/{static.version()}/{path}"


HANDLERS = [phone, inside, shell, worker, manifest, primed, acts, take_file]
