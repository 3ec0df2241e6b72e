"""Which stencil and which paste print on a line (产线绑定, spec 08.3.5): one of each at a time, and each on one line at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import LineRow, line_of_id, the_line
from fiducial.plant.tables import lines
from fiducial.tooling.from_forms import jar_taken_off
from fiducial.tooling.reading import SOLDER_PASTE, STENCIL, find_paste, must_be_usable, paste_expires_at, tool_to_change
from fiducial.tooling.shapes import BindPaste, BindStencil
from fiducial.tooling.tables import bindings, paste_lots, tools
from fiducial.tooling.telling import GATES, tell_lines

MAY_BIND = ("loading:config", "readiness:manual")


class Binding(TypedDict, total=False):
    """What is or was bound to a line; `stencilId` or `lotId` by kind."""

    id: str
    lineId: str
    lineCode: str
    kind: str
    stencilId: str
    lotId: str
    isCurrent: bool
    boundAt: str | None
    boundBy: str | None
    boundByName: str | None
    unboundAt: str | None
    unboundByName: str | None


class Bindings(TypedDict):
    """What is bound to a line now, and the last twenty of what was."""

    lineId: str
    lineCode: str
    stencil: Binding | None
    solderPaste: Binding | None
    history: list[Binding]


def _statement() -> Any:
    named = (tools.c.code.label("tool_code"), paste_lots.c.code.label("lot_code"), lines.c.code.label("line_code"))
    joined = bindings.join(lines, lines.c.id == bindings.c.line_id)
    joined = joined.outerjoin(tools, tools.c.id == bindings.c.tool_id)
    return select(bindings, *named).select_from(
        joined.outerjoin(paste_lots, paste_lots.c.id == bindings.c.paste_lot_id)
    )


def _shown(row: Any) -> Binding:
    shown = Binding(
        id=ids.to_wire(row.id), lineId=ids.to_wire(row.line_id), lineCode=row.line_code, kind=row.kind,
        isCurrent=row.unbound_at is None, boundAt=clock.to_wire(row.bound_at), boundBy=ids.wire_or_none(row.bound_by),
        boundByName=row.bound_by_name, unboundAt=clock.to_wire(row.unbound_at), unboundByName=row.unbound_by_name,
    )  # fmt: skip
    if row.kind == STENCIL:
        shown["stencilId"] = row.tool_code
    else:
        shown["lotId"] = row.lot_code
    return shown


def _line_alone(tx: Tx, line_id: str) -> LineRow:
    """Give the line, which one at a time binds to. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_id)
    must_reach_line(tx, line.id, *MAY_BIND)
    tx.first(select(lines.c.id).where(lines.c.id == line.id).with_for_update(key_share=True))
    return line


@action(*MAY_BIND, audit="LINE_STENCIL_BIND", entity="LINE", key="line_id")
def bind_stencil(tx: Tx, line_id: str, body: BindStencil) -> Binding:
    """Bind a stencil to a line; the one that was there is unbound in the same transaction.

    Refuses LINE_NOT_FOUND, FORBIDDEN, STENCIL_NOT_FOUND, TOOL_KIND_MISMATCH, ALREADY_BOUND, STENCIL_BOUND_ELSEWHERE,
    TOOL_NOT_USABLE.
    """
    line = _line_alone(tx, line_id)
    if tx.first(select(tools.c.id).where(tools.c.code == body.stencil_id)) is None:
        raise Refused("STENCIL_NOT_FOUND", stencilId=body.stencil_id)
    stencil = tool_to_change(tx, body.stencil_id, STENCIL)
    _must_be_free(tx, line, bindings.c.tool_id == stencil.id, "STENCIL_BOUND_ELSEWHERE", stencilId=stencil.code)
    must_be_usable(tx, stencil)
    _end(tx, line, STENCIL)
    return _bind(tx, line, STENCIL, "STENCIL_BOUND_ELSEWHERE", tool_id=stencil.id, what={"stencilId": stencil.code})


@action(*MAY_BIND, audit="LINE_SOLDER_PASTE_BIND", entity="LINE", key="line_id")
def bind_paste(tx: Tx, line_id: str, body: BindPaste) -> Binding:
    """Bind a paste lot to a line; the one that was there is unbound, which ends its exposure clock.

    Refuses LINE_NOT_FOUND, FORBIDDEN, SOLDER_PASTE_NOT_FOUND, ALREADY_BOUND, SOLDER_PASTE_BOUND_ELSEWHERE, SOLDER_PASTE_EXPIRED.
    """
    line = _line_alone(tx, line_id)
    lot = find_paste(tx, body.lot_id)
    if lot is None:
        raise Refused("SOLDER_PASTE_NOT_FOUND", lotId=body.lot_id)
    _must_be_free(tx, line, bindings.c.paste_lot_id == lot.id, "SOLDER_PASTE_BOUND_ELSEWHERE", lotId=lot.code)
    expires_at = paste_expires_at(tx, lot)
    if expires_at is not None and expires_at <= tx.now:
        raise Refused("SOLDER_PASTE_EXPIRED", lotId=lot.code, expiresAt=clock.to_wire(expires_at))
    _end(tx, line, SOLDER_PASTE)
    return _bind(tx, line, SOLDER_PASTE, "SOLDER_PASTE_BOUND_ELSEWHERE", paste_lot_id=lot.id, what={"lotId": lot.code})


