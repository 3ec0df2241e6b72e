"""The clock of the machine was set back: by how much, and when, so that nothing that ages is younger for it.

Each process watches its clock against the one that only counts on; at its start, against the newest entry of the audit book.
What is missing is written down before the next write. What is timed while it happens (floor life, a time rule) is moved back
by it in the same transaction, by those who own it (`Wiring.set_back`); evidence that is only read is seen by `set_backs_of`.

Of a clock that was set back while no process ran, no more is known than that it stands before the newest entry.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Index, Table, insert, inspect, select, text

from fiducial.kit import audit
from fiducial.kit import columns as c
from fiducial.kit.acting import Caller, action
from fiducial.kit.clock import now_ms, to_wire
from fiducial.kit.jobs import Job
from fiducial.kit.statements import Hot

if TYPE_CHECKING:
    from fiducial.kit.store import Store
    from fiducial.kit.tx import Tx

NOTICED_MS = 2_000  # a clock is stepped by less every day; smaller steps are added up until they are noticed
SKEW_MS = 60_000  # what the clocks of two nodes may differ by: the newest entry may be another node's
SAME_MS = 600_000  # two nodes that were set back within this, from and to about the same: by the same hand
LATELY_MS = 30 * 86_400_000
ME = Caller(internal="clock")

set_backs = Table(
    "clock_set_back", c.metadata, c.key(),  # what was made before has a smaller key
    c.instant("before_at", nullable=False),  # what the clock would say
    c.instant("after_at", nullable=False),  # what it says
    c.whole("lost_ms", nullable=False),
    c.whole("node", nullable=False),
    Index("ix_clock_set_back_after", "after_at"),
)  # fmt: skip
_all = Hot(
    select(set_backs.c.id, set_backs.c.before_at, set_backs.c.after_at, set_backs.c.lost_ms).order_by(set_backs.c.id)
)


@dataclass(frozen=True, slots=True)
class SetBack:
    """One time that the clock was set back."""

    id: int
    before_at: int
    after_at: int
    lost_ms: int


def set_backs_of(tx: Tx) -> tuple[SetBack, ...]:
    """Give each time that the clock was set back, the oldest first; mostly none."""
    return tuple(SetBack(row.id, row.before_at, row.after_at, row.lost_ms) for row in _all.all(tx))


def as_seen_now(found: Sequence[SetBack], at: int, *, made: int | None = None) -> int:
    """Give an instant of the past by the clock as it goes now: earlier by all that was lost since.

    What has a key (`made`) that was given out since was made since. Else an instant that the clock passed twice counts as the
    earlier one: what is said of it may be too old, never too young.
    """
    lost = sum(one.lost_ms for one in found if at <= one.before_at and (made is None or made < one.id))
    return at - lost


def set_backs_lately(connection: Connection) -> list[str]:
    """Give, in words, each time within 30 days that the clock was set back: for `fiducial doctor`."""
    lately = select(set_backs).where(set_backs.c.after_at > now_ms() - LATELY_MS).order_by(set_backs.c.id)
    return [
        f"the clock of node {row.node} was set back by {row.lost_ms / 1000:.0f} s at {to_wire(row.after_at)}: have it kept by a time server"
        for row in connection.execute(lately)
    ]


class ClockWatch:
    """Watches the clock of this process. One at a time writes down what was lost (`lock`)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._ahead = self._difference()

    @staticmethod
    def _difference() -> int:
        return (time.time_ns() - time.monotonic_ns()) // 1_000_000

    def begin(self, connection: Connection, *, alone: bool) -> None:
        """Look at the newest entry of the book: a clock that stands before it was set back while nobody watched."""
        if not inspect(connection).has_table(audit.entry.name):
            return
        newest = connection.execute(select(audit.entry.c.at).order_by(audit.entry.c.seq.desc()).limit(1)).scalar()
        now = time.time_ns() // 1_000_000
        if newest is not None and newest - now > (NOTICED_MS if alone else SKEW_MS):
            self._ahead += newest - now

    def lost(self) -> int:
        """Give by how many ms the clock was set back since it was last written down; 0 for no more than it is stepped every day."""
        difference = self._difference()
        self._ahead = max(self._ahead, difference)  # set ahead, or the machine slept
        lost = self._ahead - difference
        return lost if lost >= NOTICED_MS else 0

    def written(self, lost: int) -> None:
        """Count on from here."""
        self._ahead -= lost

    def job(self, lost: int) -> Job:
        """Give the write that writes it down."""
        return Job(write_down, (lost,), ME, patience=30.0)


@action(audit="CLOCK_SET_BACK", entity="SYSTEM_CONFIG", internal_only=True)
def write_down(tx: Tx, lost: int) -> int:
    """Write down that the clock of this node was set back, move back what is timed, and tell people (CLOCK_SKEW). Gives what was new (ms).

    Two nodes that were set back by the same hand lost it once.
    """
    if tx.engine == "postgresql":
        tx.run(text("SELECT pg_advisory_xact_lock(1718183030)"))
    before = tx.now + lost
    theirs = [
        row.lost_ms
        for row in tx.all(select(set_backs).where(set_backs.c.node != tx.store.node, set_backs.c.after_at > tx.now - SAME_MS))
        if abs(row.after_at - tx.now) <= SAME_MS and abs(row.before_at - before) <= SAME_MS
    ]  # fmt: skip
    new = max(0, lost - max(theirs, default=0))
    if new >= NOTICED_MS or not theirs:
        values: dict[str, Any] = {"before_at": before, "after_at": tx.now, "lost_ms": new, "node": tx.store.node}
        tx.run(insert(set_backs).values(id=tx.new_id(), **values))
        for move_back in tx.store.set_back:
            move_back(tx, new)
        tx.emit("CLOCK_SKEW", None, system="fiducial", seconds=round(-new / 1000, 1))
    tx.record("clock", seconds=round(lost / 1000, 1), node=tx.store.node, counted=round(new / 1000, 1))
    return new


def serve(store: Store, run: Any) -> None:
    """Write down what was lost before the next write, by `run`, which does a job in a transaction of its own."""
    watch = store.clock_watch
    if not watch.lost():
        return
    with watch.lock:
        lost = watch.lost()
        if not lost:
            return
        job = watch.job(lost)
        run(job)
        if isinstance(job.outcome, BaseException):
            store.log.error("clock_set_back_not_written", milliseconds=lost, fault=repr(job.outcome))
            return
        watch.written(lost)
        store.log.warning("clock_set_back", milliseconds=lost)
