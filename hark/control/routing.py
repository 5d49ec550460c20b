"""Routing: teams with their members and how they share work, what members can do and how much at once, and the routes."""

from typing import Any
from uuid import UUID

import msgspec

from hark.cases import act, router, wall
from hark.cases import reading as cases
from hark.cases.declared import Team
from hark.control import declaring
from hark.control.declaring import by, finish, seconds, written
from hark.errors import NotFound, Rejected
from hark.reports import figures
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

STATES = ("online", "away", "offline")
CHANNELS = ("chat", "email", "messaging", "phone", "case")


@shows("/routing", right=Right.ROUTING_READ)
def routing(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        return page(
            request,
            "control/routing.html",
            teams=cases.declarations(tx, "team"),
            routes=cases.declarations(tx, "route"),
            present=wall.present(tx),
            members=_members(tx),
            written=written,
            capacity=router.capacity,
            channels=CHANNELS,
        )


@shows("/routing/teams/new", right=Right.ROUTING_WRITE)
def new_team(request: Ask, form: Form, database: Database) -> Answer:
    return _team(request, form, database, "", Team(label="", mode="push", reassign=300))


@shows("/routing/teams/{name:str}", right=Right.ROUTING_READ)
def team(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        body = cases.declaration(tx, "team", name).body
    return _team(request, form, database, name, msgspec.convert(body, Team))


@does("/routing/teams/new", right=Right.ROUTING_WRITE)
def make_team(request: Ask, form: Form, database: Database) -> Answer:
    return _take_team(request, form, database, "")


@does("/routing/teams/{name:str}", right=Right.ROUTING_WRITE)
def change_team(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        cases.declaration(tx, "team", name)
    return _take_team(request, form, database, name)


@does("/routing/teams/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove_team(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "team", name, "/routing")


@shows("/routing/members/{number:uuid}", right=Right.ROUTING_READ)
def member(request: Ask, number: UUID, form: Form, database: Database) -> Answer:
    return _member(request, number, form, database)


@does("/routing/members/{number:uuid}", right=Right.ROUTING_WRITE)
def change_member(request: Ask, number: UUID, form: Form, database: Database) -> Answer:
    skills, languages = _levels(form, "skills"), _levels(form, "languages")
    capacity = {
        one: most for one in CHANNELS if (most := form.number(f"capacity.{one}")) is not None and 0 <= most <= 100
    }
    if form.errors:
        return _member(request, number, form, database, status=422)
    with database.transaction() as tx:
        name = _name(tx, number)
        event = act.skill(tx, number, by=by(request), skills=skills, languages=languages, capacity=capacity)
    return finish(request, database, event, "/routing", "%(name)s is saved.", name=name)


@does("/routing/members/{number:uuid}/state", right=Right.ROUTING_WRITE)
def set_state(request: Ask, number: UUID, form: Form, database: Database) -> Answer:
    state = form.text("state")
    if state not in STATES:
        raise Rejected("say whether they are online, away or offline")
    with database.transaction() as tx:
        name = _name(tx, number)
        event = act.stand(tx, number, state, by=by(request))  # type: ignore[arg-type]
    return finish(request, database, event, "/routing", "%(name)s is saved.", name=name)


@shows("/routing/routes/new", right=Right.ROUTING_WRITE)
def new_route(request: Ask, form: Form, database: Database) -> Answer:
    return _route(request, form, database, "", {})


@shows("/routing/routes/{name:str}", right=Right.ROUTING_READ)
def route(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        body = cases.declaration(tx, "route", name).body
    return _route(request, form, database, name, body)


@does("/routing/routes/new", right=Right.ROUTING_WRITE)
def make_route(request: Ask, form: Form, database: Database) -> Answer:
    return _take_route(request, form, database, "")


@does("/routing/routes/{name:str}", right=Right.ROUTING_WRITE)
def change_route(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        cases.declaration(tx, "route", name)
    return _take_route(request, form, database, name)


@does("/routing/routes/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove_route(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "route", name, "/routing")


def _take_team(request: Ask, form: Form, database: Database, name: str) -> Answer:
    body: dict[str, Any] = {
        "label": form.text("label", most=100),
        "members": [one for one in form.texts("member") if one],
        "mode": "pull" if form.text("mode") == "pull" else "push",
        "calendar": form.text("calendar") or None,
        "hold": seconds(form, "hold") or 0,
        "reassign": seconds(form, "reassign"),
        "relax": [
            {"after": after, "levels": form.number(f"levels.{n}", 1) or 0, "language": form.flag(f"language.{n}")}
            for n in range(3)
            if (after := seconds(form, f"relax.{n}")) is not None
        ],
        "overflow": [
            {"after": after, "team": form.text(f"help.{n}")}
            for n in range(2)
            if form.text(f"help.{n}") and (after := seconds(form, f"overflow.{n}")) is not None
        ],
    }
    if declaring.save(request, form, database, "team", name, body):
        return go(request, "/routing", "%(name)s is saved.", name=body["label"])
    try:
        shown_again = msgspec.convert(body, Team, strict=False)
    except msgspec.ValidationError:
        shown_again = Team(label=body["label"])
    return _team(request, form, database, name, shown_again, status=422)


def _team(request: Ask, form: Form, database: Database, name: str, body: Team, status: int = 200) -> Answer:
    with database.transaction() as tx:
        calendars = [("", "Day and night")] + [
            (one.name, one.label or one.name) for one in cases.declarations(tx, "calendar")
        ]
        others = [("", "–")] + [
            (one.name, one.label or one.name) for one in cases.declarations(tx, "team") if one.name != name
        ]
        members = _members(tx)
    return page(
        request,
        "control/routing_team.html",
        status=status,
        name=name,
        body=body,
        members=members,
        calendars=calendars,
        others=others,
        written=written,
        errors=form.errors,
    )


def _member(request: Ask, number: UUID, form: Form, database: Database, status: int = 200) -> Answer:
    with database.transaction() as tx:
        name = _name(tx, number)
        found = next((one for one in wall.present(tx) if one.agent.member == number), None)
    agent = found.agent if found else None
    return page(
        request,
        "control/routing_member.html",
        status=status,
        number=number,
        name=name,
        agent=agent,
        skills=form.text("skills", _said(agent.skills) if agent else ""),
        languages=form.text("languages", _said(agent.languages) if agent else ""),
        capacity={one: router.capacity(agent, one) if agent else router.CAPACITY.get(one, 1) for one in CHANNELS},
        errors=form.errors,
    )


def _take_route(request: Ask, form: Form, database: Database, name: str) -> Answer:
    body: dict[str, Any] = {
        "label": form.text("label", most=100),
        "condition": form.text("condition", most=5000),
        "team": form.text("team") or None,
        "skills": _levels(form, "skills"),
        "boost": seconds(form, "boost") or 0,
        "place": form.number("place", 0),
    }
    if declaring.save(request, form, database, "route", name, body):
        return go(request, "/routing", "%(name)s is saved.", name=body["label"])
    return _route(request, form, database, name, body, status=422)


def _route(request: Ask, form: Form, database: Database, name: str, body: dict[str, Any], status: int = 200) -> Answer:
    with database.transaction() as tx:
        teams = [("", "–")] + [(one.name, one.label or one.name) for one in cases.declarations(tx, "team")]
    body = {"label": "", "condition": "", "team": "", "place": 0, **body}
    skills = form.text("skills", _said(body.get("skills") or {}))
    boost = form.text("boost") or (written(body["boost"]) if body.get("boost") else "")
    return page(
        request,
        "control/routing_route.html",
        status=status,
        name=name,
        body=body,
        teams=teams,
        skills=skills,
        boost=boost,
        errors=form.errors,
    )


def _levels(form: Form, name: str) -> dict[str, int]:
    """ "washers 3, billing 5": names with levels from 1 to 5; without a level it is 3."""
    found = {}
    for part in filter(None, (one.strip() for one in form.text(name, most=2000).split(","))):
        word, _, level = part.rpartition(" ")
        if not word:
            word, level = part, "3"
        if level not in "12345" or len(level) != 1:
            form.refuse(name, "Write names with levels from 1 to 5, like: washers 3, billing 5.")
        else:
            found[declaring.name_of(word)] = int(level)
    return found


def _said(levels: dict[str, int]) -> str:
    return ", ".join(f"{name} {level}" for name, level in levels.items())


def _members(tx: Transaction) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in figures.members(tx)}


def _name(tx: Transaction, number: UUID) -> str:
    name = _members(tx).get(str(number))
    if name is None:
        raise NotFound("there is no such member")
    return name


HANDLERS = [
    *(routing, new_team, team, make_team, change_team, remove_team),
    *(member, change_member, set_state),
    *(new_route, route, make_route, change_route, remove_route),
]
