"""Between an authorisation and the first board: what changed a moment ago counts at once, not when the job has heard of it (spec 03.8).

Nothing here lets the job run: the first board itself is the one that finds out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.ready_floor import HOUR, ReadyFloor
from tests.api.test_hostile_races import meanwhile

from fiducial.forms.tables import TABLES
from fiducial.kit import clock
from fiducial.plant.state_tables import equipment_states
from fiducial.plant.tables import materials
from fiducial.readiness.tables import checks
from fiducial.tooling.tables import bindings, tools

GATES = ("EQUIPMENT", "MATERIAL", "STENCIL", "SOLDER_PASTE", "PREP_PASTE", "PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN")
ON_POSTGRESQL = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


class Starting(ReadyFloor):
    """A run with two boards on a line where all of GATES are satisfied."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.operator = self.api.as_("operator")
        self.machine_keys = self.machines()
        self.stencil_key, self.lot_key = self.stencil(), self.paste()
        self.stencil_state(self.stencil_key, tension_value=40.0)
        self.paste_state(self.lot_key)
        self.jar()
        self.stencil_check()
        self.paper("stencil_clean", stencil_id="STENCIL-1", clean_result="OK")
        plant.material("P-1")
        self.part = plant.material("PART-1")["code"]
        self.engineer.put("/api/boms/P-1", {"children": [{"childCode": self.part, "qty": 1}]}).must()
        self.only(*GATES)
        self.run_no = self.printing_run(units=2)
        plant.settle()

    def sns(self) -> list[str]:
        return [unit["sn"] for unit in self.planner.get(f"/api/runs/{self.run_no}/units").must()["items"]]

    def come_in(self, sn: str | None = None) -> Any:
        body = {"sn": sn or self.sns()[0], "runNo": self.run_no}
        return self.operator.post(f"/api/stations/{STATIONS[0]}/track-in", body)

    def by_hand(self, what: str, **said: Any) -> Any:
        """A state that the leader enters: an input like any other, and heard of by nobody yet."""
        body = {
            "eventId": self.plant.name("EV"), "eventTime": clock.to_wire(clock.now_ms()), "source": "MANUAL",
            "reason": "Seen at the line", **said,
        }  # fmt: skip
        return self.leader.post(f"/api/integration/{what}", body).must()


@pytest.fixture
def line(plant: Plant) -> Starting:
    return Starting(plant)


def unbind(what: str) -> Callable[[Starting], Any]:
    return lambda line: line.engineer.post(f"/api/integration/lines/{LINE}/{what}/unbind").must()


def machine_is_down(line: Starting) -> None:
    line.by_hand("equipment-status", equipmentCode=STATIONS[1], status="DOWN")


def stencil_is_not_ready(line: Starting) -> None:
    line.by_hand("stencil-status", stencilId="STENCIL-1", status="NOT_READY")


def paste_does_not_comply(line: Starting) -> None:
    line.by_hand("solder-paste-status", lotId="SP-1", status="NON_COMPLIANT")


def stencil_is_blocked(line: Starting) -> None:
    line.engineer.post("/api/tools/STENCIL-1/block", {"reason": "Bent at the corner"}).must()


def stencil_is_repaired(line: Starting) -> None:
    body = {
        "entityType": "STENCIL",
        "entityId": "STENCIL-1",
        "maintenanceType": "REPAIR",
        "description": "Bent at the corner",
    }
    line.leader.post("/api/maintenance-records", body).must()


def part_is_forbidden(line: Starting) -> None:
    line.plant.sql(update(materials).where(materials.c.code == line.part).values(is_forbidden=True))


def check_failed(line: Starting) -> None:
    line.stencil_check(line.run_no, result="FAIL")


def jar_went_back(line: Starting) -> None:
    line.plant.sql(update(TABLES["solder_paste"]).values(step="RETURN"))


def other_gates_are_asked(line: Starting) -> None:
    line.only(*GATES, "CHECKLIST")


def another_run_was_printed(line: Starting) -> None:
    other = line.printing_run()
    line.stencil_check(other)


