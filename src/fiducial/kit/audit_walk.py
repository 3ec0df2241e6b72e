"""Walking the audit book (spec 09.7.2): whether it was changed, has a hole, was cut, or was put out of order.

A book of years is walked in pieces, each on a snapshot of its own, so that nothing is held back while it lasts. What is verified is the
book as it stood when the walk began: its heads are taken first, and what is written meanwhile is left to the next walk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Row, func, select

from fiducial.kit.audit import FIRST, HASHED, archive, archive_lane, context, digest_of, entry, hash_of, lane_head

PIECE = 2000
BESIDE_WORK = 200  # entries at a time: some milliseconds, in which nobody else has the interpreter
CONTEXTS_KEPT = 20_000

Heads = dict[int, tuple[int, bytes]]  # of each lane: the number in it of its last entry, and that entry's hash

_entries = select(entry.c.seq, entry.c.context_id, entry.c.hash, *(entry.c[name] for name in HASHED)).order_by(
    entry.c.seq
)
_LANE, _LANE_SEQ, _VALUES = 3 + HASHED.index("lane"), 3 + HASHED.index("lane_seq"), 3


class Rows(Protocol):
    """What a walk through the book needs: rows of a statement."""

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Give all rows."""


class Reading:
    """Rows of a plain connection, for whoever verifies a book that no store of this process has open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Give all rows."""
        return self._connection.execute(statement).all()


