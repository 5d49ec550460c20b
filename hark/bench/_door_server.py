"""The door alone in a process: `python -m hark.bench._door_server PORT URL store|nothing`."""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

from hark.api.collect import Door
from hark.app import calm_collector
from hark.config import Config
from hark.events.record import Recorder, Recording
from hark.events.sources import Sources
from hark.kit import clock
from hark.registry import find
from hark.store import Database


class _Nowhere(Recorder):
    """Everything that a recorder does, but for the recording."""

    async def record(self, recording: Recording) -> None:
        return


def main(port: int, url: str, mode: str) -> None:
    database = Database(url, most=2).open()
    recorder = Recorder(url) if mode == "store" else _Nowhere(url)
    door = Door(find(), Sources(database), recorder, Config(data=Path()), clock.now)

    async def program(
        scope: MutableMapping[str, Any], receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]
    ) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await recorder.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await recorder.stop()
            await send({"type": "lifespan.shutdown.complete"})
        elif found := door.find(scope):
            await door.answer(found, scope, receive, send)

    calm_collector()
    uvicorn.run(program, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="on")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
