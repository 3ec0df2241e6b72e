"""A scenario as it is walked: named steps with actor, request and expectation, and a final phase that puts things back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fiducial.demo.acceptance.client import Answer, Api
from fiducial.demo.acceptance.options import Options

UNMET = "EXPECTATION_NOT_MET"  # stands for a code where the API answered, but not what must be true

MISREAD = (KeyError, IndexError, TypeError, AttributeError)  # what reading data of another form raises

Check = Callable[[Any], Iterable[str]]  # gives what is wrong with the data, in words


@dataclass(frozen=True, slots=True)
class Expected:
    """What a step must be answered: one of these pairs of status and code (None: a success)."""

    outcomes: tuple[tuple[int, str | None], ...]

    def met_by(self, answer: Answer) -> bool:
        """Tell whether the answer is one of them."""
        return (answer.status, answer.code) in self.outcomes

    def __or__(self, other: Expected) -> Expected:
        return Expected(self.outcomes + other.outcomes)

    def __str__(self) -> str:
        return " or ".join(f"{status} {code or 'ok'}" for status, code in self.outcomes)


OK = Expected(((200, None),))


def refused(code: str, status: int = 409) -> Expected:
    """Expect a refusal."""
    return Expected(((status, code),))


@dataclass(slots=True)
class Step:
    """One step as it went."""

    name: str
    actor: str
    request: str
    expected: str
    started_at: datetime
    duration_ms: float = 0.0
    ok: bool = True
    code: str | None = None
    error: dict[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)


class StepFailed(Exception):
    """A step was not answered as it must be; the scenario ends."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.name)
        self.step = step


class Walk:
    """One scenario being walked against one API.

    `context` holds what the report names (order, run, serial …); a scenario tells it by `tell`.
    """

    def __init__(
        self, api: Api, options: Options, *, track: str, scenario: str, on_step: Callable[[Step], None]
    ) -> None:
        self.api, self.options, self.track = api, options, track
        self.steps: list[Step] = []
        self.warnings: list[str] = []
        self.context: dict[str, Any] = {
            "apiUrl": api.base_url, "track": track, "scenario": scenario, "lineCode": options.line_code,
            "routeCode": options.route_code, "productCode": options.product_code, "woNo": options.wo_no, "runNo": None,
            "sn": options.sn, "idStrategy": options.id_strategy, "dataset": options.dataset,
        }  # fmt: skip
        self._on_step = on_step
        self._afterwards: list[tuple[str, str, str, Mapping[str, Any] | None]] = []

    def tell(self, **facts: Any) -> None:
        """Put facts into the context of the report."""
        self.context |= facts

    def step(
        self, name: str, actor: str, request: str, body: Mapping[str, Any] | None = None, *, expect: Expected = OK, check: Check | None = None,
    ) -> Answer:  # fmt: skip
        """Do one step (`request` is method and path below `/api`) and give its answer; raises StepFailed when it is not as expected."""
        step, answer = self._try(name, actor, request, body, expect=expect, check=check)
        self.steps.append(step)
        self._on_step(step)
        if not step.ok:
            raise StepFailed(step)
        return answer

    def expect(self, name: str, holds: bool, told: str) -> None:  # noqa: FBT001 - what is judged is the argument
        """Judge the answer before in a step of its own; raises StepFailed with what was told instead."""
        last = self.steps[-1]
        step = Step(name, last.actor, last.request, "", datetime.now(UTC), meta={"of": last.name})
        if not holds:
            step.meta["curl"] = f"(see the step before: {last.name})"
            _fail(step, Answer(0), UNMET, told)
        self.steps.append(step)
        self._on_step(step)
        if not step.ok:
            raise StepFailed(step)

    def stumble(self, fault: Exception) -> Step:
        """Make a step of answers that had not the form a scenario reads, and give it: a report is written all the same."""
        last = self.steps[-1] if self.steps else None
        step = Step("read the answers", last.actor if last else "", last.request if last else "", "", datetime.now(UTC))
        step.meta["curl"] = f"(see the step before: {last.name})" if last else ""
        _fail(step, Answer(0), UNMET, _form_fault(fault))
        self.steps.append(step)
        self._on_step(step)
        return step

    def find_or_make(
        self, name: str, actor: str, *, find: str, missing: str, make: str, body: Mapping[str, Any]
    ) -> Any:
        """Give the data of a thing that is there, or of the one made in its place; both are steps."""
        found = self.step(f"find {name}", actor, find, expect=OK | refused(missing, 404))
        return found.data if found.code is None else self.step(f"make {name}", actor, make, body).data

    def sign_in(self) -> None:
        """Sign all six people in."""
        for actor in ("admin", "planner", "engineer", "quality", "leader", "operator"):
            email, password = self.options.login_of(actor)
            self.step(f"sign in {actor}", actor, "POST /auth/sign-in/email", {"email": email, "password": password})

    def put_back(self, name: str, actor: str, request: str, body: Mapping[str, Any] | None = None) -> None:
        """Have a step done in the final phase, whatever happens before it; the last one asked for comes first."""
        self._afterwards.append((name, actor, request, body))

    def final_phase(self) -> None:
        """Put back what was changed. A failure is a warning: the scenario has been judged already."""
        while self._afterwards:
            name, actor, request, body = self._afterwards.pop()
            step, _ = self._try(name, actor, request, body, expect=OK, check=None)
            if step.ok:
                self.steps.append(step)
                self._on_step(step)
            else:
                assert step.error is not None
                self.warnings.append(f"{name}: {step.error['code']}: {step.error['message']}")

    def _try(
        self,
        name: str,
        actor: str,
        request: str,
        body: Mapping[str, Any] | None,
        *,
        expect: Expected,
        check: Check | None,
    ) -> tuple[Step, Answer]:
        method, path = request.split(" ", 1)
        step = Step(name, actor, f"{method} /api{path}", str(expect), datetime.now(UTC))
        step.meta = {"actor": actor, "request": step.request, "expected": step.expected}
        began = time.perf_counter()
        answer = self.api.call(actor, method, path, body)
        step.duration_ms = (time.perf_counter() - began) * 1000
        step.code = answer.code
        if not expect.met_by(answer):
            told = answer.message or f"a success ({answer.status}) where {expect} was expected"
            _fail(step, answer, answer.code or UNMET, told)
        elif check is not None and answer.code is None and (wrong := _judge(check, answer.data)):
            _fail(step, answer, UNMET, "; ".join(wrong))
        if not step.ok:
            step.meta["curl"] = self.api.curl(actor, method, path, body)
        return step, answer


def _judge(check: Check, data: Any) -> list[str]:
    try:
        return list(check(data))
    except MISREAD as fault:
        return [_form_fault(fault)]


def _form_fault(fault: Exception) -> str:
    return f"the data have not the expected form ({type(fault).__name__}: {fault})"


def _fail(step: Step, answer: Answer, code: str, message: str) -> None:
    step.ok = False
    step.error = {"code": code, "message": message, "status": answer.status, "requestId": answer.request_id}
    step.meta["details"] = dict(answer.details)
