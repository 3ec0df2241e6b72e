"""May this board be the first of a reel? (spec 04.6, 04.7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from fiducial.execution.tables import tracks
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.tx import Tx
from fiducial.loading.tables import placement_steps
from fiducial.orders.tables import runs

_BEFORE_LOADED = Said(zh="它在料盘上料之前已贴装完", en="it was placed before the reel was loaded")
_BEFORE_PREVIOUS = Said(zh="它早于上一盘料的第一块板", en="it comes before the first board of the reel before")
_AFTER_FOLLOWING = Said(zh="它不早于下一盘料的第一块板", en="it does not come before the first board of the reel after")


def judge_first_board(tx: Tx, run_id: int, unit: Any, *, loaded_at: int, previous: Any, following: Any) -> None:
    """Refuse UNIT_RUN_MISMATCH, FIRST_UNIT_ORDER_INVALID. A board that is not placed yet may be named: it comes next.

    `previous` and `following` are the records of the reels before and after on the slot, None when there is none.
    """
    placed = _placed(tx, run_id, unit.id)
    if unit.run_id != run_id and not placed:
        run_no = tx.scalar(select(runs.c.run_no).where(runs.c.id == unit.run_id))
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=run_no)
    if not placed:
        return
    rounds = [row for row in placed if row.out_at is None or row.out_at > loaded_at]
    if not rounds:
        raise Refused("FIRST_UNIT_ORDER_INVALID", sn=unit.sn, why=_BEFORE_LOADED)
    here = min(row.in_at for row in placed if row.visit_no == rounds[0].visit_no)
    before = _boundary(tx, previous)
    if before is not None and here < before:
        raise Refused("FIRST_UNIT_ORDER_INVALID", sn=unit.sn, why=_BEFORE_PREVIOUS)
    after = _boundary(tx, following)
    if after is not None and here >= after:
        raise Refused("FIRST_UNIT_ORDER_INVALID", sn=unit.sn, why=_AFTER_FOLLOWING)


def _boundary(tx: Tx, record: Any) -> int | None:
    if record is None or record.first_unit_id is None:
        return None
    placed = _placed(tx, record.run_id, record.first_unit_id)
    rounds = [row for row in placed if row.out_at is None or row.out_at > record.loaded_at]
    return min((row.in_at for row in placed if row.visit_no == rounds[0].visit_no), default=None) if rounds else None


def _placed(tx: Tx, run_id: int, unit_id: int) -> list[Any]:
    there = and_(placement_steps.c.run_id == tracks.c.run_id, placement_steps.c.step_no == tracks.c.step_no)
    found = (
        select(tracks.c.in_at, tracks.c.out_at, tracks.c.visit_no)
        .join_from(tracks, placement_steps, there)
        .where(tracks.c.unit_id == unit_id, tracks.c.run_id == run_id, tracks.c.voided_at.is_(None))
        .order_by(tracks.c.in_at)
    )
    return list(tx.all(found))
