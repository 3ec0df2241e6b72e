"""How readiness says no (spec 03). READINESS_NOT_CONFIGURED and READINESS_CHECK_FAILED are declared in orders, which raise them too."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "NO_CHECK_FOUND", 404, zh="没有找到就绪检查记录。", en="No readiness check was found.",
    todo_zh="请先执行预检或正式检查。", todo_en="Run a precheck or a formal check first.",
)  # fmt: skip
