"""Destinations: the systems that get our events, how they do, and what could not be delivered."""

from typing import Any, Literal
from uuid import UUID

from hark.control.plugin_form import entered, settings
from hark.destinations import destination as book
from hark.destinations import health, letters, means
from hark.destinations.destination import Destination, Wish, config_of
from hark.destinations.means import Means
from hark.errors import HarkError, Misconfigured, NotFound, Rejected
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import glance
from hark.registry import Plugin, Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

ICONS = {"webhook": "web", "postgres_table": "server", "files": "download"}


@shows("/destinations", right=Right.DESTINATIONS_READ)
def destinations(request: Ask, database: Database, registry: Registry, clock: Clock) -> Answer:
    with database.transaction() as tx:
        dead = letters.count(tx)
        rows = [
            {"it": one, "health": health.health(tx, one, clock()), "dead": dead.get(one.id, 0)}
            for one in book.every(tx)
        ]
    return page(request, "control/destinations.html", rows=rows, able=_able(registry), icons=ICONS)


@shows("/destinations/new", right=Right.DESTINATIONS_WRITE)
def choose(request: Ask, registry: Registry) -> Answer:
    return page(request, "control/destination_choose.html", able=_able(registry), icons=ICONS)


@shows("/destinations/new/{plugin:str}", right=Right.DESTINATIONS_WRITE)
def new(request: Ask, plugin: str, form: Form, database: Database, registry: Registry, declared: Declared) -> Answer:
    return _form(request, database, declared, _plugin(registry, plugin), form)


@does("/destinations/new/{plugin:str}", right=Right.DESTINATIONS_WRITE)
def added(
    request: Ask, plugin: str, form: Form, database: Database, registry: Registry, declared: Declared, means: Means
) -> Answer:
    chosen = _plugin(registry, plugin)
    try:
        with database.transaction() as tx:
            one = book.add(tx, _wish(form, chosen, declared), registry, means.clock())
    except (Misconfigured, Rejected) as wrong:
        return _refused(request, database, declared, chosen, form, wrong)
    text, bad = _tested(one, chosen, means)
    return go(request, f"/destinations/{one.id}", f"Added. {text}", bad=bad)


@shows("/destinations/{number:uuid}", right=Right.DESTINATIONS_READ)
def destination(
    request: Ask, number: UUID, database: Database, registry: Registry, declared: Declared, clock: Clock
) -> Answer:
    with database.transaction() as tx:
        one = book.get(tx, number)
        plugin = registry.plugins.get(one.plugin)
        return page(
            request,
            "control/destination.html",
            it=one,
            plugin=plugin,
            shown=_facts(one, plugin),
            purpose=declared.purposes.get(one.purpose),
            health=health.health(tx, one, clock()),
            dead=letters.waiting(tx, number, 100),
            attempts=health.attempts(tx, number, 10),
            icons=ICONS,
        )


@shows("/destinations/{number:uuid}/change", right=Right.DESTINATIONS_WRITE)
def change(
    request: Ask, number: UUID, form: Form, database: Database, registry: Registry, declared: Declared
) -> Answer:
    with database.transaction() as tx:
        one = book.get(tx, number)
    return _form(request, database, declared, _plugin(registry, one.plugin), form, one)


@does("/destinations/{number:uuid}/change", right=Right.DESTINATIONS_WRITE)
def changed(
    request: Ask, number: UUID, form: Form, database: Database, registry: Registry, declared: Declared, means: Means
) -> Answer:
    with database.transaction() as tx:
        one = book.get(tx, number)
    plugin = _plugin(registry, one.plugin)
    try:
        with database.transaction() as tx:
            one = book.change(tx, number, _wish(form, plugin, declared), registry)
    except (Misconfigured, Rejected) as wrong:
        return _refused(request, database, declared, plugin, form, wrong, one)
    text, bad = _tested(one, plugin, means)
    return go(request, f"/destinations/{number}", f"Saved. {text}", bad=bad)


@does("/destinations/{number:uuid}/test", right=Right.DESTINATIONS_WRITE)
def test(request: Ask, number: UUID, database: Database, registry: Registry, means: Means) -> Answer:
    with database.transaction() as tx:
        one = book.get(tx, number)
    text, bad = _tested(one, _plugin(registry, one.plugin), means)
    return go(request, f"/destinations/{number}", text, bad=bad)


@does("/destinations/{number:uuid}/switch", right=Right.DESTINATIONS_WRITE)
def switch(request: Ask, number: UUID, form: Form, database: Database) -> Answer:
    on = form.flag("on")
    with database.transaction() as tx:
        book.pause(tx, number, not on)
    return go(request, f"/destinations/{number}", "Delivery goes on." if on else "Paused. The log keeps what waits.")


