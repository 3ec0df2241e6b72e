"""Tools and paste as gates, guards and forms read them: counts, whether one may be used, what is bound to a line (spec 10.3, 11.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select

from fiducial.kit import clock
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.state_now import State, state_of
from fiducial.tooling import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.tooling.tables import (
    bindings,
    maintenance,
    paste_lots,
    paste_states,
    recorded_tools,
    stencil_states,
    tool_runs,
    tools,
)

STENCIL, SQUEEGEE, FIXTURE, SOLDER_PASTE, EQUIPMENT = "STENCIL", "SQUEEGEE", "FIXTURE", "SOLDER_PASTE", "EQUIPMENT"
KINDS = (STENCIL, SQUEEGEE, FIXTURE)
ACTIVE, BLOCKED, RETIRED = "ACTIVE", "BLOCKED", "RETIRED"
READY, COMPLIANT, EXPIRED = "READY", "COMPLIANT", "EXPIRED"
DEFAULT_MIN_TENSION = 30.0  # N/cm
WARNING_PERCENT = 80
DUE_SOON_MS = 7 * 86_400_000

ToolRow = Any
"""A row of the table `tool`, all columns."""


# The register


def find_tool(tx: Tx, code: str) -> ToolRow | None:
    """Give the tool of a code; None when there is none."""
    return tx.first(select(tools).where(tools.c.code == code))


def the_tool(tx: Tx, code: str, kind: str | None = None) -> ToolRow:
    """Give the tool of a code. Refuses TOOL_NOT_FOUND, and TOOL_KIND_MISMATCH when it is not of the kind that is needed."""
    return must_be(find_tool(tx, code), code, kind)


def tool_to_change(tx: Tx, code: str, kind: str | None = None) -> ToolRow:
    """Give the tool of a code, locked: what is judged of it stays so. Refuses as `the_tool`."""
    return must_be(tx.first(select(tools).where(tools.c.code == code).with_for_update(key_share=True)), code, kind)


def must_be(tool: ToolRow | None, code: str, kind: str | None) -> ToolRow:
    """Give the tool; refuses TOOL_NOT_FOUND when there is none, TOOL_KIND_MISMATCH when it is of another kind."""
    if tool is None:
        raise Refused("TOOL_NOT_FOUND", toolCode=code)
    if kind is not None and tool.kind != kind:
        raise Refused("TOOL_KIND_MISMATCH", toolCode=code, kind=tool.kind, needed=kind)
    return tool


def total_count(tool: ToolRow) -> int:
    """Give prints or uses of this life: the opening balance and what was counted since (spec 03.11)."""
    return int(tool.count_base + tool.used)


def life_percent(tool: ToolRow) -> float:
    """Give how much of the life is used up, in percent with one decimal; above 100 when the limit is passed."""
    return round(total_count(tool) * 100 / int(tool.life_limit), 1)


def life_would_last(tool: ToolRow, more: int) -> bool:
    """Tell whether so many more prints or uses fit into the life (spec 03.6, `lifeMustCoverRun`)."""
    return total_count(tool) + more <= int(tool.life_limit)


def fits_product(tool: ToolRow, product_code: str) -> bool:
    """Tell whether the tool is for the product; a tool that names none is for any (U3)."""
    return not tool.product_codes or product_code in tool.product_codes


def calibration_state(tool: ToolRow, now: int) -> str:
    """Give NONE, VALID, DUE_SOON (within 7 days) or OVERDUE (past due, or required and never done)."""
    if tool.calibration_due_at is None:
        return "OVERDUE" if tool.calibration_required and tool.calibrated_at is None else "NONE"
    if tool.calibration_due_at <= now:
        return "OVERDUE"
    return "DUE_SOON" if tool.calibration_due_at - now <= DUE_SOON_MS else "VALID"


# May it be used?


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a tool may not be used: `reason` BLOCKED RETIRED MAINTENANCE LIFE CALIBRATION, with what a person needs to mend it."""

    reason: str
    details: Mapping[str, Any]


