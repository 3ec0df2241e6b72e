"""FAI, first article (首件检验, spec 06.5): the first units are made and inspected while the run is still in preparation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from fiducial.kit import clock
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports as orders_ports
from fiducial.orders.ports import RunRow
from fiducial.orders.states import PREP, SCRAPPED
from fiducial.orders.tables import units
from fiducial.quality import ports
from fiducial.quality.inspections import trial
from fiducial.quality.inspections.gates import fai_gate
from fiducial.quality.inspections.kind import Codes, Decided, InspectionRow, Kind, Prepared, Verdict
from fiducial.quality.inspections.shapes import CompleteFai, NewFai
from fiducial.quality.inspections.template import items_for
from fiducial.quality.states import FAI, FAIL, OPEN_INSPECTION
from fiducial.quality.tables import inspection_items, inspections
from fiducial.routing.frozen import frozen_route

NO_TRIAL = "NONE"


class Fai(Kind):
    """The declaration of the first article."""

    type, path, id_name, permission = FAI, "fai", "fai_id", "quality:fai"
    codes = Codes(
        not_found="FAI_NOT_FOUND", exists="FAI_ALREADY_EXISTS", status="INVALID_FAI_STATUS", not_inspecting="FAI_NOT_INSPECTING",
        not_passed="FAI_NOT_PASSED", already_signed="FAI_ALREADY_SIGNED", counts="INVALID_FAI_COUNTS",
    )  # fmt: skip
    new_body, complete_body = NewFai, CompleteFai

    def prepare(self, tx: Tx, run: RunRow, body: NewFai) -> Prepared | Kept:
        """Ask, in order: run in preparation; readiness passed, checked now if it was not; no open one; units enough."""
        _must_be_prep(run)
        if orders_ports.readiness().standing(tx, run) is not None:
            check = orders_ports.readiness().check_now(tx, run, "FAI")
            if check.refused is not None:
                return Kept(Refused("READINESS_CHECK_NOT_PASSED", **check.refused.details))
        row = tx.first(
            select(inspections.c.id).where(
                inspections.c.run_id == run.id, inspections.c.type == FAI, inspections.c.status.in_(OPEN_INSPECTION)
            )
        )
        if row is None:
            have = _places(tx, run)
            if have < body.sample_qty:
                raise Refused("FAI_SAMPLE_UNITS_INSUFFICIENT", have=have, need=body.sample_qty)
        frozen = items_for(tx, run, FAI)
        return Prepared(sample_qty=body.sample_qty, items=frozen.items, template_code=frozen.code)

    def may_start(self, tx: Tx, run: RunRow, row: InspectionRow) -> None:  # noqa: ARG002
        """Refuse INVALID_RUN_STATUS, FAI_UNITS_REQUIRED."""
        _must_be_prep(run)
        if not _places(tx, run):
            raise Refused("FAI_UNITS_REQUIRED", runNo=run.run_no)

    def may_record(self, tx: Tx, row: InspectionRow, unit: Any) -> None:
        """An item names only a unit that has come out of its trial, whatever the policy says. Refuses FAI_TRIAL_REQUIRED."""
        if unit is not None and unit.id not in trial.finished_units(tx, row.id):
            raise Refused("FAI_TRIAL_REQUIRED", sn=unit.sn, done=0, required=1)

    def also_failing(self, tx: Tx, row: InspectionRow) -> frozenset[int]:
        """Give the sample units with a failed trial track or machine result: a FAIL may rest on them."""
        failed = {track.unit_id for track in trial.failed_tracks(tx, row.id)}
        return frozenset(failed | {found.unit_id for found in _failed_by_machine(tx, row)})

    def judge_pass(self, tx: Tx, row: InspectionRow, items: Sequence[Any]) -> Mapping[str, Any]:  # noqa: ARG002
        """Refuse FAI_TRIAL_REQUIRED, INSPECTION_FAILURES_EXIST; a PASS without any trial is marked."""
        done = len(trial.finished_units(tx, row.id))
        policy = frozen_route(tx, row.version_id).fai_trial_policy
        if policy == "REQUIRED" and done < row.sample_qty:
            raise Refused("FAI_TRIAL_REQUIRED", done=done, required=row.sample_qty)
        failed = trial.failed_tracks(tx, row.id)
        if failed:
            first = failed[0]
            raise Refused(
                "INSPECTION_FAILURES_EXIST", unit=first.sn, kind="TRACK", eventTime=clock.to_wire(first.out_at)
            )
        found = _failed_by_machine(tx, row)
        if found:
            raise Refused(
                "INSPECTION_FAILURES_EXIST", unit=found[0].sn, kind=found[0].kind, eventTime=clock.to_wire(found[0].event_time)
            )  # fmt: skip
        return {"trial": "DONE" if done else NO_TRIAL}

    def decided(self, tx: Tx, run: RunRow, row: InspectionRow, verdict: Verdict) -> Decided:
        """A FAIL sends the trial units back for a new trial; a PASS waits for its signature."""
        if verdict.decision == FAIL:
            if verdict.body.trial_units == "RETURN" and run.status == PREP:
                trial.return_units(tx, run, row.id)
            tx.emit("FAI_FAILED", row.id)
            return Decided(run.status, "CREATE_FAI")
        tx.emit("FAI_SIGN_DUE", row.id)
        return Decided(run.status, "SIGN")

    def may_cancel(self, tx: Tx, row: InspectionRow) -> None:
        """Refuse FAI_TRIAL_OPEN while a trial unit is in a station."""
        there = trial.open_track(tx, row.id)
        if there is not None:
            raise Refused("FAI_TRIAL_OPEN", sn=there.sn, stationCode=there.code)

    def gate(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give the gate of authorisation."""
        return fai_gate(tx, run)

    def more(self, tx: Tx, row: InspectionRow) -> Mapping[str, Any]:
        """Give `trialSummary`: what was done to the trial units, and what machines found of them."""
        return {"trialSummary": {"units": trial.summary(tx, row)}}


def _must_be_prep(run: RunRow) -> None:
    if run.status != PREP:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP])


def _places(tx: Tx, run: RunRow) -> int:
    """Give how many units there are for a first article: those not scrapped, and places left where serials register themselves."""
    of_run = units.c.run_id == run.id
    there = int(tx.scalar(select(func.count()).select_from(units).where(of_run)) or 0)
    good = int(tx.scalar(select(func.count()).select_from(units).where(of_run, units.c.status != SCRAPPED)) or 0)
    registers = frozen_route(tx, run.version_id).unknown_serial_policy == "REGISTER"
    return good + (max(int(run.plan_qty) - there, 0) if registers else 0)


def sample_of(tx: Tx, row: InspectionRow) -> list[int]:
    """Give the units of a first article: those of its trial and those its items name."""
    named = tx.all(
        select(inspection_items.c.unit_id)
        .where(inspection_items.c.inspection_id == row.id, inspection_items.c.unit_id.is_not(None)).distinct()
    )  # fmt: skip
    return sorted({item.unit_id for item in named} | trial.units_of(tx, row.id))


def _failed_by_machine(tx: Tx, row: InspectionRow) -> list[ports.MachineFinding]:
    """Give the FAILs of the sample since the start: an older failure of the same board was another trial's (spec 06.1 W8)."""
    found = ports.machine_findings(tx, sample_of(tx, row), row.started_at or row.created_at)
    return [one for one in found if one.result == FAIL]
