"""Watches a folder; each file is a letter, taken in the order of its name."""

import asyncio
from pathlib import Path

from hark_postbox.config import Config

from hark.plugin import Host, Retry


async def listen(config: Config, host: Host) -> None:
    taken = await host.recall("taken") or ""
    await host.tell("connected", f"watching from {taken or 'the first'}")
    while True:
        for path in sorted(Path(config.folder).glob("*.json")):
            if path.name <= taken:
                continue
            if path.read_text() == "broken":
                raise Retry("this letter cannot be read", after=0.1)
            await host.record(path.read_bytes())
            taken = path.name
            await host.keep("taken", taken)
        await asyncio.sleep(0.02)
