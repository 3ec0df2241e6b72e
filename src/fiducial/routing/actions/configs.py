"""The writes of execution config (spec 01.6) and the binding of collection items to steps (spec 01.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, select, update

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import bad, must_be_fresh, stamp
from fiducial.plant.lookup import OperationRow, the_group_id, the_operation
from fiducial.plant.tables import stations
from fiducial.routing import answers, touched
from fiducial.routing.binding import must_be_bindable
from fiducial.routing.merge import MAY_NOT_CARRY
from fiducial.routing.queries.configs import config_at, configs_of, default_of
from fiducial.routing.queries.routes import locked_route, step_row, whole_or_none
from fiducial.routing.reading import GLOBAL_TARGET, operation_target, route_target, step_target
from fiducial.routing.shapes import Binding, ConfigChange, ConfigFields, Defaults, NewConfig
from fiducial.routing.tables import configs, routes

NOT_FIELDS = frozenset({"scopeType", "stepNo", "remark", "ifUpdatedAt"})


def _said(body: ConfigFields) -> dict[str, Any]:
    """Give the fields that were sent, in wire spelling; null is kept, for in a PATCH it clears."""
    sent = {field.alias or name for name, field in type(body).model_fields.items() if name in body.model_fields_set}
    whole = body.model_dump(by_alias=True)
    return {name: _trimmed(whole[name]) for name in sent - NOT_FIELDS}


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _trimmed(inner) for name, inner in value.items() if inner is not None}
    return value


def _must_be_sound(
    tx: Tx, scope: str, operation_id: int | None, said: Mapping[str, Any], bound_before: list[str] | None = None
) -> None:
    """Refuse what may not be said at this scope, and codes and ids that name nothing."""
    for name in sorted(MAY_NOT_CARRY[scope] & {name for name, value in said.items() if value is not None}):
        raise bad(name, zh=f"{scope} 不能设置此项", en=f"may not be said for {scope}")
    result = (said.get("ingestMapping") or {}).get("result")
    if result:
        passing = {word.casefold() for word in result["passValues"]}
        common = [word for word in result["failValues"] if word.casefold() in passing]
        if common:
            raise bad(
                "ingestMapping.result.failValues",
                zh=f"同时表示 PASS：{common[0]}",
                en=f"means PASS as well: {common[0]}",
            )
    if said.get("stationGroupCode") is not None:
        the_group_id(tx, said["stationGroupCode"])
    codes = said.get("allowedStationCodes") or []
    known = {row.code for row in tx.all(select(stations.c.code).where(stations.c.code.in_(codes)))} if codes else set()
    missing = [code for code in codes if code not in known]
    if missing:
        raise Refused("STATION_NOT_FOUND", stationCode=missing[0], stationCodes=missing)
    if said.get("dataSpecIds") or said.get("excludedDataSpecIds"):
        bound = said.get("dataSpecIds") if said.get("dataSpecIds") is not None else bound_before
        must_be_bindable(tx, operation_id, bound or [], said.get("excludedDataSpecIds") or [])


def _shown(tx: Tx, route: Row[Any], key: int) -> answers.Config:
    wanted = ids.to_wire(key)
    return next(config for config in configs_of(tx, route) if config["id"] == wanted)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        change for change in changed_fields(before, after) if change["path"] not in ("id", "createdAt", "updatedAt")
    ]


def _insert(tx: Tx, target: str, scope: str, said: Mapping[str, Any], remark: str | None, **place: Any) -> int:
    key = tx.new_id()
    fields = {name: value for name, value in said.items() if value is not None}
    new = tx.insert_once(
        configs, id=key, scope=scope, target=target, fields=fields, remark=remark, created_at=tx.now, updated_at=tx.now, **place
    )  # fmt: skip
    if not new:
        raise Refused("EXECUTION_CONFIG_EXISTS", scopeType=scope)
    return key


def _touch(tx: Tx, route: Row[Any]) -> None:
    tx.run(update(routes).where(routes.c.id == route.id).values(needs_compile=True))


@action("route:configure", audit="ROUTE_EXEC_CONFIG_CREATE", entity="ROUTE", key="routing_code")
def create_config(tx: Tx, routing_code: str, body: NewConfig) -> answers.Config:
    """Say how a routing, or one of its steps, is done. Refuses EXECUTION_CONFIG_EXISTS, ROUTE_STEP_NOT_FOUND and what it names in vain."""
    route, said = locked_route(tx, routing_code), _said(body)
    if body.scope_type == "STEP":
        if body.step_no is None:
            raise bad("stepNo", zh="STEP 必须填写", en="is needed for STEP")
        step = step_row(tx, route, body.step_no)
        _must_be_sound(tx, "STEP", step.operation_id, said)
        key = _insert_for_step(tx, route, step, said, body.remark)
    else:
        if body.step_no is not None:
            raise bad("stepNo", zh="只用于 STEP", en="goes only with STEP")
        _must_be_sound(tx, "ROUTE", None, said)
        key = _insert(tx, route_target(route.id), "ROUTE", said, body.remark, route_id=route.id)
    _touch(tx, route)
    after = _shown(tx, route, key)
    tx.record(
        route.code, key=route.id, changes=_changes(answers.nothing_said(body.scope_type), after), configId=after["id"]
    )
    return after


def _insert_for_step(tx: Tx, route: Row[Any], step: Row[Any], said: Mapping[str, Any], remark: str | None) -> int:
    return _insert(
        tx, step_target(route.id, step.step_no, step.source_step_key), "STEP", said, remark,
        route_id=route.id, step_no=step.step_no, source_step_key=step.source_step_key, operation_id=step.operation_id,
    )  # fmt: skip


def _own_config(tx: Tx, route: Row[Any], config_id: str) -> Row[Any]:
    """Give a config of this routing, for change. Refuses EXECUTION_CONFIG_NOT_FOUND, also for another routing's."""
    key = ids.from_wire(config_id)
    row = None
    if key is not None:
        row = tx.first(select(configs).where(configs.c.id == key, configs.c.route_id == route.id).with_for_update())
    if row is None:
        raise Refused("EXECUTION_CONFIG_NOT_FOUND", configId=config_id)
    return row


