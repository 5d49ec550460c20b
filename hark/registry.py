"""Finds the plug-ins: folders in hark/plugins, and packages of others that registered the entry point `hark.plugins`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module, resources
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Struct

from hark.errors import Misconfigured
from hark.model import IdentityKind, Purpose, Route

MASK = "••••••••"  # what is shown of a secret; sent back unchanged it keeps the secret
_MISSING = re.compile(r"missing required field `(\w+)`")


class Manifest(Struct, frozen=True):
    """plugin.toml"""

    name: str
    version: str
    about: str
    needs: list[str] = []
    level: str = "bronze"


class Plugin:
    """One folder. A part is there if its file is: `plugin.part("receive")` is None where the system cannot be heard."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.folder: Traversable = resources.files(package)
        self.manifest = _manifest(package, self.folder)
        self.name = self.manifest.name
        self._parts: dict[str, ModuleType | None] = {}

    def part(self, name: str) -> ModuleType | None:
        if name not in self._parts:
            there = self.folder.joinpath(f"{name}.py").is_file()
            self._parts[name] = import_module(f"{self.package}.{name}") if there else None
        return self._parts[name]

    def needed(self, name: str) -> ModuleType:
        """A part without which this plug-in is not what it was asked for."""
        part = self.part(name)
        if part is None:
            raise Misconfigured("plugin", f"{self.name} has no {name}.py")
        return part

    def config(self, entered: Mapping[str, Any], strict: bool = False) -> Any:
        """Its Config made of what was entered, as texts too unless `strict`; what was entered, where it has none.
        Misconfigured names the field."""
        part = self.part("config")
        if part is None:
            return {**entered}
        try:
            return msgspec.convert({name: _whole(value) for name, value in entered.items()}, part.Config, strict=strict)
        except msgspec.ValidationError as error:
            # "Expected `int` - at `$.port`"
            said, _, where = str(error).partition(" - at `$.")
            if missing := _MISSING.search(said):
                raise Misconfigured(missing[1], "this is needed") from None
            raise Misconfigured(where.rstrip("`") or "settings", said) from None

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Settings that are never shown again."""
        part = self.part("config")
        if part is None:
            return frozenset()
        described = msgspec.inspect.type_info(part.Config)
        assert isinstance(described, msgspec.inspect.StructType)
        return frozenset(
            field.encode_name
            for field in described.fields
            if isinstance(field.type, msgspec.inspect.Metadata) and (field.type.extra or {}).get("secret")
        )

    def shown(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings with the secrets masked."""
        return {name: MASK if name in self.secrets and value else value for name, value in settings.items()}

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        return tuple(getattr(self.part("receive"), "ROUTES", ()))

    @cached_property
    def kinds(self) -> tuple[IdentityKind, ...]:
        return tuple(getattr(self.part("identities"), "KINDS", ()))

    @cached_property
    def purposes(self) -> tuple[Purpose, ...]:
        return tuple(getattr(self.part("purposes"), "PURPOSES", ()))


class Registry:
    def __init__(self, plugins: dict[str, Plugin]) -> None:
        self.plugins = plugins

    def __getitem__(self, name: str) -> Plugin:
        try:
            return self.plugins[name]
        except KeyError:
            known = ", ".join(sorted(self.plugins))
            raise Misconfigured("plugin", f"there is no plug-in {name!r}; here are {known}") from None

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self.plugins.values())

    def able(self, part: str) -> list[Plugin]:
        """Those that have a part: `able("write")` are the destinations."""
        return [plugin for plugin in self if plugin.part(part) is not None]

    def kinds(self) -> dict[str, IdentityKind]:
        return {kind.name: kind for plugin in self for kind in plugin.kinds}

    def purposes(self) -> dict[str, Purpose]:
        return {purpose.name: purpose for plugin in self for purpose in plugin.purposes}


def find() -> Registry:
    """Every plug-in that is installed, by name. Misconfigured names the one whose plugin.toml is wrong or taken twice."""
    packages = [f"hark.plugins.{folder.name}" for folder in _folders()]
    packages += [entry.value for entry in entry_points(group="hark.plugins")]
    found: dict[str, Plugin] = {}
    for package in packages:
        plugin = Plugin(package)
        if plugin.name in found:
            raise Misconfigured(package, f"the name {plugin.name!r} is taken by {found[plugin.name].package}")
        found[plugin.name] = plugin
    return Registry(found)


def _whole(value: Any) -> Any:
    """In JSON 5.0 is a whole number too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _folders() -> list[Traversable]:
    folders = (f for f in resources.files("hark.plugins").iterdir() if f.joinpath("plugin.toml").is_file())
    return sorted(folders, key=lambda folder: folder.name)


def _manifest(package: str, folder: Traversable) -> Manifest:
    try:
        text = folder.joinpath("plugin.toml").read_text("utf-8")
        return msgspec.convert(tomllib.loads(text), Manifest)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{package}/plugin.toml", str(error)) from None
