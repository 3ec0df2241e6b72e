"""States, modes, clocks, settings and routings read with hostile eyes: each finding stays mended."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.orders_floor import Floor
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.test_hostile_races import meanwhile
from tests.api.tooling_floor import HOUR, Crib

from fiducial.forms.papers import FORMS
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.settings import declared, some_of
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.book import PAPERS
from fiducial.people.tables import sessions
from fiducial.plant import receiving
from fiducial.plant.state_tables import system_modes
from fiducial.plant.tables import lots
from fiducial.routing.tables import routes
from fiducial.timers.reading import clocks_of_run
from fiducial.timers.tables import clocks, rules
from fiducial.tooling.tables import stencil_states

ON_POSTGRESQL = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


# ---- modes


def test_what_a_machine_said_a_thousand_times_is_taken_over_thing_by_thing(
    crib: Crib, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabinet = crib.plant.token("integration:push", system="STENCIL")
    codes = [crib.tool() for _ in range(2)]
    crib.mode("STENCIL", "MANUAL").must()
    for code in codes:
        crib.stencil(code, "NOT_READY", cabinet, ago=HOUR).must()
    (row, _other) = crib.rows(select(stencil_states).order_by(stencil_states.c.id))
    copies = [
        dict(row._mapping)
        | {"id": row.id + n, "event_id": f"more-{n}", "effective_at": row.effective_at + n, "status": "READY"}
        for n in range(1, 301)
    ]
    crib.plant.sql(*[insert(stencil_states).values(copies[at : at + 50]) for at in range(0, 300, 50)])
    looked_at: list[int] = []
    real = receiving.alone_with
    monkeypatch.setattr(receiving, "alone_with", lambda tx, table, key: (looked_at.append(key), real(tx, table, key)))
    back = crib.mode("STENCIL", "AUTO").must()
    assert (back["held"], back["takenOver"], back["history"]) == (302, 2, 300)
    assert sorted(looked_at) == sorted(crib.tool_id(code) for code in codes)
    effective = crib.rows(select(stencil_states.c.event_id).where(stencil_states.c.standing == "EFFECTIVE"))
    assert "more-300" in {found.event_id for found in effective}
    assert len(effective) == 2


def test_what_was_held_of_a_line_that_is_still_by_hand_waits_on(crib: Crib) -> None:
    cabinet = crib.plant.token("integration:push", system="STENCIL")
    here, there = crib.tool(), crib.tool()
    crib.bind(here).must()
    crib.mode("STENCIL", "MANUAL", lineCode=LINE).must()
    crib.mode("STENCIL", "MANUAL").must()
    for code in (here, there):
        crib.stencil(code, "READY", cabinet).must()
    assert crib.mode("STENCIL", "AUTO").must()["held"] == 1
    held = select(stencil_states.c.subject_id).where(stencil_states.c.standing == "HELD")
    assert [row.subject_id for row in crib.rows(held)] == [crib.tool_id(here)]
    assert crib.mode("STENCIL", "AUTO", lineCode=LINE).must()["held"] == 1
    assert crib.rows(held) == []


@pytest.mark.one_engine
def test_a_switch_after_the_time_of_the_former_one_was_over_is_entered_as_a_switch(crib: Crib) -> None:
    crib.mode("STENCIL", "MANUAL").must()
    crib.plant.sql(update(system_modes).values(until=1))
    crib.mode("STENCIL", "MANUAL").must()
    assert crib.plant.audit(action="INTEGRATION_MODE_SET")[0]["changes"] == [
        {"path": "mode", "before": "AUTO", "after": "MANUAL"}
    ]


# ---- clocks


@query("readiness:view")
def concerning(tx: Tx, run_id: int, line_id: int) -> list[str]:
    return sorted(row.status for row in clocks_of_run(tx, run_id, line_id))


@pytest.mark.one_engine
def test_a_gate_does_not_look_at_the_clocks_of_boards_that_are_through(crib: Crib) -> None:
    run_no = crib.run()
    run_id = crib.rows(select(runs.c.id).where(runs.c.run_no == run_no))[0].id
    rule, now = crib.rows(select(rules.c.id))[0].id, clock.now_ms()
    crib.plant.sql(*[
        insert(clocks).values(
            id=n, rule_id=rule, definition={"name": "x"}, rule_type="CUSTOM", definition_code="X", run_id=run_id, entity_type="UNIT",
            entity_id=str(n), entity_display=f"SN-{n}", started_at=now, expires_at=now, status=status, created_at=now, updated_at=now,
        )
        for n, status in enumerate(("ACTIVE", "COMPLETED", "EXPIRED", "WAIVED", "CANCELLED"), 1)
    ])  # fmt: skip
    assert crib.store.read_now(TEST, concerning, run_id, crib.line_id(LINE)) == ["ACTIVE", "EXPIRED", "WAIVED"]


# ---- settings


def test_a_setting_takes_or_refuses_whatever_json_can_say() -> None:
    odd: list[Any] = [
        True, -1, 1.5, 10**30, "", "\x00", [[]], [{}], [None], [["a"]], {}, {"a": 1}, {"": {}}, [{"code": 1}],
        [{"code": "A", "from": "25:00", "to": 8}], [{"from": "08:00", "to": "16:00"}], "99:99", ["A"] * 1000,
    ]  # fmt: skip
    for setting in [some_of("A", "B"), *(setting.check for setting in declared.values())]:
        for value in odd:
            try:
                setting(value)
            except ValueError:  # a fault that it names; any other would be a fault of ours
                continue


@pytest.mark.one_engine
def test_a_list_of_things_that_are_no_words_is_no_list_of_words(plant: Plant) -> None:
    body = {"value": [{"a": 1}], "reason": "Trying it out"}
    assert plant.api.as_("admin").patch("/api/system/config/signature.methods", body).field_paths == ["value"]


# ---- proof


@pytest.mark.one_engine
def test_a_sign_in_of_a_clock_that_was_ahead_proves_nothing_when_the_clock_is_right_again(plant: Plant) -> None:
    admin = plant.session("admin")
    plant.sql(update(sessions).values(authenticated_at=clock.now_ms() + 24 * HOUR))
    body = {"name": "x", "system": "DEVICE", "scopes": ["integration:push"], "expiresAt": "2027-06-01T00:00:00Z"}
    assert admin.post("/api/api-tokens", body).code == "REAUTH_REQUIRED"


# ---- two at once


@ON_POSTGRESQL
def test_the_entry_of_a_change_tells_what_was_there_when_it_was_made(plant: Plant, database: str) -> None:
    plant.material("R-10K")
    lot = plant.made("engineer", "/api/material-lots", {"materialCode": "R-10K", "lotNo": "L-1", "supplier": "Yageo"})
    with meanwhile(database) as they:
        they.conn.execute(update(lots).values(iqc_result="FAIL"))
        change = {"supplier": "Vishay"}
        (answer,) = they.until_somebody_waits(
            lambda: plant.api.as_("engineer").patch(f"/api/material-lots/{lot['id']}", change)
        )
    assert answer.must()["iqcResult"] == "FAIL"
    assert [change["path"] for change in plant.audit(action="MATERIAL_LOT_UPDATE")[0]["changes"]] == ["supplier"]


@ON_POSTGRESQL
def test_a_version_is_retired_when_no_run_is_being_made_of_it(plant: Plant, database: str) -> None:
    code = Floor(plant).route()
    with meanwhile(database) as they:  # somebody makes a run of its newest version
        they.conn.execute(select(routes.c.id).where(routes.c.code == code).with_for_update(read=True))
        retire = f"/api/routes/{code}/versions/1/retire"
        (answer,) = they.until_somebody_waits(lambda: plant.api.as_("engineer").post(retire, {"reason": "Wrong oven"}))
    assert answer.must()["retiredAt"]


# ---- the book


@pytest.mark.one_engine
def test_what_was_repaired_on_another_line_stands_in_no_history_that_a_person_of_this_line_reads(crib: Crib) -> None:
    body = {
        "entityType": "EQUIPMENT",
        "entityId": "ST-FAR-01",
        "maintenanceType": "REPAIR",
        "description": "Something broke",
    }
    no = crib.engineer.post("/api/maintenance-records", body).must()["recordNo"]
    crib.engineer.post(f"/api/maintenance-records/{no}/start", {}).must()
    assert {entry["lineCode"] for entry in crib.plant.audit(entityDisplay=no)} == {"LINE-FAR"}
    assert crib.leader.get(f"/api/audit-logs/entity/MAINTENANCE/{no}").code == "FORBIDDEN"


@pytest.mark.one_engine
def test_a_fixture_taken_from_a_run_is_entered_on_the_line_of_the_run(crib: Crib) -> None:
    code, run_no = crib.tool(kind="FIXTURE"), crib.run()
    crib.leader.post(f"/api/tools/{code}/assign", {"runNo": run_no, "stationCode": STATIONS[0]}).must()
    crib.leader.post(f"/api/tools/{code}/unassign", {"runNo": run_no}).must()
    assert crib.plant.audit(action="TOOL_UNASSIGN")[0]["lineCode"] == LINE


@pytest.mark.one_engine
def test_whoever_may_read_a_thing_may_read_its_history(crib: Crib) -> None:
    crib.plant.material("R-10K")
    assert crib.leader.get("/api/audit-logs/entity/MATERIAL/R-10K").must()["total"] == 1
    assert crib.operator.get("/api/audit-logs/entity/MATERIAL/R-10K").details == {"permission": "material:read"}
    known = {form.entity for form in FORMS}
    assert known == set(PAPERS)


# ---- where a lot went


@pytest.mark.one_engine
def test_the_boards_of_a_lot_come_in_the_order_that_is_asked_and_a_fault_is_told_of_its_own_field(plant: Plant) -> None:
    plant.material("R-10K")
    plant.made("engineer", "/api/material-lots", {"materialCode": "R-10K", "lotNo": "L-1"})
    asking, at = plant.api.as_("trace"), "/api/trace/material-lots/R-10K/L-1/units"
    wrong = asking.get(at, **{"from": "2026-01-01T00:00:00Z", "to": "soon"})
    assert wrong.field_paths == ["to"]


@pytest.mark.one_engine
def test_a_line_in_reach_opens_no_form_of_a_station_that_is_not(plant: Plant) -> None:
    who = plant.holder("line:config", "line:read", scope="ASSIGNED_LINES", lineCodes=[LINE])
    assert who.get(f"/lines/{LINE}/dialogs/stations/{STATIONS[0]}").status == 200
    assert who.get(f"/lines/{LINE}/dialogs/stations/ST-FAR-01").status == 403
