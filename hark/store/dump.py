"""A database as one file and back, by PostgreSQL's own pg_dump, pg_restore and psql."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from hark.errors import Misconfigured

# What tools of PostgreSQL 17 set at the head of a script, and a server of 16 does not know.
_NEWER = b"SET transaction_timeout = 0;"
_HEAD = 40  # lines


def dump(url: str, binaries: Path, file: Path, *, without_rows_of: Sequence[str] = ()) -> None:
    """Write the whole database in the custom format; of some tables only their shape."""
    left_out = [f"--exclude-table-data={table}" for table in without_rows_of]
    words = ["--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={file}", url]
    with tempfile.TemporaryFile() as errors:
        if subprocess.run([_program(binaries, "pg_dump"), *words], stdin=subprocess.DEVNULL, stderr=errors).returncode:
            raise _failed("pg_dump", errors)


def restore(url: str, binaries: Path, file: Path) -> None:
    """Fill an empty database. All or nothing. The server may be older than the tools that wrote the file."""
    read = [
        _program(binaries, "pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--file=-",
        str(file),
    ]
    write = [
        _program(binaries, "psql"),
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        url,
    ]
    with tempfile.TemporaryFile() as reading, tempfile.TemporaryFile() as writing:
        with (
            subprocess.Popen(read, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=reading) as source,
            subprocess.Popen(write, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=writing) as target,
        ):
            assert source.stdout
            assert target.stdin
            with contextlib.suppress(BrokenPipeError):  # it says itself what it did not like
                _pass_on(source.stdout, target.stdin)
            source.stdout.close()
            _end(target, whole=source.wait() == 0)
        if target.returncode > 0:  # below zero it was ended by us, because of the other
            raise _failed("psql", writing)
        if source.returncode or target.returncode:
            raise _failed("pg_restore", reading)


def _pass_on(source: IO[bytes], target: IO[bytes]) -> None:
    target.writelines(line for line in islice(source, _HEAD) if line.rstrip() != _NEWER)
    shutil.copyfileobj(source, target, 1 << 20)


def _end(target: subprocess.Popen[bytes], *, whole: bool) -> None:
    """A script that broke off must not be committed as if it were all."""
    if not whole:
        target.kill()
    with contextlib.suppress(BrokenPipeError):
        assert target.stdin
        target.stdin.close()


def _program(binaries: Path, program: str) -> str:
    path = binaries / program
    if not path.exists():
        raise Misconfigured("postgres_bin", f"there is no {program} in {binaries}; name a folder that has it")
    return str(path)


def _failed(program: str, errors: IO[bytes]) -> Misconfigured:
    errors.seek(0)
    return Misconfigured("database", f"{program} failed: {errors.read().decode('utf-8', 'replace').strip()[-2000:]}")
