"""Telling the judgements that read a form that one of its records came or went (spec 03.8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit.forms.declaration import Form
from fiducial.kit.tx import Tx
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP
from fiducial.orders.tables import runs, work_orders

MOST_RUNS = 50


def tell_readers(tx: Tx, form: Form, row: Any) -> None:
    """Announce READINESS_INPUT_CHANGED for the run of a record, else its line, else the open runs of the product it names."""
    if not form.read_by:
        return
    gates = list(form.read_by)
    if row.run_id is not None:
        tx.emit("READINESS_INPUT_CHANGED", row.run_id, runId=row.run_id, gates=gates)
    elif row.line_id is not None:
        tx.emit("READINESS_INPUT_CHANGED", row.line_id, lineId=row.line_id, gates=gates)
    elif (product := getattr(row, "item_code", None)) is not None:
        for run_id in _open_runs(tx, product):
            tx.emit("READINESS_INPUT_CHANGED", run_id, runId=run_id, gates=gates)


def _open_runs(tx: Tx, product: str) -> list[int]:
    wanted = (
        select(runs.c.id).join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .where(work_orders.c.product_code == product, runs.c.status.in_((PREP, AUTHORIZED, IN_PROGRESS)))
        .order_by(runs.c.id.desc()).limit(MOST_RUNS)
    )  # fmt: skip
    return [row.id for row in tx.all(wanted)]
