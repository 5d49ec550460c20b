"""The supervisor's wall: who waits and how long, who is there, which promises run out. Read from three metres, live."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hark.cases import reading as cases
from hark.cases import wall as work
from hark.kit.clock import Clock
from hark.reports import figures
from hark.reports.figures import Asked
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Right, page, shown, shows

SOON = timedelta(minutes=30)
SHOWN = 12


@shows("/wall", right=Right.REPORTS_READ)
def wall(request: Ask, database: Database, clock: Clock) -> Answer:
    now = clock()
    midnight = now.astimezone(ZoneInfo(shown(request).time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    with database.transaction() as tx:
        told = standing(tx, now, midnight)
    return page(request, "control/wall.html", **told)


def standing(tx: Transaction, now: datetime, midnight: datetime) -> dict[str, Any]:
    queue = work.queue(tx, now)
    present = [one for one in work.present(tx) if one.agent.state != "offline"]
    clocks = work.running(tx, now + SOON)
    broken = work.breaches(tx, midnight, now + timedelta(seconds=1))
    teams = {one.name: one.label or one.name for one in cases.declarations(tx, "team")}
    anchors = [one.ticket.anchor for one in queue] + [one.anchor for one in clocks]
    by_team: dict[str | None, list[Any]] = {}
    for one in queue:
        by_team.setdefault(one.ticket.team, []).append(one)
    return {
        "now": now,
        "queue": queue[:SHOWN],
        "waiting": len(queue),
        "longest": max((one.waited for one in queue), default=0),
        "by_team": [
            (teams.get(team or "", team), len(some), max(one.waited for one in some)) for team, some in by_team.items()
        ],
        "present": present,
        "online": sum(one.agent.state == "online" for one in present),
        "clocks": [one for one in clocks if one.due_at][:SHOWN],
        "broken": len(broken),
        "today": figures.totals(tx, Asked(since=midnight, until=midnight + timedelta(days=1))),
        "names": figures.names_of(tx, anchors),
        "members": {row["id"]: row["name"] for row in figures.members(tx)},
        "teams": teams,
    }


HANDLERS = [wall]
