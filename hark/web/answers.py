"""What a handler gives back: a page, a fragment of the same page, or a way to go on with a notice."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect, Response

from hark.web import locale
from hark.web.pages import Pages, Reading

Ask = Request[Any, Any, State]
Answer = Response[Any]
FRAGMENT = "hark-fragment"  # request header: the one block of the template that the browser wants


def page(request: Ask, template: str, *, status: int = 200, **values: Any) -> Answer:
    """Render a template, or only the block that the header `Hark-Fragment` names, for the visitor who asks."""
    pages: Pages = request.app.state.pages
    reading = shown(request)
    block = request.headers.get(FRAGMENT)
    html = pages.block(template, block, values, reading) if block else pages.whole(template, values, reading)
    if not block:
        request.state.notice_shown = True
    return Response(html, media_type="text/html", status_code=status, headers={"vary": FRAGMENT})


def shown(request: Ask) -> Reading:
    """How this visitor reads: language, time zone, theme, rights, form token."""
    reading: Reading = request.state.reading
    return reading


def go(
    request: Ask, to: str, notice: str | None = None, *, undo: str | None = None, bad: bool = False, **words: object
) -> Answer:
    """See other. `notice` is shown once on the next page; `undo` is the path that a POST takes it back with.

    The notice is English and is translated here; what varies comes as `words`: go(…, "%(name)s is paused.", name=name).
    """
    if notice:
        text = locale.translations(shown(request).language).gettext(notice)
        request.state.leave_notice = {"text": text % words if words else text, "undo": undo and local(undo), "bad": bad}
    return Redirect(local(to), status_code=303)


def local(path: str) -> str:
    """A path on this site; anything that would lead elsewhere becomes the home page."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path
