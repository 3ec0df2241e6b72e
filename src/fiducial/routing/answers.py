"""What routing answers, in the words of the wire (spec 01.5-01.9)."""

from __future__ import annotations

from typing import Any, NotRequired, cast

from sqlalchemy import Row
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.routing import issues
from fiducial.routing.facts import RouteFacts, StepFacts
from fiducial.routing.merge import FIELDS


class Options(TypedDict):
    """What a routing decides for its runs."""

    unknownSerialPolicy: str
    faiTrialPolicy: str


class Route(TypedDict):
    """A routing."""

    id: str
    code: str
    name: str
    sourceSystem: str
    sourceKey: str | None
    productCode: str | None
    version: str | None
    processType: str
    isActive: bool
    effectiveFrom: str | None
    effectiveTo: str | None
    faiTemplateCode: str | None
    options: Options
    needsCompile: bool
    needsReview: bool
    createdAt: str | None
    updatedAt: str | None


class RouteLine(TypedDict):
    """A routing in the list."""

    id: str
    code: str
    name: str
    sourceSystem: str
    productCode: str | None
    version: str | None
    processType: str
    isActive: bool
    effectiveFrom: str | None
    effectiveTo: str | None
    needsCompile: bool
    stepCount: int
    latestReadyVersionNo: int | None
    latestVersionNo: int | None
    latestStatus: str | None
    updatedAt: str | None


class Effective(TypedDict):
    """One value of a merged config and where it was said."""

    value: Any
    scope: str | None


class Step(TypedDict):
    """A step with its effective config."""

    stepNo: int
    operationCode: str | None
    operationName: str | None
    processKind: str | None
    stationGroupCode: str | None
    stationGroupName: str | None
    stationType: str | None
    requiresFAI: bool
    sourceStepKey: str | None
    erp: dict[str, Any] | None
    isLast: bool
    effectiveConfig: dict[str, Effective]


class RouteDetail(TypedDict):
    """A routing with its steps."""

    route: Route
    steps: list[Step]


class Config(TypedDict):
    """An execution config; a field that is null is not said here."""

    id: str | None
    scopeType: str
    stepNo: int | None
    sourceStepKey: str | None
    operationCode: str | None
    stationType: str | None
    stationGroupCode: str | None
    allowedStationCodes: list[str] | None
    requiresFAI: bool | None
    requiresAuthorization: bool | None
    dataSpecIds: list[str] | None
    excludedDataSpecIds: list[str] | None
    expectedReflowProfileCode: str | None
    requiredTools: dict[str, Any] | None
    requiresTestProgram: bool | None
    ingestMapping: dict[str, Any] | None
    remark: str | None
    createdAt: str | None
    updatedAt: str | None
    orphaned: NotRequired[bool]
    suggestedStepNo: NotRequired[int | None]
    affectedRoutings: NotRequired[list[str]]


class Configs(TypedDict):
    """The execution configs of a routing."""

    items: list[Config]


class BoundStep(TypedDict):
    """A step that a collection item is bound to."""

    routingCode: str
    stepNo: int


class Spec(TypedDict):
    """A collection item."""

    id: str
    operationCode: str
    operationName: str
    name: str
    itemType: str
    dataType: str
    method: str
    triggerType: str
    triggerRule: dict[str, Any] | None
    spec: dict[str, Any] | None
    alarm: dict[str, Any] | None
    isRequired: bool
    isActive: bool
    revision: int
    createdAt: str | None
    updatedAt: str | None
    boundStepCount: NotRequired[int]
    boundSteps: NotRequired[list[BoundStep]]
    affectedRoutings: NotRequired[list[str]]


class MissingSpec(TypedDict):
    """A bound collection item that is none of the step's operation."""

    specId: str


class Picker(TypedDict):
    """The collection items of a step's operation, by what they are to the step."""

    stepNo: int
    operationCode: str | None
    operationName: str | None
    inheritedFrom: str | None
    bound: list[Spec]
    available: list[Spec]
    inactive: list[Spec]
    missing: list[MissingSpec]
    excludedDataSpecIds: list[str]
    updatedAt: str | None


class Version(TypedDict):
    """A frozen version of a routing."""

    id: str
    routingCode: str
    versionNo: int
    status: str
    contentHash: str
    errors: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    compiledAt: str | None
    compiledBy: str | None
    compiledByName: str | None
    retiredAt: str | None
    retiredBy: str | None
    retiredByName: str | None
    retireReason: str | None
    snapshot: NotRequired[dict[str, Any]]
    isNew: NotRequired[bool]
    diff: NotRequired[dict[str, Any]]