@dataclass(slots=True)
class Verification:
    """What a walk through the book found."""

    checked: int = 0
    head_seq: int = 0
    head_hash: str = ""
    first_bad: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Tell whether every chain is whole."""
        return self.first_bad is None


@dataclass(slots=True)
class Walk:
    """A walk through the book, or through a range of it, piece by piece.

    With `from_seq` the first entry of a lane inside the range is taken as given and the walk goes on from it. What was archived
    is not in the book any more: the first entry of a lane that is left must follow the last that was taken out.
    """

    from_seq: int = 0
    to_seq: int | None = None
    piece: int = PIECE
    found: Verification = field(default_factory=Verification)
    _last: int = -1
    _end: int = -1
    _heads: Heads = field(default_factory=dict)
    _goals: Heads = field(default_factory=dict)
    _taken_out: Heads = field(default_factory=dict)
    _digests: dict[int, bytes | None] = field(default_factory=dict)

    def step(self, tx: Rows) -> bool:
        """Walk one piece on the snapshot that is given; give whether there is more to walk."""
        if self._end < 0:
            self._begin(tx)
        self._skip_archived(tx)
        rows = tx.all(_entries.where(entry.c.seq > self._last, entry.c.seq <= self._end).limit(self.piece))
        self._learn(tx, rows)
        for row in rows:
            if self._is_later(tx, row):
                continue
            if not self._pass_by(row):
                return False
        if len(rows) == self.piece:
            return True
        if self.to_seq is None:
            self._compare()
        return False

    def _begin(self, tx: Rows) -> None:
        self._goals = heads_of_lanes(tx)
        (newest,) = tx.all(select(func.max(entry.c.seq).label("seq")))
        self._end = newest.seq or 0 if self.to_seq is None else self.to_seq
        self._last = self.from_seq - 1

    def _skip_archived(self, tx: Rows) -> None:
        """Go on behind what was archived meanwhile: it was verified before it was taken out."""
        taken = archived_to(tx)
        if taken > self._last:
            self._last, self._taken_out = taken, heads_of_archives(tx)
            self._heads |= self._taken_out

    def _learn(self, tx: Rows, rows: Sequence[Row[Any]]) -> None:
        """Read the contexts that were not met yet; None stands for one that is not what its digest says."""
        if len(self._digests) > CONTEXTS_KEPT:
            self._digests.clear()
        new = {row.context_id for row in rows} - self._digests.keys()
        if new:
            self._digests |= dict.fromkeys(new)
            for row in tx.all(select(context).where(context.c.id.in_(sorted(new)))):
                self._digests[row.id] = row.digest if digest_of(row.facts) == row.digest else None

    def _is_later(self, tx: Rows, row: Any) -> bool:
        """Tell whether an entry was written after the walk began, by a lane of PostgreSQL that had taken its number before."""
        self._last, lane, lane_seq = row.seq, row[_LANE], row[_LANE_SEQ]
        if lane_seq <= self._goals.get(lane, (0, FIRST))[0]:
            return False
        stands_now, _ = heads_of_lanes(tx).get(lane, (0, FIRST))
        return bool(lane_seq <= stands_now)

    def _pass_by(self, row: Any) -> bool:
        lane, lane_seq = row[_LANE], row[_LANE_SEQ]
        digest = self._digests[row.context_id]
        given = self.from_seq > 0 and lane not in self._heads
        bad = _judge(row, digest, (lane, lane_seq), None if given else self._heads.get(lane, (0, FIRST)))
        if bad:
            self.found.first_bad = {"seq": row.seq, "kind": bad}
            return False
        self._heads[lane] = (lane_seq, row.hash)
        self.found.checked, self.found.head_seq, self.found.head_hash = self.found.checked + 1, row.seq, row.hash.hex()
        return True

    def _compare(self) -> None:
        """Compare where each lane ended with where it said at the beginning that it stood."""
        # With a range, a lane that wrote nothing in it has nothing to be compared.
        for lane in sorted(self._heads if self.from_seq else {*self._heads, *self._goals}):
            ended, stood = self._heads.get(lane, (0, FIRST)), self._goals.get(lane, (0, FIRST))
            farther = ended[0] > stood[0] and ended == self._taken_out.get(lane)  # by what was archived meanwhile
            if ended != stood and not farther:
                self.found.first_bad = {"seq": self.found.head_seq, "kind": "GAP", "lane": f"lane-{lane}"}
                return


def verify(tx: Rows, *, from_seq: int = 0, to_seq: int | None = None, batch: int = PIECE) -> Verification:
    """Walk the book, or a range of it, on one snapshot and say where it is not whole: HASH, GAP or ORDER."""
    walk = Walk(from_seq, to_seq, batch)
    while walk.step(tx):
        pass
    return walk.found


def archived_to(tx: Rows) -> int:
    """Give the number of the last entry that was archived; 0 when none was."""
    (row,) = tx.all(select(func.max(archive.c.last_seq).label("last")))
    return row.last or 0


def heads_of_archives(tx: Rows) -> Heads:
    """Give where each lane stood when it was last archived."""
    rows = tx.all(select(archive_lane).order_by(archive_lane.c.last_seq))
    return {row.lane: (row.last_seq, row.last_hash) for row in rows}


def heads_of_lanes(tx: Rows) -> Heads:
    """Give where each lane stands."""
    return {row.id: (row.head_seq, row.head_hash) for row in tx.all(select(lane_head))}


def judge(row: Any, heads: Mapping[int, tuple[int, bytes]]) -> str | None:
    """Give what is wrong with an entry, read with its context, that follows these heads: HASH, GAP, ORDER, or None."""
    digest = row.digest if digest_of(row.facts) == row.digest else None
    cells = (row.seq, None, row.hash, *(row._mapping[name] for name in HASHED))
    return _judge(cells, digest, (row.lane, row.lane_seq), heads.get(row.lane, (0, FIRST)))


def _judge(
    cells: Sequence[Any], digest: bytes | None, place: tuple[int, int], head: tuple[int, bytes] | None
) -> str | None:
    """Judge the cells of an entry after the head of its lane; without one, only its context can be judged."""
    if digest is None:
        return "HASH"
    if head is None:
        return None
    if place[1] <= head[0]:
        return "ORDER"
    if place[1] != head[0] + 1:
        return "GAP"
    return None if hash_of(head[1], digest, cells[_VALUES:]) == cells[2] else "HASH"
