"""What the acceptance command says when a step fails: enough to find the fault, and nothing secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson
import pytest

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.acceptance.report import Report, Result, as_json, as_junit
from fiducial.demo.acceptance.run import FAILED, USAGE, run_acceptance, walk_one
from fiducial.demo.acceptance.scenarios import Scenario
from fiducial.demo.acceptance.steps import OK, Walk, refused

SECRET = "a-password-nobody-may-read"


def answers(told: Mapping[str, tuple[int, Any]]) -> httpx.MockTransport:
    """A server that answers each `METHOD path` with status and envelope."""

    def handle(request: httpx.Request) -> httpx.Response:
        status, envelope = told[f"{request.method} {request.url.path}"]
        headers = {"x-request-id": "req-7", "set-cookie": "fiducial_session=cookie-value; Path=/"}
        return httpx.Response(status, content=orjson.dumps(envelope), headers=headers)

    return httpx.MockTransport(handle)


def success(data: Any = None) -> tuple[int, Any]:
    return 200, {"ok": True, "data": data or {}}


def refusal(code: str, status: int = 409, **details: Any) -> tuple[int, Any]:
    return status, {"ok": False, "error": {"code": code, "message": f"the rule {code}", "details": details}}


def walked(act: Callable[[Walk], None], told: Mapping[str, tuple[int, Any]]) -> tuple[Result, list[str]]:
    lines: list[str] = []
    options = Options(api_url="http://plant/api", test_password=SECRET)
    with Api(options.api_url, transport=answers({"POST /api/auth/sign-out": success(), **told})) as api:
        result = walk_one(api, options, Scenario("story", ("smt",), act), "smt", lines.append)
    return result, lines


def test_a_step_that_is_refused_names_everything_one_needs_to_find_it() -> None:
    def act(walk: Walk) -> None:
        walk.step("sign in", "planner", "POST /auth/sign-in/email", {"email": "p@example.com", "password": SECRET})
        walk.step("release it", "planner", "POST /work-orders/WO-1/release", {"lineCode": "LINE-A", "remark": "it's"})

    result, lines = walked(
        act,
        {
            "POST /api/auth/sign-in/email": success(),
            "POST /api/work-orders/WO-1/release": refusal("ROUTE_NOT_READY", routingCode="R-1"),
        },
    )
    assert not result.ok
    assert result.failed is not None
    assert result.failed.error == {
        "code": "ROUTE_NOT_READY", "message": "the rule ROUTE_NOT_READY", "status": 409, "requestId": "req-7",
    }  # fmt: skip
    said = "\n".join(lines)
    assert "FAIL release it" in said
    assert "POST /api/work-orders/WO-1/release, expected 200 ok" in said
    assert "'routingCode': 'R-1'" in said
    assert "request id: req-7" in said
    assert "curl -i -X POST http://plant/api/work-orders/WO-1/release" in said


def test_no_secret_is_ever_told() -> None:
    def act(walk: Walk) -> None:
        walk.step("good sign in", "planner", "POST /auth/sign-in/email", {"email": "p@example.com", "password": SECRET})
        walk.step("reauth", "planner", "POST /auth/reauth", {"method": "PASSWORD", "secret": SECRET})

    result, lines = walked(
        act, {"POST /api/auth/sign-in/email": success(), "POST /api/auth/reauth": refusal("REAUTH_FAILED", 403)}
    )
    report = Report(result.started_at, [result])
    everything = "\n".join(lines) + orjson.dumps(as_json(report)).decode() + as_junit(report).decode()
    assert "REAUTH_FAILED" in everything
    assert SECRET not in everything
    assert "cookie-value" not in everything


def test_the_final_phase_runs_after_a_failure_in_reverse_order_and_its_own_failures_are_warnings() -> None:
    def act(walk: Walk) -> None:
        walk.put_back("gates back", "engineer", "PUT /gates")
        walk.put_back("people back", "admin", "PATCH /people")
        walk.step("the fault", "planner", "POST /fault")

    result, _ = walked(
        act,
        {
            "POST /api/fault": refusal("NO"),
            "PUT /api/gates": success(),
            "PATCH /api/people": refusal("USER_NOT_FOUND", 404),
        },
    )
    assert [step.name for step in result.steps] == ["the fault", "gates back"]
    assert result.warnings == ["people back: USER_NOT_FOUND: the rule USER_NOT_FOUND"]
    assert result.failed is not None
    assert result.failed.name == "the fault"


def test_an_expected_refusal_is_a_step_that_passed_and_a_success_in_its_place_is_not() -> None:
    def act(walk: Walk) -> None:
        walk.step("must be refused", "operator", "POST /in", expect=refused("UNIT_ALREADY_IN_STATION"))

    passed, lines = walked(act, {"POST /api/in": refusal("UNIT_ALREADY_IN_STATION")})
    assert passed.ok
    assert any(line.startswith("OK   must be refused") and line.endswith("UNIT_ALREADY_IN_STATION") for line in lines)
    failed, _ = walked(act, {"POST /api/in": success()})
    assert failed.failed is not None
    assert failed.failed.error is not None
    assert failed.failed.error["code"] == "EXPECTATION_NOT_MET"


def test_data_that_are_not_what_they_must_be_fail_the_step_with_every_fault() -> None:
    def act(walk: Walk) -> None:
        walk.step("look", "quality", "GET /trace", check=lambda data: [name for name in ("a", "b") if not data[name]])

    failed, _ = walked(act, {"GET /api/trace": success({"a": 0, "b": 0})})
    assert failed.failed is not None
    assert (failed.failed.error or {})["message"] == "a; b"
    odd, _ = walked(act, {"GET /api/trace": success({"a": 1})})
    assert odd.failed is not None
    assert "expected form" in (odd.failed.error or {})["message"]


def test_the_json_of_one_scenario_is_that_of_the_specification() -> None:
    def act(walk: Walk) -> None:
        walk.tell(woNo="WO-1", runNo="RUN-1", sn="SN-1")
        walk.step("look", "quality", "GET /a")
        walk.step("look again", "quality", "GET /b", expect=OK)

    result, _ = walked(act, {"GET /api/a": success(), "GET /api/b": refusal("RUN_NOT_FOUND", 404)})
    told = as_json(Report(result.started_at, [result]))
    assert set(told) == {"ok", "startedAt", "endedAt", "durationMs", "context", "steps", "warnings", "error"}
    assert told["startedAt"].endswith("Z")
    context = told["context"]
    assert {name: context[name] for name in ("apiUrl", "track", "scenario", "productCode", "woNo", "runNo", "sn")} == {
        "apiUrl": "http://plant/api", "track": "smt", "scenario": "story", "productCode": "P-1001", "woNo": "WO-1",
        "runNo": "RUN-1", "sn": "SN-1",
    }  # fmt: skip
    assert [set(step) for step in told["steps"]] == [
        {"name", "ok", "startedAt", "endedAt", "durationMs", "meta"},
        {"name", "ok", "startedAt", "endedAt", "durationMs", "meta", "error"},
    ]
    assert told["error"] == {
        "step": "look again", "code": "RUN_NOT_FOUND", "message": "the rule RUN_NOT_FOUND", "status": 404, "requestId": "req-7",
    }  # fmt: skip


def test_an_answer_of_another_form_is_a_failed_step_and_still_a_report() -> None:
    def act(walk: Walk) -> None:
        made = walk.step("make it", "planner", "POST /things").data
        walk.tell(runNo=made["runNo"])

    result, lines = walked(act, {"POST /api/things": success({"name": "not a run"})})
    assert not result.ok
    told = as_json(Report(result.started_at, [result]))
    assert told["error"]["step"] == "read the answers"
    assert "KeyError: 'runNo'" in told["error"]["message"]
    assert told["steps"][-1]["ok"] is False
    assert any("see the step before: make it" in line for line in lines)


def test_junit_has_a_case_for_each_step_and_the_failure_at_its_place() -> None:
    def act(walk: Walk) -> None:
        walk.step("one", "quality", "GET /a")
        walk.step("two", "quality", "GET /b")

    result, _ = walked(act, {"GET /api/a": success(), "GET /api/b": refusal("NO <&>")})
    root = ElementTree.fromstring(as_junit(Report(result.started_at, [result])))
    assert root.find("testsuite").get("failures") == "1"  # type: ignore[union-attr]
    cases = root.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == ["one", "two"]
    assert [case.find("failure") is not None for case in cases] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "no-such"}, {"track": "pcb"}, {"id_strategy": "sometimes"}, {"repeat": 0}, {"database_url": "sqlite:///x"},
        {"sn": "SN-1", "repeat": 2}, {"json_file": Path("/no/such/folder/report.json")}, {"junit_file": Path("/")},
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2_and_asks_no_server(
    wrong: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_acceptance(Options(api_url="http://127.0.0.1:1/api", **wrong)) == USAGE
    assert capsys.readouterr().err.startswith("acceptance: ")


def test_a_server_that_is_not_there_is_exit_code_1_and_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_acceptance(Options(api_url="http://127.0.0.1:1/api")) == FAILED
    assert "UNREACHABLE" in capsys.readouterr().out


def test_with_json_standard_output_holds_the_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_acceptance(Options(api_url="http://127.0.0.1:1/api", as_json=True)) == FAILED
    told = orjson.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["error"]["code"] == "UNREACHABLE"
