"""OQC, outgoing inspection (出货抽检, spec 06.7): a random sample of the finished units decides whether the run is completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports as orders_ports
from fiducial.orders.ports import CheckOutcome, Finishing, RunRow
from fiducial.orders.settings import FQC_GATE
from fiducial.orders.states import COMPLETED, DONE, IN_PROGRESS, ON_HOLD, RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.plant.lookup import line_of_id
from fiducial.quality.inspections.acts import make, open_of
from fiducial.quality.inspections.gates import made_since
from fiducial.quality.inspections.kind import Codes, Decided, Existing, InspectionRow, Kind, Prepared, Verdict
from fiducial.quality.inspections.reading import newest_of
from fiducial.quality.inspections.shapes import NewOqc
from fiducial.quality.sampling.choosing import Chosen, chosen_for
from fiducial.quality.sampling.draw import draw, fingerprint, new_seed
from fiducial.quality.states import CANCELLED, FAIL, OPEN_INSPECTION, OQC, PASS
from fiducial.quality.tables import inspections

MOST_TOLD = 20


class Oqc(Kind):
    """The declaration of outgoing inspection."""

    type, path, id_name, permission = OQC, "oqc", "oqc_id", "quality:oqc"
    codes = Codes(
        not_found="OQC_NOT_FOUND", exists="OQC_ALREADY_EXISTS", status="INVALID_OQC_STATUS", not_inspecting="OQC_NOT_INSPECTING",
        not_passed="OQC_NOT_PASSED", already_signed="OQC_ALREADY_SIGNED", counts="INVALID_OQC_COUNTS",
    )  # fmt: skip
    new_body = NewOqc
    unit_must_be_named = True

    def prepare(self, tx: Tx, run: RunRow, body: NewOqc) -> Prepared | Existing:
        """Give an open one as it is, or draw the sample. Refuses INVALID_RUN_STATUS, OQC_NOT_READY, NO_ELIGIBLE_UNITS,
        INVALID_SAMPLE_QTY, AQL_TABLE_MISSING."""
        if run.status != IN_PROGRESS:
            raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[IN_PROGRESS])
        open_one = open_of(tx, self, run.id)
        if open_one is not None:
            return Existing(open_one)
        waiting = _not_terminal(tx, run)
        if waiting:
            raise Refused("OQC_NOT_READY", runNo=run.run_no, sns=waiting)
        good = finished(tx, run)
        if not good:
            raise Refused("NO_ELIGIBLE_UNITS", runNo=run.run_no)
        rule = chosen_for(tx, run, len(good))
        least = max(rule.size if rule is not None else 1, 1)
        wanted = body.sample_qty if body.sample_qty is not None else least if rule is not None else len(good)
        if not least <= wanted <= len(good):
            raise Refused("INVALID_SAMPLE_QTY", sampleQty=wanted, least=least, most=len(good))
        return sample(tx, run, good, rule, wanted)

    def accepted(self, row: InspectionRow) -> int:
        """Give Ac of the plan; without a plan no unit may fail."""
        return int((row.data or {}).get("sampling", {}).get("ac", 0))

    def judge_run(self, tx: Tx, run: RunRow, decision: str) -> None:
        """Refuse RUN_STATE_CHANGED, and for a PASS RUN_UNITS_NOT_TERMINAL: a unit may have been held since the draw."""
        if run.status != IN_PROGRESS:
            raise Refused("RUN_STATE_CHANGED", runNo=run.run_no, status=run.status)
        waiting = _not_terminal(tx, run) if decision == PASS else []
        if waiting:
            raise Refused("RUN_UNITS_NOT_TERMINAL", runNo=run.run_no, sns=waiting)

    def defects_block(self, decision: str) -> bool:
        """With an accepted number of failures they must be mended; those of a failed lot wait for the MRB."""
        return decision == PASS

    def decided(self, tx: Tx, run: RunRow, row: InspectionRow, verdict: Verdict) -> Decided:
        """PASS completes the run, unless failed units must be mended first or the last piece is asked for; FAIL stops it for the MRB."""
        if verdict.decision == FAIL:
            _move(tx, run, "hold")
            tx.emit("OQC_FAILED", row.id)
            return Decided(ON_HOLD, "MRB_DECISION")
        if verdict.failing:
            return Decided(IN_PROGRESS, "DISPOSE_DEFECTS")
        if FQC_GATE.of(tx, run.line_id) == "CLOSE":
            return Decided(IN_PROGRESS, "CLOSE")
        _move(tx, run, "complete_by_oqc", ended_at=tx.now)
        orders_ports.tell_ended(tx, run, COMPLETED)
        return Decided(COMPLETED, "SIGN")

    def gate(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give `{requiresOqc, oqcPassed, oqcId, oqcStatus, ruleId, sampleQty}`."""
        row = newest_of(tx, run.id, OQC)
        good = len(finished(tx, run))
        rule = chosen_for(tx, run, good) if row is None and run.status not in RUN.terminal else None
        said = (row.data or {}).get("sampling", {}) if row is not None else {}
        required = row is not None or (rule is not None and rule.size > 0)
        return {
            "requiresOqc": required, "oqcPassed": (row is not None and row.status == PASS) or not required,
            "oqcId": ids.to_wire(row.id) if row is not None else None, "oqcStatus": row.status if row is not None else None,
            "ruleId": said.get("ruleId") if row is not None else ids.to_wire(rule.rule_id) if rule is not None else None,
            "sampleQty": row.sample_qty if row is not None else rule.size if rule is not None else None,
        }  # fmt: skip


