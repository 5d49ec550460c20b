"""The team: who may sign in and as what; invitations and new passwords as links that work once."""

from uuid import UUID

from hark.config import Config
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, Role, access, does, go, page, shown, shows


@shows("/team", right=Right.TEAM_READ)
def team(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    return _page(request, form, database, clock)


@does("/team/invite", right=Right.TEAM_WRITE)
def invite(request: Ask, form: Form, database: Database, config: Config, clock: Clock) -> Answer:
    """The link is shown once, to be handed over; e-mail comes with its channel."""
    email, role = form.text("email", most=200).lower(), _role(form.text("role"))
    if "@" not in email.strip("@"):
        form.refuse("email", "This is not an e-mail address.")
        return _page(request, form, database, clock, status=422)
    try:
        with database.transaction() as tx:
            secret = access.invite(tx, clock(), email, role, _me(request))
    except Rejected as error:
        form.refuse("email", str(error))
        return _page(request, form, database, clock, status=422)
    return _page(request, form, database, clock, link=f"{config.url}/welcome/{secret}", link_of=email)


@does("/team/invites/{which:str}/withdraw", right=Right.TEAM_WRITE)
def withdraw(request: Ask, which: str, database: Database) -> Answer:
    with database.transaction() as tx:
        try:
            access.drop_invite(tx, which)
        except ValueError:
            raise Rejected("there is no such invitation") from None
    return go(request, "/team", "The invitation no longer works.")


@does("/team/{member:uuid}/role", right=Right.TEAM_WRITE)
def change_role(request: Ask, member: UUID, form: Form, database: Database) -> Answer:
    role = _role(form.text("role"))
    try:
        with database.transaction() as tx:
            access.change_role(tx, member, role)
    except Rejected as error:
        return go(request, "/team", str(error), bad=True)
    return go(request, "/team", "The role is changed; they sign in again to work with it.")


@does("/team/{member:uuid}/reset", right=Right.TEAM_WRITE)
def reset(request: Ask, member: UUID, form: Form, database: Database, config: Config, clock: Clock) -> Answer:
    with database.transaction() as tx:
        secret = access.reset(tx, clock(), member, _me(request))
        row = access.member(tx, member)
    email = row["email"] if row else ""
    return _page(request, form, database, clock, link=f"{config.url}/welcome/{secret}", link_of=email)


@does("/team/{member:uuid}/remove", right=Right.TEAM_WRITE)
def remove(request: Ask, member: UUID, database: Database) -> Answer:
    try:
        with database.transaction() as tx:
            access.remove(tx, member)
    except Rejected as error:
        return go(request, "/team", str(error), bad=True)
    return go(request, "/team", "Removed, and signed out everywhere.")


def _page(
    request: Ask, form: Form, database: Database, clock: Clock, *, status: int = 200, link: str = "", link_of: str = ""
) -> Answer:
    with database.transaction() as tx:
        members = access.members(tx, clock())
        invites = access.open_invites(tx, clock())
    return page(
        request,
        "control/team.html",
        status=status,
        form=form,
        members=members,
        invites=invites,
        roles=access.STAFF,
        link=link,
        link_of=link_of,
        me=_me(request),
    )


def _role(text: str) -> Role:
    if text not in access.STAFF:
        raise Rejected("choose a role")
    return Role(text)


def _me(request: Ask) -> UUID:
    visitor = shown(request).visitor
    assert visitor
    assert visitor.member
    return visitor.member


HANDLERS = [team, invite, withdraw, change_role, reset, remove]
