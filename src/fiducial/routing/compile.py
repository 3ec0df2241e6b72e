"""From what was read of a routing to an executable version (spec 01.9). Pure: facts in, snapshot, errors and warnings out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fiducial.kit.columns import canonical
from fiducial.routing.facts import RouteFacts, SpecFacts, StationFacts, StepFacts
from fiducial.routing.issues import ERROR, MISSING, MISSING_MEASUREMENTS, MISSING_SERIALS, OTHER_TYPE, WARNING, issue
from fiducial.routing.merge import Chosen

READY, INVALID = "READY", "INVALID"
MACHINE_TYPES = frozenset({"AUTO", "BATCH", "TEST"})
# What an ingest mapping must hold (spec 01.6); `result` and `measurements` are complete when they are there, the shape sees to it.
NEEDED_PATHS = {
    "AUTO": ("occurredAtPath", "stationCodePath", "snPath", "result"),
    "BATCH": ("occurredAtPath", "stationCodePath", "carrierCodePath", "result"),
    "TEST": ("occurredAtPath", "stationCodePath", "snPath", "testResultIdPath", "result"),
}

Issue = dict[str, Any]
Config = Mapping[str, Chosen]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compile gives. `snapshot` has no `routeVersion` yet; its hash is that of this text."""

    snapshot: Mapping[str, Any]
    content_hash: str
    errors: list[Issue]
    warnings: list[Issue]

    @property
    def status(self) -> str:
        """Give READY, or INVALID when there is any error."""
        return INVALID if self.errors else READY


def compile_route(route: RouteFacts) -> Compiled:
    """Merge, check and freeze a routing that has steps."""
    errors: list[Issue] = [*_route_errors(route)]
    warnings: list[Issue] = []
    frozen = []
    for step in sorted(route.steps, key=lambda step: step.step_no):
        config = step.merged()
        errors.extend(_errors_of(step, config, route))
        warnings.extend(_warnings_of(step))
        frozen.append(_frozen(step, config, route))
    snapshot = {"route": _route(route), "steps": frozen}
    warnings = [*_route_warnings(route, frozen), *warnings]
    return Compiled(snapshot, hashlib.sha256(canonical(snapshot)).hexdigest(), errors, warnings)


def _route(route: RouteFacts) -> dict[str, Any]:
    return {
        "code": route.code, "name": route.name, "sourceSystem": route.source_system, "sourceKey": route.source_key,
        "productCode": route.product_code, "processType": route.process_type,
        "options": {"unknownSerialPolicy": route.unknown_serial_policy, "faiTrialPolicy": route.fai_trial_policy},
        "faiTemplate": _frozen_template(route),
    }  # fmt: skip


def _frozen_template(route: RouteFacts) -> dict[str, Any] | None:
    """Give the copy that a version carries: later edits reach a run only through a new version (spec 01.7)."""
    template = route.template
    return (
        None
        if template is None
        else {"code": template.code, "revision": template.revision, "items": list(template.items)}
    )


def _frozen(step: StepFacts, config: Config, route: RouteFacts) -> dict[str, Any]:
    operation = step.operation
    bound: list[str] = config["dataSpecIds"].value or []
    return {
        "stepNo": step.step_no,
        "operationId": operation.id if operation else None,
        "operationCode": operation.code if operation else None,
        "operationName": operation.name if operation else None,
        "processKind": operation.process_kind if operation else None,
        "isKeyQuality": operation.is_key_quality if operation else False,
        "stationType": config["stationType"].value,
        "stationGroupCode": config["stationGroupCode"].value,
        "allowedStationCodes": config["allowedStationCodes"].value or [],
        "requiresFAI": config["requiresFAI"].value,
        "requiresAuthorization": config["requiresAuthorization"].value,
        "dataSpecIds": bound,
        "dataSpecs": [frozen_spec(route.specs[key]) for key in bound if key in route.specs],
        "expectedReflowProfile": route.profiles.get(config["expectedReflowProfileCode"].value or ""),
        "requiredTools": config["requiredTools"].value,
        "requiresTestProgram": config["requiresTestProgram"].value,
        "ingestMapping": config["ingestMapping"].value,
        "sourceStepKey": step.source_step_key,
    }


