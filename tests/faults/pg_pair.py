"""A primary and a synchronous standby, both real, each on a socket of its own; the primary can be killed and the standby promoted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from tests.services.postgres import OWNER, NoPostgres, _other_user, _reachable_by, find_binaries

PORT = 5432
SETTINGS = {
    "listen_addresses": "", "port": str(PORT), "wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on",
    "synchronous_commit": "on", "fsync": "on", "shared_buffers": "64MB", "timezone": "UTC", "log_min_messages": "warning",
}  # fmt: skip


class Pair:
    """Two servers; commits of the first wait for the disk of the second."""

    def __init__(self, folder: Path) -> None:
        self.user = _other_user()
        binaries, _ = find_binaries()
        if not (binaries / "pg_basebackup").exists():
            pytest.skip("this PostgreSQL came without pg_basebackup, with which a standby is made")
        folder.chmod(0o711)
        self._binaries = binaries if self.user is None else _reachable_by(self.user, binaries, folder)
        self.one, self.other = self._home(folder / "one"), self._home(folder / "other")
        self._run(
            "initdb", "-D", self.one / "data", "-U", OWNER, "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"
        )
        self.primary = self._serve(self.one)
        copied = (
            "-D",
            self.other / "data",
            "-h",
            self.one,
            "-p",
            str(PORT),
            "-U",
            OWNER,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
        )
        self._run("pg_basebackup", *copied)
        self.standby = self._serve(self.other)
        self._do(self.one, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        self._until(self.one, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")

    def dsn(self, database: str) -> str:
        """Name both, as a plant does: whoever takes writes is the one that is meant."""
        return f"postgresql://{OWNER}@/{database}?host={self.one},{self.other}&port={PORT},{PORT}&target_session_attrs=read-write"

    def create(self, name: str) -> None:
        self._do(self.one, f"CREATE DATABASE {name}")

    def kill_primary(self) -> None:
        """End it and all that belongs to it, as a machine that falls over."""
        os.killpg(self.primary.pid, signal.SIGKILL)
        self.primary.wait(20)

    def promote(self) -> None:
        """Let the standby take writes; what the plant's fail-over tool does."""
        self._do(
            self.other, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()", "SELECT pg_promote()"
        )

    def stop(self) -> None:
        for process in (self.standby, self.primary):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def _home(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        return folder

    def _as_other(self) -> dict[str, object]:
        return {} if self.user is None else {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(
            [self._binaries / program, *words], cwd="/", capture_output=True, text=True, check=False, **self._as_other()
        )  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr

    def _serve(self, home: Path) -> subprocess.Popen[bytes]:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [self._binaries / "postgres", "-D", home / "data", "-c", f"unix_socket_directories={home}", *options]
        with (home.parent / f"{home.name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd="/", stdout=log, stderr=log, start_new_session=True, **self._as_other()
            )  # type: ignore[call-overload]
        self._until(home, "SELECT 1")
        return process  # type: ignore[no-any-return]

    def _until(self, home: Path, asked: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                if self._do(home, asked):
                    return
            time.sleep(0.1)
        raise NoPostgres(f"{home.name}: {asked} is not so after a minute")

    def _do(self, home: Path, *statements: str) -> int:
        found = 0
        with psycopg.connect(f"host={home} port={PORT} user={OWNER} dbname=postgres", autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                row = cursor.fetchone() if cursor.description else None
                found = int(row[0]) if row and row[0] is not None else 0
        return found


@contextmanager
def pair() -> Iterator[Pair]:
    """Give a pair for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="fiducial-pair-"))
    try:
        standing = Pair(folder)
    except NoPostgres as missing:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL: {missing}")
    try:
        yield standing
    finally:
        standing.stop()
        shutil.rmtree(folder, ignore_errors=True)
