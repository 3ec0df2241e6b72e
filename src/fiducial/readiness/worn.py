"""What the gates of preparation records share: how old a record is, whether a tool's life lasts, who recorded it (spec 03.6, 03.11)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fiducial.forms.reading import RecordRow, reasons_of
from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, Passed
from fiducial.tooling.counting import panel_size
from fiducial.tooling.reading import ToolRow, life_would_last, total_count

FAIL = "FAIL"


def record_evidence(row: RecordRow, *, run_id: int, at: int | None = None) -> dict[str, Any]:
    """Give what a record says as evidence: number, time, who made it, and how it was matched to the run."""
    matched = "RUN" if row.run_id == run_id else "LINE" if row.line_id is not None else "TOOL"
    failed = [reason.get("field") or reason.get("code") for reason in reasons_of(row)]
    return {
        "source": "AUTO" if row.source == "AUTO" else "SYSTEM", "recordId": ids.to_wire(row.id), "recordNo": row.record_no,
        "evidenceAt": clock.to_wire(at if at is not None else row.happened_at), "matchedBy": matched,
        "actorId": ids.wire_or_none(row.recorded_by), "actorName": row.recorded_by_name, "failedChecks": failed,
        "failed": ", ".join(str(name) for name in failed),
    }  # fmt: skip


def fresh_or_stale(
    case: Case,
    key: str,
    at: int,
    evidence: Mapping[str, Any],
    record_id: int,
    *,
    made: int | None = None,
    until: int | None = None,
) -> Item:
    """Give the last answer of a gate whose record is otherwise good: passed until it is too old, or RECORD_STALE.

    `made` is the key of the record when it was made at that instant, not earlier.
    """
    ends = case.age_ends(at, made=made)
    said = {**evidence, "expiresAt": clock.to_wire(ends)}
    if ends <= case.now:
        return Failed(key=key, cause="RECORD_STALE", fingerprint=(record_id,), evidence=said)
    return Passed(key=key, evidence=said, until=ends if until is None else min(ends, until))


def life_item(case: Case, tool: ToolRow, more: int, evidence: Mapping[str, Any]) -> Failed | None:
    """Give the failure of a tool whose life is used up, or would not last for `more` prints or uses; None when it lasts."""
    count, limit = total_count(tool), int(tool.life_limit)
    said = {**evidence, "toolCode": tool.code, "count": count, "limit": limit, "needed": more}
    if count >= limit:
        return Failed(key=tool.code, cause="TOOL_LIFE_EXCEEDED", fingerprint=(tool.code, limit), evidence=said)
    if case.settings["lifeMustCoverRun"] and not life_would_last(tool, more):
        return Failed(key=tool.code, cause="TOOL_LIFE_INSUFFICIENT", fingerprint=(tool.code, limit), evidence=said)
    return None


def prints_of_run(tx: Tx, case: Case) -> int:
    """Give how many prints the run will take: panels, rounded up."""
    return math.ceil(int(case.run.plan_qty) / panel_size(tx, case.product_code))


declare(
    "RECORD_STALE", zh="记录 {recordNo} 已过期（{evidenceAt}）。", en="Record {recordNo} is too old ({evidenceAt}).",
    todo_zh="请重新点检并录入。", todo_en="Check it again and record it.",
)  # fmt: skip
declare(
    "TOOL_LIFE_EXCEEDED", zh="{toolCode} 累计 {count}，已达寿命 {limit}。", en="{toolCode} has reached its life: {count} of {limit}.",
    todo_zh="请更换工具。", todo_en="Take another tool.", page="/tools/{toolCode}",
)  # fmt: skip
declare(
    "TOOL_LIFE_INSUFFICIENT", zh="{toolCode} 累计 {count}，寿命 {limit}，不够本批次的 {needed} 次。",
    en="{toolCode} stands at {count} of {limit}; this run needs {needed} more.",
    todo_zh="请更换寿命足够的工具。", todo_en="Take a tool whose life lasts.", page="/tools/{toolCode}",
)  # fmt: skip
