"""Checks that read a plug-in without calling it: its manifest, its files, what they import and what they define."""

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from hark.destinations.means import OFFERED
from hark.model import IdentityKind, Purpose
from hark.registry import Plugin

PROMISES = ("receive", "listen", "send", "embed", "translate", "draft", "scan", "push", "write", "detect")
DECLARATIONS = ("config", "identities", "purposes")
MANIFEST = {"name", "version", "about", "needs", "level"}
LEVELS = ("bronze", "silver", "gold")
MAY_IMPORT = ("hark.plugin", "hark.model", "hark.kit")
# What reaches outside the process, or makes a second run differ from the first.
IO = (
    *("asyncio", "concurrent", "multiprocessing", "subprocess", "threading", "time", "random", "secrets", "select"),
    *("aiohttp", "boto3", "ftplib", "http", "httpx", "imaplib", "psycopg", "requests", "smtplib", "socket", "sqlite3"),
    *("ssl", "urllib.request", "urllib3", "websockets"),
)
CLOCKS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "getenv"})
SECRETIVE = re.compile(r"secret|password|token|api_?key|credential", re.IGNORECASE)
PATH = re.compile(r"/([\w.\-{}]+/?)*")


def the_manifest_tells_what_it_is(plugin: Plugin) -> None:
    text = plugin.folder.joinpath("plugin.toml").read_text("utf-8")
    manifest, folder = plugin.manifest, plugin.package.rpartition(".")[2]
    assert not (strange := tomllib.loads(text).keys() - MANIFEST), f"plugin.toml: unknown {', '.join(sorted(strange))}"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", manifest.name), f"plugin.toml: {manifest.name!r} is no name"
    assert manifest.name == folder or folder.endswith(f"_{manifest.name}"), f"the folder {folder} is not called so"
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest.version), f"plugin.toml: version {manifest.version!r} is not 1.2.3"
    assert 10 <= len(manifest.about) <= 200, "plugin.toml: `about` is one sentence for people"
    assert manifest.level in LEVELS, f"plugin.toml: level is one of {', '.join(LEVELS)}"


def the_readme_tells_how_to_use_it(plugin: Plugin) -> None:
    readme = plugin.folder.joinpath("README.md")
    assert readme.is_file(), "README.md is missing"
    assert len(readme.read_text("utf-8").strip().splitlines()) >= 3, "README.md says next to nothing"


def some_file_makes_a_promise(plugin: Plugin) -> None:
    parts = (*PROMISES, *DECLARATIONS[1:])
    assert any(plugin.part(part) for part in parts), f"none of {', '.join(f'{part}.py' for part in parts)} is there"


def every_file_says_what_lives_there(plugin: Plugin) -> None:
    for path, tree in _trees(plugin):
        assert ast.get_docstring(tree), f"{path.name}: the first sentence says what lives there"


def only_the_contract_is_imported(plugin: Plugin) -> None:
    for path, tree in _trees(plugin):
        for name in _imports(tree):
            ours = name.split(".")[0] == "hark" and not _within(name, plugin.package)
            assert not ours or any(_within(name, allowed) for allowed in MAY_IMPORT), (
                f"{path.name} imports {name}; a plug-in knows {', '.join(MAY_IMPORT)} and itself"
            )


def receiving_is_pure(plugin: Plugin) -> None:
    """Bytes in, events out: a replay must give what the first time gave, so no network, no clock, no dice."""
    trees = {path.stem: tree for path, tree in _trees(plugin)}
    for stem in _reached(trees, ("receive", "identities", "detect"), plugin.package):
        for name in _imports(trees[stem]):
            assert not any(_within(name, io) for io in IO), f"{stem}.py imports {name}, which is not pure"
        for node in ast.walk(trees[stem]):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute):
                assert called.attr not in CLOCKS, f"{stem}.py:{called.lineno} calls {called.attr}()"
            if isinstance(called, ast.Name):
                assert called.id not in {*CLOCKS, "open", "input", "eval", "exec"}, (
                    f"{stem}.py:{called.lineno} calls {called.id}()"
                )


