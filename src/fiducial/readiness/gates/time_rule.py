"""TIME_RULE (时间规则): no clock that concerns the run has run out (spec 03.6, 04.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, NotApplicable, Passed, WaivedElsewhere
from fiducial.timers.reading import clocks_of_run, is_over
from fiducial.timers.states import WAIVED

CAUSE = "TIME_RULE_EXPIRED"


class TimeRuleGate:
    """One item for each clock of the run and of the paste bound to its line, key `{ruleCode}:{entityDisplay}`."""

    type = "TIME_RULE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the clocks; one past its end counts as expired also before the sweep has come."""
        found = clocks_of_run(tx, case.run.id, case.line.id)
        if not found:
            return [NotApplicable(key=case.run.run_no, why="NO_CLOCK_RUNS", evidence=case.about)]
        return [self._judge(tx, case, row) for row in found]

    @staticmethod
    def _judge(tx: Tx, case: Case, row: Any) -> Item:
        key = f"{row.definition_code}:{row.entity_display}"
        evidence = case.about | {
            "recordId": ids.to_wire(row.id), "ruleCode": row.definition_code, "ruleName": row.definition.get("name"),
            "entityType": row.entity_type, "entity": row.entity_display, "evidenceAt": clock.to_wire(row.started_at),
            "expiresAt": clock.to_wire(row.expires_at), "actorId": ids.wire_or_none(row.started_by), "actorName": row.started_by_name,
        }  # fmt: skip
        if row.status == WAIVED:
            return WaivedElsewhere(
                key=key, cause=CAUSE, by=ids.wire_or_none(row.waived_by), by_name=row.waived_by_name,
                at=clock.to_wire(row.waived_at), reason=row.waive_reason, evidence=evidence,
            )  # fmt: skip
        if is_over(tx, row):
            may = bool(row.definition.get("isWaivable", True))
            return Failed(key=key, cause=CAUSE, fingerprint=(row.id,), evidence=evidence, waivable=may)
        return Passed(key=key, evidence=evidence, until=row.expires_at)


declare(
    CAUSE, zh="{ruleName}（{ruleCode}）：{entity} 已于 {expiresAt} 超时。",
    en="{ruleName} ({ruleCode}): the time of {entity} was over at {expiresAt}.",
    todo_zh="请更换物料或停止使用；确需使用时由质量豁免该时间规则。",
    todo_en="Take other material or do not use it; if it must be used, quality waives the clock.", page="/time-rules",
)  # fmt: skip
