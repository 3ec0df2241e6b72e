"""What the pages of tools, repairs, time rules and other systems show, and to whom."""

from __future__ import annotations

import pytest
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.tooling_floor import HOUR, Crib

from fiducial.kit import clock

pytestmark = pytest.mark.one_engine


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def page(crib: Crib, path: str, who: str = "quality") -> str:
    answer = crib.api.as_(who).get(path)
    assert answer.status == 200, answer.text[:500]
    return answer.text


def test_the_register_shows_how_much_of_a_life_is_used_up(crib: Crib) -> None:
    code = crib.tool(countBase=49_500)
    text = page(crib, "/tools?lifeFrom=80", "engineer")
    assert code in text
    assert "82.5" in text
    assert "fd-life-warn" in text
    assert "/tools/dialogs/new/STENCIL" in text
    assert "/tools/dialogs/new/STENCIL" not in page(crib, "/tools", "operator")


def test_a_tool_that_cannot_be_used_says_so_and_offers_only_what_may_be_done(crib: Crib) -> None:
    code = crib.tool(kind="FIXTURE")
    crib.engineer.post(f"/api/tools/{code}/block", {"reason": "Fell down"}).must()
    mine, theirs = page(crib, f"/tools/{code}", "engineer"), page(crib, f"/tools/{code}", "operator")
    assert f"POST /api/tools/{code}/release" in mine
    assert f"POST /api/tools/{code}/block" not in mine
    assert f"POST /api/tools/{code}/release" not in theirs
    assert "alert-danger" in theirs


def test_a_repair_offers_the_next_step_to_who_may_take_it(crib: Crib) -> None:
    body = {
        "entityType": "STENCIL",
        "entityId": crib.tool(),
        "maintenanceType": "REPAIR",
        "description": "A hole is torn",
    }
    record = crib.engineer.post("/api/maintenance-records", body).must()
    at = f"/maintenance/{record['recordNo']}/dialogs/show"
    assert f"/api/maintenance-records/{record['id']}/complete" in page(crib, at, "engineer")
    assert f"/api/maintenance-records/{record['id']}/complete" not in page(crib, at, "quality")
    crib.engineer.post(f"/api/maintenance-records/{record['id']}/complete", {"resolution": "Put right again"}).must()
    assert f"/api/maintenance-records/{record['id']}/verify" in page(crib, at, "quality")
    assert record["recordNo"] in page(crib, "/maintenance?open=true", "operator")


def test_the_page_of_a_line_fetches_what_is_bound_to_it(crib: Crib) -> None:
    assert f"/lines/{LINE}/bindings/card" in page(crib, f"/lines/{LINE}")
    code = crib.tool()
    crib.bind(code).must()
    card = page(crib, f"/lines/{LINE}/bindings/card")
    assert code in card
    assert "stencil/unbind" in card
    assert "stencil/unbind" not in page(crib, f"/lines/{LINE}/bindings/card", "operator")
    assert code in page(crib, f"/lines/{LINE}/bindings/dialogs/stencil")


def test_the_board_counts_down_and_colours_what_is_over(crib: Crib, plant: Plant) -> None:
    from tests.api.test_time_rules import OUT, paste_event

    assert "fd-clock" not in page(crib, "/time-rules/board")
    now = clock.now_ms()
    for key, ago in ((1, 25 * HOUR), (2, 23 * HOUR), (3, HOUR)):
        paste_event(crib, key, OUT, now - ago, f"SP-{key}", line_id=crib.line_id(LINE))
    board = page(crib, "/time-rules")
    assert board.index("SP-1") < board.index("SP-2") < board.index("SP-3")
    assert [board.count(f"fd-clock-{urgency}") for urgency in ("bad", "warn", "ok")] == [1, 1, 1]
    assert "−1:00" in board
    assert "SP-1" in page(crib, f"/time-rules/board?lineCode={LINE}", "leader")
    assert "SP-1" not in page(crib, "/time-rules/board?lineCode=LINE-FAR")
    assert "SP-1" in page(crib, "/time-rules?show=all&status=EXPIRED")
    assert "POST_REFLOW_WASH_4H" in page(crib, "/time-rules?show=rules")


def test_the_page_of_other_systems_tells_who_speaks_for_each(crib: Crib) -> None:
    crib.mode("TPM", "MANUAL", "leader", lineCode=LINE, reason="The TPM server is down").must()
    shown = page(crib, "/integration")
    assert "The TPM server is down" in shown
    assert "/integration/systems/TPM/dialogs/mode?to=AUTO&amp;lineCode=LINE-A" in shown
    assert "dialogs/mode" not in page(crib, "/integration", "planner")


def test_states_are_entered_by_hand_for_the_things_of_a_line(crib: Crib) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.stencil(code, "NOT_READY", "leader").must()
    shown = page(crib, "/integration/manual-entry", "leader")
    assert code in shown
    assert STATIONS[0] in shown
    assert "ST-FAR-01" not in shown
    form = page(crib, f"/integration/manual-entry/dialogs/stencil?lineCode={LINE}&code={code}", "leader")
    assert 'name="eventId" value="MANUAL-' in form
    assert 'value="NOT_READY"' in form
    assert 'value="COMPLIANT"' not in form
