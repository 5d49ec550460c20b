"""How a front declares a screen: `@shows` answers a look (GET), `@does` an act (POST). Both must name their right.

Handlers are plain functions and run on a thread, so they may use the database's pool directly.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from litestar import get, post
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from hark.web.rights import Right

Handler = Callable[[Callable[..., Any]], HTTPRouteHandler]


def shows(path: str | list[str], *, right: Right, **more: Any) -> Handler:
    return get(path, sync_to_thread=True, include_in_schema=False, right=right, **more)


def does(path: str | list[str], *, right: Right, **more: Any) -> Handler:
    # 303 after an act, so that going back or reloading never does it twice; `go` answers it.
    return post(path, sync_to_thread=True, include_in_schema=False, right=right, status_code=200, **more)


def found(*fronts: str) -> list[BaseRouteHandler]:
    """All that the modules of these packages list as HANDLERS: a new screen is a new file, nothing else."""
    handlers: list[BaseRouteHandler] = []
    for front in fronts:
        for module in walk_packages(import_module(front).__path__, f"{front}."):
            handlers += getattr(import_module(module.name), "HANDLERS", [])
    return handlers
