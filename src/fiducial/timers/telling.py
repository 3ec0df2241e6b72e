"""What time rules tell: readiness when a clock changed, the plant when one is nearly or wholly over (spec 03.8, 04.9, 09.6)."""

from __future__ import annotations

from typing import Any

from fiducial.kit.tx import Tx
from fiducial.timers import ports
from fiducial.timers.reading import PASTE


def changed(tx: Tx, clock: Any) -> None:
    """Announce READINESS_INPUT_CHANGED for the run of a clock, or for the lines its paste is bound to."""
    if clock.run_id is not None and clock.entity_type != PASTE:
        tx.emit("READINESS_INPUT_CHANGED", clock.run_id, runId=clock.run_id, gates=["TIME_RULE"])
    if clock.entity_type == PASTE:
        for line_id in sorted(
            {*ports.paste().lines_of_lot(tx, clock.entity_id), *([clock.line_id] if clock.line_id else [])}
        ):
            tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=["TIME_RULE"])


def expired(tx: Tx, clock: Any) -> None:
    """Announce that the time is over: TIME_RULE_EXPIRED, once for each clock."""
    tx.emit("TIME_RULE_EXPIRED", clock.id, **_about(clock, tx.now))
    changed(tx, clock)


def warned(tx: Tx, clock: Any) -> None:
    """Announce that the time is nearly over: TIME_RULE_WARNING, once for each clock."""
    tx.emit("TIME_RULE_WARNING", clock.id, **_about(clock, tx.now))


def _about(clock: Any, now: int) -> dict[str, Any]:
    unit_or_jar = clock.entity_display
    return {
        "ruleName": clock.definition["name"], "subject": unit_or_jar, "minutes": max(0, (clock.expires_at - now) // 60_000),
        "code": clock.definition_code, "entity": clock.entity_display, "entityType": clock.entity_type, "runId": clock.run_id,
        "lineId": clock.line_id, "expiresAt": clock.expires_at,
    }  # fmt: skip
