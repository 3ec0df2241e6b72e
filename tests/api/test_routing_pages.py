"""The pages of routing and plant open for whoever may see them, and show no button that would be refused."""

from __future__ import annotations

import html
import re

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

pytestmark = pytest.mark.one_engine

LANGUAGES = ("zh-CN", "en")


@pytest.fixture
def route(api: Api, plant: Plant) -> dict[str, str]:
    """A routing with a version, an error that it has now, a bound item and an orphaned config."""
    engineer = api.as_("engineer")
    plant.group("G")
    engineer.patch("/api/stations/ST-PRINT-01", {"groupCode": "G"}).must()
    plant.operation("PRINT-OP", kind="PRINT")
    steps = [{"stepNo": n, "operationCode": "PRINT-OP", "stationGroupCode": "G", "requiresFAI": True} for n in (10, 20)]
    plant.made("engineer", "/api/routes", {"code": "R-1", "name": "路线一", "processType": "SMT", "steps": steps})
    engineer.post("/api/routes/R-1/compile").must()
    body = {"operationCode": "PRINT-OP", "itemType": "KEY", "method": "MANUAL", "triggerType": "EVENT"}
    number = {"dataType": "NUMBER", "spec": {"lsl": 0.1, "usl": 0.2, "unit": "mm"}, "alarm": {"action": "HOLD"}}
    words = {"dataType": "TEXT", "spec": {"enum": ["A", "B"]}, "isActive": False}
    yes_no = {"dataType": "BOOLEAN", "spec": {"expected": True}}
    specs = [
        plant.made("engineer", "/api/data-collection-specs", body | {"name": name} | more)
        for name, more in (("厚度 <b>", number | {"isRequired": True}), ("外观", yes_no), ("旧", words))
    ]
    engineer.put("/api/routes/R-1/steps/10/data-specs", {"dataSpecIds": [specs[0]["id"]]}).must()
    engineer.post(
        "/api/routes/R-1/execution-config", {"scopeType": "STEP", "stepNo": 20, "requiresTestProgram": True}
    ).must()
    engineer.put("/api/routes/R-1/steps", {"steps": [steps[0], {**steps[1], "stepNo": 30}]}).must()
    engineer.post("/api/routes/R-1/compile").must()
    return {"spec": specs[0]["id"]}


