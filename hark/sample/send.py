"""Sends the sample company's signals through the public door: the cast first, then everybody, newest week first."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from time import sleep
from typing import NamedTuple

import httpx
import msgspec

from hark.sample.cast import perform
from hark.sample.signals import Body, Signal
from hark.sample.story import live

Send = Callable[[str, bytes], None]  # (name of a source, body of one request)
BATCH = 100  # signals in one request
MAILBOX = "help@tidewell"  # the source that customers' letters come in by
AHEAD = timedelta(days=2)  # drawn beyond today, for run_live


class SampleSource(NamedTuple):
    """One of the company's systems: which plug-in reads it, where it posts."""

    plugin: str
    path: str
    channel: str | None


SOURCES: dict[str, SampleSource] = {
    "web shop": SampleSource("segment", "/v1/batch", "web"),
    "app": SampleSource("segment", "/v1/batch", "mobile"),
    "shop till": SampleSource("segment", "/v1/batch", "shop"),
    "appliances": SampleSource("events", "/v1/events", "appliance"),
    "service desk": SampleSource("events", "/v1/events", None),
    MAILBOX: SampleSource("email", "/v1/mail", "email"),
}


class Progress(NamedTuple):
    """How far the sample is: requests and signals sent, of how many, and the day it has reached, going back."""

    requests: int
    sent: int
    total: int
    reached: datetime


def run(
    send: Send,
    progress: Callable[[Progress], None],
    *,
    until: datetime,
    seed: int = 7,
    customers: int = 2000,
    skip: int = 0,
) -> Progress:
    """Send two years up to `until`. The order depends on seed, customers and until alone, so that an interrupted run
    goes on with `skip` = the requests that were sent. Signals that come twice are recorded once anyway."""
    state = Progress(0, 0, 0, until)
    for draw in (_cast, partial(_everybody, customers)):
        weeks, total = draw(seed, until)
        state = state._replace(total=state.total + total)
        for source, signals in _requests(weeks):
            if state.requests >= skip:
                send(source, _body(source, signals))
            state = Progress(state.requests + 1, state.sent + len(signals), state.total, signals[-1].at)
            progress(state)
    return state


def run_live(send: Send, stop: Callable[[], bool], *, until: datetime, seed: int = 7, customers: int = 2000) -> None:
    """Go on living: what the same people do in the days after `until`, each at its own moment, until `stop()`."""
    coming: list[Signal] = []
    for number in range(customers):
        coming += [signal for signal in live(seed, number, until + AHEAD) if signal.at > until]
    for signal in sorted(coming, key=lambda signal: signal.at):
        while (wait := (signal.at - datetime.now(UTC)).total_seconds()) > 0:
            if stop():
                return
            sleep(min(wait, 1.0))
        send(signal.source, _body(signal.source, [signal._replace(body=signal.body | _fresh(signal))]))


def sender(url: str, keys: Mapping[str, str]) -> Send:
    """A `send` that posts to a running Hark with the write key of each source, patient while it is busy."""
    client = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def send(source: str, body: bytes) -> None:
        for attempt in range(60):
            try:
                answer = client.post(
                    SOURCES[source].path,
                    content=body,
                    auth=(keys[source], ""),
                    headers={"Content-Type": "application/json"},
                )
            except httpx.TransportError:
                sleep(min(0.2 * 2**attempt, 5))
                continue
            if answer.status_code not in (429, 502, 503, 504):
                answer.raise_for_status()
                return
            sleep(float(answer.headers.get("Retry-After", "1")))
        raise httpx.ConnectError(f"{url} does not answer")

    return send


def _cast(seed: int, until: datetime) -> tuple[Iterator[list[Signal]], int]:
    signals = sorted(perform(seed, until), reverse=True, key=lambda signal: signal.at)
    return iter([signals]), len(signals)


def _everybody(customers: int, seed: int, until: datetime) -> tuple[Iterator[list[Signal]], int]:
    """Everyone's signals by week, newest first. A week waits packed: all of it is 100 MB of JSON."""
    drawers: defaultdict[int, list[bytes]] = defaultdict(list)
    total = 0
    for number in range(customers):
        weeks: defaultdict[int, list[Signal]] = defaultdict(list)
        for signal in live(seed, number, until):
            weeks[(until - signal.at).days // 7].append(signal)
            total += 1
        for week, signals in weeks.items():
            drawers[week].append(zlib.compress(msgspec.msgpack.encode(signals), 1))

    def unpack() -> Iterator[list[Signal]]:
        for week in sorted(drawers):
            signals = [s for packed in drawers.pop(week) for s in _DECODER.decode(zlib.decompress(packed))]
            yield sorted(signals, reverse=True, key=lambda signal: (signal.at, signal.source))

    return unpack(), total


def _requests(weeks: Iterator[list[Signal]]) -> Iterator[tuple[str, list[Signal]]]:
    """A week's signals as requests of one source each, still newest first."""
    for week in weeks:
        waiting: defaultdict[str, list[Signal]] = defaultdict(list)
        for signal in week:
            waiting[signal.source].append(signal)
            if len(waiting[signal.source]) == BATCH:
                yield signal.source, waiting.pop(signal.source)
        yield from waiting.items()


def _body(source: str, signals: list[Signal]) -> bytes:
    items = [signal.body for signal in signals]
    return msgspec.json.encode({"batch": items} if SOURCES[source].plugin == "segment" else {"events": items})


def _fresh(signal: Signal) -> Body:
    # A live signal is sent at once, so that the door's correction of clocks leaves its time as it is.
    return {"sentAt": signal.body["timestamp"]} if "timestamp" in signal.body else {}


_DECODER = msgspec.msgpack.Decoder(list[Signal])