def standing_of(tx: Tx, run: RunRow) -> InspectionRow | None:
    """Give the newest inspection that counts; a PASS does not once boards were finished that were not there when it was drawn."""
    newest = newest_of(tx, run.id, OQC)
    return None if newest is not None and newest.status == PASS and made_since(tx, newest) else newest


def sample(tx: Tx, run: RunRow, good: Sequence[str], rule: Chosen | None, size: int) -> Prepared:
    """Draw a sample of the finished units; the seed and what was drawn from are kept, so that it can be repeated.

    Who gives an inspection up and makes it anew draws from the same lot with the same seed: nobody chooses the boards by trying.
    """
    seed = _seed_given_up(tx, run, fingerprint(good)) or new_seed()
    said = dict(rule.copied) if rule is not None else {"ruleId": None, "lotSize": len(good), "ac": 0, "re": 1}
    said |= {"sampleQty": size, "seed": seed, "lotFingerprint": fingerprint(good)}
    return Prepared(sample_qty=size, sampled=draw(seed, good, size), data={"sampling": said})


def _seed_given_up(tx: Tx, run: RunRow, lot: str) -> str | None:
    """Give the seed of an inspection of the same lot that was given up; None without one."""
    gone = select(inspections.c.data).where(
        inspections.c.run_id == run.id, inspections.c.type == OQC, inspections.c.status == CANCELLED
    )
    for row in tx.all(gone.order_by(inspections.c.id)):
        drawn = (row.data or {}).get("sampling", {})
        if drawn.get("lotFingerprint") == lot:
            return str(drawn["seed"])
    return None


def finished(tx: Tx, run: RunRow) -> list[str]:
    """Give the serials of the run's DONE units, sorted: the lot."""
    rows = tx.all(select(units.c.sn).where(units.c.run_id == run.id, units.c.status == DONE).order_by(units.c.sn))
    return [row.sn for row in rows]


def _not_terminal(tx: Tx, run: RunRow) -> list[str]:
    open_units = select(units.c.sn).where(units.c.run_id == run.id, units.c.status.not_in(UNIT.terminal))
    return [row.sn for row in tx.all(open_units.order_by(units.c.sn).limit(MOST_TOLD))]


def _move(tx: Tx, run: RunRow, move: str, **values: Any) -> None:
    line = line_of_id(tx, run.line_id)
    moved = RUN.move(
        tx, move, runs.c.id == run.id, key=run.id, display=run.run_no, line=line.code if line else None, updated_at=tx.now, **values
    )  # fmt: skip
    if not moved:
        raise Refused(
            "RUN_STATE_CHANGED", runNo=run.run_no, status=tx.scalar(select(runs.c.status).where(runs.c.id == run.id))
        )


OQC_KIND = Oqc()


class OutgoingInspection:
    """The trigger (spec 06.7): asked when the last unit has become terminal, and at every close-out; the run is locked."""

    def at_close(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Refuse OQC_REQUIRED with the task, which stays when it was made just now. Refuses AQL_TABLE_MISSING."""
        due = _due(tx, run)
        return CheckOutcome(
            refused=Refused("OQC_REQUIRED", runNo=run.run_no, **{name: due[name] for name in ("oqcId", "oqcStatus", "sampleQty")})
            if due is not None
            else None
        )  # fmt: skip

    def at_finish(self, tx: Tx, run: RunRow) -> Finishing:
        """Give the inspection that is due, made now if there was none; a PASS that stands releases the run.

        A rule whose table is missing does not stop the board that happens to be the last: the close-out will say it.
        """
        try:
            due = _due(tx, run)
        except Refused as refused:
            if refused.code != "AQL_TABLE_MISSING":
                raise
            return Finishing(
                due={"triggered": False, "oqcId": None, "oqcStatus": None, "sampleQty": None, "code": refused.code}
            )
        if due is not None:
            return Finishing(due=due)
        newest = standing_of(tx, run)
        return Finishing(released=newest is not None and newest.status == PASS)

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give OQC_REQUIRED when a close-out would meet one; reads only."""
        newest = standing_of(tx, run)
        if newest is not None:
            return "OQC_REQUIRED" if newest.status in OPEN_INSPECTION else None
        try:
            rule = chosen_for(tx, run, len(finished(tx, run)))
        except Refused as refused:
            return refused.code
        return "OQC_REQUIRED" if rule is not None and rule.size else None


def _due(tx: Tx, run: RunRow) -> dict[str, Any] | None:
    """Give the open inspection, or a new one where a rule asks for it; None when nothing is due."""
    newest = standing_of(tx, run)
    if newest is not None:
        if newest.status not in OPEN_INSPECTION:
            return None
        return {
            "triggered": False,
            "oqcId": ids.to_wire(newest.id),
            "oqcStatus": newest.status,
            "sampleQty": newest.sample_qty,
        }
    good = finished(tx, run)
    rule = chosen_for(tx, run, len(good))
    if rule is None or not rule.size:
        return None
    key = make(tx, OQC_KIND, run, sample(tx, run, good, rule, rule.size))
    tx.emit("OQC_REQUIRED", key)
    return {"triggered": True, "oqcId": ids.to_wire(key), "oqcStatus": "PENDING", "sampleQty": rule.size}
