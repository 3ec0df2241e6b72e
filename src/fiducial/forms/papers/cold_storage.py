"""Cold store temperature 温度测量记录表, QR-Pro-073 (spec 10.4.3): twice a day, by a machine or by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from fiducial.forms.permissions import MACHINES, PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.settings import Setting, number
from fiducial.kit.tx import Tx

COLDEST: Setting[float] = Setting(
    "form.cold_storage.min", 0, number(-40, 60), "冷藏最低温度", "lowest temperature of a cold store", unit="℃"
)
WARMEST: Setting[float] = Setting(
    "form.cold_storage.max", 8, number(-40, 60), "冷藏最高温度", "highest temperature of a cold store", unit="℃"
)
PERIODS = {"AM": ("上午", "morning"), "PM": ("下午", "afternoon")}
USUAL_STORE, NOON = "COLD-01", 12


def prepare(tx: Tx, draft: Draft) -> None:
    """Tell morning from afternoon by the plant's clock."""
    draft.values["period"] = (
        "AM" if datetime.fromtimestamp(draft.at / 1000, ZoneInfo(tx.store.zone)).hour < NOON else "PM"
    )


def judge(tx: Tx, draft: Draft) -> None:
    """PASS: within the limits of the cold store."""
    low, high, value = COLDEST.of(tx), WARMEST.of(tx), draft["temperature"]
    if not low <= value <= high:
        draft.fail(
            "TEMPERATURE",
            "temperature",
            zh=f"{value:g} ℃ 超出 {low:g} 至 {high:g} ℃",
            en=f"{value:g} ℃ lies outside {low:g} to {high:g} ℃",
        )
    draft.judged()


COLD_STORAGE = Form(
    key="cold_storage", code="QR-Pro-073", title=Label("温度测量记录表", "Cold store temperature"), path="cold-storage-temperature-records",
    prefix="COLD", entity="COLD_STORAGE_TEMP", reads=PREPARATION_READS, records=PREPARATION_RECORDS, tokens=MACHINES, manual_entry=False,
    when=When("measuredAt", Label("测量时间", "Measured at")), by=("measuredBy", Label("测量人", "Measured by")),
    fields=(
        f.key("storageCode", "冷藏柜", "Cold store", default=USUAL_STORE, listed=True, filtered=True, scans="equipment"),
        f.number("temperature", "温度", "Temperature", unit="℃", low=-40, high=60, decimals=1, required=True, listed=True),
        f.choice("period", "时段", "Period", PERIODS, source="C", listed=True, filtered=True),
        f.text("instrument", "测量仪器", "Instrument"),
    ),
    prepare=prepare, judge=judge,
)  # fmt: skip
