"""The acceptance command walks the spine of a demo plant through its public API, as often as one likes, and leaves nothing changed."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from tests.api.demo_plant import app_over, house_of, opened, served, url  # noqa: F401 - a fixture

from fiducial.demo import loader
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import UNIQUE, Options
from fiducial.demo.acceptance.run import FAILED, GUARD, PASSED, run_acceptance
from fiducial.demo.acceptance.scenarios import SCENARIOS
from fiducial.demo.emptying import must_be_empty


@pytest.fixture
def address(url: str, tmp_path: Path) -> Iterator[str]:
    """A demo plant that serves."""
    with opened(url, tmp_path) as store:
        loader.load(store, house_of(url, tmp_path))
        with served(app_over(url, tmp_path, store)) as api_url:
            yield api_url


def reported(options: Options, file: Path) -> tuple[int, Mapping[str, Any]]:
    """Exit code and JSON report of one call."""
    code = run_acceptance(Options(**{**vars_of(options), "json_file": file}), tell=lambda _line: None)
    return code, orjson.loads(file.read_bytes())


def vars_of(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__dataclass_fields__}


def must_pass(code: int, report: Mapping[str, Any]) -> None:
    failed = [step for one in report.get("results", [report]) for step in one["steps"] if not step["ok"]]
    assert (code, failed, report["ok"]) == (PASSED, [], True)


def signed_in(api: Api, actor: str, password: str) -> Any:
    answer = api.call(actor, "POST", "/auth/sign-in/email", {"email": actor, "password": password})
    assert answer.code is None, answer
    return api.call(actor, "GET", "/permissions/me").data


def test_both_tracks_pass_twice_in_a_row(address: str, tmp_path: Path) -> None:
    for_both = [
        reported(Options(api_url=address, track=track, repeat=2), tmp_path / "report.json") for track in ("smt", "dip")
    ]
    for code, report in for_both:
        must_pass(code, report)
    report = {"results": [one for _code, report in for_both for one in report["results"]]}
    told = [(one["context"]["track"], one["context"]["woNo"]) for one in report["results"]]
    orders = {track: f"WO-acceptance-{track}-spine" for track in ("smt", "dip")}
    assert told == [("smt", orders["smt"])] * 2 + [("dip", orders["dip"])] * 2
    assert len({one["context"]["sn"] for one in report["results"]}) == 4
    assert not any(one["warnings"] for one in report["results"])


def test_a_sampling_rule_that_somebody_made_is_met_as_an_inspector_would(address: str, tmp_path: Path) -> None:
    """On a plant that is used the product may be one that is sampled: the board is inspected, and the run ends as ever."""
    options = Options(api_url=address, repeat=2)
    with Api(address) as api:
        signed_in(api, "quality", options.test_password)
        rule = {"productCode": "P-1001", "samplingType": "PERCENTAGE", "sampleValue": 100, "priority": 500}
        assert api.call("quality", "POST", "/oqc/sampling-rules", rule).code is None
    code, report = reported(options, tmp_path / "report.json")
    must_pass(code, report)
    for one in report["results"]:
        names = [step["name"] for step in one["steps"]]
        assert "decide PASS" in names
        assert names.index("decide PASS") < names.index("the run is COMPLETED")


def test_the_operator_has_the_stations_of_before_when_it_ends(address: str, tmp_path: Path) -> None:
    options = Options(api_url=address)
    with Api(address) as api:
        before = signed_in(api, "operator", options.test_password)["stationCodes"]
        must_pass(*reported(options, tmp_path / "report.json"))
        assert api.call("operator", "GET", "/permissions/me").data["stationCodes"] == before


def test_the_stations_are_put_back_when_a_step_fails_too(address: str, tmp_path: Path) -> None:
    options = Options(api_url=address, wo_no="WO-CLOSED")
    with Api(address) as api:
        before = signed_in(api, "operator", options.test_password)["stationCodes"]
        signed_in(api, "planner", options.test_password)
        order = {"woNo": "WO-CLOSED", "productCode": "P-1001", "plannedQty": 1}
        assert api.call("planner", "POST", "/integration/work-orders", order).code is None
        closed = api.call("planner", "POST", "/work-orders/WO-CLOSED/close", {"reason": "made by mistake"})
        assert closed.code is None
        code, report = reported(options, tmp_path / "report.json")
        assert (code, report["ok"]) == (FAILED, False)
        assert report["error"]["step"] == "an order that still takes a run"
        assert report["steps"][-1]["name"] == "put the operator's stations back"
        assert api.call("operator", "GET", "/permissions/me").data["stationCodes"] == before


def test_an_order_that_is_closed_gives_way_to_the_next_number(address: str, tmp_path: Path) -> None:
    options = Options(api_url=address, dataset="night")
    must_pass(*reported(options, tmp_path / "first.json"))
    with Api(address) as api:
        signed_in(api, "planner", options.test_password)
        closed = api.call("planner", "POST", "/work-orders/WO-night-smt-spine/close", {"reason": "that was all"})
        assert closed.code is None, closed
    code, report = reported(options, tmp_path / "second.json")
    must_pass(code, report)
    assert report["context"]["woNo"] == "WO-night-smt-spine-2"


def test_unique_takes_an_order_that_nobody_had(address: str, tmp_path: Path) -> None:
    code, report = reported(Options(api_url=address, id_strategy=UNIQUE, repeat=2), tmp_path / "report.json")
    must_pass(code, report)
    assert len({one["context"]["woNo"] for one in report["results"]}) == 2


def test_a_serial_and_an_order_of_ones_own_are_used(address: str, tmp_path: Path) -> None:
    options = Options(api_url=address, track="dip", wo_no="WO-OF-MINE", sn="SN-OF-MINE-1")
    code, report = reported(options, tmp_path / "report.json")
    must_pass(code, report)
    assert (report["context"]["woNo"], report["context"]["sn"]) == ("WO-OF-MINE", "SN-OF-MINE-1")


def test_somebody_elses_route_is_not_touched(address: str, tmp_path: Path) -> None:
    code, report = reported(Options(api_url=address, route_code="PCBA-STD-V1"), tmp_path / "report.json")
    assert code == FAILED
    assert "not the one of this scenario" in report["error"]["message"]


def test_wrong_passwords_fail_at_the_first_step(address: str, tmp_path: Path) -> None:
    code, report = reported(Options(api_url=address, password="not this one"), tmp_path / "report.json")
    assert (code, report["error"]["step"]) == (FAILED, "sign in admin")
    assert report["error"]["code"] == "INVALID_CREDENTIALS"
    assert len(report["steps"]) == 1


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("APP_", "SEED_", "MES_"))}
    line = [sys.executable, "-m", "fiducial.cli", *arguments]
    return subprocess.run(line, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
def test_fresh_makes_a_plant_and_leaves_nothing_of_it(url: str, tmp_path: Path) -> None:
    given = ["--database-url", url] if url.startswith("postgresql") else []
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    junit = tmp_path / "junit.xml"
    done = command("acceptance", "--fresh", "--all", "--json", "--junit-file", str(junit), *given, folder=scratch)
    assert done.returncode == PASSED, done.stdout + done.stderr
    assert orjson.loads(done.stdout)["ok"] is True
    suites = ElementTree.parse(junit).getroot().findall("testsuite")
    assert [suite.get("name") for suite in suites] == [
        f"{track} {one.name}" for one in SCENARIOS for track in one.tracks
    ]
    assert not list(scratch.iterdir())
    if given:
        must_be_empty(url)


def test_fresh_takes_no_database_that_holds_something(address: str, url: str, capsys: Any) -> None:
    assert address
    assert run_acceptance(Options(fresh=True, database_url=url)) == GUARD
    assert "takes an empty one only" in capsys.readouterr().err


@pytest.mark.slow
def test_demo_run_shows_a_board_and_where_to_look(tmp_path: Path) -> None:
    done = command("demo", "run", "--no-serve", "--data-dir", "plant", "--port", "0", folder=tmp_path)
    assert done.returncode == PASSED, done.stdout + done.stderr
    assert "PASSED smt spine" in done.stdout
    assert "operator@example.com" in done.stdout
    assert "/trace/units/SN-RUN-" in done.stdout
    again = command("demo", "run", "--no-serve", "--data-dir", "plant", "--port", "0", folder=tmp_path)
    assert again.returncode == PASSED, again.stdout + again.stderr


def test_readiness_waive_passes_twice_in_a_row_and_puts_the_gates_back(address: str, tmp_path: Path) -> None:
    """Nothing is ready; every failed item is waived with a reason; the trace of the board tells who let it pass."""
    options = Options(api_url=address, track="smt", scenario="readiness-waive", repeat=2)
    code, report = reported(options, tmp_path / "report.json")
    must_pass(code, report)
    for one in report.get("results", [report]):
        assert (
            one["steps"][-1]["name"] == "put the gates back"
            or "put the operator's stations back" in one["steps"][-1]["name"]
        )
        assert one["warnings"] == []
