"""Reports: how many, how fast, why, how well; each figure opens the conversations behind it, and all of it comes as CSV."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar.response import Stream

from hark.cases import reading as cases
from hark.cases.calendar import working_between
from hark.cases.declared import Hours, calendar_of
from hark.kit.clock import Clock
from hark.reports import behind, figures, sheet
from hark.reports.behind import Figure
from hark.reports.figures import Asked
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, page, shown, shows

STRETCHES = {"7": 7, "30": 30, "90": 90, "365": 365}
FILTERS = ("days", "team", "channel", "language", "member", "tag", "calendar")


class View(NamedTuple):
    """What is looked at, and how its links say it."""

    asked: Asked
    said: dict[str, str]

    def link(self, path: str, **more: object) -> str:
        fields = {**self.said, **{name: str(value) for name, value in more.items() if value is not None}}
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"{path}?{query}" if query else path


@shows("/reports", right=Right.REPORTS_READ)
def reports(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    view = _view(request, form, clock())
    by = form.text("by") if form.text("by") in figures.BY else "channel"
    with database.transaction() as tx:
        hours = figures.hours(tx, view.asked)
        told: dict[str, Any] = {
            "totals": figures.totals(tx, view.asked),
            "before": figures.totals(tx, _before(view.asked)),
            "days": figures.days(tx, view.asked),
            "groups": figures.groups(tx, view.asked, by),
            "reasons": figures.reasons(tx, view.asked),
            "ratings": figures.ratings(tx, view.asked),
            "effort": figures.effort(tx, view.asked),
            "promises": figures.promises(tx, view.asked),
            "choices": figures.choices(tx, view.asked),
            "calendars": cases.declarations(tx, "calendar"),
            "working": _working(tx, view),
            "names": _names(tx),
        }
    by_hour = [sum(count for (_, at), count in hours.items() if at == hour) for hour in range(24)]
    most = max([*hours.values(), 1])
    return page(
        request,
        "control/reports.html",
        view=view,
        by=by,
        bys=figures.BY,
        hours=hours,
        by_hour=by_hour,
        most=most,
        **told,
    )


@shows("/reports/conversations", right=Right.REPORTS_READ)
def conversations(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    view, figure = _view(request, form, clock()), _figure(form)
    with database.transaction() as tx:
        rows, after = behind.listed(tx, view.asked, figure, before=form.text("before") or None)
    more = {name: value for name, value in msgspec.structs.asdict(figure).items() if value is not None}
    again = {**more, "day": form.text("day")}
    return page(
        request,
        "control/reports_behind.html",
        view=view,
        figure=figure,
        rows=rows,
        after=view.link("/reports/conversations", **again, before=after) if after else "",
        sheet=view.link("/reports/conversations.csv", **again),
    )


@shows("/reports/conversations.csv", right=Right.REPORTS_READ)
def conversations_sheet(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """Everything behind a figure. Texts that customers wrote may look like formulas; here they are texts."""
    view, figure = _view(request, form, clock()), _figure(form)
    fields = [name for name in behind.Row.__struct_fields__ if name not in ("person", "member")]

    def parts() -> Any:
        with database.transaction() as tx:
            rows = ([getattr(row, name) for name in fields] for row in behind.everything(tx, view.asked, figure))
            yield from sheet.written(fields, rows)

    return _file("conversations.csv", parts())


@shows("/reports/days.csv", right=Right.REPORTS_READ)
def days_sheet(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    view = _view(request, form, clock())
    with database.transaction() as tx:
        rows = figures.days(tx, view.asked)
    return _file("days.csv", sheet.written(figures.Day.__struct_fields__, map(msgspec.structs.astuple, rows)))


@shows("/reports/groups.csv", right=Right.REPORTS_READ)
def groups_sheet(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    view = _view(request, form, clock())
    by = form.text("by") if form.text("by") in figures.BY else "channel"
    with database.transaction() as tx:
        rows = figures.groups(tx, view.asked, by)
    return _file(f"by-{by}.csv", sheet.written(figures.Group.__struct_fields__, map(msgspec.structs.astuple, rows)))


def _view(request: Ask, form: Form, now: datetime) -> View:
    said = {name: form.text(name) for name in FILTERS}
    zone = shown(request).time_zone
    today = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = today - timedelta(days=STRETCHES.get(said["days"], 30) - 1), today + timedelta(days=1)
    if day := form.text("day"):
        since, until = _day(day, ZoneInfo(zone)) or (since, until)
    asked = Asked(
        since=since,
        until=until,
        zone=zone,
        team=said["team"] or None,
        channel=said["channel"] or None,
        language=said["language"] or None,
        member=_id(said["member"]),
        tag=said["tag"] or None,
    )
    return View(asked, said)


def _before(asked: Asked) -> Asked:
    """The stretch of the same length before it, to compare with."""
    return msgspec.structs.replace(asked, since=asked.since - (asked.until - asked.since), until=asked.since)


def _figure(form: Form) -> Figure:
    what = form.text("what")
    return Figure(
        what=what if what in behind.WHATS else "opened",
        rating=form.number("rating"),
        hour=_within(form.number("hour"), 23),
        weekday=_within(form.number("weekday"), 7),
    )


def _working(tx: Transaction, view: View) -> float | None:
    name = view.said["calendar"]
    found = next((one for one in cases.declarations(tx, "calendar") if one.name == name), None)
    if found is None:
        return None
    calendar = calendar_of(msgspec.convert(found.body, Hours))
    return figures.working_first_answer(tx, view.asked, lambda since, until: working_between(calendar, since, until))


def _names(tx: Transaction) -> dict[str, str]:
    """Teams and members as people call them."""
    teams = {one.name: one.label or one.name for one in cases.declarations(tx, "team")}
    return teams | {str(row["id"]): row["name"] for row in figures.members(tx)}


def _day(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    try:
        day = datetime.fromisoformat(text[:10]).replace(tzinfo=zone)
    except ValueError:
        return None
    return day, day + timedelta(days=1)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _within(number: int | None, most: int) -> int | None:
    return number if number is not None and 0 <= number <= most else None


def _file(name: str, parts: Any) -> Answer:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(parts, media_type="text/csv; charset=utf-8", headers=headers)


HANDLERS = [reports, conversations, conversations_sheet, days_sheet, groups_sheet]
