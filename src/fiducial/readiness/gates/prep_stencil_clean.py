"""PREP_STENCIL_CLEAN (钢网清洗): the stencil on the line was cleaned, and nothing else was printed with it since (spec 03.6, 10.4.5)."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item
from fiducial.readiness.papers import made_of, newest, used_elsewhere_since
from fiducial.readiness.printing import does_not_print, not_bound
from fiducial.readiness.worn import fresh_or_stale, record_evidence
from fiducial.tooling.reading import bound_stencil, last_use_by_others


class PrepStencilCleanGate:
    """One item, key stencil; none bound: key line."""

    type = "PREP_STENCIL_CLEAN"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the newest good cleaning of the bound stencil."""
        if skipped := does_not_print(case):
            return skipped
        tool = bound_stencil(tx, case.line.id)
        if tool is None:
            return [not_bound(case, "STENCIL_NOT_BOUND")]
        key, evidence = tool.code, case.about | {"toolCode": tool.code, "stencilId": tool.code}
        record = newest(tx, "stencil_clean", stencil_id=key, result="PASS")
        if record is None:
            return [Failed(key=key, cause="STENCIL_CLEAN_MISSING", fingerprint=(key,), evidence=evidence)]
        evidence |= record_evidence(record, run_id=case.run.id) | {"matchedBy": "TOOL"}
        cleaned = case.seen(record.happened_at, made=made_of(record))
        recorded, printed = used_elsewhere_since(tx, case, key, cleaned), last_use_by_others(tx, tool, case.run.id)
        used = max(filter(None, (recorded, printed)), default=None)
        if used is not None and used > cleaned:
            said = evidence | {"usedAt": clock.to_wire(used)}
            return [Failed(key=key, cause="STENCIL_USED_SINCE_CLEAN", fingerprint=(key, record.id), evidence=said)]
        return [fresh_or_stale(case, key, record.happened_at, evidence, record.id, made=made_of(record))]


_PAGE = "/stencil-cleaning-records"
declare(
    "STENCIL_CLEAN_MISSING", zh="钢网 {stencilId} 没有合格的清洗记录。", en="There is no good cleaning of stencil {stencilId}.",
    todo_zh="请清洗钢网并录入。", todo_en="Clean the stencil and record it.", page=_PAGE,
)  # fmt: skip
declare(
    "STENCIL_USED_SINCE_CLEAN", zh="钢网 {stencilId} 清洗（{evidenceAt}）后已用于其他批次（{usedAt}）。",
    en="Stencil {stencilId} was used for another run ({usedAt}) since it was cleaned ({evidenceAt}).",
    todo_zh="请重新清洗并录入。", todo_en="Clean it again and record it.", page=_PAGE,
)  # fmt: skip
