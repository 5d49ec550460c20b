"""Memory of a whole server at work: proportional set size, so what processes share is counted once (Linux only)."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from hark.bench import Bench, Figure
from hark.testing.server import Server


def run(bench: Bench) -> Iterator[Figure]:
    if not Path("/proc/self/smaps_rollup").exists():
        return
    with tempfile.TemporaryDirectory(prefix="hark-memory-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data").start()
        try:
            key = server.add_source("bench")
            idle = _megabytes(server)
            words = [str(server.port), key, "2" if bench.quick else "15", "64", "20", "200"]
            subprocess.run([sys.executable, "-m", "hark.bench._load", *words], check=True, capture_output=True)
            busy = _megabytes(server)
        finally:
            server.stop()
    yield Figure(name="memory: the whole server, idle (PSS)", value=idle, unit="MB")
    yield Figure(name="memory: the whole server under load (PSS)", value=busy, unit="MB", ratio=busy / idle, of="idle")


def _megabytes(server: Server) -> float:
    known = server.processes()
    family = {known["serve"], *(child.pid for child in psutil.Process(known["serve"]).children(recursive=True))}
    family |= {known["postgres"], *(child.pid for child in psutil.Process(known["postgres"]).children(recursive=True))}
    return sum(_pss(number) for number in family) / 1e6


def _pss(number: int) -> float:
    try:
        text = Path(f"/proc/{number}/smaps_rollup").read_text()
    except (OSError, ProcessLookupError):
        return 0.0
    line = next(line for line in text.splitlines() if line.startswith("Pss:"))
    return float(line.split()[1]) * 1024
