"""The screens and the API alone in a process: `python -m hark.bench._api_server PORT DATA URL`."""

import sys
from pathlib import Path

import uvicorn

from hark.app import web
from hark.config import Config


def main(port: int, data: str, url: str) -> None:
    program = web(Config(data=Path(data)), url)
    uvicorn.run(program, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="on")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
