"""The states of stencils and solder paste as they are reported, by a cabinet or by hand (spec 08.3.2, 08.3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, func, select

from fiducial.kit import clock
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant.changing import add_coded, bad
from fiducial.plant.receiving import Taken, must_be_allowed, repeated, take, take_over
from fiducial.plant.reported import MANUAL
from fiducial.tooling.from_forms import cleaned, know_jar
from fiducial.tooling.reading import (
    ACTIVE,
    COMPLIANT,
    READY,
    SOLDER_PASTE,
    STENCIL,
    find_paste,
    find_tool,
    line_of_binding,
    min_tension,
    must_be,
    the_tool,
)
from fiducial.tooling.register import LIFE
from fiducial.tooling.shapes import PasteStatus, StencilStatus
from fiducial.tooling.states import OPEN
from fiducial.tooling.tables import maintenance, paste_lots, paste_states, stencil_states, tools
from fiducial.tooling.telling import GATES, tell_lines, tell_of_tool
from fiducial.tooling.warnings import warned


def _reach(tx: Tx, line_id: int | None) -> None:
    if line_id is not None:
        reach.must_reach_line(tx, line_id, "readiness:manual", "integration:push")


def report_stencil(tx: Tx, push: StencilStatus) -> dict[str, Any]:
    """Take the state of a stencil; one that nobody knew is put into the register, with a warning.

    Give the common answer with `stencilId`, `status`. Refuses FORBIDDEN for one bound to a line out of reach, as `take`,
    TOOL_KIND_MISMATCH, and ENTITY_IN_MAINTENANCE for READY by hand while a maintenance record is open.
    """
    stencil = find_tool(tx, push.stencil_id)
    line_id = None if stencil is None else line_of_binding(tx, tool_id=stencil.id)
    _reach(tx, line_id)
    if (there := repeated(tx, stencil_states, push)) is not None:
        return _stencil_answer(push, there)
    must_be_allowed(tx, push)
    warnings: list[Any] = []
    if push.last_cleaned_at is not None and push.last_cleaned_at > push.event_time:
        raise bad("lastCleanedAt", zh="不能晚于 eventTime", en="must not be later than eventTime")
    if stencil is None:
        stencil = _put_there(tx, push.stencil_id)
        warnings.append(warned(tx, "TOOL_CREATED", toolCode=push.stencil_id))
    must_be(stencil, push.stencil_id, STENCIL)
    if push.status == READY and push.source == MANUAL:
        _must_not_be_in_repair(tx, push.stencil_id)
    if push.status == READY and push.tension_value is not None and push.tension_value <= min_tension(stencil):
        said = {"tensionValue": push.tension_value, "minTension": min_tension(stencil)}
        warnings.append(warned(tx, "TENSION_LOW", toolCode=push.stencil_id, **said))
    taken = take(
        tx, stencil_states, push, feed=STENCIL, subject_id=stencil.id, line_id=line_id, warnings=warnings, status=push.status,
        version=push.version, tension_value=push.tension_value, last_cleaned_at=instant_or_none(push.last_cleaned_at),
    )  # fmt: skip
    if taken.effective and not taken.is_duplicate:
        if push.last_cleaned_at is not None:
            cleaned(tx, stencil, clock.from_datetime(push.last_cleaned_at))
        else:
            tell_of_tool(tx, stencil)
    return _stencil_answer(push, taken)


def _put_there(tx: Tx, code: str) -> Any:
    add_coded(
        tx, tools, "TOOL_CODE_DUPLICATE", code=code, kind=STENCIL, name=code[:64], product_codes=[], min_tension=30.0,
        life_limit=LIFE[STENCIL], count_base=0, used=0, life_no=1, life_started_at=tx.now, status=ACTIVE,
    )  # fmt: skip
    tx.record(code, action="TOOL_CREATE", entity="TOOL", kind=STENCIL)
    return the_tool(tx, code)


def _must_not_be_in_repair(tx: Tx, stencil_id: str) -> None:
    open_one = select(maintenance.c.record_no).where(
        maintenance.c.entity_type == STENCIL, maintenance.c.entity_id == stencil_id, maintenance.c.status.in_(OPEN)
    )
    record_no = tx.scalar(open_one.limit(1))
    if record_no is not None:
        raise Refused("ENTITY_IN_MAINTENANCE", stencilId=stencil_id, recordNo=record_no)


def _stencil_answer(push: StencilStatus, taken: Taken) -> dict[str, Any]:
    return {**taken.common(), "stencilId": push.stencil_id, "status": taken.row.status}


def report_paste(tx: Tx, push: PasteStatus) -> dict[str, Any]:
    """Take the state of a paste lot. Give the common answer with `lotId`, `status`.

    Refuses FORBIDDEN for one bound to a line out of reach, VALIDATION_ERROR for stirred before thawed, and as `take`.
    """
    lot = find_paste(tx, push.lot_id)
    line_id = None if lot is None else line_of_binding(tx, paste_lot_id=lot.id)
    _reach(tx, line_id)
    if (there := repeated(tx, paste_states, push)) is not None:
        return _paste_answer(push, there)
    must_be_allowed(tx, push)
    if push.thawed_at is not None and push.stirred_at is not None and push.stirred_at < push.thawed_at:
        raise bad("stirredAt", zh="不能早于回温时间", en="must not be earlier than thawedAt")
    warnings: list[Any] = []
    expires_at = instant_or_none(push.expires_at)
    if push.status == COMPLIANT and expires_at is not None and expires_at <= tx.now:
        warnings.append(warned(tx, "PASTE_EXPIRED", lotId=push.lot_id, expiresAt=clock.to_wire(expires_at)))
    lot = lot or know_jar(tx, push.lot_id)
    taken = take(
        tx, paste_states, push, feed=SOLDER_PASTE, subject_id=lot.id, line_id=line_id, warnings=warnings, status=push.status,
        expires_at=expires_at, thawed_at=instant_or_none(push.thawed_at), stirred_at=instant_or_none(push.stirred_at),
    )  # fmt: skip
    if taken.effective and not taken.is_duplicate and line_id is not None:
        tell_lines(tx, [line_id], GATES[SOLDER_PASTE])
    return _paste_answer(push, taken)


def _paste_answer(push: PasteStatus, taken: Taken) -> dict[str, Any]:
    return {**taken.common(), "lotId": push.lot_id, "status": taken.row.status}


class SuppliesHeld:
    """What was held of stencils and paste while people spoke for their systems."""

    systems = (STENCIL, SOLDER_PASTE)

    def take_over(self, tx: Tx, system: str) -> dict[str, int]:
        """Let what was held count again; give how many records were held and taken over."""
        table, tell = _FED[system]
        held, taken = take_over(tx, table, feed=system)
        for subject_id in taken:
            tell(tx, subject_id)
        return {"held": held, "takenOver": len(taken)}

    def held_now(self, tx: Tx, system: str) -> int:
        """Give how many records wait."""
        table, _tell = _FED[system]
        return int(tx.scalar(select(func.count()).where(table.c.standing == "HELD")))


def _tell_stencil(tx: Tx, tool_id: int) -> None:
    tell_of_tool(tx, tx.one(select(tools).where(tools.c.id == tool_id)))


def _tell_paste(tx: Tx, lot_id: int) -> None:
    line_id = line_of_binding(tx, paste_lot_id=tx.scalar(select(paste_lots.c.id).where(paste_lots.c.id == lot_id)))
    if line_id is not None:
        tell_lines(tx, [line_id], GATES[SOLDER_PASTE])


_FED: dict[str, tuple[Table, Callable[[Tx, int], None]]] = {
    STENCIL: (stencil_states, _tell_stencil), SOLDER_PASTE: (paste_states, _tell_paste),
}  # fmt: skip
