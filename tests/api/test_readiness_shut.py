"""No gate is passed by nothing, by something old, by a number somebody typed, or by calling the API past the page (issue of the gates).

One entry for each gate: what satisfies it, what it says of nothing, what it says when its evidence grew old, and what a person
might type to fool it. A gate without an entry fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.orders_floor import step
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.ready_floor import HOUR, KINDS, PRINTING, ReadyFloor

from fiducial.forms.tables import TABLES
from fiducial.plant.state_tables import equipment_states
from fiducial.plant.tables import materials, reflow_profiles, stations
from fiducial.readiness.config import TYPES
from fiducial.readiness.tables import checklist_confirmations, line_configs
from fiducial.routing.tables import versions
from fiducial.timers.tables import clocks
from fiducial.tooling.tables import paste_states, stencil_states

pytestmark = pytest.mark.one_engine
PROFILE = {"code": "RP-1", "version": "1", "programName": "P1001-A", "peakTempMin": 235, "peakTempMax": 250}
SQUEEGEE = {"squeegee_id": "SQ-1", "check_surface": True, "check_edge": True, "check_flatness": True}
OVEN = {"product_name": "P-1", "program_name": "P1001-A"}


class Floor(ReadyFloor):
    """A line on which each gate alone is switched on, and a run that all of them concern."""

    run_no: str

    def prepared(self, gate: str) -> str:
        """The run of this test, with the gate on and nothing done for it."""
        self.only(*([] if gate == "ROUTE" else [gate]))
        oven = step(40, KINDS[3], STATIONS[3], processKind=KINDS[3], expectedReflowProfile=PROFILE)
        self.write(
            reflow_profiles, at=("created_at", "updated_at"), code="RP-1", version="1", kind="REFLOW", name="x",
            program_name="P1001-A", status="ACTIVE", zones=[],
        )  # fmt: skip
        self.run_no = self.run(route=self.route(None, *PRINTING[:3], oven, PRINTING[4]), units=1)
        return self.run_no

    def age(self, table: Any, hours: float, *columns: str) -> None:
        """Make everything in a table older."""
        self.plant.sql(update(table).values({name: table.c[name] - int(hours * HOUR) for name in columns}))

    def aged_state(self, table: Any) -> None:
        self.age(table, 25, "effective_at", "confirmed_at", "event_time", "received_at")

    def aged_paper(self, form: str, *columns: str) -> None:
        self.age(TABLES[form], 24 * 8, "happened_at", "recorded_at", *columns)


@dataclass(frozen=True)
class Way:
    """How a gate is satisfied, and how one might try to get past it."""

    satisfy: Callable[[Floor], Any]
    nothing: str | None  # the cause when nothing is there; None: it concerns nothing then
    grow_old: Callable[[Floor], Any]
    old: str
    typed: tuple[str, dict[str, Any]] | None = None  # an address, and what somebody might type there


def product(floor: Floor) -> None:
    floor.plant.material("P-1")
    floor.plant.material("PART-1")
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": "PART-1", "qty": 1}]}).must()


def stencil(floor: Floor) -> None:
    floor.stencil_state(floor.stencil(), tension_value=40.0)


def paste(floor: Floor) -> None:
    floor.paste_state(floor.paste())


def jar(floor: Floor) -> None:
    floor.paste()
    floor.jar()


def checked_stencil(floor: Floor) -> None:
    floor.stencil()
    floor.stencil_check()


def clean_stencil(floor: Floor) -> None:
    floor.stencil()
    floor.paper("stencil_clean", stencil_id="STENCIL-1", clean_result="OK")


def squeegee(floor: Floor) -> None:
    floor.tool("SQUEEGEE", "SQ-1")
    floor.paper("squeegee", **SQUEEGEE)


def fixture(floor: Floor) -> None:
    floor.tool("FIXTURE", "FX-1", fixture_type="SMT_JIG")
    floor.paper("fixture", fixture_id="FX-1", maintenance=[])


def reels(floor: Floor) -> None:
    floor.engineer.post(f"/api/lines/{LINE}/feeder-slots", {"slotCode": "S-1", "position": 1}).must()
    floor.engineer.post("/api/slot-mappings", {"lineCode": LINE, "slotCode": "S-1", "materialCode": "MAT-1"}).must()
    floor.leader.post(f"/api/runs/{floor.run_no}/loading/load-table").must()
    scan = {"runNo": floor.run_no, "slotCode": "S-1", "materialLotBarcode": "MAT-1|L-1"}
    assert floor.leader.post("/api/loading/verify", scan).must()["verifyResult"] == "PASS"


def table_changes(floor: Floor) -> None:
    [mapping] = floor.engineer.get("/api/slot-mappings", lineCode=LINE).must()["items"]
    floor.engineer.patch(f"/api/slot-mappings/{mapping['id']}", {"materialCode": "MAT-2"}).must()


def confirmed_list(floor: Floor) -> None:
    path = f"/api/runs/{floor.run_no}/readiness/checklist"
    for row in floor.leader.get(path).must()["rows"]:
        if row["by"] == "PERSON":
            floor.leader.put(f"{path}/items/{row['itemKey']}", {"needed": True, "result": "OK"}).must()
    floor.leader.post(f"{path}/confirm", {}).must()


GOOD_CHECK = {
    "stencilId": "STENCIL-1", "productModel": "P-1", "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True,
    "tensionValues": [40] * 5, "lineCode": LINE,
}  # fmt: skip
GOOD_BAKE = {"itemCode": "P-1", "bakeProcess": "PCB", "bakeQty": 1, "bakeTemperature": 120, "durationHoursMin": 4}
GOOD_SQUEEGEE = {
    "squeegeeId": "SQ-1", "productModel": "P-1", "checkSurface": True, "checkEdge": True, "checkFlatness": True, "lineCode": LINE,
}  # fmt: skip
WAYS: dict[str, Way] = {
    "ROUTE": Way(
        lambda floor: floor.plant.sql(update(stations).values(is_active=True)), "LINE_INCOMPATIBLE",
        lambda floor: floor.plant.sql(update(versions).values(retired_at=1)), "ROUTE_VERSION_RETIRED",
    ),
    "EQUIPMENT": Way(
        lambda floor: floor.machines(), "EQUIPMENT_UNKNOWN", lambda floor: floor.aged_state(equipment_states), "EQUIPMENT_STATUS_STALE",
        (
            "/api/integration/equipment-status",
            {"eventId": "E-1", "eventTime": "2020-01-01T00:00:00Z", "source": "AUTO", "equipmentCode": STATIONS[0], "status": "NORMAL"},
        ),
    ),
    "MATERIAL": Way(
        product, "BOM_MISSING", lambda floor: floor.plant.sql(update(materials).values(is_forbidden=True)), "MATERIAL_FORBIDDEN",
    ),
    "STENCIL": Way(
        stencil, "STENCIL_NOT_BOUND", lambda floor: floor.aged_state(stencil_states), "STENCIL_STATUS_STALE",
        (
            "/api/integration/stencil-status",
            {"eventId": "E-1", "eventTime": "2020-01-01T00:00:00Z", "source": "AUTO", "stencilId": "STENCIL-1", "status": "READY"},
        ),
    ),
    "SOLDER_PASTE": Way(
        paste, "PASTE_NOT_BOUND", lambda floor: floor.aged_state(paste_states), "PASTE_STATUS_STALE",
        (
            "/api/integration/solder-paste-status",
            {"eventId": "E-1", "eventTime": "2020-01-01T00:00:00Z", "source": "AUTO", "lotId": "SP-1", "status": "COMPLIANT"},
        ),
    ),
    "LOADING": Way(
        reels, "FEEDER_SLOTS_NOT_CONFIGURED", table_changes, "SLOT_TABLE_OUTDATED",
        ("/api/loading/verify", {"runNo": "?", "slotCode": "S-1", "materialLotBarcode": "MAT-1|L-1", "verifyResult": "PASS"}),
    ),
    "PREP_BAKE": Way(
        lambda floor: floor.bake(), "BAKE_RECORD_MISSING", lambda floor: floor.aged_paper("bake", "out_at"), "RECORD_STALE",
        ("/api/bake-records", GOOD_BAKE | {"actualHours": 99}),
    ),
    "PREP_PASTE": Way(
        jar, "PASTE_NOT_BOUND", lambda floor: floor.aged_paper("solder_paste", "issued_at"), "RECORD_STALE",
        ("/api/solder-paste-usage-records", {"lotId": "SP-1", "step": "THAW_START", "thawMinutes": 300}),
    ),
    "PREP_STENCIL_USAGE": Way(
        checked_stencil, "STENCIL_NOT_BOUND", lambda floor: floor.aged_paper("stencil_usage"), "RECORD_STALE",
        ("/api/stencil-usage-records", GOOD_CHECK | {"totalPrintCount": 0}),
    ),
    "PREP_STENCIL_CLEAN": Way(
        clean_stencil, "STENCIL_NOT_BOUND", lambda floor: floor.aged_paper("stencil_clean"), "RECORD_STALE",
        ("/api/stencil-cleaning-records", {"stencilId": "STENCIL-1", "cleanResult": "OK", "result": "PASS"}),
    ),
    "PREP_SCRAPER": Way(
        squeegee, "SQUEEGEE_RECORD_MISSING", lambda floor: floor.aged_paper("squeegee"), "RECORD_STALE",
        ("/api/squeegee-usage-records", GOOD_SQUEEGEE | {"totalPrintCount": 0}),
    ),
    "PREP_FIXTURE": Way(
        fixture, "FIXTURE_RECORD_MISSING", lambda floor: floor.aged_paper("fixture"), "RECORD_STALE",
        ("/api/fixture-usage-records", {"fixtureId": "FX-1", "maintenance": [], "lineCode": LINE, "totalUsageCount": 0}),
    ),
    "PREP_PROGRAM": Way(
        lambda floor: floor.paper("oven_program", **OVEN), "PROGRAM_RECORD_MISSING", lambda floor: floor.aged_paper("oven_program"),
        "RECORD_STALE", ("/api/oven-program-records", {"productName": "P-1", "programName": "WRONG", "lineCode": LINE, "isMatched": True}),
    ),
    "TIME_RULE": Way(
        lambda floor: floor.clock(floor.run_no, ends_in_hours=1), None, lambda floor: floor.age(clocks, 2, "expires_at"),
        "TIME_RULE_EXPIRED",
    ),
    "CHECKLIST": Way(
        confirmed_list, "CHECKLIST_NOT_CONFIRMED", lambda floor: floor.age(checklist_confirmations, 25, "confirmed_at"),
        "CHECKLIST_NOT_CONFIRMED", ("/api/runs/{run}/readiness/checklist/confirm", {"confirmedAt": "2030-01-01T00:00:00Z"}),
    ),
}  # fmt: skip
EVERY_GATE = pytest.mark.parametrize("gate", TYPES)


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def causes(floor: Floor, gate: str) -> set[str | None]:
    return {item["causeCode"] for item in floor.check(floor.run_no)["items"] if item["itemType"] == gate}


def test_every_gate_has_its_way_here() -> None:
    assert set(WAYS) == set(TYPES)


def nothing_there(floor: Floor, gate: str) -> None:
    floor.prepared(gate)
    if gate == "ROUTE":
        floor.plant.sql(update(stations).values(is_active=False))


@EVERY_GATE
def test_a_gate_for_which_nothing_is_there_lets_no_run_be_authorised(gate: str, floor: Floor) -> None:
    nothing_there(floor, gate)
    if (cause := WAYS[gate].nothing) is None:  # it concerns nothing, and says so: that is no pass either
        item = floor.item(floor.run_no, gate)
        assert (item["status"], item["applicable"]) == ("PASSED", False)
        return
    assert cause in causes(floor, gate)
    refused = floor.authorize(floor.run_no)
    assert (refused.status, refused.code) == (409, "READINESS_CHECK_FAILED")
    assert gate in {item["itemType"] for item in refused.details["failedItems"]}
    assert floor.status(floor.run_no) == "PREP"


@EVERY_GATE
def test_a_gate_that_is_satisfied_says_so_and_once_its_evidence_is_old_no_more(gate: str, floor: Floor) -> None:
    floor.prepared(gate)
    WAYS[gate].satisfy(floor)
    assert causes(floor, gate) == {None}
    assert any(item["applicable"] for item in floor.check(floor.run_no)["items"] if item["itemType"] == gate)
    WAYS[gate].grow_old(floor)
    assert causes(floor, gate) - {None} == {WAYS[gate].old}
    refused = floor.authorize(floor.run_no)  # what was found before is no permission (R1)
    assert (refused.code, floor.status(floor.run_no)) == ("READINESS_CHECK_FAILED", "PREP")


@EVERY_GATE
def test_what_somebody_types_makes_no_gate_pass(gate: str, floor: Floor) -> None:
    nothing_there(floor, gate)
    before = causes(floor, gate)
    claimed = [{"itemType": gate, "itemKey": "x", "status": "PASSED"}]
    for path in ("check", "precheck"):
        answer = floor.leader.post(f"/api/runs/{floor.run_no}/readiness/{path}", {"items": claimed, "status": "PASSED"})
        assert answer.status == 422 or before == {  # a body is refused, or nobody looks at it
            item["causeCode"] for item in answer.must()["items"] if item["itemType"] == gate
        }
    if (typed := WAYS[gate].typed) is not None:
        path, body = typed
        address, told = (
            path.format(run=floor.run_no),
            {**body, **({"runNo": floor.run_no} if body.get("runNo") else {})},
        )
        refused = floor.leader.post(address, told)
        assert refused.status in (403, 409, 422), refused.text
    assert causes(floor, gate) == before


@EVERY_GATE
def test_no_call_past_the_page_starts_a_run_that_a_gate_stops(gate: str, floor: Floor) -> None:
    nothing_there(floor, gate)
    if WAYS[gate].nothing is None:
        floor.clock(floor.run_no, ends_in_hours=-1)
    run = f"/api/runs/{floor.run_no}"
    assert floor.leader.post(f"{run}/authorize", {"action": "AUTHORIZE"}).code == "READINESS_CHECK_FAILED"
    for more in ({"force": True}, {"skipReadiness": True}, {"checkId": "1"}, {"authorizationType": "MRB_OVERRIDE"}):
        assert floor.leader.post(f"{run}/authorize", {"action": "AUTHORIZE", **more}).status == 422
    failed = [item for item in floor.check(floor.run_no)["items"] if item["itemType"] == gate]
    waive = f"{run}/readiness/items/{failed[0]['id']}/waive"
    assert floor.api.as_("operator").post(waive, {"reason": "it is in order"}).code == "FORBIDDEN"
    sn = floor.planner.get(f"{run}/units").must()["items"][0]["sn"]
    into = floor.api.as_("operator").post(f"/api/stations/{STATIONS[0]}/track-in", {"sn": sn, "runNo": floor.run_no})
    assert into.code in ("RUN_NOT_AUTHORIZED", "STATION_INACTIVE")
    assert floor.status(floor.run_no) == "PREP"


@EVERY_GATE
def test_a_line_is_never_without_gates(gate: str, floor: Floor) -> None:
    floor.prepared(gate)
    config = f"/api/lines/{LINE}/readiness-config"
    for enabled in ([], [gate] if gate != "ROUTE" else ["NONSENSE"], ["ROUTE", "ROUTE"]):
        assert floor.engineer.put(config, {"enabled": enabled}).status == 422
    floor.plant.sql(update(line_configs).values(enabled=[]))  # whoever empties it behind the doors
    assert floor.leader.post(f"/api/runs/{floor.run_no}/readiness/check").code == "READINESS_NOT_CONFIGURED"
    assert floor.authorize(floor.run_no).code == "READINESS_NOT_CONFIGURED"
