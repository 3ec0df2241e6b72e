"""When a system speaks again, what a person entered in its place counts no more; both stay readable (spec 03.9 rule 2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from fiducial.kit import ids
from fiducial.kit.tx import Tx
from fiducial.readiness.evaluate import MANUAL, Judgement
from fiducial.readiness.tables import checks, items

AUTO = "AUTO"
_KEPT = ("recordId", "status", "actorId", "actorName", "operatorId", "reason", "evidenceAt")


def note_superseded(tx: Tx, run: Any, judgement: Judgement) -> None:
    """Note on each item that rests on a system now which entry by hand the run's newest check had used, and tell who made it.

    The earlier check keeps showing MANUAL. The note is carried on while the item rests on the system.
    """
    if not any(item.source == AUTO for item in judgement.items):
        return
    newest = select(func.max(checks.c.id)).where(checks.c.run_id == run.id).scalar_subquery()
    by_hand = select(items).where(
        items.c.check_id == newest, or_(items.c.source == MANUAL, items.c.superseded.is_(True))
    )
    before = {(row.item_type, row.item_key): row for row in tx.all(by_hand)}
    for item in judgement.items:
        row = before.get((item.gate, item.key))
        if row is None or item.source != AUTO:
            continue
        if row.superseded:
            item.evidence["superseded"] = row.evidence["superseded"]
        elif row.evidence.get("recordId") != item.evidence.get("recordId"):
            item.evidence["superseded"] = {name: row.evidence[name] for name in _KEPT if name in row.evidence}
            _tell(tx, run, judgement, item, row)


def _tell(tx: Tx, run: Any, judgement: Judgement, item: Any, row: Any) -> None:
    person = ids.from_wire(row.evidence.get("actorId") or "")
    tx.emit(
        "MANUAL_SUPERSEDED", run.id, runNo=run.run_no, lineId=judgement.line.id, lineCode=judgement.line.code,
        what=f"{item.gate} {item.key}", byHand=row.evidence.get("recordId"), bySystem=item.evidence.get("recordId"),
        persons=[person] if person else [],
    )  # fmt: skip
