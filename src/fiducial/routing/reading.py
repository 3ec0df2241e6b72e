"""Reads what a compile needs of a routing, and tells by a few sums whether any of it has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Table, func, or_, select

from fiducial.kit import ids
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import find_template, frozen_profile
from fiducial.plant.tables import fai_templates, groups, operations, reflow_profiles, stations
from fiducial.routing.facts import OperationFacts, RouteFacts, SpecFacts, StationFacts, StepFacts, TemplateFacts
from fiducial.routing.tables import configs, data_specs, routes, steps

Fingerprint = tuple[int, ...]
_READ = (configs, data_specs, operations, stations, fai_templates, reflow_profiles)


def fingerprint(tx: Tx, route_id: int) -> Fingerprint:
    """Give sums that differ once anything a compile reads has changed: counts, and instants that only ever grow."""
    own = tx.scalar(select(routes.c.updated_at).where(routes.c.id == route_id))
    return (int(own or 0), *(int(value or 0) for table in _READ for value in _sums(tx, table)))


def _sums(tx: Tx, table: Table) -> tuple[Any, Any]:
    row = tx.one(select(func.count().label("rows"), func.sum(table.c.updated_at).label("instants")).select_from(table))
    return row.rows, row.instants


def route_facts(tx: Tx, route: Row[Any]) -> RouteFacts:
    """Give everything a compile reads of the routing."""
    rows = _step_rows(tx, route.id)
    said = _configs(tx, route.id, {row.operation_id for row in rows if row.operation_id is not None})
    taken: set[str] = set()
    found = []
    for row in rows:
        target = step_target(route.id, row.step_no, row.source_step_key)
        layers = {
            "STEP": said.get(target), "OPERATION": said.get(operation_target(row.operation_id)), "ROUTE": said.get(route_target(route.id)),
            "GLOBAL": said.get(GLOBAL_TARGET),
        }  # fmt: skip
        taken.add(target)
        found.append(_step(row, {scope: config.fields for scope, config in layers.items() if config is not None}))
    orphans = [config for config in said.values() if config.scope == "STEP" and config.target not in taken]
    merged = [step.merged() for step in found]
    named = {code for config in merged for code in config["allowedStationCodes"].value or []}
    in_groups = {config["stationGroupCode"].value for config in merged} - {None}
    bound = {key for config in merged for key in config["dataSpecIds"].value or []}
    expected = {config["expectedReflowProfileCode"].value for config in merged} - {None}
    return RouteFacts(
        code=route.code, name=route.name, source_system=route.source_system, source_key=route.source_key,
        product_code=route.product_code, process_type=route.process_type, unknown_serial_policy=route.unknown_serial_policy,
        fai_trial_policy=route.fai_trial_policy, steps=tuple(found),
        specs=_specs(tx, {row.operation_id for row in rows if row.operation_id is not None}, bound),
        stations=_stations(tx, named, in_groups),
        orphans=tuple(
            {"configId": ids.to_wire(config.id), "stepNo": config.step_no, "sourceStepKey": config.source_step_key} for config in orphans
        ),
        template=_template(tx, route.fai_template_code), profiles=_profiles(tx, expected),
    )  # fmt: skip


def _template(tx: Tx, code: str | None) -> TemplateFacts | None:
    row = None if code is None else find_template(tx, code)
    return None if row is None else TemplateFacts(row.code, row.revision, row.is_active, row.items)


def _profiles(tx: Tx, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    wanted = (reflow_profiles.c.code.in_(list(codes)), reflow_profiles.c.status == "ACTIVE")
    return {row.code: frozen_profile(row) for row in tx.all(select(reflow_profiles).where(*wanted))} if codes else {}


GLOBAL_TARGET = "GLOBAL"


def route_target(route_id: int) -> str:
    """Give the target of a routing's own config."""
    return f"ROUTE:{route_id}"


def operation_target(operation_id: int | None) -> str:
    """Give the target of an operation's default."""
    return f"OPERATION:{operation_id}"


def step_target(route_id: int, step_no: int, source_step_key: str | None) -> str:
    """Give the target of a step's config: an ERP step is known by its key, one of ours by its number (spec 01.6)."""
    return f"STEP:{route_id}:{source_step_key or step_no}"


def _step_rows(tx: Tx, route_id: int) -> list[Row[Any]]:
    joined = steps.outerjoin(operations, operations.c.id == steps.c.operation_id).outerjoin(
        groups, groups.c.id == steps.c.group_id
    )
    columns = (
        steps, operations.c.code.label("operation_code"), operations.c.name.label("operation_name"), operations.c.default_type,
        operations.c.is_key_quality, operations.c.process_kind, groups.c.code.label("group_code"), groups.c.name.label("group_name"),
    )  # fmt: skip
    return list(
        tx.all(select(*columns).select_from(joined).where(steps.c.route_id == route_id).order_by(steps.c.step_no))
    )


def _step(row: Row[Any], layers: Mapping[str, Mapping[str, Any]]) -> StepFacts:
    operation = None
    if row.operation_id is not None:
        operation = OperationFacts(
            ids.to_wire(row.operation_id), row.operation_code, row.operation_name, row.default_type, row.is_key_quality, row.process_kind
        )  # fmt: skip
    return StepFacts(
        step_no=row.step_no, operation=operation, station_group_code=row.group_code, station_group_name=row.group_name,
        station_type=row.station_type, requires_fai=row.requires_fai, source_step_key=row.source_step_key, erp=row.erp, layers=layers,
    )  # fmt: skip


def _configs(tx: Tx, route_id: int, operation_ids: Iterable[int]) -> dict[str, Row[Any]]:
    defaults = [operation_target(key) for key in operation_ids]
    wanted = or_(configs.c.route_id == route_id, configs.c.target.in_([*defaults, GLOBAL_TARGET]))
    return {row.target: row for row in tx.all(select(configs).where(wanted).order_by(configs.c.id))}


def _specs(tx: Tx, operation_ids: Iterable[int], bound: Iterable[str]) -> dict[str, SpecFacts]:
    keys = [key for key in map(ids.from_wire, bound) if key is not None]
    wanted = or_(data_specs.c.operation_id.in_(list(operation_ids)), data_specs.c.id.in_(keys))
    found = (
        spec_facts(row)
        for row in tx.all(select(data_specs).where(wanted).order_by(data_specs.c.name_folded, data_specs.c.id))
    )
    return {spec.id: spec for spec in found}


def spec_facts(row: Row[Any]) -> SpecFacts:
    """Give a collection item as a compile reads it."""
    return SpecFacts(
        id=ids.to_wire(row.id), operation_id=ids.to_wire(row.operation_id), revision=row.revision, name=row.name, item_type=row.item_type,
        data_type=row.data_type, method=row.method, trigger_type=row.trigger_type, trigger_rule=row.trigger_rule, spec=row.spec,
        alarm=row.alarm, is_required=row.is_required, is_active=row.is_active,
    )  # fmt: skip


def _stations(tx: Tx, named: Iterable[str], in_groups: Iterable[str]) -> dict[str, StationFacts]:
    joined = stations.outerjoin(groups, groups.c.id == stations.c.group_id)
    statement = select(
        stations.c.code, stations.c.station_type, groups.c.code.label("group_code"), stations.c.is_active
    )
    wanted = or_(stations.c.code.in_(list(named)), groups.c.code.in_(list(in_groups)))
    found = tx.all(statement.select_from(joined).where(wanted).order_by(stations.c.code))
    return {row.code: StationFacts(row.code, row.station_type, row.group_code, row.is_active) for row in found}
