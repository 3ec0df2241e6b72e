"""The number of this process among those that write one PostgreSQL: its keys and its lanes of the audit book carry it.

An advisory lock holds it for as long as its connection lives. A fail-over frees every lock, and an idle connection may be cut
by itself, so a writer asks when it connects anew, and every few seconds, whether the number is still ours; when another process
has taken it, this one does not write.
"""

from __future__ import annotations

import threading
import time

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from fiducial.kit.ids import NODES
from fiducial.kit.refusals import Refused

SPACE = 0x66696475  # "fidu": the space of the node numbers among the advisory locks
ASKED_EVERY_S = 5.0
_TAKE = text("SELECT pg_try_advisory_lock(:space, :number)")


class NodeNumber:
    """A number that no other process has."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._gate, self._held = engine, threading.Lock(), False
        self._asked_at = time.monotonic()
        self._conn = self._connect()
        self.number = next((number for number in range(NODES) if self._take(number)), -1)
        if self.number < 0:
            raise RuntimeError(f"all {NODES} node numbers of this database are taken")

    @property
    def doubtful(self) -> bool:
        """Tell whether it is time to ask again."""
        return not self._held or time.monotonic() - self._asked_at > ASKED_EVERY_S

    def hold(self) -> None:
        """Make sure that the number is still ours, or again; refuses DATABASE_UNAVAILABLE when another process has it."""
        with self._gate:
            self._asked_at = time.monotonic()
            if self._held:
                try:
                    self._conn.execute(text("SELECT 1"))
                    return
                except DBAPIError:
                    self._held = False
            self.close()
            self._conn = self._connect()
            if not self._take(self.number):
                raise Refused("DATABASE_UNAVAILABLE", reason=f"another process has node number {self.number}")

    def close(self) -> None:
        """Give the number back; a connection that is closed already, for the next could not be made, has nothing to give."""
        self._held = False
        if not self._conn.closed:
            self._conn.invalidate()
            self._conn.close()

    def _connect(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _take(self, number: int) -> bool:
        self._held = bool(self._conn.execute(_TAKE, {"space": SPACE, "number": number}).scalar())
        return self._held
