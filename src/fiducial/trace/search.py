"""One input that finds whatever was scanned (spec 07.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Select, and_, or_, select
from typing_extensions import TypedDict

from fiducial.execution.carrier_tables import carriers
from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lots, materials
from fiducial.tooling.tables import tools

MOST = 20
LAST = "\U0010ffff"


class SearchAsked(Body):
    """What is looked for."""

    q: str = ""


class Found(TypedDict):
    """A thing that a scan may mean."""

    kind: str
    key: str
    label: str
    status: str


class FoundThings(TypedDict):
    """What a scan may mean."""

    items: list[Found]


@query("trace:read")
def search(tx: Tx, asked: SearchAsked) -> FoundThings:
    """Give what a scan may mean: exact matches first, then what starts so, at most 20."""
    return {"items": found_for(tx, asked.q)}


def found_for(tx: Tx, text: str) -> list[Found]:
    """Give the things whose key is, or starts with, the text; `materialCode|lotNo` finds the lot."""
    wanted = text.strip()[:200]
    if not wanted:
        return []
    items = list(_things(tx, wanted))
    exact = [item for item in items if item["key"] == wanted]
    return (exact + [item for item in items if item["key"] != wanted])[:MOST]


def _things(tx: Tx, text: str) -> Iterator[Found]:
    reach = lines_in_reach(tx, "trace:read")
    for row in _rows(tx, _units(reach), units.c.sn, text):
        yield {
            "kind": "UNIT",
            "key": row.sn,
            "label": f"{row.product_code} · {row.run_no or row.wo_no}",
            "status": row.status,
        }
    for row in _rows(tx, _runs(reach), runs.c.run_no, text):
        yield {"kind": "RUN", "key": row.run_no, "label": f"{row.product_code} · {row.wo_no}", "status": row.status}
    for row in _rows(tx, _orders(reach), work_orders.c.wo_no, text):
        yield {"kind": "WORK_ORDER", "key": row.wo_no, "label": row.product_code, "status": row.status}
    yield from _lots(tx, text)
    for row in _rows(tx, select(tools), tools.c.code, text):
        yield {"kind": "TOOL", "key": row.code, "label": f"{row.kind} · {row.name}", "status": row.status}
    for row in _rows(tx, select(carriers), carriers.c.carrier_no, text):
        yield {"kind": "CARRIER", "key": row.carrier_no, "label": row.type, "status": row.status}


def _rows(tx: Tx, statement: Select[Any], key: Column[str], text: str) -> list[Any]:
    """Give exact and beginning matches. The range is what an index can answer on SQLite, where LIKE cannot use one."""
    exact = tx.all(statement.where(key == text).limit(1))
    starts = key.startswith(text, autoescape=True)
    if tx.engine == "sqlite":
        starts = and_(key >= text, key < text + LAST)
    others = tx.all(statement.where(starts, key != text).order_by(key).limit(MOST))
    return [*exact, *others]


def _units(reach: frozenset[int] | None) -> Select[Any]:
    statement = select(
        units.c.sn, units.c.status, work_orders.c.product_code, work_orders.c.wo_no, runs.c.run_no
    ).select_from(
        units.join(work_orders, work_orders.c.id == units.c.work_order_id).outerjoin(runs, runs.c.id == units.c.run_id)
    )
    return statement if reach is None else statement.where(runs.c.line_id.in_(reach))


def _runs(reach: frozenset[int] | None) -> Select[Any]:
    statement = select(runs.c.run_no, runs.c.status, work_orders.c.product_code, work_orders.c.wo_no).join(
        work_orders, work_orders.c.id == runs.c.work_order_id
    )
    return statement if reach is None else statement.where(runs.c.line_id.in_(reach))


def _orders(reach: frozenset[int] | None) -> Select[Any]:
    statement = select(work_orders.c.wo_no, work_orders.c.status, work_orders.c.product_code)
    if reach is None:
        return statement
    with_runs = select(runs.c.work_order_id).where(runs.c.line_id.in_(reach))
    return statement.where(or_(work_orders.c.dispatch_line_id.in_(reach), work_orders.c.id.in_(with_runs)))


def _lots(tx: Tx, text: str) -> Iterator[Found]:
    material, separator, lot_no = (piece.strip() for piece in text.partition("|"))
    statement = (
        select(lots.c.material_code, lots.c.lot_no, lots.c.status, materials.c.name)
        .outerjoin(materials, materials.c.code == lots.c.material_code).order_by(lots.c.material_code, lots.c.lot_no).limit(MOST)
    )  # fmt: skip
    if separator:
        statement = statement.where(lots.c.material_code == material, lots.c.lot_no == lot_no)
    else:
        statement = statement.where(lots.c.lot_no == text)
    for row in tx.all(statement):
        label = " · ".join(filter(None, (row.material_code, row.name)))
        yield {"kind": "LOT", "key": f"{row.material_code}|{row.lot_no}", "label": label, "status": row.status}
