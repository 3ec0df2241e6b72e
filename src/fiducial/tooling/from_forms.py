"""What paper forms do to tools and paste (spec 10.4): count, block after a failed check, note a cleaning, move a jar.

A form calls these inside the transaction in which its record is made; each tells the gates it concerns.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, update

from fiducial.kit.tx import Tx
from fiducial.tooling.counting import count_recorded, counts_itself, give_back, recorded_on
from fiducial.tooling.lives import new_life
from fiducial.tooling.reading import SOLDER_PASTE, ToolRow, find_paste, line_of_binding
from fiducial.tooling.repairs import open_record
from fiducial.tooling.states import TOOL
from fiducial.tooling.tables import paste_lots, stencil_states, tools
from fiducial.tooling.telling import GATES, tell_lines, tell_of_tool

__all__ = [
    "block_for_failed_check", "cleaned", "cleaning_voided", "count_recorded", "counts_itself", "give_back", "jar_issued", "jar_taken_off",
    "know_jar", "recorded_on", "replaced",
]  # fmt: skip

CHECK_FAILED = "CHECK_FAILED"


def block_for_failed_check(tx: Tx, tool: ToolRow, *, description: str, line_id: int | None = None) -> str:
    """Stop a tool at once after a failed check (停止使用), open a repair for it and tell the engineer; give the repair's number.

    A tool that is blocked already stays so; a repair that is open already is the one that is given. Spec 10.3.
    """
    TOOL.move(
        tx, "block", tools.c.id == tool.id, key=tool.id, display=tool.code, reason=CHECK_FAILED, status_reason=CHECK_FAILED,
        updated_at=tx.now,
    )  # fmt: skip
    record_no = open_record(
        tx, entity_type=tool.kind, entity_id=tool.code, entity_name=tool.name, line_id=line_id, maintenance_type="REPAIR",
        description=description, opened_from="FORM_NG",
    )  # fmt: skip
    tx.emit("TOOL_CHECK_FAILED", tool.id, toolCode=tool.code, recordNo=record_no)
    tell_of_tool(tx, tool)
    return record_no


def cleaned(tx: Tx, tool: ToolRow, at: int) -> None:
    """Note when a stencil was cleaned; an older cleaning than the one known changes nothing."""
    older = tools.c.last_cleaned_at.is_(None) | (tools.c.last_cleaned_at < at)
    tx.run(update(tools).where(tools.c.id == tool.id, older).values(last_cleaned_at=at, updated_at=tx.now))
    tell_of_tool(tx, tool)


def cleaning_voided(tx: Tx, tool: ToolRow, at: int, before: int | None) -> None:
    """A cleaning of `at` never was: the stencil was last cleaned `before`, None when nobody knows of another.

    What its own system told later than that stands.
    """
    told = select(func.max(stencil_states.c.last_cleaned_at)).where(stencil_states.c.subject_id == tool.id)
    since = or_(stencil_states.c.last_cleaned_at < at, stencil_states.c.last_cleaned_at > at)
    last = max(filter(None, (before, tx.scalar(told.where(since)))), default=None)
    tx.run(
        update(tools)
        .where(tools.c.id == tool.id, tools.c.last_cleaned_at == at)
        .values(last_cleaned_at=last, updated_at=tx.now)
    )
    tell_of_tool(tx, tool)


def replaced(tx: Tx, tool: ToolRow, reason: str) -> None:
    """Begin a new life of a tool at 0, because a record says it was replaced; the old one stays readable."""
    new_life(tx, tool, reason)


# Solder paste


def know_jar(tx: Tx, lot_id: str, *, expires_at: int | None = None, material_code: str | None = None) -> Any:
    """Give the paste lot of a jar, made if nobody has told of it; what is given of its label replaces what was known."""
    tx.insert_once(paste_lots, id=tx.new_id(), code=lot_id, created_at=tx.now)
    told = {"expires_at": expires_at, "material_code": material_code}
    if known := {name: value for name, value in told.items() if value is not None}:
        tx.run(update(paste_lots).where(paste_lots.c.code == lot_id).values(known))
    lot = find_paste(tx, lot_id)
    assert lot is not None, "it was made a moment ago"
    _tell(tx, lot)
    return lot


def jar_issued(tx: Tx, lot: Any, *, line_id: int, run_id: int | None, at: int) -> None:
    """Announce that a jar was issued to a line: starts its exposure clock (SOLDER_PASTE_USAGE_CREATE, spec 10.4.2)."""
    tx.emit(
        "SOLDER_PASTE_USAGE_CREATE", lot.id, lotId=lot.code, lineId=line_id, runId=run_id, at=at, byId=tx.actor.id,
        byName=tx.actor.name,
    )  # fmt: skip
    tell_lines(tx, [line_id], GATES[SOLDER_PASTE])


def jar_taken_off(tx: Tx, lot: Any, *, at: int, scrapped: bool = False) -> None:
    """Announce that a jar went back, was scrapped or unbound: ends its exposure clock (SOLDER_PASTE_USAGE_UNBIND)."""
    tx.emit("SOLDER_PASTE_USAGE_UNBIND", lot.id, lotId=lot.code, at=at, scrapped=scrapped)
    _tell(tx, lot)


def _tell(tx: Tx, lot: Any) -> None:
    line_id = line_of_binding(tx, paste_lot_id=lot.id)
    if line_id is not None:
        tell_lines(tx, [line_id], GATES[SOLDER_PASTE])