@action("route:configure", audit="ROUTE_EXEC_CONFIG_UPDATE", entity="ROUTE", key="routing_code")
def update_config(tx: Tx, routing_code: str, config_id: str, body: ConfigChange) -> answers.Config:
    """Change a config (null clears), or attach an orphan to another step. Refuses as `create_config`, STALE_UPDATE."""
    route = locked_route(tx, routing_code)
    row, given, said = _own_config(tx, route, config_id), body.given(), _said(body)
    before = _shown(tx, route, row.id)
    must_be_fresh(given.get("if_updated_at"), row.updated_at, lambda: before)
    values: dict[str, Any] = {}
    operation_id = row.operation_id
    if "step_no" in given and (row.scope != "STEP" or given["step_no"] != before["stepNo"] or before["orphaned"]):
        values |= _attached(tx, route, row, given["step_no"], orphaned=bool(before["orphaned"]))
        operation_id = values["operation_id"]
    elif row.scope == "STEP" and not before["orphaned"]:
        operation_id = step_row(tx, route, before["stepNo"]).operation_id
    _must_be_sound(tx, row.scope, operation_id, said, row.fields.get("dataSpecIds"))
    fields = {name: value for name, value in {**row.fields, **said}.items() if value is not None}
    remark = given.get("remark", row.remark)
    values |= {
        "fields": fields,
        "remark": remark,
        "operation_id": operation_id,
        "updated_at": stamp(tx, row.updated_at),
    }
    tx.run(update(configs).where(configs.c.id == row.id).values(values))
    _touch(tx, route)
    after = _shown(tx, route, row.id)
    tx.record(route.code, key=route.id, changes=_changes(before, after), configId=config_id)
    return after


def _attached(tx: Tx, route: Row[Any], row: Row[Any], step_no: int, *, orphaned: bool) -> dict[str, Any]:
    """Give where an orphan now belongs. Refuses VALIDATION_ERROR for a config that has its step, EXECUTION_CONFIG_EXISTS."""
    if row.scope != "STEP" or not orphaned:
        raise bad(
            "stepNo",
            zh="只有失去步骤的配置才能改挂到其他步骤",
            en="only a config that has lost its step can be attached to another",
        )
    step = step_row(tx, route, step_no)
    target = step_target(route.id, step.step_no, step.source_step_key)
    if config_at(tx, target) is not None and target != row.target:
        raise Refused("EXECUTION_CONFIG_EXISTS", scopeType="STEP", stepNo=step_no)
    return {
        "target": target, "step_no": step.step_no, "source_step_key": step.source_step_key, "operation_id": step.operation_id,
    }  # fmt: skip


