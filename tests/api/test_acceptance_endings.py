"""The acceptance command follows runs to their end, on both databases, twice in a row, and leaves the plant as it was."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.api.demo_plant import url  # noqa: F401 - a fixture
from tests.api.test_acceptance_spine import address, must_pass, reported  # noqa: F401 - a fixture

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.acceptance.scenarios import scenario_of
from fiducial.demo.acceptance.scenarios.common import ground_of, start_run
from fiducial.demo.acceptance.scenarios.ground import compile_route, is_ready
from fiducial.demo.acceptance.scenarios.quality_ground import GROUNDS
from fiducial.demo.acceptance.steps import Step, Walk

ENDINGS = ("happy", "oqc-fail-mrb-release", "oqc-fail-mrb-scrap", "oqc-fail-mrb-rework")


@pytest.mark.parametrize("scenario", ENDINGS)
def test_a_run_of_either_track_comes_to_its_end_twice(scenario: str, address: str, tmp_path: Path) -> None:
    for track in ("smt", "dip"):
        options = Options(api_url=address, track=track, scenario=scenario, repeat=2)
        must_pass(*reported(options, tmp_path / "report.json"))


def test_callers_at_once_all_come_to_the_end(address: str, tmp_path: Path) -> None:
    """Twice the same line of machines with its one slot, and of benches, twice the same order: nobody spoils what another does."""
    smt = [("smt", "oqc-fail-mrb-rework"), ("smt", "happy"), ("smt", "oqc-fail-mrb-scrap")]
    wanted = [*smt, ("dip", "happy"), ("dip", "happy"), ("dip", "oqc-fail-mrb-scrap")]
    with ThreadPoolExecutor(len(wanted)) as people:
        waiting = [
            people.submit(reported, Options(api_url=address, track=track, scenario=name), tmp_path / f"{number}.json")
            for number, (track, name) in enumerate(wanted)
        ]
        results = [one.result() for one in waiting]
    for code, report in results:
        must_pass(code, report)
    assert len({report["context"]["sn"] for _code, report in results}) == len(wanted)
    assert not any(report["warnings"] for _code, report in results)


class Slow(Api):
    """One who sees what is on the slots, and goes on when something has happened meanwhile."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.looked, self.may_go_on = Event(), Event()

    def call(self, actor: str | None, method: str, path: str, *args: Any, **more: Any) -> Any:
        answer = super().call(actor, method, path, *args, **more)
        if path.endswith("/feeder-slots"):
            self.looked.set()
            assert self.may_go_on.wait(60)
        return answer


def test_a_caller_waits_for_the_rework_run_that_goes_on_with_what_is_loaded(address: str) -> None:
    """The run that was seen on the slot is closed by then, and its rework run has the reel."""
    done: list[str] = []
    waiting: list[Future[None]] = []
    with Api(address) as one, Slow(address) as other, ThreadPoolExecutor(1) as people:

        def goes_on(step: Step) -> None:
            if step.name == "start the outgoing inspection" and not waiting:
                second = Walk(
                    other,
                    Options(api_url=address),
                    track="smt",
                    scenario="happy",
                    on_step=lambda step: done.append(step.name),
                )
                waiting.append(people.submit(scenario_of("happy").walk, second))
                assert other.looked.wait(30)
            if step.name == "the MRB decides REWORK":
                other.may_go_on.set()
                time.sleep(1.5)  # in which one that does not wait has scanned
                assert done[-1] == "load the station table"

        name = "oqc-fail-mrb-rework"
        scenario_of(name).walk(Walk(one, Options(api_url=address), track="smt", scenario=name, on_step=goes_on))
        waiting[0].result(60)
    assert "the right reel" in done


def test_a_slot_that_others_left_locked_is_opened_and_the_run_comes_to_its_end(address: str, tmp_path: Path) -> None:
    """A caller that breaks off after its wrong reel leaves a count behind; three of them leave the slot locked."""
    options = Options(api_url=address, track="smt")
    with Api(address) as api:
        caller = Walk(api, options, track="smt", scenario="broken", on_step=lambda _step: None)
        caller.sign_in()
        ground = ground_of(caller, GROUNDS)
        caller.tell(lineCode=ground.line_code, routeCode=ground.route_code)
        compile_route(caller, ground, "the route has a version", is_ready)
        start_run(caller, ground)
        run_no = caller.context["runNo"]
        caller.step("load the table", "leader", f"POST /runs/{run_no}/loading/load-table")
        scan = {"runNo": run_no, "slotCode": options.slot_code, "operatorId": options.operator_id}
        for number in range(3):
            wrong = scan | {"materialLotBarcode": f"MAT-002|LOT-{number}"}
            caller.step(f"wrong reel {number}", "operator", "POST /loading/verify", wrong)
        slots = caller.step("the slots", "engineer", f"GET /lines/{ground.line_code}/feeder-slots").data["items"]
        assert [slot["isLocked"] for slot in slots] == [True]
    code, report = reported(Options(api_url=address, track="smt", scenario="happy"), tmp_path / "report.json")
    must_pass(code, report)
    assert [step["name"] for step in report["steps"]].count("open the slot") == 1
