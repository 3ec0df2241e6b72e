"""Everything the other rooms wrote about one unit, read once in a fixed number of queries (spec 07.1, 07.9).

The cost of a trace depends on the unit's own rows; nothing here is asked for each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, or_, select

from fiducial.execution.tables import data_values, holds, tracks
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.tables import authorizations, memberships, runs, units, work_orders
from fiducial.people.reach import lines_in_reach, scope_of
from fiducial.plant.tables import lines, stations
from fiducial.quality.tables import defects
from fiducial.readiness.checks import FORMAL
from fiducial.readiness.tables import checks
from fiducial.routing.frozen import FrozenRoute, frozen_route

Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class UnitFacts:
    """One unit with all its rows, oldest first."""

    unit: Row[Any]
    runs: Rows  # of all runs it has belonged to, in the order it did; the present one is last
    memberships: Rows
    tracks: Rows
    values: Rows
    defects: Rows
    holds: Rows
    checks: Rows
    authorizations: Rows
    routes: Mapping[int, FrozenRoute]  # by run

    @property
    def run(self) -> Row[Any]:
        """Give the run it belongs to now."""
        return self.runs[-1]

    @property
    def route(self) -> FrozenRoute:
        """Give the frozen route of its present run: what a trace shows (R1)."""
        return self.routes[self.run.id]

    @cached_property
    def counted(self) -> list[Row[Any]]:
        """Give the tracks that count: voided ones are shown, not counted (R5)."""
        return [track for track in self.tracks if track.voided_at is None]

    @cached_property
    def track_by_id(self) -> Mapping[int, Row[Any]]:
        """Give the tracks by key."""
        return {track.id: track for track in self.tracks}

    def spans(self) -> list[tuple[Row[Any], int, int | None]]:
        """Give each run with the time in which the unit belonged to it; the present one has no end."""
        left = {row.run_id: row for row in self.memberships}
        found, since = [], self.unit.created_at
        for run in self.runs:
            old = left.get(run.id)
            began = old.joined_at if old is not None else since
            ended = old.left_at if old is not None else None
            found.append((run, began, ended))
            since = ended if ended is not None else since
        return found

    def authorization_of(self, run_id: int) -> Row[Any] | None:
        """Give the newest authorisation of a run that was neither revoked nor lapsed."""
        standing = [row for row in self.authorizations if row.run_id == run_id and row.status == "AUTHORIZED"]
        return standing[-1] if standing else None

    def done_at(self) -> int | None:
        """Give when the unit became DONE: the end of its last passed visit."""
        if self.unit.status != "DONE":
            return None
        passed = [track.out_at for track in self.counted if track.result == "PASS"]
        return passed[-1] if passed else None


def unit_facts(tx: Tx, sn: str) -> UnitFacts:
    """Gather what is known of a unit. Refuses UNIT_NOT_FOUND, UNIT_NO_RUN, FORBIDDEN."""
    unit = tx.first(
        select(units, work_orders.c.wo_no, work_orders.c.product_code, work_orders.c.planned_qty, work_orders.c.due_date,
               work_orders.c.status.label("order_status"))
        .join(work_orders, work_orders.c.id == units.c.work_order_id).where(units.c.sn == sn)
    )  # fmt: skip
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    belonged = tx.all(select(memberships).where(memberships.c.unit_id == unit.id).order_by(memberships.c.joined_at))
    former = [row.run_id for row in belonged if row.run_id != unit.run_id]
    run_ids = [*dict.fromkeys(former), *([unit.run_id] if unit.run_id is not None else [])]
    if not run_ids:
        raise Refused("UNIT_NO_RUN", sn=sn)
    found = {row.id: row for row in tx.all(_runs().where(runs.c.id.in_(run_ids)))}
    _must_reach(tx, [row.line_id for row in found.values()])
    of_unit = tx.all(_tracks().where(tracks.c.unit_id == unit.id).order_by(tracks.c.in_at, tracks.c.id))
    return UnitFacts(
        unit=unit,
        runs=[found[key] for key in run_ids],
        memberships=belonged,
        tracks=of_unit,
        values=tx.all(
            select(data_values).join(tracks, tracks.c.id == data_values.c.track_id).where(tracks.c.unit_id == unit.id)
            .order_by(data_values.c.collected_at, data_values.c.id)
        ),
        defects=tx.all(
            select(defects, runs.c.run_no).join(runs, runs.c.id == defects.c.run_id).where(defects.c.unit_id == unit.id)
            .order_by(defects.c.id)
        ),
        holds=tx.all(select(holds).where(holds.c.unit_id == unit.id).order_by(holds.c.placed_at, holds.c.id)),
        checks=tx.all(
            select(checks).where(checks.c.run_id.in_(run_ids), checks.c.type == FORMAL).order_by(checks.c.checked_at, checks.c.id)
        ),
        authorizations=tx.all(
            select(authorizations).where(authorizations.c.run_id.in_(run_ids)).order_by(authorizations.c.at, authorizations.c.id)
        ),
        routes={row.id: frozen_route(tx, row.version_id) for row in found.values()},
    )  # fmt: skip


EXPORT = "trace:export"
_parents = runs.alias("parent")


def _runs() -> Any:
    return select(
        runs, lines.c.code.label("line_code"), _parents.c.run_no.label("parent_run_no")
    ).select_from(runs.join(lines, lines.c.id == runs.c.line_id).outerjoin(_parents, _parents.c.id == runs.c.parent_run_id))  # fmt: skip


def _tracks() -> Any:
    return select(tracks, stations.c.code.label("station_code")).join(stations, stations.c.id == tracks.c.station_id)


def asked_by(tx: Tx) -> str:
    """Give the permission whose reach counts: who takes a trace away takes no more than that permission reaches."""
    return EXPORT if tx.mark is not None and EXPORT in tx.mark.permissions else "trace:read"


def _must_reach(tx: Tx, line_ids: Sequence[int]) -> None:
    """Refuse FORBIDDEN unless the unit ever had a run on a line in reach (spec 07.1)."""
    reach = lines_in_reach(tx, asked_by(tx))
    if reach is not None and not reach.intersection(line_ids):
        raise Refused("FORBIDDEN", scope=scope_of(tx, asked_by(tx)))


def units_ever_in(run_id: int) -> Any:
    """Give the condition under which a unit belongs, or belonged, to a run."""
    former = select(memberships.c.unit_id).where(memberships.c.run_id == run_id)
    return or_(units.c.run_id == run_id, units.c.id.in_(former))
