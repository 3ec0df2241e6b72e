"""Taking a test record (spec 11.5): judged by the program's limits, kept with the visit, counted as an attempt of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select

from fiducial.execution.standing import keep_station
from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.columns import canonical
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_unit
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import must_reach_station
from fiducial.plant.changing import bad
from fiducial.routing.frozen import FrozenStep, frozen_route
from fiducial.tooling.testing import answers
from fiducial.tooling.testing.reading import active_programs, records_statement, shown_all
from fiducial.tooling.testing.settings import RETEST_LIMIT
from fiducial.tooling.testing.shapes import Item, NewTestRecord
from fiducial.tooling.testing.states import FAIL, PASS
from fiducial.tooling.testing.tables import failed_items, programs, record_items, records

MAY_RECORD = ("exec:track_out", "integration:push")
AUTO, MANUAL = "AUTO", "MANUAL"


@action(*MAY_RECORD, audit="TEST_RECORD", entity="UNIT", key="body.sn")
def record_test(tx: Tx, body: NewTestRecord) -> answers.RecordedTest:
    """Take one test of a unit that is in station; it does not move the unit.

    Refuses SOURCE_NOT_ALLOWED, STATION_NOT_FOUND, STATION_INACTIVE, FORBIDDEN, EVENT_ID_REUSED, UNIT_NOT_FOUND, TRACK_NOT_FOUND,
    UNIT_RUN_MISMATCH, STEP_MISMATCH, TEST_PROGRAM_NOT_ACTIVE, TEST_PROGRAM_MISMATCH, RETEST_LIMIT_REACHED, and VALIDATION_ERROR
    (a person names no operator, a further attempt gives no reason). Gives the first answer to a repeat.
    """
    source = _source(tx, body)
    station = keep_station(tx, body.station_code)
    if not station.is_active:
        raise Refused("STATION_INACTIVE", stationCode=station.code)
    must_reach_station(tx, station.id, station.line_id, *MAY_RECORD, code=station.code)
    digest = sha256(canonical(body.model_dump(mode="json", exclude_unset=True))).digest()
    if (before := _repeated(tx, body, digest)) is not None:
        return before
    unit = the_unit(tx, body.sn)
    track = _open_track(tx, unit, station.id, body)
    if (before := _repeated(tx, body, digest)) is not None:  # it came a moment ago, while this one waited for the visit
        return before
    step = _step(tx, track, body)
    program = _program(tx, step, track, station, body)
    attempt = _attempt(tx, track.id, body)
    items, verdict = judged(body.items, (program.limits or ()) if program is not None else ())
    key = tx.new_id()
    taken = tx.insert_once(
        records, id=key, digest=digest, test_result_id=body.test_result_id, unit_id=unit.id, run_id=track.run_id, station_id=station.id,
        track_id=track.id, step_no=track.step_no, kind=program.kind if program is not None else body.kind or "OTHER",
        program_code=body.program_code, program_version=program.version if program is not None else body.program_version,
        attempt=attempt, result=FAIL if FAIL in (verdict, body.result) else PASS, machine_result=body.result,
        started_at=instant_or_none(body.started_at), completed_at=clock.from_datetime(body.completed_at),
        day=clock.plant_day(clock.from_datetime(body.completed_at), tx.store.zone).isoformat(), equipment_id=body.equipment_id,
        tool_code=body.tool_code or _assigned_tool(track), operator_id=body.operator_id, reason=body.reason, source=source,
        recorded_by=tx.actor.id, recorded_by_name=tx.actor.name, received_at=tx.now,
    )  # fmt: skip
    if not taken:  # the same id, for another unit at the same moment
        found = _repeated(tx, body, digest)
        assert found is not None, "the unique key holds"
        return found
    _keep_items(tx, key, items)
    answer = _answer(tx, key)
    tx.record(
        unit.sn, key=unit.id, line=station.line_code, station=station.code, testResultId=body.test_result_id, attempt=attempt,
        result=answer["result"], machineResult=body.result, programCode=body.program_code,
    )  # fmt: skip
    return {**answer, "isDuplicate": False}


def _source(tx: Tx, body: NewTestRecord) -> str:
    """Give who says it: a person MANUAL and with the operator's badge, a token AUTO."""
    own = AUTO if tx.actor.kind == "TOKEN" else MANUAL
    if body.source not in (None, own):
        raise Refused("SOURCE_NOT_ALLOWED", source=body.source)
    if own == MANUAL and body.operator_id is None:
        raise bad("operatorId", zh="人工录入必须填写操作员", en="required of a record that a person enters")
    if body.started_at is not None and body.started_at > body.completed_at:
        raise bad("startedAt", zh="不能晚于完成时间", en="must not lie after the completion")
    return own


def _repeated(tx: Tx, body: NewTestRecord, digest: bytes) -> answers.RecordedTest | None:
    """Give the first answer to a repeat. Refuses EVENT_ID_REUSED for other content under the same id."""
    row = tx.first(select(records).where(records.c.test_result_id == body.test_result_id))
    if row is None:
        return None
    if bytes(row.digest) != digest:
        raise Refused("EVENT_ID_REUSED", eventId=body.test_result_id, firstReceivedAt=clock.to_wire(row.received_at))
    tx.record(body.sn, key=row.unit_id, testResultId=body.test_result_id, isDuplicate=True)
    return {**_answer(tx, row.id), "isDuplicate": True}