def frozen_spec(spec: SpecFacts) -> dict[str, Any]:
    """Give a collection item as a snapshot holds it."""
    return {
        "id": spec.id, "revision": spec.revision, "name": spec.name, "itemType": spec.item_type, "dataType": spec.data_type,
        "method": spec.method, "triggerType": spec.trigger_type, "triggerRule": spec.trigger_rule, "spec": spec.spec,
        "alarm": spec.alarm, "isRequired": spec.is_required,
    }  # fmt: skip


# Errors


def _route_errors(route: RouteFacts) -> Iterator[Issue]:
    if route.template is not None and not route.template.is_active:
        yield issue(
            ERROR, "FAI_TEMPLATE_INACTIVE", step_no=None, operation_code=None, field="faiTemplateCode", templateCode=route.template.code
        )  # fmt: skip


class _At:
    """Makes the errors of one step."""

    def __init__(self, step: StepFacts) -> None:
        self.step_no, self.operation_code = step.step_no, step.operation.code if step.operation else None

    def __call__(self, code: str, field: str, **details: Any) -> Issue:
        return issue(ERROR, code, step_no=self.step_no, operation_code=self.operation_code, field=field, **details)


def _errors_of(step: StepFacts, config: Config, route: RouteFacts) -> Iterator[Issue]:
    at = _At(step)
    if step.operation is None:
        yield at(
            "MAPPING_MISSING",
            "operationCode",
            sourceProcessKey=(step.erp or {}).get("processCode") or step.source_step_key,
        )
    yield from _station_errors(at, config, route.stations)
    yield from _spec_errors(at, step, config, route)
    if config["stationType"].value in MACHINE_TYPES:
        yield from _mapping_errors(at, config, route)
    yield from _profile_errors(at, step, config["expectedReflowProfileCode"].value, route)


def _profile_errors(at: _At, step: StepFacts, code: str | None, route: RouteFacts) -> Iterator[Issue]:
    if code is None:
        return
    profile, kind = route.profiles.get(code), step.operation.process_kind if step.operation else None
    if profile is None:
        yield at("REFLOW_PROFILE_NOT_ACTIVE", "expectedReflowProfileCode", profileCode=code)
    elif profile["kind"] != kind:
        yield at(
            "REFLOW_PROFILE_NOT_APPLICABLE",
            "expectedReflowProfileCode",
            profileCode=code,
            profileKind=profile["kind"],
            processKind=kind,
        )


def _station_errors(at: _At, config: Config, stations: Mapping[str, StationFacts]) -> Iterator[Issue]:
    allowed: list[str] = config["allowedStationCodes"].value or []
    group, wanted = config["stationGroupCode"].value, config["stationType"].value
    if not allowed and group is None:
        yield at("STATION_CONSTRAINT_MISSING", "stationGroupCode")
        return
    gone = [code for code in allowed if code not in stations]
    off = [code for code in allowed if code in stations and not stations[code].is_active]
    other = [code for code in allowed if code in stations and stations[code].station_type != wanted]
    if gone:
        yield at("STATION_NOT_FOUND", "allowedStationCodes", stationCodes=gone)
    if off:
        yield at("STATION_INACTIVE", "allowedStationCodes", stationCodes=off)
    if other:
        yield at("STATION_TYPE_MISMATCH", "allowedStationCodes", stationType=wanted, stationCodes=other)
    if group is not None:
        members = [station for station in stations.values() if station.group_code == group and station.is_active]
        if not any(station.station_type == wanted for station in members):
            codes = sorted(station.code for station in members)
            yield at("STATION_TYPE_MISMATCH", "stationGroupCode", stationType=wanted, stationCodes=codes)


