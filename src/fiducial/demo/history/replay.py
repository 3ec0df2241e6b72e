"""`demo check --sample N`: random units of the past, replayed against the rules of pages 02, 05 and 06 (spec 12.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import orjson
from sqlalchemy import func, select

from fiducial.demo.history.shape import STEPS
from fiducial.execution.tables import data_values, tracks
from fiducial.kit.acting import Caller, query
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.loading.tables import records
from fiducial.orders.tables import authorizations, runs, units, work_orders
from fiducial.plant.tables import lines
from fiducial.quality.tables import defects, inspections, repair_records, rework_tasks

STEP_NOS = [10 * place + 10 for place in range(len(STEPS["SMT"]))]
BEFORE_FIRST = 43_200_000 << 22  # keys of half a day, so that the first run is met as often as the others
PLACING_STEP = 30  # of the lines that have reels


@dataclass(slots=True)
class Replayed:
    """How many units were looked at, and what breaks a rule."""

    units: int = 0
    broken: list[str] = field(default_factory=list)


def sample(store: Store, count: int, *, seed: int = 42) -> Replayed:
    """Replay so many units, or all that there are."""
    told = Replayed()
    caller = Caller(internal="demo")
    first, last = store.read_now(caller, _bounds)
    if first is None:
        return told
    draw = Random(seed)  # noqa: S311 - a sample, no secret
    seen: set[int] = set()
    for _attempt in range(count):
        seen.add(store.read_now(caller, _one_of, draw.randrange(first - BEFORE_FIRST, last + 1), draw.random()))
    for key in sorted(seen):
        told.units += 1
        told.broken += store.read_now(caller, _judge, key)
    return told


_past = select(runs.c.id).join(lines, lines.c.id == runs.c.line_id).where(
    lines.c.code.like("LINE-H%") | lines.c.code.like("LINE-DIP-H%"), runs.c.run_no.not_like("RUN-HT%")  # the templates
)  # fmt: skip


@query()
def _bounds(tx: Tx) -> tuple[int | None, int | None]:
    keys = _past.subquery()
    row = tx.one(select(func.min(keys.c.id).label("first"), func.max(keys.c.id).label("last")))
    return row.first, row.last


@query()
def _one_of(tx: Tx, run_key: int, share: float) -> int:
    """Give a unit of the run that comes next after a key: runs lie evenly in time. `share` (0 to 1) tells which of its units."""
    run = tx.scalar(_past.where(runs.c.id >= run_key).order_by(runs.c.id).limit(1))
    mine = tx.all(select(units.c.id).where(units.c.run_id == run).order_by(units.c.id))
    return int(mine[int(share * len(mine))].id)


@query()
def _judge(tx: Tx, key: int) -> list[str]:
    """Give what is wrong with a unit, each with its serial."""
    unit = tx.one(select(units).where(units.c.id == key))
    run = tx.one(select(runs).where(runs.c.id == unit.run_id))
    visits = tx.all(select(tracks).where(tracks.c.unit_id == key).order_by(tracks.c.in_at, tracks.c.id))
    wrong = [
        *_order_and_run(tx, unit, run),
        *_way(unit, visits),
        *_faults(tx, unit, visits),
        *_values(tx, visits),
        *_reels(tx, run, visits),
    ]
    return [f"{unit.sn}: {what}" for what in wrong]


def _order_and_run(tx: Tx, unit: Any, run: Any) -> Iterator[str]:
    order = tx.one(select(work_orders.c.status, work_orders.c.id).where(work_orders.c.id == run.work_order_id))
    if unit.work_order_id != order.id:
        yield "its order is not that of its run"
    if run.status != "COMPLETED" or order.status != "COMPLETED":
        yield f"its run is {run.status}, its order {order.status}"
    if tx.scalar(select(func.count()).select_from(authorizations).where(authorizations.c.run_id == run.id)) == 0:
        yield "its run was never authorised"
    if not run.authorized_at <= run.started_at <= run.ended_at:
        yield "its run ended before it began"
    fai = select(func.count()).where(
        inspections.c.run_id == run.id, inspections.c.type == "FAI", inspections.c.status == "PASS"
    )
    if not tx.scalar(fai):
        yield "its run has no first article"


def _way(unit: Any, visits: Sequence[Any]) -> Iterator[str]:
    """The steps in the order of the route, each visit counted, nothing at two places at once (pages 05.2 to 05.5)."""
    passed: list[int] = []
    counted: dict[int, int] = defaultdict(int)
    for visit in visits:
        counted[visit.step_no] += 1
        if visit.visit_no != counted[visit.step_no]:
            yield f"visit {visit.visit_no} at step {visit.step_no} is its {counted[visit.step_no]}."
        if visit.step_no != STEP_NOS[min(len(passed), len(STEP_NOS) - 1)]:
            yield f"step {visit.step_no} came after {passed}"
        if visit.out_at is None or visit.out_at < visit.in_at:
            yield f"it never left step {visit.step_no}"
        if visit.result == "PASS":
            passed.append(visit.step_no)
    for before, after in pairwise(visits):
        if before.out_at > after.in_at:
            yield f"it was at steps {before.step_no} and {after.step_no} at once"
    if unit.status == "DONE" and passed != STEP_NOS:
        yield f"it is done after {passed}"
    if unit.status not in ("DONE", "SCRAPPED"):
        yield f"it is {unit.status} in a run that has ended"


def _faults(tx: Tx, unit: Any, visits: Sequence[Any]) -> Iterator[str]:
    """A failed visit has its fault, a decision on it, and, when it went on, its repair (pages 06.8 to 06.10)."""
    mine = {row.track_id: row for row in tx.all(select(defects).where(defects.c.unit_id == unit.id))}
    for visit in visits:
        if visit.result != "FAIL":
            continue
        fault = mine.get(visit.id)
        if fault is None:
            yield f"its failure at step {visit.step_no} has no defect"
        elif fault.disposition == "REWORK":
            task = tx.first(select(rework_tasks).where(rework_tasks.c.defect_id == fault.id))
            if task is None or task.status != "DONE":
                yield f"{fault.defect_no} was never repaired"
            elif not tx.scalar(select(func.count()).where(repair_records.c.task_id == task.id)):
                yield f"{fault.defect_no} has no repair record"
        elif fault.disposition == "SCRAP" and unit.status != "SCRAPPED":
            yield f"{fault.defect_no} scraps it, and it is {unit.status}"
    if unit.status == "SCRAPPED" and not any(row.disposition == "SCRAP" for row in mine.values()):
        yield "nobody decided to scrap it"


def _values(tx: Tx, visits: Sequence[Any]) -> Iterator[str]:
    """Each visit has its values, judged as their limits say (page 05.6)."""
    keys = [visit.id for visit in visits]
    seen: dict[int, int] = defaultdict(int)
    for row in tx.all(select(data_values).where(data_values.c.track_id.in_(keys))):
        seen[row.track_id] += 1
        limits = orjson.loads(row.limits) if row.limits else {}
        low, high = limits.get("min"), limits.get("max")
        if (
            row.value_number is not None
            and low is not None
            and not low <= row.value_number <= high
            and row.judge != "FAIL"
        ):
            yield f"{row.name} {row.value_number} is judged {row.judge}"
    for visit in visits:
        if not seen[visit.id]:
            yield f"nothing was collected at step {visit.step_no}"


def _reels(tx: Tx, run: Any, visits: Sequence[Any]) -> Iterator[str]:
    """While parts were placed, every slot held one reel that was scanned right (page 04)."""
    mine = tx.all(select(records).where(records.c.run_id == run.id, records.c.verify_result != "FAIL"))
    slots = {row.slot_id for row in mine}
    for visit in visits:
        if visit.step_no != PLACING_STEP:
            continue
        for slot in slots:
            there = [
                row for row in mine
                if row.slot_id == slot and row.loaded_at <= visit.in_at and (row.unloaded_at is None or visit.in_at < row.unloaded_at)
            ]  # fmt: skip
            if len(there) != 1:
                yield f"{len(there)} reels were on a slot when it was placed"
                break
