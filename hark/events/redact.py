"""Takes one person's items out of recorded requests, so that what is shared with others stays and theirs is gone."""

import logging
from collections.abc import Iterable
from typing import Any

import msgspec

from hark.errors import HarkError
from hark.events.carry import queries
from hark.events.load import message_key
from hark.events.record import HELD, LOADED, WAITING, head_of, request_of
from hark.events.sources import OWN, Sources
from hark.kit.traces import Traces
from hark.model import Event, Raw, Request, Source, Subject
from hark.registry import Registry
from hark.store import Transaction
from hark.store.database import Row

log = logging.getLogger(__name__)
EMPTY = b"{}"


def redact(tx: Transaction, who: Subject, positions: list[int], registry: Registry, sources: Sources) -> dict[str, int]:
    """How many items were taken out of requests, and how many requests were emptied because they could not be parted."""
    traces = Traces(who.spellings)
    needles = [text.encode("utf-8", "replace") for text in traces.needles()]
    items = emptied = 0
    for row in tx.all(queries.raws_with, positions=positions, needles=needles):
        theirs = {found for (found,) in tx.tuples(queries.messages_of, raw=row["id"], positions=positions)}
        body, removed = _part(row, theirs, traces, _reader(row, registry, sources))
        if removed == 0 and not theirs:
            continue  # a short value that stands for something else there
        whole = body is None
        _remember(tx, row, _reader(row, registry, sources), body)
        emptied += whole
        items += removed
        tx.run(
            queries.change_raw,
            id=row["id"],
            head=_bare_head(row) if whole or traces.within(row["head"].decode("utf-8", "replace")) else row["head"],
            body=EMPTY if body is None else body,
            state=LOADED if whole else row["state"],
        )
    return {"item of a request": items, "request": emptied}


class _Reader:
    """Reads a changed body as the loader would."""

    def __init__(self, row: Row, receive: Any, source: Source) -> None:
        self.row, self.receive, self.source = row, receive, source

    def messages(self, body: bytes) -> list[str] | None:
        """Message ids of the events in it; None where it cannot be read."""
        try:
            request = msgspec.structs.replace(request_of(self.row["head"], self.row["body"]), body=body)
            raw = Raw(
                id=self.row["id"],
                received_at=self.row["received_at"],
                source=self.source,
                plugin=self.row["plugin"],
                request=request,
                imported=self.row["imported"],
            )
            return [
                event.message_id for event in self.receive(raw, {**self.source.settings}) if isinstance(event, Event)
            ]
        except (HarkError, ValueError, TypeError, KeyError, AttributeError):
            return None


def _reader(row: Row, registry: Registry, sources: Sources) -> _Reader:
    source = sources.by_id(row["source"]) or Source(id=row["source"], name=row["source"], write_key="")
    if row["plugin"] == OWN.plugin:
        return _Reader(row, _own, source)
    part = registry[row["plugin"]].part("receive")
    return _Reader(row, part.receive if part else _own, source)


def _own(raw: Raw, settings: dict[str, Any]) -> Iterable[Event]:
    raise ValueError("our own events are told by their message ids alone")


def _part(row: Row, theirs: set[str], traces: Traces, reader: _Reader) -> tuple[bytes | None, int]:
    """The body without the person's items and how many those were; None where the whole of it is theirs."""
    try:
        document = msgspec.json.decode(row["body"])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return (None, 1) if theirs or _telling(row, traces) else (row["body"], 0)
    lists = [document] if isinstance(document, list) else _lists(document)
    removed = 0
    for items in lists:
        marks = [_is_theirs(item, n, items, document, row, theirs, traces, reader) for n, item in enumerate(items)]
        removed += sum(marks)
        if row["state"] in (WAITING, HELD) and row["plugin"] != "rows":
            items[:] = [item for item, mark in zip(items, marks, strict=True) if not mark]
        else:  # places stay, so that what was refused is still found by its place
            items[:] = [None if mark else item for item, mark in zip(items, marks, strict=True)]
    body = msgspec.json.encode(document)
    left = set(reader.messages(body) or ()) & theirs
    if left or traces.within(document) or (theirs and not removed) or not _anything(lists):
        return None, max(1, removed)
    return body, removed


def _is_theirs(
    item: Any, place: int, items: list[Any], document: Any, row: Row, theirs: set[str], traces: Traces, reader: _Reader
) -> bool:
    if item is None:
        return False
    if traces.within(item):
        return True
    if not theirs:
        return False
    named = item.get("message_id") or item.get("messageId") or item.get("id") if isinstance(item, dict) else None
    if named in theirs or f"raw-{row['id']}-{place}" in theirs:
        return True
    others, items[:] = list(items), [item]
    try:
        found = reader.messages(msgspec.json.encode(document))
    finally:
        items[:] = others
    return bool(found and theirs.intersection(found))


def _lists(document: Any) -> list[list[Any]]:
    """The lists of items at the top of a body: batch, events, data, rows … whatever the dialect calls it."""
    if not isinstance(document, dict):
        return []
    return [v for v in document.values() if isinstance(v, list) and any(isinstance(i, dict | list) for i in v)]


def _anything(lists: list[list[Any]]) -> bool:
    return any(item is not None for items in lists for item in items)


def _telling(row: Row, traces: Traces) -> bool:
    return traces.within(row["body"].decode("utf-8", "replace")) or traces.within(
        row["head"].decode("utf-8", "replace")
    )


def _remember(tx: Transaction, row: Row, reader: _Reader, body: bytes | None) -> None:
    """Items that were never loaded leave their keys behind too, so that a resend does not bring them back."""
    if row["state"] == LOADED:
        return
    before, after = reader.messages(row["body"]) or [], (reader.messages(body) or []) if body else []
    salt = bytes(tx.value(queries.salt))
    keys = [message_key(salt[:64], row["source"], message) for message in set(before) - set(after)]
    if keys:
        tx.run(queries.add_keys, keys=sorted(keys))


def _bare_head(row: Row) -> bytes:
    """The head without what tells who called: only the method and the path stay."""
    try:
        request = request_of(row["head"], b"")
    except HarkError as error:
        return head_of(Request(method="", path=""), refused=str(error)[:60] if "refused" in str(error) else "erased")
    return head_of(Request(method=request.method, path=request.path, params={}))
