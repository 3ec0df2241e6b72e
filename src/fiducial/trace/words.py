"""The words of a trace in both languages: flags and timeline entries are told to whoever asks, in their language."""

from __future__ import annotations

from typing import Any

FLAGS: dict[str, tuple[str, str]] = {
    "MANUAL_FALLBACK": ("设备工步由人工过站", "A machine's step was tracked by a person"),
    "MANUAL_VALUE": ("自动采集项由人工录入：{name}", "An automatic item was entered by hand: {name}"),
    "FORCED_FAIL": ("判定合格被强制改为不合格：{reference}", "A PASS was turned into FAIL: {reference}"),
    "FAI_TRIAL": ("首件试产", "Made in a first-article trial"),
    "WAIVED": ("产线准备项被豁免：{what}（{by}）", "A readiness item was waived: {what} ({by})"),
    "MANUAL_EVIDENCE": ("产线准备依据为人工录入：{what}", "Readiness rests on what a person entered: {what}"),
    "FAI_NO_TRIAL": ("首件未经试产", "The first article was passed without a trial"),
    "FAI_WAIVED": ("返工批次 {runNo} 的首件由评审豁免", "The MRB waived the first article of rework run {runNo}"),
    "OVERRULED": ("设备判定不合格被复判为合格：{kind}", "A machine's FAIL was overruled: {kind}"),
    "MANUAL_RESULT": ("{kind} 结果为人工录入", "The {kind} result was entered by hand"),
    "TABLE_UNVERIFIED": ("抽样表 {edition} 未经核对", "The sampling table {edition} was not verified"),
    "TIME_RULE_WAIVED": ("时间规则被豁免：{rule}", "A time rule was waived: {rule}"),
    "TIME_RULE_EXPIRED": ("超出时间规则：{rule}", "A time rule was exceeded: {rule}"),
    "LATE_ENTRY": ("补录的记录：{what}", "A record was entered late: {what}"),
    "KEY_PART_MISSING": ("缺少关键件：{what}", "A key part is missing: {what}"),
    "ALARM": ("采集值报警：{name} = {value}", "A value alarmed: {name} = {value}"),
}
REASONS: dict[str, tuple[str, str]] = {
    "NO_LOTS": ("没有物料批次记录", "No material lots are recorded"),
    "LISTED_LOTS": ("物料批次只在批次清单上登记", "Lots are known from the run's list alone"),
    "POSSIBLE_REELS": ("换料时的归属不确定", "A reel was changed while the unit was placed"),
    "NO_POSITIONS": ("并非每个物料都有唯一批次", "Not every material of the BOM has exactly one lot"),
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
    "WAIVER": ("豁免 {what}", "{what} was waived"),
    "REVOKED": ("授权被撤销", "Authorisation revoked"),
    "LOADED": ("上料 {slot}：{material} {lot}", "Reel on {slot}: {material} {lot}"),
    "PART": ("装入 {material} {lot}", "Part placed: {material} {lot}"),
    "INSPECTION_BEGAN": ("{type} 检验开始", "{type} began"),
    "INSPECTION_DECIDED": ("{type} 检验：{result}", "{type}: {result}"),
    "INSPECTION_CANCELLED": ("{type} 检验已取消", "{type} was cancelled"),
    "SIGNED": ("{type} 签署：{meaning}", "{type} signed: {meaning}"),
    "DISPOSITION": ("不良处置 {no}：{decision}", "Decision on {no}: {decision}"),
    "REPAIRED": ("维修：{action}", "Repaired: {action}"),
    "RETURNED": ("返修完成", "Rework done"),
    "MRB": ("评审 {runNo}：{decision}", "MRB on {runNo}: {decision}"),
    "CLOCK_BEGAN": ("时间规则 {code} 开始计时", "Time rule {code} began"),
    "CLOCK_ENDED": ("时间规则 {code} 按时结束", "Time rule {code} ended in time"),
    "CLOCK_EXPIRED": ("时间规则 {code} 超时", "Time rule {code} ran out"),
    "CLOCK_WAIVED": ("时间规则 {code} 被豁免", "Time rule {code} was waived"),
    "TOOL": ("使用 {what} {code}", "{what} {code} was used"),
    "EXCEPTION": ("生产异常 {no}", "Production exception {no}"),
    "MACHINE": ("{what} 判定：{result}", "{what} said {result}"),
    "DONE": ("完工", "Done"),
    "SCRAPPED": ("报废", "Scrapped"),
}


ANSWERS: dict[str, tuple[str, str]] = {
    "True": ("是", "yes"), "False": ("否", "no"), "PASS": ("通过", "PASS"), "FAIL": ("不通过", "FAIL"), "CANCELLED": ("取消", "cancelled"),
    "REWORK": ("返修", "rework"), "SCRAP": ("报废", "scrap"), "HOLD": ("隔离", "hold"), "RELEASE": ("放行", "release"),
    "STENCIL": ("钢网", "Stencil"), "SQUEEGEE": ("刮刀", "Squeegee"), "FIXTURE": ("夹具", "Fixture"),
}  # fmt: skip


def answer(value: object, language: str) -> str:
    """Give a value as people say it: yes and no, passed and failed in words, 14 for 14.0, anything else as it is."""
    if str(value) in ANSWERS and isinstance(value, bool | str):
        return say(ANSWERS, str(value), language)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def say(words: dict[str, tuple[str, str]], code: str, language: str, /, **facts: Any) -> str:
    """Give a sentence in a language."""
    zh, en = words[code]
    return (en if language == "en" else zh).format(**facts).strip()
