"""The write lane of SQLite (house, idea 2): one thread takes what is waiting, runs each job inside a savepoint of one
`BEGIN IMMEDIATE` transaction, commits once with `synchronous=FULL`, and only then answers all of them.

After each job it looks whether the connection is still in its transaction: a full disk or an I/O error ends it, with the
innocents' work. Then, and when COMMIT fails, everything is rolled back and each job of the group runs again alone, so that
only the culprit fails. When the disk fails at COMMIT nothing is known of the file any more: all are told 503 and the
process ends, for going on with that connection could acknowledge what is not there.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from fiducial.kit import set_backs
from fiducial.kit.acting import Caller
from fiducial.kit.audit import Chain
from fiducial.kit.clock import now_ms
from fiducial.kit.jobs import Intake, Job, deliver
from fiducial.kit.refusals import Refused
from fiducial.kit.sqlite import engine_of
from fiducial.kit.tx import Tx

if TYPE_CHECKING:
    from fiducial.kit.store import Store

QUEUE_LIMIT = 256
GROUP_LIMIT = 64
CHECKPOINT_PAGES = 1000
WAL_LIMIT_BYTES = 64 * 1024 * 1024
READERS_HELD_S = 0.3
SLOW_ACTION_S = 0.05
LANE = Caller(internal="lane")


class NotBegun(Exception):
    """No transaction could be begun: nobody's fault, and no better for each alone."""


class TransactionGone(Exception):
    """The engine ended the transaction under a job."""


def refusal_of(fault: BaseException) -> BaseException:
    """Give the refusal that a database fault means to the caller; any other fault is given back."""
    if isinstance(fault, NotBegun | TransactionGone) and fault.__cause__ is not None:
        fault = fault.__cause__
    original = getattr(fault, "orig", None) or fault
    if isinstance(original, apsw.FullError):
        return Refused("STORAGE_LOW")
    if isinstance(
        original, apsw.ReadOnlyError | apsw.IOError | apsw.CantOpenError | apsw.CorruptError | apsw.BusyError
    ):
        return Refused("DATABASE_UNAVAILABLE")
    return fault