PATHS = (
    "/routes",
    "/routes?needsCompile=true&sort=name.desc",
    "/routes?search=nothing",
    "/routes/R-1",
    "/routes/dialogs/new",
    "/routes/R-1/dialogs/edit",
    "/routes/R-1/dialogs/steps/new",
    "/routes/R-1/dialogs/steps/10",
    "/routes/R-1/dialogs/arrange",
    "/routes/R-1/dialogs/config/route",
    "/routes/R-1/dialogs/config/10?field=ingestMapping",
    "/routes/R-1/dialogs/config/10",
    "/routes/R-1/dialogs/binding/10",
    "/routes/R-1/dialogs/binding/30",
    "/routes/R-1/dialogs/versions/1",
    "/routes/R-1/dialogs/versions/2?diff=1",
    "/execution-defaults/dialogs/global",
    "/execution-defaults/dialogs/PRINT-OP",
    "/data-specs",
    "/data-specs?isActive=false",
    "/data-specs/dialogs/new",
    "/data-specs/dialogs/edit/{spec}",
    "/data-specs/dialogs/fields?dataType=TEXT&triggerType=TIME&name=x",
    "/data-specs/dialogs/fields?dataType=BOOLEAN&triggerType=EACH_UNIT",
    "/data-specs/dialogs/fields?dataType=JSON",
    "/lines",
    "/lines/LINE-A",
    "/lines/LINE-A/dialogs/edit",
    "/lines/LINE-A/dialogs/stations/new",
    "/lines/dialogs/new",
    "/lines/LINE-A/dialogs/stations/ST-PRINT-01",
    "/lines/dialogs/group",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_both_languages(api: Api, route: dict[str, str], language: str) -> None:
    engineer = api.as_("engineer").with_headers(accept_language=language)
    for path in PATHS:
        page, _, query = path.format(**route).partition("?")
        asked = dict(pair.split("=") for pair in query.split("&")) if query else {}
        answer = engineer.get(page, **asked)
        assert answer.status == 200, path
        assert "<b>" not in answer.text.replace("<body", ""), path


def test_the_route_page_says_what_a_compile_would_find_and_leads_there(api: Api, route: dict[str, str]) -> None:
    text = api.as_("engineer").with_headers(accept_language="en").get("/routes/R-1").text
    assert "What a compile finds now" in text
    assert 'href="#step-30-dataSpecIds"' in text
    assert 'id="step-30-dataSpecIds"' in text
    assert "ST-PRINT-01" in text
    assert "Settings without a step" in text


def test_whoever_only_reads_sees_no_button(api: Api, route: dict[str, str]) -> None:
    for path in ("/routes", "/routes/R-1", "/data-specs", "/lines", "/lines/LINE-A"):
        text = api.as_("leader").get(path).text
        assert text.count('data-api="') == 1, f"{path}: only the button to sign out"
        assert "/dialogs/edit" not in text, path
    assert "/routes/R-1/compile" in api.as_("engineer").get("/routes/R-1").text


@pytest.mark.parametrize(
    "path", ["/routes/R-1/dialogs/edit", "/routes/dialogs/new", "/data-specs/dialogs/new", "/lines/dialogs/new"]
)
def test_a_dialog_is_not_opened_by_address_either(api: Api, route: dict[str, str], path: str) -> None:
    assert api.as_("leader").get(path).status == 403


def test_a_line_out_of_reach_is_not_shown(api: Api) -> None:
    leader = api.as_("leader")
    assert "LINE-FAR" not in leader.get("/lines").text
    assert leader.get("/lines/LINE-FAR").status == 403
    assert leader.get("/routes/GONE").status == 404


def test_every_error_leads_to_a_place_that_is_on_the_page(api: Api, route: dict[str, str], plant: Plant) -> None:
    """Whatever a compile finds, its link has a row to jump to, and the row a button that opens the form at that field."""
    engineer = api.as_("engineer")
    config = {
        "scopeType": "STEP",
        "stepNo": 30,
        "stationType": "AUTO",
        "expectedReflowProfileCode": "NONE",
        "stationGroupCode": "G",
    }
    engineer.post("/api/routes/R-1/execution-config", config).must()
    text = engineer.with_headers(accept_language="en").get("/routes/R-1").text
    links = re.findall(r'href="#(step-[\w-]+)"', text)
    assert {"step-30-ingestMapping", "step-30-expectedReflowProfileCode", "step-30-stationGroupCode"} <= set(links)
    assert [link for link in links if f'id="{link}"' not in text] == []
    assert "/routes/R-1/dialogs/config/30?field=ingestMapping" in text
    assert "?field=" not in api.as_("planner").get("/routes/R-1").text
    assert 'data-begin-at="ingestMapping"' in engineer.get("/routes/R-1/dialogs/config/30", field="ingestMapping").text


def test_the_difference_of_two_versions_is_told_field_by_field(api: Api, route: dict[str, str]) -> None:
    engineer = api.as_("engineer")
    engineer.patch(
        f"/api/data-collection-specs/{route['spec']}", {"spec": {"lsl": 0.12, "usl": 0.2, "unit": "mm"}}
    ).must()
    newest = engineer.post("/api/routes/R-1/compile").must()["versionNo"]
    told = words(engineer.with_headers(accept_language="en").get(f"/routes/R-1/dialogs/versions/{newest}").text)
    assert "厚度 <b>: Lower spec limit 0.1 0.12" in told
    assert "Upper spec limit" not in told


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))
