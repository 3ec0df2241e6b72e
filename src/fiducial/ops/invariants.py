"""What must always be true of a plant, as data (docs/invariants.md): each is a statement that finds what breaks it.

The random walk of the tests and `fiducial doctor` ask the same ones, so what is promised is what is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Executable, Select, and_, case, exists, func, or_, select

from fiducial.execution.tables import holds, tracks
from fiducial.orders.states import (
    AUTHORIZED,
    CLOSED_REWORK,
    COMPLETED,
    DONE,
    IN_PROGRESS,
    IN_STATION,
    ON_HOLD,
    OUT_FAILED,
    SCRAPPED,
)
from fiducial.orders.tables import authorizations, runs, units
from fiducial.people.tables import signatures
from fiducial.quality.states import CANCELLED, DISPOSITIONED, FAIL, OPEN, OPEN_DEFECT, OQC, PASS, REWORK
from fiducial.quality.tables import defects, inspection_items, inspections, mrb_decisions, rework_tasks, yield_days

MOST_SHOWN = 10


class Asks(Protocol):
    """Whatever runs a statement: a transaction or a bare connection."""

    def execute(self, statement: Executable) -> Any:
        """Run it."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise; `broken` finds the business keys that break it. `spec` is the page that makes it."""

    name: str
    says: str
    spec: str
    broken: Select[Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that is broken, with some of the things that break it."""

    invariant: Invariant
    keys: tuple[str, ...]


def _open_track() -> ColumnElement[bool]:
    return exists().where(tracks.c.unit_id == units.c.id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))


def _open_hold(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(holds.c.unit_id == units.c.id, holds.c.released_at.is_(None), *more)


def _has(status: str) -> ColumnElement[bool]:
    return exists().where(units.c.run_id == runs.c.id, units.c.status == status)


_of_run = runs.c.id == mrb_decisions.c.run_id
_other = inspections.alias("newer")
_newest_oqc = and_(
    inspections.c.type == OQC, inspections.c.status != CANCELLED,
    ~exists().where(
        _other.c.run_id == inspections.c.run_id, _other.c.type == OQC, _other.c.status != CANCELLED, _other.c.id > inspections.c.id
    ),
)  # fmt: skip
_units_of = select(func.count()).select_from(units).where(units.c.run_id == runs.c.id).scalar_subquery()
_child = runs.alias("child")
_COUNTS = ("visits", "failed", "first")
_counted = (
    select(
        yield_days.c.run_id, func.sum(yield_days.c.visits).label("visits"), func.sum(yield_days.c.failed).label("failed"),
        func.sum(yield_days.c.first_visits).label("first"),
    )
    .group_by(yield_days.c.run_id).subquery()
)  # fmt: skip
_done = (
    select(
        tracks.c.run_id, func.count().label("visits"), func.sum(case((tracks.c.result == FAIL, 1), else_=0)).label("failed"),
        func.sum(case((tracks.c.visit_no == 1, 1), else_=0)).label("first"),
    )
    .where(tracks.c.out_at.is_not(None), tracks.c.voided_at.is_(None)).group_by(tracks.c.run_id).subquery()
)  # fmt: skip

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("failed unit has its fault", "A unit that is OUT_FAILED has a blocking defect.", "05.5",
              select(units.c.sn).where(units.c.status == OUT_FAILED, ~exists().where(
                  defects.c.unit_id == units.c.id, defects.c.blocking.is_(True)))),
    Invariant("undecided fault stops its unit", "A blocking defect that nobody has decided on belongs to no unit that is DONE.", "06.9",
              select(units.c.sn).where(units.c.status == DONE, exists().where(
                  defects.c.unit_id == units.c.id, defects.c.blocking.is_(True), defects.c.status == "RECORDED"))),
    Invariant("unit in station has an open visit", "A unit is IN_STATION exactly while it has one open track.", "05.2",
              select(units.c.sn).where(or_(and_(units.c.status == IN_STATION, ~_open_track()), and_(units.c.status != IN_STATION, _open_track())))),
    Invariant("held unit has its hold", "A unit is ON_HOLD exactly while it has a hold that is in force.", "05.9",
              select(units.c.sn).where(or_(
                  and_(units.c.status == ON_HOLD, ~_open_hold(holds.c.pending.is_(False))),
                  and_(units.c.status != ON_HOLD, _open_hold(holds.c.pending.is_(False)))))),
    Invariant("run holds no more than its plan", "A run has at most `planQty` units.", "02.6",
              select(runs.c.run_no).where(_units_of > runs.c.plan_qty)),
    Invariant("authorised run has its authorisation", "A run that is AUTHORIZED or later has an authorisation that stands.", "02.7",
              select(runs.c.run_no).where(runs.c.status.in_((AUTHORIZED, IN_PROGRESS)), ~exists().where(
                  authorizations.c.run_id == runs.c.id, authorizations.c.status == AUTHORIZED))),
    Invariant("completed run has nothing in a station", "A COMPLETED run has no unit in a station.", "02.8",
              select(runs.c.run_no).where(runs.c.status == COMPLETED, _has(IN_STATION))),
    Invariant("scrapped run is scrapped whole", "Every unit of a SCRAPPED run is SCRAPPED.", "06.11",
              select(runs.c.run_no).where(runs.c.status == SCRAPPED, exists().where(
                  units.c.run_id == runs.c.id, units.c.status != SCRAPPED))),
    Invariant("reworked run has a child", "A CLOSED_REWORK run has a rework run, and of its units only scrapped ones stayed.", "02.10",
              select(runs.c.run_no).where(runs.c.status == CLOSED_REWORK, or_(
                  ~exists().where(_child.c.parent_run_id == runs.c.id),
                  exists().where(units.c.run_id == runs.c.id, units.c.status != SCRAPPED)))),
    Invariant("run on hold waits for the MRB", "A run is ON_HOLD exactly while its newest outgoing inspection is FAIL and undecided.", "06.11",
              select(runs.c.run_no).where(or_(
                  and_(runs.c.status == ON_HOLD, ~exists().where(inspections.c.run_id == runs.c.id, _newest_oqc, inspections.c.status == FAIL)),
                  and_(runs.c.status == ON_HOLD, exists().where(_of_run)),
                  and_(runs.c.status == IN_PROGRESS, exists().where(inspections.c.run_id == runs.c.id, _newest_oqc, inspections.c.status == FAIL))))),
    Invariant("decision of the MRB is signed", "Every decision of the MRB has its signature.", "06.3",
              select(runs.c.run_no).join_from(mrb_decisions, runs, _of_run).where(~exists().where(
                  signatures.c.id == mrb_decisions.c.signature_id, signatures.c.subject_id == mrb_decisions.c.id))),
    Invariant("a PASS has no failed item", "No inspection without an accepted number is PASS with a FAIL item or a required item unseen.", "06.4",
              select(runs.c.run_no).join_from(inspections, runs, runs.c.id == inspections.c.run_id).where(
                  inspections.c.status == PASS, or_(
                      and_(inspections.c.failed_qty == 0, exists().where(
                          inspection_items.c.inspection_id == inspections.c.id, inspection_items.c.result == FAIL)),
                      exists().where(inspection_items.c.inspection_id == inspections.c.id, inspection_items.c.required.is_(True),
                                     inspection_items.c.result.is_(None))))),
    Invariant("only a PASS is signed", "A signed inspection is PASS and its signature is there.", "06.3",
              select(runs.c.run_no).join_from(inspections, runs, runs.c.id == inspections.c.run_id).where(
                  inspections.c.signed_at.is_not(None), or_(inspections.c.status != PASS, ~exists().where(
                      signatures.c.id == inspections.c.signature_id)))),
    Invariant("open repair has its fault", "An OPEN rework task belongs to a defect that is to be reworked, and to a unit that is not scrapped.",
              "06.10", select(units.c.sn).join_from(rework_tasks, units, units.c.id == rework_tasks.c.unit_id).where(
                  rework_tasks.c.status == OPEN, or_(units.c.status == SCRAPPED, ~exists().where(
                      defects.c.id == rework_tasks.c.defect_id, defects.c.status == DISPOSITIONED, defects.c.disposition == REWORK)))),
    Invariant("scrapped unit has nothing open", "A SCRAPPED unit has no undecided blocking defect.", "06.9",
              select(units.c.sn).where(units.c.status == SCRAPPED, exists().where(
                  defects.c.unit_id == units.c.id, defects.c.status.in_(OPEN_DEFECT), defects.c.blocking.is_(True),
                  defects.c.status == "RECORDED"))),
    Invariant("counted visits are those of the tracks", "The figures of a run count every visit that ended, once, with its result.", "06.12",
              select(runs.c.run_no).select_from(
                  runs.outerjoin(_counted, _counted.c.run_id == runs.c.id).outerjoin(_done, _done.c.run_id == runs.c.id)
              ).where(or_(*(func.coalesce(_counted.c[name], 0) != func.coalesce(_done.c[name], 0) for name in _COUNTS)))),
)  # fmt: skip


def broken(asks: Asks, invariants: Sequence[Invariant] = INVARIANTS) -> list[Broken]:
    """Give the promises that are broken now, each with at most ten of the keys that break it."""
    found = []
    for invariant in invariants:
        keys = [str(row[0]) for row in asks.execute(invariant.broken.limit(MOST_SHOWN)).all()]
        if keys:
            found.append(Broken(invariant, tuple(keys)))
    return found
