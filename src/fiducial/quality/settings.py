"""Settings of quality (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, whole, yes_no

STRICT_CODES = Setting(
    "defect.strictCodes", default=False, check=yes_no,
    zh="人员只能使用启用的不良代码", en="people may use only active defect codes",
)  # fmt: skip

REWORK_LIMIT = Setting(
    "quality.reworkLimit", default=3, check=whole(1, 20), zh="单件返修次数上限", en="reworks of one unit"
)
