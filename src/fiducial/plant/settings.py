"""Settings of what other systems say (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, whole

CLOCK_TOLERANCE_SECONDS = Setting(
    "execution.clockToleranceSeconds", 300, whole(0, 3600), "设备时钟可超前的秒数，超过则以收到时间为准",
    "how far a sender's clock may be ahead before the time of receipt counts", unit="s",
)  # fmt: skip
