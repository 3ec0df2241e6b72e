"""Settings of loading (spec 09.8)."""

from __future__ import annotations

from typing import Any

from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, whole, yes_no
from fiducial.loading.barcode import checked_pattern

MOST_PATTERNS = 20


def _patterns(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_PATTERNS:
        raise ValueError(
            Said(zh=f"必须是最多 {MOST_PATTERNS} 个正则表达式的列表", en=f"a list of at most {MOST_PATTERNS} patterns")
        )
    return [checked_pattern(pattern) for pattern in value]


BARCODE_PATTERNS: Setting[list[str]] = Setting(
    "loading.barcodePatterns", default=[], check=_patterns,
    zh="先于分隔符尝试的物料条码格式", en="barcode patterns that are tried before the separators",
)  # fmt: skip
SCAN_DEBOUNCE_SECONDS = Setting(
    "loading.scanDebounceSeconds", default=3, check=whole(0, 30), unit="s",
    zh="同一错误条码在此时间内再次扫描不重复计数", en="the same failed scan again within this time is not counted",
)  # fmt: skip
ALTERNATE_NEEDS_REVIEW = Setting(
    "loading.alternateNeedsReview", default=False, check=yes_no, by_place=True,
    zh="使用替代料需要复核", en="an alternate material asks for a review",
)  # fmt: skip
BLOCK_MOUNT_ON_MISMATCH = Setting(
    "loading.blockMountOnMismatch", default=True, check=yes_no, by_place=True,
    zh="错料时停止贴装", en="a wrong reel stops mounting",
)  # fmt: skip
FIRST_UNIT_REQUIRED = Setting(
    "loading.firstUnitRequired", default=False, check=yes_no, by_place=True,
    zh="换料后需扫描第一块板", en="ask for the first board after a reel change",
)  # fmt: skip
LOW_REEL_BOARDS = Setting(
    "loading.lowReelBoards", default=50, check=whole(0, 10_000), by_place=True,
    zh="料盘剩余可贴板数低于此值时提醒", en="boards left when a reel counts as low",
)  # fmt: skip
MSL_ENABLED = Setting(
    "msl.enabled", default=False, check=yes_no, by_place=True,
    zh="管理湿敏元件的车间寿命", en="watch the floor life of moisture-sensitive parts",
)  # fmt: skip
ALLOW_NOT_IN_BOM = Setting(
    "material.allowNotInBom", default=False, check=yes_no,
    zh="允许手工使用物料清单以外的物料", en="parts outside the BOM may be placed by hand",
)  # fmt: skip
