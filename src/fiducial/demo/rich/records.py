"""A month of paper (spec 12.5): the cold store twice a day, daily QC, machine checks, cleanings, exceptions, as they would have been written."""

from __future__ import annotations

from random import Random

from fiducial.demo.rich import plan
from fiducial.demo.rich.acts import Acts
from fiducial.demo.rich.hours import DAY, HOUR, MINUTE, Story
from fiducial.kit import clock

DAYS = 30


def cold_store(acts: Acts, draw: Random) -> Story:
    """The fridge of the paste, morning and afternoon; once it was too warm."""
    for day in range(DAYS):
        for late in (0, 1):
            warm = day == DAYS - 9 and late == 1
            acts.record(
                "material",
                "cold-storage-temperature-records",
                {"temperature": 11.5 if warm else round(4 + draw.random() * 3, 1)},
            )
            yield 8 * HOUR if late == 0 else DAY - 8 * HOUR


def machine_checks(acts: Acts, draw: Random) -> Story:
    """SPI and AOI are checked with their golden board each morning."""
    for day in range(DAYS // 2):
        for kind, name in (("SPI", "SPI-02"), ("AOI", "AOI-02")):
            good = not (kind == "AOI" and day == 5)
            body = {"equipmentType": kind, "machineName": name, "sampleModel": f"GOLDEN-{plan.PRODUCT}", "programName": f"{kind}-{plan.PRODUCT}",
                    "result": "PASS" if good else "FAIL", "lineCode": plan.LINE.code}  # fmt: skip
            if not good:
                body["remark"] = "标准板漏检一处，已重新校准"
            acts.record("leader", "equipment-inspection-records", body)
            yield 5 * MINUTE + int(draw.random() * MINUTE)
        yield 2 * DAY - 10 * MINUTE


def daily_qc(acts: Acts, draw: Random) -> Story:
    """What was inspected and what was wrong, shift by shift."""
    codes = ("SOLDER_BRIDGE", "A11", "A3", "A16")
    for day in range(DAYS):
        seen = 250 + draw.randrange(80)
        bad = 14 if day == DAYS - 12 else draw.randrange(5)
        body = {"inspectedAt": clock.to_wire(clock.now_ms()), "timeWindow": "08:00-10:00", "lineCode": plan.LINE.code, "customer": "示例客户",
                "assemblyNumber": plan.PRODUCT,
                "inspectedQty": seen, "totalParts": 105, "defectSummary": [{"code": draw.choice(codes), "qty": bad}] if bad else []}  # fmt: skip
        if bad > 10:
            body["correctiveAction"] = "清洗钢网并调整刮刀压力"
        acts.record("quality", "daily-qc-records", body)
        yield DAY


def exceptions(acts: Acts, draw: Random) -> Story:
    """What went wrong on the floor: some of it is closed, some is open."""
    told = ("回流焊 3 区温度波动", "贴片机吸嘴堵塞", "锡膏回温时间不足", "AOI 误报率升高", "钢网张力下降")
    for place, text in enumerate(told):
        made = acts.record(
            "leader",
            "production-exception-records",
            {"description": text, "lineCode": plan.LINE.code, "issuedAt": clock.to_wire(clock.now_ms())},
        )
        yield 2 * HOUR + int(draw.random() * HOUR)
        if place < 3:
            body = {"correctiveAction": "已更换备件并复核首件", "disposition": "UAI"}
            acts.call("quality", f"POST /api/production-exception-records/{made['recordNo']}/confirm", body)
        yield 4 * DAY


STORIES = (cold_store, machine_checks, daily_qc, exceptions)
