"""Writers on PostgreSQL: pooled connections at read committed, each a lane of its own in the audit book.

The engine groups its commits itself. Serialisation failures, deadlocks and collisions are run again up to three times, never
after COMMIT was sent; what the caller then hears is CONFLICT_RETRY, or of a collision that stays the fault itself.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import NoResultFound

from fiducial.kit import set_backs
from fiducial.kit.acting import Actor
from fiducial.kit.audit import Chain
from fiducial.kit.clock import now_ms
from fiducial.kit.collisions import RETRIED, cause_of, has_met_another, sqlstate_of
from fiducial.kit.jobs import Intake, Job, deliver
from fiducial.kit.lane import QUEUE_LIMIT
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx

if TYPE_CHECKING:
    from fiducial.kit.store import Store

TRIES, PAUSE_S = 3, 0.05
# A key that somebody took, or a row that somebody deleted, after it was judged: run again, the act finds and names it.
COLLIDED = ("23505", "23503")


def connection_lost(fault: BaseException) -> bool:
    """Tell whether a fault means that the connection is gone, or could not be made."""
    cause = cause_of(fault)
    if isinstance(cause, psycopg.errors.IdleInTransactionSessionTimeout):  # we hung, and were cut off
        return True
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and (
        sqlstate_of(fault) or "08"
    ).startswith(("08", "57"))


def _worth_another_try(fault: BaseException) -> bool:
    return sqlstate_of(fault) in (*RETRIED, *COLLIDED) or isinstance(fault, NoResultFound)


def _meant(fault: BaseException) -> BaseException:
    """Give the refusal that a database fault means to the caller; any other fault is given back."""
    state = sqlstate_of(fault) or ""
    if state in RETRIED:
        return Refused("CONFLICT_RETRY")
    if state == "53100":  # disk_full
        return Refused("STORAGE_LOW")
    if state.startswith("53") or state == "25006":  # out of something else; a standby that only reads
        return Refused("DATABASE_UNAVAILABLE")
    return fault


class Writer:
    """One connection, one thread, one lane of the book."""

    def __init__(self, store: Store, engine: Engine, intake: Intake, lane: int) -> None:
        self._store, self._engine, self._intake = store, engine, intake
        self._chain = Chain(lane)
        self._conn: Connection | None = None
        self.thread = threading.Thread(target=self._serve, name=f"writer-{lane}", daemon=True)

    def _serve(self) -> None:
        while (job := self._intake.take()) is not None:
            if job.late():
                job.outcome = Refused("WRITE_QUEUE_FULL")
            else:
                self._run(job)
            deliver([job])
        if self._conn is not None:
            self._conn.close()

    def _connect(self) -> Connection:
        # A fail-over may have given this node's number, and so this lane of the book, to another process.
        number = self._store.node_number
        if number is not None and (self._conn is None or number.doubtful):
            number.hold()
        if self._conn is None:
            self._conn = self._engine.connect()
            self._chain.read_head(self._tx(job=None))
            self._driver.commit()
        return self._conn

    @property
    def _driver(self) -> psycopg.Connection[Any]:
        assert self._conn is not None
        return self._conn.connection.driver_connection  # type: ignore[return-value]

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.invalidate()
            self._conn.close()
            self._conn = None

    def _tx(self, job: Job | None) -> Tx:
        from fiducial.kit.acting import Caller

        assert self._conn is not None
        caller = job.caller if job else Caller(internal="writer")
        return Tx(self._store, self._conn, caller, driver=self._driver, now=now_ms(), chain=self._chain)

    def _run(self, job: Job) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._connect()
                set_backs.serve(self._store, self._attempt)
                self._attempt(job)
                return
            except BaseException as fault:  # noqa: BLE001 - judged and handed to the asker
                if connection_lost(fault):
                    self._store.log.warning("database_lost", fault=repr(fault))
                    self._drop()
                    job.outcome = Refused("DATABASE_UNAVAILABLE")
                    return
                self._undo()
                if _worth_another_try(fault) and attempt < TRIES:
                    if has_met_another(fault):  # those who met here would meet again if all came back at once
                        time.sleep(random.uniform(0, PAUSE_S * attempt))  # noqa: S311 - nothing secret
                    continue
                job.outcome = _meant(fault)
                self._enter_culprit(job)
                return

    def _undo(self) -> None:
        try:
            self._driver.rollback()
            self._chain.read_head(self._tx(job=None))
            self._driver.commit()
        except Exception:  # noqa: BLE001 - a connection that cannot even roll back is of no use
            self._drop()

    def _attempt(self, job: Job) -> None:
        tx, mark = self._tx(job), self._chain.mark
        try:
            outcome: Any = job.perform(tx)
        except BaseException as fault:
            if connection_lost(fault) or _worth_another_try(fault):
                raise
            self._driver.rollback()
            self._chain.back_to(mark)
            outcome = _meant(fault)
            tx = self._enter_failure(job, tx.actor, outcome)
        if self._chain.mark != mark:
            self._chain.write_head(tx)
        tx.commit()
        job.outcome = outcome

    def _enter_culprit(self, job: Job) -> None:
        """Enter an attempt that could not be entered where it failed, in a transaction of its own."""
        try:
            self._connect()
            tx = self._enter_failure(job, self._store.identity.identify(self._tx(job)), job.outcome)
            self._chain.write_head(tx)
            tx.commit()
        except Exception as also:  # noqa: BLE001 - a database that cannot be written takes no entry either
            self._store.log.warning("entry_lost", action=job.mark.name, fault=repr(also))
            self._undo()

    def _enter_failure(self, job: Job, actor: Actor, fault: BaseException) -> Tx:
        """Enter the attempt; give the view of the transaction that has what must be sent with it."""
        tx = self._tx(job)
        if not isinstance(fault, Refused):
            self._store.log.error(
                "action_failed", action=job.mark.name, request_id=job.caller.request_id, exc_info=fault
            )
        if job.mark.audit is None or actor.kind == "ANONYMOUS":
            return tx
        tx.actor = actor
        code, details = (fault.code, fault.details) if isinstance(fault, Refused) else ("INTERNAL_ERROR", {})
        tx.enter_failure(job.mark, job.display, code, details)
        return tx


class WriterPool:
    """The writers of one node."""

    def __init__(self, store: Store, engine: Engine, *, node: int, size: int) -> None:
        self._intake = Intake(QUEUE_LIMIT)
        # A node number is held by one process alone, so its lanes are too (store: advisory lock).
        self._writers = [Writer(store, engine, self._intake, lane=node * 64 + place + 1) for place in range(size)]

    def start(self) -> None:
        """Begin to serve."""
        for writer in self._writers:
            writer.thread.start()

    @property
    def waiting(self) -> int:
        """Give how many jobs wait."""
        return len(self._intake)

    def submit(self, job: Job) -> None:
        """Put a job in the queue; refuses WRITE_QUEUE_FULL rather than let it grow."""
        self._intake.put(job)

    def stop(self) -> None:
        """Finish what was accepted, take no more, and close."""
        self._intake.close(len(self._writers))
        for writer in self._writers:
            writer.thread.join(timeout=30)
