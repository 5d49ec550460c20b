"""The way in of every screen: finds the session, settles how the page is read, sets the headers that protect it."""

import hmac
import secrets
from hashlib import blake2b
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import PermissionDeniedException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from hark.config import Config
from hark.errors import Retry
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import locale, sessions
from hark.web.forms import Form
from hark.web.pages import Reading
from hark.web.visitor import Visitor

BROWSER = "hark_browser"  # a random name of the browser: forms of visitors without a session are bound to it
THEME = "hark_theme"
LANGUAGE = "hark_language"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-src 'self'",  # a mail as it came: a page of ours that runs nothing
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_READS = ("GET", "HEAD", "OPTIONS")


class Doorway:
    """ASGI middleware. Leaves the visitor in scope["user"] and a Reading in the request's state."""

    def __init__(self, app: ASGIApp, database: Database, config: Config, clock: Clock) -> None:
        self.app = app
        self.database = database
        self.clock = clock
        self.days = config.session_days
        self.secure = config.url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        cookies = _cookies(scope)
        secret = cookies.get(cookie_name(sessions.COOKIE, self.secure))
        visitor = await run_sync(self._visitor, secret) if secret else None
        browser = cookies.get(BROWSER)
        fresh = None if visitor or browser else secrets.token_urlsafe(18)
        scope["user"] = visitor
        scope["auth"] = secret if visitor else None
        scope["state"]["reading"] = self._reading(
            scope, cookies, visitor, (secret if visitor else browser or fresh) or ""
        )
        scope["state"]["secure"] = self.secure

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                self._protect(scope, headers)
                if fresh and headers.get("content-type", "").startswith("text/html"):
                    headers.add("set-cookie", cookie(BROWSER, fresh, secure=self.secure))
                if visitor:
                    await self._notices(scope, visitor, message)
            await send(message)

        await self.app(scope, receive, answer)

    def _visitor(self, secret: str) -> Visitor | None:
        try:
            with self.database.transaction() as tx:
                return sessions.find(tx, secret, self.clock())
        except Retry:
            return None

    def _reading(self, scope: Scope, cookies: dict[str, str], visitor: Visitor | None, bound: str) -> Reading:
        accepted = _header(scope, b"accept-language")
        wanted = cookies.get(LANGUAGE) or (visitor.language if visitor else None)
        theme = cookies.get(THEME, "auto")
        return Reading(
            now=self.clock(),
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            visitor=visitor,
            language=locale.choose(wanted, accepted),
            time_zone=visitor.time_zone if visitor else "UTC",
            theme=theme if theme in ("light", "dark") else "auto",
            form_token=form_token(bound),
            position=scope["litestar_app"].state.live.position,
            notice=visitor.notice if visitor else None,
        )

    def _protect(self, scope: Scope, headers: MutableScopeHeaders) -> None:
        defaults = {
            "content-security-policy": POLICY,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }
        if self.secure:
            defaults["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        if not scope["path"].startswith("/static/"):
            defaults["cache-control"] = "no-store"
        for name, value in defaults.items():
            headers.setdefault(name, value)

    async def _notices(self, scope: Scope, visitor: Visitor, message: Message) -> None:
        left = scope["state"].get("leave_notice")
        shown = visitor.notice and scope["state"].get("notice_shown")
        if left or shown:
            await run_sync(self._write_notice, visitor.session, left)

    def _write_notice(self, session: bytes, notice: dict[str, Any] | None) -> None:
        with self.database.transaction() as tx:
            sessions.leave_notice(tx, session, notice)


async def refuse_foreign_forms(request: Request[Any, Any, Any]) -> None:
    """Whatever changes something must come from our own page: same origin, and the token of this session in the form."""
    if request.method in _READS:
        return
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if origin and origin != "null" and urlsplit(origin).netloc != host:
        raise PermissionDeniedException("this form was sent from another site")
    given = request.headers.get("x-form-token") or (await request.form()).get("form_token", "")
    wanted = request.state.reading.form_token
    if not isinstance(given, str) or not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise PermissionDeniedException("this form is too old: go back, load the page again, and send it once more")


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    values: dict[str, list[Any]] = {}
    if request.method not in _READS:
        for name, value in (await request.form()).multi_items():
            values.setdefault(name, []).append(value)
    else:
        for name, value in request.query_params.multi_items():
            values.setdefault(name, []).append(value)
    return Form(values)


def form_token(bound_to: str) -> str:
    """Derived from the cookie, so it is worth nothing without it and nothing needs to be stored."""
    return blake2b(bound_to.encode(), digest_size=24, person=b"hark-form").hexdigest() if bound_to else ""


def cookie(name: str, value: str, *, secure: bool, days: float | None = None) -> str:
    parts = [f"{cookie_name(name, secure)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if days is not None:
        parts.append(f"Max-Age={int(days * 86400)}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def cookie_name(name: str, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def _cookies(scope: Scope) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(_header(scope, b"cookie") or "")
    except Exception:  # noqa: BLE001 - a browser's broken cookie must not close the door
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
