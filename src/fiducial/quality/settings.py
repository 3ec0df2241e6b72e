"""Settings of quality (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, yes_no

STRICT_CODES = Setting(
    "defect.strictCodes", default=False, check=yes_no,
    zh="人员只能使用启用的不良代码", en="people may use only active defect codes",
)  # fmt: skip
