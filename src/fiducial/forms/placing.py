"""Where a record belongs: line, run and step, and what the run tells of itself (spec 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import order_of_run, the_run
from fiducial.orders.states import RUN
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import LineRow, line_of_id, the_line
from fiducial.routing.frozen import frozen_route


@dataclass(frozen=True, slots=True)
class Place:
    """Line, run and step of a record; `order` is the run's."""

    line: LineRow | None = None
    run: Any = None
    order: Any = None
    step_no: int | None = None

    @property
    def line_id(self) -> int | None:
        """Give the key of the line."""
        return self.line.id if self.line else None

    @property
    def run_id(self) -> int | None:
        """Give the key of the run."""
        return self.run.id if self.run is not None else None

    @property
    def product_code(self) -> str | None:
        """Give the product of the run's order."""
        return str(self.order.product_code) if self.order is not None else None


def place_of(
    tx: Tx,
    *,
    line_code: str | None,
    run_no: str | None,
    step_no: int | None,
    permissions: tuple[str, ...],
    ended_too: bool,
) -> Place:
    """Find the place that a request names; the line of a run need not be named.

    Refuses LINE_NOT_FOUND, RUN_NOT_FOUND, LINE_MISMATCH, RUN_CLOSED (unless `ended_too`, for a correction), ROUTE_STEP_NOT_FOUND, FORBIDDEN.
    """
    line = the_line(tx, line_code) if line_code else None
    if run_no is None:
        if step_no is not None:
            raise Refused("ROUTE_STEP_NOT_FOUND", stepNo=step_no)
        if line is not None:
            must_reach_line(tx, line.id, *permissions)
        return Place(line)
    run = the_run(tx, run_no)
    must_reach_line(tx, run.line_id, *permissions)
    if line is not None and line.id != run.line_id:
        theirs = line_of_id(tx, run.line_id)
        raise Refused("LINE_MISMATCH", runNo=run_no, lineCode=line.code, runLineCode=theirs.code if theirs else None)
    if run.status in RUN.terminal and not ended_too:
        raise Refused("RUN_CLOSED", runNo=run_no, runStatus=run.status)
    if step_no is not None and step_no not in frozen_route(tx, run.version_id).by_no:
        raise Refused("ROUTE_STEP_NOT_FOUND", stepNo=step_no)
    return Place(line or line_of_id(tx, run.line_id), run, order_of_run(tx, run), step_no)
