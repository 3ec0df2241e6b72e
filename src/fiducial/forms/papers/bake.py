"""Bake record 产品烘烤时间记录表, QR-Pro-057 (spec 10.4.1): two scans, in and out; judged when it is taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy import Index, Table, select, text

from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.counters import next_number
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import PASS, Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.listing import Condition, yes_no
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.settings import Setting, number
from fiducial.kit.tx import Tx
from fiducial.loading.msl import Level, levels_now, put_in_oven, taken_out_of_oven
from fiducial.loading.msl_bakes import judge_bake_anew, undo_bake
from fiducial.loading.words import Warned
from fiducial.plant.tables import materials

TEMPERATURE_TOLERANCE: Setting[float] = Setting(
    "form.bake.temperatureTolerance", 5, number(0, 20), "烘烤温度允许偏差", "how far a bake may be from the material's temperature",
    unit="℃",
)  # fmt: skip
PROCESSES = {
    "PCB": ("PCB", "PCB"),
    "BGA": ("BGA", "BGA"),
    "IC": ("IC", "IC"),
    "CONNECTOR": ("连接器", "connector"),
    "OTHER": ("其他", "other"),
}
LONGEST = 1.1  # of the hours at most
NOT_SUFFICIENT = Said(
    zh="烘烤未达到该湿敏等级的要求，车间寿命未重置。", en="The bake did not reach what the moisture level asks; the floor life was not reset."
)  # fmt: skip
HOUR_MS = 3_600_000


class _Reached(TypedDict):
    passed: bool
    temp_c: float
    hours: float


def prepare(tx: Tx, draft: Draft) -> None:
    """Take the moisture level from the material; a corrected record keeps when it was taken out, and by whom."""
    next_number(tx, "BAKE_IN")  # one at a time: of two people who put one lot in at once the second must see the first
    old, lot = draft.corrects, draft["lot_no"]
    draft.values["msl_level"] = tx.scalar(
        select(materials.c.msl_level).where(materials.c.code == (draft["material_code"] or draft["item_code"]))
    )
    for name in ("out_at", "out_by", "out_by_name"):
        draft.values[name] = getattr(old, name) if old is not None else None
    if lot and draft["out_at"] is None and (other := _in_oven(tx, draft["material_code"], lot)) is not None:
        raise Refused("BAKE_OPEN_EXISTS", lotNo=lot, recordNo=other)


def _in_oven(tx: Tx, material_code: str, lot_no: str) -> str | None:
    t = BAKE.table.c
    same = (t.material_code == material_code, t.lot_no == lot_no, t.out_at.is_(None), t.voided.is_(False))
    found: str | None = tx.scalar(select(t.record_no).where(*same))
    return found


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """Material and lot come together; the longest time is not below the shortest."""
    faults = []
    if (draft["material_code"] is None) != (draft["lot_no"] is None):
        path = "lotNo" if draft["lot_no"] is None else "materialCode"
        faults.append(Said(zh="物料与批次必须同时填写", en="material and lot come together", path=path))
    longest = draft["duration_hours_max"]
    if longest is not None and longest < draft["duration_hours_min"]:
        faults.append(Said(zh="不能小于最短时间", en="must not be below the shortest time", path="durationHoursMax"))
    return faults


def judge(tx: Tx, draft: Draft) -> None:
    """Judge once it is taken out: long enough, not much too long, at the material's temperature where one is known."""
    if draft["out_at"] is None:
        return
    hours = (draft["out_at"] - draft.at) / HOUR_MS
    draft.values["actual_hours"] = round(hours, 2)
    least, most = draft["duration_hours_min"], draft["duration_hours_max"]
    if hours < least:
        draft.fail(
            "BAKE_TOO_SHORT",
            "actualHours",
            zh=f"烘烤 {hours:.2f} 小时，不足 {least:g} 小时",
            en=f"baked {hours:.2f} h, less than {least:g} h",
        )
    if most is not None and hours > most * LONGEST:
        draft.fail(
            "BAKE_TOO_LONG",
            "actualHours",
            zh=f"烘烤 {hours:.2f} 小时，超过 {most:g} 小时",
            en=f"baked {hours:.2f} h, more than {most:g} h",
        )
    wanted, off = bake_temperature(tx, draft), TEMPERATURE_TOLERANCE.of(tx)
    if wanted is not None and abs(draft["bake_temperature"] - wanted) > off:
        draft.fail(
            "BAKE_TEMPERATURE",
            "bakeTemperature",
            zh=f"温度应为 {wanted:g}±{off:g} ℃",
            en=f"temperature must be {wanted:g} ± {off:g} ℃",
        )
    draft.judged()


def bake_temperature(tx: Tx, draft: Draft) -> float | None:
    """Give the temperature (℃) at which the material is to be baked: that of its moisture level (spec 04.8), None where none is set."""
    level = levels_now(tx).get(draft["msl_level"] or "")
    return None if level is None else level.bake_temp_c


