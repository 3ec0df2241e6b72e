"""The trace of a run (spec 07.6): what was made, how well, by which preparation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, select
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading.queries import boards
from fiducial.orders.queries.history import history_of
from fiducial.orders.states import UNIT
from fiducial.orders.tables import authorizations, runs, units, work_orders
from fiducial.people.reach import must_reach_line
from fiducial.plant.tables import lines
from fiducial.quality.tables import defects
from fiducial.readiness.checks import FORMAL
from fiducial.readiness.tables import checks
from fiducial.routing.frozen import FrozenRoute, frozen_route
from fiducial.trace import inspected, made_with, papers, prepared, sections
from fiducial.trace.facts import asked_by, units_ever_in

UNITS = Listing(
    filters={"status": one_of(units.c.status, UNIT.states), "sn": part(units.c.sn)},
    sorts={"sn": units.c.sn, "updatedAt": units.c.updated_at, "status": units.c.status},
    default_sort="sn.asc", key=units.c.id,
)  # fmt: skip
_parents = runs.alias("parent")


def the_run(tx: Tx, run_no: str) -> Any:
    """Give a run with its order and line. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = tx.first(
        select(runs, work_orders.c.wo_no, work_orders.c.product_code, lines.c.code.label("line_code"), _parents.c.run_no.label("parent_run_no"))
        .select_from(
            runs.join(work_orders, work_orders.c.id == runs.c.work_order_id).join(lines, lines.c.id == runs.c.line_id)
            .outerjoin(_parents, _parents.c.id == runs.c.parent_run_id)
        )
        .where(runs.c.run_no == run_no)
    )  # fmt: skip
    if run is None:
        raise Refused("RUN_NOT_FOUND", runNo=run_no)
    must_reach_line(tx, run.line_id, asked_by(tx))
    return run


@query("trace:read")
def run_trace(tx: Tx, run_no: str) -> dict[str, Any]:
    """Give what is known of a run. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    return run_trace_of(tx, run_no)


def run_trace_of(tx: Tx, run_no: str) -> dict[str, Any]:
    """Give the same to other doors. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    frozen = frozen_route(tx, run.version_id)
    formal = tx.all(
        select(checks)
        .where(checks.c.run_id == run.id, checks.c.type == FORMAL)
        .order_by(checks.c.checked_at, checks.c.id)
    )
    given = list(
        tx.all(
            select(authorizations)
            .where(authorizations.c.run_id == run.id)
            .order_by(authorizations.c.at, authorizations.c.id)
        )
    )
    reworked = tx.all(
        select(runs.c.run_no, runs.c.status, runs.c.rework_type, runs.c.plan_qty)
        .where(runs.c.parent_run_id == run.id)
        .order_by(runs.c.id)
    )
    records = papers.records_of(tx, [papers.Stay(run.id, run.line_id, run.created_at, run.ended_at or tx.now)])
    return {
        "run": _run(run), "parentRun": {"runNo": run.parent_run_no} if run.parent_run_no else None,
        "reworkRuns": [
            {"runNo": row.run_no, "status": row.status, "reworkType": row.rework_type, "planQty": row.plan_qty} for row in reworked
        ],
        "route": sections.route(frozen), "routeVersion": sections.route_version(frozen), "steps": _steps(tx, run.id, frozen),
        "unitCounts": _counts(tx, run.id), "yield": _yield(tx, run.id),
        "units": UNITS.answer(tx, _units(run.id), UNITS.parse(()), _unit), "readiness": prepared.readiness(tx, run, formal, given),
        "readinessHistory": prepared.history(formal, {run.id: run.run_no}), "inspections": inspected.of_run(tx, run.id),
        "mrb": list(inspected.mrb_of(tx, [run.id]).values()), "defects": _defects(tx, run.id),
        "loadingRecords": boards.scans_of_run(tx, run), "slotExpectations": boards.slots_of_run(tx, run),
        "tools": made_with.tools_of_run(tx, run.id), "timeRules": made_with.clocks_of_run(tx, run.id), "records": records,
        "exceptions": records["productionExceptions"],
        "events": list(reversed(history_of(tx, "RUN", run.run_no))),
    }  # fmt: skip


def _run(run: Any) -> dict[str, Any]:
    return {
        "runNo": run.run_no, "woNo": run.wo_no, "productCode": run.product_code, "lineCode": run.line_code, "status": run.status,
        "planQty": run.plan_qty, "authorizationType": run.authorization_type, "createdAt": clock.to_wire(run.created_at),
        "authorizedAt": clock.to_wire(run.authorized_at), "startedAt": clock.to_wire(run.started_at), "endedAt": clock.to_wire(run.ended_at),
    }  # fmt: skip


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def share(part_: int, whole: int) -> float | None:
    """Give a share with four decimals; None of nothing."""
    return round(part_ / whole, 4) if whole else None


