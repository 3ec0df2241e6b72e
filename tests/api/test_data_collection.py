"""From a collection item to a traced value: bound, compiled, frozen, asked at the station, judged, alarmed, read in the trace."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.api.collecting_line import FIRST, ROUTE, SECOND, CollectingLine
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.quality.tables import defect_codes


@pytest.fixture
def line(plant: Plant) -> CollectingLine:
    return CollectingLine(plant)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def value(name: str, number: float) -> dict[str, Any]:
    return {"specName": name, "valueNumber": number}


def errors_of(api: Api) -> list[tuple[str, int, str, list[str]]]:
    compiled = api.as_("engineer").post(f"/api/routes/{ROUTE}/compile").must()
    return [(one["code"], one["stepNo"], one["field"], one["details"]["specNames"]) for one in compiled["errors"]]


# ---- bound and frozen -------------------------------------------------------------------------------------------------


def test_a_required_item_that_is_not_bound_is_an_error_at_its_step_and_field(api: Api, line: CollectingLine) -> None:
    line.item("高度", isRequired=True)
    assert errors_of(api) == [("DATA_SPEC_REQUIRED_UNBOUND", 10, "dataSpecIds", ["高度"])]
    line.bind().must()
    assert errors_of(api) == []


def test_an_item_left_out_on_purpose_is_no_error_and_is_not_asked(api: Api, line: CollectingLine) -> None:
    item = line.item("高度", isRequired=True)
    body = {"dataSpecIds": [], "excludedDataSpecIds": [item["id"]]}
    api.as_("engineer").put(f"/api/routes/{ROUTE}/steps/10/data-specs", body).must()
    assert errors_of(api) == []
    sn = line.boards()[0]
    line.comes_in(sn)
    assert api.as_("operator").get(f"/api/stations/{FIRST}/unit/{sn}/data-specs").must()["specs"] == []
    line.goes_out(sn).must()


def test_an_item_that_is_switched_off_keeps_counting_in_a_run_and_stops_the_next_compile(
    api: Api, line: CollectingLine
) -> None:
    item = line.item("高度", isRequired=True)
    line.freeze()
    sn = line.boards()[0]
    off = api.as_("engineer").patch(f"/api/data-collection-specs/{item['id']}", {"isActive": False}).must()
    assert off["affectedRoutings"] == [ROUTE]
    line.comes_in(sn)
    assert line.goes_out(sn).code == "REQUIRED_DATA_MISSING"
    line.goes_out(sn, value("高度", 0.15)).must()
    assert errors_of(api) == [("DATA_SPEC_INACTIVE", 10, "dataSpecIds", ["高度"])]


def test_limits_changed_later_reach_a_board_only_through_a_new_version(api: Api, line: CollectingLine) -> None:
    item = line.item("高度")
    line.freeze()
    before = line.boards()[0]
    wider = {"spec": {"unit": "mm", "lsl": 0.0, "usl": 9.0}}
    changed = api.as_("engineer").patch(f"/api/data-collection-specs/{item['id']}", wider).must()
    assert changed["revision"] == item["revision"] + 1
    after = line.freeze() and line.boards()[0]
    for sn, judge, limits in ((before, "FAIL", {"min": 0.1, "max": 0.2}), (after, "PASS", {"min": 0.0, "max": 9.0})):
        assert line.measured(sn, "高度", 5)["dataValues"][0]["judge"] == judge
        traced = api.as_("trace").get(f"/api/trace/units/{sn}").must()["dataValues"]
        assert [(one["judge"], one["limits"], one["valueNumber"]) for one in traced] == [(judge, limits, 5)]


def test_the_difference_of_two_versions_names_item_and_limit(api: Api, line: CollectingLine) -> None:
    item = line.item("高度")
    first = line.freeze()
    api.as_("engineer").patch(
        f"/api/data-collection-specs/{item['id']}", {"spec": {"unit": "mm", "lsl": 0.12, "usl": 0.2}}
    ).must()
    second = line.freeze()
    diff = (
        api.as_("engineer")
        .get(f"/api/routes/{ROUTE}/versions/{second['versionNo']}", diff=first["versionNo"])
        .must()["diff"]
    )
    assert [step["stepNo"] for step in diff["changed"]] == [10]


# ---- asked at the station ---------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_named_with_type_and_unit(line: CollectingLine) -> None:
    line.item("高度", isRequired=True)
    line.item("外观", dataType="BOOLEAN", spec={"expected": True}, isRequired=True)
    line.item("备注", dataType="TEXT", spec=None)
    line.freeze()
    sn = line.boards()[0]
    line.comes_in(sn)
    refused = line.goes_out(sn)
    assert (refused.status, refused.code) == (409, "REQUIRED_DATA_MISSING")
    named = {one["specName"]: (one["dataType"], one["unit"]) for one in refused.details["missing"]}
    assert named == {"高度": ("NUMBER", "mm"), "外观": ("BOOLEAN", None)}
    line.goes_out(sn, result="FAIL").must()


def test_a_hold_alarm_holds_the_board_in_the_same_answer_and_quality_lets_it_go(api: Api, line: CollectingLine) -> None:
    line.item("高度", alarm={"action": "HOLD"})
    line.item("温度", alarm={"action": "HOLD", "max": 60})
    line.freeze()
    sn = line.boards()[0]
    line.comes_in(sn)
    out = line.goes_out(sn, value("高度", 0.5), value("温度", 70)).must()
    assert (out["status"], out["hold"]["source"]) == ("ON_HOLD", "DATA_ALARM")
    assert out["hold"]["reason"] == "高度: 0.5mm; 温度: 70mm"
    assert api.as_("operator").post(f"/api/stations/{SECOND}/track-in", {"sn": sn}).code == "UNIT_ON_HOLD"
    assert api.as_("operator").post(f"/api/units/{sn}/release", {"reason": "it looks good"}).code == "FORBIDDEN"
    api.as_("quality").post(f"/api/units/{sn}/release", {"reason": "measured again, good"}).must()
    line.comes_in(sn, SECOND)
    traced = api.as_("trace").get(f"/api/trace/units/{sn}").must()
    assert [hold["source"] for hold in traced["holds"]] == ["DATA_ALARM"]
    assert all(one["alarmed"] for one in traced["dataValues"])


def test_an_alarm_alone_lets_the_board_go_on_and_is_told_at_the_station(api: Api, line: CollectingLine) -> None:
    """Alarm limits of its own: the value is inside the spec limits, so it is no FAIL, and still nobody shall miss it."""
    line.item("高度", alarm={"action": "ALARM_ONLY", "max": 0.18})
    line.freeze()
    sn = line.boards()[0]
    out = line.measured(sn, "高度", 0.19)
    assert (out["status"], out["hold"], out["dataValues"]) == (
        "QUEUED", None, [{"specName": "高度", "judge": "PASS", "alarmed": True}],
    )  # fmt: skip
    operator = api.as_("operator").with_headers(accept_language="en")
    told = operator.get(f"/execution/{FIRST}/panel", sn=sn, did="out", outcome="ok").text
    assert 'data-verdict="warn"' in told
    assert "Alarm: 高度." in words(told)
    assert "Outside the limits" not in words(told)


# ---- the form ---------------------------------------------------------------------------------------------------------


def form(api: Api, sn: str) -> str:
    return api.as_("operator").with_headers(accept_language="en").get(f"/execution/{FIRST}/panel", sn=sn).text


def entry(text: str, name: str) -> str:
    """The part of the form that asks for an item."""
    found = re.search(rf'<div data-entry="{name}".*?data-judged', text, flags=re.DOTALL)
    assert found is not None, text
    return found[0]


def test_the_form_asks_what_was_frozen_with_type_unit_limits_and_marks(api: Api, line: CollectingLine) -> None:
    line.item("高度", isRequired=True, alarm={"action": "HOLD", "max": 0.3})
    line.item("外观", dataType="BOOLEAN", spec={"expected": True})
    line.item("条码", dataType="TEXT", spec={"pattern": "[A-Z]{2}"})
    line.item("颜色", dataType="TEXT", spec={"enum": ["红", "蓝"]})
    line.item("一侧", spec={"usl": 5})
    line.freeze()
    sn = line.boards()[0]
    line.comes_in(sn)
    text = form(api, sn)
    height = entry(text, "高度")
    for said in ('data-low="0.1"', 'data-high="0.2"', 'data-alarm="HOLD"', 'data-alarm-high="0.3"', "required", "mm"):
        assert said in height, said
    assert "Limits 0.1 … 0.2 mm" in words(height)
    assert "expected: yes" in words(entry(text, "外观"))
    assert 'data-pattern="[A-Z]{2}"' in entry(text, "条码")
    assert '<option value="红"' in entry(text, "颜色")
    assert "≤ 5" in words(entry(text, "一侧"))


def test_where_people_may_not_step_in_the_machines_item_is_shown_and_not_asked(api: Api, line: CollectingLine) -> None:
    line.item("体积", method="AUTO")
    line.freeze()
    sn = line.boards()[0]
    line.comes_in(sn)
    assert "disabled" not in entry(form(api, sn), "体积")
    api.as_("engineer").put("/api/lines/LINE-A/settings", {"execution.manualFallback": False}).must()
    assert "disabled" in entry(form(api, sn), "体积")
    assert "only the machine records it" in words(form(api, sn))
    assert line.goes_out(sn, value("体积", 0.15)).code == "DATA_SPEC_METHOD_MISMATCH"


def test_the_defects_offered_are_those_of_the_operation_and_those_of_all(
    api: Api, line: CollectingLine, plant: Plant
) -> None:
    line.item("高度")
    line.freeze()
    sn = line.boards()[0]
    line.comes_in(sn)
    table = defect_codes
    plant.sql(
        table.update().where(table.c.code == "M12").values(operation_codes=["OP-AFTER"]),
        table.update().where(table.c.code == "M14").values(operation_codes=["OP-COLLECT"]),
        table.update().where(table.c.code == "A1").values(is_active=False),
    )
    offered = re.findall(r'<option value="([\w-]+)"', form(api, sn))
    assert offered[0] == "M14"
    assert "A3" in offered
    assert not {"M12", "A1"} & set(offered)
