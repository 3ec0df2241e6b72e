"""The words of a trace in both languages: flags and timeline entries are told to whoever asks, in their language."""

from __future__ import annotations

from typing import Any

FLAGS: dict[str, tuple[str, str]] = {
    "MANUAL_FALLBACK": ("设备工步由人工过站", "A machine's step was tracked by a person"),
    "MANUAL_VALUE": ("自动采集项由人工录入：{name}", "An automatic item was entered by hand: {name}"),
    "FORCED_FAIL": ("判定合格被强制改为不合格：{reference}", "A PASS was turned into FAIL: {reference}"),
    "FAI_TRIAL": ("首件试产", "Made in a first-article trial"),
    "ALARM": ("采集值报警：{name} = {value}", "A value alarmed: {name} = {value}"),
}
REASONS: dict[str, tuple[str, str]] = {
    "NO_LOTS": ("没有物料批次记录", "No material lots are recorded"),
    "NO_TRACKS": ("尚无过站记录", "It has not been tracked yet"),
    "NO_KEY_ITEMS": ("已完成的工步没有关键采集项", "The steps done collect no key items"),
    "KEY_MISSING": ("缺少关键采集值：{names}", "Key values are missing: {names}"),
    "MANUAL_VALUES": ("自动采集的数据不足九成", "Fewer than 90 % of the values were collected automatically"),
}
HAPPENED: dict[str, tuple[str, str]] = {
    "CREATED": ("单件建立", "Unit created"),
    "RUN": ("加入批次 {runNo}", "Joined run {runNo}"),
    "READINESS_PASSED": ("产线准备检查通过", "Readiness check passed"),
    "READINESS_FAILED": ("产线准备检查未通过", "Readiness check failed"),
    "AUTHORIZED": ("批次授权", "Run authorised"),
    "TRACK_IN": ("进站 {stepNo} {operation}", "In at {stepNo} {operation}"),
    "TRACK_IN_VOID": ("进站已作废 {stepNo} {operation}", "Scan taken back at {stepNo} {operation}"),
    "TRACK_OUT": ("出站 {stepNo} {operation}：{result}", "Out of {stepNo} {operation}: {result}"),
    "DATA": ("采集 {name} = {value}", "{name} = {value}"),
    "DEFECT": ("不良 {code} {name}", "Defect {code} {name}"),
    "HOLD": ("隔离", "Held"),
    "RELEASE": ("解除隔离", "Released"),
    "DONE": ("完工", "Done"),
    "SCRAPPED": ("报废", "Scrapped"),
}


ANSWERS: dict[str, tuple[str, str]] = {
    "True": ("是", "yes"), "False": ("否", "no"), "PASS": ("通过", "PASS"), "FAIL": ("不通过", "FAIL"),
}  # fmt: skip


def answer(value: object, language: str) -> str:
    """Give a value as people say it: yes and no, passed and failed in words, 14 for 14.0, anything else as it is."""
    said = isinstance(value, bool) or value in ("PASS", "FAIL")
    if said:
        return say(ANSWERS, str(value), language)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def say(words: dict[str, tuple[str, str]], code: str, language: str, /, **facts: Any) -> str:
    """Give a sentence in a language."""
    zh, en = words[code]
    return (en if language == "en" else zh).format(**facts).strip()
