"""Lists filled from spreadsheets: shown before anything is done, all rows or the good ones, in short writes, and each in the book."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any

import pytest
import python_calamine
from sqlalchemy import update
from tests.api.plant import TEST, Plant
from tests.api.test_exports import taken
from tests.api.uploads import csv_of, sent, xlsx_of
from tests.api.web import Api, cookie_of

from fiducial.kit.acting import Caller
from fiducial.plant.tables import bom_items, materials
from fiducial.sheets import imports, imports_api
from fiducial.sheets import tables as imports_of

HEAD = ("code", "name", "unit", "mslLevel", "isMoistureSensitive")
GOOD = csv_of(HEAD, ("R-10K", "Resistor", "pcs", "", ""), ("U-1", "Chip", "pcs", "3", "yes"))
FAULTY = csv_of(
    HEAD, ("R-10K", "Resistor", "pcs", "", ""), ("", "Nameless", "pcs", "", ""), ("U-1", "Chip", "pcs", "9", "maybe")
)


def codes(plant: Plant) -> list[str]:
    return [item["code"] for item in plant.api.as_("engineer").get("/api/materials", pageSize=100).must()["items"]]


def shown(who: Api, content: bytes, name: str = "materials") -> Any:
    return sent(who, f"/api/imports/{name}", content).must()


def take(who: Api, job: Any, **body: Any) -> Any:
    return who.post(f"/api/imports/{job['list']}/{job['id']}/take", body)


def signed_in(username: str) -> Caller:
    return Caller(session_hash=sha256(cookie_of(username).encode()).digest())


def filled_with(plant: Plant, content: bytes, name: str) -> Any:
    """An import that is taken at once."""
    who = plant.api.as_("engineer")
    job = shown(who, content, name)
    assert job["faultyCount"] == 0, job["faults"]
    return take(who, job).must()


# ---- shown, then taken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [GOOD, xlsx_of(HEAD, ("R-10K", "Resistor", "pcs"), ("U-1", "Chip", "pcs", 3, True))]
)
def test_a_good_file_is_shown_and_nothing_is_there_before_it_is_taken(plant: Plant, content: bytes) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, content)
    assert (job["status"], job["rowCount"], job["goodCount"], job["faultyCount"], job["faults"]) == (
        "PREVIEW",
        2,
        2,
        0,
        [],
    )
    assert codes(plant) == []
    done = take(who, job).must()
    assert (done["status"], done["doneCount"]) == ("DONE", 2)
    assert done["outcomes"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    chip = who.get("/api/materials/U-1").must()
    assert (chip["mslLevel"], chip["isMoistureSensitive"], chip["sourceSystem"]) == ("3", True, "MES")


def test_a_faulty_file_is_told_cell_by_cell_in_the_language_of_who_asks_and_nothing_is_imported(plant: Plant) -> None:
    for language, word in (("zh-CN", "必填"), ("en", "Field required")):
        job = shown(plant.api.as_("engineer").with_headers(accept_language=language), FAULTY)
        assert (job["rowCount"], job["goodCount"], job["faultyCount"], job["faultCount"]) == (3, 1, 2, 3)
        assert [(fault["row"], fault["column"], fault["value"]) for fault in job["faults"]] == [
            (3, "code", ""), (4, "isMoistureSensitive", "maybe"), (4, "mslLevel", "9"),
        ]  # fmt: skip
        assert job["faults"][0]["reason"] == word
    refused = take(plant.api.as_("engineer"), job)
    assert (refused.code, refused.details["faultyCount"]) == ("IMPORT_HAS_FAULTS", 2)
    assert codes(plant) == []


def test_the_good_rows_are_taken_when_a_person_says_so(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    assert take(who, shown(who, FAULTY), onlyGood=True).must()["outcomes"]["created"] == 1
    assert codes(plant) == ["R-10K"]


def test_the_same_file_twice_changes_nothing(plant: Plant) -> None:
    filled_with(plant, GOOD, "materials")
    before = plant.api.as_("engineer").get("/api/materials/U-1").must()
    again = filled_with(plant, GOOD, "materials")
    assert again["outcomes"] == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}
    assert plant.api.as_("engineer").get("/api/materials/U-1").must() == before


def test_a_row_changes_only_the_columns_that_are_filled(plant: Plant) -> None:
    filled_with(plant, GOOD, "materials")
    done = filled_with(
        plant, csv_of(("code", "name", "model"), ("U-1", "Chip", "STM32"), ("R-10K", "Resistor", "")), "materials"
    )
    assert done["outcomes"] == {"created": 0, "updated": 1, "unchanged": 1, "refused": 0}
    chip = plant.api.as_("engineer").get("/api/materials/U-1").must()
    assert (chip["model"], chip["mslLevel"]) == ("STM32", "3")


def test_each_row_is_entered_as_what_it_is_and_the_import_as_a_whole(plant: Plant) -> None:
    filled_with(plant, GOOD, "materials")
    entries = plant.audit()[:5]
    entries = entries[:4]
    assert sorted(entry["action"] for entry in entries) == [
        "LIST_IMPORT",
        "LIST_IMPORT",
        "MATERIAL_CREATE",
        "MATERIAL_CREATE",
    ]
    done = next(entry for entry in entries if entry["action"] == "LIST_IMPORT")
    assert done["payload"]["outcomes"] == {"created": 2}
    assert {entry["actorName"] for entry in entries} == {"李工艺"}


def test_an_exported_list_comes_back_as_it_went(plant: Plant) -> None:
    filled_with(plant, GOOD, "materials")
    who = plant.api.as_("engineer")
    for language in ("zh-CN", "en"):
        file = taken(who, "/api/exports/materials", **{"accept-language": language}).content
        job = shown(who, file)
        assert (job["faultyCount"], job["goodCount"]) == (0, 2)
        assert take(who, job).must()["outcomes"]["unchanged"] == 2


def test_a_long_file_is_taken_in_many_short_writes(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BUDGET_S", 0.0)
    writes = []
    real = imports.take_some

    def counted(*args: Any) -> Any:
        writes.append(1)
        return real(*args)

    counted.__mark__ = real.__mark__  # type: ignore[attr-defined]
    monkeypatch.setattr(imports, "take_some", counted)
    done = filled_with(plant, csv_of(("code", "name"), *((f"M-{n:03d}", "x") for n in range(120))), "materials")
    assert (done["outcomes"]["created"], done["doneCount"]) == (120, 120)
    assert len(writes) == 5  # 25 rows each
    assert len(codes(plant)) == 100


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BUDGET_S", 0.0)
    who = plant.api.as_("engineer")
    job = shown(who, csv_of(("code", "name"), *((f"M-{n:03d}", "x") for n in range(60))))
    body = imports.TakeImport()
    half = plant.store.write_now(signed_in("engineer"), imports.take_some, "materials", job["id"], body)
    assert (half["status"], half["doneCount"]) == ("TAKING", 25)
    assert who.get(f"/api/imports/materials/{job['id']}").must()["doneCount"] == 25
    assert take(who, job).must()["outcomes"]["created"] == 60


def test_two_who_take_one_import_at_once_take_each_row_once(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, csv_of(("code", "name"), *((f"M-{n:03d}", "x") for n in range(80))))
    path = f"/api/imports/materials/{job['id']}/take"
    answers = who.at_once(*[(who, "POST", path, {})] * 3)
    assert all(answer.ok for answer in answers)
    assert who.get(f"/api/imports/materials/{job['id']}").must()["outcomes"]["created"] == 80


def test_what_somebody_else_made_meanwhile_is_told_and_the_rest_is_taken(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    plant.material("u-1")
    done = take(who, job).must()
    assert done["outcomes"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert [(fault["row"], fault["value"]) for fault in done["faults"]] == [(3, "MATERIAL_CODE_DUPLICATE")]


def test_an_import_is_given_up_and_then_not_taken(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    assert who.delete(f"/api/imports/materials/{job['id']}").must()["status"] == "GIVEN_UP"
    assert take(who, job).code == "IMPORT_GIVEN_UP"
    assert codes(plant) == []


def test_the_same_file_sent_again_under_its_key_answers_the_first_import(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    first = sent(who, "/api/imports/materials", GOOD, key="k-1").must()
    assert sent(who, "/api/imports/materials", GOOD, key="k-1").must() == first
    assert sent(who, "/api/imports/materials", FAULTY, key="k-1").code == "IDEMPOTENCY_KEY_REUSED"


def test_what_was_left_a_week_ago_is_swept_away(plant: Plant) -> None:
    job = shown(plant.api.as_("engineer"), GOOD)
    plant.sql(update(imports_of.imports).values(updated_at=1))
    assert plant.store.write_now(TEST, imports.sweep_imports) == 1
    assert plant.store.write_now(TEST, imports.sweep_imports) == 0
    assert plant.api.as_("engineer").get(f"/api/imports/materials/{job['id']}").ok


# ---- who may, and what is refused -----------------------------------------------------------------------------------


@pytest.mark.one_engine
def test_only_whoever_may_change_the_list_may_fill_it(plant: Plant) -> None:
    job = shown(plant.api.as_("engineer"), GOOD)
    planner, at = plant.api.as_("planner"), f"/api/imports/materials/{job['id']}"
    for answer in (sent(planner, "/api/imports/materials", GOOD), planner.get(at), planner.post(f"{at}/take", {}), planner.delete(at),
                   planner.get("/api/import-templates/materials")):  # fmt: skip
        assert (answer.code, answer.details["permission"]) == ("FORBIDDEN", "material:config")
    assert sent(plant.api.nobody, "/api/imports/materials", GOOD).code == "UNAUTHORIZED"


@pytest.mark.one_engine
def test_an_import_belongs_to_its_list(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    assert who.get(f"/api/imports/operations/{job['id']}").code == "IMPORT_NOT_FOUND"
    assert who.get("/api/imports/secrets/x").code == "LIST_NOT_FOUND"
    assert sent(who, "/api/imports/secrets", GOOD).code == "LIST_NOT_FOUND"


@pytest.mark.one_engine
def test_what_is_no_upload_of_a_file_is_refused(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    assert who.post("/api/imports/materials", {"file": "text"}).field_paths == ["file"]
    assert sent(who, "/api/imports/materials", GOOD, field="other").field_paths == ["file"]
    assert sent(who, "/api/imports/materials", GOOD, colour="red").field_paths == ["colour"]
    broken = who.with_headers(content_type="multipart/form-data; boundary=x")
    assert broken.post("/api/imports/materials", b"--x\r\nnot a form").code == "VALIDATION_ERROR"
    assert sent(who, "/api/imports/materials", csv_of(("name",), ("x",))).field_paths == ["file"]
    assert sent(who, "/api/imports/materials", "编号,名称\n".encode("utf-16")).field_paths == ["file"]


@pytest.mark.one_engine
def test_fifty_megabytes_are_refused_before_they_are_read(plant: Plant) -> None:
    answer = sent(plant.api.as_("engineer"), "/api/imports/materials", b"x" * (50 * 1024 * 1024))
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    answer = sent(plant.api.as_("engineer"), "/api/imports/materials", b"x" * (20 * 1024 * 1024 + 100))
    assert (answer.status, answer.details["limitBytes"]) == (413, 20 * 1024 * 1024)


@pytest.mark.one_engine
def test_a_json_endpoint_takes_no_more_than_before_by_calling_itself_a_form(plant: Plant) -> None:
    who = plant.api.as_("engineer").with_headers(content_type="multipart/form-data; boundary=x")
    assert who.post("/api/materials", b"x" * (2 * 1024 * 1024)).code == "PAYLOAD_TOO_LARGE"


@pytest.mark.one_engine
def test_the_empty_sheet_says_what_must_be_filled_and_comes_back_when_it_is(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    sheet = taken(who, "/api/import-templates/materials", **{"accept-language": "en"})
    head = python_calamine.load_workbook(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()[0]
    assert head[:3] == ["Code *", "Name shown *", "Category"]
    assert shown(who, xlsx_of(head, ["R-1", "Resistor"]))["goodCount"] == 1


# ---- the lists of the plant -----------------------------------------------------------------------------------------


def faults_of(job: Any) -> list[tuple[int, str]]:
    return [(fault["row"], fault["column"]) for fault in job["faults"]]


def test_codes_that_stand_twice_or_differ_in_case_only_are_told(plant: Plant) -> None:
    plant.material("R-10K")
    job = shown(plant.api.as_("engineer"), csv_of(("code", "name"), ("r-10k", "x"), ("C-1", "x"), ("c-1", "x")))
    assert faults_of(job) == [(2, "code"), (4, "code")]


def test_what_the_erp_owns_is_told(plant: Plant) -> None:
    plant.material("R-10K", name="Resistor")
    plant.sql(update(materials).values(source_system="ERP"))
    who = plant.api.as_("engineer")
    assert faults_of(shown(who, csv_of(("code", "name", "unit"), ("R-10K", "Resistor", "kg")))) == [(2, "unit")]
    filled_with(plant, csv_of(("code", "name", "panelSize"), ("R-10K", "Resistor", "4")), "materials")
    assert who.get("/api/materials/R-10K").must()["panelSize"] == 4


def test_boms_are_taken_parent_by_parent_and_replace_what_was_there(plant: Plant) -> None:
    for code in ("P", "Q", "A", "B", "C"):
        plant.material(code)
    who = plant.api.as_("engineer")
    who.put("/api/boms/P", {"children": [{"childCode": "C", "qty": 9}]}).must()
    head = ("parentCode", "childCode", "qty", "unit", "isKeyPart")
    done = filled_with(
        plant, csv_of(head, ("P", "A", "2", "pcs", "yes"), ("Q", "P", "1", "", ""), ("P", "B", "0.5", "", "")), "boms"
    )
    assert done["outcomes"] == {"created": 1, "updated": 2, "unchanged": 0, "refused": 0}
    (bom,) = who.get("/api/boms", parentCode="P").must()["items"]
    assert [(part["childCode"], part["qty"], part["isKeyPart"]) for part in bom["children"]] == [
        ("A", 2, True),
        ("B", 0.5, False),
    ]


def test_a_circle_in_a_file_of_boms_is_told_before_anything_is_written(plant: Plant) -> None:
    for code in ("P", "Q", "A", "Z"):
        plant.material(code)
    who = plant.api.as_("engineer")
    who.put("/api/boms/A", {"children": [{"childCode": "P", "qty": 1}]}).must()
    head = ("parentCode", "childCode", "qty")
    job = shown(
        who,
        csv_of(
            head,
            ("P", "Q", "1"),
            ("P", "Z", "1"),
            ("Q", "A", "1"),
            ("Z", "Z", "1"),
            ("P", "NONE", "1"),
            ("P", "Q", "2"),
        ),
        "boms",
    )
    assert faults_of(job) == [
        (2, "childCode"),
        (3, ""),
        (4, "childCode"),
        (5, "childCode"),
        (6, "childCode"),
        (7, "parentCode"),
        (7, "childCode"),
    ]
    assert job["goodCount"] == 0


def test_a_bom_of_the_erp_is_told(plant: Plant) -> None:
    for code in ("P", "A"):
        plant.material(code)
    who = plant.api.as_("engineer")
    who.put("/api/boms/P", {"children": [{"childCode": "A", "qty": 1}]}).must()
    plant.sql(update(bom_items).values(source_system="ERP"))
    assert faults_of(shown(who, csv_of(("parentCode", "childCode", "qty"), ("P", "A", "2")), "boms")) == [
        (2, "parentCode")
    ]


def test_lots_are_entered_and_changed(plant: Plant) -> None:
    plant.material("R-10K")
    head = ("materialCode", "lotNo", "supplier", "iqcResult", "expiresAt")
    assert faults_of(shown(plant.api.as_("engineer"), csv_of(head, ("NONE", "L", "", "", "")), "material-lots")) == [
        (2, "materialCode")
    ]
    filled_with(plant, csv_of(head, ("R-10K", "L-1", "Yageo", "PASS", "2027-01-31")), "material-lots")
    done = filled_with(plant, csv_of(head, ("R-10K", "L-1", "Yageo", "fail", "2027-01-31")), "material-lots")
    assert done["outcomes"]["updated"] == 1
    (lot,) = plant.api.as_("engineer").get("/api/material-lots").must()["items"]
    assert (lot["iqcResult"], lot["expiresAt"][:19]) == ("FAIL", "2027-01-30T16:00:00")


def test_stations_come_to_the_lines_in_reach(plant: Plant) -> None:
    plant.group("GROUP-1")
    head = ("code", "name", "lineCode", "groupCode", "stationType", "equipmentCodes", "isManualBench")
    rows = csv_of(head, ("ST-NEW", "New", "LINE-A", "GROUP-1", "By hand", "EQ-1;EQ-2", "no"))
    filled_with(plant, rows, "stations")
    assert plant.api.as_("engineer").get("/api/stations/ST-NEW").must()["equipmentCodes"] == ["EQ-1", "EQ-2"]
    job = shown(
        plant.api.as_("engineer"),
        csv_of(head, ("groups", "x", "LINE-A", "", "MANUAL", "", ""), ("ST-2", "x", "LINE-NONE", "NONE", "robot", "", ""),
               ("ST-3", "x", "LINE-NONE", "NONE", "AUTO", "", "")), "stations",
    )  # fmt: skip
    assert faults_of(job) == [(2, "code"), (3, "stationType"), (4, "lineCode"), (4, "groupCode")]


def test_operations_are_made_and_those_of_the_erp_keep_their_name(plant: Plant) -> None:
    head = ("code", "name", "defaultType", "processKind", "isKeyQuality")
    filled_with(plant, csv_of(head, ("PRINT-1", "Printing", "AUTO", "锡膏检查（SPI）", "是")), "operations")
    operation = plant.api.as_("engineer").get("/api/operations/PRINT-1").must()
    assert (operation["processKind"], operation["isKeyQuality"], operation["source"]) == ("SPI", True, "MES")


def test_an_import_keeps_to_its_most_rows(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_api, "MOST_ROWS", 20)
    rows = csv_of(("code", "name"), *((f"M-{n}", "x") for n in range(40)))
    assert sent(plant.api.as_("engineer"), "/api/imports/materials", rows).field_paths == ["file"]


# ---- lines, groups, oven programs -----------------------------------------------------------------------------------


def test_lines_and_groups_are_made_and_renamed(plant: Plant) -> None:
    head = ("code", "name", "processType")
    done = filled_with(plant, csv_of(head, ("LINE-N1", "新线一", "SMT"), ("LINE-N2", "新线二", "DIP")), "lines")
    assert done["outcomes"]["created"] == 2
    again = filled_with(plant, csv_of(head, ("LINE-N1", "一号线", "SMT"), ("LINE-N2", "新线二", "DIP")), "lines")
    assert (again["outcomes"]["updated"], again["outcomes"]["unchanged"]) == (1, 1)
    assert plant.api.as_("engineer").get("/api/lines/LINE-N1").must()["name"] == "一号线"
    groups = csv_of(("code", "name"), ("GROUP-N", "贴片机组"))
    assert filled_with(plant, groups, "station-groups")["outcomes"]["created"] == 1
    assert filled_with(plant, groups, "station-groups")["outcomes"]["unchanged"] == 1
    renamed = filled_with(plant, csv_of(("code", "name"), ("GROUP-N", "贴片机")), "station-groups")
    assert renamed["outcomes"]["updated"] == 1


def test_a_line_of_another_process_type_or_another_case_is_told_and_so_is_one_out_of_reach(plant: Plant) -> None:
    head = ("code", "name", "processType")
    job = shown(
        plant.api.as_("engineer"),
        csv_of(head, ("LINE-A", "A", "DIP"), ("line-far", "F", "SMT"), ("L-X", "X", "WAVE")),
        "lines",
    )
    assert faults_of(job) == [(2, "processType"), (3, "code"), (4, "processType")]
    (line_a,) = [one for one in plant.api.as_("engineer").get("/api/lines").must()["items"] if one["code"] == "LINE-A"]
    limited = plant.holder("line:config", scope="ASSIGNED_LINES", lineIds=[line_a["id"]])
    job = shown(
        limited,
        csv_of(head, ("LINE-A", "Mine", "SMT"), ("LINE-FAR", "Theirs", "SMT"), ("L-NEW", "New", "SMT")),
        "lines",
    )
    assert faults_of(job) == [(3, "code"), (4, "code")]
    assert shown(plant.api.as_("engineer"), csv_of(("code", "name"), ("", "x")), "station-groups")["faultyCount"] == 1
    assert plant.api.as_("planner").post("/api/imports/lines").code == "FORBIDDEN"


OVEN = (
    "code",
    "version",
    "name",
    "kind",
    "status",
    "peakTempMin",
    "peakTempMax",
    "zoneNo",
    "zoneName",
    "tempC",
    "timeS",
)


def test_an_oven_program_comes_zone_by_zone_and_the_exported_list_comes_back_as_it_went(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    rows = csv_of(
        OVEN, ("RP-1", "1", "无铅", "REFLOW", "ACTIVE", 235, 250, 2, "回流", 245, 60),
        ("RP-1", "1", "无铅", "REFLOW", "ACTIVE", 235, 250, 1, "预热", 150, 90),
        ("RP-2", "1", "波峰", "WAVE", "DEPRECATED", "", "", "", "", "", ""),
    )  # fmt: skip
    done = filled_with(plant, rows, "reflow-profiles")
    assert done["outcomes"]["created"] == 3, "rows, not versions, are counted"
    found = {one["code"]: one for one in engineer.get("/api/reflow-profiles").must()["items"]}
    assert [(zone["name"], zone["tempC"]) for zone in found["RP-1"]["zones"]] == [("预热", 150), ("回流", 245)]
    assert (found["RP-1"]["peakTempMax"], found["RP-2"]["zones"], found["RP-2"]["status"]) == (250, [], "DEPRECATED")
    assert filled_with(plant, rows, "reflow-profiles")["outcomes"]["unchanged"] == 3
    back = engineer.get("/api/exports/reflow-profiles", format="csv").text.encode()
    assert filled_with(plant, back, "reflow-profiles")["outcomes"] == {
        "created": 0,
        "updated": 0,
        "unchanged": 2,
        "refused": 0,
    }
    hotter = csv_of(("code", "version", "name", "peakTempMax"), ("RP-1", "1", "无铅", 255))
    assert filled_with(plant, hotter, "reflow-profiles")["outcomes"]["updated"] == 1
    changed = {one["code"]: one for one in engineer.get("/api/reflow-profiles").must()["items"]}["RP-1"]
    assert (changed["peakTempMax"], len(changed["zones"])) == (255, 2), "zones that no row names stay"


def test_rows_of_an_oven_program_that_do_not_fit_together_are_told(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    job = shown(
        engineer,
        csv_of(
            OVEN, ("RP-1", "1", "A", "REFLOW", "ACTIVE", 235, 250, 1, "Z1", 150, 90),
            ("RP-1", "1", "B", "REFLOW", "ACTIVE", 235, 250, 2, "Z2", 150, 90),
            ("RP-1", "1", "A", "REFLOW", "ACTIVE", 235, 250, 3, "Z3", "", 90), ("RP-2", "1", "A", "REFLOW", "ACTIVE", 250, 235, 1, "Z1", 150, 90),
            ("RP-3", "1", "A", "REFLOW", "ARCHIVED", "", "", "", "", "", ""), ("RP-1", "1", "A", "REFLOW", "ACTIVE", 235, 250, 1, "Z1", 150, 90),
        ), "reflow-profiles",
    )  # fmt: skip
    told = faults_of(job)
    assert (3, "name") in told
    assert (4, "zoneNo") in told
    assert (6, "status") in told
    assert {row for row, _column in told} == {2, 3, 4, 5, 6, 7}, "of what stands twice both rows are told"
    many = [("RP-9", "1", "A", "REFLOW", "ACTIVE", "", "", number, f"Z{number}", 150, 90) for number in range(1, 32)]
    job = shown(engineer, csv_of(OVEN, *many), "reflow-profiles")
    assert (job["faultyCount"], job["goodCount"]) == (31, 0), "a program is taken with all its zones or not at all"
    assert (32, "zoneNo") in faults_of(job), "of the row that is one too many, the cell is told"
    profile = plant.made(
        "engineer", "/api/reflow-profiles", {"code": "RP-OLD", "version": "1", "name": "Old", "status": "DEPRECATED"}
    )
    engineer.patch(f"/api/reflow-profiles/{profile['id']}", {"status": "ARCHIVED"}).must()
    job = shown(engineer, csv_of(("code", "version", "name"), ("RP-OLD", "1", "New")), "reflow-profiles")
    assert faults_of(job) == [(2, "code")]
    assert plant.api.as_("planner").post("/api/imports/reflow-profiles").code == "FORBIDDEN"


def test_what_a_ready_version_names_is_not_changed_by_a_file(plant: Plant) -> None:
    """The preview cannot know of it; the row is refused when it is taken, and told."""
    plant.made("engineer", "/api/reflow-profiles", {"code": "RP-U", "version": "1", "name": "Used"})
    key = plant.api.as_("engineer").get("/api/reflow-profiles", search="RP-U").must()["items"][0]["id"]
    row = shown(
        plant.api.as_("engineer"), csv_of(("code", "version", "name"), ("RP-U", "1", "Renamed")), "reflow-profiles"
    )
    plant.api.as_("engineer").patch(f"/api/reflow-profiles/{key}", {"status": "DEPRECATED"}).must()
    plant.api.as_("engineer").patch(f"/api/reflow-profiles/{key}", {"status": "ARCHIVED"}).must()
    done = take(plant.api.as_("engineer"), row).must()
    assert (done["outcomes"]["refused"], done["faultCount"]) == (1, 1)
