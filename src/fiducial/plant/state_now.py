"""The state of a thing as gates and guards read it: the current record, and a person's "not ready" that stands (spec 08.2, 03.9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, select

from fiducial.kit import clock, ids
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.reported import EFFECTIVE, MANUAL


@dataclass(frozen=True, slots=True)
class State:
    """What counts of a thing now.

    `record` is the effective record with the greatest effective time, None when nobody has said anything. `blocked_by` is
    a person's negative record that no person has lifted; the thing is not fit whatever a system said since.
    """

    record: Row[Any] | None
    blocked_by: Row[Any] | None

    @property
    def status(self) -> str | None:
        """Give the status that counts, None when nobody has said anything."""
        if self.blocked_by is not None:
            return str(self.blocked_by.status)
        return None if self.record is None else str(self.record.status)

    @property
    def confirmed_at(self) -> int | None:
        """Give the instant (ms) from which the age of the state is measured: its own time, or the last contact that confirmed it."""
        return None if self.record is None else max(self.record.effective_at, self.record.confirmed_at)

    def evidence(self) -> dict[str, Any]:
        """Give the part of a gate's evidence that every state has (spec 03.5, 03.9)."""
        row = self.record
        if row is None:
            return {}
        said = {
            "source": row.source, "recordId": ids.to_wire(row.id), "status": row.status, "evidenceAt": clock.to_wire(self.confirmed_at),
            "enteredAt": clock.to_wire(row.received_at), "actorId": ids.wire_or_none(row.by_id), "actorName": row.by_name,
            "operatorId": row.operator_id, "reason": row.reason, "since": clock.to_wire(row.effective_at),
        }  # fmt: skip
        if (block := self.blocked_by) is not None:
            said |= {
                "blockedBy": ids.to_wire(block.id), "blockedStatus": block.status, "blockedAt": clock.to_wire(block.effective_at),
                "actorId": ids.wire_or_none(block.by_id), "actorName": block.by_name, "reason": block.reason,
            }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}


def state_of(tx: Tx, table: Table, subject_id: int, *, positive: Collection[str], by_hand_only: bool = False) -> State:
    """Give the state of a thing now. `positive` are the good statuses; `by_hand_only` while people speak for the system.

    In a write the thing itself is held, so that no other record of it comes in before what is judged is written.
    """
    named = {"subject": subject_id}
    if tx.chain is not None:
        _hold(table).first(tx, subject=subject_id)
    record = tx.first(_newest(table, by_hand=by_hand_only), named)
    by_hand = record
    if record is not None and record.source != MANUAL:
        by_hand = tx.first(_newest(table, by_hand=True), named)
    stands = by_hand is not None and by_hand.status not in positive and by_hand is not record
    return State(record, by_hand if stands else None)


# Made once for each table: a readiness check asks them for every machine of a line, inside the write lane.


@cache
def _hold(table: Table) -> Hot:
    subject = next(iter(table.c.subject_id.foreign_keys)).column.table
    return Hot(select(subject.c.id).where(subject.c.id == bindparam("subject")).with_for_update(read=True))


@cache
def _newest(table: Table, *, by_hand: bool) -> Select[Any]:
    of_it = select(table).where(table.c.subject_id == bindparam("subject"), table.c.standing == EFFECTIVE)
    if by_hand:
        of_it = of_it.where(table.c.source == MANUAL)
    return of_it.order_by(table.c.effective_at.desc(), table.c.received_at.desc(), table.c.id.desc()).limit(1)
