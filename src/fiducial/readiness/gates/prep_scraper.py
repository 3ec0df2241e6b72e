"""PREP_SCRAPER (刮刀): every squeegee in use was checked, has the length that is asked for, and its life lasts (spec 03.6, 10.4.6)."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.forms.reading import RecordRow
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.checklist_state import said_of
from fiducial.readiness.items import Case, Failed, Item
from fiducial.readiness.papers import in_use, made_of
from fiducial.readiness.printing import does_not_print, out_of_use_item
from fiducial.readiness.worn import FAIL, fresh_or_stale, life_item, prints_of_run, record_evidence
from fiducial.tooling.reading import find_tool


class PrepScraperGate:
    """One item for each squeegee, key its code; none recorded: key line."""

    type = "PREP_SCRAPER"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the newest record of each squeegee: of the run, else of the line."""
        if skipped := does_not_print(case):
            return skipped
        rows = in_use(tx, case, "squeegee", "squeegee_id")
        if not rows:
            return [Failed(key=case.line.code, cause="SQUEEGEE_RECORD_MISSING", evidence=case.about)]
        said = said_of(tx, case.run.id).get("SQUEEGEE")
        length = said.number if said is not None and said.needed is not False else None
        return [self._judge(tx, case, row, length) for row in rows]

    @staticmethod
    def _judge(tx: Tx, case: Case, row: RecordRow, length: float | None) -> Item:
        key, tool = row.squeegee_id, find_tool(tx, row.squeegee_id)
        evidence = case.about | record_evidence(row, run_id=case.run.id) | {"toolCode": key, "squeegeeId": key}
        if row.result == FAIL:
            return Failed(key=key, cause="SQUEEGEE_CHECK_FAILED", fingerprint=(key, row.id), evidence=evidence)
        if tool is None:
            return Failed(
                key=key, cause="TOOL_NOT_USABLE", fingerprint=(key,), evidence=evidence | {"reason": "UNKNOWN"}
            )
        if length is not None and tool.length_mm != length:
            other = evidence | {"lengthMm": tool.length_mm, "wantedMm": length}
            return Failed(key=key, cause="SQUEEGEE_WRONG_SPEC", fingerprint=(key, row.id, length), evidence=other)
        return (
            life_item(case, tool, prints_of_run(tx, case), evidence)
            or out_of_use_item(tx, case, tool)
            or fresh_or_stale(case, key, row.happened_at, evidence, row.id, made=made_of(row))
        )


_PAGE = "/squeegee-usage-records"
declare(
    "SQUEEGEE_RECORD_MISSING", zh="产线 {lineCode} 没有刮刀点检记录。", en="No squeegee was checked for line {lineCode}.",
    todo_zh="请点检刮刀并录入。", todo_en="Check the squeegee and record it.", page=_PAGE,
)  # fmt: skip
declare(
    "SQUEEGEE_CHECK_FAILED", zh="刮刀 {squeegeeId} 点检不合格：{failed}。", en="Squeegee {squeegeeId} failed its check: {failed}.",
    todo_zh="请更换刮刀并点检。", todo_en="Take another squeegee and check it.", page=_PAGE,
)  # fmt: skip
declare(
    "SQUEEGEE_WRONG_SPEC", zh="刮刀 {squeegeeId} 长 {lengthMm} mm，转拉前检查要求 {wantedMm} mm。",
    en="Squeegee {squeegeeId} is {lengthMm} mm long; the pre-changeover list asks for {wantedMm} mm.",
    todo_zh="请更换为要求长度的刮刀并点检。", todo_en="Take one of the length that is asked for, and check it.", page=_PAGE,
)  # fmt: skip
