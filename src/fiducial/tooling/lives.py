"""The lives of a tool: one ends by replacement, the next begins at 0, the old ones stay readable (spec 03.11)."""

from __future__ import annotations

from sqlalchemy import insert, update

from fiducial.kit.tx import Tx
from fiducial.tooling.reading import ACTIVE, BLOCKED, ToolRow, tool_to_change
from fiducial.tooling.tables import tool_lives, tools
from fiducial.tooling.telling import tell_of_tool

ENDED_BY_LIFE = "LIFE_REACHED"


def new_life(tx: Tx, tool: ToolRow, reason: str) -> ToolRow:
    """End the present life and begin the next with count 0. Give the tool as it is then.

    A tool that was blocked because its life was used up is given free by it; one that was blocked for another cause stays blocked.
    """
    now_is = tool_to_change(tx, tool.code)
    tx.run(
        insert(tool_lives).values(
            id=tx.new_id(), tool_id=now_is.id, life_no=now_is.life_no, started_at=now_is.life_started_at, ended_at=tx.now,
            count_base=now_is.count_base, used=now_is.used, life_limit=now_is.life_limit, reason=reason, ended_by=tx.actor.id,
            ended_by_name=tx.actor.name,
        )
    )  # fmt: skip
    changed = {
        "count_base": 0, "used": 0, "life_no": now_is.life_no + 1, "life_started_at": tx.now, "last_cleaned_at": None,
        "end_told_at": None, "updated_at": tx.now,
    }  # fmt: skip
    if now_is.status == BLOCKED and now_is.status_reason == ENDED_BY_LIFE:
        changed |= {"status": ACTIVE, "status_reason": None}
    tx.run(update(tools).where(tools.c.id == now_is.id).values(changed))
    tell_of_tool(tx, now_is)
    return tool_to_change(tx, tool.code)
