"""The pre-changeover list of a run (转拉前检查): a view of the newest evaluation, and rows that people tick (spec 03.10, 10.4.13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.text import use_language
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, order_of_run, run_of_id, run_to_change, the_run
from fiducial.orders.states import PREP
from fiducial.people.proof import Proof
from fiducial.people.signing import sign
from fiducial.plant.lookup import LineRow, line_of_id
from fiducial.readiness.answers import Checklist, ChecklistRow
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checklist_rows import GROUPS, NOT_NEEDED_GATES, SYSTEM, Row, template
from fiducial.readiness.checklist_state import Said as RowSaid
from fiducial.readiness.checklist_state import said_of, standing_confirmation
from fiducial.readiness.checks import items_of, newest
from fiducial.readiness.config import LineConfig, config_of
from fiducial.readiness.evaluate import FAILED, WAIVED
from fiducial.readiness.shapes import ConfirmList, SetRow
from fiducial.readiness.tables import checklist_confirmations, checklist_rows

OK, NA, NG, PENDING = "OK", "NA", "NG", "PENDING"


@query("readiness:view")
def checklist_of_run(tx: Tx, run_no: str) -> Checklist:
    """Give the list of a run with what the newest evaluation and people say. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "readiness:view")
    return whole_list(tx, run)


def whole_list(tx: Tx, run: Any) -> Checklist:
    """Give the list of a run (a row of the table `run`)."""
    line, config = _line_of(tx, run)
    order, check, confirmed = order_of_run(tx, run), newest(tx, run.id), standing_confirmation(tx, run.id)
    return {
        "runNo": run.run_no, "customer": order.customer, "jobNo": order.job_no, "productCode": order.product_code, "planQty": run.plan_qty,
        "lineCode": line.code, "changeoverNo": run.changeover_no, "changeoverAt": clock.to_wire(order.plan_start_date),
        "checkedAt": clock.to_wire(check.checked_at) if check else None, "rows": rows_of(tx, run, line, config, check),
        "confirmedBy": ids.to_wire(confirmed.confirmed_by) if confirmed else None,
        "confirmedByName": confirmed.confirmed_by_name if confirmed else None,
        "confirmedAt": clock.to_wire(confirmed.confirmed_at) if confirmed else None,
        "confirmRemark": confirmed.remark if confirmed else None,
    }  # fmt: skip


def _line_of(tx: Tx, run: Any) -> tuple[LineRow, LineConfig]:
    line = line_of_id(tx, run.line_id)
    assert line is not None, "a run's line is never deleted"
    return line, config_of(tx, line.id, line.process_type)


def rows_of(tx: Tx, run: Any, line: LineRow, config: LineConfig, check: Any) -> list[ChecklistRow]:
    """Give the rows of a run's list."""
    said, reader = said_of(tx, run.id), Reader.of(tx)
    items = items_of(tx, check.id) if check else ()
    with use_language(reader.language):
        return [_row(row, said.get(row.key), items, config, reader) for row in template(line.process_type)]


def _row(row: Row, said: RowSaid | None, items: Sequence[Any], config: LineConfig, reader: Reader) -> ChecklistRow:
    by = row.by(config.enabled)
    result, evidence, remark = _answer_of_gate(row, items, reader) if by == SYSTEM else _answer_of_person(said)
    return {
        "group": row.group, "groupText": str(GROUPS[row.group]), "itemKey": row.key, "text": str(row.text),
        "needed": said.needed if said else None, "result": result, "by": by, "gate": row.gate if by == SYSTEM else None, "unit": row.unit,
        "value": said.value if said else None, "evidence": evidence, "remark": remark or (said.remark if said else None),
        "setBy": ids.to_wire(said.by) if said else None, "setByName": said.by_name if said else None,
        "setAt": clock.to_wire(said.at) if said else None,
    }  # fmt: skip


def _answer_of_person(said: RowSaid | None) -> tuple[str, dict[str, Any] | None, str | None]:
    if said is None:
        return PENDING, None, None
    return (NA if said.needed is False else said.result or PENDING), None, None


def _answer_of_gate(row: Row, items: Sequence[Any], reader: Reader) -> tuple[str, dict[str, Any] | None, str | None]:
    mine = [item for item in items if item.item_type == row.gate and (row.takes(item.item_key) or not item.applicable)]
    own = [item for item in mine if row.takes(item.item_key)] or mine
    if not own:
        return (NA if any(item.item_type == row.gate for item in items) else PENDING), None, None
    for item in own:
        if item.status == FAILED:
            return NG, item.evidence, fail_reason(item.cause_code, item.evidence, reader)
    for item in own:
        if item.status == WAIVED:
            told = item.evidence.get("waived") or {}
            who, why = item.waived_by_name or told.get("waivedByName"), item.waive_reason or told.get("waiveReason")
            words = f"waived by {who}: {why}" if reader.language == "en" else f"{who} 豁免：{why}"
            return OK, item.evidence, words
    applies = next((item for item in own if item.applicable), None)
    return (NA, own[0].evidence, None) if applies is None else (OK, applies.evidence, None)


