"""What a machine's own counter says of a tool (spec 03.11): compared with ours, told when they differ, and never taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, update

from fiducial.kit.refusals import Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.tooling.reading import ToolRow, find_tool, total_count
from fiducial.tooling.tables import tools

LARGEST_DIFFERENCE = 0.02
AGAIN_MS = 24 * 3_600_000
FIELD = "toolCounts"
MOST = 200
NO_COUNTS = Said(
    zh="应为 {工具编码: 次数}，次数为非负整数", en="must be {tool code: count} with whole counts of 0 or more"
)


def counts_of(meta: Mapping[str, Any] | None) -> Mapping[str, int]:
    """Give the counters that device data carry in `meta.toolCounts`, by tool code. Refuses VALIDATION_ERROR for anything but whole numbers."""
    said = (meta or {}).get(FIELD)
    if said is None:
        return {}
    if not isinstance(said, dict) or len(said) > MOST or not all(_is_count(value) for value in said.values()):
        raise bad_field(f"meta.{FIELD}", NO_COUNTS)
    return {str(code): int(count) for code, count in said.items()}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000_000


def compare_counts(tx: Tx, counts: Mapping[str, int]) -> None:
    """Compare each tool that the register knows; a code that it does not know is nobody's count."""
    for code, count in sorted(counts.items()):
        tool = find_tool(tx, code)
        if tool is not None:
            compare_with_machine(tx, tool, count)


def compare_with_machine(tx: Tx, tool: ToolRow, machine_count: int) -> bool:
    """Compare a machine's own counter with ours and tell when they differ by more than 2 % (TOOL_COUNT_DIFFERS, spec 03.11).

    Ours stays as it is: only tracks and records count. People are told of a tool once a day. Give whether they were told.
    """
    count = total_count(tool)
    if abs(machine_count - count) <= LARGEST_DIFFERENCE * max(count, machine_count):
        return False
    due = or_(tools.c.count_told_at.is_(None), tools.c.count_told_at <= tx.now - AGAIN_MS)
    if tx.run(update(tools).where(tools.c.id == tool.id, due).values(count_told_at=tx.now)) != 1:
        return False
    tx.emit("TOOL_COUNT_DIFFERS", tool.id, toolCode=tool.code, count=count, machineCount=machine_count)
    return True
