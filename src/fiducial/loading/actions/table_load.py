"""Loading the station table for a run (加载站位表, spec 04.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.loading.answers import LoadedTable
from fiducial.loading.choosing import Choice, Key, choose, key_of
from fiducial.loading.finding import line_code
from fiducial.loading.shapes import LoadTable
from fiducial.loading.tables import expectations, loaded_tables, placement_steps, records, slots
from fiducial.loading.words import LOADED, MOUNT, PENDING, TABLE_RELOADED, UNLOADED, announce_input, warning
from fiducial.orders.lookup import run_to_change
from fiducial.orders.states import PREP
from fiducial.people.reach import must_reach_line
from fiducial.plant.tables import bom_items, materials
from fiducial.routing.frozen import frozen_route

MAY_FORCE = "loading:unlock"


@action("loading:verify", audit="LOADING_LOAD_TABLE", entity="RUN", key="run_no")
def load_table(tx: Tx, run_no: str, body: LoadTable) -> LoadedTable:
    """ReplaceReel what a run expects on its slots by what the station table says now.

    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS, LOADING_ALREADY_STARTED, FEEDER_SLOTS_NOT_FOUND, SLOT_MAPPING_MISSING,
    SLOT_MAPPING_NO_PRIMARY. By force it also asks `loading:unlock`, and reels of the run count as taken off.
    """
    run = run_to_change(tx, run_no)  # a scan for the run shares its lock: it comes before this, or after it
    must_reach_line(tx, run.line_id, "loading:verify")
    if body.force:
        if MAY_FORCE not in tx.actor.permissions and tx.actor.kind != "SYSTEM":
            raise Refused("FORBIDDEN", permission=MAY_FORCE)
        must_reach_line(tx, run.line_id, MAY_FORCE)
    if run.status != PREP:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP])
    if not body.force and tx.first(select(records.c.id).where(records.c.run_id == run.id).limit(1)) is not None:
        raise Refused("LOADING_ALREADY_STARTED", runNo=run_no)
    key, line = key_of(tx, run), line_code(tx, run.line_id)
    choice = choose(tx, key)
    _must_be_whole(choice, line)
    if body.force:
        _hold_slots(
            tx, choice, *_slots_with_reels(tx, run)
        )  # all at once: what is taken off may lie behind what is put on
        _end_reels(tx, run)
    write_table(tx, run, choice)
    tx.record(
        run_no, key=run.id, line=line, created=len(choice.expected), tableHash=choice.hash,
        reason=body.reason, force=body.force,
    )  # fmt: skip
    announce_input(tx, run.id)
    uncovered, warned = _against_master(tx, key, choice)
    return {
        "runId": ids.to_wire(run.id), "runNo": run_no, "created": len(choice.expected), "emptySlots": choice.empty,
        "tableHash": choice.hash, "uncoveredMaterials": uncovered, "warnings": warned,
    }  # fmt: skip


def _must_be_whole(choice: Choice, line: str | None) -> None:
    if not choice.active_slots:
        raise Refused("FEEDER_SLOTS_NOT_FOUND", lineCode=line)
    if choice.missing or not (choice.expected or choice.no_primary):
        raise Refused("SLOT_MAPPING_MISSING", slots=choice.missing or choice.empty)
    if choice.no_primary:
        raise Refused("SLOT_MAPPING_NO_PRIMARY", slots=choice.no_primary)


def _hold_slots(tx: Tx, choice: Choice, *more: int) -> list[int]:
    """Have the slots of a choice alone, and more, in the order of their keys; give those of the choice."""
    of_run = [one.slot.id for one in choice.expected]
    tx.all(select(slots.c.id).where(slots.c.id.in_([*of_run, *more])).order_by(slots.c.id).with_for_update())
    return of_run


def _slots_with_reels(tx: Tx, run: Any) -> list[int]:
    """Give the slots that a run, which is held, has reels on."""
    mine = select(records.c.slot_id).where(records.c.run_id == run.id, records.c.status == LOADED)
    return [row.slot_id for row in tx.all(mine)]


def _end_reels(tx: Tx, run: Any) -> None:
    tx.run(
        update(records).where(records.c.run_id == run.id, records.c.status == LOADED)
        .values(
            status=UNLOADED, unloaded_at=tx.now, unloaded_by=tx.actor.id, unloaded_by_name=tx.actor.name, unload_reason=TABLE_RELOADED
        )
    )  # fmt: skip


def write_table(tx: Tx, run: Any, choice: Choice) -> None:
    """Make what a run expects on its slots anew from a choice; nothing is on them yet for it."""
    route = frozen_route(tx, run.version_id)
    placing = [step.step_no for step in route.steps if step.process_kind == MOUNT]
    # Before the rows that refer to them: their inserts share the slots' locks, and who shares one cannot have it alone beside another.
    of_run = _hold_slots(tx, choice)
    for table in (expectations, placement_steps, loaded_tables):
        tx.run(delete(table).where(table.c.run_id == run.id))
    tx.run(
        insert(loaded_tables).values(
            run_id=run.id, table_hash=choice.hash, whole_line=not placing, loaded_at=tx.now, loaded_by=tx.actor.id,
            loaded_by_name=tx.actor.name,
        )
    )  # fmt: skip
    steps = placing or [step.step_no for step in route.steps]
    tx.run(insert(placement_steps), [{"run_id": run.id, "step_no": step_no} for step_no in steps])
    rows = [
        {
            "id": key, "run_id": run.id, "slot_id": one.slot.id, "expected_material": one.material_code, "alternates": list(one.alternates),
            "unit_consumption": one.unit_consumption, "ref_des": list(one.ref_des), "level": one.level, "status": PENDING,
            "must_reload": False,
        }
        for key, one in zip(tx.new_ids(len(choice.expected)), choice.expected, strict=True)
    ]  # fmt: skip
    tx.run(insert(expectations), rows)
    # Wrong scans are counted anew; a lock stays, and with it its count.
    tx.run(update(slots).where(slots.c.id.in_(of_run), slots.c.is_locked.is_(False)).values(failed_attempts=0))


def _against_master(tx: Tx, key: Key, choice: Choice) -> tuple[list[str], list[Any]]:
    """Give the BOM parts that are on no slot, and what is odd about the expected materials."""
    bom = {
        row.child_code
        for row in tx.all(select(bom_items.c.child_code).where(bom_items.c.parent_code == key.product_code))
    }
    wanted = {one.material_code for one in choice.expected}
    covered = wanted | {code for one in choice.expected for code in one.alternates}
    known = {row.code for row in tx.all(select(materials.c.code).where(materials.c.code.in_(wanted)))}
    warned = [warning(tx, "MATERIAL_UNKNOWN", materialCode=code) for code in sorted(wanted - known)]
    if bom:
        warned += [
            warning(tx, "MATERIAL_NOT_IN_BOM", materialCode=code, productCode=key.product_code) for code in sorted((wanted & known) - bom)
        ]  # fmt: skip
    return sorted(bom - covered), warned
