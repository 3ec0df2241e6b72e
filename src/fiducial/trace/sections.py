"""The sections of a unit's trace (spec 07.2), each made of the facts alone: no section asks the database anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from fiducial.kit import clock, ids
from fiducial.routing.frozen import FrozenRoute, FrozenStep
from fiducial.trace.facts import UnitFacts

# What no room records yet is there and empty (spec 07.2).
EMPTY: dict[str, Any] = {
    "ingestEvents": [], "carrierDataValues": [],
}  # fmt: skip
RECORD_KINDS = (
    "bake", "solderPasteUsage", "stencilUsage", "stencilCleaning", "squeegeeUsage", "fixtureUsage", "ovenProgram", "reflowUsage",
    "equipmentInspections", "maintenance", "dailyQc", "productionExceptions",
)  # fmt: skip


def unit(facts: UnitFacts) -> dict[str, Any]:
    """Give the head."""
    row = facts.unit
    held = next((hold_shown(hold) for hold in reversed(facts.holds) if hold.released_at is None), None)
    return {
        "sn": row.sn, "status": row.status, "woNo": row.wo_no, "runNo": facts.run.run_no, "productCode": row.product_code,
        "lineCode": facts.run.line_code, "currentStepNo": row.current_step_no, "reworkCount": row.rework_count,
        "createdAt": clock.to_wire(row.created_at), "doneAt": clock.to_wire(facts.done_at()), "hold": held,
    }  # fmt: skip


def work_order(facts: UnitFacts) -> dict[str, Any]:
    """Give the order."""
    row = facts.unit
    return {
        "woNo": row.wo_no, "productCode": row.product_code, "plannedQty": row.planned_qty, "status": row.order_status,
        "dueDate": clock.to_wire(row.due_date),
    }  # fmt: skip


def runs(facts: UnitFacts, waivers: Mapping[int, str | None]) -> list[dict[str, Any]]:
    """Give every run the unit has belonged to (R2); `waivers` are the reasons of waived first articles by run."""
    return [_run(facts, run, since, until) | _waiver(run, waivers) for run, since, until in facts.spans()]


def _run(facts: UnitFacts, run: Any, since: int, until: int | None) -> dict[str, Any]:
    given = facts.authorization_of(run.id)
    return {
        "runNo": run.run_no, "lineCode": run.line_code, "status": run.status, "from": clock.to_wire(since), "to": clock.to_wire(until),
        "parentRunNo": run.parent_run_no, "reworkType": run.rework_type,
        "authorizationType": given.type if given is not None else run.authorization_type,
        "authorizedBy": ids.wire_or_none(given.by_id) if given is not None else None,
        "authorizedByName": given.by_name if given is not None else None, "authorizedAt": clock.to_wire(run.authorized_at),
        "startedAt": clock.to_wire(run.started_at), "endedAt": clock.to_wire(run.ended_at),
    }  # fmt: skip


def _waiver(run: Any, waivers: Mapping[int, str | None]) -> dict[str, Any]:
    return {"mrbFaiWaiver": run.id in waivers, "mrbWaiverReason": waivers.get(run.id)}


def route(frozen: FrozenRoute) -> dict[str, Any]:
    """Give the routing as it was frozen."""
    said = frozen.snapshot["route"]
    return {
        "code": said["code"],
        "name": said["name"],
        "sourceSystem": said["sourceSystem"],
        "sourceKey": said.get("sourceKey"),
    }


def route_version(frozen: FrozenRoute) -> dict[str, Any]:
    """Give the version."""
    return {
        "id": ids.to_wire(frozen.id),
        "versionNo": frozen.version_no,
        "compiledAt": clock.to_wire(frozen.compiled_at),
    }


def steps(facts: UnitFacts, frozen: FrozenRoute) -> list[dict[str, Any]]:
    """Give the steps of a version and how far the unit is on it."""
    return [step_shown(step) | {"state": _state(facts, step)} for step in frozen.steps]


def step_shown(step: FrozenStep) -> dict[str, Any]:
    """Give a step as it was frozen, with what is collected there."""
    said = step.facts
    return {
        "stepNo": step.step_no, "operationCode": step.operation_code, "operationName": step.operation_name,
        "stationType": step.station_type, "stationGroupCode": step.station_group_code,
        "allowedStationCodes": sorted(step.allowed_station_codes), "requiresFAI": step.requires_fai,
        "requiresAuthorization": bool(said.get("requiresAuthorization")), "processKind": step.process_kind,
        "dataSpecs": [
            {"name": spec.name, "dataType": spec.data_type, "itemType": spec.item_type, "isRequired": spec.is_required, "spec": spec.spec}
            for spec in step.specs
        ],
    }  # fmt: skip


def _state(facts: UnitFacts, step: FrozenStep) -> str:
    now = facts.unit.current_step_no
    if facts.unit.status == "DONE" or step.step_no < now:
        return "DONE"
    return "CURRENT" if step.step_no == now else "TODO"


def operation(facts: UnitFacts, run_id: int, step_no: int) -> FrozenStep | None:
    """Give the step as the run's own version had it."""
    frozen = facts.routes.get(run_id)
    return frozen.by_no.get(step_no) if frozen is not None else None


