"""The states and results of loading, and the warnings that stand in its answers (spec 04)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit.tx import Tx

PENDING, LOADED, MISMATCH = "PENDING", "LOADED", "MISMATCH"  # of an expectation
UNLOADED, REPLACED, REJECTED = "UNLOADED", "REPLACED", "REJECTED"  # and LOADED, of a record
PASS, WARNING, FAIL = "PASS", "WARNING", "FAIL"
LOAD, REPLACE = "LOAD", "REPLACE"
REQUIRED, EMPTY = "REQUIRED", "EMPTY"
MATERIAL_MISMATCH = "MATERIAL_MISMATCH"
TAKEN_OVER, RUN_ENDED, TABLE_RELOADED = "TAKEN_OVER", "RUN_ENDED", "TABLE_RELOADED"
MOUNT = "MOUNT"
WRONG_SCANS_LOCK = 3
GOOD = (PASS, WARNING)

_SAID = {
    "FIELD_IGNORED": ("字段 {field} 已忽略：复核请用账号进行。", "The field {field} was ignored: a review is made by account."),
    "SLOT_TAKEN_FROM_RUN": (
        "该站位上批次 {runNo} 的料盘 {materialCode} {lotNo} 已视为取下。",
        "The reel {materialCode} {lotNo} of run {runNo} was on this slot and counts as taken off.",
    ),
    "MATERIAL_UNKNOWN": ("物料 {materialCode} 不在物料主数据中。", "The material {materialCode} is not in the master data."),
    "MATERIAL_NOT_IN_BOM": (
        "物料 {materialCode} 不在产品 {productCode} 的物料清单中。",
        "The material {materialCode} is not in the BOM of {productCode}.",
    ),
    "BOM_PART_WITHOUT_SLOT": ("物料清单中的 {materialCode} 没有站位。", "{materialCode} of the BOM is on no slot."),
    "FIRST_UNIT_DUE": ("换料后的第一块板尚未扫描：站位 {slots}。", "The first board after a reel change is not scanned yet: slots {slots}."),
    "MSL_BAKE_NOT_SUFFICIENT": ("烘烤未达到该等级的要求，车间寿命未重置。", "The bake did not reach what the level asks; the clock was not reset."),
}  # fmt: skip


class Warned(TypedDict):
    """Something to know that stops nothing."""

    code: str
    message: str
    details: dict[str, Any]


def warning(tx: Tx, code: str, **details: Any) -> Warned:
    """Give a warning in the caller's language."""
    zh, en = _SAID[code]
    shown = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in details.items()}
    return {"code": code, "message": (en if tx.caller.language == "en" else zh).format(**shown), "details": details}


def announce_input(tx: Tx, run_id: int) -> None:
    """Announce that what the gate LOADING judges of a run has changed (spec 03.8)."""
    tx.emit("READINESS_INPUT_CHANGED", run_id, runId=run_id, gates=["LOADING"])


def announce_line(tx: Tx, line_id: int) -> None:
    """Announce that what the gate LOADING judges of a line's runs has changed."""
    tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=["LOADING"])
