"""Test programs and records as they are looked up and listed (spec 11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select

from fiducial.execution.ports import Leaving
from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import stations
from fiducial.tooling.testing import answers
from fiducial.tooling.testing import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.tooling.testing.states import ACTIVE, DRAFT, FAIL, PASS, RETIRED
from fiducial.tooling.testing.tables import program_stations, programs, record_items, records

KINDS = ("ICT", "FCT", "OTHER")
MAY_SEE = ("exec:read", "trace:read")

PROGRAMS = Listing(
    filters={
        "search": part(programs.c.program_code, programs.c.name, programs.c.product_code), "programCode": part(programs.c.program_code),
        "productCode": part(programs.c.product_code), "kind": one_of(programs.c.kind, KINDS),
        "status": one_of(programs.c.status, (DRAFT, ACTIVE, RETIRED)),
    },
    sorts={
        "programCode": programs.c.program_code, "version": programs.c.version, "status": programs.c.status, "productCode": programs.c.product_code,
        "activatedAt": programs.c.activated_at, "updatedAt": programs.c.updated_at,
    },
    default_sort="programCode.asc,updatedAt.desc", key=programs.c.id,
)  # fmt: skip
RECORDS = Listing(
    filters={
        "sn": part(units.c.sn), "runNo": part(runs.c.run_no), "stationCode": exact(stations.c.code), "programCode": part(records.c.program_code),
        "result": one_of(records.c.result, (PASS, FAIL)), "kind": one_of(records.c.kind, KINDS),
        "completedFrom": since(records.c.completed_at), "completedTo": until(records.c.completed_at),
    },
    sorts={
        "completedAt": records.c.completed_at, "receivedAt": records.c.received_at, "sn": units.c.sn, "result": records.c.result,
        "programCode": records.c.program_code,
    },
    default_sort="completedAt.desc", key=records.c.id,
)  # fmt: skip

_active = (
    select(programs.c.id, programs.c.program_code, programs.c.version, programs.c.kind)
    .join(program_stations, program_stations.c.program_id == programs.c.id)
    .where(
        programs.c.product_code == bindparam("product"), program_stations.c.station_id == bindparam("station"),
        programs.c.status == ACTIVE,
    )
    .order_by(programs.c.program_code)
)  # fmt: skip
_active_now = Hot(_active)
_active_kept = Hot(_active.with_for_update(read=True, of=programs))
_latest_on_track = Hot(
    select(records.c.test_result_id, records.c.result, records.c.completed_at, records.c.attempt)
    .where(records.c.track_id == bindparam("track")).order_by(records.c.id.desc()).limit(1)
)  # fmt: skip


def active_programs(tx: Tx, product_code: str, station_id: int) -> list[Any]:
    """Give `id`, `program_code`, `version`, `kind` of the programs that are ACTIVE for a product and a station; in a write they stay so."""
    statement = _active_kept if tx.chain is not None else _active_now
    return statement.all(tx, product=product_code, station=station_id)


def latest_on_track(tx: Tx, track_id: int) -> Any:
    """Give the latest attempt of a visit: `test_result_id`, `result`, `completed_at`, `attempt`; None when it was not tested."""
    return _latest_on_track.first(tx, track=track_id)


def needs_program(leaving: Leaving) -> bool:
    """Tell whether the step of a unit asks for a test program."""
    return bool(leaving.step.facts.get("requiresTestProgram"))


def the_program(tx: Tx, program_id: str) -> Any:
    """Give a program by its id. Refuses TEST_PROGRAM_NOT_FOUND."""
    key = ids.from_wire(program_id)
    row = None if key is None else tx.first(select(programs).where(programs.c.id == key))
    if row is None:
        raise Refused("TEST_PROGRAM_NOT_FOUND", id=program_id)
    return row


@query("route:read")
def list_programs(tx: Tx, page: Page) -> Listed[answers.TestProgram]:
    """Give the test programs, all versions."""
    return PROGRAMS.answer(tx, select(programs), page, answers.program_of)


@query("route:read")
def program_detail(tx: Tx, program_id: str) -> answers.TestProgram:
    """Give one version. Refuses TEST_PROGRAM_NOT_FOUND."""
    return answers.program_of(the_program(tx, program_id))


def records_statement() -> Select[Any]:
    """Give the statement of records with serial, run and station."""
    joined = (
        records.join(units, units.c.id == records.c.unit_id).join(runs, runs.c.id == records.c.run_id)
        .join(stations, stations.c.id == records.c.station_id)
    )  # fmt: skip
    return select(records, units.c.sn, runs.c.run_no, stations.c.code.label("station_code")).select_from(joined)


def in_reach(tx: Tx, statement: Select[Any]) -> Select[Any]:
    """Give a statement of records with only what lies in reach of whoever asks."""
    reach = lines_in_reach(tx, *MAY_SEE)
    return statement if reach is None else statement.where(runs.c.line_id.in_(reach))


def shown_all(tx: Tx, rows: Sequence[Any]) -> list[answers.TestRecord]:
    """Give records as they stand on the wire, with what was measured."""
    keys = [row.id for row in rows]
    measured = {
        row.record_id: row.items
        for row in (tx.all(select(record_items).where(record_items.c.record_id.in_(keys))) if keys else ())
    }
    return [answers.record_of(row, measured.get(row.id, [])) for row in rows]


@query(*MAY_SEE)
def list_records(tx: Tx, page: Page) -> Listed[answers.TestRecord]:
    """Give the test records of lines in reach, newest first."""
    return RECORDS.answer_all(tx, in_reach(tx, records_statement()), page, lambda rows: shown_all(tx, rows))


def records_of_unit(tx: Tx, unit_id: int) -> list[answers.TestRecord]:
    """Give every test of a unit, oldest first, for its trace."""
    return shown_all(tx, tx.all(records_statement().where(records.c.unit_id == unit_id).order_by(records.c.id)))
