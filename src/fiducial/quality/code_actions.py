"""The writes of defect codes (spec 06.14). A code is never deleted: what used it goes on naming it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Row, func, insert, select

from fiducial.kit.acting import action
from fiducial.kit.counters import next_number
from fiducial.kit.http.shapes import Body, Instant, Key, Name
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import bad, must_be_fresh, must_keep_code, save, unsaid
from fiducial.plant.tables import operations
from fiducial.quality.answers import DefectCode
from fiducial.quality.codes import code_shown
from fiducial.quality.tables import defect_codes

Category = Literal["SMT", "INSERT", "WAVE", "HAND", "COATING", "VISUAL", "ICT", "FCT", "SYSTEM"]
Severity = Literal["CRITICAL", "MAJOR", "MINOR"]
OperationCodes = Annotated[list[Key], Field(max_length=100)]


class NewDefectCode(Body):
    """A defect code to be made; `name` is the Chinese word, `operationCodes` where it is offered first (none: everywhere)."""

    code: Key
    name: Name
    name_en: Name | None = None
    category: Category
    severity: Severity = "MAJOR"
    operation_codes: OperationCodes = []
    is_active: bool = True


class DefectCodeChange(Body):
    """What may change of a defect code."""

    code: Key = unsaid()
    name: Name = unsaid()
    name_en: Name | None = None
    category: Category = unsaid()
    severity: Severity = unsaid()
    operation_codes: OperationCodes = unsaid()
    is_active: bool = unsaid()
    if_updated_at: Instant = unsaid()


@action("quality:config", audit="DEFECT_CODE_CREATE", entity="SYSTEM_CONFIG")
def create_code(tx: Tx, body: NewDefectCode) -> DefectCode:
    """Make a defect code. Refuses DEFECT_CODE_DUPLICATE (upper and lower case count as the same)."""
    next_number(tx, "DEFECT_CODE")  # one at a time: of two codes that differ in case the second must see the first
    _must_know(tx, body.operation_codes)
    existing = tx.scalar(select(defect_codes.c.code).where(func.lower(defect_codes.c.code) == body.code.lower()))
    if existing is not None:
        raise Refused("DEFECT_CODE_DUPLICATE", code=body.code, existing=existing)
    key = tx.new_id()
    tx.run(insert(defect_codes).values(id=key, created_at=tx.now, updated_at=tx.now, **body.model_dump()))
    tx.record(body.code, key=key)
    return code_shown(tx.one(select(defect_codes).where(defect_codes.c.id == key)))


@action("quality:config", audit="DEFECT_CODE_UPDATE", entity="SYSTEM_CONFIG", key="code")
def update_code(tx: Tx, code: str, body: DefectCodeChange) -> DefectCode:
    """Change a defect code. Refuses DEFECT_CODE_NOT_FOUND, STALE_UPDATE."""
    row, given = _locked(tx, code), body.given()
    must_keep_code(given.pop("code", None), row.code)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: code_shown(row))
    _must_know(tx, given.get("operation_codes", ()))
    return _saved(tx, row, given)


@action("quality:config", audit="DEFECT_CODE_DELETE", entity="SYSTEM_CONFIG", key="code")
def delete_code(tx: Tx, code: str) -> DefectCode:
    """Switch a defect code off; what used it keeps it. Refuses DEFECT_CODE_NOT_FOUND."""
    return _saved(tx, _locked(tx, code), {"is_active": False})


def _locked(tx: Tx, code: str) -> Row[Any]:
    row = tx.first(select(defect_codes).where(defect_codes.c.code == code).with_for_update())
    if row is None:
        raise Refused("DEFECT_CODE_NOT_FOUND", code=code)
    return row


def _saved(tx: Tx, row: Row[Any], given: dict[str, Any]) -> DefectCode:
    before, after = code_shown(row), code_shown(save(tx, defect_codes, row, given))
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(row.code, key=row.id, changes=changes)
    return after


def _must_know(tx: Tx, codes: Sequence[str]) -> None:
    known = (
        {row.code for row in tx.all(select(operations.c.code).where(operations.c.code.in_(list(codes))))}
        if codes
        else set()
    )
    for at, code in enumerate(codes):
        if code not in known:
            raise bad(f"operationCodes.{at}", zh=f"工序 {code} 不存在", en=f"there is no operation {code}")
