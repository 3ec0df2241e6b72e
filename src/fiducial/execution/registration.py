"""An unknown serial at its first station (spec 05.4, guard 16): customers' labels that nobody entered beforehand."""

from __future__ import annotations

import re
from functools import cache

from sqlalchemy import bindparam, delete, func, insert, select

from fiducial.execution import guards
from fiducial.execution.standing import Run, Station, UnitToEnter, unit_to_enter
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.orders.unused import never_used
from fiducial.routing.frozen import FrozenRoute

SERIAL = re.compile(r"[^\s|]{1,64}")
CANDIDATES = 20

_count = Hot(select(func.count()).select_from(units).where(units.c.run_id == bindparam("run")))
_started = Hot(
    select(func.count()).select_from(units).where(units.c.run_id == bindparam("run"), units.c.tracked.is_(True))
)


@cache
def _unused() -> Hot:
    """Give the newest units that nobody has used; made when the tables of all rooms are known (orders.unused)."""
    return Hot(
        select(units.c.id, units.c.sn).where(units.c.run_id == bindparam("run"), never_used()).order_by(units.c.id.desc())
        .limit(CANDIDATES)
    )  # fmt: skip


@cache
def _withdraw() -> Hot:
    """Give the statement that takes one back. A track-in of it may have come first: then it deletes nothing."""
    return Hot(delete(units).where(units.c.id == bindparam("unit"), never_used()))


_UNIT = ("id", "sn", "work_order_id", "run_id", "status", "current_step_no", "created_at", "updated_at")
_add = Hot(
    insert(units).values(
        {name: bindparam(name) for name in _UNIT} | {"rework_count": 0, "hold_pending": False, "tracked": False}
    )
)


def register(tx: Tx, station: Station, run: Run, route: FrozenRoute, sn: str) -> tuple[UnitToEnter, bool]:
    """Make a unit of an unknown serial; give it and whether it is new. The caller holds the run's lock, so what is counted here stays true.

    Refuses UNIT_NOT_FOUND where the route does not register or the station cannot do the first step, RUN_PLAN_QTY_REACHED
    when every unit of the plan has been started. A full run gives up its newest unused serial, so it never exceeds its plan.
    """
    known = unit_to_enter(tx, sn)
    if known is not None:  # somebody registered it while we waited for the run
        return known, False
    first = route.first
    fits = first.fits(
        code=station.code, station_type=station.station_type, group_code=station.group_code, is_active=station.is_active
    )
    if (
        route.unknown_serial_policy != "REGISTER"
        or not (SERIAL.fullmatch(sn) and sn.isprintable())
        or not (fits or guards.steps_in(tx, station, first))
    ):
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    if _count.scalar(tx, run=run.run_id) >= run.plan_qty and not _withdraw_newest(tx, run, station):
        raise Refused("RUN_PLAN_QTY_REACHED", sn=sn, planQty=run.plan_qty, started=_started.scalar(tx, run=run.run_id))
    unit_id = tx.new_id()
    _add.run(
        tx, id=unit_id, sn=sn, work_order_id=run.work_order_id, run_id=run.run_id, status="QUEUED", current_step_no=first.step_no,
        created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    tx.record(sn, action="UNIT_REGISTER", key=unit_id, line=station.line_code, station=station.code, runNo=run.run_no)
    made = unit_to_enter(tx, sn)
    assert made is not None
    return made, True


def _withdraw_newest(tx: Tx, run: Run, station: Station) -> bool:
    """Take back the newest serial that was generated and never used; tell whether there was one."""
    for candidate in _unused().all(tx, run=run.run_id):
        if _withdraw().run(tx, unit=candidate.id) == 1:
            tx.record(
                candidate.sn,
                action="UNIT_WITHDRAW",
                key=candidate.id,
                line=station.line_code,
                station=station.code,
                runNo=run.run_no,
            )
            return True
    return False
