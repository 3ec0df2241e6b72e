"""Lists of runs (spec 02.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from fiducial.kit.acting import query
from fiducial.kit.listing import Condition, Listed, Listing, Page, one_of, part, since, until
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.answers import RunLine
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, units, work_orders
from fiducial.orders.views import parents, run_on_wire, runs_selected
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, materials


def _readiness(value: str) -> Any:
    return one_of(ports.readiness().latest_status(runs.c.id), ("PASSED", "FAILED"))(value)


def _product(value: str) -> Any:
    named = select(materials.c.code).where(part(materials.c.name)(value))
    return part(runs.c.run_no, work_orders.c.product_code)(value) | work_orders.c.product_code.in_(named)


_filters: dict[str, Condition] = {
    "status": one_of(runs.c.status, RUN.states), "runNo": part(runs.c.run_no), "woNo": part(work_orders.c.wo_no),
    "productCode": part(work_orders.c.product_code), "lineCode": part(lines.c.code), "shiftCode": part(runs.c.shift_code),
    "parentRunNo": part(parents.c.run_no), "createdFrom": since(runs.c.created_at), "createdTo": until(runs.c.created_at),
    "search": _product, "readinessStatus": _readiness,
}  # fmt: skip

RUNS = Listing(
    filters=_filters,
    sorts={
        "runNo": runs.c.run_no, "status": runs.c.status, "createdAt": runs.c.created_at, "woNo": work_orders.c.wo_no,
        "startedAt": runs.c.started_at,
    },
    default_sort="createdAt.desc",
    key=runs.c.id,
)  # fmt: skip

STATS = ("queued", "inStation", "done", "outFailed", "onHold", "scrapped")
_STATE_OF = {
    "queued": "QUEUED",
    "inStation": "IN_STATION",
    "done": "DONE",
    "outFailed": "OUT_FAILED",
    "onHold": "ON_HOLD",
    "scrapped": "SCRAPPED",
}


def unit_stats(tx: Tx, run_ids: list[int]) -> dict[int, dict[str, int]]:
    """Give `{total, unused, queued, inStation, done, outFailed, onHold, scrapped}` of each run; `unused` is part of `queued`."""
    found = {run_id: dict.fromkeys(("total", "unused", *STATS), 0) for run_id in run_ids}
    counted = select(units.c.run_id, units.c.status, units.c.tracked, func.count().label("n")).where(
        units.c.run_id.in_(run_ids)
    )
    names = {state: name for name, state in _STATE_OF.items()}
    for row in tx.all(counted.group_by(units.c.run_id, units.c.status, units.c.tracked)):
        stats = found[row.run_id]
        stats["total"] += row.n
        stats[names[row.status]] += row.n
        if row.status == "QUEUED" and not row.tracked:
            stats["unused"] += row.n
    return found


@query("run:read")
def list_runs(tx: Tx, page: Page) -> Listed[RunLine]:
    """Give the runs in reach, each with the state of its readiness, of its first article and of its units."""
    known = ports.readiness()
    statement = runs_selected(
        known.latest_status(runs.c.id).label("readiness_status"),
        known.latest_is_stale(runs.c.id, tx.now).label("readiness_stale"),
    )
    reach = lines_in_reach(tx, "run:read")
    if reach is not None:
        statement = statement.where(runs.c.line_id.in_(reach))
    return RUNS.answer_all(tx, statement, page, lambda rows: _with_standing(tx, rows))


def _with_standing(tx: Tx, rows: Sequence[Any]) -> list[RunLine]:
    stats = unit_stats(tx, [row.id for row in rows])
    first_article = ports.section("fai")
    return [
        {
            **run_on_wire(row), "readinessStatus": row.readiness_status, "readinessStale": bool(row.readiness_stale),
            "faiStatus": (first_article.of_run(tx, row) or {}).get("status") if first_article else None, "unitStats": stats[row.id],
        }
        for row in rows
    ]  # fmt: skip
