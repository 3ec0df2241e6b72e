"""The runs whose newest check failed, or rests on waivers, on entries by hand or on a person's "not needed" (spec 03.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Condition, Listed, Listing, Page, exact, one_of, part, since, until
from fiducial.kit.tx import Tx
from fiducial.orders.states import AUTHORIZED, PREP, RUN
from fiducial.orders.tables import runs, work_orders
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.readiness.answers import ExceptionItem, ExceptionRow
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.config import TYPES
from fiducial.readiness.evaluate import FAILED, MANUAL, WAIVED
from fiducial.readiness.tables import checks, items, waivers

_EXCEPTIONAL = or_(
    items.c.status.in_((FAILED, WAIVED)),
    items.c.source == MANUAL,
    items.c.not_needed.is_(True),
    items.c.superseded.is_(True),
)


def _with_item(condition: Condition) -> Condition:
    return lambda value: exists().where(items.c.check_id == checks.c.id, _EXCEPTIONAL, condition(value))


def _line(value: str) -> Any:
    key = ids.from_wire(value)
    return lines.c.code == value if key is None else or_(lines.c.code == value, lines.c.id == key)


EXCEPTIONS = Listing(
    filters={
        "lineCode": exact(lines.c.code), "lineId": _line, "runStatus": one_of(runs.c.status, RUN.states),
        "itemType": _with_item(one_of(items.c.item_type, TYPES)), "causeCode": _with_item(exact(items.c.cause_code)),
        "from": since(checks.c.checked_at), "to": until(checks.c.checked_at),
        "search": part(runs.c.run_no, work_orders.c.wo_no, work_orders.c.product_code, lines.c.name),
    },
    sorts={"checkedAt": checks.c.checked_at, "runNo": runs.c.run_no, "lineCode": lines.c.code, "failedCount": checks.c.failed},
    default_sort="checkedAt.desc",
    key=checks.c.id,
)  # fmt: skip


def _statement(tx: Tx) -> Select[Any]:
    newest = select(func.max(checks.c.id)).where(checks.c.run_id == runs.c.id).correlate(runs).scalar_subquery()
    columns = (
        runs.c.run_no, runs.c.status.label("run_status"), work_orders.c.wo_no, work_orders.c.product_code,
        lines.c.code.label("line_code"), lines.c.name.label("line_name"), checks,
    )  # fmt: skip
    joined = (
        runs.join(checks, checks.c.id == newest)
        .join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .join(lines, lines.c.id == runs.c.line_id)
    )
    some = or_(
        checks.c.superseded > 0,
        checks.c.failed > 0,
        checks.c.status == FAILED,
        checks.c.waived > 0,
        checks.c.manual > 0,
        checks.c.not_needed > 0,
    )
    found = select(*columns).select_from(joined).where(some)
    reach = lines_in_reach(tx, "readiness:view")
    return found if reach is None else found.where(runs.c.line_id.in_(reach))


@query("readiness:view")
def list_exceptions(tx: Tx, page: Page) -> Listed[ExceptionRow]:
    """Give one row for each run in reach that is not plainly ready, newest check first; by default of runs not yet started."""
    found = _statement(tx)
    if "runStatus" not in page.filters:
        found = found.where(runs.c.status.in_((PREP, AUTHORIZED)))

    def told(rows: Sequence[Any]) -> list[ExceptionRow]:
        shown = _items(tx, [row.id for row in rows])
        return [_row(row, shown.get(row.id, [])) for row in rows]

    return EXCEPTIONS.answer_all(tx, found, page, told)


def _items(tx: Tx, check_ids: list[int]) -> dict[int, list[ExceptionItem]]:
    joined = items.outerjoin(waivers, waivers.c.id == items.c.waiver_id)
    whose = (waivers.c.waived_by, waivers.c.waived_by_name, waivers.c.reason.label("waive_reason"))
    found = select(items, *whose).select_from(joined).where(items.c.check_id.in_(check_ids), _EXCEPTIONAL)
    by_check: dict[int, list[ExceptionItem]] = {}
    for item in tx.all(found.order_by(items.c.check_id, items.c.place)):
        by_check.setdefault(item.check_id, []).append(_item(item, Reader.of(tx)))
    return by_check


def _item(item: Any, reader: Reader) -> ExceptionItem:
    elsewhere = item.evidence.get("waived") or {}
    return {
        "id": ids.to_wire(item.id), "itemType": item.item_type, "itemKey": item.item_key, "status": item.status,

        "causeCode": item.cause_code or ("MANUAL_SUPERSEDED" if item.superseded else None),
        "failReason": fail_reason(item.cause_code, item.evidence, reader),
        "source": "WAIVE" if item.status == WAIVED else item.source,
        "waivedBy": ids.wire_or_none(item.waived_by) or elsewhere.get("waivedBy"),
        "waivedByName": item.waived_by_name or elsewhere.get("waivedByName"),
        "waiveReason": item.waive_reason or elsewhere.get("waiveReason"), "notNeeded": item.not_needed, "superseded": item.evidence.get("superseded"),
    }  # fmt: skip


def _row(row: Any, shown: list[ExceptionItem]) -> ExceptionRow:
    return {
        "runNo": row.run_no, "runStatus": row.run_status, "woNo": row.wo_no, "productCode": row.product_code,
        "lineCode": row.line_code, "lineName": row.line_name, "checkId": ids.to_wire(row.id), "checkType": row.type,
        "checkStatus": row.status, "checkedAt": clock.to_wire(row.checked_at), "failedCount": row.failed, "waivedCount": row.waived,
        "manualCount": row.manual, "notNeededCount": row.not_needed, "items": shown,
    }  # fmt: skip
