"""The writes of feeder slots (spec 04.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.loading.answers import FeederSlot
from fiducial.loading.finding import line_code, slot_of_id
from fiducial.loading.queries.slots import slot_by_id
from fiducial.loading.shapes import NewSlot, SlotChange, UnlockSlot
from fiducial.loading.tables import expectations, locks, mappings, records, slots
from fiducial.loading.words import announce_line
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs
from fiducial.people.reach import must_reach_line
from fiducial.plant.answers import Gone
from fiducial.plant.changing import stamp
from fiducial.plant.lookup import the_line


@action("loading:config", audit="FEEDER_SLOT_CREATE", entity="LINE")
def create_slot(tx: Tx, line_id: str, body: NewSlot) -> FeederSlot:
    """Make a slot on a line. Refuses LINE_NOT_FOUND, FORBIDDEN, SLOT_CODE_DUPLICATE."""
    line = the_line(tx, line_id)
    must_reach_line(tx, line.id, "loading:config")
    key = tx.new_id()
    new = tx.insert_once(
        slots, id=key, line_id=line.id, slot_code=body.slot_code, slot_name=body.slot_name, machine_no=body.machine_no,
        position=body.position, is_active=True, is_locked=False, failed_attempts=0, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not new:
        raise Refused("SLOT_CODE_DUPLICATE", lineCode=line.code, slotCode=body.slot_code)
    tx.record(f"{line.code} {body.slot_code}", key=key, line=line.code)
    announce_line(tx, line.id)
    return slot_by_id(tx, key)


@action("loading:config", audit="FEEDER_SLOT_UPDATE", entity="LINE", key="slot_id")
def update_slot(tx: Tx, line_id: str, slot_id: str, body: SlotChange) -> FeederSlot:
    """Change a slot. Refuses SLOT_NOT_FOUND, SLOT_IN_USE when it is switched off while an open run expects it."""
    line = the_line(tx, line_id)
    slot = slot_of_id(tx, slot_id, "loading:config", line_id=line.id)
    before, given = slot_by_id(tx, slot.id), body.given()
    if given.get("is_active") is False and slot.is_active:
        _must_not_be_expected(tx, slot)
    differing = {name: value for name, value in given.items() if getattr(slot, name) != value}
    if differing:
        tx.run(update(slots).where(slots.c.id == slot.id).values(**differing, updated_at=stamp(tx, slot.updated_at)))
    after = slot_by_id(tx, slot.id)
    tx.record(f"{line.code} {slot.slot_code}", key=slot.id, line=line.code, changes=_changes(before, after))
    if "is_active" in differing:
        announce_line(tx, line.id)
    return after


@action("loading:config", audit="FEEDER_SLOT_DELETE", entity="LINE", key="slot_id")
def delete_slot(tx: Tx, line_id: str, slot_id: str) -> Gone:
    """Delete a slot that nothing names. Refuses SLOT_NOT_FOUND, SLOT_IN_USE with the counts by kind."""
    line = the_line(tx, line_id)
    slot = slot_of_id(tx, slot_id, "loading:config", line_id=line.id)
    counts = {
        name: tx.scalar(select(func.count()).select_from(table).where(table.c.slot_id == slot.id))
        for name, table in (
            ("mappings", mappings),
            ("expectations", expectations),
            ("records", records),
            ("locks", locks),
        )
    }
    counts = {name: count for name, count in counts.items() if count}
    if counts:
        raise Refused("SLOT_IN_USE", slotCode=slot.slot_code, counts=counts)
    before = slot_by_id(tx, slot.id)
    tx.run(delete(slots).where(slots.c.id == slot.id))
    tx.record(f"{line.code} {slot.slot_code}", key=slot.id, line=line.code, changes=_changes(before, {}))
    announce_line(tx, line.id)
    return Gone(id=before["id"])


@action("loading:unlock", audit="FEEDER_SLOT_UNLOCK", entity="LINE", key="slot_id")
def unlock_slot(tx: Tx, slot_id: str, body: UnlockSlot) -> FeederSlot:
    """Open a locked slot; one that is not locked stays as it is. Refuses SLOT_NOT_FOUND, FORBIDDEN."""
    slot = slot_of_id(tx, slot_id, "loading:unlock")
    line = line_code(tx, slot.line_id)
    if slot.is_locked:
        opened: dict[str, Any] = {
            "is_locked": False,
            "failed_attempts": 0,
            "locked_at": None,
            "locked_reason": None,
            "locked_run_no": None,
        }
        tx.run(update(slots).where(slots.c.id == slot.id).values(**opened))
        tx.run(
            update(locks).where(locks.c.slot_id == slot.id, locks.c.unlocked_at.is_(None))
            .values(unlocked_at=tx.now, unlocked_by=tx.actor.id, unlocked_by_name=tx.actor.name, reason=body.reason)
        )  # fmt: skip
        announce_line(tx, slot.line_id)
    tx.record(f"{line} {slot.slot_code}", key=slot.id, line=line, reason=body.reason, wasLocked=slot.is_locked)
    return slot_by_id(tx, slot.id)


def _must_not_be_expected(tx: Tx, slot: Any) -> None:
    open_runs = (
        select(runs.c.run_no).join_from(expectations, runs, runs.c.id == expectations.c.run_id)
        .where(expectations.c.slot_id == slot.id, runs.c.status.not_in(RUN.terminal)).order_by(runs.c.id).limit(10)
    )  # fmt: skip
    found = [row.run_no for row in tx.all(open_runs)]
    if found:
        raise Refused("SLOT_IN_USE", slotCode=slot.slot_code, runNos=found)


def _changes(before: Any, after: Any) -> list[dict[str, Any]]:
    return [change for change in changed_fields(before, after) if change["path"] not in ("updatedAt", "current")]
