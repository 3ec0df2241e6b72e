"""PREP_STENCIL_USAGE (钢网使用点检): the stencil on the line was checked, and its life lasts for the run (spec 03.6, 10.4.4)."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item
from fiducial.readiness.papers import made_of, newest_for_run
from fiducial.readiness.printing import does_not_print, not_bound, out_of_use_item
from fiducial.readiness.worn import FAIL, fresh_or_stale, life_item, prints_of_run, record_evidence
from fiducial.tooling.reading import bound_stencil, total_count


class PrepStencilUsageGate:
    """One item, key stencil; none bound: key line."""

    type = "PREP_STENCIL_USAGE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the newest check of the bound stencil: of the run, else of the line, else of neither."""
        if skipped := does_not_print(case):
            return skipped
        tool = bound_stencil(tx, case.line.id)
        if tool is None:
            return [not_bound(case, "STENCIL_NOT_BOUND")]
        key = tool.code
        evidence = case.about | {
            "toolCode": key,
            "stencilId": key,
            "count": total_count(tool),
            "limit": tool.life_limit,
        }
        record = newest_for_run(tx, "stencil_usage", case.run, placeless=True, stencil_id=key)
        if record is None:
            return [Failed(key=key, cause="STENCIL_USAGE_MISSING", fingerprint=(key,), evidence=evidence)]
        evidence |= record_evidence(record, run_id=case.run.id)
        if record.result == FAIL:
            return [Failed(key=key, cause="STENCIL_CHECK_FAILED", fingerprint=(record.id,), evidence=evidence)]
        return [
            life_item(case, tool, prints_of_run(tx, case), evidence)
            or out_of_use_item(tx, case, tool)
            or fresh_or_stale(case, key, record.happened_at, evidence, record.id, made=made_of(record))
        ]


_PAGE = "/stencil-usage-records"
declare(
    "STENCIL_USAGE_MISSING", zh="钢网 {stencilId} 没有点检记录。", en="Stencil {stencilId} was not checked.",
    todo_zh="请点检钢网并录入。", todo_en="Check the stencil and record it.", page=_PAGE,
)  # fmt: skip
declare(
    "STENCIL_CHECK_FAILED", zh="钢网 {stencilId} 点检不合格：{failed}。", en="Stencil {stencilId} failed its check: {failed}.",
    todo_zh="请更换钢网；维修放行后重新点检。", todo_en="Take another; after its repair and release check it again.", page=_PAGE,
)  # fmt: skip
