"""Refusals of forms (spec 10.2, 10.4, 06.13)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals
from fiducial.loading import refusals as _of_loading  # noqa: F401 - ALREADY_CONFIRMED is declared there

refusals.missing("RECORD", zh="记录 {recordId}", en="Record {recordId}")
refusals.missing("EXCEPTION", zh="生产异常 {exceptionId}", en="Production exception {exceptionId}")
refusals.missing("FORM", zh="表单 {key}", en="Form {key}")
refusals.declare(
    "FORM_DISABLED", 409, zh="表单“{form}”现在不接受人工录入或已停用。", en="The form “{form}” is switched off, or is not filled in by people.",
    todo_zh="如需录入，请管理员在系统设置中启用。", todo_en="If it must be filled in, ask an administrator to switch it on in the settings.",
)  # fmt: skip
refusals.declare(
    "LINE_MISMATCH", 409, zh="批次 {runNo} 在产线 {runLineCode}，而记录写的是 {lineCode}。",
    en="Run {runNo} is on line {runLineCode}, the record says {lineCode}.",
    todo_zh="请核对批次与产线。", todo_en="Check the run and the line.",
)  # fmt: skip
refusals.declare(
    "BACK_ENTRY_NOT_ALLOWED", 409, zh="时间 {at} 与现在相差超过 {minutes} 分钟，此表单不允许补录。",
    en="The time {at} differs from now by more than {minutes} minutes, and this form takes no back-entry.",
    todo_zh="请在作业当时录入；如系统曾中断，请管理员开放补录时段。",
    todo_en="Record it when the work is done; after an outage an administrator opens a late-entry window.",
)  # fmt: skip
refusals.declare(
    "LATE_ENTRY_TOO_OLD", 409, zh="时间 {at} 已超过 {days} 天，不能补录。", en="The time {at} lies more than {days} days back.",
    todo_zh="请核对时间；如系统曾中断，请管理员开放补录时段。", todo_en="Check the time; after an outage an administrator opens a late-entry window.",
)  # fmt: skip
refusals.declare(
    "ALREADY_VOIDED", 409, zh="记录 {recordNo} 已作废：{voidReason}。", en="Record {recordNo} is voided already: {voidReason}.",
    todo_zh="请查看更正后的记录，或重新录入。", todo_en="Look at the record that replaces it, or make a new one.",
)  # fmt: skip
refusals.declare(
    "COUNT_TRACKED", 409, zh="批次 {runNo} 的次数由过站自动累计，不能手工填写。",
    en="The count of run {runNo} comes from its tracks and is not typed.",
    todo_zh="请清空次数后再提交。", todo_en="Leave the count empty and send it again.",
)  # fmt: skip
refusals.declare(
    "BAKE_ALREADY_OUT", 409, zh="记录 {recordNo} 已于 {outAt} 出炉。", en="Record {recordNo} was taken out at {outAt}.",
    todo_zh="请核对所扫描的记录。", todo_en="Check which record was scanned.",
)  # fmt: skip
refusals.declare(
    "BAKE_OPEN_EXISTS", 409, zh="批次 {lotNo} 仍在烘箱中（{recordNo}）。", en="Lot {lotNo} is still in an oven ({recordNo}).",
    todo_zh="请先将其出炉。", todo_en="Take it out first.",
)  # fmt: skip
refusals.declare(
    "PASTE_STEP_ORDER", 409, zh="锡膏 {lotId} 现在应做 {expected}，不是 {step}。", en="Jar {lotId}: {expected} is due, not {step}.",
    todo_zh="请按顺序操作。", todo_en="Do the steps in their order.",
)  # fmt: skip
refusals.declare(
    "PASTE_THAW_TOO_SHORT", 409, zh="锡膏 {lotId} 回温时间不足，还需 {remainingMinutes} 分钟。",
    en="Jar {lotId} has not thawed long enough: {remainingMinutes} more minutes.",
    todo_zh="请等待回温完成后再扫描。", todo_en="Wait until it has thawed, then scan again.",
)  # fmt: skip
refusals.declare(
    "PASTE_STIR_OUT_OF_RANGE", 409, zh="锡膏 {lotId} 搅拌 {minutes} 分钟，要求 {min} 至 {max} 分钟。",
    en="Jar {lotId} was stirred for {minutes} minutes; {min} to {max} are asked.",
    todo_zh="时间不足请继续搅拌；超时请报废此瓶。", todo_en="Stir on when it is too short; scrap the jar when it was too long.",
)  # fmt: skip
refusals.declare(
    "PASTE_EXPIRED", 409, zh="锡膏 {lotId} 已于 {expiresAt} 过期。", en="Jar {lotId} expired at {expiresAt}.",
    todo_zh="请报废此瓶并取用另一瓶。", todo_en="Scrap the jar and take another one.",
)  # fmt: skip
refusals.declare(
    "PASTE_RETURN_LIMIT", 409, zh="锡膏 {lotId} 已回冰箱 {returnCount} 次，上限 {max} 次。",
    en="Jar {lotId} went back {returnCount} times; at most {max}.",
    todo_zh="请使用完或报废。", todo_en="Use it up or scrap it.",
)  # fmt: skip
