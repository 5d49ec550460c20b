"""A database as one file and back, by PostgreSQL's own pg_dump and pg_restore."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from hark.errors import Misconfigured


def dump(url: str, binaries: Path, file: Path, *, without_rows_of: Sequence[str] = ()) -> None:
    """Write the whole database in the custom format; of some tables only their shape."""
    left_out = [f"--exclude-table-data={table}" for table in without_rows_of]
    _run(binaries, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={file}", url)


def restore(url: str, binaries: Path, file: Path) -> None:
    """Fill an empty database. All or nothing."""
    _run(
        binaries,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={url}",
        str(file),
    )


def _run(binaries: Path, program: str, *words: str) -> None:
    path = binaries / program
    if not path.exists():
        raise Misconfigured("postgres_bin", f"there is no {program} in {binaries}; name a folder that has it")
    done = subprocess.run([str(path), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Misconfigured("database", f"{program} failed: {done.stderr.strip()[-2000:]}")