@does("/destinations/{number:uuid}/remove", right=Right.DESTINATIONS_WRITE)
def remove(request: Ask, number: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        book.remove(tx, number)
    return go(request, "/destinations", "Removed. What was delivered stays where it is.")


@does("/destinations/{number:uuid}/letters", right=Right.DESTINATIONS_WRITE)
def settle(request: Ask, number: UUID, form: Form, database: Database, clock: Clock) -> Answer:
    """`what` is again or discarded; `letter` names those that were chosen, `all` takes every one."""
    what: Literal["discarded", "again"] = "discarded" if form.text("what") == "discarded" else "again"
    with database.transaction() as tx:
        book.get(tx, number)
        if form.flag("all"):
            count = letters.settle_all(tx, number, what, clock())
        else:
            chosen = [one.id for one in letters.waiting(tx, number, 100) if str(one.id) in form.texts("letter")]
            count = letters.settle(tx, chosen, what, clock())
    done = "%(count)s let go." if what == "discarded" else "%(count)s sent again."
    return go(request, f"/destinations/{number}", done if count else "None was chosen.", bad=not count, count=count)


def _form(
    request: Ask,
    database: Database,
    declared: Declared,
    plugin: Plugin,
    form: Form,
    one: Destination | None = None,
    values: dict[str, Any] | None = None,
) -> Answer:
    again = "form_token" in form  # it was sent and refused: show what was entered
    kept = book.shown(one, plugin) if one else None
    with database.transaction() as tx:
        names = book.event_names(tx)
        segments = glance.biggest_segments(tx, 100)
    chosen_names = form.texts("events") if again else sorted(one.events) if one else []
    return page(
        request,
        "control/destination_form.html",
        status=422 if form.errors else 200,
        form=form,
        it=one,
        plugin=plugin,
        settings=settings(config_of(plugin), values if again else kept),
        name=form.text("name") if again else one.name if one else plugin.name,
        purpose=form.text("purpose") if again else one.purpose if one else "service",
        purposes=[(purpose.name, f"{purpose.label}: {purpose.about}") for purpose in declared.purposes.values()],
        names=sorted({*names[:60], *chosen_names}),
        chosen_names=chosen_names,
        segments=segments,
        chosen_segments=form.texts("segments") if again else sorted(one.segments) if one else [],
        history=form.flag("history") if again else bool(one and one.history),
        beginning=form.flag("beginning"),
    )


def _refused(
    request: Ask,
    database: Database,
    declared: Declared,
    plugin: Plugin,
    form: Form,
    wrong: Misconfigured | Rejected,
    one: Destination | None = None,
) -> Answer:
    form.refuse(wrong.field if isinstance(wrong, Misconfigured) else "name", wrong.reason)
    return _form(request, database, declared, plugin, form, one, entered(config_of(plugin), form))


def _wish(form: Form, plugin: Plugin, declared: Declared) -> Wish:
    purpose = form.text("purpose", "service")
    if purpose not in declared.purposes:
        raise Misconfigured("purpose", "choose one of the purposes")
    return Wish(
        name=form.text("name", most=100),
        plugin=plugin.name,
        settings=entered(config_of(plugin), form),
        purpose=purpose,
        events=tuple(filter(None, [*form.texts("events"), *form.text("more_events", most=4000).splitlines()])),
        segments=tuple(filter(None, form.texts("segments"))),
        history=form.flag("history"),
        beginning=form.flag("beginning"),
    )


def _tested(one: Destination, plugin: Plugin, handed: Means) -> tuple[str, bool]:
    """What the test of the connection said, and whether it is bad news."""
    try:
        return f"Tested: {means.check(plugin, book.settings(plugin, one.settings), handed, one.id)}.", False
    except HarkError as wrong:
        return f"The test failed: {wrong}", True


def _facts(one: Destination, plugin: Plugin | None) -> list[tuple[str, Any]]:
    if plugin is None:
        return []
    kept = book.shown(one, plugin)
    return [(setting.title, kept.get(setting.name)) for setting in settings(config_of(plugin), kept)]


def _able(registry: Registry) -> list[Plugin]:
    return sorted(registry.able("write"), key=lambda plugin: plugin.name)


def _plugin(registry: Registry, name: str) -> Plugin:
    plugin = registry.plugins.get(name)
    if plugin is None or plugin.part("write") is None:
        raise NotFound("there is no such destination")
    return plugin


HANDLERS = [destinations, choose, new, added, destination, change, changed, test, switch, remove, settle]
