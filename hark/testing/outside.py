"""What lies outside of a test: the guarded HTTP client with the private hosts that it allows, and loops of its own."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from hark.net import Allowed, Guard, Http

T = TypeVar("T")


def http(*allowed: str) -> Http:
    """`http("127.0.0.1")` reaches a server of the test; `http()` reaches public addresses alone, as by default."""
    return Http(Guard(Allowed(allowed)))


def in_a_loop_of_its_own(story: Coroutine[Any, Any, T]) -> T:
    """Run to its end in another thread: a browser test leaves a running loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
