"""What came of it: a line for each step for people, JSON for programs (spec 13.11), JUnit for whoever builds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from fiducial.demo.acceptance.steps import Step


@dataclass(slots=True)
class Result:
    """One scenario as it went."""

    context: dict[str, Any]
    steps: list[Step]
    warnings: list[str]
    started_at: datetime
    ended_at: datetime
    duration_ms: float
    failed: Step | None = None

    @property
    def ok(self) -> bool:
        """Tell whether every step was answered as it must be."""
        return self.failed is None

    @property
    def title(self) -> str:
        """Give track and scenario."""
        return f"{self.context['track']} {self.context['scenario']}"


@dataclass(slots=True)
class Report:
    """All scenarios of one call, in order."""

    started_at: datetime
    results: list[Result] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether all passed."""
        return all(result.ok for result in self.results)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ended(step: Step) -> str:
    return _instant(datetime.fromtimestamp(step.started_at.timestamp() + step.duration_ms / 1000, UTC))


# For people


def line_of(step: Step) -> str:
    """Give the line of a step: `OK name (ms) code`."""
    return (
        f"{'OK  ' if step.ok else 'FAIL'} {step.name} ({step.duration_ms:.0f} ms){' ' + step.code if step.code else ''}"
    )


def failure_lines(step: Step) -> list[str]:
    """Give what a person needs to find the fault: request, expectation, answer, and a line to repeat it."""
    assert step.error is not None
    error = step.error
    return [
        f"     {step.actor}: {step.request}, expected {step.expected}",
        f"     {error['status']} {error['code']}: {error['message']}",
        *([f"     details: {step.meta['details']}"] if step.meta.get("details") else []),
        f"     request id: {error['requestId'] or '-'}",
        f"     {step.meta['curl']}",
    ]


def verdict_of(result: Result) -> str:
    """Give the last line of a scenario."""
    things = " ".join(str(result.context[name]) for name in ("woNo", "runNo", "sn") if result.context.get(name))
    word = "PASSED" if result.ok else "FAILED"
    return f"{word} {result.title}: {len(result.steps)} steps in {result.duration_ms / 1000:.1f} s{'  ' + things if things else ''}"


# For programs


def as_json(report: Report) -> dict[str, Any]:
    """Give the report: of one scenario as spec 13.11 says, of several as a list of these in `results`."""
    if len(report.results) == 1:
        return _result_json(report.results[0])
    ended = report.results[-1].ended_at if report.results else report.started_at
    return {
        "ok": report.ok, "startedAt": _instant(report.started_at), "endedAt": _instant(ended),
        "durationMs": round((ended - report.started_at).total_seconds() * 1000),
        "results": [_result_json(result) for result in report.results],
    }  # fmt: skip


def _result_json(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ok": result.ok, "startedAt": _instant(result.started_at), "endedAt": _instant(result.ended_at),
        "durationMs": round(result.duration_ms), "context": result.context,
        "steps": [_step_json(step) for step in result.steps], "warnings": result.warnings,
    }  # fmt: skip
    if result.failed is not None:
        told["error"] = {"step": result.failed.name, **(result.failed.error or {})}
    return told


def _step_json(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": step.name, "ok": step.ok, "startedAt": _instant(step.started_at), "endedAt": _ended(step),
        "durationMs": round(step.duration_ms), "meta": step.meta,
    }  # fmt: skip
    return told if step.error is None else told | {"error": step.error}


# For builds


def as_junit(report: Report) -> bytes:
    """Give the report as JUnit XML: a suite for each scenario, a test case for each step."""
    root = Element("testsuites", name="fiducial acceptance")
    for result in report.results:
        suite = SubElement(
            root, "testsuite", name=result.title, tests=str(len(result.steps)), failures=str(0 if result.ok else 1),
            errors="0", time=f"{result.duration_ms / 1000:.3f}", timestamp=_instant(result.started_at),
        )  # fmt: skip
        for step in result.steps:
            _case(suite, result, step)
        if result.warnings:
            SubElement(suite, "system-out").text = "\n".join(result.warnings)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _case(suite: Element, result: Result, step: Step) -> None:
    case = SubElement(suite, "testcase", classname=result.title, name=step.name, time=f"{step.duration_ms / 1000:.3f}")
    if step.error is not None:
        failure = SubElement(case, "failure", type=str(step.error["code"]), message=str(step.error["message"]))
        failure.text = "\n".join(failure_lines(step))
