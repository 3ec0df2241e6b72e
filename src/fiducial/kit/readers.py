"""Reads: each on a snapshot of its own, on threads apart from the writers. Reads never wait for writes, nor writes for reads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from fiducial.kit.clock import now_ms
from fiducial.kit.jobs import Intake, Job, deliver, demand
from fiducial.kit.lane import refusal_of
from fiducial.kit.pool import connection_lost
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx

if TYPE_CHECKING:
    from fiducial.kit.store import Store

QUEUE_LIMIT = 512


class Readers:
    """Some threads over one queue, each with a connection that cannot write."""

    def __init__(self, store: Store, engine: Engine, *, name: str, size: int = 1) -> None:
        self._store, self.engine = store, engine
        self._intake = Intake(QUEUE_LIMIT)
        self._threads = [threading.Thread(target=self._serve, name=f"{name}-{n}", daemon=True) for n in range(size)]

    def start(self) -> None:
        """Begin to serve."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Put a read in the queue; refuses WRITE_QUEUE_FULL when too many wait."""
        self._intake.put(job)

    def stop(self) -> None:
        """Finish what was accepted, take no more, and close."""
        self._intake.close(len(self._threads))
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def _serve(self) -> None:
        conn: Connection | None = None
        while (job := self._intake.take()) is not None:
            self._store.wait_for_reading()
            try:
                conn = conn or self.engine.connect()
                job.outcome = self._read(conn, job)
            except Refused as refused:
                job.outcome = refused
            except BaseException as fault:  # noqa: BLE001 - judged and handed to the asker
                lost = connection_lost(fault)
                job.outcome = Refused("DATABASE_UNAVAILABLE") if lost else self._judge(fault, job)
                if lost and conn is not None:
                    conn.invalidate()
                    conn.close()
                    conn = None
            deliver([job])
        if conn is not None:
            conn.close()

    def _judge(self, fault: BaseException, job: Job) -> BaseException:
        meant = refusal_of(fault)
        if not isinstance(meant, Refused):
            self._store.log.error("read_failed", query=job.mark.name, request_id=job.caller.request_id, exc_info=fault)
        return meant

    def _read(self, conn: Connection, job: Job) -> Any:
        driver: Any = conn.connection.driver_connection
        if self._store.engine_name == "sqlite":
            driver = driver.raw
            driver.execute("BEGIN")
        try:
            tx = Tx(self._store, conn, job.caller, driver=driver, now=now_ms())
            tx.mark = job.mark
            tx.actor = self._store.identity.identify(tx)
            demand(tx.actor, job.mark)
            return job.run(tx, *job.args)
        finally:
            # One snapshot a read: ended whatever came of it, or it would hold back checkpoints and vacuum.
            self._end(driver)

    def _end(self, driver: Any) -> None:
        """End the snapshot, unless a fault has ended it already: then that fault is what is told."""
        if self._store.engine_name != "sqlite":
            if not driver.closed:
                driver.rollback()
        elif driver.in_transaction:
            driver.execute("ROLLBACK")