class Lane:
    """The only writer of a SQLite file."""

    def __init__(self, store: Store, path: str) -> None:
        self._store, self._path = store, path
        self._intake = Intake(QUEUE_LIMIT)
        self._conn = engine_of(path).connect()
        self._driver: apsw.Connection = self._conn.connection.dbapi_connection.raw  # type: ignore[union-attr]
        self._wal_pages = self._tried_at = 0
        self._driver.set_wal_hook(self._count_pages)
        self._committing = False
        self._driver.set_commit_hook(self._must_not_commit)
        self._chain = Chain(lane=1)
        self.commits = self.jobs = 0
        self._thread = threading.Thread(target=self._serve, name="write-lane", daemon=True)

    def start(self) -> None:
        """Take the chain's head and begin to serve."""
        self._alone(self._chain.read_head)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Give how many jobs wait."""
        return len(self._intake)

    def submit(self, job: Job) -> None:
        """Put a job in the queue; refuses WRITE_QUEUE_FULL rather than let it grow."""
        self._intake.put(job)

    def stop(self) -> None:
        """Finish what was accepted, take no more, and close."""
        if self._intake.closed:
            return
        self._intake.close()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        with suppress(apsw.Error):  # what is in the WAL is durable; a full disk only keeps it there
            self._checkpoint("TRUNCATE")
        self._conn.close()

    # The thread

    def _serve(self) -> None:
        ended = False
        while not ended and (job := self._intake.take()) is not None:
            following, ended = self._intake.take_waiting(GROUP_LIMIT - 1)
            self._serve_group([job, *following])

    def _serve_group(self, group: list[Job]) -> None:
        due = []
        for job in group:
            if job.late():
                job.outcome = Refused("WRITE_QUEUE_FULL")
            else:
                due.append(job)
        try:
            if due:
                set_backs.serve(self._store, lambda job: self._run_group([job]))
                self._run_group(due)
        except NotBegun as fault:
            for job in due:
                job.outcome = refusal_of(fault)
        except BaseException as fault:  # noqa: BLE001 - whatever broke the group, its innocents run again alone
            self._store.log.warning("group_broken", jobs=len(due), fault=repr(fault))
            self._run_each_alone(due)
        self.jobs += len(group)
        deliver(group)
        self._checkpoint_when_due()

    def _run_group(self, group: list[Job]) -> None:
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        except apsw.Error as fault:
            raise NotBegun from fault
        head = self._chain.mark
        try:
            now = now_ms()
            for job in group:
                self._attempt(job, now)
            if self._chain.mark != head:
                self._chain.write_head(self._tx(group[0], now))
            self._commit()
        except BaseException:
            self._roll_back(head)
            raise

    def _must_not_commit(self) -> bool:
        """Say whether a commit is none of the lane's: of an action, or of a statement after the engine ended the transaction.

        SQLite then rolls back, so that nothing of a group is there before all of it is.
        """
        return not self._committing

    def _commit(self) -> None:
        self._committing = True
        try:
            self._driver.execute("COMMIT")
            self.commits += 1
        except apsw.IOError as fault:
            self._store.log.critical("commit_io_error", fault=repr(fault))
            self._store.doomed = True
            raise
        finally:
            self._committing = False

    def _roll_back(self, head: tuple[int, bytes]) -> None:
        self._chain.back_to(head)
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")

    def _run_each_alone(self, group: list[Job]) -> None:
        for job in group:
            if self._store.doomed:
                job.outcome = Refused("DATABASE_UNAVAILABLE")
                continue
            try:
                self._run_group([job])
            except BaseException as fault:  # noqa: BLE001 - this job is the culprit
                job.outcome = refusal_of(fault)
                self._enter_culprit(job)
        if self._store.doomed:
            deliver(group)
            time.sleep(0.2)  # let the answers out
            os._exit(70)

    def _attempt(self, job: Job, now: int) -> None:
        driver, began = self._driver, time.monotonic()
        mark = self._chain.mark
        tx = self._tx(job, now)
        driver.execute("SAVEPOINT job")
        try:
            job.outcome = job.perform(tx)
            if not driver.in_transaction:
                raise TransactionGone
            driver.execute("RELEASE job")
        except BaseException as fault:
            if not driver.in_transaction:
                raise TransactionGone from fault
            driver.execute("ROLLBACK TO job")
            driver.execute("RELEASE job")
            self._chain.back_to(mark)
            self._enter_failure(job, tx, fault, now)
        spent = time.monotonic() - began
        if spent > SLOW_ACTION_S:
            self._store.log.warning("slow_action", action=job.mark.name, seconds=round(spent, 4))

    def _enter_culprit(self, job: Job) -> None:
        """Enter the attempt of a job that broke its transaction, in a transaction of its own, if the file takes it."""
        fault, head = job.outcome, self._chain.mark

        def enter(tx: Tx) -> None:
            tx.actor = self._store.identity.identify(tx)
            self._enter_failure(job, tx, fault, tx.now)
            self._chain.write_head(tx)

        try:
            self._alone(enter, job.caller)
        except Exception as also:  # noqa: BLE001 - a disk that is full has no room for the entry either
            self._chain.back_to(head)
            self._store.log.warning("entry_lost", action=job.mark.name, fault=repr(also))

    def _enter_failure(self, job: Job, tried: Tx, fault: BaseException, now: int) -> None:
        meant = refusal_of(fault)
        if not isinstance(meant, Refused):
            self._store.log.error(
                "action_failed", action=job.mark.name, request_id=job.caller.request_id, exc_info=fault
            )
        job.outcome = meant
        if job.mark.audit is None or tried.actor.kind == "ANONYMOUS":
            return
        tx = self._tx(job, now)
        tx.actor = tried.actor
        code, details = (meant.code, meant.details) if isinstance(meant, Refused) else ("INTERNAL_ERROR", {})
        with tx.savepoint():
            tx.enter_failure(job.mark, job.display, code, details)

    def _tx(self, job: Job, now: int) -> Tx:
        return Tx(self._store, self._conn, job.caller, driver=self._driver, now=now, chain=self._chain)

    def _alone(self, act: Callable[[Tx], Any], caller: Caller = LANE) -> None:
        """Run a step of the lane's own in a transaction of its own."""
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            act(Tx(self._store, self._conn, caller, driver=self._driver, now=now_ms(), chain=self._chain))
            self._commit()
        except BaseException:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            raise

    # Checkpoints: by this connection alone, after answering

    def _count_pages(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint_when_due(self) -> None:
        if self._wal_pages < self._tried_at:
            self._tried_at = 0  # the WAL has begun anew
        if self._wal_pages - self._tried_at < CHECKPOINT_PAGES:
            return
        # Counted from the last try, not from the last success: a long read must not make every group wait for it.
        self._tried_at = self._wal_pages
        try:
            if Path(self._path + "-wal").stat().st_size < WAL_LIMIT_BYTES:
                self._checkpoint("PASSIVE")
            else:
                # Readers that never stop overlapping would let the WAL grow without end: hold new ones for a moment.
                with self._store.readers_held(READERS_HELD_S):
                    self._checkpoint("TRUNCATE")
        except (apsw.Error, OSError) as fault:
            self._store.log.warning("checkpoint_failed", fault=repr(fault))

    def _checkpoint(self, mode: str) -> None:
        self._driver.set_busy_timeout(int(READERS_HELD_S * 1000))
        try:
            self._driver.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        finally:
            self._driver.set_busy_timeout(10_000)