def tracks(facts: UnitFacts) -> list[dict[str, Any]]:
    """Give every visit, the voided ones too (R5)."""
    run_of = {run.id: run for run in facts.runs}
    return [_track(facts, row, run_of[row.run_id]) for row in facts.tracks if row.run_id in run_of]


def _track(facts: UnitFacts, row: Any, run: Any) -> dict[str, Any]:
    step, more, voided = operation(facts, row.run_id, row.step_no), row.more or {}, row.voided or {}
    return {
        "id": ids.to_wire(row.id), "runNo": run.run_no, "stepNo": row.step_no, "operation": step.operation_code if step else None,
        "operationName": step.operation_name if step else None, "stationCode": row.station_code, "lineCode": run.line_code,
        "source": row.source or "MANUAL", "mode": row.mode or "NORMAL", "visitNo": row.visit_no, "faiId": ids.wire_or_none(row.fai_id),
        "inAt": clock.to_wire(more.get("inAt", row.in_at)), "outAt": clock.to_wire(more.get("outAt", row.out_at)),
        "recordedInAt": clock.to_wire(row.in_at), "recordedOutAt": clock.to_wire(row.out_at),
        "cycleSeconds": round((row.out_at - row.in_at) / 1000, 3) if row.out_at is not None else None, "result": row.result,
        "resultForcedBy": more.get("forcedBy", []), "inBy": ids.wire_or_none(row.in_by), "inByName": row.in_by_name,
        "outBy": ids.wire_or_none(row.out_by), "outByName": row.out_by_name, "operatorIdIn": row.operator_id_in,
        "operatorIdOut": row.operator_id_out, "carrierNo": more.get("carrierNo"), "ingestEventId": more.get("ingestEventId"),
        "toolCodes": more.get("toolCodes", []), "voidedAt": clock.to_wire(row.voided_at), "voidedBy": voided.get("by"),
        "voidedByName": voided.get("byName"), "voidReason": voided.get("reason"),
    }  # fmt: skip


def data_values(facts: UnitFacts) -> list[dict[str, Any]]:
    """Give every value with the limits it was judged by, whatever the spec says today (R1)."""
    return [_value(facts, row) for row in facts.values]


def _value(facts: UnitFacts, row: Any) -> dict[str, Any]:
    limits = orjson.loads(row.limits) if row.limits else {}
    as_json = orjson.loads(row.value_json) if row.value_json is not None else None
    as_bool = None if row.value_boolean is None else bool(row.value_boolean)
    return {
        "trackId": ids.to_wire(row.track_id), "stepNo": facts.track_by_id[row.track_id].step_no, "name": row.name,
        "value": value_of(row), "valueNumber": row.value_number, "valueText": row.value_text, "valueBoolean": as_bool, "valueJson": as_json,
        "unit": row.unit, "limits": {"min": limits.get("min"), "max": limits.get("max")}, "judge": row.judge, "machineJudge": None,
        "alarmed": bool(row.alarmed), "source": row.source, "method": row.method, "revision": row.revision,
        "collectedAt": clock.to_wire(row.collected_at), "collectedBy": ids.wire_or_none(row.collected_by),
        "collectedByName": row.collected_by_name,
    }  # fmt: skip


def value_of(row: Any) -> Any:
    """Give the one value of a row, of whatever type it is."""
    if row.value_number is not None:
        return row.value_number
    if row.value_boolean is not None:
        return bool(row.value_boolean)
    return orjson.loads(row.value_json) if row.value_json is not None else row.value_text


def defects(facts: UnitFacts, decided: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give every defect with what was decided on it."""
    return [
        {
            "id": ids.to_wire(row.id), "defectNo": row.defect_no, "runNo": row.run_no, "code": row.code, "codeName": row.code_name,
            "severity": row.severity, "location": row.location, "qty": row.qty, "source": row.source, "status": row.status,
            "closeReason": row.close_reason, "stepNo": row.step_no, "stationCode": row.station_code, "remark": row.remark,
            "trackId": ids.wire_or_none(row.track_id), "createdAt": clock.to_wire(row.created_at),
            "createdBy": ids.wire_or_none(row.created_by), "createdByName": row.created_by_name,
            **(decided.get(row.id) or {"dispositions": [], "disposition": None}),
        }
        for row in facts.defects
    ]  # fmt: skip


def holds(facts: UnitFacts) -> list[dict[str, Any]]:
    """Give every hold."""
    return [hold_shown(row) for row in facts.holds]


def hold_shown(row: Any) -> dict[str, Any]:
    """Give one hold."""
    return {
        "source": row.source, "reason": row.reason, "placedBy": ids.wire_or_none(row.placed_by), "placedByName": row.placed_by_name,
        "placedAt": clock.to_wire(row.placed_at), "releasedBy": ids.wire_or_none(row.released_by),
        "releasedByName": row.released_by_name, "releasedAt": clock.to_wire(row.released_at), "releaseReason": row.release_reason,
    }  # fmt: skip
