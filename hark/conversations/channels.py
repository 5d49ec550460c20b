"""The channel accounts that can be answered on: sources whose plug-in sends."""

from collections.abc import Sequence
from types import ModuleType

from msgspec import Struct

from hark.events.sources import all_sources
from hark.model import Abilities, Source
from hark.registry import Registry
from hark.store import Transaction


class Way(Struct, frozen=True, kw_only=True):
    """One account. `reaches`: the kinds of identity that can be written to, the best first."""

    source: Source
    channel: str
    abilities: Abilities
    send: ModuleType
    reaches: tuple[str, ...] = ()
    repeatable: bool = False


def ways(tx: Transaction, registry: Registry) -> dict[str, Way]:
    """By the id of the source; those that are paused are left out."""
    able = {plugin.name: plugin for plugin in registry.able("send")}
    sources = [source for source in all_sources(tx) if source.plugin in able and not source.paused]
    return {source.id: _way(source, able[source.plugin].part("send")) for source in sources}


def reaching(found: Sequence[Way], kind: str) -> list[Way]:
    """Those that can write to this kind of identity."""
    return [way for way in found if kind in way.reaches]


def _way(source: Source, send: ModuleType | None) -> Way:
    assert send is not None
    return Way(
        source=source,
        channel=send.CHANNEL,
        abilities=send.ABILITIES,
        send=send,
        reaches=tuple(getattr(send, "REACHES", ())),
        repeatable=bool(getattr(send, "REPEATABLE", False)),
    )
