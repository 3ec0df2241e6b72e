"""FAI templates and oven programs (spec 01.7): what changes, what is frozen, and who is told."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.plant import TEST, Plant
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.columns import canonical
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import active_profile, find_profile, frozen_profile
from fiducial.plant.tables import reflow_profiles
from fiducial.routing.tables import routes, versions

ITEMS = [
    {"seq": 20, "itemName": "Polarity of U1", "appliesTo": "BOTH"},
    {"seq": 10, "itemName": "Solder joints", "itemSpec": "IPC-A-610 class 2", "required": False},
]
LIMITS = {"peakTempMin": 235, "peakTempMax": 250.5, "totalTimeMin": 300, "totalTimeMax": 420}


def template(plant: Plant, **more: Any) -> Any:
    body = {
        "code": "FAI-1",
        "name": "First article",
        "productCode": "P-1",
        "processType": "SMT",
        "items": ITEMS,
        **more,
    }
    return plant.made("quality", "/api/fai-templates", body)


def profile(plant: Plant, **more: Any) -> Any:
    return plant.made("engineer", "/api/reflow-profiles", {"code": "RP-1", "name": "Lead-free", **more})


def status_of(who: Api, made: Any) -> str:
    return str(who.get(f"/api/reflow-profiles/{made['id']}").must()["status"])


# ---- templates ------------------------------------------------------------------------------------------------------


def test_a_template_is_made_and_its_items_stand_by_number(plant: Plant) -> None:
    made = template(plant)
    assert (made["revision"], made["itemCount"], made["isActive"], made["boundByRoutings"]) == (1, 2, True, [])
    assert made["items"] == [
        {
            "seq": 10,
            "itemName": "Solder joints",
            "itemSpec": "IPC-A-610 class 2",
            "required": False,
            "appliesTo": "FAI",
        },
        {"seq": 20, "itemName": "Polarity of U1", "itemSpec": None, "required": True, "appliesTo": "BOTH"},
    ]
    quality = plant.api.as_("quality")
    assert (
        quality.get(f"/api/fai-templates/{made['id']}").must() == quality.get("/api/fai-templates/FAI-1").must() == made
    )
    (listed,) = quality.get("/api/fai-templates", search="first", processType="SMT", isActive="true").must()["items"]
    assert listed["itemCount"] == 2
    assert "items" not in listed
    assert quality.get("/api/fai-templates", productCode="P-2").must()["total"] == 0


def test_each_change_of_a_template_is_a_revision_and_no_change_is_none(plant: Plant) -> None:
    made, quality = template(plant), plant.api.as_("quality")
    at = f"/api/fai-templates/{made['id']}"
    assert quality.patch(at, {"name": "First article", "items": ITEMS}).must()["revision"] == 1
    changed = quality.patch(at, {"items": ITEMS[:1]}).must()
    assert (changed["revision"], changed["itemCount"]) == (2, 1)
    assert quality.patch(at, {"isActive": False}).must()["revision"] == 3
    entry = plant.audit(action="FAI_TEMPLATE_UPDATE")[0]
    assert {change["path"] for change in entry["changes"]} == {"isActive", "revision"}


@pytest.mark.one_engine
def test_what_is_wrong_with_a_template_is_refused(plant: Plant) -> None:
    made, quality = template(plant), plant.api.as_("quality")
    new = {"code": "fai-1", "name": "x", "productCode": "P", "processType": "DIP", "items": ITEMS}
    assert quality.post("/api/fai-templates", new).code == "FAI_TEMPLATE_CODE_EXISTS"
    twice = [*ITEMS, {"seq": 10, "itemName": "Again"}]
    refused = quality.post("/api/fai-templates", {**new, "code": "FAI-2", "items": twice})
    assert (refused.code, refused.details["seqs"]) == ("FAI_TEMPLATE_ITEM_SEQ_DUPLICATE", [10])
    at = f"/api/fai-templates/{made['id']}"
    assert quality.patch(at, {"items": twice}).code == "FAI_TEMPLATE_ITEM_SEQ_DUPLICATE"
    assert quality.patch(at, {"code": "FAI-9"}).field_paths == ["code"]
    assert quality.patch(at, {"items": []}).field_paths == ["items"]
    assert quality.get("/api/fai-templates/none").code == "FAI_TEMPLATE_NOT_FOUND"
    assert plant.api.as_("operator").post("/api/fai-templates", new).code == "FORBIDDEN"


def test_two_who_edit_one_template_see_both_versions(plant: Plant) -> None:
    made, quality = template(plant), plant.api.as_("quality")
    at = f"/api/fai-templates/{made['id']}"
    quality.patch(at, {"name": "Mine", "ifUpdatedAt": made["updatedAt"]}).must()
    stale = quality.patch(at, {"name": "Yours", "ifUpdatedAt": made["updatedAt"]})
    assert (stale.code, stale.details["current"]["name"], len(stale.details["current"]["items"])) == (
        "STALE_UPDATE",
        "Mine",
        2,
    )


def test_the_routings_that_bind_a_template_are_named_and_need_a_compile_when_it_changes(plant: Plant) -> None:
    made = template(plant)
    for code in ("R-1", "R-2"):
        plant.made("engineer", "/api/routes", {"code": code, "name": "R", "processType": "SMT"})
    plant.sql(
        update(routes).values(needs_compile=False),
        update(routes).where(routes.c.code == "R-1").values(fai_template_code="FAI-1"),
    )
    quality = plant.api.as_("quality")
    assert quality.patch(f"/api/fai-templates/{made['id']}", {"isActive": False}).must()["boundByRoutings"] == ["R-1"]
    needing = plant.api.as_("engineer").get("/api/routes", needsCompile="true").must()["items"]
    assert [route["code"] for route in needing] == ["R-1"]


# ---- oven programs --------------------------------------------------------------------------------------------------


def test_an_oven_program_begins_with_what_is_left_out(plant: Plant) -> None:
    made = profile(plant)
    assert (made["version"], made["kind"], made["programName"], made["status"], made["zones"]) == (
        "1",
        "REFLOW",
        "RP-1",
        "ACTIVE",
        [],
    )
    assert profile(plant, status="DEPRECATED")["version"] == "2"


def test_making_one_version_active_makes_the_former_deprecated(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    first = profile(plant, zones=[{"name": "Preheat", "tempC": 150, "timeS": 60}], **LIMITS)
    second = profile(plant, status="DEPRECATED")
    assert (status_of(engineer, first), status_of(engineer, second)) == ("ACTIVE", "DEPRECATED")
    engineer.patch(f"/api/reflow-profiles/{second['id']}", {"status": "ACTIVE"}).must()
    assert (status_of(engineer, first), status_of(engineer, second)) == ("DEPRECATED", "ACTIVE")
    third = profile(plant)
    assert (status_of(engineer, second), status_of(engineer, third)) == ("DEPRECATED", "ACTIVE")
    told = [(entry["entityDisplay"], entry["changes"]) for entry in plant.audit(action="REFLOW_PROFILE_UPDATE")]
    assert told[0] == ("RP-1|2", [{"path": "status", "before": "ACTIVE", "after": "DEPRECATED"}])


def test_two_who_make_a_version_active_at_once_leave_one_active(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    made = [profile(plant, status="DEPRECATED") for _ in range(3)]
    asks = [(engineer, "PATCH", f"/api/reflow-profiles/{one['id']}", {"status": "ACTIVE"}) for one in made]
    assert all(answer.ok for answer in engineer.at_once(*asks))
    assert sorted(status_of(engineer, one) for one in made) == ["ACTIVE", "DEPRECATED", "DEPRECATED"]


def test_what_is_archived_is_final(plant: Plant) -> None:
    made, engineer = profile(plant), plant.api.as_("engineer")
    at = f"/api/reflow-profiles/{made['id']}"
    engineer.patch(at, {"status": "ARCHIVED"}).must()
    for change in ({"status": "ACTIVE"}, {"name": "Other"}):
        assert engineer.patch(at, change).code == "REFLOW_PROFILE_STATUS_INVALID"
    assert engineer.patch(at, {"status": "ARCHIVED"}).ok
    new = {"code": "RP-2", "name": "x", "status": "ARCHIVED"}
    assert engineer.post("/api/reflow-profiles", new).code == "REFLOW_PROFILE_STATUS_INVALID"


def freeze(plant: Plant, made: Any) -> None:
    """A READY version of a routing that holds the profile, as a compile makes it."""
    plant.made("engineer", "/api/routes", {"code": "R-1", "name": "R", "processType": "SMT"})
    frozen = {"code": made["code"], "version": made["version"], "programName": made["programName"]}
    snapshot = canonical(
        {"route": {"code": "R-1"}, "steps": [{"stepNo": 40, "expectedReflowProfile": frozen}]}
    ).decode()
    route = select(routes.c.id).where(routes.c.code == "R-1").scalar_subquery()
    values = {
        "status": "READY",
        "content_hash": "x",
        "snapshot": snapshot,
        "errors": [],
        "warnings": [],
        "compiled_at": 1,
    }
    plant.sql(insert(versions).values(id=77, route_id=route, version_no=1, **values))


def test_a_version_that_a_ready_route_holds_keeps_zones_limits_and_program(plant: Plant) -> None:
    made, engineer = profile(plant, **LIMITS), plant.api.as_("engineer")
    freeze(plant, made)
    at = f"/api/reflow-profiles/{made['id']}"
    for change in (
        {"programName": "Other"},
        {"zones": [{"name": "Peak", "tempC": 245, "timeS": 30}]},
        {"peakTempMax": 260},
    ):
        refused = engineer.patch(at, change)
        assert (refused.code, refused.details["counts"]) == ("REFLOW_PROFILE_IN_USE", {"versions": 1})
    assert engineer.delete(at).code == "REFLOW_PROFILE_IN_USE"
    assert (
        engineer.patch(at, {"name": "Renamed", "programName": "RP-1", "status": "DEPRECATED"}).must()["name"]
        == "Renamed"
    )
    other = profile(plant)
    assert engineer.patch(f"/api/reflow-profiles/{other['id']}", {"peakTempMax": 260}).ok


def test_a_program_that_a_step_expects_is_not_deleted_while_it_is_the_last_of_its_code(plant: Plant) -> None:
    made, engineer = profile(plant), plant.api.as_("engineer")
    plant.operation("REFLOW", processKind="REFLOW")
    steps = [{"stepNo": 10, "operationCode": "REFLOW"}]
    plant.made("engineer", "/api/routes", {"code": "R-1", "name": "R", "processType": "SMT", "steps": steps})
    config = {"scopeType": "STEP", "stepNo": 10, "expectedReflowProfileCode": "RP-1"}
    plant.made("engineer", "/api/routes/R-1/execution-config", config)
    assert engineer.delete(f"/api/reflow-profiles/{made['id']}").details["counts"] == {"configs": 1}
    second = profile(plant)
    engineer.delete(f"/api/reflow-profiles/{made['id']}").must()
    plant.sql(update(routes).values(needs_compile=False))
    engineer.patch(f"/api/reflow-profiles/{second['id']}", {"peakTempMax": 250}).must()
    assert engineer.get("/api/routes/R-1").must()["route"]["needsCompile"] is True


@pytest.mark.one_engine
def test_what_is_wrong_with_an_oven_program_is_refused(plant: Plant) -> None:
    made, engineer = profile(plant, version="A", **LIMITS), plant.api.as_("engineer")
    new = {"code": "RP-1", "name": "x"}
    assert engineer.post("/api/reflow-profiles", {**new, "version": "A"}).code == "REFLOW_PROFILE_DUPLICATE"
    for field, body in (
        ("peakTempMax", {"peakTempMin": 250, "peakTempMax": 240}), ("totalTimeMax", {"totalTimeMin": 2, "totalTimeMax": 1}),
        ("zones.0.tempC", {"zones": [{"name": "x", "tempC": 401, "timeS": 1}]}), ("zones", {"zones": [{"name": "x", "tempC": 1, "timeS": 1}] * 31}),
        ("status", {"status": "DRAFT"}),
    ):  # fmt: skip
        assert engineer.post("/api/reflow-profiles", {**new, **body}).field_paths == [field]
    at = f"/api/reflow-profiles/{made['id']}"
    assert engineer.patch(at, {"peakTempMin": 300}).field_paths == ["peakTempMax"]
    assert engineer.patch(at, {"version": "B"}).field_paths == ["version"]
    assert engineer.get("/api/reflow-profiles/none").code == "REFLOW_PROFILE_NOT_FOUND"
    stale = engineer.patch(at, {"name": "y", "ifUpdatedAt": "2026-01-01T00:00:00Z"})
    assert (stale.code, stale.details["current"]["version"]) == ("STALE_UPDATE", "A")
    assert plant.api.as_("leader").post("/api/reflow-profiles", new).code == "FORBIDDEN"


@pytest.mark.one_engine
def test_other_rooms_find_the_active_version_and_what_a_compile_freezes(plant: Plant) -> None:

    profile(plant, **LIMITS)
    profile(plant, status="DEPRECATED")

    @query("open")
    def ask(tx: Tx) -> Any:
        row = active_profile(tx, "RP-1")
        return (
            frozen_profile(row) if row else None,
            active_profile(tx, "RP-2"),
            find_profile(tx, "RP-1", "2") is not None,
        )

    frozen, none, second = plant.store.read_now(TEST, ask)
    assert frozen == {"code": "RP-1", "version": "1", "kind": "REFLOW", "programName": "RP-1", **LIMITS}
    assert (none, second) == (None, True)


def test_a_database_never_holds_two_active_versions_of_a_code(plant: Plant) -> None:
    profile(plant)
    profile(plant, status="DEPRECATED")
    with pytest.raises(Exception, match=r"(?i)unique"):
        plant.sql(update(reflow_profiles).values(status="ACTIVE"))
