"""One's own account: name, language, time zone, password, the second step, and where one is signed in."""

from uuid import UUID
from zoneinfo import available_timezones

import pyotp
import segno
from markupsafe import Markup

from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.store.database import Row
from hark.web import Answer, Ask, Form, Right, Visitor, access, does, go, page, sessions, shown, shows
from hark.web.doorway import LANGUAGE, cookie
from hark.web.locale import LANGUAGES

ISSUER = "Hark"


@shows("/account", right=Right.SIGNED_IN)
def account(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    return _page(request, form, database, clock)


@does("/account", right=Right.SIGNED_IN)
def save(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    zone, language = form.text("time_zone"), form.text("language")
    if not form.text("name"):
        form.refuse("name", "Your colleagues need a name to call you by.")
    if zone not in available_timezones():
        form.refuse("time_zone", "There is no such time zone.")
    if form.errors:
        return _page(request, form, database, clock, status=422)
    with database.transaction() as tx:
        access.set_reading(tx, _member(request), form.text("name"), language if language in LANGUAGES else None, zone)
    answer = go(request, "/account", "Saved.")
    answer.headers["set-cookie"] = cookie(LANGUAGE, "", secure=False, days=0)
    return answer


@does("/account/password", right=Right.SIGNED_IN)
def change_password(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    visitor = _visitor(request)
    with database.transaction() as tx:
        access.slow_down(tx, f"password of {visitor.member}", clock(), 10, access.GUESSING)
    with database.transaction() as tx:
        if not access.password_is(tx, _member(request), form.text("old", most=300)):
            form.refuse("old", "This is not your password.")
        else:
            try:
                password = form.text("new", most=300)
                access.set_password(tx, _member(request), password, visitor.email or "", visitor.session)
            except Rejected as error:
                form.refuse("new", str(error))
    if form.errors:
        return _page(request, form, database, clock, status=422)
    return go(request, "/account", "Your password is changed; you were signed out everywhere else.")


@does("/account/second-step", right=Right.SIGNED_IN)
def second_step(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """On with a code of the new secret; off with the password."""
    with database.transaction() as tx:
        access.slow_down(tx, f"second step of {_member(request)}", clock(), 10, access.GUESSING)
    with database.transaction() as tx:
        if form.text("secret"):
            if not access.turn_on_totp(tx, _member(request), form.text("secret"), form.text("code"), clock()):
                form.refuse("code", "This code does not fit. Is the clock of your phone right?")
        elif access.password_is(tx, _member(request), form.text("password", most=300)):
            access.turn_off_totp(tx, _member(request))
        else:
            form.refuse("password", "This is not your password.")
    if form.errors:
        return _page(request, form, database, clock, status=422)
    if form.text("secret"):
        return go(request, "/account", "The second step is on.")
    return go(request, "/account", "The second step is off.")


@does("/account/sessions/close", right=Right.SIGNED_IN)
def close_others(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        sessions.close_others(tx, _member(request), _visitor(request).session)
    return go(request, "/account", "You are signed out everywhere else.")


def _page(request: Ask, form: Form, database: Database, clock: Clock, status: int = 200) -> Answer:
    with database.transaction() as tx:
        member = access.member(tx, _member(request))
        open_sessions = sessions.of_member(tx, _member(request), clock())
    assert member
    secret = form.text("secret") or access.new_totp()
    return page(
        request,
        "control/account.html",
        status=status,
        form=form,
        member=member,
        here=_visitor(request).session,
        sessions=open_sessions,
        languages=LANGUAGES,
        zones=sorted(available_timezones()),
        secret=secret,
        drawn=None if member["totp"] else _draw(member, secret),
    )


def _draw(member: Row, secret: str) -> Markup:
    """The QR code that an authenticator reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=member["email"], issuer_name=ISSUER)
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#211d19", light="#ffffff"))


def _visitor(request: Ask) -> Visitor:
    visitor = shown(request).visitor
    assert visitor
    return visitor


def _member(request: Ask) -> UUID:
    member = _visitor(request).member
    if member is None:
        raise Rejected("this account is not a member's")
    return member


HANDLERS = [account, save, change_password, second_step, close_others]