def out_of_use(tx: Tx, entity_type: str, entity_id: str) -> Any:
    """Give `id` and `record_no` of the maintenance record that takes a tool or machine out of use, None when none does (spec 04.11).

    A record that blocks use does so while in progress or completed and not verified, for tools also while pending.
    """
    return _OUT_OF_USE["machine" if entity_type == EQUIPMENT else "tool"].first(tx, kind=entity_type, thing=entity_id)


def _out_of_use(*states: str) -> Hot:
    wanted = select(maintenance.c.id, maintenance.c.record_no).where(
        maintenance.c.entity_type == bindparam("kind"), maintenance.c.entity_id == bindparam("thing"),
        maintenance.c.status.in_(states), maintenance.c.blocks_use.is_(True),
    )  # fmt: skip
    return Hot(wanted.order_by(maintenance.c.id).limit(1))


_OUT_OF_USE = {
    "machine": _out_of_use("IN_PROGRESS", "COMPLETED"),
    "tool": _out_of_use("PENDING", "IN_PROGRESS", "COMPLETED"),
}


def why_out(tx: Tx, tool: ToolRow) -> Unusable | None:
    """Give why a tool is blocked, retired or in maintenance (U1, U2); None when it is not."""
    if tool.status != ACTIVE:
        return Unusable(tool.status, {"status": tool.status, "statusReason": tool.status_reason})
    record = out_of_use(tx, tool.kind, tool.code)
    if record is not None:
        return Unusable("MAINTENANCE", {"recordNo": record.record_no})
    return None


def why_unusable(tx: Tx, tool: ToolRow) -> Unusable | None:
    """Give why a tool may not be used now (U1, U2, U4 of spec 11.4), None when it may."""
    if (out := why_out(tx, tool)) is not None:
        return out
    if total_count(tool) >= tool.life_limit:
        return Unusable("LIFE", {"count": total_count(tool), "limit": tool.life_limit})
    if calibration_state(tool, tx.now) == "OVERDUE":
        return Unusable("CALIBRATION", {"dueAt": clock.to_wire(tool.calibration_due_at)})
    return None


def must_be_usable(tx: Tx, tool: ToolRow, product_code: str | None = None) -> None:
    """Refuse TOOL_NOT_USABLE (`details.reason`) or TOOL_PRODUCT_MISMATCH unless the tool may be used now, in the order U1 to U4."""
    why = why_out(tx, tool)
    if why is None and product_code is not None and not fits_product(tool, product_code):
        raise Refused(
            "TOOL_PRODUCT_MISMATCH", toolCode=tool.code, productCode=product_code, productCodes=list(tool.product_codes)
        )
    why = why or why_unusable(tx, tool)
    if why is not None:
        raise Refused("TOOL_NOT_USABLE", toolCode=tool.code, reason=why.reason, **why.details)


# What is bound to a line, and what is said of it


def bound_stencil(tx: Tx, line_id: int) -> Row[Any] | None:
    """Give the stencil bound to a line: its tool row with `bound_at`, `bound_by`, `bound_by_name`; None when none is."""
    wanted = (
        select(tools, bindings.c.bound_at, bindings.c.bound_by, bindings.c.bound_by_name)
        .join(bindings, bindings.c.tool_id == tools.c.id)
        .where(bindings.c.line_id == line_id, bindings.c.kind == STENCIL, bindings.c.unbound_at.is_(None))
    )
    return tx.first(wanted.with_for_update(read=True) if tx.chain is not None else wanted)


def bound_paste(tx: Tx, line_id: int) -> Row[Any] | None:
    """Give the paste lot bound to a line: its row with `bound_at`, `bound_by`, `bound_by_name`; None when none is."""
    wanted = (
        select(paste_lots, bindings.c.bound_at, bindings.c.bound_by, bindings.c.bound_by_name)
        .join(bindings, bindings.c.paste_lot_id == paste_lots.c.id)
        .where(bindings.c.line_id == line_id, bindings.c.kind == SOLDER_PASTE, bindings.c.unbound_at.is_(None))
    )
    return tx.first(wanted.with_for_update(read=True) if tx.chain is not None else wanted)


def stencil_state(tx: Tx, tool: ToolRow) -> State:
    """Give the state of a stencil: READY NOT_READY MAINTENANCE, with `tension_value`, `version`, `last_cleaned_at` on its record."""
    return state_of(tx, stencil_states, tool.id, positive=(READY,))


