"""How the demo says no (spec 12.1)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "DEMO_MODE_OFF", 403, zh="演示数据只能在演示或测试模式下装载（当前为 {mode}）。",
    en="Demo data may be loaded in demo or test mode only (this is {mode}).",
    todo_zh="请在另一个数据库上以 APP_MODE=demo 启动。", todo_en="Start with APP_MODE=demo on another database.",
)  # fmt: skip
refusals.declare(
    "DEMO_DB_HAS_REAL_DATA", 409, zh="该数据库属于生产，或含有非演示数据，未做任何改动。",
    en="This database belongs to production, or holds data that the demo did not make; nothing was changed.",
    todo_zh="请换一个空数据库（DATABASE_URL）。", todo_en="Name another, empty database (DATABASE_URL).",
)  # fmt: skip
