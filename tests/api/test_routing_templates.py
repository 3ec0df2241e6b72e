"""A routing binds a first article template and expects oven programs; the version carries a copy of both (spec 01.5, 01.7, 01.9)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

Body = dict[str, Any]
AT = "/api/routes/R-1"
ITEMS = [{"seq": 10, "itemName": "焊点", "itemSpec": "IPC-A-610"}, {"seq": 20, "itemName": "极性", "appliesTo": "BOTH"}]


@pytest.fixture
def route(plant: Plant, api: Api) -> None:
    """R-1 makes P-1 in an oven step that requires a first article, and compiles."""
    plant.group("G")
    api.as_("engineer").patch("/api/stations/ST-PRINT-01", {"groupCode": "G"}).must()
    plant.operation("OVEN-OP", kind="REFLOW")
    steps = [{"stepNo": 10, "operationCode": "OVEN-OP", "stationGroupCode": "G", "requiresFAI": True}]
    plant.made(
        "engineer",
        "/api/routes",
        {"code": "R-1", "name": "r", "processType": "SMT", "productCode": "P-1", "steps": steps},
    )


def template(plant: Plant, code: str = "FAI-1", **more: Any) -> Any:
    body = {"code": code, "name": "首件", "productCode": "P-1", "processType": "SMT", "items": ITEMS, **more}
    return plant.made("quality", "/api/fai-templates", body)


def profile(plant: Plant, code: str = "RP-1", **more: Any) -> Any:
    return plant.made("engineer", "/api/reflow-profiles", {"code": code, "name": "无铅", "status": "ACTIVE", **more})


def bind(api: Api, code: str | None, who: str = "engineer", **more: Any) -> Any:
    return api.as_(who).patch(f"{AT}/fai-template", {"faiTemplateCode": code, **more})


def compiled(api: Api) -> Body:
    number = api.as_("engineer").post(f"{AT}/compile").must()["versionNo"]
    version: Body = api.as_("engineer").get(f"{AT}/versions/{number}").must()
    return version


def codes(found: list[Body]) -> list[str]:
    return [one["code"] for one in found]


# ---- templates --------------------------------------------------------------------------------------------------------


def test_a_bound_template_is_copied_into_the_version_and_later_edits_need_a_new_one(
    api: Api, plant: Plant, route: None
) -> None:
    made = template(plant)
    assert codes(compiled(api)["warnings"]) == ["FAI_TEMPLATE_MISSING"]
    assert bind(api, "FAI-1").must()["faiTemplateCode"] == "FAI-1"
    entry = plant.audit(action="ROUTE_FAI_TEMPLATE_UPDATE")[0]
    assert entry["changes"] == [{"path": "faiTemplateCode", "before": None, "after": "FAI-1"}]
    first = compiled(api)
    assert first["warnings"] == []
    frozen = first["snapshot"]["route"]["faiTemplate"]
    assert (frozen["code"], frozen["revision"], [item["itemName"] for item in frozen["items"]]) == (
        "FAI-1",
        1,
        ["焊点", "极性"],
    )
    api.as_("quality").patch(f"/api/fai-templates/{made['id']}", {"items": ITEMS[:1]}).must()
    assert api.as_("engineer").get(AT).must()["route"]["needsCompile"] is True
    again = api.as_("engineer").get(f"{AT}/versions/{first['versionNo']}").must()
    assert len(again["snapshot"]["route"]["faiTemplate"]["items"]) == 2
    assert len(compiled(api)["snapshot"]["route"]["faiTemplate"]["items"]) == 1


def test_a_template_that_is_switched_off_stops_the_compile_until_another_is_bound(
    api: Api, plant: Plant, route: None
) -> None:
    made = template(plant)
    bind(api, "FAI-1").must()
    api.as_("quality").patch(f"/api/fai-templates/{made['id']}", {"isActive": False}).must()
    version = compiled(api)
    assert (version["status"], codes(version["errors"]), version["errors"][0]["details"]) == (
        "INVALID", ["FAI_TEMPLATE_INACTIVE"], {"templateCode": "FAI-1"},
    )  # fmt: skip
    page = api.as_("engineer").with_headers(accept_language="en").get("/routes/R-1").text
    assert 'href="#fai-template"' in page
    assert 'id="fai-template"' in page
    assert bind(api, "FAI-1").ok  # it is the one that is there, nothing is chosen anew
    bind(api, None).must()
    assert compiled(api)["status"] == "READY"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"productCode": "P-2"}, "FAI_TEMPLATE_PRODUCT_MISMATCH"), ({"processType": "DIP"}, "FAI_TEMPLATE_PROCESS_MISMATCH"),
        ({"isActive": False}, "FAI_TEMPLATE_INACTIVE"),
    ],
)  # fmt: skip
def test_a_template_that_does_not_fit_is_not_bound(api: Api, plant: Plant, route: None, more: Body, code: str) -> None:
    template(plant, **more)
    assert bind(api, "FAI-1").code == code
    assert api.as_("engineer").get(AT).must()["route"]["faiTemplateCode"] is None


def test_a_routing_of_any_product_binds_the_template_of_one(api: Api, plant: Plant, route: None) -> None:
    api.as_("engineer").patch(AT, {"productCode": None}).must()
    template(plant, productCode="P-9")
    assert bind(api, "FAI-1").ok


def test_binding_is_refused_for_what_is_wrong_with_it(api: Api, plant: Plant, route: None) -> None:
    template(plant)
    assert bind(api, "NOTHING").code == "FAI_TEMPLATE_NOT_FOUND"
    assert bind(api, "FAI-1", who="quality").code == "FORBIDDEN"
    assert (
        api.as_("engineer").patch("/api/routes/R-9/fai-template", {"faiTemplateCode": None}).code == "ROUTE_NOT_FOUND"
    )
    assert api.as_("engineer").patch(f"{AT}/fai-template", {}).field_paths == ["faiTemplateCode"]
    stale = bind(api, "FAI-1", ifUpdatedAt="2020-01-01T00:00:00Z")
    assert (stale.code, stale.details["current"]["code"]) == ("STALE_UPDATE", "R-1")


# ---- oven programs ----------------------------------------------------------------------------------------------------


def expect(api: Api, code: str) -> None:
    api.as_("engineer").post(
        f"{AT}/execution-config", {"scopeType": "STEP", "stepNo": 10, "expectedReflowProfileCode": code}
    ).must()


def test_the_active_version_of_the_expected_program_is_frozen(api: Api, plant: Plant, route: None) -> None:
    expect(api, "RP-1")
    version = compiled(api)
    assert [(one["code"], one["stepNo"], one["field"]) for one in version["errors"]] == [
        ("REFLOW_PROFILE_NOT_ACTIVE", 10, "expectedReflowProfileCode")
    ]
    profile(plant, peakTempMin=235, peakTempMax=250, programName="LF-7")
    frozen = compiled(api)["snapshot"]["steps"][0]["expectedReflowProfile"]
    assert (frozen["code"], frozen["version"], frozen["programName"], frozen["peakTempMin"], frozen["peakTempMax"]) == (
        "RP-1",
        "1",
        "LF-7",
        235,
        250,
    )


def test_another_active_version_asks_for_a_compile_and_the_old_version_keeps_its_own(
    api: Api, plant: Plant, route: None
) -> None:
    expect(api, "RP-1")
    first_profile = profile(plant, programName="LF-7")
    first = compiled(api)
    profile(plant, programName="LF-8")
    assert api.as_("engineer").get(AT).must()["route"]["needsCompile"] is True
    assert compiled(api)["snapshot"]["steps"][0]["expectedReflowProfile"]["programName"] == "LF-8"
    old = api.as_("engineer").get(f"{AT}/versions/{first['versionNo']}").must()
    assert old["snapshot"]["steps"][0]["expectedReflowProfile"]["programName"] == "LF-7"
    changed = api.as_("engineer").patch(f"/api/reflow-profiles/{first_profile['id']}", {"programName": "LF-9"})
    assert (changed.code, changed.details["counts"]) == ("REFLOW_PROFILE_IN_USE", {"versions": 1})


def test_a_program_for_the_wave_is_not_for_the_oven(api: Api, plant: Plant, route: None) -> None:
    profile(plant, kind="WAVE")
    expect(api, "RP-1")
    (error,) = compiled(api)["errors"]
    assert (error["code"], error["details"]["profileCode"], error["details"]["processKind"]) == (
        "REFLOW_PROFILE_NOT_APPLICABLE",
        "RP-1",
        "REFLOW",
    )


@pytest.mark.one_engine
def test_the_dialogs_offer_only_what_fits(api: Api, plant: Plant, route: None) -> None:
    for code, more in (
        ("FIT", {}),
        ("OFF", {"isActive": False}),
        ("OTHER", {"productCode": "P-2"}),
        ("DIP", {"processType": "DIP"}),
    ):
        template(plant, code, **more)
    text = api.as_("engineer").get("/routes/R-1/dialogs/template").text
    assert '<option value="FIT"' in text
    assert not [code for code in ("OFF", "OTHER", "DIP") if f'<option value="{code}"' in text]
    profile(plant, "OVEN")
    profile(plant, "WAVY", kind="WAVE")
    text = api.as_("engineer").get("/routes/R-1/dialogs/config/10").text
    assert '<option value="OVEN"' in text
    assert '<option value="WAVY"' not in text
