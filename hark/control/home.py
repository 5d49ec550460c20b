"""The first page: who came, what happens right now, and what somebody should look at. It fills while one looks."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hark.config import Config
from hark.events import overview
from hark.kit.clock import Clock
from hark.people import glance
from hark.people.phases import PHASES
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Right, page, shown, shows
from hark.web.telling import tell
from hark.web.wording import time_zone
from hark.work import given_up

DAYS = 60
MOMENTS = 14
KEPT = 5.0  # seconds that what was counted is kept, and longer where counting takes long:
SHARE = 20.0  # looking at the whole takes at most one part in so many of a core


class Sample(msgspec.Struct, frozen=True):
    """How far the sample company has come (hark demo writes it)."""

    sent: int = 0
    total: int = 0
    reached: datetime | None = None
    done: bool = False


class Remembered:
    """A look at the whole that many browsers share for a few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Any = None
        self._until = float("-inf")

    def get(self, look: Callable[[], Any]) -> Any:
        with self._lock:
            started = time.monotonic()
            if started > self._until:
                self._seen = look()
                self._until = time.monotonic() + max(KEPT, SHARE * (time.monotonic() - started))
            return self._seen


@shows("/", right=Right.HOME)
def home(request: Ask, database: Database, config: Config, clock: Clock) -> Answer:
    now = clock()
    remembered = _remembered(request)
    with database.transaction() as tx:
        whole = remembered.get(lambda: _look(tx, now))
        moments = [(moment, tell(moment)) for moment in glance.newest(tx, MOMENTS)]
    hour = now.astimezone(time_zone(shown(request).time_zone)).hour
    return page(
        request,
        "control/home.html",
        hour=hour,
        sample=_sample(config.data / "sample.json"),
        moments=moments,
        phases=PHASES,
        **whole,
    )


def _remembered(request: Ask) -> Remembered:
    state = request.app.state
    if "home" not in state:
        state["home"] = Remembered()
    remembered: Remembered = state["home"]
    return remembered


def _look(tx: Transaction, now: datetime) -> dict[str, Any]:
    sources = overview.arriving(tx, now)
    return {
        "people": glance.how_many(tx),
        "known": glance.known_by_name(tx),
        "events": overview.how_many(tx),
        "days": overview.by_day(tx, now, DAYS),
        "sources": sources,
        "names": {source.id: source.name for source in sources},
        "by_phase": glance.phase_shares(tx),
        "segments": glance.biggest_segments(tx, 6),
        "troubles": overview.troubles(tx),
        "parked": overview.parked(tx),
        "given_up": given_up.count(tx),
    }


def _sample(file: Path) -> Sample | None:
    """None where this is not the sample company, or all of it is there."""
    try:
        told = msgspec.json.decode(file.read_bytes(), type=Sample)
    except (OSError, msgspec.DecodeError):
        return None
    return None if told.done or not told.total else told


HANDLERS = [home]
