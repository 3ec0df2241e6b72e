"""Floor life as people see and move it (spec 04.8): levels, the clock of a lot, all open clocks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part
from fiducial.kit.tx import Tx
from fiducial.loading import msl
from fiducial.loading.shapes import MslEvent, MslLevels
from fiducial.loading.tables import msl_clocks, msl_events, msl_levels
from fiducial.plant.queries.materials import lot_row
from fiducial.plant.tables import lots

HOUR_MINUTES = 60


class MoistureLevel(TypedDict):
    """One moisture level."""

    level: str
    floorLifeHours: float | None
    byLabel: bool
    bakeTempC: float | None
    bakeMinHours: float | None
    dryPauses: bool
    updatedAt: str | None


class FloorLife(TypedDict):
    """The clock of a lot."""

    lotId: str
    materialCode: str
    lotNo: str
    state: str
    usedMinutes: int
    floorLifeMinutes: int | None
    openedAt: str | None
    expiresAt: str | None


class FloorLifeDetail(FloorLife):
    """The clock of a lot with its history, newest first."""

    history: list[dict[str, Any]]


CLOCKS = Listing(
    filters={"materialCode": part(lots.c.material_code), "state": one_of(msl_clocks.c.state, msl.STATES)},
    sorts={"expiresAt": msl_clocks.c.expires_at, "openedAt": msl_clocks.c.opened_at, "materialCode": lots.c.material_code},
    default_sort="expiresAt.asc", key=msl_clocks.c.lot_id,
)  # fmt: skip


@query("material:read")
def list_levels(tx: Tx) -> list[MoistureLevel]:
    """Give the moisture levels."""
    return [
        {
            "level": row.level, "floorLifeHours": None if row.floor_life_minutes is None else row.floor_life_minutes / HOUR_MINUTES,
            "byLabel": row.by_label, "bakeTempC": row.bake_temp_c, "bakeMinHours": row.bake_min_hours, "dryPauses": row.dry_pauses,
            "updatedAt": clock.to_wire(row.updated_at),
        }
        for row in tx.all(select(msl_levels).order_by(msl_levels.c.level))
    ]  # fmt: skip


@action("material:config", audit="MSL_LEVEL_UPDATE", entity="MATERIAL")
def put_levels(tx: Tx, body: MslLevels) -> list[MoistureLevel]:
    """Set moisture levels; clocks that run keep the floor life they began with."""
    before = {row["level"]: row for row in list_levels(tx)}
    for row in body.levels:
        minutes = None if row.floor_life_hours is None else round(row.floor_life_hours * HOUR_MINUTES)
        values = {
            "floor_life_minutes": minutes, "by_label": row.by_label, "bake_temp_c": row.bake_temp_c, "bake_min_hours": row.bake_min_hours,
            "dry_pauses": row.dry_pauses, "updated_at": tx.now,
        }  # fmt: skip
        tx.run(update(msl_levels).where(msl_levels.c.level == row.level).values(**values))
    after = list_levels(tx)
    changes = [
        {"path": row["level"], "before": dict(before[row["level"]]), "after": dict(row)}
        for row in after
        if {**row, "updatedAt": None} != {**before[row["level"]], "updatedAt": None}
    ]
    tx.record("MSL", changes=changes)
    return after


@action("readiness:record", audit="MSL_EVENT", entity="MATERIAL_LOT", key="id")
def move_clock(tx: Tx, id: str, body: MslEvent) -> FloorLife:
    """Open a bag, put it into the dry store or take it out. Refuses MATERIAL_LOT_NOT_FOUND, MSL_EVENT_INVALID."""
    lot = lot_row(tx, id)
    msl.move(tx, lot.id, body.event, remark=body.remark)
    tx.record(f"{lot.material_code}|{lot.lot_no}", key=lot.id, event=body.event, reason=body.remark)
    return _shown(tx, tx.one(_clocks().where(msl_clocks.c.lot_id == lot.id)))


@query("material:read")
def lot_clock(tx: Tx, lot_id: str) -> FloorLifeDetail:
    """Give the clock of a lot with its history; a lot nobody opened is SEALED. Refuses MATERIAL_LOT_NOT_FOUND."""
    lot = lot_row(tx, lot_id)
    row = tx.first(_clocks().where(msl_clocks.c.lot_id == lot.id))
    now: FloorLife = {
        "lotId": ids.to_wire(lot.id), "materialCode": lot.material_code, "lotNo": lot.lot_no, "state": msl.SEALED, "usedMinutes": 0,
        "floorLifeMinutes": None, "openedAt": None, "expiresAt": None,
    }  # fmt: skip
    if row is not None:
        now = _shown(tx, row)
    moved = tx.all(select(msl_events).where(msl_events.c.lot_id == lot.id).order_by(msl_events.c.id.desc()))
    history = [
        {
            "event": one.event, "from": one.from_state, "to": one.to_state, "usedMinutes": one.used_ms // msl.MINUTE, "remark": one.remark,
            "at": clock.to_wire(one.at), "by": ids.wire_or_none(one.by_id), "byName": one.by_name,
        }
        for one in moved
    ]  # fmt: skip
    return FloorLifeDetail(**now, history=history)


@query("material:read")
def list_clocks(tx: Tx, page: Page) -> Listed[FloorLife]:
    """Give the clocks of lots that were opened, soonest to expire first."""
    return CLOCKS.answer(tx, _clocks().where(msl_clocks.c.state != msl.SEALED), page, lambda row: _shown(tx, row))


def _clocks() -> Select[Any]:
    return select(msl_clocks, lots.c.material_code, lots.c.lot_no).join_from(
        msl_clocks, lots, lots.c.id == msl_clocks.c.lot_id
    )


def _shown(tx: Tx, row: Any) -> FloorLife:
    return {
        "lotId": ids.to_wire(row.lot_id), "materialCode": row.material_code, "lotNo": row.lot_no, "state": row.state,
        "usedMinutes": msl.used_ms(row, tx.now) // msl.MINUTE, "floorLifeMinutes": row.floor_life_minutes,
        "openedAt": clock.to_wire(row.opened_at), "expiresAt": clock.to_wire(row.expires_at),
    }  # fmt: skip
