"""Walking scenarios and telling what came of them: `run_acceptance(options)` is the whole command (spec 13.11)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options, WrongUsage
from fiducial.demo.acceptance.report import (
    Report,
    Result,
    as_json,
    as_junit,
    failure_lines,
    line_of,
    verdict_of,
)  # fmt: skip
from fiducial.demo.acceptance.scenarios import SCENARIOS, Scenario, scenario_of
from fiducial.demo.acceptance.steps import MISREAD, Step, StepFailed, Walk
from fiducial.demo.emptying import NotEmpty
from fiducial.demo.serving import Fresh, NotServing, fresh_plant

PASSED, FAILED, USAGE, GUARD = 0, 1, 2, 3


def run_acceptance(options: Options, *, tell: Callable[[str], None] | None = None) -> int:
    """Run what the options name and report it; give the exit code: 0 passed, 1 a step failed, 2 wrong usage, 3 a guard said no.

    `tell` takes the lines for people; with `--json` standard output holds the JSON alone.
    """
    say = tell or (_nobody if options.as_json else _say)
    try:
        options.check()
        plan = list(_plan(options))
        report = _walk_fresh(options, plan, say) if options.fresh else _walk_all(options, plan, say)
    except WrongUsage as wrong:
        sys.stderr.write(f"acceptance: {wrong}\n")
        return USAGE
    except NotEmpty as refused:
        sys.stderr.write(f"acceptance: {refused}\n")
        return GUARD
    except NotServing as fault:
        sys.stderr.write(f"acceptance: {fault}\n")
        return FAILED
    _write(options, report)
    return PASSED if report.ok else FAILED


def _plan(options: Options) -> Iterator[tuple[Scenario, str]]:
    """Give scenario and track of each walk, in order."""
    for _ in range(options.repeat):
        if options.every:
            yield from ((scenario, track) for scenario in SCENARIOS for track in scenario.tracks)
            continue
        scenario = scenario_of(options.scenario)
        if scenario is None:
            raise WrongUsage(
                f"there is no scenario {options.scenario}; there are {', '.join(s.name for s in SCENARIOS)}"
            )
        if options.track not in scenario.tracks:
            raise WrongUsage(f"scenario {scenario.name} is for {', '.join(scenario.tracks)}, not for {options.track}")
        yield scenario, options.track


def _walk_fresh(options: Options, plan: list[tuple[Scenario, str]], say: Callable[[str], None]) -> Report:
    accounts = Fresh(admin_email=options.email, admin_password=options.password, test_password=options.test_password)
    with fresh_plant(accounts, database_url=options.database_url, say=say) as address:
        return _walk_all(replace(options, api_url=f"{address}/api"), plan, say)


def _walk_all(options: Options, plan: list[tuple[Scenario, str]], say: Callable[[str], None]) -> Report:
    report = Report(datetime.now(UTC))
    for scenario, track in plan:
        say(f"{track} {scenario.name} at {options.api_url}")
        with Api(options.api_url) as api:
            report.results.append(walk_one(api, options, scenario, track, say))
    if len(report.results) > 1:
        passed = sum(result.ok for result in report.results)
        say(f"{passed} of {len(report.results)} scenarios passed")
    return report


def walk_one(api: Api, options: Options, scenario: Scenario, track: str, say: Callable[[str], None]) -> Result:
    """Walk one scenario, final phase included, and give what came of it."""
    started, began = datetime.now(UTC), time.perf_counter()
    failed: Step | None = None

    def on_step(step: Step) -> None:
        say(line_of(step))
        if step.error is not None:
            say("\n".join(failure_lines(step)))

    walk = Walk(api, options, track=track, scenario=scenario.name, on_step=on_step)
    try:
        scenario.walk(walk)
    except StepFailed as failure:
        failed = failure.step
    except MISREAD as fault:
        failed = walk.stumble(fault)
    finally:
        walk.final_phase()
    spent = (time.perf_counter() - began) * 1000
    result = Result(walk.context, walk.steps, walk.warnings, started, datetime.now(UTC), spent, failed)
    for warning in result.warnings:
        say(f"WARN {warning}")
    say(verdict_of(result))
    return result


def _write(options: Options, report: Report) -> None:
    told = orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2)
    if options.as_json:
        sys.stdout.write(told.decode() + "\n")
    if options.json_file:
        options.json_file.write_bytes(told)
    if options.junit_file:
        options.junit_file.write_bytes(as_junit(report))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _nobody(_line: str) -> None:
    """Tell nobody."""
