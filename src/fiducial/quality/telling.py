"""What notifications say of inspections, defects and runs on hold (spec 09.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import lines
from fiducial.quality.tables import defects, inspections, mrb_decisions


def of_defect(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which unit has which defect (DEFECT_RECORDED)."""
    row = tx.first(
        select(defects, units.c.sn, runs.c.line_id)
        .join_from(defects, units, units.c.id == defects.c.unit_id)
        .outerjoin(runs, runs.c.id == defects.c.run_id)
        .where(defects.c.id == event.thing)
    )
    if row is None:
        return None
    code = f"{row.code} {row.code_name}" if row.code_name else row.code
    return {
        "sn": row.sn,
        "stationCode": row.station_code,
        "code": code,
        "defectNo": row.defect_no,
        "lineId": row.line_id,
    }


def of_inspection(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which inspection of which run (FAI_FAILED, FAI_SIGN_DUE, IPQC_DUE, IPQC_FAILED, OQC_REQUIRED, OQC_FAILED)."""
    row = tx.first(
        select(inspections.c.type, inspections.c.scope, inspections.c.sample_qty, inspections.c.failed_qty, runs.c.run_no, runs.c.line_id,
               lines.c.code)
        .select_from(inspections.join(runs, runs.c.id == inspections.c.run_id).join(lines, lines.c.id == runs.c.line_id))
        .where(inspections.c.id == event.thing)
    )  # fmt: skip
    if row is None:
        return None
    named = row.scope or row.type
    count = f"{row.failed_qty} / {row.sample_qty}" if row.failed_qty is not None else f"n = {row.sample_qty}"
    return {"runNo": row.run_no, "lineCode": row.code, "lineId": row.line_id, "inspectionNo": f"{named} {count}"}


def of_run(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which run stopped, and what the MRB has decided on it (RUN_ON_HOLD, MRB_DECIDED)."""
    row = tx.first(select(runs.c.run_no, runs.c.line_id).where(runs.c.id == event.thing))
    if row is None:
        return None
    decision = tx.scalar(select(mrb_decisions.c.decision).where(mrb_decisions.c.run_id == event.thing))
    return {"runNo": row.run_no, "lineId": row.line_id, "decision": decision}


FACTS = {
    **dict.fromkeys(
        ("FAI_FAILED", "FAI_SIGN_DUE", "IPQC_DUE", "IPQC_FAILED", "OQC_REQUIRED", "OQC_FAILED"), of_inspection
    ),
    **dict.fromkeys(("RUN_ON_HOLD", "MRB_DECIDED"), of_run),
}
