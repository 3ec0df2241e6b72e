"""Which runs are to be judged anew, and when: an input changed, or evidence runs out (spec 03.8).

Changes are gathered for two seconds per run, so that a push of twenty states makes one check. Listeners only put runs on
the list; the job takes one run at a time, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.tables import bom_items
from fiducial.readiness.tables import checks, due, waivers

GATHER_MS = 2_000
JUDGED_IN = (PREP, AUTHORIZED, IN_PROGRESS)


def gather_inputs(tx: Tx, event: Event) -> None:
    """Put the runs on the list that a changed input concerns (listens to READINESS_INPUT_CHANGED).

    The payload names them: `runId`, `lineId`, `versionId`, `orderId`, `productCode`, `materialCode` (runs of the
    products that it goes into); `gates` is for whoever reads the event.
    """
    wanted = _which(event.payload)
    if wanted is None:
        raise ValueError(f"READINESS_INPUT_CHANGED names nothing known: {sorted(event.payload)}")
    concerned = (wanted, runs.c.status.in_(JUDGED_IN))
    # Before the rows that refer to them: whoever judges a run has it alone, and then writes the very row that would wait for it here.
    tx.all(select(runs.c.id).where(*concerned).order_by(runs.c.id).with_for_update(read=True, key_share=True))
    found = select(runs.c.id, literal(tx.now + GATHER_MS, BigInteger)).where(*concerned).order_by(runs.c.id)
    insert = _INSERT[tx.engine](due).from_select(["run_id", "input_at"], found)
    first = func.coalesce(due.c.input_at, insert.excluded.input_at)
    tx.run(insert.on_conflict_do_update(index_elements=["run_id"], set_={"input_at": first}))


_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_COLUMNS = {
    "runId": runs.c.id, "lineId": runs.c.line_id, "versionId": runs.c.version_id, "orderId": runs.c.work_order_id,
}  # fmt: skip


def _which(payload: Mapping[str, Any]) -> ColumnElement[bool] | None:
    named = [column == payload[name] for name, column in _COLUMNS.items() if payload.get(name) is not None]
    if payload.get("productCode") is not None:
        of_product = select(work_orders.c.id).where(work_orders.c.product_code == payload["productCode"])
        named.append(runs.c.work_order_id.in_(of_product))
    if payload.get("materialCode") is not None:
        parents = select(bom_items.c.parent_code).where(bom_items.c.child_code == payload["materialCode"])
        named.append(runs.c.work_order_id.in_(select(work_orders.c.id).where(work_orders.c.product_code.in_(parents))))
    return or_(*named) if named else None


def expires_at(tx: Tx, run_id: int, at: int | None) -> None:
    """Note when the evidence of a run's newest check runs out (ms); None: it does not. The run's row is locked."""
    insert = _INSERT[tx.engine](due).values(run_id=run_id, expires_at=at)
    tx.run(insert.on_conflict_do_update(index_elements=["run_id"], set_={"expires_at": insert.excluded.expires_at}))


def is_due(tx: Tx) -> ColumnElement[bool]:
    """Give the condition of a run whose time has come."""
    return or_(due.c.input_at <= tx.now, due.c.expires_at <= tx.now)


def next_due(tx: Tx) -> int | None:
    """Give the key of a run whose time has come; None when there is none."""
    key: int | None = tx.scalar(select(due.c.run_id).where(is_due(tx)).order_by(due.c.run_id).limit(1))
    return key


def taken(tx: Tx, run_id: int) -> str:
    """Take a run, locked by the caller, off the list before it is judged; give why it stood there, as a check's trigger.

    What comes in from now on puts it on the list again, so no change is lost between.
    """
    changed = tx.run(update(due).where(due.c.run_id == run_id, due.c.input_at <= tx.now).values(input_at=None))
    tx.run(update(due).where(due.c.run_id == run_id, due.c.expires_at <= tx.now).values(expires_at=None))
    return "INPUT_CHANGED" if changed else "SCHEDULE"


def later(tx: Tx, run_id: int) -> None:
    """Put off a run whose judging failed by a fault of ours, by a minute."""
    tx.run(update(due).where(due.c.run_id == run_id).values(input_at=tx.now + 60_000, expires_at=None))


def forget(tx: Tx, run_id: int) -> None:
    """Take a run off the list for good: it has ended, or its line has no gates."""
    tx.run(delete(due).where(due.c.run_id == run_id))


def set_back(tx: Tx, lost: int) -> None:
    """The clock was set back by `lost` ms: evidence and waivers that count now end so much earlier, and every run is judged anew."""
    judged = select(runs.c.id).where(runs.c.status.in_(JUDGED_IN))
    tx.all(judged.order_by(runs.c.id).with_for_update(read=True, key_share=True))  # run first, as whoever judges
    tx.run(
        update(checks).where(checks.c.run_id.in_(judged), checks.c.next_expiry_at.is_not(None))
        .values(next_expiry_at=checks.c.next_expiry_at - lost)
    )  # fmt: skip
    tx.run(
        update(waivers).where(waivers.c.run_id.in_(judged), waivers.c.revoked_at.is_(None), waivers.c.valid_until > tx.now)
        .values(valid_until=waivers.c.valid_until - lost)
    )  # fmt: skip
    found = select(runs.c.id, literal(tx.now, BigInteger)).where(runs.c.status.in_(JUDGED_IN)).order_by(runs.c.id)
    insert = _INSERT[tx.engine](due).from_select(["run_id", "input_at"], found)
    tx.run(insert.on_conflict_do_update(index_elements=["run_id"], set_={"input_at": insert.excluded.input_at}))
