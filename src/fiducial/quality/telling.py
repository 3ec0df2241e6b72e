"""What notifications say of defects and inspections (spec 09.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.quality.tables import defects, inspections


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
    """Give the run and line of an inspection, and what kind it is (FAI_FAILED, IPQC_DUE and the like)."""
    row = tx.first(
        select(inspections.c.type, inspections.c.scope, runs.c.run_no, runs.c.line_id)
        .join_from(inspections, runs)
        .where(inspections.c.id == event.thing)
    )
    if row is None:
        return None
    return {"runNo": row.run_no, "lineId": row.line_id, "inspectionNo": f"{row.type} {row.scope}".strip()}


_INSPECTED = ("FAI_FAILED", "FAI_SIGN_DUE", "IPQC_DUE", "IPQC_FAILED", "OQC_FAILED", "OQC_REQUIRED")
FACTS = {"DEFECT_RECORDED": of_defect, **dict.fromkeys(_INSPECTED, of_inspection)}
