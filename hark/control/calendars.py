"""Calendars: when somebody is there, with split and overnight shifts, holidays, and a picture of the week."""

import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

import msgspec

from hark.cases import reading as cases
from hark.cases.calendar import DAYS, add_working, is_open, next_open
from hark.cases.declared import Hours, calendar_of
from hark.control import declaring
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

_SHIFT = re.compile(r"^(\d{1,2})(?::?(\d{2}))?$")
START = Hours(zone="Europe/Berlin", hours=dict.fromkeys(DAYS[:5], (("09:00", "12:00"), ("13:00", "18:00"))))


@shows("/calendars", right=Right.ROUTING_READ)
def calendars(request: Ask, database: Database, clock: Clock) -> Answer:
    now = clock()
    with database.transaction() as tx:
        found = [(one, msgspec.convert(one.body, Hours)) for one in cases.declarations(tx, "calendar")]
    rows = [
        {
            "one": one,
            "hours": hours,
            "bars": bars(hours),
            "open": is_open(calendar_of(hours), now),
            "next": next_open(calendar_of(hours), now),
        }
        for one, hours in found
    ]
    return page(request, "control/calendars.html", rows=rows, days=DAYS)


@shows("/calendars/new", right=Right.ROUTING_WRITE)
def new(request: Ask, form: Form, clock: Clock) -> Answer:
    zone = shown(request).time_zone
    return _page(request, form, clock, "", msgspec.structs.replace(START, zone=zone if zone != "UTC" else START.zone))


@shows("/calendars/{name:str}", right=Right.ROUTING_READ)
def calendar(request: Ask, name: str, form: Form, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        found = cases.declaration(tx, "calendar", name)
    return _page(request, form, clock, name, msgspec.convert(found.body, Hours))


@does("/calendars/new", right=Right.ROUTING_WRITE)
def make(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    return _take(request, form, database, clock, "")


@does("/calendars/{name:str}", right=Right.ROUTING_WRITE)
def change(request: Ask, name: str, form: Form, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        cases.declaration(tx, "calendar", name)
    return _take(request, form, database, clock, name)


@does("/calendars/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "calendar", name, "/calendars")


def _take(request: Ask, form: Form, database: Database, clock: Clock, name: str) -> Answer:
    body = _read(form)
    try:
        hours = msgspec.convert(body, Hours)
    except msgspec.ValidationError:
        hours = START
    if form.text("act") != "look" and declaring.save(request, form, database, "calendar", name, body):
        return go(request, "/calendars", "%(name)s is saved.", name=form.text("label"))
    return _page(request, form, clock, name, hours, status=422 if form.errors else 200)


def _read(form: Form) -> dict[str, Any]:
    hours: dict[str, Any] = {}
    for day in DAYS:
        try:
            hours[day] = shifts(form.text(day))
        except Rejected as error:
            form.refuse(day, error.reason)
    holidays = []
    for line in form.text("holidays", most=20_000).splitlines():
        day_text, _, name = line.strip().partition(" ")
        if day_text:
            holidays.append({"day": day_text, "name": name.strip()[:100]})
    return {
        "label": form.text("label", most=100),
        "zone": form.text("zone"),
        "hours": {day: found for day, found in hours.items() if found},
        "holidays": holidays,
    }


def shifts(text: str) -> list[list[str]]:
    """ "9-12, 13:30-18", "22-6": over midnight; nothing: shut. Rejected where it is no such text."""
    found = []
    for part in filter(None, (one.strip() for one in text.replace("–", "-").replace(";", ",").split(","))):
        start, dash, end = part.partition("-")
        if not dash:
            raise Rejected("Write hours like 9-12, 13:30-18, or 22-6 for a night.")
        found.append([_time(start), _time(end)])
    return found


def _time(text: str) -> str:
    match = _SHIFT.match(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2] or 0) > 59:
        raise Rejected("Write hours like 9-12, 13:30-18, or 22-6 for a night.")
    return f"{int(match[1]):02}:{match[2] or '00'}"


def bars(hours: Hours) -> list[list[tuple[float, float, str]]]:
    """For each day of the week where it is open: (start, length) in parts of 24 hours, and the words of the shift. What goes
    over midnight is drawn on both days."""
    week: list[list[tuple[float, float, str]]] = [[] for _ in DAYS]
    for index, day in enumerate(DAYS):
        for start, end in hours.hours.get(day, ()):
            begins, ends, said = _part(start), _part(end), f"{start}–{end}"
            if ends > begins:
                week[index].append((begins, ends - begins, said))
            else:
                week[index].append((begins, 1 - begins, said))
                if ends:
                    week[(index + 1) % 7].append((0.0, ends, said))
    return week


def _part(text: str) -> float:
    hour, _, minute = text.partition(":")
    return (int(hour) * 60 + int(minute)) / 1440


def _page(request: Ask, form: Form, clock: Clock, name: str, hours: Hours, status: int = 200) -> Answer:
    now, calendar = clock(), calendar_of(hours)
    again = "label" in form
    try:
        promised = add_working(calendar, now, 4 * 3600)
    except (Rejected, ValueError, KeyError):
        promised = None
    texts = {day: form.text(day) if again else _written(hours, day) for day in DAYS}
    holidays = "\n".join(f"{one.day} {one.name}".strip() for one in hours.holidays)
    return page(
        request,
        "control/calendar.html",
        status=status,
        name=name,
        label=form.text("label", hours.label),
        zone=form.text("zone", hours.zone),
        zones=sorted(available_timezones()),
        texts=texts,
        holidays=form.text("holidays", holidays, most=20_000),
        coming=coming(hours, now.date()),
        bars=bars(hours),
        days=DAYS,
        promised=promised,
        errors=form.errors,
    )


def coming(hours: Hours, today: date) -> list[tuple[date, str]]:
    """The holidays of the next year, in order: those of every year with this year's or next year's day."""
    found = []
    for one in hours.holidays:
        for year in (today.year, today.year + 1):
            try:
                day = date.fromisoformat(one.day if len(one.day) == 10 else f"{year}-{one.day}")
            except ValueError:
                continue
            if today <= day < today + timedelta(days=366):
                found.append((day, one.name))
    return sorted(set(found))


def _written(hours: Hours, day: str) -> str:
    return ", ".join(f"{start}-{end}" for start, end in hours.hours.get(day, ()))


HANDLERS = [calendars, new, make, calendar, change, remove]
