"""PREP_PROGRAM (炉温程式): the oven runs the program that the route expects, and test steps have their program (spec 03.6, 10.4.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiducial.execution.oven import judge
from fiducial.execution.standing import stations_for
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import find_profile, the_station
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, NotApplicable, Passed
from fiducial.readiness.ovens import program_of
from fiducial.readiness.worn import fresh_or_stale
from fiducial.routing.frozen import FrozenStep
from fiducial.tooling.testing.reading import active_programs

ACTIVE = "ACTIVE"


class PrepProgramGate:
    """One item for each step with an expected program, key `STEP_{no}_PROFILE`, and for each that needs a test program."""

    type = "PREP_PROGRAM"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the programs that the frozen version names."""
        items: list[Item] = []
        for step in case.route.steps:
            profile = step.facts.get("expectedReflowProfile")
            if profile:
                items.append(self._profile(tx, case, step, profile))
            if step.facts.get("requiresTestProgram"):
                items.append(self._test_program(tx, case, step))
        return items or [NotApplicable(key=case.run.run_no, why="NO_PROGRAM_EXPECTED", evidence=case.about)]

    @staticmethod
    def _profile(tx: Tx, case: Case, step: FrozenStep, profile: Mapping[str, Any]) -> Item:
        key = f"STEP_{step.step_no}_PROFILE"
        evidence = case.about | {
            "stepNo": step.step_no, "profileCode": profile["code"], "profileVersion": profile["version"],
            "expectedProgram": profile["programName"],
        }  # fmt: skip
        now = find_profile(tx, profile["code"], profile["version"])
        status = now.status if now is not None else "MISSING"
        if status != ACTIVE:
            frozen = (profile["code"], profile["version"], status)
            return Failed(
                key=key, cause="PROFILE_NOT_ACTIVE", fingerprint=frozen, evidence=evidence | {"status": status}
            )
        if not case.settings["requireProgramRecord"]:
            return Passed(key=key, evidence=evidence)
        ran = program_of(tx, case, step.step_no)
        if ran is None:
            return Failed(key=key, cause="PROGRAM_RECORD_MISSING", evidence=evidence)
        evidence |= ran.evidence | {"actualProgram": ran.program, "peakTemp": ran.peak}
        matched, limits_ok, reason = judge(profile, ran.program, ran.peak, ran.seconds)
        if not matched or limits_ok is False:
            said = evidence | {"mismatch": reason}
            return Failed(key=key, cause="PROGRAM_MISMATCH", fingerprint=(ran.record_id,), evidence=said)
        return fresh_or_stale(case, key, ran.at, evidence, ran.record_id, made=ran.record_id)

    @staticmethod
    def _test_program(tx: Tx, case: Case, step: FrozenStep) -> Item:
        """Judge the test program of a step: one is ACTIVE for the product at one of the stations that may do it (spec 11.5)."""
        product, key = case.about["productCode"], f"STEP_{step.step_no}_PROGRAM"
        fitting = stations_for(tx, case.line.id, step)
        active = {
            code: [
                f"{row.program_code} {row.version}" for row in active_programs(tx, product, the_station(tx, code).id)
            ]
            for code in fitting
        }
        evidence = case.about | {
            "stepNo": step.step_no, "programs": sorted({name for names in active.values() for name in names}),
            "stationsWithout": [code for code, names in active.items() if not names],
        }  # fmt: skip
        if evidence["programs"]:
            return Passed(key=key, evidence=evidence)
        return Failed(key=key, cause="TEST_PROGRAM_NOT_ACTIVE", fingerprint=(step.step_no,), evidence=evidence)


_PAGE = "/oven-program-records"
declare(
    "PROFILE_NOT_ACTIVE", zh="工序 {stepNo} 的炉温程式 {profileCode} V{profileVersion} 已停用（{status}）。",
    en="The oven program {profileCode} V{profileVersion} of step {stepNo} is not in use any more ({status}).",
    todo_zh="请工艺工程师确认；用新程式时请重新编译路线并创建新批次。",
    todo_en="Ask an engineer; with a new program compile the routing anew and create a new run.", page="/reflow-profiles",
)  # fmt: skip
declare(
    "PROGRAM_RECORD_MISSING", zh="工序 {stepNo} 没有炉温程式使用记录，应为 {expectedProgram}。",
    en="Nobody recorded the oven program of step {stepNo}; it must be {expectedProgram}.",
    todo_zh="请在炉子上确认程式并录入。", todo_en="Look at the oven and record its program.", page=_PAGE,
)  # fmt: skip
declare(
    "PROGRAM_MISMATCH", zh="工序 {stepNo} 记录的程式 {actualProgram} 与 {expectedProgram} 不符，或实测超出限值。",
    en="Step {stepNo}: the recorded program {actualProgram} is not {expectedProgram}, or what was measured is outside its limits.",
    todo_zh="请在炉子上切换为正确的程式并重新录入。", todo_en="Set the oven to the right program and record it anew.", page=_PAGE,
)  # fmt: skip
declare(
    "TEST_PROGRAM_NOT_ACTIVE", zh="工序 {stepNo} 没有启用的测试程序（产品 {productCode}）。",
    en="No test program of step {stepNo} is active for product {productCode}.",
    todo_zh="请工艺工程师启用测试程序。", todo_en="Have an engineer activate the test program.", page="/test-programs",
)  # fmt: skip
