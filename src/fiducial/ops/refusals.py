"""Refusals of running the program."""

from fiducial.kit.refusals import refusals

refusals.declare(
    "NOT_READY", 503, zh="系统尚未就绪：{failing}。", en="The system is not ready: {failing}.",
    todo_zh="请稍候；持续出现请联系管理员。", todo_en="Wait a little; if it stays, call the administrator.",
)  # fmt: skip
