"""Checks that call a plug-in: with what was recorded, with what nobody should send, and with an outside that fails."""

import json
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hark.destinations.means import asked
from hark.errors import HarkError, Misconfigured, Rejected, Retry
from hark.kit.clock import EARLIEST, LATEST
from hark.kit.text import clean, clean_json
from hark.model import Accepted, Context, Denied, Event, Identity, Person, Profile, Refused, Reply, Request
from hark.net import Answer
from hark.registry import Plugin
from hark.testing.golden import RECEIVED, SOURCE, cases, hear, params_of
from hark.testing.golden import check as check_case

EXAMPLES = 60
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOMEBODY = UUID("01a2027f-54fe-7795-a5ec-532a3d075b67")
DENIALS = (
    Denied(400, "bad_request", "no"),
    Denied(401, "invalid_write_key", "no"),
    Denied(404, "paused", "no"),
    Denied(413, "too_large", "no"),
    Denied(429, "busy", "no", retry_after=7),
    Denied(503, "away", "no", retry_after=2),
)
# What breaks parsers, databases and clocks: each stands in for a body, and for a value inside one.
BODIES = (
    b"", b"null", b"[]", b"{}", b'""', b"0", b"{", b"\x00", b"\xff\xfe\x00", b"\x1f\x8b\x08broken", b"data=", b"%", b"=&=",
    b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"1e999", b'{"batch": 1}', b'{"batch": {}}',
    b'{"batch": [null, 1, "", [], {}]}', b'{"type": "track"}', b'{"event": "\\ud800"}', b"\xef\xbb\xbf{}",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 10**400, 1.5e308, "", "\0", "null", "a" * 70_000, "9999-12-31T23:59:59Z", "-1", -62135596801000,
    10**18, "2026-02-30", [], {}, [[[[]]]], {"": ""}, {"a" * 5000: 1}, "<script>alert(1)</script>", "\u202e", "\ud83d\ude00",
)  # fmt: skip


def recorded_requests_give_what_they_should(plugin: Plugin) -> None:
    if not plugin.routes:
        return
    found = cases(plugin)
    assert found, "fixtures/ holds no recorded request"
    for case in found:
        try:
            check_case(plugin, case)
        except AssertionError as wrong:
            raise AssertionError(f"fixtures/{case.name}.json: {wrong}") from None


def every_outcome_has_an_answer(plugin: Plugin) -> None:
    """A client that gets no answer it understands sends again for ever."""
    for request in _requests(plugin):
        part: Any = plugin.part("receive")
        for outcome in (Accepted(1, SOURCE), *DENIALS):
            reply = part.answer(request, outcome, {})
            assert isinstance(reply, Reply), f"{request.path}: answer gave {type(reply).__name__}"
            if isinstance(outcome, Denied):
                assert reply.status >= 400, f"{request.path}: {outcome.code} was answered with {reply.status}"


def hostile_requests_break_nothing(plugin: Plugin) -> None:
    """Any bytes are taken or refused with a reason; nothing else is ever raised."""
    for request in _requests(plugin):
        for body in BODIES:
            _take(plugin, msgspec.structs.replace(request, body=body))
        for spoilt in _spoilt(request):
            _take(plugin, spoilt)

        _any_bytes(plugin, request)


def large_requests_break_nothing(plugin: Plugin) -> None:
    for request in _requests(plugin):
        for body in (b" " * 4_000_000, b'"' + b"x" * 3_999_998 + b'"', b"[" + b"{}," * 100_000 + b"{}]"):
            _take(plugin, msgspec.structs.replace(request, body=body))


def receiving_twice_gives_the_same(plugin: Plugin) -> None:
    for request in _requests(plugin):
        first, second = (msgspec.json.encode(hear(plugin, request)) for _ in range(2))
        assert first == second, f"{request.path}: receiving the same request twice gave two different results"


def writing_fails_only_in_words_we_know(plugin: Plugin) -> None:
    """Whatever the other side answers, a destination returns, or raises Retry, Rejected or Misconfigured."""
    part: Any = plugin.part("write")
    if part is None:
        return
    config = _settings(plugin)
    for status in (200, 204, 301, 302, 400, 401, 403, 404, 409, 410, 413, 418, 422, 429, 500, 502, 503, None):
        with tempfile.TemporaryDirectory() as folder:
            means = Outside(status, Path(folder))
            size = getattr(config, "batch", getattr(part, "BATCH", 100))
            for group in (HOSTILE[:1], HOSTILE[1:2], HOSTILE[: max(1, min(size, len(HOSTILE)))]):
                try:
                    part.write(list(group), config, **asked(part.write, means, SOMEBODY))
                except (Retry, Rejected, Misconfigured):
                    pass
                except HarkError as strange:
                    raise AssertionError(f"write raised {type(strange).__name__}") from None


