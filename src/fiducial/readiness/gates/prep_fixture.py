"""PREP_FIXTURE (夹具): the fixtures of the run are there, checked and fit (spec 03.6, 10.4.7, 11.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.forms.reading import RecordRow
from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.checklist_state import Said, said_of
from fiducial.readiness.items import Case, Failed, Item, NotApplicable, Passed
from fiducial.readiness.papers import in_use, made_of
from fiducial.readiness.printing import out_of_use_item
from fiducial.readiness.worn import FAIL, fresh_or_stale, life_item, record_evidence
from fiducial.routing.frozen import FrozenStep
from fiducial.tooling.reading import find_tool, fits_product, why_unusable
from fiducial.tooling.using import fixtures_of

ROWS = ("FIXTURE", "PREP_FIXTURE")  # of the pre-changeover lists of SMT and DIP


class PrepFixtureGate:
    """With `requiredTools`: one item for each such step. Without: one for each fixture in use, or one that it is missing or not needed."""

    type = "PREP_FIXTURE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge what the route asks for; without that, the newest record of each fixture, or the word of a person."""
        assigned = fixtures_of(tx, case.run.id)
        asking = [step for step in case.route.steps if step.facts.get("requiredTools")]
        if asking:
            return [self._step(tx, case, step, assigned) for step in asking]
        spared = self._not_needed(tx, case)
        if spared is not None:
            return [NotApplicable(key=case.line.code, why="NOT_NEEDED", evidence=spared.evidence())]
        rows = in_use(tx, case, "fixture", "fixture_id")
        recorded = {row.fixture_id for row in rows}
        items = [self._judge(tx, case, row) for row in rows]
        items += [self._assigned(tx, case, tool) for tool in assigned if tool.code not in recorded]
        return items or [Failed(key=case.line.code, cause="FIXTURE_RECORD_MISSING", evidence=case.about)]

    @staticmethod
    def _not_needed(tx: Tx, case: Case) -> Said | None:
        if not case.settings["notNeededAllowed"]:
            return None
        said = said_of(tx, case.run.id)
        return next((said[row] for row in ROWS if row in said and said[row].needed is False), None)

    @staticmethod
    def _step(tx: Tx, case: Case, step: FrozenStep, assigned: Sequence[Any]) -> Item:
        needs = step.facts["requiredTools"]
        wanted, least = needs.get("fixtureTypes") or [], needs.get("min") or 1
        key = f"STEP_{step.step_no}_TOOLS"
        evidence = case.about | {
            "stepNo": step.step_no,
            "fixtureTypes": wanted,
            "min": least,
            "types": ", ".join(wanted) or "–",
        }
        there = [tool for tool in assigned if not wanted or tool.fixture_type in wanted]
        if len(there) < least:
            return Failed(
                key=key, cause="TOOL_NOT_ASSIGNED", fingerprint=(step.step_no, None, len(there)), evidence=evidence
            )
        wrong = [(tool, reason) for tool in there if (reason := _fault(tx, case, tool))]
        if len(there) - len(wrong) >= least:
            good = [tool for tool in there if tool.code not in {bad.code for bad, _ in wrong}]
            ends = [tool.calibration_due_at for tool in good if tool.calibration_due_at is not None]
            return Passed(
                key=key, evidence=evidence | {"tools": [tool.code for tool in good]}, until=min(ends, default=None)
            )
        tool, reason = wrong[0]
        cause = "TOOL_PRODUCT_MISMATCH" if reason == "PRODUCT" else "TOOL_NOT_USABLE"
        said = evidence | {"toolCode": tool.code, "reason": reason}
        return Failed(key=key, cause=cause, fingerprint=(step.step_no, tool.code, reason), evidence=said)

    @staticmethod
    def _judge(tx: Tx, case: Case, row: RecordRow) -> Item:
        key, tool = row.fixture_id, find_tool(tx, row.fixture_id)
        evidence = case.about | record_evidence(row, run_id=case.run.id) | {"toolCode": key, "fixtureId": key}
        if row.result == FAIL:
            return Failed(key=key, cause="FIXTURE_CHECK_FAILED", fingerprint=(key, row.id), evidence=evidence)
        return _fit(tx, case, tool, key, evidence) or fresh_or_stale(
            case, key, row.happened_at, evidence, row.id, made=made_of(row)
        )

    @staticmethod
    def _assigned(tx: Tx, case: Case, tool: Any) -> Item:
        """Judge a fixture that was assigned to the run, which counts as its record (spec 11.4)."""
        evidence = case.about | {
            "toolCode": tool.code, "fixtureId": tool.code, "matchedBy": "RUN", "evidenceAt": clock.to_wire(tool.assigned_at),
            "recordNo": tool.code, "recordId": ids.to_wire(tool.id),
        }  # fmt: skip
        return _fit(tx, case, tool, tool.code, evidence) or fresh_or_stale(
            case, tool.code, tool.assigned_at, evidence, tool.id
        )


def _fault(tx: Tx, case: Case, tool: Any) -> str | None:
    if not fits_product(tool, case.product_code):
        return "PRODUCT"
    why = why_unusable(tx, tool)
    return None if why is None else why.reason


def _fit(tx: Tx, case: Case, tool: Any, key: str, evidence: dict[str, Any]) -> Failed | None:
    if tool is None:
        return Failed(key=key, cause="TOOL_NOT_USABLE", fingerprint=(key,), evidence=evidence | {"reason": "UNKNOWN"})
    if not fits_product(tool, case.product_code):
        said = evidence | {"productCodes": list(tool.product_codes)}
        return Failed(key=key, cause="TOOL_PRODUCT_MISMATCH", fingerprint=(key, case.product_code), evidence=said)
    lasting = life_item(case, tool, case.run.plan_qty, evidence) or out_of_use_item(tx, case, tool)
    if lasting is None and (why := why_unusable(tx, tool)) is not None:
        said = evidence | {"reason": why.reason, **why.details}
        return Failed(key=key, cause="TOOL_NOT_USABLE", fingerprint=(key, why.reason), evidence=said)
    return lasting


_PAGE = "/fixture-usage-records"
declare(
    "FIXTURE_RECORD_MISSING", zh="产线 {lineCode} 没有夹具记录。", en="No fixture was checked for line {lineCode}.",
    todo_zh="请点检夹具并录入；不需要夹具时请在转拉前检查中标记。",
    todo_en="Check the fixture and record it; if none is needed, say so on the pre-changeover list.", page=_PAGE,
)  # fmt: skip
declare(
    "FIXTURE_CHECK_FAILED", zh="夹具 {fixtureId} 点检不合格：{failed}。", en="Fixture {fixtureId} failed its check: {failed}.",
    todo_zh="请更换夹具；维修放行后重新点检。", todo_en="Take another; after its repair and release check it again.", page=_PAGE,
)  # fmt: skip
declare(
    "TOOL_NOT_ASSIGNED", zh="工序 {stepNo} 需要 {min} 个夹具（{types}），尚未分配。",
    en="Step {stepNo} needs {min} fixtures ({types}); they are not assigned.",
    todo_zh="请在工具页面将夹具分配给本批次。", todo_en="Assign fixtures to this run on the page of tools.", page="/tools",
)  # fmt: skip
