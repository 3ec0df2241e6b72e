"""The gates of inspections (spec 06.5–06.7), as authorisation, close-out, pages and the trace ask them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.ports import CheckOutcome, RunRow
from fiducial.orders.settings import FQC_GATE
from fiducial.orders.states import DONE
from fiducial.orders.tables import units
from fiducial.quality.inspections.kind import InspectionRow
from fiducial.quality.inspections.reading import newest_of
from fiducial.quality.states import FAI, FQC, PASS
from fiducial.quality.tables import mrb_decisions
from fiducial.routing.frozen import frozen_route


def waiver_of(tx: Tx, run_id: int) -> Any:
    """Give the decision of the MRB that waived the first article of a rework run; None when it was not waived."""
    return tx.first(
        select(mrb_decisions).where(mrb_decisions.c.rework_run_id == run_id, mrb_decisions.c.fai_waived.is_(True))
    )


def fai_gate(tx: Tx, run: RunRow) -> dict[str, Any]:
    """Give `{requiresFai, faiPassed, faiSigned, trial, faiId, faiStatus, waived, waivedBy, waivedByName, waiverReason}`."""
    required = frozen_route(tx, run.version_id).requires_fai
    row, waiver = newest_of(tx, run.id, FAI), waiver_of(tx, run.id)
    passed, signed = row is not None and row.status == PASS, row is not None and row.signed_at is not None
    free = not required or waiver is not None
    return {
        "requiresFai": required, "faiPassed": free or passed, "faiSigned": free or (passed and signed),
        "trial": (row.data or {}).get("trial") if row is not None else None, "faiId": ids.to_wire(row.id) if row is not None else None,
        "faiStatus": row.status if row is not None else None, "waived": waiver is not None,
        "waivedBy": ids.wire_or_none(waiver.decided_by) if waiver is not None else None,
        "waivedByName": waiver.decided_by_name if waiver is not None else None,
        "waiverReason": waiver.fai_waiver_reason if waiver is not None else None,
    }  # fmt: skip


class FirstArticlePassed:
    """The question before an authorisation (spec 02.7 steps 4 and 5): the first article has passed and is signed, or was waived."""

    def check(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Refuse FAI_NOT_PASSED, FAI_NOT_SIGNED (details.faiStatus); what readiness has written stays."""
        gate = fai_gate(tx, run)
        code = _in_the_way(gate)
        if code is not None:
            return CheckOutcome(
                refused=Refused(code, runNo=run.run_no, faiStatus=gate["faiStatus"], faiId=gate["faiId"])
            )
        # With a first article of its own a waived run is authorised like any other.
        own = gate["requiresFai"] and not gate["waived"]
        return CheckOutcome(
            fai_id=ids.from_wire(gate["faiId"]) if gate["faiId"] and own else None,
            authorization_type="MRB_OVERRIDE" if gate["requiresFai"] and gate["waived"] else None,
        )

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give the code that would refuse now."""
        return _in_the_way(fai_gate(tx, run))


def _in_the_way(gate: dict[str, Any]) -> str | None:
    if not gate["faiPassed"]:
        return "FAI_NOT_PASSED"
    return None if gate["faiSigned"] else "FAI_NOT_SIGNED"


def made_since(tx: Tx, row: InspectionRow) -> bool:
    """Tell whether boards of the run were finished that were not there yet when an inspection was created: it says nothing of them."""
    later = select(units.c.id).where(
        units.c.run_id == row.run_id, units.c.status == DONE, units.c.created_at > row.created_at
    )
    return tx.first(later.limit(1)) is not None


def fqc_gate(tx: Tx, run: RunRow) -> dict[str, Any]:
    """Give `{requiresFqc, fqcPassed, fqcSigned, fqcId, fqcStatus}`."""
    row = newest_of(tx, run.id, FQC)
    required = FQC_GATE.of(tx, run.line_id) == "CLOSE"
    passed = row is not None and row.status == PASS and not made_since(tx, row)
    return {
        "requiresFqc": required, "fqcPassed": not required or passed,
        "fqcSigned": not required or (passed and row is not None and row.signed_at is not None),
        "fqcId": ids.to_wire(row.id) if row is not None else None, "fqcStatus": row.status if row is not None else None,
    }  # fmt: skip
