"""A loader in a process of its own: `python -m hark.bench._loader URL DATA` loads what waits, then ends."""

import sys
import time
from pathlib import Path

from hark import app
from hark.config import Config
from hark.events import log


def main(url: str, data: str) -> None:
    hark = app.Hark(Config(data=Path(data)), url, name="hark bench loader", most_connections=2)
    loader = hark.loader()
    app.calm_collector()
    while True:
        with hark.database.transaction() as tx:
            loaded = loader.load(tx)
            waiting = log.lag(tx)["requests"]
        if not waiting:
            break
        if not loaded or not loaded.raws:
            time.sleep(0.005)  # an import lets what is loaded be processed first
    hark.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