@action("route:configure", audit="ROUTE_EXEC_CONFIG_DELETE", entity="ROUTE", key="routing_code")
def delete_config(tx: Tx, routing_code: str, config_id: str) -> answers.Gone:
    """Take back what was said. Refuses EXECUTION_CONFIG_NOT_FOUND."""
    route = locked_route(tx, routing_code)
    row = _own_config(tx, route, config_id)
    before = _shown(tx, route, row.id)
    tx.run(delete(configs).where(configs.c.id == row.id))
    _touch(tx, route)
    tx.record(route.code, key=route.id, changes=_changes(before, {}), configId=config_id)
    return answers.Gone(id=config_id)


@action("route:configure", audit="ROUTE_DATA_SPEC_BIND", entity="ROUTE", key="routing_code")
def bind_specs(tx: Tx, routing_code: str, step_no: str, body: Binding) -> answers.Config:
    """Bind collection items to a step, in its STEP config, which is made when there was none.

    Refuses ROUTE_STEP_NOT_FOUND, DATA_SPEC_NOT_FOUND, DATA_SPEC_INACTIVE, DATA_SPEC_OPERATION_MISMATCH, STALE_UPDATE.
    """
    route = locked_route(tx, routing_code)
    step = step_row(tx, route, whole_or_none(step_no))
    target = step_target(route.id, step.step_no, step.source_step_key)
    row = config_at(tx, target)
    before = _shown(tx, route, row.id) if row is not None else answers.nothing_said("STEP")
    must_be_fresh(body.given().get("if_updated_at"), row.updated_at if row is not None else 0, lambda: before)
    said: dict[str, Any] = {"dataSpecIds": body.data_spec_ids}
    if "excluded_data_spec_ids" in body.given():
        said["excludedDataSpecIds"] = body.excluded_data_spec_ids
    excluded = said.get("excludedDataSpecIds", before["excludedDataSpecIds"]) or []
    must_be_bindable(tx, step.operation_id, body.data_spec_ids, excluded)
    if row is None:
        key = _insert_for_step(tx, route, step, said, None)
    else:
        key = row.id
        fields = {name: value for name, value in {**row.fields, **said}.items() if value is not None}
        tx.run(update(configs).where(configs.c.id == key).values(fields=fields, updated_at=stamp(tx, row.updated_at)))
    _touch(tx, route)
    after = _shown(tx, route, key)
    tx.record(route.code, key=route.id, changes=_changes(before, after), stepNo=step.step_no)
    return after


@action("route:configure", audit="EXEC_DEFAULT_UPDATE", entity="OPERATION", key="operation_id")
def put_operation_default(tx: Tx, operation_id: str, body: Defaults) -> answers.Config:
    """Say how an operation is done in every routing. Refuses OPERATION_NOT_FOUND, STALE_UPDATE and as `create_config`."""
    operation = the_operation(tx, operation_id)
    answer = _put_default(tx, operation, body)
    answer["affectedRoutings"] = touched.mark(tx, touched.routes_with(tx, [operation.id]))
    return answer


@action("route:configure", audit="EXEC_DEFAULT_UPDATE", entity="PLANT")
def put_global_default(tx: Tx, body: Defaults) -> answers.Config:
    """Say how everything is done unless something nearer says otherwise. Refuses STALE_UPDATE and as `create_config`."""
    answer = _put_default(tx, None, body)
    answer["affectedRoutings"] = touched.mark_all(tx)
    return answer


def _put_default(tx: Tx, operation: OperationRow | None, body: Defaults) -> answers.Config:
    scope, key = ("GLOBAL", None) if operation is None else ("OPERATION", operation.id)
    target = GLOBAL_TARGET if operation is None else operation_target(operation.id)
    said = _said(body)
    row = tx.first(select(configs).where(configs.c.target == target).with_for_update())
    before = default_of(tx, operation)
    must_be_fresh(body.given().get("if_updated_at"), row.updated_at if row is not None else 0, lambda: before)
    _must_be_sound(tx, scope, key, said)
    if row is None:
        _insert(tx, target, scope, said, body.remark, operation_id=key)
    else:
        fields = {name: value for name, value in said.items() if value is not None}
        values = {"fields": fields, "remark": body.remark, "updated_at": stamp(tx, row.updated_at)}
        tx.run(update(configs).where(configs.c.id == row.id).values(values))
    after = default_of(tx, operation)
    tx.record(operation.code if operation is not None else "GLOBAL", key=key, changes=_changes(before, after))
    return after
