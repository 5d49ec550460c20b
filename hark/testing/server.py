"""A real `hark serve` for tests: its own process, its own data folder, a free port; stopped by its own process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

READY_SECONDS = 60


class Server:
    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, **variables, "HARK_DATA": str(data), "HARK_PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        with (self.data.parent / f"{self.data.name}.log").open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hark", "serve"], env=self._environment, stdout=out, stderr=out
            )
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/ready", timeout=2).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the server did not become ready:\n{self.log()[-3000:]}")

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As when the power goes: no chance to finish anything. Its children see their pipe end."""
        return self._end(signal.SIGKILL)

    def processes(self) -> dict[str, int]:
        """Process ids by what they do: serve, web, load, work, postgres."""
        assert self._process is not None
        found = {"serve": self._process.pid}
        for child in psutil.Process(self._process.pid).children():
            try:
                words = child.cmdline()
            except (psutil.ZombieProcess, psutil.NoSuchProcess):
                continue  # killed a moment ago, and not yet taken leave of
            if "hark.serve" in words:
                found[words[words.index("hark.serve") + 1]] = child.pid
        pid_file = self.data / "postgres" / "postmaster.pid"
        if pid_file.exists():
            found["postgres"] = int(pid_file.read_text().split()[0])
        return found

    def run(self, *words: str, check: bool = True) -> str:
        """A command of the command line beside the running server."""
        done = subprocess.run(
            [sys.executable, "-m", "hark", *words], env=self._environment, capture_output=True, text=True, timeout=120
        )
        assert not check or done.returncode == 0, f"hark {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def add_source(self, name: str) -> str:
        return self.run("source", "add", name)

    def settle(self, seconds: float = 30) -> None:
        """Wait until all that was answered is processed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer: dict[str, Any] = httpx.get(f"{self.url}/ready", timeout=5).json()
            lag = answer.get("lag")  # not told while the database cannot be reached
            if lag and not lag["requests"] and not lag["events"]:
                return
            time.sleep(0.02)
        raise AssertionError(f"not settled after {seconds} seconds: {answer}")

    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text("utf-8", "replace")

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(40)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
