"""What quality warns of (spec 00.2): something to know that stops nothing."""

from __future__ import annotations

from typing import Any

from fiducial.execution.answers import Warned

_SAID = {
    "IPQC_DUE": (
        "检验点 {checkpointCode} 的段首件 {sampleSn} 待检验，请通知质量。",
        "The first piece {sampleSn} of point {checkpointCode} waits for quality; tell them.",
    ),
    "DEFECT_CODE_UNKNOWN": (
        "不良代码 {defectCode} 不在主数据中，已按原样保存。",
        "The defect code {defectCode} is not in the master; it was kept as it is.",
    ),
    "LINE_USED_BY_OTHER_RUN": (
        "产线自上次过站后已生产其他批次 {runNos}，请重新核对上料和工装。",
        "The line has made other runs since ({runNos}); check loading and tools again.",
    ),
}


def warned(code: str, language: str, **details: Any) -> Warned:
    """Give a warning in the reader's language."""
    zh, en = _SAID[code]
    told = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value or "–" for name, value in details.items()
    }
    return {"code": code, "message": (en if language == "en" else zh).format(**told), "details": details}