def stop_clock(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """The lot is in the oven: its floor life stands still (spec 04.8, BAKE_IN); of a corrected bake that is over it is judged anew."""
    if draft["lot_no"] and draft["out_at"] is None:
        put_in_oven(tx, draft["material_code"], draft["lot_no"])
    elif draft["lot_no"]:
        _warn(
            draft,
            judge_bake_anew(tx, draft["material_code"], draft["lot_no"], out_at=draft["out_at"], **_reached(draft)),
        )


def start_clock(tx: Tx, draft: Draft) -> None:
    """The lot is out of the oven: its floor life starts anew, or goes on and a warning says why (spec 04.8, BAKE_OUT)."""
    if draft["lot_no"]:
        _warn(draft, taken_out_of_oven(tx, draft["material_code"], draft["lot_no"], **_reached(draft)))


def _reached(draft: Draft) -> _Reached:
    hours = (draft["out_at"] - draft.at) / HOUR_MS
    return {"passed": draft.result == PASS, "temp_c": draft["bake_temperature"], "hours": hours}


def _warn(draft: Draft, said: Sequence[Warned]) -> None:
    for warned in said:
        draft.warn(warned["code"], zh=NOT_SUFFICIENT.zh, en=str(NOT_SUFFICIENT))


def never_baked(tx: Tx, row: Any) -> None:
    """A record was voided: the lot was not baked by it, its clock is set back to where it would stand (spec 10.2)."""
    if row.lot_no:
        undo_bake(tx, row.material_code, row.lot_no, out_at=row.out_at)


def same_lot(old: Any, given: Mapping[str, Any]) -> bool:
    """A bake of the same lot was in the oven when it was, whatever else was misread."""
    return bool((old.material_code, old.lot_no) == (given.get("material_code"), given.get("lot_no")))


def floor_life_left(row: Any, levels: Mapping[str, Level], now: int) -> float | None:
    """Give how many hours the parts may still lie open: it starts when they are taken out of the oven (spec 10.4.1)."""
    level = levels.get(row.msl_level or "")
    whole = None if level is None else level.floor_life_hours
    return None if whole is None or row.out_at is None else round(max(0.0, whole - (now - row.out_at) / HOUR_MS), 1)


def more(tx: Tx, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Give what an answer adds: the floor life that is left now."""
    levels = levels_now(tx) if any(row.msl_level for row in rows) else {}
    return [{"floorLifeHoursLeft": floor_life_left(row, levels, tx.now)} for row in rows]


def filters(table: Table) -> Mapping[str, Condition]:
    """Give the filter for what is still in an oven."""
    return {"open": yes_no(table.c.out_at.is_(None))}


def indexes() -> Sequence[Index]:
    """One lot is in one oven: also when two people scan it at once."""
    alone = text("out_at IS NULL AND NOT voided AND lot_no IS NOT NULL")
    return (
        Index("uq_form_bake_open", "material_code", "lot_no", unique=True, sqlite_where=alone, postgresql_where=alone),
    )


BAKE = Form(
    key="bake", code="QR-Pro-057", title=Label("产品烘烤时间记录表", "Bake record"), path="bake-records", prefix="BAKE",
    entity="BAKE_RECORD", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_BAKE",),
    when=When("inAt", Label("进炉时间", "In at")), by=("inBy", Label("进炉人", "Put in by")), traced=Traced("bake", "RUN"),
    fields=(
        f.key("itemCode", "物料 P/N", "Item", required=True, listed=True, filtered=True, scans="material"),
        f.key("materialCode", "物料编码", "Material", filtered=True, scans="material"),
        f.key("lotNo", "批次号", "Lot", listed=True, filtered=True, scans="lot"),
        f.choice("bakeProcess", "烘烤类别", "What is baked", PROCESSES, required=True, listed=True, filtered=True),
        f.whole("bakeQty", "数量", "Quantity", unit="pcs", low=1, high=100_000, required=True, listed=True),
        f.text("qtyText", "数量（原文）", "Quantity as written", longest=32),
        f.key("ovenCode", "烘箱", "Oven", scans="equipment"),
        f.number("bakeTemperature", "烘烤温度", "Temperature", unit="℃", low=40, high=200, required=True, listed=True),
        f.number("durationHoursMin", "最短时间", "Shortest time", unit="h", low=0.5, high=96, required=True),
        f.number("durationHoursMax", "最长时间", "Longest time", unit="h", low=0.5, high=96),
        f.instant("outAt", "出炉时间", "Out at", listed=True),
        *f.account("outBy", "出炉人", "Taken out by"),
        f.number("actualHours", "实际时间", "Actual time", source="C", unit="h", listed=True),
        f.text("mslLevel", "湿敏等级", "Moisture level", source="C"),
    ),
    prepare=prepare, check=check, judge=judge, after=stop_clock, undo=never_baked, stays=same_lot, filters=filters, indexes=indexes,
    answer_more={"floorLifeHoursLeft": float | None}, give_more=more,
)  # fmt: skip
