"""What delivering needs, handed in once; and a destination's plug-in with its settings, ready to write."""

import inspect
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from hark.destinations.destination import Destination, settings
from hark.errors import Misconfigured
from hark.kit.clock import Clock, now
from hark.model import Context, Purpose
from hark.net import Http
from hark.registry import Plugin, Registry
from hark.store import Database

LARGEST = 10_000  # events in one write
OFFERED = ("http", "folder", "clock")  # what a plug-in's function may ask for by the name of a parameter


class Means(Struct, frozen=True, kw_only=True):
    """folder: where plug-ins that write files may write, a folder for each destination. draw spreads the waits."""

    database: Database
    registry: Registry
    purposes: Mapping[str, Purpose]
    http: Http
    folder: Path
    clock: Clock = now
    draw: Callable[[float, float], float] = random.uniform


class Writer:
    """`write(contexts)` speaks to the other side. Misconfigured where the plug-in is gone or its settings are wrong."""

    def __init__(self, destination: Destination, means: Means) -> None:
        self.number: UUID = destination.id
        self.means = means
        self.plugin: Plugin = means.registry[destination.plugin]
        part = self.plugin.part("write")
        if part is None:
            raise Misconfigured("plugin", f"{self.plugin.name} is no destination")
        self._part = part
        self.repeatable = bool(getattr(part, "REPEATABLE", False))
        self.take(destination)

    def take(self, destination: Destination) -> None:
        """Go on with the settings as they are now."""
        self.destination = destination
        self.config = settings(self.plugin, destination.settings)
        self.batch = max(1, min(self._limit("batch", 100), LARGEST))
        self.every = self._limit("every", 0)

    def write(self, contexts: list[Context]) -> None:
        self._part.write(contexts, self.config, **asked(self._part.write, self.means, self.number))

    def _limit(self, name: str, default: int) -> int:
        return int(getattr(self.config, name, getattr(self._part, name.upper(), default)))


class Offer(Protocol):
    """What is on offer; `folder` is the parent of everybody's own folder."""

    @property
    def http(self) -> Any: ...
    @property
    def folder(self) -> Path: ...
    @property
    def clock(self) -> Clock: ...


def asked(function: Callable[..., Any], offer: Offer, number: UUID, given: int = 2) -> dict[str, Any]:
    """What a plug-in's function asks for by the names of its parameters, after those that it is given in any case."""
    names = list(inspect.signature(function).parameters)[given:]
    if strange := [name for name in names if name not in OFFERED]:
        raise Misconfigured("plugin", f"{function.__module__} asks for {', '.join(strange)}, which nobody hands in")
    offered = {"http": offer.http, "clock": offer.clock, "folder": offer.folder / str(number)}
    return {name: offered[name] for name in names}


def check(plugin: Plugin, config: Any, means: Means, number: UUID) -> str:
    """Test the connection; what it found, in words. Raises what is wrong."""
    part = plugin.part("config")
    function = getattr(part, "check", None)
    if function is None:
        return "nothing to test"
    return str(function(config, **asked(function, means, number, given=1)) or "it works")