@action("readiness:check", audit="CHECKLIST_ITEM_SET", entity="READINESS_CHECK", key="run_no")
def set_checklist_row(tx: Tx, run_no: str, item_key: str, body: SetRow) -> Checklist:
    """Say of one row whether it is needed, what it asks, and for a row that people answer how it is. Give the list.

    A confirmation that stood is gone. Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS, CHECK_ITEM_NOT_FOUND,
    NOT_NEEDED_NOT_ALLOWED. Spec 03.10.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "readiness:check")
    if run.status != PREP:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP])
    line, config = _line_of(tx, run)
    row = next((row for row in template(line.process_type) if row.key == item_key), None)
    if row is None:
        raise Refused("CHECK_ITEM_NOT_FOUND", runNo=run_no, itemKey=item_key)
    _must_fit(row, row.by(config.enabled), config, body)
    before = said_of(tx, run.id).get(item_key)
    values = {
        "needed": body.needed, "result": body.result, "value": body.value, "remark": body.remark, "set_by": tx.actor.id,
        "set_by_name": tx.actor.name, "set_at": tx.now,
    }  # fmt: skip
    if before is None:
        tx.run(insert(checklist_rows).values(id=tx.new_id(), run_id=run.id, item_key=item_key, **values))
    else:
        mine = (checklist_rows.c.run_id == run.id, checklist_rows.c.item_key == item_key)
        tx.run(update(checklist_rows).where(*mine).values(values))
    _end_confirmation(tx, run)
    former = {"needed": before.needed, "result": before.result, "value": before.value} if before else {}
    changes = [
        {"path": name, "before": former.get(name), "after": values[name]} for name in ("needed", "result", "value")
    ]
    tx.record(
        run_no, key=run.id, line=line.code, changes=[c for c in changes if c["before"] != c["after"]], itemKey=item_key
    )
    tx.emit(
        "READINESS_INPUT_CHANGED", run.id, runId=run.id, gates=[row.gate, "CHECKLIST"] if row.gate else ["CHECKLIST"]
    )
    return whole_list(tx, run)


def _must_fit(row: Row, by: str, config: LineConfig, body: SetRow) -> None:
    if by == SYSTEM and body.result is not None:
        raise bad_field("result", Said(zh="该行由系统判断", en="this row is answered by the system"))
    if by == SYSTEM and body.needed is False and not may_skip(row.gate, config):
        raise Refused("NOT_NEEDED_NOT_ALLOWED", itemKey=row.key, gate=row.gate)
    if row.unit and body.value is not None and not _is_number(body.value):
        raise bad_field(
            "value", Said(zh=f"必须是大于 0 的数字（{row.unit}）", en=f"must be a number above 0 ({row.unit})")
        )


def may_skip(gate: str | None, config: LineConfig) -> bool:
    """Tell whether a person may say that what this gate asks is not needed (spec 03.10)."""
    return gate is not None and gate in NOT_NEEDED_GATES and bool(config.settings(gate).get("notNeededAllowed"))


def _is_number(text: str) -> bool:
    try:
        return 0 < float(text) < 10_000
    except ValueError:
        return False


def _end_confirmation(tx: Tx, run: Any) -> None:
    standing = (checklist_confirmations.c.run_id == run.id, checklist_confirmations.c.ended_at.is_(None))
    tx.run(
        update(checklist_confirmations)
        .where(*standing)
        .values(ended_at=tx.now, ended_by=tx.actor.id, ended_by_name=tx.actor.name)
    )


@action("readiness:check", audit="CHECKLIST_CONFIRM", entity="READINESS_CHECK", key="run_no")
def confirm_checklist(tx: Tx, run_no: str, body: ConfirmList, proof: Proof) -> Checklist:
    """Confirm the whole list, signed. Give it. A row that is NG may be confirmed as such; one that nobody answered may not.

    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS, CHECKLIST_INCOMPLETE, and what a signature refuses. Spec 10.4.13.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "readiness:check")
    if run.status != PREP:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP])
    line, config = _line_of(tx, run)
    rows = rows_of(tx, run, line, config, newest(tx, run.id))
    open_rows = [row["itemKey"] for row in rows if row["result"] == PENDING]
    if open_rows:
        raise Refused("CHECKLIST_INCOMPLETE", runNo=run_no, rows=open_rows)
    _end_confirmation(tx, run)
    key = tx.new_id()
    content = [
        {name: row[name] for name in ("itemKey", "by", "needed", "result", "value", "setBy", "setAt")} for row in rows
    ]
    tx.run(insert(checklist_confirmations).values(
        id=key, run_id=run.id, content=content, remark=body.remark, confirmed_by=tx.actor.id, confirmed_by_name=tx.actor.name,
        confirmed_at=tx.now,
    ))  # fmt: skip
    signature = sign(
        tx,
        subject_type="READINESS_CHECKLIST",
        subject_id=key,
        meaning="CHECKLIST_CONFIRM",
        proof=proof,
        remark=body.remark,
    )
    tx.run(update(checklist_confirmations).where(checklist_confirmations.c.id == key).values(signature_id=signature))
    bad = [row["itemKey"] for row in rows if row["result"] == NG]
    tx.record(run_no, key=run.id, line=line.code, reason=body.remark, notGood=bad)
    tx.emit("READINESS_INPUT_CHANGED", run.id, runId=run.id, gates=["CHECKLIST"])
    return whole_list(tx, run)


class ChecklistSubject:
    """What a signature of a confirmation vouches for: every row as it stood then."""

    type = "READINESS_CHECKLIST"
    version = 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the rows as confirmed; a later change ends the confirmation and changes nothing of it."""
        row = tx.first(select(checklist_confirmations).where(checklist_confirmations.c.id == subject_id))
        return {"run": row.run_id, "rows": row.content, "by": row.confirmed_by, "at": row.confirmed_at} if row else None

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN, CHECK_ITEM_NOT_FOUND unless the actor may read the run's readiness."""
        row = tx.first(select(checklist_confirmations.c.run_id).where(checklist_confirmations.c.id == subject_id))
        run = run_of_id(tx, row.run_id) if row else None
        if run is None:
            raise Refused("CHECK_ITEM_NOT_FOUND")
        if not tx.actor.holds("readiness:view"):
            raise Refused("FORBIDDEN", permission="readiness:view")
        must_reach_run(tx, run, "readiness:view")
