"""How quality says no (spec 06)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("DEFECT", zh="不良记录", en="Defect")
refusals.declare(
    "DEFECT_CODE_NOT_FOUND", 404, zh="不良代码 {code} 不存在或已停用。", en="Defect code {code} does not exist or is switched off.",
    todo_zh="请从列表中选择不良代码。", todo_en="Pick a code from the list.",
)  # fmt: skip
