"""Accounts of channels: a mailbox, a chat. Their settings as the plug-in describes them, the test, and how they stand."""

from typing import Any

from hark.control.plugin_form import entered, grouped
from hark.control.sources import ICONS
from hark.destinations.means import Means
from hark.errors import Misconfigured, Rejected
from hark.events import accounts, listening
from hark.events import sources as rooms
from hark.model import Source
from hark.registry import Plugin, Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows


@shows("/accounts/new/{plugin:str}", right=Right.SOURCES_WRITE)
def new_account(request: Ask, plugin: str, form: Form, registry: Registry) -> Answer:
    return _form(request, accounts.kind(registry, plugin), form)


@does("/accounts/new/{plugin:str}", right=Right.SOURCES_WRITE)
def add_account(request: Ask, plugin: str, form: Form, database: Database, registry: Registry, means: Means) -> Answer:
    chosen = accounts.kind(registry, plugin)
    values: dict[str, Any] = {}
    try:
        values = entered(_config(chosen), form)
        with database.transaction() as tx:
            source = accounts.add(tx, chosen, form.text("account_name", most=200), values)
    except (Misconfigured, Rejected) as wrong:
        return _refused(request, chosen, form, wrong, values)
    return _tested(request, source, chosen, means, "Added.")


@shows("/sources/{source_id:str}/account", right=Right.SOURCES_WRITE)
def account(request: Ask, source_id: str, form: Form, database: Database, registry: Registry) -> Answer:
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
        standing = listening.standing(tx, [source_id]).get(source_id)
    plugin = accounts.kind(registry, source.plugin)
    return _form(request, plugin, form, source, plugin.shown(source.settings), standing)


@does("/sources/{source_id:str}/account", right=Right.SOURCES_WRITE)
def change_account(
    request: Ask, source_id: str, form: Form, database: Database, registry: Registry, means: Means
) -> Answer:
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
    plugin = accounts.kind(registry, source.plugin)
    values: dict[str, Any] = {}
    try:
        values = entered(_config(plugin), form)
        with database.transaction() as tx:
            source = accounts.change(tx, source, plugin, values)
    except (Misconfigured, Rejected) as wrong:
        return _refused(request, plugin, form, wrong, values, source)
    return _tested(request, source, plugin, means, "Saved.")


@does("/sources/{source_id:str}/account/test", right=Right.SOURCES_WRITE)
def test_account(request: Ask, source_id: str, database: Database, registry: Registry, means: Means) -> Answer:
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
    return _tested(request, source, accounts.kind(registry, source.plugin), means)


def _tested(request: Ask, source: Source, plugin: Plugin, means: Means, done: str = "") -> Answer:
    found = accounts.test(source, plugin, means.http)
    said = f"Tested: {found.said}." if found.works else f"The test failed: {found.said}"
    return go(request, f"/sources/{source.id}/account", f"{done} {said}".strip(), bad=not found.works)


def _form(
    request: Ask,
    plugin: Plugin,
    form: Form,
    source: Source | None = None,
    values: dict[str, Any] | None = None,
    standing: listening.Standing | None = None,
) -> Answer:
    name = form.text("account_name") if "form_token" in form else source.name if source else ""
    return page(
        request,
        "control/source_account.html",
        status=422 if form.errors else 200,
        tab="account",
        form=form,
        source=source,
        account=True,
        plugin=plugin,
        icon=ICONS.get(plugin.name, "source"),
        name=name,
        groups=grouped(plugin.part("config"), values),
        standing=standing,
        listens=plugin.part("listen") is not None,
    )


def _refused(
    request: Ask,
    plugin: Plugin,
    form: Form,
    wrong: Misconfigured | Rejected,
    values: dict[str, Any],
    source: Source | None = None,
) -> Answer:
    form.refuse(wrong.field if isinstance(wrong, Misconfigured) else "account_name", wrong.reason)
    return _form(request, plugin, form, source, values or None)


def _config(plugin: Plugin) -> Any:
    part = plugin.part("config")
    assert part is not None
    return part.Config


HANDLERS = [new_account, add_account, account, change_account, test_account]
