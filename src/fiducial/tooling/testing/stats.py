"""Statistics of tests (spec 11.5): yield at the first and at the last attempt, and what fails most."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Select, case, func, select

from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body, Instant, Key, instant_or_none
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import stations
from fiducial.tooling.testing import answers
from fiducial.tooling.testing.reading import MAY_SEE, in_reach
from fiducial.tooling.testing.shapes import Kind, Result
from fiducial.tooling.testing.states import PASS
from fiducial.tooling.testing.tables import failed_items, records

MOST_GROUPS, MOST_ITEMS = 400, 10
GROUPS: dict[str, Any] = {"program": records.c.program_code, "station": stations.c.code, "day": records.c.day}


class StatsAsked(Body):
    """What may be asked of the statistics: the filters of the list, and by what to group."""

    group_by: Literal["program", "station", "day"] = "program"
    sn: Key | None = None
    run_no: Key | None = None
    station_code: Key | None = None
    program_code: Key | None = None
    result: Result | None = None
    kind: Kind | None = None
    completed_from: Instant | None = None
    completed_to: Instant | None = None


def _wanted(tx: Tx, asked: StatsAsked, *columns: Any) -> Select[Any]:
    joined = (
        records.join(units, units.c.id == records.c.unit_id).join(runs, runs.c.id == records.c.run_id)
        .join(stations, stations.c.id == records.c.station_id)
    )  # fmt: skip
    said = {
        units.c.sn: asked.sn, runs.c.run_no: asked.run_no, stations.c.code: asked.station_code, records.c.program_code: asked.program_code,
        records.c.result: asked.result, records.c.kind: asked.kind,
    }  # fmt: skip
    found = (
        select(*columns)
        .select_from(joined)
        .where(*(column == value for column, value in said.items() if value is not None))
    )
    since, until = instant_or_none(asked.completed_from), instant_or_none(asked.completed_to)
    if since is not None:
        found = found.where(records.c.completed_at >= since)
    if until is not None:
        found = found.where(records.c.completed_at <= until)
    return in_reach(tx, found)


@query(*MAY_SEE)
def test_stats(tx: Tx, asked: StatsAsked) -> answers.TestStats:
    """Give units tested, passed at the first and at the last attempt, tested again, and the ten items that failed most, by group.

    The yield is a quotient of sums: units that passed their first attempt by units tested. At most 400 groups, the last by name.
    """
    group = GROUPS[asked.group_by]
    visits = _wanted(
        tx, asked, group.label("key"), records.c.unit_id, func.min(records.c.id).label("first"), func.max(records.c.id).label("last"),
        func.count().label("times"),
    ).group_by(group, records.c.unit_id).subquery()  # fmt: skip
    first, last = records.alias("first_record"), records.alias("last_record")
    counted = (
        select(
            visits.c.key, func.count().label("tested"), func.sum(case((first.c.result == PASS, 1), else_=0)).label("first_pass"),
            func.sum(case((last.c.result == PASS, 1), else_=0)).label("final_pass"),
            func.sum(case((visits.c.times > 1, 1), else_=0)).label("retested"),
        )
        .select_from(visits.join(first, first.c.id == visits.c.first).join(last, last.c.id == visits.c.last))
        .group_by(visits.c.key).order_by(visits.c.key.desc()).limit(MOST_GROUPS)
    )  # fmt: skip
    rows = list(reversed(tx.all(counted)))
    failing = _failing(tx, asked, group)
    groups = [_group(str(row.key), row, failing.get(str(row.key), {})) for row in rows]
    together = dict[str, int]()
    for found in failing.values():
        for name, qty in found.items():
            together[name] = together.get(name, 0) + qty
    return {"groupBy": asked.group_by, "groups": groups, "total": _total(groups, together)}


def _failing(tx: Tx, asked: StatsAsked, group: Any) -> dict[str, dict[str, int]]:
    of_groups = _wanted(tx, asked, records.c.id, group.label("key")).subquery()
    counted = (
        select(of_groups.c.key, failed_items.c.name, func.count().label("qty"))
        .join(failed_items, failed_items.c.record_id == of_groups.c.id)
        .group_by(of_groups.c.key, failed_items.c.name)
    )
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(counted):
        found.setdefault(str(row.key), {})[row.name] = int(row.qty)
    return found


def _top(failing: dict[str, int]) -> list[answers.FailedItem]:
    ordered = sorted(failing.items(), key=lambda one: (-one[1], one[0]))
    return [{"name": name, "qty": qty} for name, qty in ordered[:MOST_ITEMS]]


def _group(key: str, row: Any, failing: dict[str, int]) -> answers.TestGroup:
    tested, passed = int(row.tested), int(row.first_pass)
    return {
        "key": key, "tested": tested, "firstPass": passed, "finalPass": int(row.final_pass), "retested": int(row.retested),
        "firstPassYield": round(passed / tested, 4) if tested else None, "topFailItems": _top(failing),
    }  # fmt: skip


def _total(groups: list[answers.TestGroup], failing: dict[str, int]) -> answers.TestGroup:
    tested, passed = sum(one["tested"] for one in groups), sum(one["firstPass"] for one in groups)
    return {
        "key": "", "tested": tested, "firstPass": passed, "finalPass": sum(one["finalPass"] for one in groups),
        "retested": sum(one["retested"] for one in groups), "firstPassYield": round(passed / tested, 4) if tested else None,
        "topFailItems": _top(failing),
    }  # fmt: skip
