"""Settings of tests (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, whole

RETEST_LIMIT = Setting(
    "retest.limit", 3, whole(1, 10), "同一次进站的测试次数上限", "how often a unit may be tested in one visit"
)
