"""What a run's details tell of its inspections (spec 02.11): `fai` and `oqc`."""

from __future__ import annotations

from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.orders.ports import RunRow
from fiducial.quality.inspections.gates import fai_gate
from fiducial.quality.inspections.reading import newest_of
from fiducial.quality.inspections.trial import units_of
from fiducial.quality.states import FAI, OQC


class FirstArticleOfRun:
    """The part `fai`."""

    def of_run(self, tx: Tx, run: RunRow) -> dict[str, Any]:
        """Give `{required, faiId, status, sampleQty, trackedQty, signedAt, signedByName, waived, waiverReason, waivedByName}`."""
        gate, row = fai_gate(tx, run), newest_of(tx, run.id, FAI)
        return {
            "required": gate["requiresFai"], "faiId": gate["faiId"], "status": gate["faiStatus"], "trial": gate["trial"],
            "sampleQty": row.sample_qty if row is not None else None, "trackedQty": len(units_of(tx, row.id)) if row is not None else None,
            "signedAt": clock.to_wire(row.signed_at) if row is not None else None,
            "signedByName": row.signed_by_name if row is not None else None, "waived": gate["waived"],
            "waivedByName": gate["waivedByName"], "waiverReason": gate["waiverReason"],
        }  # fmt: skip


class OutgoingOfRun:
    """The part `oqc`."""

    def of_run(self, tx: Tx, run: RunRow) -> dict[str, Any] | None:
        """Give `{oqcId, status, sampleQty, failedQty, signedAt}` of the newest one; None without one."""
        row = newest_of(tx, run.id, OQC)
        if row is None:
            return None
        return {
            "oqcId": ids.to_wire(row.id), "status": row.status, "sampleQty": row.sample_qty, "failedQty": row.failed_qty,
            "signedAt": clock.to_wire(row.signed_at),
        }  # fmt: skip
