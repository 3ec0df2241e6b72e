"""The two standard rules (spec 04.9): seeded, and the plant's to change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.timers.tables import rules

SEED: tuple[dict[str, Any], ...] = (
    {
        "code": "SOLDER_PASTE_24H", "name": "锡膏暴露 24 小时", "rule_type": "SOLDER_PASTE_EXPOSURE",
        "description": "锡膏发出后 24 小时内用完或回冷藏；多次发出累计。",
        "duration_minutes": 1440, "warning_minutes": 120,
        "start_event": "SOLDER_PASTE_USAGE_CREATE", "start_condition": {}, "end_event": "SOLDER_PASTE_USAGE_UNBIND", "end_condition": {},
        "requires_wash_step": False, "cumulative": True, "restart": "FIRST",
    },
    {
        "code": "POST_REFLOW_WASH_4H", "name": "回流后 4 小时内清洗", "rule_type": "WASH_TIME_LIMIT",
        "description": "回流（或 AOI）合格出站后 4 小时内进入清洗。",
        "duration_minutes": 240, "warning_minutes": 30,
        "start_event": "TRACK_OUT", "start_condition": {"processKinds": ["REFLOW", "AOI"], "result": "PASS"},
        "end_event": "TRACK_IN", "end_condition": {"processKinds": ["WASH"]},
        "requires_wash_step": True, "cumulative": False, "restart": "FIRST",
    },
)  # fmt: skip


@action(audit="TIME_RULE_CREATE", entity="TIME_RULE", internal_only=True)
def seed_rules(tx: Tx) -> int:
    """Make the standard rules when the plant has no rule yet; give how many were made. One that was deleted does not come back."""
    tx.unrecorded()
    if tx.first(select(rules.c.id).limit(1)) is not None:
        return 0
    common = {
        "scope": "GLOBAL", "scope_value": None, "is_waivable": True, "is_active": True, "priority": 0, "created_at": tx.now,
        "updated_at": tx.now,
    }  # fmt: skip
    tx.run(
        insert(rules), [{"id": tx.new_id(), "code_folded": seed["code"].casefold(), **common, **seed} for seed in SEED]
    )
    for seed in SEED:
        tx.record(seed["code"])
    return len(SEED)