def last_tension(tx: Tx, tool: ToolRow) -> float | None:
    """Give the last tension that anybody told of a stencil (N/cm), None when nobody has."""
    of_it = select(stencil_states.c.tension_value).where(
        stencil_states.c.subject_id == tool.id, stencil_states.c.tension_value.is_not(None),
        stencil_states.c.standing == "EFFECTIVE",
    )  # fmt: skip
    value: float | None = tx.scalar(of_it.order_by(stencil_states.c.effective_at.desc()).limit(1))
    return value


def min_tension(tool: ToolRow) -> float:
    """Give the tension (N/cm) at or below which the stencil is too slack."""
    return DEFAULT_MIN_TENSION if tool.min_tension is None else float(tool.min_tension)


def find_paste(tx: Tx, code: str) -> Row[Any] | None:
    """Give the paste lot of the code on a jar; None when nobody has told of it."""
    return tx.first(select(paste_lots).where(paste_lots.c.code == code))


def paste_state(tx: Tx, lot: Any) -> State:
    """Give the state of a paste lot: COMPLIANT NON_COMPLIANT EXPIRED."""
    return state_of(tx, paste_states, lot.id, positive=(COMPLIANT,))


def paste_expires_at(tx: Tx, lot: Any) -> int | None:
    """Give the earliest known expiry of a paste lot: of its label as recorded, and of the newest state that told one."""
    told = select(paste_states.c.expires_at).where(
        paste_states.c.subject_id == lot.id, paste_states.c.expires_at.is_not(None), paste_states.c.standing == "EFFECTIVE"
    )  # fmt: skip
    newest = tx.scalar(told.order_by(paste_states.c.effective_at.desc(), paste_states.c.received_at.desc()).limit(1))
    return min((instant for instant in (lot.expires_at, newest) if instant is not None), default=None)


def tools_on_line(tx: Tx, line_id: int, run_id: int | None) -> dict[str, int]:
    """Give the key of the stencil and the squeegee that print for a run on a line now: bound, else recorded for the run, else for the line."""
    recorded = select(recorded_tools.c.kind, recorded_tools.c.tool_id, recorded_tools.c.run_key).where(
        recorded_tools.c.line_id == line_id, recorded_tools.c.run_key.in_((0, run_id or 0))
    )
    found = {
        row.kind: row.tool_id for row in tx.all(recorded.order_by(recorded_tools.c.run_key)) if row.kind != FIXTURE
    }
    bound = select(bindings.c.tool_id).where(
        bindings.c.line_id == line_id, bindings.c.kind == STENCIL, bindings.c.unbound_at.is_(None)
    )
    stencil = tx.scalar(bound)
    return found | ({STENCIL: stencil} if stencil is not None else {})


def last_use_by_others(tx: Tx, tool: ToolRow, run_id: int) -> int | None:
    """Give the instant of the last counted print or use of the tool for another run, None when there was none (PREP_STENCIL_CLEAN)."""
    others = and_(tool_runs.c.tool_id == tool.id, tool_runs.c.run_id != run_id)
    instant: int | None = tx.scalar(select(func.max(tool_runs.c.last_at)).where(others))
    return instant


def lines_of_tool(tx: Tx, tool_id: int) -> list[int]:
    """Give the lines a tool concerns: where it is bound, and where a check recorded it."""
    bound = select(bindings.c.line_id).where(bindings.c.tool_id == tool_id, bindings.c.unbound_at.is_(None))
    recorded = select(recorded_tools.c.line_id).where(recorded_tools.c.tool_id == tool_id)
    return sorted({row.line_id for row in tx.all(bound.union(recorded))})


def line_of_binding(tx: Tx, *, tool_id: int | None = None, paste_lot_id: int | None = None) -> int | None:
    """Give the line to which a tool or a paste lot is bound now, None when to none."""
    which = bindings.c.tool_id == tool_id if tool_id is not None else bindings.c.paste_lot_id == paste_lot_id
    line_id: int | None = tx.scalar(select(bindings.c.line_id).where(which, bindings.c.unbound_at.is_(None)))
    return line_id