def _steps(tx: Tx, run_id: int, frozen: FrozenRoute) -> list[dict[str, Any]]:
    """Give what went in and came out at each step; `fpy` is of first visits that have ended."""
    first = tracks.c.visit_no == 1
    counted = tx.all(
        select(
            tracks.c.step_no, func.count().label("ins"), _sum(tracks.c.result == "PASS").label("passed"),
            _sum(tracks.c.result == "FAIL").label("failed"), _sum(and_(first, tracks.c.result == "PASS")).label("first_passed"),
            _sum(and_(first, tracks.c.result.is_not(None))).label("first_ended"),
        )
        .select_from(units.join(tracks, tracks.c.unit_id == units.c.id))
        .where(units_ever_in(run_id), tracks.c.run_id == run_id, tracks.c.voided_at.is_(None)).group_by(tracks.c.step_no)
    )  # fmt: skip
    found = {row.step_no: row for row in counted}
    return [
        _step(step.step_no, step.operation_code, step.operation_name, found.get(step.step_no)) for step in frozen.steps
    ]


def _step(step_no: int, code: str, name: str, row: Any) -> dict[str, Any]:
    ins, passed, failed, first, ended = (
        (row.ins, int(row.passed), int(row.failed), int(row.first_passed), int(row.first_ended))
        if row is not None
        else (0, 0, 0, 0, 0)
    )
    return {
        "stepNo": step_no, "operationCode": code, "operationName": name, "inCount": ins, "passFirst": first, "passTotal": passed,
        "failTotal": failed, "fpy": share(first, ended),
    }  # fmt: skip


def _counts(tx: Tx, run_id: int) -> dict[str, int]:
    rows = tx.all(
        select(units.c.status, func.count().label("n")).where(units.c.run_id == run_id).group_by(units.c.status)
    )
    found = {row.status: row.n for row in rows}
    return {status: found.get(status, 0) for status in UNIT.states}


def _yield(tx: Tx, run_id: int) -> dict[str, Any]:
    """Give the run's yield: `fpy` is DONE units that never failed anywhere, of those that have ended."""
    failed = select(tracks.c.id).where(
        tracks.c.unit_id == units.c.id, tracks.c.result == "FAIL", tracks.c.voided_at.is_(None)
    ).exists()  # fmt: skip
    done = units.c.status == "DONE"
    row = tx.one(
        select(
            _sum(done).label("done"), _sum(units.c.status == "SCRAPPED").label("scrapped"), _sum(units.c.rework_count > 0).label("reworked"),
            _sum(and_(done, ~failed)).label("clean"),
        ).where(units.c.run_id == run_id)
    )  # fmt: skip
    ended = int(row.done) + int(row.scrapped)
    return {
        "fpy": share(int(row.clean), ended),
        "done": int(row.done),
        "scrapped": int(row.scrapped),
        "reworked": int(row.reworked),
    }


def _defects(tx: Tx, run_id: int) -> dict[str, Any]:
    rows = tx.all(
        select(defects.c.code, func.max(defects.c.code_name).label("name"), func.count().label("n"), func.sum(defects.c.qty).label("qty"))
        .where(defects.c.run_id == run_id).group_by(defects.c.code).order_by(func.count().desc(), defects.c.code)
    )  # fmt: skip
    by_code = [{"code": row.code, "codeName": row.name, "count": row.n, "qty": int(row.qty)} for row in rows]
    return {"total": sum(entry["count"] for entry in by_code), "byCode": by_code}


def _units(run_id: int) -> Any:
    return select(units).where(units_ever_in(run_id))


class UnitEver(TypedDict):
    """A unit that is, or ever was, of a run."""

    id: str
    sn: str
    status: str
    currentStepNo: int
    reworkCount: int
    createdAt: str | None
    updatedAt: str | None


def _unit(row: Any) -> UnitEver:
    return {
        "sn": row.sn, "status": row.status, "currentStepNo": row.current_step_no, "reworkCount": row.rework_count,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at), "id": ids.to_wire(row.id),
    }  # fmt: skip


@query("trace:read")
def run_units(tx: Tx, run_no: str, page: Page) -> Listed[UnitEver]:
    """Give all units of a run, those that have moved to a rework run too. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    return UNITS.answer(tx, _units(run.id), page, _unit)


def all_units(tx: Tx, run_no: str, most: int) -> list[UnitEver]:
    """Give every unit of a run, for a file. Refuses RUN_NOT_FOUND, FORBIDDEN, TRACE_EXPORT_TOO_LARGE."""
    run = the_run(tx, run_no)
    rows = tx.all(_units(run.id).order_by(units.c.sn).limit(most + 1))
    if len(rows) > most:
        raise Refused(
            "TRACE_EXPORT_TOO_LARGE",
            rows=int(tx.scalar(select(func.count()).select_from(_units(run.id).subquery())) or 0),
            most=most,
        )
    return [_unit(row) for row in rows]