def _must_be_free(tx: Tx, line: LineRow, which: Any, elsewhere: str, **subject: str) -> None:
    there = tx.scalar(select(bindings.c.line_id).where(which, bindings.c.unbound_at.is_(None)))
    if there == line.id:
        raise Refused("ALREADY_BOUND", subject=next(iter(subject.values())), lineCode=line.code, **subject)
    if there is not None:
        other = line_of_id(tx, there)
        raise Refused(elsewhere, lineCode=other.code if other else None, **subject)


def _bind(tx: Tx, line: LineRow, kind: str, elsewhere: str, *, what: dict[str, str], **subject: int) -> Binding:
    key = tx.new_id()
    made = tx.insert_once(
        bindings,
        id=key,
        line_id=line.id,
        kind=kind,
        bound_by=tx.actor.id,
        bound_by_name=tx.actor.name,
        bound_at=tx.now,
        **subject,
    )
    if not made:  # bound to another line a moment ago
        column = bindings.c[next(iter(subject))]
        _must_be_free(tx, line, column == next(iter(subject.values())), elsewhere, **what)
        raise Refused("CONFLICT_RETRY")
    tx.record(line.code, key=line.id, line=line.code, subject=next(iter(what.values())))
    tell_lines(tx, [line.id], GATES[kind])
    tx.emit("BINDING_CHANGED_ON_LINE", line.id, kind=kind)  # first pieces may be due anew (spec 06.8)
    return _shown(tx.one(_statement().where(bindings.c.id == key)))


def _end(tx: Tx, line: LineRow, kind: str) -> Row[Any] | None:
    """End the current binding of a kind; give it as it was, None when there was none. Ending paste ends its exposure clock."""
    current = (bindings.c.line_id == line.id, bindings.c.kind == kind, bindings.c.unbound_at.is_(None))
    there: Row[Any] | None = tx.first(_statement().where(*current))
    if there is None:
        return None
    tx.run(
        update(bindings)
        .where(*current)
        .values(unbound_at=tx.now, unbound_by=tx.actor.id, unbound_by_name=tx.actor.name)
    )
    if kind == SOLDER_PASTE:
        lot = find_paste(tx, there.lot_code)
        assert lot is not None, "it is bound"
        jar_taken_off(tx, lot, at=tx.now)
    tell_lines(tx, [line.id], GATES[kind])
    return there


@action(*MAY_BIND, audit="LINE_STENCIL_UNBIND", entity="LINE", key="line_id")
def unbind_stencil(tx: Tx, line_id: str) -> Binding:
    """Unbind the stencil of a line. Refuses LINE_NOT_FOUND, FORBIDDEN, NO_CURRENT_STENCIL."""
    return _unbind(tx, line_id, STENCIL, "NO_CURRENT_STENCIL")


@action(*MAY_BIND, audit="LINE_SOLDER_PASTE_UNBIND", entity="LINE", key="line_id")
def unbind_paste(tx: Tx, line_id: str) -> Binding:
    """Unbind the paste of a line; ends its exposure clock. Refuses LINE_NOT_FOUND, FORBIDDEN, NO_CURRENT_SOLDER_PASTE."""
    return _unbind(tx, line_id, SOLDER_PASTE, "NO_CURRENT_SOLDER_PASTE")


def _unbind(tx: Tx, line_id: str, kind: str, nothing: str) -> Binding:
    line = _line_alone(tx, line_id)
    there = _end(tx, line, kind)
    if there is None:
        raise Refused(nothing, lineCode=line.code)
    tx.record(line.code, key=line.id, line=line.code, subject=there.tool_code or there.lot_code)
    return _shown(tx.one(_statement().where(bindings.c.id == there.id)))


@query("readiness:view")
def bindings_of_line(tx: Tx, line_id: str) -> Bindings:
    """Give what is bound to a line, and what was. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_id)
    must_reach_line(tx, line.id, "readiness:view")
    of_line = _statement().where(bindings.c.line_id == line.id)
    current = {row.kind: _shown(row) for row in tx.all(of_line.where(bindings.c.unbound_at.is_(None)))}
    past = of_line.where(bindings.c.unbound_at.is_not(None)).order_by(bindings.c.unbound_at.desc()).limit(20)
    return Bindings(
        lineId=ids.to_wire(line.id), lineCode=line.code, stencil=current.get(STENCIL), solderPaste=current.get(SOLDER_PASTE),
        history=[_shown(row) for row in tx.all(past)],
    )  # fmt: skip
