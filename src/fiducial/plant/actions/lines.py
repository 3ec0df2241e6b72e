"""The writes of lines and their settings (spec 01.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, select

from fiducial.kit import settings
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, Said, changed_fields, reason_of
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.people.tables import user_lines
from fiducial.plant import answers, ports
from fiducial.plant.changing import add_coded, bad, must_be_fresh, must_keep_code, save
from fiducial.plant.lookup import the_line
from fiducial.plant.queries.lines import settings_in_force
from fiducial.plant.shapes import LineChange, LineProcessType, LineSettings, NewLine
from fiducial.plant.tables import lines, stations


def _locked(tx: Tx, line_id: str) -> Row[Any]:
    """Give a line for change: a run that is created at the same time waits for it. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    key = the_line(tx, line_id).id
    reach.must_reach_line(tx, key, "line:config")
    return tx.one(select(lines).where(lines.c.id == key).with_for_update())


def _must_have_no_open_runs(tx: Tx, line: Row[Any]) -> None:
    count = ports.open_runs(tx, line.id)
    if count:
        raise Refused("LINE_HAS_OPEN_RUNS", lineCode=line.code, openRunCount=count)


def _saved(tx: Tx, line: Row[Any], values: dict[str, Any]) -> answers.Line:
    after = save(tx, lines, line, values)
    changes = changed_fields(answers.line_of(line), answers.line_of(after))
    tx.record(
        line.code, key=line.id, line=line.code, changes=[change for change in changes if change["path"] != "updatedAt"]
    )
    return answers.line_of(after)


NO_SETTING = Said(zh="不是产线可单独设置的项目", en="no setting that a line may have of its own")


@action("line:config", audit="LINE_CREATE", entity="LINE")
def create_line(tx: Tx, body: NewLine) -> answers.Line:
    """Make a line. Refuses LINE_CODE_DUPLICATE; FORBIDDEN to whoever is limited to certain lines."""
    scope = reach.scope_of(tx, "line:config")
    if scope != reach.ALL:
        raise Refused("FORBIDDEN", scope=scope)
    key = add_coded(
        tx, lines, "LINE_CODE_DUPLICATE", code=body.code, name=body.name, process_type=body.process_type, is_active=True
    )
    tx.record(body.code, key=key, line=body.code)
    return answers.line_of(tx.one(select(lines).where(lines.c.id == key)))


@action("line:config", audit="LINE_UPDATE", entity="LINE", key="line_id")
def update_line(tx: Tx, line_id: str, body: LineChange) -> answers.Line:
    """Change name or activity. Refuses LINE_HAS_OPEN_RUNS when it is switched off under a run, STALE_UPDATE."""
    line, given = _locked(tx, line_id), body.given()
    must_keep_code(given.pop("code", None), line.code)
    must_be_fresh(given.pop("if_updated_at", None), line.updated_at, lambda: answers.line_of(line))
    if line.is_active and given.get("is_active") is False:
        _must_have_no_open_runs(tx, line)
    return _saved(tx, line, given)


@action("line:config", audit="LINE_PROCESS_TYPE_UPDATE", entity="LINE", key="line_id")
def change_process_type(tx: Tx, line_id: str, body: LineProcessType) -> answers.Line:
    """Make an SMT line a DIP line or the other way round. Refuses LINE_HAS_OPEN_RUNS, STALE_UPDATE."""
    line, given = _locked(tx, line_id), body.given()
    must_be_fresh(given.pop("if_updated_at", None), line.updated_at, lambda: answers.line_of(line))
    if line.process_type != body.process_type:
        _must_have_no_open_runs(tx, line)
    return _saved(tx, line, {"process_type": body.process_type})


@action("line:config", audit="LINE_DELETE", entity="LINE", key="line_id")
def delete_line(tx: Tx, line_id: str) -> answers.Gone:
    """Delete a line that nothing names. Refuses LINE_HAS_DEPENDENCIES with the counts by kind."""
    line = _locked(tx, line_id)
    counts = ports.line_counts(tx, line.id) | {
        "stations": tx.scalar(select(func.count()).where(stations.c.line_id == line.id)),
        "users": tx.scalar(select(func.count()).where(user_lines.c.line_id == line.id)),
    }
    if any(counts.values()):
        counts = {kind: count for kind, count in sorted(counts.items()) if count}
        raise Refused("LINE_HAS_DEPENDENCIES", lineCode=line.code, counts=counts)
    tx.run(delete(settings.values).where(settings.values.c.place == line.id))
    tx.run(delete(lines).where(lines.c.id == line.id))
    answer = answers.line_of(line)
    tx.record(line.code, key=line.id, line=line.code, changes=changed_fields(answer, {}))
    return answers.Gone(id=answer["id"])


@action("line:config", audit="LINE_SETTINGS_UPDATE", entity="LINE", key="line_id")
def update_line_settings(tx: Tx, line_id: str, body: LineSettings) -> dict[str, answers.LineSetting]:
    """Give a line values of its own, or the plant's again by null. VALIDATION_ERROR names each unknown key and bad value."""
    line = _locked(tx, line_id)
    before = settings_in_force(tx, line.id)
    wrong = []
    for key, value in (body.model_extra or {}).items():
        if key not in before:
            wrong.append({"path": key, "reason": NO_SETTING})
            continue
        try:
            settings.declared[key].put(tx, value, line.id)
        except ValueError as fault:
            wrong.append({"path": key, "reason": reason_of(fault)})
    if wrong:
        raise Refused("VALIDATION_ERROR", fields=wrong)
    if not body.model_extra:
        raise bad("", zh="请至少给出一项设置", en="name at least one setting")
    after = settings_in_force(tx, line.id)
    tx.record(line.code, key=line.id, line=line.code, changes=changed_fields(before, after))
    return after
