"""Warnings that stand in the data of a success and stop nothing (spec 00.2, 02.3)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit.tx import Tx

_SAID = {
    "ROUTE_NEEDS_COMPILE": (
        "工艺路线 {routingCode} 在最新版本之后有改动，将使用旧版本；如需生效请工程师编译。",
        "Routing {routingCode} changed after its latest version, which is used; have it compiled if the change is meant to count.",
    ),
    "PICK_INCOMPLETE": (
        "工单 {woNo} 领料未完成或状态未知，请确认物料。",
        "The material of work order {woNo} is not picked, or that is unknown; see to it.",
    ),
}


class Said(TypedDict):
    """One warning on the wire."""

    code: str
    message: str
    details: dict[str, Any]


def warning(tx: Tx, code: str, **details: Any) -> Said:
    """Give a warning in the caller's language."""
    zh, en = _SAID[code]
    text = en if tx.caller.language == "en" else zh
    return {"code": code, "message": text.format(**details), "details": details}
