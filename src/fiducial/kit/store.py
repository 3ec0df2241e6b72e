"""The database as doors and workers know it: one `write(action, …)` and one `read(query, …)`."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, union_all
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from fiducial.kit.acting import Actor, Caller
from fiducial.kit.columns import metadata
from fiducial.kit.ids import IdMaker
from fiducial.kit.jobs import Job
from fiducial.kit.lane import Lane
from fiducial.kit.node import NodeNumber
from fiducial.kit.outbox import Listener, Listeners
from fiducial.kit.pool import WriterPool
from fiducial.kit.readers import Readers
from fiducial.kit.refusals import Refused
from fiducial.kit.set_backs import ClockWatch
from fiducial.kit.sqlite import engine_of
from fiducial.kit.statements import Asked
from fiducial.kit.tx import Tx

PATIENCE_S = 30.0
TURN_S = (
    0.0005  # how long one thread keeps the interpreter from another that wants it (docs/decisions/0011-short-turns.md)
)
# A machine that died says no goodbye, and TCP alone would believe in it for two hours. Each side asks the other, so that a
# node finds the standby that was promoted, and the database takes back what a dead or hanging node holds (spec 13.8: 90 s).
HANGS_S, READS_S = "30s", "300s"
KEPT_ALIVE_BY_SERVER = {"tcp_keepalives_idle": 15, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
KEPT_ALIVE_BY_US = {
    "connect_timeout": 5, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip


class Identity(Protocol):
    """Who stands at the door? Answered inside the transaction, so that a revocation counts at once."""

    def identify(self, tx: Tx) -> Actor:
        """Give the actor of `tx.caller`; ANONYMOUS when nobody is proved."""

    def reads(self, caller: Caller) -> Sequence[Asked]:
        """Give the hot statements by which this caller is identified, for `Tx.read_ahead`."""


class InternalOnly:
    """An identity for stores without people: tests of the kit and commands of ours."""

    def identify(self, tx: Tx) -> Actor:
        """Give a SYSTEM actor for a caller of ours, ANONYMOUS otherwise."""
        if tx.caller.internal:
            return Actor(kind="SYSTEM", name=tx.caller.internal)
        return Actor(kind="ANONYMOUS")

    def reads(self, caller: Caller) -> Sequence[Asked]:  # noqa: ARG002 - nothing is looked up
        """Give nothing: a name is not looked up."""
        return ()


class Undaunted:
    """A logger whose own failure stops nothing: a full disk under the log must not end the thread that writes the book."""

    def __init__(self, log: Any) -> None:
        self._log = log

    def __getattr__(self, level: str) -> Callable[..., None]:
        write = getattr(self._log, level)

        def say(event: str, **facts: Any) -> None:
            with suppress(OSError, ValueError):
                write(event, **facts)

        return say


@dataclass(frozen=True, slots=True)
class Wiring:
    """What `app.py` gives a store: who identifies, who listens, and the plant's zone."""

    identity: Identity
    listeners: Sequence[tuple[str, Listener]] = ()
    zone: str = "Asia/Shanghai"
    secret: bytes = b"fiducial"
    pg_writers: int = 8
    pg_readers: int = 4
    set_back: Sequence[Callable[[Tx, int], None]] = ()  # what is timed is moved back by so many ms (kit.set_backs)


def database_url(given: str) -> URL:
    """Give the URL as SQLAlchemy takes it, of the spellings of spec 13.1 (`sqlite:///…`, `file:/…`, `postgresql://…`).

    Of a primary and its standby both may be named, as libpq has it: `postgresql://user@one:5432,other:5432/db?target_session_attrs=read-write`.
    """
    if given.startswith("file:"):
        return URL.create("sqlite+apsw", database=given.removeprefix("file:"))
    url = make_url(_each_host_by_itself(given))
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite+apsw")
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise ValueError(f"DATABASE_URL: {url.get_backend_name()} is not supported; use sqlite:/// or postgresql://")


_SEVERAL_HOSTS = re.compile(r"postgres(?:ql)?://([^/@]*@)?([^/?]*,[^/?]*)(/[^?]*)?(?:\?(.*))?")


def _each_host_by_itself(given: str) -> str:
    several = _SEVERAL_HOSTS.fullmatch(given)
    if several is None:
        return given.replace("postgres://", "postgresql://", 1) if given.startswith("postgres://") else given
    who, hosts, database, asked = several.groups(default="")
    each = [host if ":" in host else f"{host}:5432" for host in hosts.split(",")]
    return f"postgresql://{who}{database or '/'}?" + "&".join(
        [f"host={host}" for host in each] + ([asked] if asked else [])
    )


def make_engine(given: str, *, read_only: bool = False) -> Engine:
    """Give an engine of a database URL; whoever takes a connection has it alone."""
    url = database_url(given)
    if url.get_backend_name() == "sqlite":
        return engine_of(url.database or "", read_only=read_only)
    # Our statements are short: none is worth compiling, which a planner with old statistics would do (jit).
    settings = {"timezone": "UTC", "jit": "off", **KEPT_ALIVE_BY_SERVER, "idle_in_transaction_session_timeout": HANGS_S}
    if read_only:
        settings |= {
            "default_transaction_read_only": "on",
            "default_transaction_isolation": "repeatable\\ read",
            "idle_in_transaction_session_timeout": READS_S,
        }
        if url.query.get("target_session_attrs") == "read-write":
            # libpq would ask whether this session may write, which by our own setting it may not.
            url = url.update_query_dict({"target_session_attrs": "primary"})
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    ours = {**KEPT_ALIVE_BY_US, "options": options, "prepare_threshold": 3}
    said = {name: value for name, value in ours.items() if name not in url.query}  # what the address says, it says
    return create_engine(url, poolclass=NullPool, connect_args=said)


