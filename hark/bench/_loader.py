"""A loader in a process of its own: `python -m hark.bench._loader URL DATA` loads what waits, then ends."""

import sys
from pathlib import Path

from hark import app
from hark.config import Config


def main(url: str, data: str) -> None:
    hark = app.Hark(Config(data=Path(data)), url, name="hark bench loader", most_connections=2)
    loader = hark.loader()
    app.calm_collector()
    while True:
        with hark.database.transaction() as tx:
            loaded = loader.load(tx)
        if not loaded or not loaded.raws:
            break
    hark.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
