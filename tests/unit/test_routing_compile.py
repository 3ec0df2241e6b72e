"""What a compile finds wrong with a routing, one rule after the other (spec 01.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fiducial.routing.compile import INVALID, READY, compile_route
from fiducial.routing.facts import OperationFacts, RouteFacts, SpecFacts, StationFacts, StepFacts
from fiducial.routing.issues import SENTENCES, said

PRINTING = OperationFacts("op-print", "PRINTING", "印刷", "MANUAL", is_key_quality=False, process_kind="PRINT")
STATIONS = {
    "S1": StationFacts("S1", "MANUAL", "G", is_active=True),
    "S2": StationFacts("S2", "AUTO", "G-AUTO", is_active=True),
    "OFF": StationFacts("OFF", "MANUAL", "G-OFF", is_active=False),
}
THICKNESS = SpecFacts(
    "spec-1", "op-print", 3, "厚度", "KEY", "NUMBER", "MANUAL", "EVENT", {"event": "TRACK_OUT"}, {"lsl": 1, "usl": 2}, None,
    is_required=False, is_active=True,
)  # fmt: skip
AUTO_MAPPING: dict[str, Any] = {
    "occurredAtPath": "time", "stationCodePath": "station", "snPath": "sn",
    "result": {"path": "result", "passValues": ["OK"], "failValues": ["NG"]},
    "measurements": {"itemsPath": "m[*]", "namePath": "n", "valuePath": "v"}, "dataSpecMap": {"thick": "厚度"},
}  # fmt: skip


def route(*, operation: OperationFacts | None = PRINTING, group: str | None = None, specs: tuple[SpecFacts, ...] = (),
          orphans: tuple[dict[str, Any], ...] = (), requires_fai: bool = False, **config: Any) -> RouteFacts:  # fmt: skip
    step = StepFacts(
        10, operation, group, None, None, requires_fai=requires_fai, source_step_key=None, erp={"processCode": "P-9"}, layers={"STEP": config}
    )  # fmt: skip
    return RouteFacts(
        "R",
        "r",
        "MES",
        None,
        None,
        "SMT",
        "REFUSE",
        "REQUIRED",
        (step,),
        {spec.id: spec for spec in specs},
        STATIONS,
        orphans,
    )


def found(facts: RouteFacts) -> dict[str, dict[str, Any]]:
    compiled = compile_route(facts)
    assert compiled.status == (INVALID if compiled.errors else READY)
    return {error["code"]: error for error in compiled.errors}


def test_a_step_with_a_fitting_group_compiles() -> None:
    assert found(route(group="G")) == {}


def test_a_step_without_an_operation_names_the_foreign_process() -> None:
    error = found(route(operation=None, group="G", stationType="MANUAL"))["MAPPING_MISSING"]
    assert error["details"] == {"sourceProcessKey": "P-9"}
    assert (error["stepNo"], error["field"]) == (10, "operationCode")


def test_a_step_must_say_where_it_is_done() -> None:
    assert found(route())["STATION_CONSTRAINT_MISSING"]["field"] == "stationGroupCode"
    assert "STATION_CONSTRAINT_MISSING" in found(route(allowedStationCodes=[]))


def test_allowed_stations_must_exist_be_on_and_of_the_type() -> None:
    errors = found(route(allowedStationCodes=["S1", "S2", "OFF", "GONE"]))
    assert errors["STATION_NOT_FOUND"]["details"]["stationCodes"] == ["GONE"]
    assert errors["STATION_INACTIVE"]["details"]["stationCodes"] == ["OFF"]
    assert errors["STATION_TYPE_MISMATCH"]["details"]["stationCodes"] == ["S2"]


@pytest.mark.parametrize("group", ["G-AUTO", "G-OFF", "G-EMPTY"])
def test_a_group_must_have_an_active_station_of_the_type(group: str) -> None:
    assert found(route(group=group))["STATION_TYPE_MISMATCH"]["field"] == "stationGroupCode"


def test_bound_items_must_exist_be_on_and_belong_to_the_operation() -> None:
    off = replace(THICKNESS, id="spec-off", name="旧", is_active=False)
    foreign = replace(THICKNESS, id="spec-other", name="他", operation_id="op-aoi")
    errors = found(
        route(group="G", specs=(THICKNESS, off, foreign), dataSpecIds=["spec-1", "spec-off", "spec-other", "spec-gone"])
    )
    assert errors["DATA_SPEC_NOT_FOUND"]["details"]["specIds"] == ["spec-gone"]
    assert errors["DATA_SPEC_INACTIVE"]["details"] == {"specIds": ["spec-off"], "specNames": ["旧"]}
    assert errors["DATA_SPEC_OPERATION_MISMATCH"]["details"]["specNames"] == ["他"]


def test_a_required_item_must_be_bound_or_left_out_on_purpose() -> None:
    required = replace(THICKNESS, is_required=True)
    assert found(route(group="G", specs=(required,)))["DATA_SPEC_REQUIRED_UNBOUND"]["details"]["specNames"] == ["厚度"]
    assert found(route(group="G", specs=(required,), dataSpecIds=["spec-1"])) == {}
    assert found(route(group="G", specs=(required,), excludedDataSpecIds=["spec-1"])) == {}
    assert found(route(group="G", specs=(replace(required, is_active=False),))) == {}


def machine(kind: str, mapping: dict[str, Any] | None, **more: Any) -> RouteFacts:
    facts = route(stationType=kind, allowedStationCodes=["M"], ingestMapping=mapping, **more)
    return replace(facts, stations={"M": StationFacts("M", kind, None, is_active=True)})


@pytest.mark.parametrize("kind", ["AUTO", "BATCH", "TEST"])
def test_a_machine_step_needs_a_mapping(kind: str) -> None:
    assert set(found(machine(kind, None))) == {"INGEST_MAPPING_MISSING"}


@pytest.mark.parametrize(
    ("kind", "without"),
    [
        *(("AUTO", name) for name in ("occurredAtPath", "stationCodePath", "snPath", "result")),
        *(("TEST", name) for name in ("occurredAtPath", "stationCodePath", "snPath", "testResultIdPath", "result")),
        *(("BATCH", name) for name in ("occurredAtPath", "stationCodePath", "carrierCodePath", "result", "snListPath")),
    ],
)
def test_a_mapping_must_hold_what_its_kind_of_machine_needs(kind: str, without: str) -> None:
    whole = AUTO_MAPPING | {"testResultIdPath": "id", "carrierCodePath": "c", "snListPath": "sns"}
    assert found(machine(kind, whole)) == {}
    lacking = {name: value for name, value in whole.items() if name != without}
    error = found(machine(kind, lacking))["INGEST_MAPPING_INVALID"]
    assert [fault["path"] for fault in error["details"]["paths"]] == [f"ingestMapping.{without}"]


def test_a_batch_may_take_its_serials_from_its_items() -> None:
    batch = AUTO_MAPPING | {"carrierCodePath": "c", "itemsPath": "units[*]"}
    assert found(machine("BATCH", batch)) == {}
    assert "INGEST_MAPPING_INVALID" in found(machine("BATCH", {**batch, "snPath": None}))


def test_a_mapping_for_another_kind_of_event_is_wrong() -> None:
    error = found(machine("AUTO", AUTO_MAPPING | {"eventType": "TEST"}))["INGEST_MAPPING_INVALID"]
    assert error["details"]["paths"][0]["path"] == "ingestMapping.eventType"


def test_bound_items_of_a_machine_step_must_be_measured_and_mapped() -> None:
    auto = replace(THICKNESS, method="AUTO")
    assert found(machine("AUTO", AUTO_MAPPING, specs=(auto,), dataSpecIds=["spec-1"])) == {}
    errors = found(
        machine("AUTO", AUTO_MAPPING | {"measurements": None, "dataSpecMap": {}}, specs=(auto,), dataSpecIds=["spec-1"])
    )
    assert errors["INGEST_MAPPING_INVALID"]["details"]["paths"][0]["path"] == "ingestMapping.measurements"
    assert errors["DATA_SPEC_NOT_MAPPED"]["details"]["specNames"] == ["厚度"]


def test_a_machine_may_not_write_what_people_record() -> None:
    errors = found(machine("AUTO", AUTO_MAPPING, specs=(THICKNESS,), dataSpecIds=["spec-1"]))
    assert errors["DATA_SPEC_METHOD_MISMATCH"]["details"]["specNames"] == ["厚度"]


def test_an_expected_oven_program_that_is_not_active_is_an_error() -> None:
    assert found(route(group="G", expectedReflowProfileCode="RP-1"))["REFLOW_PROFILE_NOT_ACTIVE"]["details"] == {
        "profileCode": "RP-1"
    }


def test_warnings_do_not_stop_a_compile() -> None:
    other = replace(PRINTING, process_kind="OTHER")
    compiled = compile_route(
        route(
            operation=other,
            group="G",
            requires_fai=True,
            orphans=({"configId": "c", "stepNo": 30, "sourceStepKey": None},),
        )
    )
    assert compiled.status == READY
    assert [warning["code"] for warning in compiled.warnings] == [
        "FAI_TEMPLATE_MISSING",
        "CONFIG_ORPHANED",
        "PROCESS_KIND_UNSET",
    ]


def test_the_same_routing_gives_the_same_hash_and_another_limit_another() -> None:
    bound = {"group": "G", "dataSpecIds": ["spec-1"]}
    first = compile_route(route(specs=(THICKNESS,), **bound))
    assert compile_route(route(specs=(THICKNESS,), **bound)).content_hash == first.content_hash
    tighter = replace(THICKNESS, revision=4, spec={"lsl": 1, "usl": 1.5})
    assert compile_route(route(specs=(tighter,), **bound)).content_hash != first.content_hash


def test_the_snapshot_tells_all_by_itself() -> None:
    step = compile_route(route(group="G", specs=(THICKNESS,), dataSpecIds=["spec-1"])).snapshot["steps"][0]
    assert step["dataSpecs"] == [{
        "id": "spec-1", "revision": 3, "name": "厚度", "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
        "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": 1, "usl": 2}, "alarm": None, "isRequired": False,
    }]  # fmt: skip
    assert set(step) == {
        "stepNo", "operationId", "operationCode", "operationName", "processKind", "isKeyQuality", "stationType", "stationGroupCode",
        "allowedStationCodes", "requiresFAI", "requiresAuthorization", "dataSpecIds", "dataSpecs", "expectedReflowProfile",
        "requiredTools", "requiresTestProgram", "ingestMapping", "sourceStepKey",
    }  # fmt: skip


def test_every_error_and_warning_has_a_sentence_in_both_languages() -> None:
    facts = route(operation=None, allowedStationCodes=["GONE"])
    compiled = compile_route(facts)
    for language in ("zh-CN", "en"):
        for one in said([*compiled.errors, *compiled.warnings], language):
            assert one["message"]
            assert "{" not in one["message"]
    assert all(len(pair) == 2 and all(pair) for pair in SENTENCES.values())
