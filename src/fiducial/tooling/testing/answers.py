"""What test programs and test records answer (spec 11.5), in the words of the wire."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit import clock, ids


class TestProgram(TypedDict):
    """A version of a test program."""

    id: str
    programCode: str
    version: str
    kind: str
    name: str
    productCode: str | None
    stationCodes: list[str]
    fixtureTypes: list[str]
    status: str
    checksum: str | None
    limits: list[dict[str, Any]] | None
    activatedBy: str | None
    activatedByName: str | None
    activatedAt: str | None
    retiredBy: str | None
    retiredByName: str | None
    retiredAt: str | None
    retireReason: str | None
    createdBy: str | None
    createdByName: str | None
    createdAt: str | None
    updatedAt: str | None


class TestRecord(TypedDict):
    """One test of one unit."""

    id: str
    testResultId: str
    sn: str
    runNo: str
    stepNo: int
    stationCode: str
    trackId: str
    kind: str
    programCode: str
    programVersion: str | None
    attempt: int
    result: str
    machineResult: str
    startedAt: str | None
    completedAt: str | None
    equipmentId: str | None
    toolCode: str | None
    operatorId: str | None
    reason: str | None
    items: list[dict[str, Any]]
    source: str
    recordedBy: str | None
    recordedByName: str | None
    receivedAt: str | None


class RecordedTest(TestRecord):
    """The answer to whoever recorded it."""

    isDuplicate: bool


class FailedItem(TypedDict):
    """How often an item failed."""

    name: str
    qty: int


class TestGroup(TypedDict):
    """Tests of one group: units tested, passed at the first and at the last attempt, tested again."""

    key: str
    tested: int
    firstPass: int
    finalPass: int
    retested: int
    firstPassYield: float | None
    topFailItems: list[FailedItem]


class TestStats(TypedDict):
    """The groups, and all of them together."""

    groupBy: str
    groups: list[TestGroup]
    total: TestGroup


def program_of(row: Any) -> TestProgram:
    """Give a test program."""
    return {
        "id": ids.to_wire(row.id), "programCode": row.program_code, "version": row.version, "kind": row.kind, "name": row.name,
        "productCode": row.product_code, "stationCodes": list(row.station_codes), "fixtureTypes": list(row.fixture_types),
        "status": row.status, "checksum": row.checksum, "limits": row.limits, "activatedBy": ids.wire_or_none(row.activated_by),
        "activatedByName": row.activated_by_name, "activatedAt": clock.to_wire(row.activated_at),
        "retiredBy": ids.wire_or_none(row.retired_by), "retiredByName": row.retired_by_name,
        "retiredAt": clock.to_wire(row.retired_at), "retireReason": row.retire_reason,
        "createdBy": ids.wire_or_none(row.created_by), "createdByName": row.created_by_name,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def record_of(row: Any, items: list[dict[str, Any]]) -> TestRecord:
    """Give a test record; the row has `sn`, `run_no` and `station_code` too."""
    return {
        "id": ids.to_wire(row.id), "testResultId": row.test_result_id, "sn": row.sn, "runNo": row.run_no, "stepNo": row.step_no,
        "stationCode": row.station_code, "trackId": ids.to_wire(row.track_id), "kind": row.kind, "programCode": row.program_code,
        "programVersion": row.program_version, "attempt": row.attempt, "result": row.result, "machineResult": row.machine_result,
        "startedAt": clock.to_wire(row.started_at), "completedAt": clock.to_wire(row.completed_at), "equipmentId": row.equipment_id,
        "toolCode": row.tool_code, "operatorId": row.operator_id, "reason": row.reason, "items": items, "source": row.source,
        "recordedBy": ids.wire_or_none(row.recorded_by), "recordedByName": row.recorded_by_name,
        "receivedAt": clock.to_wire(row.received_at),
    }  # fmt: skip