def newest_key(connection: Connection) -> int:
    """Give the greatest key of all tables that are there; 0 where there is none."""
    there = set(inspect(connection).get_table_names())
    keyed = [
        table
        for table in metadata.tables.values()
        if table.name in there and table.primary_key.columns.keys() == ["id"]
    ]
    found = connection.execute(union_all(*(select(func.max(table.c.id)) for table in keyed))).scalars() if keyed else ()
    return max((key for key in found if key is not None), default=0)


class Store:
    """One database, its writers and its readers."""

    def __init__(self, url: str, wiring: Wiring) -> None:
        self.url = database_url(url)
        self.engine_name = self.url.get_backend_name()
        self.identity, self.zone, self.secret = wiring.identity, wiring.zone, wiring.secret
        self.listeners, self.set_back = Listeners(wiring.listeners), wiring.set_back
        self.clock_watch = ClockWatch()
        self.log = Undaunted(structlog.get_logger("fiducial.store"))
        self.doomed = False
        self._reading = threading.Event()
        self._reading.set()
        self.node_number: NodeNumber | None = None
        self.writer: Lane | WriterPool
        reading = make_engine(url, read_only=True)
        if self.engine_name == "sqlite":
            assert self.url.database
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.node = 0
            self.writer = Lane(self, self.url.database)
            self._fast, self._slow = Readers(self, reading, name="reader"), Readers(self, reading, name="slow-reader")
        else:
            self.node_number = NodeNumber(make_engine(url))
            self.node = self.node_number.number
            self.writer = WriterPool(self, make_engine(url), node=self.node, size=wiring.pg_writers)
            self._fast = Readers(self, reading, name="reader", size=wiring.pg_readers)
            self._slow = Readers(self, reading, name="slow-reader")
        self.ids = IdMaker(self.node)

    def start(self) -> Store:
        """Begin to serve, with keys beyond those that are there."""
        with self._fast.engine.connect() as connection:
            self.ids.begin_after(newest_key(connection))
            self.clock_watch.begin(connection, alone=self.engine_name == "sqlite")
        sys.setswitchinterval(TURN_S)
        self.writer.start()
        self._fast.start()
        self._slow.start()
        return self

    def stop(self) -> None:
        """Finish what was accepted and close."""
        self._fast.stop()
        self._slow.stop()
        self.writer.stop()
        if self.node_number is not None:
            self.node_number.close()

    # Doors

    async def write(self, caller: Caller, action: Callable[..., Any], *args: Any) -> Any:
        """Run an action and give its answer once it is durable. Raises what refused it.

        There is no time-out around it: what is in the lane will be done, and the answer tells.
        """
        try:
            return _raise_kept(await self._submit(self.writer, action, args, caller))
        except Refused as refused:
            refused.entered = True
            raise

    async def read(self, caller: Caller, query: Callable[..., Any], *args: Any, slow: bool = False) -> Any:
        """Run a query on a snapshot of its own; `slow` ones (exports, long traces) queue apart."""
        return await self._submit(self._slow if slow else self._fast, query, args, caller)

    def write_now(self, caller: Caller, action: Callable[..., Any], *args: Any) -> Any:
        """Do as `write`, from a thread that may wait: a worker, a command, a test."""
        job = Job(action, args, caller, patience=PATIENCE_S)
        self.writer.submit(job)
        return _raise_kept(job.future.result())

    def soon(self, caller: Caller, action: Callable[..., Any], *args: Any) -> None:
        """Have a small write done while nobody waits for it; dropped when the writers have too much to do already."""
        try:
            self.writer.submit(Job(action, args, caller, patience=PATIENCE_S))
        except Refused as refused:
            self.log.info("soon_dropped", action=action.__name__, code=refused.code)

    def read_now(self, caller: Caller, query: Callable[..., Any], *args: Any, slow: bool = False) -> Any:
        """Do as `read`, from a thread that may wait."""
        job = Job(query, args, caller, patience=PATIENCE_S)
        (self._slow if slow else self._fast).submit(job)
        return job.future.result()

    @staticmethod
    def _submit(queue: Any, function: Callable[..., Any], args: tuple[Any, ...], caller: Caller) -> Any:
        job = Job(function, args, caller, patience=PATIENCE_S)
        queue.submit(job)
        return job.future

    # Checkpoints hold readers back for a moment

    @contextmanager
    def readers_held(self, seconds: float) -> Iterator[None]:
        """Let no new read begin, at most for `seconds`."""
        self._reading.clear()
        opener = threading.Timer(seconds, self._reading.set)
        opener.start()
        try:
            time.sleep(0.005)
            yield
        finally:
            opener.cancel()
            self._reading.set()

    def wait_for_reading(self) -> None:
        """Wait while reads are held back."""
        self._reading.wait(timeout=1.0)


def _raise_kept(outcome: Any) -> Any:
    if isinstance(outcome, Refused):
        raise outcome
    return outcome
