"""Slots, mappings, and the station table as a file (spec 04.1-04.3, example 11)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.loading_floor import Loading
from tests.api.plant import LINE, Plant
from tests.api.uploads import sent
from tests.api.web import Answer

pytestmark = pytest.mark.one_engine


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def paper() -> str:
    """The paper of the plant: pairs, then two blocks side by side, of 20 and 19 rows."""
    lines = ["客户名称,ACME,,,,", "程式名称,PG-1001,,,,", "站位,零件P/N,单耗,站位,零件 P/N,单耗"]
    for n in range(1, 21):
        right = f"2 R - {n:02d},MAT-{n + 20:03d},{n}" if n < 20 else ",,"
        lines.append(f"2 F - {n:02d},MAT-{n:03d},{'√' if n == 1 else n},{right}")
    return "\n".join(lines)


def send(floor: Loading, content: str | bytes, who: str = "engineer", **fields: str) -> Answer:
    raw = content.encode() if isinstance(content, str) else content
    return sent(floor.api.as_(who), "/api/station-tables/import", raw, name="table.csv", lineCode=LINE, **fields)


def test_the_papers_table_with_two_blocks_becomes_39_mappings(floor: Loading) -> None:
    done = send(floor, paper(), productCode="P-1", createSlots="true").must()
    assert (done["created"], done["slotsCreated"], done["rows"]) == (39, 39, 39)
    assert (done["head"]["programName"], done["head"]["unlistedSlots"], done["head"]["rowCount"]) == (
        "PG-1001",
        "EMPTY",
        39,
    )
    first = floor.engineer.get("/api/slot-mappings", slotCode="2F-01").must()["items"][0]
    assert (first["slotCode"], first["materialCode"], first["unitConsumption"]) == ("2F-01", "MAT-001", None)
    again = send(floor, paper(), productCode="P-1").must()
    assert (again["created"], again["updated"], again["removed"], again["unchanged"]) == (0, 0, 0, 39)
    assert floor.plant.audit(action="STATION_TABLE_IMPORT")


def test_a_file_in_the_old_chinese_encoding_is_read(floor: Loading) -> None:
    assert send(floor, paper().replace("√", "v").encode("gb18030"), createSlots="true").must()["created"] == 39


def test_a_dry_run_writes_nothing(floor: Loading) -> None:
    told = send(floor, paper(), createSlots="true", dryRun="true").must()
    assert (told["dryRun"], told["created"], told["head"]) == (True, 39, None)
    assert floor.engineer.get("/api/slot-mappings").must()["total"] == 0
    assert floor.engineer.get("/api/station-tables").must()["total"] == 0


def test_replace_removes_what_the_file_lacks_and_merge_keeps_it(floor: Loading) -> None:
    floor.slot()
    floor.maps("OLD")
    for mode, left in (("MERGE", {"OLD", "NEW"}), ("REPLACE", {"NEW"})):
        send(floor, "站位,零件,替代料,优先级,位号\nSLOT-01,NEW,Y,2,R1 R2", mode=mode).must()
        found = floor.engineer.get("/api/slot-mappings").must()["items"]
        assert {item["materialCode"] for item in found} == left, mode
    assert (found[0]["isAlternate"], found[0]["priority"], found[0]["refDes"]) == (True, 2, ["R1", "R2"])


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("a,b\n1,2", {"HEADER_NOT_FOUND"}),
        ("Station,Part P/N\n,M", {"SLOT_REQUIRED"}),
        ("Station,Part P/N\nSLOT-01,", {"MATERIAL_REQUIRED"}),
        ("Station,Part P/N\nSLOT-77,M", {"SLOT_NOT_FOUND"}),
        ("Station,Part P/N,Usage\nSLOT-01,M,many", {"USAGE_INVALID"}),
        ("Station,Part P/N,Common\nSLOT-01,M,perhaps", {"FLAG_INVALID"}),
        ("Station,Part P/N,Priority\nSLOT-01,M,100", {"PRIORITY_INVALID"}),
        ("Station,Part P/N\nSLOT-01,M\nSLOT-01,M", {"DUPLICATE_ROW"}),
        ("Station,Part P/N\nSLOT-01,M\nSLOT-01,N", {"PRIMARY_DUPLICATE"}),
        ("Station,Part P/N\n" + "\n".join(f"SLOT-01,M{n}" for n in range(2001)), {"TOO_MANY_ROWS"}),
    ],
)  # fmt: skip
def test_a_fault_anywhere_takes_nothing_of_the_file(floor: Loading, text: str, reasons: set[str]) -> None:
    floor.slot()
    refused = send(floor, text + ("" if "2000" in text else "\n"))
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert {fault["reason"] for fault in refused.details["fields"]} == reasons
    assert floor.engineer.get("/api/slot-mappings").must()["total"] == 0


def test_faults_are_named_by_their_row_in_the_file(floor: Loading) -> None:
    floor.slot()
    refused = send(floor, "line,LINE-A\nStation,Part P/N\nSLOT-01,M\nSLOT-02,N")
    assert refused.details["fields"] == [{"path": "rows[4].slotCode", "reason": "SLOT_NOT_FOUND", "value": "SLOT-02"}]


def test_only_the_engineer_imports(floor: Loading) -> None:
    assert send(floor, paper(), who="material").code == "FORBIDDEN"
    assert send(floor, paper(), routingCode="R-NONE").code == "ROUTE_NOT_FOUND"
    assert floor.engineer.post("/api/station-tables/import", {}).status == 422


def test_materials_that_are_odd_are_told(floor: Loading) -> None:
    for code in ("P-1", "A", "B", "C"):
        floor.plant.material(code)
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": code, "qty": 1} for code in ("A", "B")]}).must()
    done = send(floor, "Station,Part P/N\nS1,A\nS2,C\nS3,X", productCode="P-1", createSlots="true").must()
    told = {(one["code"], one["details"]["materialCode"]) for one in done["warnings"]}
    assert told == {("MATERIAL_UNKNOWN", "X"), ("MATERIAL_NOT_IN_BOM", "C"), ("BOM_PART_WITHOUT_SLOT", "B")}


def test_a_table_is_taken_away_in_the_columns_of_its_import(floor: Loading) -> None:
    head = send(floor, paper(), createSlots="true").must()["head"]
    path = f"/api/station-tables/{head['id']}/export"
    csv = floor.material.get(path, format="csv")
    assert csv.headers["content-type"].startswith("text/csv")
    again = send(floor, csv.text).must()
    assert again["unchanged"] == 39
    sheet = floor.material.get(path)
    assert (sheet.status, sheet.text[:2]) == (200, "PK")
    assert floor.material.get(path, format="pdf").status == 422
    assert floor.material.get("/api/station-tables/nonsense/export").code == "STATION_TABLE_NOT_FOUND"
    assert floor.plant.audit(action="EXPORT")


def test_a_slot_is_made_once_changed_and_deleted_while_nothing_names_it(floor: Loading) -> None:
    slot = floor.slot("2 F - 46", position=7, slotName="left")
    assert slot["slotCode"] == "2F-46"
    again = floor.engineer.post(f"/api/lines/{LINE}/feeder-slots", {"slotCode": "2F-46", "position": 1})
    assert (again.status, again.code) == (409, "SLOT_CODE_DUPLICATE")
    path = f"/api/lines/{LINE}/feeder-slots/{slot['id']}"
    assert floor.engineer.patch(path, {"slotName": None, "position": 8}).must()["position"] == 8
    assert floor.material.patch(path, {"position": 9}).code == "FORBIDDEN"
    mapping = floor.maps(slot="2F-46")
    assert floor.engineer.delete(path).code == "SLOT_IN_USE"
    floor.engineer.delete(f"/api/slot-mappings/{mapping['id']}").must()
    assert floor.engineer.delete(path).must()["id"] == slot["id"]
    assert floor.engineer.delete(path).code == "SLOT_NOT_FOUND"


def test_a_slot_that_an_open_run_expects_is_not_switched_off(floor: Loading) -> None:
    run_no = floor.loaded_run()
    path = f"/api/lines/{LINE}/feeder-slots/{floor.slot_now()['id']}"
    refused = floor.engineer.patch(path, {"isActive": False})
    assert (refused.code, refused.details["runNos"]) == ("SLOT_IN_USE", [run_no])
    floor.set_run(run_no, status="COMPLETED")
    floor.engineer.patch(path, {"isActive": False}).must()


def test_a_slot_has_one_primary_and_each_material_once(floor: Loading) -> None:
    floor.slot()
    first = floor.maps("A")
    for body, code in (
        ({"materialCode": "A"}, "SLOT_MAPPING_DUPLICATE"),
        ({"materialCode": "B"}, "SLOT_MAPPING_PRIMARY_EXISTS"),
    ):
        refused = floor.engineer.post("/api/slot-mappings", {"slotId": first["slotId"], **body})
        assert (refused.status, refused.code) == (409, code)
    second = floor.maps("B", isAlternate=True)
    refused = floor.engineer.patch(f"/api/slot-mappings/{second['id']}", {"isAlternate": False})
    assert refused.code == "SLOT_MAPPING_PRIMARY_EXISTS"
    assert floor.engineer.patch(f"/api/slot-mappings/{second['id']}", {"priority": 3}).must()["priority"] == 3
    assert floor.engineer.patch("/api/slot-mappings/nonsense", {"priority": 3}).code == "SLOT_MAPPING_NOT_FOUND"
    assert floor.engineer.post("/api/slot-mappings", {"materialCode": "C"}).field_paths == ["slotId"]
    both: dict[str, Any] = {"lineCode": LINE, "slotCode": "SLOT-99", "materialCode": "C"}
    assert floor.engineer.post("/api/slot-mappings", both).code == "SLOT_NOT_FOUND"
    assert (
        floor.engineer.post("/api/slot-mappings", both | {"slotCode": "SLOT-01", "routingCode": "R-NONE"}).code
        == "ROUTE_NOT_FOUND"
    )
