"""What people have said on a run's pre-changeover list, as gates read it (spec 03.10): needed, requirements, the confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.tables import checklist_confirmations, checklist_rows


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of one row. `needed` None: nobody has said whether it is needed."""

    needed: bool | None
    result: str | None
    value: str | None
    remark: str | None
    by: int
    by_name: str
    at: int

    @property
    def number(self) -> float | None:
        """Give its value as a requirement in the row's unit; None without one."""
        return None if self.value is None else float(self.value)

    def evidence(self) -> dict[str, Any]:
        """Give who said it, as evidence of a thing that is not needed."""
        return {
            "source": "SYSTEM", "by": ids.to_wire(self.by), "byName": self.by_name, "at": clock.to_wire(self.at), "remark": self.remark,
        }  # fmt: skip


def said_of(tx: Tx, run_id: int) -> Mapping[str, Said]:
    """Give what was said, by row. In a write held, so that nobody changes it before what is judged is written."""
    mine = select(checklist_rows).where(checklist_rows.c.run_id == run_id)
    rows = tx.all(mine.with_for_update(read=True) if tx.chain is not None else mine)
    return {
        row.item_key: Said(row.needed, row.result, row.value, row.remark, row.set_by, row.set_by_name, row.set_at) for row in rows
    }  # fmt: skip


def standing_confirmation(tx: Tx, run_id: int) -> Any:
    """Give the confirmation that stands; None when there is none, or something changed after it."""
    mine = select(checklist_confirmations).where(
        checklist_confirmations.c.run_id == run_id, checklist_confirmations.c.ended_at.is_(None)
    )
    return tx.first(mine.with_for_update(read=True) if tx.chain is not None else mine)
