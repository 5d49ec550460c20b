"""Accounts: sources whose plug-in has settings of its own, such as a mailbox. They are entered, tested, and their secrets
never shown again."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from hark.errors import HarkError, Misconfigured, NotFound
from hark.events import sources
from hark.kit.text import clean_json
from hark.model import Source
from hark.registry import MASK, Plugin, Registry
from hark.store import Queries, Transaction

queries = Queries(__file__, "sources.sql")


class Connected(Struct, frozen=True):
    """What the test of a connection said; `field` is the setting that is to blame, where one is."""

    works: bool
    said: str
    field: str | None = None


def able(registry: Registry) -> list[Plugin]:
    """Plug-ins that make accounts: they have settings, and hear or speak."""
    return [plugin for plugin in registry if has_settings(plugin)]


def has_settings(plugin: Plugin | None) -> bool:
    if plugin is None or plugin.part("config") is None or plugin.part("write") is not None:
        return False
    return any(plugin.part(part) is not None for part in ("listen", "receive", "send"))


def kind(registry: Registry, name: str) -> Plugin:
    plugin = registry.plugins.get(name)
    if plugin is None or not has_settings(plugin):
        raise NotFound(f"there is no kind of account {name!r}")
    return plugin


def add(tx: Transaction, plugin: Plugin, name: str, entered: Mapping[str, Any], *, strict: bool = False) -> Source:
    """Misconfigured names the setting that is wrong; Rejected where the name is taken."""
    channel = getattr(plugin.part("send"), "CHANNEL", None)
    return sources.add_source(tx, name, plugin=plugin.name, channel=channel, settings=_kept(plugin, entered, strict))


def change(
    tx: Transaction, source: Source, plugin: Plugin, entered: Mapping[str, Any], *, strict: bool = False
) -> Source:
    """What is not entered stays, and so does a secret that comes back masked. Whoever listens begins again."""
    given = {name: source.settings.get(name) if value == MASK else value for name, value in entered.items()}
    settings = _kept(plugin, {**source.settings, **given}, strict)
    tx.run(queries.set_settings, id=source.id, settings=msgspec.json.encode(settings).decode())
    tx.notify("hark_source")
    return sources.source_by_id(tx, source.id)


def masked(source: Source, registry: Registry) -> Source:
    """For those who look on. Without its plug-in nobody knows which settings are secret, so none is shown."""
    plugin = registry.plugins.get(source.plugin)
    return msgspec.structs.replace(source, settings=plugin.shown(source.settings) if plugin else {})


def test(source: Source, plugin: Plugin, http: Any) -> Connected:
    """Speak to the other side without any customer's data."""
    check = getattr(plugin.part("config"), "check", None)
    if check is None:
        return Connected(True, "there is nothing to test")
    try:
        return Connected(True, str(check(plugin.config(source.settings), http) or "it works"))
    except Misconfigured as wrong:
        return Connected(False, str(wrong), wrong.field)
    except HarkError as wrong:
        return Connected(False, str(wrong))


def _kept(plugin: Plugin, entered: Mapping[str, Any], strict: bool) -> dict[str, Any]:
    settings: dict[str, Any] = clean_json(msgspec.to_builtins(plugin.config(entered, strict)))
    return settings
