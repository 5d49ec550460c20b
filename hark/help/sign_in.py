"""The customer's own way in: a link by mail, or a signed token from the company's site."""

from datetime import datetime

from hark.config import Config
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import reading
from hark.people.kinds import spell_email
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, access, customers, does, go, page, sessions, shown, shows
from hark.web.doorway import cookie

MOST_PER_ADDRESS = 20
MOST_PER_EMAIL = 3
SUBJECT = "Your way to your data"
BODY = """Somebody, we hope you, asked to see what we keep of you. This link shows it; it works once, for half an hour:

{link}

If it was not you, do nothing: nobody sees anything without this link.
"""


@shows("/my-data/sign-in", right=Right.ANYONE)
def ask(request: Ask) -> Answer:
    return page(request, "help/sign_in.html", sent=False, wrong=False)


@does("/my-data/sign-in", right=Right.ANYONE)
def send(request: Ask, form: Form, database: Database, config: Config, declared: Declared, clock: Clock) -> Answer:
    """The answer is the same whether or not the address is known, so nobody learns who our customers are."""
    now, email = clock(), spell_email(form.text("email", most=254))
    if email is None:
        return page(request, "help/sign_in.html", status=422, sent=False, wrong=True)
    with database.transaction() as tx:
        access.slow_down(tx, f"my data from {_remote(request)}", now, MOST_PER_ADDRESS, access.GUESSING)
        access.slow_down(tx, f"my data of {email}", now, MOST_PER_EMAIL, access.GUESSING)
    with database.transaction() as tx:
        if _is_known(tx, email, declared):
            customers.send_link(tx, now, email, config.url, SUBJECT, BODY)
    return page(request, "help/sign_in.html", sent=True, wrong=False)


@shows("/my-data/enter/{secret:str}", right=Right.ANYONE)
def show_link(request: Ask, secret: str, database: Database, clock: Clock) -> Answer:
    """A look uses nothing up: programs that check mail open every link in it."""
    with database.transaction() as tx:
        works = customers.link_works(tx, secret, clock())
    return page(request, "help/enter.html", status=200 if works else 404, works=works, secret=secret)


@does("/my-data/enter/{secret:str}", right=Right.ANYONE)
def use_link(request: Ask, secret: str, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        access.slow_down(tx, f"my data from {_remote(request)}", clock(), MOST_PER_ADDRESS, access.GUESSING)
    with database.transaction() as tx:
        identity = customers.use_link(tx, secret, clock())
        return _enter(request, tx, identity, clock())


@shows("/my-data/enter", right=Right.ANYONE)
def use_token(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        access.slow_down(tx, f"my data from {_remote(request)}", clock(), MOST_PER_ADDRESS, access.GUESSING)
    with database.transaction() as tx:
        identity = customers.use_token(tx, form.text("token", most=customers.LONGEST_TOKEN + 1), clock())
        return _enter(request, tx, identity, clock())


@does("/my-data/sign-out", right=Right.OWN_DATA)
def leave(request: Ask, database: Database) -> Answer:
    visitor = shown(request).visitor
    assert visitor
    with database.transaction() as tx:
        sessions.close(tx, visitor.session)
    answer = go(request, "/my-data/sign-in")
    answer.headers["set-cookie"] = cookie(sessions.COOKIE, "", secure=request.state.secure, days=0)
    return answer


def _enter(request: Ask, tx: Transaction, identity: tuple[str, str], now: datetime) -> Answer:
    secret = sessions.open_session(
        tx,
        now,
        customers.SESSION_LASTS,
        identity=identity,
        browser=request.headers.get("user-agent", ""),
        remote=_remote(request),
    )
    answer = go(request, "/my-data")
    answer.headers["set-cookie"] = cookie(sessions.COOKIE, secret, secure=request.state.secure)
    return answer


def _is_known(tx: Transaction, email: str, declared: Declared) -> bool:
    try:
        reading.find(tx, "email", email, declared)
    except NotFound:
        return False
    return True


def _remote(request: Ask) -> str:
    return request.client.host if request.client else ""


HANDLERS = [ask, send, show_link, use_link, use_token, leave]
