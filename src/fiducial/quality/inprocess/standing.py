"""Where runs stand at the points of in-process inspection (spec 06.8): which points a step has, and the state of each.

Points are live configuration: switched off they ask nothing, whatever they asked before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update

from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.quality.tables import ipqc_points, ipqc_states
from fiducial.routing.frozen import FrozenRoute, FrozenStep

FIRST_PIECE, PATROL, EVENT = "FIRST_PIECE", "PATROL", "EVENT"
NONE, DUE, PASSED = "NONE", "DUE", "PASSED"
WARN, BLOCK = "WARN", "BLOCK"
CAUSES = ("SHIFT", "TOOL_CHANGE", "PROGRAM_CHANGE", "MAINTENANCE", "MATERIAL_CHANGE", "LINE_STOP")

_first_pieces = Hot(
    select(ipqc_points.c.id, ipqc_points.c.code, ipqc_points.c.step_no, ipqc_points.c.process_kind, ipqc_points.c.station_code, ipqc_points.c.gate)
    .where(
        ipqc_points.c.is_active.is_(True), ipqc_points.c.check_type == FIRST_PIECE,
        or_(ipqc_points.c.routing_code.is_(None), ipqc_points.c.routing_code == bindparam("route")),
    )
    .order_by(ipqc_points.c.id)
)  # fmt: skip
_state = Hot(
    select(ipqc_states.c.state, ipqc_states.c.inspection_id, ipqc_states.c.unit_id)
    .where(ipqc_states.c.run_id == bindparam("run"), ipqc_states.c.point_id == bindparam("point"))
)  # fmt: skip


def step_of(point: Any, route: FrozenRoute) -> FrozenStep | None:
    """Give the step of a route at which a point looks: the one it names, or the first of its kind; None when there is none."""
    if point.step_no is not None:
        return route.by_no.get(point.step_no)
    return next((step for step in route.steps if step.process_kind == point.process_kind), None)


def first_pieces_at(tx: Tx, route: FrozenRoute, step: FrozenStep, station_code: str) -> Sequence[Any]:
    """Give the active first-piece points of a step, as seen from a station. Hot: almost always there are none."""
    return [
        point for point in _first_pieces.all(tx, route=route.route_code)
        if step_of(point, route) is step and point.station_code in (None, station_code)
    ]  # fmt: skip


class Standing(NamedTuple):
    """Where a run stands at a point: the state, the inspection that made it so, and a first piece whose inspection has to wait."""

    state: str = NONE
    inspection_id: int | None = None
    unit_id: int | None = None


def state_of(tx: Tx, run_id: int, point_id: int) -> Standing:
    """Give where a run stands at a point."""
    row = _state.first(tx, run=run_id, point=point_id)
    return Standing(row.state, row.inspection_id, row.unit_id) if row is not None else Standing()


def hold_state(tx: Tx, run_id: int, point_id: int) -> Standing:
    """Do as `state_of`, and have the state alone until the end of this transaction."""
    tx.insert_once(ipqc_states, run_id=run_id, point_id=point_id, state=NONE, since=tx.now)
    row = tx.one(
        select(ipqc_states.c.state, ipqc_states.c.inspection_id, ipqc_states.c.unit_id)
        .where(ipqc_states.c.run_id == run_id, ipqc_states.c.point_id == point_id).with_for_update()
    )  # fmt: skip
    return Standing(row.state, row.inspection_id, row.unit_id)


def sn_of(tx: Tx, unit_id: int) -> str | None:
    """Give the serial of a unit."""
    found: str | None = tx.scalar(select(units.c.sn).where(units.c.id == unit_id))
    return found


def set_state(
    tx: Tx, run_id: int, point_id: int, state: str, *, inspection_id: int | None = None, unit_id: int | None = None,
    reason: str | None = None,
) -> None:  # fmt: skip
    """Put a run into a state at a point; the caller has judged the move."""
    tx.insert_once(ipqc_states, run_id=run_id, point_id=point_id, state=NONE, since=tx.now)
    tx.run(
        update(ipqc_states)
        .where(ipqc_states.c.run_id == run_id, ipqc_states.c.point_id == point_id)
        .values(state=state, inspection_id=inspection_id, unit_id=unit_id, reason=reason, since=tx.now)
    )


def points_of(tx: Tx, route: FrozenRoute) -> Sequence[Any]:
    """Give the active points that look at a step of a route, in the order of their codes."""
    found = select(ipqc_points).where(
        ipqc_points.c.is_active.is_(True),
        or_(ipqc_points.c.routing_code.is_(None), ipqc_points.c.routing_code == route.route_code),
    )
    return [point for point in tx.all(found.order_by(ipqc_points.c.code)) if step_of(point, route) is not None]