CHANGES: dict[str, tuple[Callable[[Starting], Any], str]] = {
    "the stencil is unbound": (unbind("stencil"), "STENCIL"),
    "the paste is unbound": (unbind("solder-paste"), "SOLDER_PASTE"),
    "a machine goes down": (machine_is_down, "EQUIPMENT"),
    "the stencil is called not ready": (stencil_is_not_ready, "STENCIL"),
    "the paste is called not compliant": (paste_does_not_comply, "SOLDER_PASTE"),
    "the stencil is blocked": (stencil_is_blocked, "STENCIL"),
    "a repair of the stencil begins": (stencil_is_repaired, "STENCIL"),
    "a part is forbidden": (part_is_forbidden, "MATERIAL"),
    "a check of the stencil fails": (check_failed, "PREP_STENCIL_USAGE"),
    "the jar goes back to the cold store": (jar_went_back, "PREP_PASTE"),
    "another gate is switched on": (other_gates_are_asked, "CHECKLIST"),
    "the stencil is used for another run": (another_run_was_printed, "PREP_STENCIL_CLEAN"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_no_board_starts_a_run_when_before_the_job_has_heard_of_it(what: str, line: Starting) -> None:
    change, gate = CHANGES[what]
    assert line.authorize(line.run_no).must()["status"] == "AUTHORIZED"
    change(line)
    refused = line.come_in()
    assert (refused.status, refused.code) == (409, "RUN_NOT_AUTHORIZED"), refused.json
    assert gate in [item["itemType"] for item in refused.details["failedItems"]]
    assert refused.details["runStatus"] == "PREP"
    assert line.status(line.run_no) == "PREP"
    assert [unit["status"] for unit in line.planner.get(f"/api/runs/{line.run_no}/units").must()["items"]] == [
        "QUEUED"
    ] * 2
    assert line.plant.audit(action="RUN_AUTHORIZATION_LAPSED")[0]["entityDisplay"] == line.run_no
    latest = line.leader.get(f"/api/runs/{line.run_no}/readiness/latest").must()
    assert (latest["type"], latest["status"], latest["checkId"]) == ("PRECHECK", "FAILED", refused.details["checkId"])


def test_a_run_whose_line_stayed_ready_starts_and_nothing_is_kept_of_the_look(line: Starting) -> None:
    line.authorize(line.run_no).must()
    before = len(line.rows(checks.select()))
    assert line.come_in().must()["runStatus"] == "IN_PROGRESS"
    assert len(line.rows(checks.select())) == before


def test_boards_after_the_first_are_not_stopped_by_a_gate(line: Starting) -> None:
    line.authorize(line.run_no).must()
    first, second = line.sns()
    line.come_in(first).must()
    unbind("stencil")(line)
    assert line.come_in(second).ok  # production is not stopped by a gate (spec 03.8)


def test_what_was_mended_and_authorised_again_starts(line: Starting) -> None:
    line.authorize(line.run_no).must()
    machine_is_down(line)
    assert line.come_in().code == "RUN_NOT_AUTHORIZED"
    line.by_hand("equipment-status", equipmentCode=STATIONS[1], status="NORMAL")
    line.authorize(line.run_no).must()
    assert line.come_in().ok


def test_evidence_that_ran_out_a_moment_ago_stops_the_first_board(line: Starting) -> None:
    line.authorize(line.run_no).must()
    long_ago = clock.now_ms() - 13 * HOUR
    line.plant.sql(update(equipment_states).values(effective_at=long_ago, confirmed_at=long_ago))
    refused = line.come_in()
    assert {item["causeCode"] for item in refused.details["failedItems"]} == {"EQUIPMENT_STATUS_STALE"}


def test_the_refusal_is_said_in_words_with_the_first_reason(line: Starting) -> None:
    line.authorize(line.run_no).must()
    unbind("stencil")(line)
    refused = line.come_in()
    assert LINE in refused.details["reason"]
    assert line.run_no in refused.message


@pytest.mark.parametrize("turn", range(3))
def test_a_change_and_the_first_board_at_once_come_one_after_the_other(turn: int, line: Starting) -> None:
    """Whoever is first: the run starts and the change comes after it, or the change is there and the run does not start."""
    line.authorize(line.run_no).must()
    sn = line.sns()[0]
    track_in = (line.operator, "POST", f"/api/stations/{STATIONS[0]}/track-in", {"sn": sn, "runNo": line.run_no})
    change = (line.engineer, "POST", f"/api/integration/lines/{LINE}/stencil/unbind", {})
    asks = (track_in, change) if turn % 2 else (change, track_in)
    answers = line.api.at_once(*asks)
    board = answers[asks.index(track_in)]
    assert answers[asks.index(change)].ok
    assert (board.status, line.status(line.run_no)) in ((200, "IN_PROGRESS"), (409, "PREP"))
    if not board.ok:
        assert board.code == "RUN_NOT_AUTHORIZED"


# Held open by a second connection, so that the moment cannot be missed


@ON_POSTGRESQL
def test_a_board_waits_for_an_unbinding_that_is_under_way_and_then_does_not_start(
    line: Starting, database: str
) -> None:
    line.authorize(line.run_no).must()
    with meanwhile(database) as they:
        they.conn.execute(update(bindings).where(bindings.c.kind == "STENCIL").values(unbound_at=clock.now_ms()))
        (answer,) = they.until_somebody_waits(line.come_in)
    assert answer.code == "RUN_NOT_AUTHORIZED"
    assert [item["causeCode"] for item in answer.details["failedItems"]][:1] == ["STENCIL_NOT_BOUND"]


@ON_POSTGRESQL
def test_a_board_waits_for_a_blocking_that_is_under_way(line: Starting, database: str) -> None:
    line.authorize(line.run_no).must()
    with meanwhile(database) as they:
        they.conn.execute(update(tools).values(status="BLOCKED"))
        (answer,) = they.until_somebody_waits(line.come_in)
    assert answer.code == "RUN_NOT_AUTHORIZED"
    assert "STENCIL" in [item["itemType"] for item in answer.details["failedItems"]]
