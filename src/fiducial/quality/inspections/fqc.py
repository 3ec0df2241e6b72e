"""FQC, last piece (末件检验, spec 06.6): the last units that were finished are looked at before the run is closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from fiducial.execution.tables import tracks
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.ports import CheckOutcome, Finishing, RunRow
from fiducial.orders.states import COMPLETED, DONE, IN_PROGRESS, ON_HOLD, UNIT
from fiducial.orders.tables import units
from fiducial.quality import ports
from fiducial.quality.inspections.gates import fqc_gate
from fiducial.quality.inspections.kind import Codes, Decided, InspectionRow, Kind, Prepared, Verdict
from fiducial.quality.inspections.shapes import NewFqc
from fiducial.quality.inspections.template import items_for
from fiducial.quality.states import FAIL, FQC

POSSIBLE_IN = (IN_PROGRESS, ON_HOLD, COMPLETED)


class Fqc(Kind):
    """The declaration of the last piece."""

    type, path, id_name, permission = FQC, "fqc", "fqc_id", "quality:fai"
    codes = Codes(
        not_found="FQC_NOT_FOUND", exists="FQC_ALREADY_EXISTS", status="INVALID_FQC_STATUS", not_inspecting="FQC_NOT_INSPECTING",
        not_passed="FQC_NOT_PASSED", already_signed="FQC_ALREADY_SIGNED", counts="INVALID_FQC_COUNTS",
    )  # fmt: skip
    new_body = NewFqc

    def prepare(self, tx: Tx, run: RunRow, body: NewFqc) -> Prepared:
        """Take the last units that were finished. Refuses INVALID_RUN_STATUS, FQC_NOT_READY, NO_ELIGIBLE_UNITS, INVALID_SAMPLE_QTY."""
        if run.status not in POSSIBLE_IN:
            raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=list(POSSIBLE_IN))
        of_run = units.c.run_id == run.id
        waiting = tx.scalar(select(func.count()).select_from(units).where(of_run, units.c.status.not_in(UNIT.terminal)))
        if waiting:
            raise Refused("FQC_NOT_READY", runNo=run.run_no, open=waiting)
        done = units.c.status == DONE
        good = int(tx.scalar(select(func.count()).select_from(units).where(of_run, done)) or 0)
        if not good:
            raise Refused("NO_ELIGIBLE_UNITS", runNo=run.run_no)
        wanted = 1 if body.sample_qty is None else body.sample_qty
        if not 1 <= wanted <= good:
            raise Refused("INVALID_SAMPLE_QTY", sampleQty=wanted, least=1, most=good)
        # The last to come out of a station, not the last to be touched: a finished board may have been held and released since.
        out = (
            select(func.max(tracks.c.out_at)).where(tracks.c.unit_id == units.c.id, tracks.c.voided_at.is_(None)).scalar_subquery()
        )  # fmt: skip
        last = tx.all(
            select(units.c.sn).where(of_run, done)
            .order_by(func.coalesce(out, units.c.updated_at).desc(), units.c.id.desc()).limit(wanted)
        )  # fmt: skip
        frozen = items_for(tx, run, FQC)
        return Prepared(
            sample_qty=wanted, sampled=[row.sn for row in last], items=frozen.items, template_code=frozen.code
        )

    def decided(self, tx: Tx, run: RunRow, row: InspectionRow, verdict: Verdict) -> Decided:
        """A FAIL opens a production exception; the run's status stays."""
        if verdict.decision == FAIL:
            ports.open_exception(
                tx, source="FQC_FAIL", inspection_id=row.id, run=run, line_code=row.line_code,
                description=f"{run.run_no} 末件检验不合格：{verdict.failing} / {row.sample_qty}",
            )  # fmt: skip
            return Decided(run.status, "DISPOSE_DEFECTS")
        return Decided(run.status, "SIGN")

    def gate(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give the gate of the close-out."""
        return fqc_gate(tx, run)


class LastPiecePassed:
    """Step 6 of a close-out (spec 02.8): with `fqc.gate` CLOSE the last piece has passed and is signed."""

    def at_close(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Refuse FQC_REQUIRED."""
        gate = fqc_gate(tx, run)
        if gate["fqcPassed"] and gate["fqcSigned"]:
            return CheckOutcome()
        return CheckOutcome(
            refused=Refused("FQC_REQUIRED", runNo=run.run_no, fqcId=gate["fqcId"], fqcStatus=gate["fqcStatus"])
        )

    def at_finish(self, tx: Tx, run: RunRow) -> Finishing:  # noqa: ARG002
        """Nothing: with this gate on a run does not end by itself (`orders.completion`)."""
        return Finishing()

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give FQC_REQUIRED when that is in the way."""
        gate = fqc_gate(tx, run)
        return None if gate["fqcPassed"] and gate["fqcSigned"] else "FQC_REQUIRED"
