"""What the switching rules propose (spec 06.7): the severity is a person's act with a reason; this only reads the last verdicts.

Normal to tightened when two of the last five lots, or fewer, were rejected; tightened to normal when five in a row were
accepted; normal to reduced when ten in a row were accepted; reduced to normal when one was rejected (ISO 2859-1, 9.3, shortened
to what verdicts alone can tell; whether production is steady only people know).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, true

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, work_orders
from fiducial.quality.states import FAIL, OQC, PASS
from fiducial.quality.tables import inspections

NORMAL, TIGHTENED, REDUCED = "NORMAL", "TIGHTENED", "REDUCED"
LOOKED_AT = 10


def proposed(severity: str, newest_first: Sequence[str]) -> str:
    """Give the severity that the switching rules propose after these verdicts (PASS or FAIL, since the severity was set)."""
    last_five = list(newest_first[:5])
    if severity == NORMAL:
        if last_five.count(FAIL) >= 2:
            return TIGHTENED
        return REDUCED if len(newest_first) >= LOOKED_AT and FAIL not in newest_first[:LOOKED_AT] else NORMAL
    if severity == TIGHTENED:
        return NORMAL if len(last_five) == 5 and FAIL not in last_five else TIGHTENED
    return NORMAL if newest_first and newest_first[0] == FAIL else REDUCED


def last_verdicts(tx: Tx, product_code: str | None, *, since: int = 0) -> list[dict[str, Any]]:
    """Give the last ten OQC verdicts, newest first, of a product (None: of all), with run and counts."""
    found = (
        select(inspections.c.id, inspections.c.decision, inspections.c.decided_at, inspections.c.sample_qty, inspections.c.failed_qty, runs.c.run_no)
        .select_from(inspections.join(runs, runs.c.id == inspections.c.run_id).join(work_orders, work_orders.c.id == runs.c.work_order_id))
        .where(
            inspections.c.type == OQC, inspections.c.status.in_((PASS, FAIL)), inspections.c.decided_at >= since,
            work_orders.c.product_code == product_code if product_code is not None else true(),
        )
        .order_by(inspections.c.decided_at.desc(), inspections.c.id.desc()).limit(LOOKED_AT)
    )  # fmt: skip
    return [
        {
            "oqcId": ids.to_wire(row.id), "runNo": row.run_no, "decision": row.decision, "sampleQty": row.sample_qty,
            "failedQty": row.failed_qty, "decidedAt": clock.to_wire(row.decided_at),
        }
        for row in tx.all(found)
    ]  # fmt: skip


def proposal_for(tx: Tx, rule: Any) -> dict[str, Any]:
    """Give `{severity, differs, lastVerdicts[]}` for a rule by AQL: verdicts since its severity was set count for the proposal."""
    severity = rule.severity or NORMAL
    counted = last_verdicts(tx, rule.product_code, since=rule.severity_at or 0)
    said = proposed(severity, [verdict["decision"] for verdict in counted])
    return {"severity": said, "differs": said != severity, "lastVerdicts": last_verdicts(tx, rule.product_code)}
