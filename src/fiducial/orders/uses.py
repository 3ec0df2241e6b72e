"""What orders know when the plant or routing asks who uses a thing (their ports)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.ports import Uses
from fiducial.routing.ports import RouteUses
from fiducial.routing.tables import versions


class OrdersUse(Uses, RouteUses):
    """Runs on a line or on a version of a routing, orders dispatched to a line or a group, orders that name a routing."""

    def open_runs(self, tx: Tx, line_id: int) -> int:
        """Give how many runs of the line have not ended."""
        still_open = (
            select(func.count()).select_from(runs).where(runs.c.line_id == line_id, runs.c.status.not_in(RUN.terminal))
        )
        return int(tx.scalar(still_open) or 0)

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:
        """Give the runs of a line and the orders dispatched to it."""
        there = select(func.count()).select_from(runs).where(runs.c.line_id == line_id)
        sent = select(func.count()).select_from(work_orders).where(work_orders.c.dispatch_line_id == line_id)
        return {"runs": int(tx.scalar(there) or 0), "workOrders": int(tx.scalar(sent) or 0)}

    def group_counts(self, tx: Tx, group_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002
        """Give the orders dispatched to a station group."""
        sent = select(func.count()).select_from(work_orders).where(work_orders.c.dispatch_group_id == group_id)
        return {"workOrders": int(tx.scalar(sent) or 0)}

    def open_runs_of(self, tx: Tx, route_id: int) -> int:
        """Give how many runs on a version of the routing have not ended."""
        still_open = (
            select(func.count()).select_from(runs).join(versions, versions.c.id == runs.c.version_id)
            .where(versions.c.route_id == route_id, runs.c.status.not_in(RUN.terminal))
        )  # fmt: skip
        return int(tx.scalar(still_open) or 0)

    def route_counts(self, tx: Tx, route_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002
        """Give the orders that name the routing or were led to it."""
        naming = or_(work_orders.c.routing_code == code, work_orders.c.resolved_routing_code == code)
        return {"workOrders": int(tx.scalar(select(func.count()).select_from(work_orders).where(naming)) or 0)}
