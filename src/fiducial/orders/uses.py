"""What orders answer when a lower room asks who uses a line, a group or a routing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.ports import Uses
from fiducial.routing.ports import RouteUses
from fiducial.routing.tables import versions


class PlantUse(Uses):
    """Runs and orders on lines and groups."""

    def open_runs(self, tx: Tx, line_id: int) -> int:
        """Give how many runs of the line have not ended."""
        mine = select(func.count()).where(runs.c.line_id == line_id, runs.c.status.not_in(RUN.terminal))
        return int(tx.scalar(mine))

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:
        """Give the runs of the line and the orders dispatched to it."""
        of_runs = tx.scalar(select(func.count()).select_from(runs).where(runs.c.line_id == line_id))
        orders = select(func.count()).select_from(work_orders).where(work_orders.c.dispatch_line_id == line_id)
        return {"runs": of_runs, "workOrders": tx.scalar(orders)}

    def group_counts(self, tx: Tx, group_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002 - the port's shape
        """Give the orders dispatched to the group."""
        orders = select(func.count()).select_from(work_orders).where(work_orders.c.dispatch_group_id == group_id)
        return {"workOrders": tx.scalar(orders)}


class RoutingUse(RouteUses):
    """Runs and orders on routings."""

    def open_runs_of(self, tx: Tx, route_id: int) -> int:
        """Give how many runs on a version of the routing have not ended."""
        joined = select(func.count()).select_from(runs.join(versions, versions.c.id == runs.c.version_id))
        return int(tx.scalar(joined.where(versions.c.route_id == route_id, runs.c.status.not_in(RUN.terminal))))

    def route_counts(self, tx: Tx, route_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002 - the port's shape
        """Give the orders that name the routing."""
        named = or_(work_orders.c.routing_code == code, work_orders.c.resolved_routing_code == code)
        return {"workOrders": tx.scalar(select(func.count()).select_from(work_orders).where(named))}
