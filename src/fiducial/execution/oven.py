"""What an oven really ran, against what the step's frozen version expects (spec 01.7). Programs are compared trimmed and exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row, Select, case, insert, select
from typing_extensions import TypedDict

from fiducial.execution.oven_tables import usages
from fiducial.execution.shapes import Badge
from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.http.shapes import Body, Instant, Key
from fiducial.kit.listing import Condition, Listed, Listing, Page, part, since, until, yes_no
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_run
from fiducial.orders.tables import runs
from fiducial.people import reach
from fiducial.plant.changing import bad
from fiducial.plant.lookup import StationRow, the_station
from fiducial.plant.tables import lines, stations
from fiducial.routing.frozen import FrozenStep, frozen_route

PROGRAM_DIFFERS, PEAK_OUT, TIME_OUT = "PROGRAM_MISMATCH", "PEAK_TEMP_OUT_OF_LIMITS", "TOTAL_TIME_OUT_OF_LIMITS"
CLOCK_SLACK_MS = 5 * 60_000  # an oven's clock may be a little ahead

refusals.declare(
    "REFLOW_PROFILE_NOT_EXPECTED", 409, zh="批次 {runNo} 的步骤 {stepNo} 没有规定炉温程式。",
    en="Step {stepNo} of run {runNo} expects no oven program.",
    todo_zh="无需核对；如应规定，请在工艺路线中设置。", todo_en="There is nothing to verify; if there should be, set it in the route.",
)  # fmt: skip

ProgramName = Annotated[str, Field(min_length=1, max_length=64)]


class VerifyProgram(Body):
    """Which program the oven shows, for a step of a run."""

    run_no: Key
    step_no: Annotated[int, Field(ge=1, le=99_999)]
    actual_program_name: ProgramName


class NewUsage(Body):
    """Which program an oven ran for a run; °C and seconds."""

    run_no: Key
    station_code: Key
    actual_program_name: ProgramName
    actual_peak_temp: Annotated[float, Field(ge=0, le=600)] | None = None
    actual_total_time_s: Annotated[float, Field(ge=0, le=100_000)] | None = None
    used_at: Instant | None = None
    operator_id: Badge | None = None


class ProgramVerdict(TypedDict):
    """Whether an oven shows the program that is expected."""

    isMatched: bool
    expectedProgramName: str
    actualProgramName: str
    mismatchReason: str | None


class ProgramUsage(TypedDict):
    """Which program an oven ran, and how that was judged; nulls where nothing is expected or was measured."""

    id: str
    runNo: str
    lineCode: str
    stationCode: str
    stepNo: int | None
    profileCode: str | None
    profileVersion: str | None
    expectedProgramName: str | None
    actualProgramName: str
    actualPeakTemp: float | None
    actualTotalTimeS: float | None
    isMatched: bool | None
    limitsOk: bool | None
    mismatchReason: str | None
    usedAt: str | None
    operatorId: str | None
    createdBy: str | None
    createdByName: str
    createdAt: str | None


_matched: Condition = yes_no(case((usages.c.is_matched == 1, True), (usages.c.is_matched == 0, False), else_=None))
USAGES = Listing(
    filters={
        "profileCode": part(usages.c.profile_code), "runNo": part(runs.c.run_no), "lineCode": part(lines.c.code),
        "isMatched": _matched, "usedFrom": since(usages.c.used_at), "usedTo": until(usages.c.used_at),
    },
    sorts={"usedAt": usages.c.used_at, "createdAt": usages.c.created_at},
    default_sort="usedAt.desc",
    key=usages.c.id,
)  # fmt: skip


def expected_program(step: FrozenStep) -> Mapping[str, Any] | None:
    """Give the oven program that a frozen step expects; None when it expects none."""
    found: Mapping[str, Any] | None = step.facts.get("expectedReflowProfile")
    return found


def _statement() -> Select[Any]:
    joined = (
        usages.join(runs, runs.c.id == usages.c.run_id)
        .join(lines, lines.c.id == usages.c.line_id)
        .join(stations, stations.c.id == usages.c.station_id)
    )
    named = (runs.c.run_no, lines.c.code.label("line_code"), stations.c.code.label("station_code"))
    return select(usages, *named).select_from(joined)


@query("trace:read")
def list_usages(tx: Tx, page: Page) -> Listed[ProgramUsage]:
    """Give which programs ovens ran, within reach, newest first."""
    reachable, statement = reach.lines_in_reach(tx, "trace:read"), _statement()
    if reachable is not None:
        statement = statement.where(usages.c.line_id.in_(reachable))
    return USAGES.answer(tx, statement, page, _shown)


def _shown(row: Row[Any]) -> ProgramUsage:
    return ProgramUsage(
        id=ids.to_wire(row.id), runNo=row.run_no, lineCode=row.line_code, stationCode=row.station_code, stepNo=row.step_no,
        profileCode=row.profile_code, profileVersion=row.profile_version, expectedProgramName=row.expected_program,
        actualProgramName=row.actual_program, actualPeakTemp=row.actual_peak, actualTotalTimeS=row.actual_time,
        isMatched=None if row.is_matched is None else bool(row.is_matched),
        limitsOk=None if row.limits_ok is None else bool(row.limits_ok), mismatchReason=row.mismatch_reason,
        usedAt=clock.to_wire(row.used_at), operatorId=row.operator_id,
        createdBy=None if row.created_by is None else ids.to_wire(row.created_by), createdByName=row.created_by_name,
        createdAt=clock.to_wire(row.created_at),
    )  # fmt: skip


@action("readiness:record", audit="REFLOW_USAGE_CREATE", entity="RUN", key="body.run_no")
def record_usage(tx: Tx, body: NewUsage) -> ProgramUsage:
    """Record which program an oven ran for a run; whether it is the expected one is judged here, not told.

    Refuses RUN_NOT_FOUND, STATION_NOT_FOUND, FORBIDDEN.
    """
    run, station = the_run(tx, body.run_no), the_station(tx, body.station_code)
    reach.must_reach_line(tx, run.line_id, "readiness:record")
    if station.line_id != run.line_id:
        raise bad("stationCode", zh="该工位不在批次的产线上", en="this station is not on the line of the run")
    used_at = tx.now if body.used_at is None else clock.from_datetime(body.used_at)
    if used_at > tx.now + CLOCK_SLACK_MS:
        raise bad("usedAt", zh="时间在将来", en="lies in the future")
    step = _step_at(tx, run, station)
    expected = expected_program(step) if step else None
    matched, limits_ok, reason = judge(
        expected, body.actual_program_name, body.actual_peak_temp, body.actual_total_time_s
    )
    if _program_before(tx, station.id) not in (None, body.actual_program_name):
        tx.emit(
            "OVEN_PROGRAM_CHANGED", station.id, stationCode=station.code
        )  # first pieces may be due anew (spec 06.8)
    key = tx.new_id()
    tx.run(insert(usages).values(
        id=key, run_id=run.id, line_id=run.line_id, station_id=station.id, step_no=step.step_no if step else None,
        profile_code=expected and expected["code"], profile_version=expected and expected["version"],
        expected_program=expected and expected["programName"], actual_program=body.actual_program_name,
        actual_peak=body.actual_peak_temp, actual_time=body.actual_total_time_s, is_matched=_stored(matched), limits_ok=_stored(limits_ok),
        mismatch_reason=reason, used_at=used_at, operator_id=body.operator_id, created_by=tx.actor.id, created_by_name=tx.actor.name,
        created_at=tx.now,
    ))  # fmt: skip
    tx.emit("READINESS_INPUT_CHANGED", run.id, runId=run.id, gates=["PREP_PROGRAM"])
    answer = _shown(tx.one(_statement().where(usages.c.id == key)))
    tx.record(
        run.run_no, key=run.id, line=answer["lineCode"], station=station.code, program=body.actual_program_name,
        isMatched=answer["isMatched"], mismatchReason=reason,
    )  # fmt: skip
    return answer


def _program_before(tx: Tx, station_id: int) -> str | None:
    """Give the program that an oven ran last, whatever the run; None when nobody has told of any."""
    last = select(usages.c.actual_program).where(usages.c.station_id == station_id)
    found: str | None = tx.scalar(last.order_by(usages.c.used_at.desc(), usages.c.id.desc()).limit(1))
    return found


def _stored(verdict: bool | None) -> int | None:  # noqa: FBT001 - three values, kept as a number
    return None if verdict is None else int(verdict)


def _step_at(tx: Tx, run: Row[Any], station: StationRow) -> FrozenStep | None:
    """Give the step of the run that expects a program and is done at this station; else the only one that expects any."""
    expecting = [step for step in frozen_route(tx, run.version_id).steps if expected_program(step)]
    here = [step for step in expecting if step.fits_but_type(code=station.code, group_code=station.group_code)]
    if here:
        return here[0]
    return expecting[0] if len(expecting) == 1 else None


def judge(
    expected: Mapping[str, Any] | None, program: str, peak: float | None, seconds: float | None
) -> tuple[bool | None, bool | None, str | None]:
    """Tell whether the program is the expected one, whether what was measured lies within its limits, and what is wrong first.

    Nothing expected, or nothing measured that has a limit: None.
    """
    if expected is None:
        return None, None, None
    matched = program.strip() == str(expected["programName"]).strip()
    of_peak = _within(peak, expected.get("peakTempMin"), expected.get("peakTempMax"))
    of_time = _within(seconds, expected.get("totalTimeMin"), expected.get("totalTimeMax"))
    judged = [one for one in (of_peak, of_time) if one is not None]
    reason = (
        PROGRAM_DIFFERS if not matched else PEAK_OUT if of_peak is False else TIME_OUT if of_time is False else None
    )
    return matched, all(judged) if judged else None, reason


def _within(value: float | None, low: float | None, high: float | None) -> bool | None:
    if value is None or (low is None and high is None):
        return None
    return (low is None or value >= low) and (high is None or value <= high)


@query("readiness:view")
def verify_program(tx: Tx, body: VerifyProgram) -> ProgramVerdict:
    """Tell whether an oven shows the program that a step of a run expects; nothing is recorded.

    Refuses RUN_NOT_FOUND, ROUTE_STEP_NOT_FOUND, REFLOW_PROFILE_NOT_EXPECTED, FORBIDDEN.
    """
    run = the_run(tx, body.run_no)
    reach.must_reach_line(tx, run.line_id, "readiness:view")
    step = frozen_route(tx, run.version_id).by_no.get(body.step_no)
    if step is None:
        raise Refused("ROUTE_STEP_NOT_FOUND", stepNo=body.step_no)
    expected = expected_program(step)
    if expected is None:
        raise Refused("REFLOW_PROFILE_NOT_EXPECTED", runNo=run.run_no, stepNo=body.step_no)
    matched, _, reason = judge(expected, body.actual_program_name, None, None)
    return ProgramVerdict(
        isMatched=bool(matched), expectedProgramName=expected["programName"], actualProgramName=body.actual_program_name,
        mismatchReason=reason,
    )  # fmt: skip
