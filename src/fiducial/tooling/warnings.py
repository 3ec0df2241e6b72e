"""What tooling warns of; a warning stops nothing (spec 00.2)."""

from __future__ import annotations

from typing import Any

from fiducial.execution.answers import Warned
from fiducial.kit.tx import Tx

_SAID = {
    "EQUIPMENT_STATUS_UNKNOWN": (
        "工位 {stationCode} 的设备状态未知：没有任何状态记录。",
        "Nothing is known of the state of the equipment at station {stationCode}.",
    ),
    "TOOL_LIFE_80": (
        "工具 {toolCode} 寿命已用 {percent} %（{count} / {limit}），请准备更换。",
        "Tool {toolCode} has used {percent} % of its life ({count} of {limit}); prepare another.",
    ),
    "TOOL_CALIBRATION_DUE": (
        "工具 {toolCode} 的校准将于 {dueAt} 到期。",
        "The calibration of tool {toolCode} is due at {dueAt}.",
    ),
    "TOOL_CREATED": (
        "工具台账中没有钢网 {toolCode}，已自动建立，请补全资料。",
        "Stencil {toolCode} was not in the register and was put there; complete its data.",
    ),
    "TENSION_LOW": (
        "钢网 {toolCode} 张力 {tensionValue} N/cm 不高于下限 {minTension} N/cm。",
        "The tension of stencil {toolCode}, {tensionValue} N/cm, is not above its minimum of {minTension} N/cm.",
    ),
    "PASTE_EXPIRED": (
        "锡膏 {lotId} 已于 {expiresAt} 过期。", "Solder paste {lotId} expired at {expiresAt}.",
    ),
}  # fmt: skip


def warned(tx: Tx, code: str, **details: Any) -> Warned:
    """Give a warning in the caller's language."""
    zh, en = _SAID[code]
    text = en if tx.caller.language == "en" else zh
    return Warned(code=code, message=text.format(**details), details=details)
