"""The writes of collection items (spec 01.8). They are never deleted, only switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Text, func, select, type_coerce, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import bad, must_be_fresh, stamp
from fiducial.plant.lookup import the_operation
from fiducial.routing import answers, ports, touched
from fiducial.routing.queries.specs import spec_row, specs_statement
from fiducial.routing.shapes import NewSpec, SpecChange
from fiducial.routing.spec_rules import Definition, faults_of, normal_trigger_rule
from fiducial.routing.tables import data_specs, versions

NESTED = ("trigger_rule", "spec", "alarm")


def _values(body: NewSpec | SpecChange) -> dict[str, Any]:
    """Give what was sent as it is stored: nested parts in wire spelling, nothing kept for an empty one."""
    given = body.given()
    for name in NESTED:
        if name in given:
            part = given[name]
            given[name] = (part.model_dump(by_alias=True, exclude_none=True) or None) if part is not None else None
    return given


def _must_keep_rules(tx: Tx, values: Mapping[str, Any]) -> None:
    """Refuse VALIDATION_ERROR with the path of each field that breaks a rule, such as `spec.lsl`."""
    definition = Definition(
        data_type=values["data_type"], method=values["method"], trigger_type=values["trigger_type"],
        trigger_rule=values.get("trigger_rule"), spec=values.get("spec"), alarm=values.get("alarm"),
    )  # fmt: skip
    faults = faults_of(definition)
    if faults:
        english = tx.caller.language == "en"
        fields = [{"path": fault.path, "reason": fault.en if english else fault.zh} for fault in faults]
        raise Refused("VALIDATION_ERROR", fields=fields)


def _must_be_only(tx: Tx, operation_id: int, operation_code: str, name: str, besides: int | None = None) -> None:
    found = tx.first(
        select(data_specs.c.id, data_specs.c.name)
        .where(data_specs.c.operation_id == operation_id, data_specs.c.name_folded == name.casefold())
    )  # fmt: skip
    if found is not None and found.id != besides:
        raise Refused("DATA_SPEC_NAME_DUPLICATE", operationCode=operation_code, existing=found.name)


@action("data_spec:config", audit="DATA_SPEC_CREATE", entity="DATA_SPEC")
def create_spec(tx: Tx, body: NewSpec) -> answers.Spec:
    """Make a collection item. Refuses OPERATION_NOT_FOUND, DATA_SPEC_NAME_DUPLICATE, VALIDATION_ERROR by field."""
    operation = the_operation(tx, body.operation_code)
    values = {"is_required": body.is_required, "is_active": body.is_active, **_values(body)}
    del values["operation_code"]
    _must_keep_rules(tx, values)
    _must_be_only(tx, operation.id, operation.code, body.name)
    values["trigger_rule"] = normal_trigger_rule(body.trigger_type, values.get("trigger_rule"))
    key = tx.new_id()
    new = tx.insert_once(
        data_specs, id=key, operation_id=operation.id, name_folded=body.name.casefold(), revision=1, created_at=tx.now, updated_at=tx.now,
        **values,
    )  # fmt: skip
    if not new:
        raise Refused("DATA_SPEC_NAME_DUPLICATE", operationCode=operation.code, existing=body.name)
    if body.is_required and body.is_active:  # every step of the operation must now bind it or leave it out on purpose
        touched.mark(tx, touched.routes_with(tx, [operation.id]))
    answer = answers.spec_of(_by_key(tx, key))
    tx.record(f"{operation.code}/{body.name}", key=key, definition=_defined(answer))
    return answer


@action("data_spec:config", audit="DATA_SPEC_UPDATE", entity="DATA_SPEC", key="spec_id")
def update_spec(tx: Tx, spec_id: str, body: SpecChange) -> answers.Spec:
    """Change a collection item or switch it; each change is a new revision. The routings it is part of need a compile.

    Refuses DATA_SPEC_NOT_FOUND, DATA_SPEC_NAME_DUPLICATE, DATA_SPEC_IN_USE (data type), STALE_UPDATE, VALIDATION_ERROR by field.
    """
    shown, given = spec_row(tx, spec_id), _values(body)
    row = tx.one(select(data_specs).where(data_specs.c.id == shown.id).with_for_update())
    before = answers.spec_of(_by_key(tx, row.id))
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: before)
    if given.pop("operation_code", shown.operation_code) != shown.operation_code:
        raise bad(
            "operationCode",
            zh=f"不可更改，此采集项属于 {shown.operation_code}",
            en=f"never changes; this is an item of {shown.operation_code}",
        )
    whole = {name: getattr(row, name) for name in ("data_type", "method", "trigger_type", *NESTED)} | given
    if "trigger_type" in given and "trigger_rule" not in given and given["trigger_type"] != row.trigger_type:
        whole["trigger_rule"] = None  # the old rule belonged to the old trigger
    _must_keep_rules(tx, whole)
    given["trigger_rule"] = normal_trigger_rule(whole["trigger_type"], whole["trigger_rule"])
    if "name" in given:
        _must_be_only(tx, row.operation_id, shown.operation_code, given["name"], row.id)
        given["name_folded"] = given["name"].casefold()
    if given.get("data_type", row.data_type) != row.data_type and _has_values(tx, spec_id):
        raise Refused("DATA_SPEC_IN_USE", specName=row.name)
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    if changed:
        stamped = {**changed, "revision": row.revision + 1, "updated_at": stamp(tx, row.updated_at)}
        tx.run(update(data_specs).where(data_specs.c.id == row.id).values(stamped))
    answer = answers.spec_of(_by_key(tx, row.id))
    _record(tx, row, before, answer)
    answer["affectedRoutings"] = _mark(tx, row, answer) if changed else []
    return answer


def _record(tx: Tx, row: Row[Any], before: answers.Spec, after: answers.Spec) -> None:
    display = f"{after['operationCode']}/{after['name']}"
    changes = [change for change in changed_fields(before, after) if change["path"] not in ("updatedAt", "revision")]
    switched = [change for change in changes if change["path"] == "isActive"]
    others = [change for change in changes if change["path"] != "isActive"]
    if switched:
        tx.record(
            display,
            action="DATA_SPEC_ENABLE" if after["isActive"] else "DATA_SPEC_DISABLE",
            key=row.id,
            changes=switched,
        )
    if others or not switched:
        tx.record(display, key=row.id, changes=others)


def _mark(tx: Tx, before: Row[Any], after: answers.Spec) -> list[str]:
    """Mark the routings that have frozen, or would freeze, this item; a required one concerns every step of its operation."""
    concerned = set(touched.routes_saying(tx, [after["id"]]))
    if before.is_required or after["isRequired"]:
        concerned |= set(touched.routes_with(tx, [before.operation_id]))
    return touched.mark(tx, concerned)


def _has_values(tx: Tx, spec_id: str) -> bool:
    """Tell whether a value is stored. Only what some version has frozen can have one, and versions are few."""
    frozen = (
        select(func.count())
        .select_from(versions)
        .where(type_coerce(versions.c.snapshot, Text).contains(f'"{spec_id}"'))
    )
    return bool(tx.scalar(frozen)) and ports.has_values(tx, spec_id)


def _by_key(tx: Tx, key: int) -> Row[Any]:
    return tx.one(specs_statement().where(data_specs.c.id == key))


def _defined(spec: answers.Spec) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name not in ("id", "createdAt", "updatedAt", "revision")}
