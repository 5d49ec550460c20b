"""Runs one of our own commands beside the server, in a process of its own with a budget of its own, now and then."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)


class Aside:
    """`turn` starts the command when it is due and has rested; never two at a time. `stop` ends one that runs."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], due: Callable[[], bool], *, rest: float = 120.0
    ) -> None:
        self._command = [sys.executable, "-m", "hark", *command]
        self._environment = {**os.environ, **environment}
        self._due = due
        self._rest = rest
        self._next = time.monotonic() + rest
        self._running: subprocess.Popen[bytes] | None = None

    def turn(self) -> bool:
        if self._running is not None:
            if self._running.poll() is None:
                return False
            if self._running.returncode:
                log.warning("%s ended with %s", " ".join(self._command[2:]), self._running.returncode)
            self._running, self._next = None, time.monotonic() + self._rest
        if time.monotonic() >= self._next and self._due():
            self._running = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        return False

    def stop(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(5)
            except subprocess.TimeoutExpired:
                self._running.kill()