class Outside:
    """What a destination may ask for, with another side that always answers the same, or never (None)."""

    def __init__(self, status: int | None, folder: Path) -> None:
        self.status = status
        self.folder = folder
        self.http = self

    def clock(self) -> datetime:
        return NOON

    def request(self, method: str, url: str, **more: Any) -> Answer:
        if self.status is None:
            raise Retry("nobody answers")
        return Answer(status=self.status, headers={}, body=b"<html>no</html>")

    def get(self, url: str, **more: Any) -> Answer:
        return self.request("GET", url, **more)

    def post(self, url: str, **more: Any) -> Answer:
        return self.request("POST", url, **more)

    def address(self, host: str, port: int) -> str:
        raise Retry("nobody answers")


def _take(plugin: Plugin, request: Request) -> None:
    part: Any = plugin.part("receive")
    with _blamed(request):
        try:
            admission = part.admit(request)
        except Rejected:
            return
        assert admission.count >= 0, "admit counted fewer than no items"
        assert admission.write_key is None or isinstance(admission.write_key, str), "a write key is a text"
        for item in hear(plugin, request):
            if isinstance(item, Event):
                _sound(item)
            else:
                assert isinstance(item, Refused), f"receive gave {type(item).__name__}"
                assert item.reason, "a refusal without a reason"


def _sound(event: Event) -> None:
    assert EARLIEST <= event.at <= LATEST, f"at {event.at} is outside of what a database holds"
    assert event.name, "an event without a name"
    assert event.message_id, "an event without a message id"
    assert all(isinstance(known.value, str) and known.value for known in event.identities), (
        "an identity without a value"
    )
    msgspec.json.encode(event)


@contextmanager
def _blamed(request: Request) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        sent = f"{request.method} {request.path} {request.query or ''} {request.body[:200]!r}"
        raise AssertionError(f"{type(error).__name__}: {error}\nafter {sent}") from error


def _requests(plugin: Plugin) -> list[Request]:
    """One request for each of the plug-in's recorded ones that may be taken."""
    if not plugin.routes:
        return []
    return [
        msgspec.structs.replace(case.request, params=params_of(plugin, case.request.method, case.request.path))
        for case in cases(plugin)
        if "refuses" not in case.admits
    ]


def _spoilt(request: Request) -> Iterator[Request]:
    """The recorded request with each of its values replaced by each of those that break things."""
    try:
        body = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        body = None
    for value in VALUES:
        for changed in _changed(body, value):
            yield msgspec.structs.replace(request, body=_encode(changed))
        for name in request.query:
            yield msgspec.structs.replace(request, query={**request.query, name: clean(str(value))})


def _changed(body: Any, value: Any) -> Iterator[Any]:
    """Every copy of a JSON value in which one place inside holds `value`."""
    if isinstance(body, dict):
        for name, inner in body.items():
            yield {**body, name: value}
            for changed in _changed(inner, value):
                yield {**body, name: changed}
    elif isinstance(body, list) and body:
        yield [value, *body[1:]]
        for changed in _changed(body[0], value):
            yield [changed, *body[1:]]


def _encode(value: Any) -> bytes:
    return json.dumps(value).encode()  # msgspec refuses numbers that other clients do send


def _any_bytes(plugin: Plugin, request: Request) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=300), st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=4))
    def take(body: bytes, query: dict[str, str]) -> None:
        _take(plugin, msgspec.structs.replace(request, body=body, query=query))

    take()


def _settings(plugin: Plugin) -> Any:
    """The plug-in's Config with what fixtures/settings.toml gives for the fields that have no default."""
    part: Any = plugin.part("config")
    file = plugin.folder.joinpath("fixtures", "settings.toml")
    values = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    try:
        return msgspec.convert(values, part.Config)
    except msgspec.ValidationError as error:
        raise AssertionError(f"fixtures/settings.toml: {error}; it gives settings to test with") from None


def _context(position: int, value: Any) -> Context:
    event = Event(
        id=UUID(int=SOMEBODY.int + position),
        type="track",
        name="Order Completed",
        at=RECEIVED,
        received_at=RECEIVED,
        source="src_test",
        message_id=str(position),
        identities=(Identity("email", "ann@example.com"),),
        traits={"name": value},
        properties={"value": value},
        position=position,
    )
    profile = Profile(person=SOMEBODY, traits={"name": value}, segments=frozenset({"vip"}), consents={"service": True})
    return Context(event=event, person=Person(id=SOMEBODY), profile=profile)


# As the log holds them: loaded events have no NUL, no half characters and no numbers beyond a float.
HOSTILE = (
    Context(event=_context(1, "no person").event),
    *(_context(n, clean_json(value)) for n, value in enumerate(VALUES, 2) if value != 10**400),
)
