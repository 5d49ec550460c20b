"""Templates become pages: autoescaped, strict, translated, with the components of templates/ui at hand as `ui`.

Every room that has a `templates` folder is found under its own name: "control/people.html". A fragment is one block of
the template that rendered the page, so a live page and a fresh one can never differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from hark.web import charts, locale, wording
from hark.web.menu import Menu
from hark.web.rights import Right, may
from hark.web.visitor import Visitor

ROOMS = Path(__file__).parent.parent
OWN = Path(__file__).parent / "templates"
# Components of which a list has hundreds and which say the same to everybody: made once for each word they are given.
SAME_FOR_ALL = ("icon", "channel_icon", "channel_hue")


class Reading(Struct, kw_only=True):
    """How one page is read: set by the middleware for each request."""

    now: datetime
    path: str = "/"
    query: str = ""
    visitor: Visitor | None = None
    language: str = "en"
    time_zone: str = "UTC"
    theme: str = "auto"
    form_token: str = ""
    position: int = 0  # of the event log when the page was rendered: live updates go on from here
    notice: dict[str, Any] | None = None

    def may(self, right: str) -> bool:
        return may(self.visitor.role if self.visitor else None, Right(right))


_reading: ContextVar[Reading] = ContextVar("reading")


class Pages:
    """`version` names the state of the static files, so that a browser may keep them for ever."""

    def __init__(self, menu: Menu, version: str = "0") -> None:
        self.menu = menu
        self.version = version
        self.environment = _environment()
        self.environment.globals.update(
            reading=_reading.get, menu=self._entries, static=self._static, form_token=_form_token, may=_may
        )
        self.components = SimpleNamespace()
        self.environment.globals["ui"] = self.components  # before they are loaded: they use one another
        self._load_components()

    def whole(self, template: str, values: Mapping[str, Any], reading: Reading) -> str:
        with _as(reading):
            return self.environment.get_template(template).render(values)

    def block(self, template: str, name: str, values: Mapping[str, Any], reading: Reading) -> str:
        """One block alone. A name that the template does not have gives the whole page: the browser then reloads."""
        loaded = self.environment.get_template(template)
        if name not in loaded.blocks:
            return self.whole(template, values, reading)
        with _as(reading):
            return "".join(loaded.blocks[name](loaded.new_context(dict(values))))

    def _load_components(self) -> None:
        """Every macro of templates/ui/*.html under its own name."""
        for file in sorted((OWN / "ui").glob("*.html")):
            module = self.environment.get_template(f"web/ui/{file.name}").module
            vars(self.components).update(
                {name: macro for name, macro in vars(module).items() if not name.startswith("_")}
            )
        for name in SAME_FOR_ALL:
            setattr(self.components, name, lru_cache(maxsize=500)(getattr(self.components, name)))

    def _entries(self) -> Sequence[Any]:
        reading = _reading.get()
        return self.menu.entries(reading.visitor.role if reading.visitor else None, reading.path)

    def _static(self, path: str) -> str:
        return f"/static/{self.version}/{path}"


@contextmanager
def _as(reading: Reading) -> Iterator[None]:
    token = _reading.set(reading)
    try:
        yield
    finally:
        _reading.reset(token)


def _environment() -> Environment:
    folders = {folder.parent.name: FileSystemLoader(folder) for folder in sorted(ROOMS.glob("*/templates"))}
    environment = Environment(
        loader=PrefixLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    environment.globals["charts"] = charts
    environment.globals["N_"] = str  # marks a text that is translated later, by the filter `translated`
    for name in wording.FILTERS:
        environment.filters[name] = _reader(name)
    environment.filters["classes"] = _classes
    environment.filters["translated"] = _gettext  # for texts that Python wrote, such as what is wrong with a field
    return environment


def _gettext(message: str) -> str:
    if not message:
        return ""  # the empty text stands for the head of a catalogue
    return locale.translations(_language()).gettext(message)


def _ngettext(one: str, many: str, number: int) -> str:
    return locale.translations(_language()).ngettext(one, many, number)


def _language() -> str:
    reading = _reading.get(None)
    return reading.language if reading else "en"


def _reader(name: str) -> Any:
    """A filter that writes a value the way this visitor reads it."""
    write = wording.FILTERS[name]

    def filtered(value: Any, *arguments: Any, **named: Any) -> Any:
        return write(value, _reading.get(), *arguments, **named)

    return filtered


def _form_token() -> Markup:
    return Markup('<input type="hidden" name="form_token" value="{}">').format(escape(_reading.get().form_token))


def _may(right: str) -> bool:
    return _reading.get().may(right)


def _classes(value: str, **when: bool) -> str:
    return " ".join([value, *(name.replace("_", "-") for name, yes in when.items() if yes)]).strip()
