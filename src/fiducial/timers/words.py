"""What time rules say at a station."""

from __future__ import annotations

from typing import Any

from fiducial.execution.answers import Warned
from fiducial.kit import clock
from fiducial.kit.tx import Tx


def warned(tx: Tx, row: Any) -> Warned:
    """Give the warning TIME_RULE_EXPIRED in the caller's language; it stops nothing."""
    details = {
        "definitionCode": row.definition_code,
        "entity": row.entity_display,
        "expiresAt": clock.to_wire(row.expires_at),
    }
    said = (
        "Time rule {definitionCode} of {entity} was over at {expiresAt}; tell the leader or quality."
        if tx.caller.language == "en" else "{entity} 的时间规则 {definitionCode} 已于 {expiresAt} 超时，请告知组长或质量。"
    )  # fmt: skip
    return Warned(code="TIME_RULE_EXPIRED", message=said.format(**details), details=details)
