"""Refusals of running the program."""

from fiducial.kit.refusals import refusals

refusals.declare(
    "NOT_READY", 503, zh="系统尚未就绪：{failing}。", en="The system is not ready: {failing}.",
    todo_zh="请稍候；持续出现请联系管理员。", todo_en="Wait a little; if it stays, call the administrator.",
)  # fmt: skip
refusals.missing("EVENT", zh="事件", en="Event")
refusals.declare(
    "EVENT_NOT_DEAD", 409, zh="事件当前为 {status}，只有失败停止（DEAD）的事件可以重试。",
    en="The event is {status}; only a DEAD one can be tried again.",
    todo_zh="无需处理，系统会自动处理。", todo_en="There is nothing to do: it is handled by itself.",
)  # fmt: skip
refusals.missing("JOB", zh="任务", en="Job")
refusals.missing("BACKUP", zh="备份 {name}", en="Backup {name}")
refusals.declare(
    "BACKUP_RUNNING", 409, zh="备份正在进行中。", en="A backup is being made.",
    todo_zh="请等待其完成，可在运维页面查看进度。", todo_en="Wait until it is finished; the operations page shows how far it is.",
)  # fmt: skip