def _answer(tx: Tx, key: int) -> answers.TestRecord:
    return shown_all(tx, [tx.one(records_statement().where(records.c.id == key))])[0]


def _open_track(tx: Tx, unit: Any, station_id: int, body: NewTestRecord) -> Any:
    """Give the unit's open track at the station, locked, with its run: the attempts of a visit are counted one after the other."""
    wanted = (
        select(tracks, runs.c.run_no, runs.c.version_id, work_orders.c.product_code)
        .join(runs, runs.c.id == tracks.c.run_id)
        .join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .where(
            tracks.c.unit_id == unit.id, tracks.c.station_id == station_id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None)
        )
    )  # fmt: skip
    track = tx.first(wanted.with_for_update(key_share=True, of=tracks))
    if track is None:
        status = tx.scalar(select(units.c.status).where(units.c.id == unit.id))
        raise Refused("TRACK_NOT_FOUND", sn=unit.sn, status=status, stationCode=None)
    if body.run_no is not None and body.run_no != track.run_no:
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=track.run_no)
    if body.step_no is not None and body.step_no != track.step_no:
        raise Refused("STEP_MISMATCH", sn=unit.sn, currentStepNo=track.step_no)
    return track


def _step(tx: Tx, track: Any, body: NewTestRecord) -> FrozenStep:
    step = frozen_route(tx, track.version_id).by_no.get(track.step_no)
    if step is None:
        raise Refused("STEP_MISMATCH", sn=body.sn, currentStepNo=track.step_no)
    return step


def _program(tx: Tx, step: FrozenStep, track: Any, station: Any, body: NewTestRecord) -> Any:
    """Give the active program that was used; None where none is active and the step asks for none."""
    active = active_programs(tx, track.product_code, station.id)
    if not active:
        if step.facts.get("requiresTestProgram"):
            raise Refused("TEST_PROGRAM_NOT_ACTIVE", productCode=track.product_code, stationCode=station.code)
        return None
    used = next(
        (
            one
            for one in active
            if one.program_code == body.program_code and body.program_version in (None, one.version)
        ),
        None,
    )
    if used is None or body.kind not in (None, used.kind):
        expected = [f"{one.program_code} {one.version} ({one.kind})" for one in active]
        raise Refused(
            "TEST_PROGRAM_MISMATCH", programCode=body.program_code, programVersion=body.program_version, expected=expected
        )  # fmt: skip
    return tx.one(select(programs.c.kind, programs.c.version, programs.c.limits).where(programs.c.id == used.id))


def _attempt(tx: Tx, track_id: int, body: NewTestRecord) -> int:
    """Give the number of this attempt within the visit."""
    before = int(tx.scalar(select(func.count()).select_from(records).where(records.c.track_id == track_id)) or 0)
    limit = RETEST_LIMIT.of(tx)
    if before >= limit:
        raise Refused("RETEST_LIMIT_REACHED", sn=body.sn, attempts=before, limit=limit)
    if before and body.reason is None:
        raise bad("reason", zh="复测必须填写原因", en="required of a retest")
    return before + 1


def judged(items: Sequence[Item], limits: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Give the items as they are kept, each with its limits (the program's, else those sent) and result, and the verdict.

    An item outside its limits is FAIL, whatever the tester says of it; a text or nothing is outside none.
    """
    by_name = {limit["name"]: limit for limit in limits}
    kept, verdict = list[dict[str, Any]](), PASS
    for item in items:
        known = by_name.get(item.name)
        lower, upper = (known["lower"], known["upper"]) if known else (item.lower, item.upper)
        measured = isinstance(item.value, float | int) and not isinstance(item.value, bool)
        bounded = measured and (lower is not None or upper is not None)
        outside = bounded and not _within(float(item.value), lower, upper)  # type: ignore[arg-type]
        verdict = FAIL if outside else verdict
        kept.append({
            "name": item.name, "value": item.value, "unit": (known or {}).get("unit") or item.unit, "lower": lower, "upper": upper,
            "result": FAIL if outside else item.result or (PASS if bounded else None),
        })  # fmt: skip
    return kept, verdict


def _within(value: float, lower: float | None, upper: float | None) -> bool:
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def _keep_items(tx: Tx, key: int, items: Sequence[Mapping[str, Any]]) -> None:
    if items:
        tx.run(insert(record_items).values(record_id=key, items=list(items)))
    failed = [{"record_id": key, "name": item["name"]} for item in items if item["result"] == FAIL]
    if failed:
        tx.run(insert(failed_items), failed)


def _assigned_tool(track: Any) -> str | None:
    """Give the fixture that the track was opened with, when it is one alone."""
    codes: list[str] = (track.more or {}).get("toolCodes") or []
    return codes[0] if len(codes) == 1 else None
