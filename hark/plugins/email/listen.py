"""Follows a mailbox: each mail is recorded as it came before the place in the folder moves on, and nothing there is changed.

The place in a folder is (UIDVALIDITY, UIDs taken), never what is "unseen": a person who reads mail there takes nothing away
from us. Once a day, and whenever the server numbers its mails anew, the whole folder is gone through; what was recorded
before is recognised by the loader.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import msgspec
from msgspec import Struct

from hark.kit.clock import now
from hark.plugin import Host
from hark.plugins.email.config import Config
from hark.plugins.email.mailbox import Letter, Mailbox, connect, folders, speaking

POLL = 60.0  # seconds between two looks, also where the server would tell
WHOLE = timedelta(days=1)
MOST_RUNS = 2_000
KEPT = 20  # letters between two notes of the place: so many are recorded again after a crash

Given = ParamSpec("Given")
Done = TypeVar("Done")


class Place(Struct, frozen=True, kw_only=True):
    """Where we are in a folder. `taken` are runs of UIDs, `since` the day from which on mails are taken."""

    validity: int
    since: date
    taken: tuple[tuple[int, int], ...] = ()
    looked_at: datetime

    @property
    def last(self) -> int:
        return self.taken[-1][1] if self.taken else 0


async def listen(config: Config, host: Host) -> None:
    if not config.imap_host:
        await host.tell("waiting", "no incoming server is named")
        await asyncio.Event().wait()
    mailbox = await asyncio.to_thread(connect, config, host.http)
    try:
        await host.tell("connected", config.imap_host)
        while True:
            for folder in folders(config)[::-1]:  # the first one last: it stays open while we wait
                await _visit(mailbox, folder, config, host)
            await _wait(mailbox, config)
    finally:
        # Whatever thread still waits for the server is let go.
        await asyncio.to_thread(mailbox.cut)


async def _wait(mailbox: Mailbox, config: Config) -> None:
    if mailbox.idles:
        await _ask(config, mailbox.wait, POLL)
    else:
        await asyncio.sleep(POLL)


async def _visit(mailbox: Mailbox, folder: str, config: Config, host: Host) -> None:
    """Take what is new in a folder, and once a day whatever is missing."""
    validity = await _ask(config, mailbox.select, folder)
    place, whole = _place(await host.recall(f"folder {folder}"), validity, config, now())
    uids = await _ask(config, mailbox.uids, 0 if whole else place.last, place.since)
    wanted = missing(uids, place.taken)
    letters = mailbox.fetch(wanted)
    count = 0
    while (letter := await _ask(config, next, letters, None)) is not None:
        await _record(letter, folder, host)
        place = msgspec.structs.replace(place, taken=joined(place.taken, letter.uid))
        count += 1
        if count % KEPT == 0:
            await _keep(host, folder, place)
    if count or whole:
        # What was deleted before we could fetch it will not come back: it counts as taken.
        for uid in wanted:
            place = msgspec.structs.replace(place, taken=joined(place.taken, uid))
        await _keep(host, folder, msgspec.structs.replace(place, looked_at=now()) if whole else place)


def _place(kept: Any, validity: int, config: Config, at: datetime) -> tuple[Place, bool]:
    """Where we are, and whether the whole folder is to be gone through."""
    if kept is None:
        return Place(validity=validity, since=(at - timedelta(days=config.days)).date(), looked_at=at), True
    place = msgspec.convert(kept, Place, strict=False)
    if place.validity != validity:
        return msgspec.structs.replace(place, validity=validity, taken=()), True
    return place, at - place.looked_at >= WHOLE


async def _record(letter: Letter, folder: str, host: Host) -> None:
    headers = {"x-mail-uid": str(letter.uid)}
    if letter.arrived is not None:
        headers["x-mail-arrived"] = letter.arrived.isoformat()
    if letter.size is not None:
        headers["x-mail-size"] = str(letter.size)
    await host.record(letter.body, headers=headers, path=folder)


async def _keep(host: Host, folder: str, place: Place) -> None:
    await host.keep(f"folder {folder}", msgspec.to_builtins(place))


async def _ask(config: Config, function: Callable[Given, Done], *given: Given.args, **named: Given.kwargs) -> Done:
    """Speak to the server in a thread; what goes wrong there says what to do."""
    with speaking(config):
        return await asyncio.to_thread(function, *given, **named)


def missing(uids: list[int], taken: tuple[tuple[int, int], ...]) -> list[int]:
    """Those that lie in no run. Both are in order."""
    found, runs = [], iter(taken)
    first, last = next(runs, (0, -1))
    for uid in uids:
        while last >= first and uid > last:
            first, last = next(runs, (0, -1))
        if not first <= uid <= last:
            found.append(uid)
    return found


def joined(taken: tuple[tuple[int, int], ...], uid: int) -> tuple[tuple[int, int], ...]:
    """The runs with one more UID, in order."""
    if taken and uid == taken[-1][1] + 1:
        return (*taken[:-1], (taken[-1][0], uid))
    runs: list[tuple[int, int]] = []
    for first, last in sorted([*taken, (uid, uid)]):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    # A folder full of gaps: the oldest of them are no longer looked into.
    return tuple(runs) if len(runs) <= MOST_RUNS else ((runs[0][0], runs[-MOST_RUNS][1]), *runs[1 - MOST_RUNS :])
