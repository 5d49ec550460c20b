"""Signing in and out, the first owner, invitations and new passwords by link."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from hark.config import Config
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, access, does, go, page, sessions, shown, shows
from hark.web.answers import local
from hark.web.doorway import THEME, cookie

MOST_PER_ADDRESS = 30
MOST_PER_EMAIL = 10


@shows("/sign-in", right=Right.ANYONE)
def sign_in(request: Ask, form: Form) -> Answer:
    if shown(request).visitor:
        return go(request, local(form.text("next", "/")))
    return page(request, "control/sign_in.html", form=form, needs_code=False, wrong=False)


@does("/sign-in", right=Right.ANYONE)
def signed_in(request: Ask, form: Form, database: Database, config: Config, clock: Clock) -> Answer:
    now, email = clock(), form.text("email", most=200).lower()
    with database.transaction() as tx:
        access.slow_down(tx, f"sign-in from {_remote(request)}", now, MOST_PER_ADDRESS, access.GUESSING)
        access.slow_down(tx, f"sign-in as {email}", now, MOST_PER_EMAIL, access.GUESSING)
    with database.transaction() as tx:
        member = access.sign_in(tx, now, email, form.text("password", most=200), form.text("code", most=20))
        if member and not member["needs_code"]:
            return _welcome(request, tx, member["id"], config, now, form.text("next", "/"))
    needs_code = bool(member)
    wrong = not member or bool(form.text("code"))
    return page(request, "control/sign_in.html", status=422, form=form, needs_code=needs_code, wrong=wrong)


@does("/sign-out", right=Right.SIGNED_IN)
def sign_out(request: Ask, database: Database, config: Config) -> Answer:
    visitor = shown(request).visitor
    assert visitor
    with database.transaction() as tx:
        sessions.close(tx, visitor.session)
    answer = go(request, "/sign-in")
    answer.headers["clear-site-data"] = '"storage"'
    answer.headers["set-cookie"] = cookie(sessions.COOKIE, "", secure=request.state.secure, days=0)
    return answer


@shows("/welcome/{secret:str}", right=Right.ANYONE)
def welcome(request: Ask, secret: str, form: Form, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        invited = access.invited(tx, secret, clock())
    status = 200 if invited else 404
    return page(request, "control/welcome.html", status=status, invited=invited, secret=secret, form=form)


@does("/welcome/{secret:str}", right=Right.ANYONE)
def welcomed(request: Ask, secret: str, form: Form, database: Database, config: Config, clock: Clock) -> Answer:
    now = clock()
    with database.transaction() as tx:
        access.slow_down(tx, f"link from {_remote(request)}", now, MOST_PER_ADDRESS, access.GUESSING)
    with database.transaction() as tx:
        invited = access.invited(tx, secret, now)
    email = (invited or {}).get("email") or form.text("email", most=200).lower()
    if invited and "@" not in email:
        form.refuse("email", "This is not an e-mail address.")
    if invited and not form.errors:
        try:
            with database.transaction() as tx:
                member = access.accept(
                    tx, secret, now, email=email, name=form.text("name"), password=form.text("password", most=300)
                )
                return _welcome(request, tx, member, config, now, "/")
        except Rejected as error:
            form.refuse("password", str(error))
    status = 422 if invited else 404
    return page(request, "control/welcome.html", status=status, invited=invited, secret=secret, form=form)


@does("/theme", right=Right.ANYONE)
def theme(request: Ask, form: Form) -> Answer:
    answer = go(request, local(form.text("back", "/")))
    chosen = form.text("theme")
    value = chosen if chosen in ("light", "dark") else "auto"
    answer.headers["set-cookie"] = cookie(THEME, value, secure=False, days=365)
    return answer


def _welcome(request: Ask, tx: Any, member: Any, config: Config, now: datetime, to: str) -> Answer:
    lasts = timedelta(days=config.session_days)
    browser = request.headers.get("user-agent", "")
    secret = sessions.open_session(tx, now, lasts, member=member, browser=browser, remote=_remote(request))
    answer = go(request, local(to))
    answer.headers["set-cookie"] = cookie(
        sessions.COOKIE, quote(secret), secure=request.state.secure, days=config.session_days
    )
    return answer


def _remote(request: Ask) -> str:
    return request.client.host if request.client else ""


HANDLERS = [sign_in, signed_in, sign_out, welcome, welcomed, theme]
