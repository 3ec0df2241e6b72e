"""Shifts (班次, spec 09.8 `plant.shifts`): which one an instant lies in, and when it began, by the plant's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fiducial.kit import clock
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.settings import EVERYWHERE, Setting
from fiducial.kit.tx import Tx

Shift = Mapping[str, str]
USUAL: list[dict[str, str]] = [
    {"code": "DAY", "from": "08:00", "to": "16:00"}, {"code": "MIDDLE", "from": "16:00", "to": "24:00"},
    {"code": "NIGHT", "from": "00:00", "to": "08:00"},
]  # fmt: skip
WORDS: Mapping[str, Label] = {
    "DAY": Label("早班", "day shift"), "MIDDLE": Label("中班", "middle shift"), "NIGHT": Label("夜班", "night shift"),
}  # fmt: skip
MOST_SHIFTS, LONGEST_CODE = 12, 64
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WRONG = Said(
    zh=f'必须是 1–{MOST_SHIFTS} 个班次的列表，形如 {{"code": "DAY", "from": "08:00", "to": "16:00"}}，代码不重复，时间不重叠',
    en=f'must be a list of 1 to {MOST_SHIFTS} shifts like {{"code": "DAY", "from": "08:00", "to": "16:00"}}, each code once, not overlapping',
)


def _shifts(value: Any) -> list[dict[str, str]]:
    """Take shifts that do not overlap; between two there may be none."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_SHIFTS or not all(_is_shift(one) for one in value):
        raise ValueError(WRONG)
    taken = [minute for one in value for minute in _minutes(one)]
    if len({one["code"] for one in value}) != len(value) or len(set(taken)) != len(taken):
        raise ValueError(WRONG)
    return [dict(one) for one in value]


def _is_shift(one: Any) -> bool:
    if (
        not isinstance(one, dict)
        or set(one) != {"code", "from", "to"}
        or not all(isinstance(x, str) for x in one.values())
    ):
        return False
    times = _TIME.fullmatch(one["from"]) and (one["to"] == "24:00" or _TIME.fullmatch(one["to"]))
    return bool(times) and 1 <= len(one["code"].strip()) <= LONGEST_CODE and one["code"].isprintable()


def _minutes(shift: Shift) -> Sequence[int]:
    """Give the minutes of the day that a shift takes; one that ends where it begins takes all of it."""
    begins, ends = _minute(shift["from"]), _minute(shift["to"])
    return [minute % 1440 for minute in range(begins, ends if ends > begins else ends + 1440)]


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def shift_name(code: str | None) -> str | None:
    """Give what people call a shift, in the language that is spoken; a shift of the plant's own is called by its code."""
    return str(WORDS[code]) if code is not None and code in WORDS else code


def _said(shift: Shift) -> str:
    return f"{shift_name(shift['code'])} {shift['from']}–{shift['to']}"


_shifts.kind = "list"  # type: ignore[attr-defined]
_shifts.row_said = _said  # type: ignore[attr-defined]
_shifts.parts = {"code": ("班次代码", "Code"), "from": ("开始", "From"), "to": ("结束", "To")}  # type: ignore[attr-defined]

SHIFTS: Setting[list[dict[str, str]]] = Setting(
    "plant.shifts",
    USUAL,
    _shifts,
    "班次（报表与过程检验用）",
    "shifts, for reports and in-process inspection",
    by_place=True,
)


def shifts_of(tx: Tx, line_id: int | None = None) -> Sequence[Shift]:
    """Give the shifts of a line, those of the plant without one."""
    return SHIFTS.of(tx, line_id or EVERYWHERE)


def shift_at(shifts: Sequence[Shift], at: int, zone: str) -> Shift | None:
    """Give the shift an instant lies in; None between two."""
    now = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    minute = now.hour * 60 + now.minute
    for shift in shifts:
        begins, ends = _minute(shift["from"]), _minute(shift["to"])
        if (begins <= minute < ends) if begins < ends else (minute >= begins or minute < ends):
            return shift
    return None


def begun_at(shift: Shift, at: int, zone: str) -> int:
    """Give the instant at which a shift began that is running at an instant."""
    now = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    hour, minute = divmod(_minute(shift["from"]), 60)
    begins = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if begins > now:  # a night shift that began yesterday
        begins -= timedelta(days=1)
    return clock.from_datetime(begins)


def shift_of(tx: Tx, line_id: int | None, at: int) -> str:
    """Give the code of the shift of a line at an instant; between two shifts the first of the day."""
    shifts = shifts_of(tx, line_id)
    found = shift_at(shifts, at, tx.store.zone)
    return (found or shifts[0])["code"]
