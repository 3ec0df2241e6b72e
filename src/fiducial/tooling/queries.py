"""The tool register as it is read (spec 10.3, 11.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select
from sqlalchemy.sql import Select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, yes_no
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.tables import runs
from fiducial.people.reach import lines_in_reach
from fiducial.plant.lookup import line_of_id
from fiducial.plant.tables import stations
from fiducial.tooling import answers
from fiducial.tooling.reading import DUE_SOON_MS, KINDS, line_of_binding, out_of_use, the_tool, why_unusable
from fiducial.tooling.tables import assignments, calibrations, tool_days, tool_lives, tools

FIXTURE_TYPES = ("SMT_JIG", "WAVE_JIG", "INSERT_JIG", "COATING_JIG", "ICT_JIG", "FCT_JIG", "OTHER")
STATUSES = ("ACTIVE", "BLOCKED", "RETIRED")
CALIBRATION_STATES = ("NONE", "VALID", "DUE_SOON", "OVERDUE")
NOT_A_PERCENT = Said(zh="必须是 0 至 1000 的数字", en="must be a number from 0 to 1000")

percent: ColumnElement[Any] = (tools.c.count_base + tools.c.used) * 100.0 / tools.c.life_limit


def _for_product(value: str) -> ColumnElement[bool]:
    """Match tools that are for a product: those that name it, and those that name none."""
    named = cast(tools.c.product_codes, String)
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace('"', '\\\\"')
    return or_(named == "[]", named.like(f'%"{escaped}"%', escape="\\"))


def _life_from(value: str) -> ColumnElement[bool]:
    try:
        least = float(value)
    except ValueError:
        raise ValueError(NOT_A_PERCENT) from None
    if not 0 <= least <= 1000:
        raise ValueError(NOT_A_PERCENT)
    return percent >= least


def _calibration_is(value: str) -> ColumnElement[bool]:
    """Match the states of `calibration_state`, by the clock of this process."""
    now, due = clock.now_ms(), tools.c.calibration_due_at
    never = and_(tools.c.calibration_required, tools.c.calibrated_at.is_(None), due.is_(None))
    states = {
        "OVERDUE": or_(never, due <= now),
        "DUE_SOON": and_(due > now, due <= now + DUE_SOON_MS),
        "VALID": due > now + DUE_SOON_MS,
        "NONE": and_(due.is_(None), ~never),
    }
    one_of(literal(""), CALIBRATION_STATES)(value)
    return or_(*(states[name.strip()] for name in value.split(",") if name.strip()))


TOOLS = Listing(
    filters={
        "search": part(tools.c.code, tools.c.name), "toolCode": part(tools.c.code), "kind": one_of(tools.c.kind, KINDS),
        "fixtureType": one_of(tools.c.fixture_type, FIXTURE_TYPES), "status": one_of(tools.c.status, STATUSES),
        "productCode": _for_product, "calibrationState": _calibration_is, "lifeFrom": _life_from,
    },
    sorts={
        "toolCode": tools.c.code, "kind": tools.c.kind, "name": tools.c.name, "status": tools.c.status, "lifePercent": percent,
        "calibrationDueAt": tools.c.calibration_due_at, "lastUsedAt": tools.c.last_used_at, "updatedAt": tools.c.updated_at,
    },
    default_sort="toolCode.asc", key=tools.c.id,
)  # fmt: skip
CALIBRATIONS = Listing(
    filters={"result": one_of(calibrations.c.result, ("PASS", "FAIL"))},
    sorts={"calibratedAt": calibrations.c.calibrated_at, "createdAt": calibrations.c.created_at},
    default_sort="calibratedAt.desc", key=calibrations.c.id,
)  # fmt: skip
ASSIGNMENTS = Listing(
    filters={"runNo": exact(runs.c.run_no), "open": yes_no(assignments.c.unassigned_at.is_(None))},
    sorts={"assignedAt": assignments.c.assigned_at, "runNo": runs.c.run_no},
    default_sort="assignedAt.desc", key=assignments.c.id,
)  # fmt: skip
OF_RUN = Listing(
    filters={"open": yes_no(assignments.c.unassigned_at.is_(None))},
    sorts={"assignedAt": assignments.c.assigned_at, "toolCode": tools.c.code, "stationCode": stations.c.code},
    default_sort="stationCode.asc,toolCode.asc", key=assignments.c.id,
)  # fmt: skip


def used_lately(tx: Tx, tool_ids: Sequence[int]) -> dict[int, int]:
    """Give the prints or uses of the last 90 days of tools."""
    since = clock.plant_day(tx.now - answers.MEASURED_DAYS * answers.DAY_MS, tx.store.zone).isoformat()
    counted = select(tool_days.c.tool_id, func.sum(tool_days.c.used).label("used")).where(
        tool_days.c.tool_id.in_(tool_ids), tool_days.c.day >= since
    )
    return {row.tool_id: int(row.used) for row in tx.all(counted.group_by(tool_days.c.tool_id))}


@query("tool:read")
def list_tools(tx: Tx, page: Page) -> Listed[answers.Tool]:
    """Give the tools of the register."""

    def shown(rows: Sequence[Any]) -> list[answers.Tool]:
        used = used_lately(tx, [row.id for row in rows])
        return [answers.tool_of(row, now=tx.now, used_lately=used.get(row.id, 0)) for row in rows]

    return TOOLS.answer_all(tx, select(tools), page, shown)


@query("tool:read")
def tool_detail(tx: Tx, tool_code: str) -> answers.ToolDetail:
    """Give a tool with its former lives, where it is and whether it may be used. Refuses TOOL_NOT_FOUND."""
    tool = the_tool(tx, tool_code)
    lives = tx.all(select(tool_lives).where(tool_lives.c.tool_id == tool.id).order_by(tool_lives.c.life_no.desc()))
    line_id, why = line_of_binding(tx, tool_id=tool.id), why_unusable(tx, tool)
    line, record = (line_of_id(tx, line_id) if line_id is not None else None), out_of_use(tx, tool.kind, tool.code)
    shown = answers.tool_of(tool, now=tx.now, used_lately=used_lately(tx, [tool.id]).get(tool.id, 0))
    return answers.ToolDetail(
        **shown, usable=why is None, notUsableReason=None if why is None else why.reason,
        boundLineCode=None if line is None else line.code, openMaintenance=None if record is None else record.record_no,
        lives=[answers.life_of(row) for row in lives],
    )  # fmt: skip


def tool_of_code(tx: Tx, code: str) -> answers.Tool:
    """Give a tool as it stands on the wire, for a page that shows it among others. Refuses TOOL_NOT_FOUND."""
    return answers.tool_of(the_tool(tx, code), now=tx.now)


@query("tool:read")
def list_calibrations(tx: Tx, tool_code: str, page: Page) -> Listed[answers.Calibration]:
    """Give the calibrations of a tool, newest first. Refuses TOOL_NOT_FOUND."""
    tool = the_tool(tx, tool_code)
    return CALIBRATIONS.answer(
        tx, select(calibrations).where(calibrations.c.tool_id == tool.id), page, answers.calibration_of
    )


def assignments_statement() -> Select[Any]:
    """Give the statement of assignments with tool, run and station."""
    named = (tools.c.code, tools.c.name, tools.c.fixture_type, runs.c.run_no, stations.c.code.label("station_code"))
    joined = assignments.join(tools, tools.c.id == assignments.c.tool_id).join(runs, runs.c.id == assignments.c.run_id)
    return select(assignments, *named).select_from(joined.join(stations, stations.c.id == assignments.c.station_id))


@query("tool:read")
def list_assignments(tx: Tx, tool_code: str, page: Page) -> Listed[answers.Assignment]:
    """Give the runs of lines in reach that a fixture was assigned to, newest first. Refuses TOOL_NOT_FOUND."""
    tool = the_tool(tx, tool_code)
    of_it = assignments_statement().where(assignments.c.tool_id == tool.id)
    reachable = lines_in_reach(tx, "tool:read")
    if reachable is not None:
        of_it = of_it.where(runs.c.line_id.in_(reachable))
    return ASSIGNMENTS.answer(tx, of_it, page, answers.assignment_of)


@query("tool:read")
def tools_of_run(tx: Tx, run_no: str, page: Page) -> Listed[answers.Assignment]:
    """Give the fixtures of a run, by station. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "tool:read")
    of_run = assignments_statement().where(assignments.c.run_id == run.id)
    return OF_RUN.answer(tx, of_run, page, answers.assignment_of)
