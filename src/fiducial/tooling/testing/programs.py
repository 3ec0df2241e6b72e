"""The writes of the register of test programs (spec 11.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import signing
from fiducial.people.proof import Proof
from fiducial.plant.changing import must_be_fresh, stamp
from fiducial.plant.lookup import StationRow, the_station
from fiducial.tooling.telling import tell_lines
from fiducial.tooling.testing import answers
from fiducial.tooling.testing.reading import program_detail, the_program
from fiducial.tooling.testing.shapes import Activate, NewProgram, ProgramChange, Retire
from fiducial.tooling.testing.states import ACTIVE, DRAFT, TEST_PROGRAM
from fiducial.tooling.testing.tables import program_stations, programs

SUBJECT = "TEST_PROGRAM"
GATES = ("PREP_PROGRAM",)


def _to_change(tx: Tx, program_id: str) -> Any:
    """Give a program, locked together with the other versions of its code: only one of them may be active."""
    code = the_program(tx, program_id).program_code
    tx.all(select(programs.c.id).where(programs.c.program_code == code).order_by(programs.c.id).with_for_update())
    return the_program(tx, program_id)


def _stations(tx: Tx, codes: Sequence[str]) -> list[StationRow]:
    return [the_station(tx, code) for code in codes]


def _place(tx: Tx, program_id: int, where: Sequence[StationRow]) -> None:
    tx.run(delete(program_stations).where(program_stations.c.program_id == program_id))
    if where:
        tx.run(insert(program_stations), [{"program_id": program_id, "station_id": station.id} for station in where])


@action("route:configure", audit="TEST_PROGRAM_CREATE", entity=SUBJECT, key="body.program_code")
def create_program(tx: Tx, body: NewProgram) -> answers.TestProgram:
    """Write a version of a test program as a draft. Refuses STATION_NOT_FOUND, TEST_PROGRAM_DUPLICATE."""
    where = _stations(tx, body.station_codes)
    key = tx.new_id()
    made = tx.insert_once(
        programs, id=key, status=DRAFT, created_by=tx.actor.id, created_by_name=tx.actor.name, created_at=tx.now, updated_at=tx.now,
        **body.model_dump(),
    )  # fmt: skip
    if not made:
        raise Refused("TEST_PROGRAM_DUPLICATE", programCode=body.program_code, version=body.version)
    _place(tx, key, where)
    tx.record(body.program_code, key=key, version=body.version)
    return program_detail(tx, ids.to_wire(key))


@action("route:configure", audit="TEST_PROGRAM_UPDATE", entity=SUBJECT, key="program_id")
def update_program(tx: Tx, program_id: str, body: ProgramChange) -> answers.TestProgram:
    """Change a draft. Refuses TEST_PROGRAM_NOT_FOUND, STALE_UPDATE, TEST_PROGRAM_NOT_DRAFT, STATION_NOT_FOUND, TEST_PROGRAM_DUPLICATE."""
    row, given = _to_change(tx, program_id), body.model_dump(include=set(body.model_fields_set))
    before = answers.program_of(row)
    given.pop("if_updated_at", None)
    must_be_fresh(body.if_updated_at, row.updated_at, lambda: dict(before))
    _must_be_draft(row)
    if given.get("version", row.version) != row.version:
        there = programs.c.program_code == row.program_code, programs.c.version == given["version"]
        if tx.first(select(programs.c.id).where(*there)) is not None:
            raise Refused("TEST_PROGRAM_DUPLICATE", programCode=row.program_code, version=given["version"])
    if "station_codes" in given:
        _place(tx, row.id, _stations(tx, given["station_codes"]))
    tx.run(update(programs).where(programs.c.id == row.id).values(**given, updated_at=stamp(tx, row.updated_at)))
    after = program_detail(tx, program_id)
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(row.program_code, key=row.id, changes=changes, version=after["version"])
    return after


def _must_be_draft(row: Any) -> None:
    if row.status != DRAFT:
        raise Refused("TEST_PROGRAM_NOT_DRAFT", programCode=row.program_code, version=row.version, status=row.status)


@action("route:configure", audit="TEST_PROGRAM_ACTIVATE", entity=SUBJECT, key="program_id")
def activate_program(tx: Tx, program_id: str, body: Activate, proof: Proof) -> answers.TestProgram:
    """Release a draft, by a signature; the version that was active becomes RETIRED in the same transaction.

    Refuses TEST_PROGRAM_NOT_FOUND, TEST_PROGRAM_NOT_DRAFT, TEST_PROGRAM_INCOMPLETE, REAUTH_REQUIRED, REAUTH_FAILED, SIGNER_MUST_DIFFER.
    """
    row = _to_change(tx, program_id)
    _must_be_draft(row)
    missing = [
        name for name, there in (("productCode", row.product_code), ("stationCodes", row.station_codes)) if not there
    ]
    if missing:
        raise Refused("TEST_PROGRAM_INCOMPLETE", programCode=row.program_code, version=row.version, missing=missing)
    signing.sign(
        tx, subject_type=SUBJECT, subject_id=row.id, meaning="PROGRAM_RELEASE", proof=proof, remark=body.reason,
        recorded_by=(row.created_by,),
    )  # fmt: skip
    former = tx.first(select(programs).where(programs.c.program_code == row.program_code, programs.c.status == ACTIVE))
    if former is not None:
        TEST_PROGRAM.move(
            tx, "supersede", programs.c.id == former.id, key=former.id, display=former.program_code, reason=body.reason,
            payload={"version": former.version}, **_retired(tx, former, body.reason),
        )  # fmt: skip
    TEST_PROGRAM.move(
        tx, "activate", programs.c.id == row.id, key=row.id, display=row.program_code, reason=body.reason,
        payload=_facts(row), activated_by=tx.actor.id, activated_by_name=tx.actor.name, activated_at=tx.now,
        updated_at=stamp(tx, row.updated_at),
    )  # fmt: skip
    _tell(tx, row, former)
    return program_detail(tx, program_id)


def _retired(tx: Tx, row: Any, reason: str) -> dict[str, Any]:
    return {
        "retired_by": tx.actor.id, "retired_by_name": tx.actor.name, "retired_at": tx.now, "retire_reason": reason,
        "updated_at": stamp(tx, row.updated_at),
    }  # fmt: skip


def _facts(row: Any) -> dict[str, Any]:
    return {"version": row.version, "productCode": row.product_code, "stationCodes": list(row.station_codes)}


def _tell(tx: Tx, *rows: Any) -> None:
    """Tell the gates of the lines whose stations run one of the programs."""
    codes = {code for row in rows if row is not None for code in row.station_codes}
    tell_lines(tx, {station.line_id for station in _stations(tx, sorted(codes))}, GATES)


@action("route:configure", audit="TEST_PROGRAM_RETIRE", entity=SUBJECT, key="program_id")
def retire_program(tx: Tx, program_id: str, body: Retire) -> answers.TestProgram:
    """Take an active program out of use. Refuses TEST_PROGRAM_NOT_FOUND, TEST_PROGRAM_NOT_ACTIVE."""
    row = _to_change(tx, program_id)
    if row.status != ACTIVE:
        raise Refused("TEST_PROGRAM_NOT_ACTIVE", programCode=row.program_code, version=row.version, status=row.status)
    TEST_PROGRAM.move(
        tx, "retire", programs.c.id == row.id, key=row.id, display=row.program_code, reason=body.reason, payload=_facts(row),
        **_retired(tx, row, body.reason),
    )  # fmt: skip
    _tell(tx, row)
    return program_detail(tx, program_id)


class ProgramSubject:
    """Test programs as people sign them (the port of people)."""

    type, version = SUBJECT, 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give what is released: the program with its product, stations, checksum and limits."""
        row = tx.first(select(programs).where(programs.c.id == subject_id))
        if row is None:
            return None
        said = answers.program_of(row)
        names = (
            "programCode",
            "version",
            "kind",
            "name",
            "productCode",
            "stationCodes",
            "fixtureTypes",
            "checksum",
            "limits",
        )
        return {name: said[name] for name in names}  # type: ignore[literal-required]

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse TEST_PROGRAM_NOT_FOUND, FORBIDDEN."""
        if not tx.actor.holds("route:read") and tx.actor.kind != "SYSTEM":
            raise Refused("FORBIDDEN", permission="route:read")
        the_program(tx, ids.to_wire(subject_id))
