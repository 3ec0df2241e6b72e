"""IPQC, in-process inspection (过程检验, spec 06.8): at a point of the route, never a gate of authorisation or of the run's end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import run_of_id, the_unit
from fiducial.orders.ports import RunRow
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, ON_HOLD, OUT_FAILED, RUN, SCRAPPED
from fiducial.orders.tables import units
from fiducial.quality import ports
from fiducial.quality.inprocess.standing import (
    DUE,
    FIRST_PIECE,
    NONE,
    PASSED,
    hold_state,
    points_of,
    set_state,
    sn_of,
    state_of,
    step_of,
)
from fiducial.quality.inspections.acts import make, open_of
from fiducial.quality.inspections.kind import Codes, Decided, InspectionRow, Kind, NewItem, Prepared, Verdict
from fiducial.quality.inspections.shapes import NewIpqc
from fiducial.quality.states import FAIL, IPQC, PASS
from fiducial.quality.tables import ipqc_points
from fiducial.routing.frozen import frozen_route

POSSIBLE_IN = (AUTHORIZED, IN_PROGRESS, ON_HOLD)


class Ipqc(Kind):
    """The declaration of in-process inspection."""

    type, path, id_name, permission = IPQC, "ipqc", "ipqc_id", "quality:fai"
    codes = Codes(
        not_found="IPQC_NOT_FOUND", exists="IPQC_ALREADY_EXISTS", status="INVALID_IPQC_STATUS", not_inspecting="IPQC_NOT_INSPECTING",
        not_passed="IPQC_NOT_PASSED", already_signed="IPQC_ALREADY_SIGNED", counts="INVALID_IPQC_COUNTS",
    )  # fmt: skip
    new_body = NewIpqc

    def prepare(self, tx: Tx, run: RunRow, body: NewIpqc) -> Prepared:
        """Make an extra one by hand. Refuses INVALID_RUN_STATUS, IPQC_POINT_NOT_FOUND, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH."""
        if run.status not in POSSIBLE_IN:
            raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=list(POSSIBLE_IN))
        point = next(
            (one for one in points_of(tx, frozen_route(tx, run.version_id)) if one.code == body.checkpoint_code), None
        )
        if point is None:
            raise Refused("IPQC_POINT_NOT_FOUND", code=body.checkpoint_code)
        sns = list(dict.fromkeys(body.unit_sns)) if body.unit_sns else None
        for sn in sns or ():
            unit = the_unit(tx, sn)
            if unit.run_id != run.id:
                own = run_of_id(tx, unit.run_id) if unit.run_id is not None else None
                raise Refused("UNIT_RUN_MISMATCH", sn=sn, runNo=own.run_no if own is not None else None)
        size = body.sample_qty or (len(sns) if sns else point.sample_qty)
        return at_point(point, size=size, sampled=sns)

    def decided(self, tx: Tx, run: RunRow, row: InspectionRow, verdict: Verdict) -> Decided:
        """A PASS opens the segment; after a FAIL the next unit becomes its first piece, and an exception is opened."""
        point = _point(tx, row)
        if point is not None and point.check_type == FIRST_PIECE:
            passed = verdict.decision == PASS
            if hold_state(tx, run.id, point.id).inspection_id == row.id:
                set_state(
                    tx,
                    run.id,
                    point.id,
                    PASSED if passed else NONE,
                    inspection_id=row.id,
                    reason=None if passed else FAIL,
                )
            else:
                _free_for_first_piece(tx, run, point)
        if verdict.decision == FAIL:
            tx.emit("IPQC_FAILED", row.id)
            ports.open_exception(
                tx, source="IPQC_FAIL", inspection_id=row.id, run=run, line_code=row.line_code,
                description=f"{run.run_no} 过程检验 {row.scope} 不合格：{verdict.failing} / {row.sample_qty}",
            )  # fmt: skip
            return Decided(run.status, "DISPOSE_DEFECTS")
        return Decided(run.status, "SIGN")

    def ended(self, tx: Tx, run: RunRow, row: InspectionRow) -> None:
        """A first piece whose inspection was given up is due anew."""
        point = _point(tx, row)
        if point is None or point.check_type != FIRST_PIECE:
            return
        standing = hold_state(tx, run.id, point.id)
        if standing.state == DUE and standing.inspection_id == row.id:
            set_state(tx, run.id, point.id, NONE, reason="CANCELLED")
        else:
            _free_for_first_piece(tx, run, point)

    def gate(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give `points[]` of the run's route with the state of each."""
        route = frozen_route(tx, run.version_id)
        shown = []
        for point in points_of(tx, route):
            step, standing = step_of(point, route), state_of(tx, run.id, point.id)
            shown.append({
                "code": point.code, "name": point.name, "checkType": point.check_type, "stepNo": step.step_no if step else None,
                "state": standing.state, "gate": point.gate, "ipqcId": ids.wire_or_none(standing.inspection_id),
            })  # fmt: skip
        return {"points": shown}


def _point(tx: Tx, row: InspectionRow) -> Any:
    return tx.first(select(ipqc_points).where(ipqc_points.c.code == row.scope))


def at_point(point: Any, *, size: int, sampled: list[str] | None) -> Prepared:
    """Give a new inspection at a point, with the items of the point."""
    items = [NewItem(item["itemName"], item.get("itemSpec"), item.get("required", True)) for item in point.items]
    said = {"point": point.code, "pointName": point.name, "checkType": point.check_type}
    return Prepared(sample_qty=size, sampled=sampled, items=items, scope=point.code, data=said)


IPQC_KIND = Ipqc()


def make_first_piece(tx: Tx, run_id: int, point_id: int, unit_id: int) -> int | None:
    """Make the first piece of a segment DUE: its inspection is created with the unit as its sample; give its key.

    An inspection that somebody made by hand at the same point is another thing and stays what it is. While it is open there can be no
    second one (spec 06.2), so the unit waits for its own until that one has ended, and further units wait for both; None is given.
    """
    point, run = tx.one(select(ipqc_points).where(ipqc_points.c.id == point_id)), run_of_id(tx, run_id)
    if open_of(tx, IPQC_KIND, run_id, point.code) is not None:
        set_state(tx, run_id, point_id, DUE, unit_id=unit_id)
        return None
    sn = sn_of(tx, unit_id)
    assert sn is not None, "it has just left the station"
    key = make(tx, IPQC_KIND, run, at_point(point, size=1, sampled=[sn]))
    set_state(tx, run_id, point_id, DUE, inspection_id=key)
    tx.emit("IPQC_DUE", key)
    return key


def _free_for_first_piece(tx: Tx, run: RunRow, point: Any) -> None:
    """Give a first piece that had to wait its inspection; one that has failed meanwhile leaves its place to the next unit."""
    standing = hold_state(tx, run.id, point.id)
    if standing.state != DUE or standing.unit_id is None or run.status in RUN.terminal:
        return
    status = tx.scalar(select(units.c.status).where(units.c.id == standing.unit_id))
    if status in (OUT_FAILED, SCRAPPED):
        set_state(tx, run.id, point.id, NONE, reason=FAIL)
    else:
        make_first_piece(tx, run.id, point.id, standing.unit_id)
