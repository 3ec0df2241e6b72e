"""Pages of the plant's master data: lists, dialogs, what may be pressed, and what is said when there is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

pytestmark = pytest.mark.one_engine
LISTS = ("/lines", "/stations", "/station-groups", "/operations", "/operations/mappings", "/operations/work-centers", "/materials",
         "/materials/boms", "/materials/lots", "/reflow-profiles", "/fai-templates")  # fmt: skip


@pytest.fixture
def things(plant: Plant) -> dict[str, Any]:
    """One of everything."""
    plant.operation("PRINTING", processKind="PRINT")
    plant.group("GROUP-1")
    for code in ("P-1", "C-1"):
        plant.material(code)
    engineer = plant.api.as_("engineer")
    engineer.put("/api/boms/P-1", {"children": [{"childCode": "C-1", "qty": 2, "isKeyPart": True}]}).must()
    lot = plant.made("engineer", "/api/material-lots", {"materialCode": "C-1", "lotNo": "L-1"})
    mapping = {"sourceSystem": "ERP", "sourceProcessKey": "Cable", "operationCode": "PRINTING"}
    made = plant.made("engineer", "/api/operation-mappings", mapping)
    zones = [{"name": "Peak", "tempC": 245, "timeS": 30}]
    profile = plant.made("engineer", "/api/reflow-profiles", {"code": "RP-1", "name": "Lead-free", "zones": zones})
    items = [{"seq": 10, "itemName": "Joints"}]
    template = {"code": "FAI-1", "name": "First", "productCode": "P-1", "processType": "SMT", "items": items}
    return {
        "lot": lot, "mapping": made, "profile": profile, "template": plant.made("quality", "/api/fai-templates", template),
    }  # fmt: skip


def page(who: Api, path: str, **query: str) -> str:
    answer = who.with_headers(accept_language="en").get(path, **query)
    assert answer.status == 200, (path, answer.status, answer.text[:300])
    return answer.text


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_is_empty_says_so(plant: Plant, path: str) -> None:
    assert "<h1" in page(plant.api.as_("admin"), path)


@pytest.mark.parametrize(("path", "shown"), [
    ("/stations", "ST-PRINT-01"), ("/station-groups", "GROUP-1"), ("/operations", "PRINTING"), ("/operations/mappings", "Cable"),
    ("/materials", "P-1"), ("/materials/boms", "C-1"), ("/materials/lots", "L-1"), ("/reflow-profiles", "RP-1"), ("/fai-templates", "FAI-1"),
])  # fmt: skip
def test_a_list_shows_what_is_there_and_takes_it_away(
    plant: Plant, things: dict[str, Any], path: str, shown: str
) -> None:
    html = page(plant.api.as_("admin"), path)
    assert shown in html
    assert 'href="/api/exports/' in html
    assert "Nothing matches the filters" in page(
        plant.api.as_("admin"), path, **{FILTER.get(path, "search"): "no such thing"}
    )


FILTER = {"/materials/lots": "lotNo"}


def test_the_dialogs_show_facts_and_where_a_thing_is_used(plant: Plant, things: dict[str, Any]) -> None:
    who = plant.api.as_("engineer")
    material = page(who, "/materials/dialogs/show/C-1")
    assert "/materials/boms?parentCode=P-1" in material
    assert "1 lot" in material
    assert "key part" in page(who, "/materials/dialogs/show/P-1")
    assert "ERP · Cable" in page(who, "/operations/dialogs/show/PRINTING")
    assert "Joints" in page(who, f"/fai-templates/dialogs/show/{things['template']['id']}")


def test_the_forms_hold_what_is_there_and_its_moment(plant: Plant, things: dict[str, Any]) -> None:
    engineer, quality = plant.api.as_("engineer"), plant.api.as_("quality")
    for who, path, shown in (
        (engineer, "/materials/dialogs/edit/C-1", "C-1"), (engineer, "/materials/boms/dialogs/edit/P-1", "children.0.childCode"),
        (engineer, f"/materials/lots/dialogs/edit/{things['lot']['id']}", "L-1"), (engineer, "/operations/dialogs/edit/PRINTING", "PRINTING"),
        (engineer, f"/operations/mappings/dialogs/edit/{things['mapping']['id']}", "Cable"),
        (engineer, f"/reflow-profiles/dialogs/edit/{things['profile']['id']}", "zones.0.tempC"),
        (quality, f"/fai-templates/dialogs/edit/{things['template']['id']}", "items.0.itemName"),
        (engineer, "/station-groups/dialogs/edit/GROUP-1", "GROUP-1"), (engineer, "/lines/LINE-A/dialogs/process-type", "SMT"),
    ):  # fmt: skip
        html = page(who, path)
        assert shown in html, path
        assert 'name="ifUpdatedAt"' in html, path


def test_a_new_thing_may_begin_as_a_copy(plant: Plant, things: dict[str, Any]) -> None:
    assert "zones.0.tempC" in page(
        plant.api.as_("engineer"), "/reflow-profiles/dialogs/new", **{"from": things["profile"]["id"]}
    )
    assert "items.0.itemName" in page(
        plant.api.as_("quality"), "/fai-templates/dialogs/new", **{"from": things["template"]["id"]}
    )


def test_who_may_only_look_is_offered_nothing_to_press(plant: Plant, things: dict[str, Any]) -> None:
    reader = plant.api.as_("planner")
    for path in (
        "/materials",
        "/materials/boms",
        "/materials/lots",
        "/operations",
        "/reflow-profiles",
        "/lines",
        "/stations",
    ):
        html = page(reader, path)
        assert "/dialogs/new" not in html, path
        assert html.count("data-api") == html.count("/api/auth/sign-out") == 1, path
        assert 'href="/api/exports/' in html, path


def test_quality_holds_a_lot_where_it_stands(plant: Plant, things: dict[str, Any]) -> None:
    at = f"/api/material-lots/{things['lot']['id']}"
    assert f"{at}/hold" in page(plant.api.as_("quality"), "/materials/lots")
    assert f"{at}/hold" not in page(plant.api.as_("engineer"), "/materials/lots")
    plant.api.as_("quality").post(f"{at}/hold", {"reason": "Wrong marking"}).must()
    html = page(plant.api.as_("quality"), "/materials/lots")
    assert "Wrong marking" in html
    assert f"{at}/release" in html


def test_the_page_of_a_line_shows_and_changes_its_settings(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    assert 'hx-get="/lines/LINE-A/settings"' in page(engineer, "/lines/LINE-A")
    part = page(engineer, "/lines/LINE-A/settings")
    assert "execution.verifyOperatorId" in part
    assert ">this line<" not in part
    engineer.put("/api/lines/LINE-A/settings", {"execution.verifyOperatorId": True}).must()
    assert ">this line<" in page(engineer, "/lines/LINE-A/settings")
    form = page(engineer, "/lines/LINE-A/dialogs/settings/execution.verifyOperatorId")
    assert 'name="execution.verifyOperatorId"' in form
    assert "data-flat" in form
    assert engineer.get("/lines/LINE-A/dialogs/settings/nothing").status == 404


def test_a_setting_of_a_line_that_is_one_of_some_words_is_chosen_by_what_they_mean(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    form = page(engineer, "/lines/LINE-A/dialogs/settings/fqc.gate")
    assert {word: f'value="{word}"' in form for word in ("NONE", "CLOSE")} == {"NONE": True, "CLOSE": True}
    assert 'type="radio"' in form
    assert "needed to close a run" in form
    assert "value: not needed" in form
    engineer.put("/api/lines/LINE-A/settings", {"fqc.gate": "CLOSE"}).must()
    part = page(engineer, "/lines/LINE-A/settings")
    assert "needed to close a run" in part
    assert ">CLOSE<" not in part
    chinese = engineer.with_headers(accept_language="zh-CN").get("/lines/LINE-A/settings").text
    assert "收尾前必须通过" in chinese


def test_the_shifts_of_a_line_are_filled_in_row_by_row_and_a_number_says_its_limits(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    form = page(engineer, "/lines/LINE-A/dialogs/settings/plant.shifts")
    assert 'name="plant.shifts.2.from"' in form
    assert 'name="plant.shifts.__.code"' in form
    assert "textarea" not in form
    assert "day shift 08:00–16:00; middle shift 16:00–24:00" in page(engineer, "/lines/LINE-A/settings")
    chinese = (
        plant.api.as_("admin").with_headers(accept_language="zh-CN").get("/system/settings?search=plant.shifts").text
    )
    assert "早班 08:00–16:00；中班 16:00–24:00；夜班 00:00–08:00" in chinese
    number = page(engineer, "/lines/LINE-A/dialogs/settings/run.authorizationValidMinutes")
    assert 'data-min="30"' in number
    assert 'data-type="integer"' in number


def test_the_settings_of_the_plant_name_the_words_too(plant: Plant) -> None:
    admin = plant.api.as_("admin")
    assert "not needed" in page(admin, "/system/settings?search=fqc.gate")
    form = page(admin, "/system/settings/dialogs/fqc.gate")
    assert ">needed to close a run</option>" in form
    assert ">Partly picked</option>" in page(admin, "/system/settings/dialogs/workOrder.releaseMinPickStatus")
    assert 'name="value.0.code"' in page(admin, "/system/settings/dialogs/plant.shifts")


def test_the_gaps_say_that_nothing_is_missing_or_what(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    assert "Nothing is missing" in page(engineer, "/operations/gaps")
    plant.operation("OP-1")
    plant.made(
        "engineer",
        "/api/routes",
        {"code": "R-1", "name": "R", "processType": "SMT", "steps": [{"stepNo": 10, "operationCode": "OP-1"}]},
    )
    engineer.post("/api/routes/R-1/compile", {}).must()
    html = page(engineer, "/operations/gaps")
    assert "STATION_CONSTRAINT_MISSING" in html


def test_an_import_is_shown_with_its_faults_and_what_may_be_done(plant: Plant) -> None:
    from tests.api.uploads import csv_of, sent

    engineer = plant.api.as_("engineer").with_headers(accept_language="en")
    assert "/api/import-templates/materials" in page(engineer, "/imports/materials/dialogs/new")
    faulty = sent(engineer, "/api/imports/materials", csv_of(("code", "name"), ("M-1", "x"), ("", "y"))).must()
    html = page(engineer, f"/imports/materials/{faulty['id']}")
    assert "Import only the 1 good row" in html
    assert "Field required" in html
    good = sent(engineer, "/api/imports/materials", csv_of(("code", "name"), ("M-1", "x"))).must()
    assert "Import 1 row" in page(engineer, f"/imports/materials/{good['id']}")
    engineer.post(f"/api/imports/materials/{good['id']}/take", {}).must()
    assert "The import is done" in page(engineer, f"/imports/materials/{good['id']}")
    assert "<progress" in page(engineer, f"/imports/materials/{good['id']}/progress")