def promised_functions_are_there(plugin: Plugin) -> None:
    if part := plugin.part("receive"):
        _has(part, "receive", 2)
        if plugin.routes:
            _has(part, "admit", 1)
            _has(part, "answer", 3)
    if part := plugin.part("write"):
        _asks_for(_has(part, "write"), 2)
        if hasattr(part, "forget"):
            _asks_for(_has(part, "forget"), 2)
        for name in ("BATCH", "EVERY"):
            assert isinstance(getattr(part, name, 0), int), f"write.py: {name} is a whole number"
        assert isinstance(getattr(part, "REPEATABLE", None), bool), "write.py says REPEATABLE = True or False"
        assert plugin.part("config"), "write.py needs a config.py"
    if (part := plugin.part("config")) and hasattr(part, "check"):
        _asks_for(_has(part, "check"), 1)
    if part := plugin.part("listen"):
        assert inspect.iscoroutinefunction(_has(part, "listen", 2)), "listen.py: async def listen(config, host)"
    assert all(isinstance(kind, IdentityKind) for kind in plugin.kinds), "identities.py: KINDS holds IdentityKinds"
    assert all(isinstance(purpose, Purpose) for purpose in plugin.purposes), "purposes.py: PURPOSES holds Purposes"


def routes_are_paths(plugin: Plugin) -> None:
    seen = set()
    for route in plugin.routes:
        assert route.method in ("GET", "POST", "PUT"), f"{route.method} {route.path}: GET, POST or PUT"
        assert PATH.fullmatch(route.path), f"{route.path} is no path"
        assert (route.method, route.path) not in seen, f"{route.method} {route.path} stands there twice"
        seen.add((route.method, route.path))


def settings_explain_themselves(plugin: Plugin) -> None:
    """Every setting has a title for the screen; what has no default says what is needed; secrets are marked as such."""
    part = plugin.part("config")
    if part is None:
        return
    described = msgspec.inspect.type_info(part.Config)
    assert isinstance(described, msgspec.inspect.StructType), "config.py: class Config(Struct)"
    assert described.cls.__struct_config__.frozen, "config.py: class Config(Struct, frozen=True)"
    for field in described.fields:
        meta = field.type if isinstance(field.type, msgspec.inspect.Metadata) else None
        schema = (meta.extra_json_schema or {}) if meta else {}
        assert schema.get("title"), f"config.py: {field.name} has no title: Annotated[…, Meta(title=…)]"
        hidden = bool(meta and (meta.extra or {}).get("secret"))
        assert hidden or not SECRETIVE.search(field.name), f"config.py: {field.name} is to be a Secret"


def a_test_belongs_to_it(plugin: Plugin) -> None:
    if plugin.manifest.level == "bronze":
        return
    tests = [file.name for file in plugin.folder.iterdir() if re.fullmatch(r"test_\w+\.py", file.name)]
    assert tests, f"level {plugin.manifest.level} needs a test_{plugin.name}.py"


def _trees(plugin: Plugin) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(Path(str(plugin.folder)).rglob("*.py")):
        if not path.name.startswith(("test_", "conftest")):
            yield path, ast.parse(path.read_text("utf-8"), str(path))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _reached(trees: dict[str, ast.Module], starts: tuple[str, ...], package: str) -> set[str]:
    """The plug-in's own files that those come to by importing."""
    reached: set[str] = set()
    todo = [start for start in starts if start in trees]
    while todo:
        stem = todo.pop()
        if stem in reached:
            continue
        reached.add(stem)
        own = [name for name in _imports(trees[stem]) if _within(name, package)]
        todo += [part for name in own for part in name.split(".") if part in trees]
    return reached


def _has(part: ModuleType, name: str, parameters: int | None = None) -> Any:
    function = getattr(part, name, None)
    assert callable(function), f"{part.__name__}: def {name} is missing"
    if parameters is not None:
        given = len(inspect.signature(function).parameters)
        assert given == parameters, f"{part.__name__}: {name} takes {given} parameters, {parameters} are handed in"
    return function


def _asks_for(function: Any, given: int) -> None:
    names = list(inspect.signature(function).parameters)
    assert len(names) >= given, f"{function.__module__}: {function.__name__} is handed at least {given} arguments"
    strange = [name for name in names[given:] if name not in OFFERED]
    assert not strange, f"{function.__module__} asks for {', '.join(strange)}; on offer are {', '.join(OFFERED)}"