def _spec_errors(at: _At, step: StepFacts, config: Config, route: RouteFacts) -> Iterator[Issue]:
    bound: list[str] = config["dataSpecIds"].value or []
    excluded: list[str] = config["excludedDataSpecIds"].value or []
    known = [route.specs[key] for key in bound if key in route.specs]
    operation_id = step.operation.id if step.operation else None
    missing = [key for key in bound if key not in route.specs]
    if missing:
        yield at("DATA_SPEC_NOT_FOUND", "dataSpecIds", specIds=missing, specNames=[])
    off = [spec for spec in known if not spec.is_active]
    if off:
        yield at("DATA_SPEC_INACTIVE", "dataSpecIds", **_named(off))
    foreign = [spec for spec in known if spec.operation_id != operation_id]
    if foreign:
        yield at("DATA_SPEC_OPERATION_MISMATCH", "dataSpecIds", **_named(foreign))
    unbound = [
        spec for spec in route.specs.values()
        if spec.operation_id == operation_id and spec.is_required and spec.is_active and spec.id not in (*bound, *excluded)
    ]  # fmt: skip
    if unbound:
        yield at("DATA_SPEC_REQUIRED_UNBOUND", "dataSpecIds", **_named(unbound))


def _named(specs: list[SpecFacts]) -> dict[str, list[str]]:
    ordered = sorted(specs, key=lambda spec: spec.name)
    return {"specIds": [spec.id for spec in ordered], "specNames": [spec.name for spec in ordered]}


def _mapping_errors(at: _At, config: Config, route: RouteFacts) -> Iterator[Issue]:
    mapping: Mapping[str, Any] | None = config["ingestMapping"].value
    station_type = config["stationType"].value
    if mapping is None:
        yield at("INGEST_MAPPING_MISSING", "ingestMapping", stationType=station_type)
        return
    specs = [route.specs[key] for key in config["dataSpecIds"].value or [] if key in route.specs]
    paths = [
        {"path": f"ingestMapping.{path}", "reason": reason}
        for path, reason in _mapping_faults(mapping, station_type, bool(specs))
    ]
    if paths:
        yield at("INGEST_MAPPING_INVALID", "ingestMapping", paths=paths)
    mapped = set((mapping.get("dataSpecMap") or {}).values())
    unmapped = sorted(spec.name for spec in specs if spec.method == "AUTO" and spec.name not in mapped)
    if unmapped:
        yield at("DATA_SPEC_NOT_MAPPED", "ingestMapping.dataSpecMap", specNames=unmapped)
    manual = sorted(spec.name for spec in specs if spec.method == "MANUAL" and spec.name in mapped)
    if manual:
        yield at("DATA_SPEC_METHOD_MISMATCH", "ingestMapping.dataSpecMap", specNames=manual)


def _mapping_faults(mapping: Mapping[str, Any], station_type: str, has_specs: bool) -> Iterator[tuple[str, str]]:  # noqa: FBT001
    for name in NEEDED_PATHS[station_type]:
        if not mapping.get(name):
            yield name, MISSING
    if (
        station_type == "BATCH"
        and not mapping.get("snListPath")
        and not (mapping.get("itemsPath") and mapping.get("snPath"))
    ):
        yield "snListPath", MISSING_SERIALS
    if station_type != "BATCH" and has_specs and not mapping.get("measurements"):
        yield "measurements", MISSING_MEASUREMENTS
    if mapping.get("eventType") not in (None, station_type):
        yield "eventType", OTHER_TYPE


# Warnings


def _warnings_of(step: StepFacts) -> Iterator[Issue]:
    operation = step.operation
    if operation and operation.process_kind == "OTHER":
        yield issue(
            WARNING, "PROCESS_KIND_UNSET", step_no=step.step_no, operation_code=operation.code, field="processKind"
        )


def _route_warnings(route: RouteFacts, steps: list[dict[str, Any]]) -> Iterator[Issue]:
    first = next((step for step in steps if step["requiresFAI"]), None)
    if first and route.template is None:
        yield issue(
            WARNING, "FAI_TEMPLATE_MISSING", step_no=first["stepNo"], operation_code=first["operationCode"], field="requiresFAI",
            stepNos=[step["stepNo"] for step in steps if step["requiresFAI"]],
        )  # fmt: skip
    for orphan in route.orphans:
        step = orphan["stepNo"] if orphan["stepNo"] is not None else orphan["sourceStepKey"]
        yield issue(
            WARNING,
            "CONFIG_ORPHANED",
            step_no=None,
            operation_code=None,
            field=None,
            step=step,
            configId=orphan["configId"],
        )
