"""Settings of execution (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, yes_no

MANUAL_FALLBACK = Setting(
    "execution.manualFallback", default=True, check=yes_no, by_place=True,
    zh="设备未响应时允许人工过站并录入自动采集项", en="people may track machine steps and write AUTO specs when the machine is silent",
)  # fmt: skip
VERIFY_OPERATOR_ID = Setting(
    "execution.verifyOperatorId", default=False, check=yes_no, by_place=True,
    zh="工号必须属于在职人员", en="the badge must be an active person's",
)  # fmt: skip