class Gone(TypedDict):
    """What was deleted."""

    id: str


def route_of(row: Row[Any]) -> Route:
    """Give a row of `route` as it is answered."""
    return Route(
        id=ids.to_wire(row.id), code=row.code, name=row.name, sourceSystem=row.source_system, sourceKey=row.source_key,
        productCode=row.product_code, version=row.version, processType=row.process_type, isActive=row.is_active,
        effectiveFrom=clock.to_wire(row.effective_from), effectiveTo=clock.to_wire(row.effective_to), faiTemplateCode=row.fai_template_code,
        options=Options(unknownSerialPolicy=row.unknown_serial_policy, faiTrialPolicy=row.fai_trial_policy),
        needsCompile=row.needs_compile, needsReview=row.needs_review,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def route_line_of(row: Row[Any]) -> RouteLine:
    """Give a row of the list of routings as it is answered."""
    return RouteLine(
        id=ids.to_wire(row.id), code=row.code, name=row.name, sourceSystem=row.source_system, productCode=row.product_code,
        version=row.version, processType=row.process_type, isActive=row.is_active, effectiveFrom=clock.to_wire(row.effective_from),
        effectiveTo=clock.to_wire(row.effective_to), needsCompile=row.needs_compile, stepCount=row.step_count,
        latestReadyVersionNo=row.latest_ready, latestVersionNo=row.latest_no, latestStatus=row.latest_status,
        updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def steps_of(facts: RouteFacts) -> list[Step]:
    """Give the steps of a routing in order, each with its effective config."""
    ordered = sorted(facts.steps, key=lambda step: step.step_no)
    return [_step_of(step, is_last=step is ordered[-1]) for step in ordered]


def _step_of(step: StepFacts, *, is_last: bool) -> Step:
    operation = step.operation
    return Step(
        stepNo=step.step_no, operationCode=operation.code if operation else None, operationName=operation.name if operation else None,
        processKind=operation.process_kind if operation else None, stationGroupCode=step.station_group_code,
        stationGroupName=step.station_group_name, stationType=step.station_type, requiresFAI=step.requires_fai,
        sourceStepKey=step.source_step_key, erp=dict(step.erp) if step.erp else None, isLast=is_last,
        effectiveConfig={name: Effective(value=chosen.value, scope=chosen.scope) for name, chosen in step.merged().items()},
    )  # fmt: skip


def config_of(row: Row[Any], operation_code: str | None = None) -> Config:
    """Give a row of `execution_config` as it is answered."""
    return _config(
        {name: row.fields.get(name) for name in FIELDS}, id=ids.to_wire(row.id), scopeType=row.scope, stepNo=row.step_no,
        sourceStepKey=row.source_step_key, operationCode=operation_code, remark=row.remark, createdAt=clock.to_wire(row.created_at),
        updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def nothing_said(scope: str, operation_code: str | None = None) -> Config:
    """Give the config of a scope for which nothing has been said yet."""
    return _config(
        dict.fromkeys(FIELDS), id=None, scopeType=scope, stepNo=None, sourceStepKey=None, operationCode=operation_code, remark=None,
        createdAt=None, updatedAt=None,
    )  # fmt: skip


def _config(said: dict[str, Any], **rest: Any) -> Config:
    return cast(Config, {**said, **rest})


def spec_of(row: Row[Any]) -> Spec:
    """Give a row of `data_spec` with `operation_code`, `operation_name` as it is answered."""
    return Spec(
        id=ids.to_wire(row.id), operationCode=row.operation_code, operationName=row.operation_name, name=row.name,
        itemType=row.item_type, dataType=row.data_type, method=row.method, triggerType=row.trigger_type, triggerRule=row.trigger_rule,
        spec=row.spec, alarm=row.alarm, isRequired=row.is_required, isActive=row.is_active, revision=row.revision,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def version_of(row: Row[Any], routing_code: str, language: str) -> Version:
    """Give a row of `route_version` as it is answered, without its snapshot."""
    return Version(
        id=ids.to_wire(row.id), routingCode=routing_code, versionNo=row.version_no, status=row.status, contentHash=row.content_hash,
        errors=issues.said(row.errors, language), warnings=issues.said(row.warnings, language), compiledAt=clock.to_wire(row.compiled_at),
        compiledBy=ids.wire_or_none(row.compiled_by), compiledByName=row.compiled_by_name, retiredAt=clock.to_wire(row.retired_at),
        retiredBy=ids.wire_or_none(row.retired_by), retiredByName=row.retired_by_name, retireReason=row.retire_reason,
    )  # fmt: skip
