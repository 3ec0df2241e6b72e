"""A newcomer takes an order from receipt to a closed work order through the pages alone, with one failed board and one failed lot.

Chinese, by role, in a real browser. The first article, the repair, the outgoing inspection and the review board are all on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import (
    AOI,
    GOOD,
    LINE,
    PRINT,
    PRODUCT,
    SPI,
    TERMINAL,
    Seat,
    SpinePlant,
    password_of,
    seat,
    spine_plant,
)  # fmt: skip

expect.set_options(timeout=30_000)

ROUTE, ORDER = "LOOP-V1", "WO-LOOP-1"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        standing.route(ROUTE, first_articles=(10,))
        standing.do("quality", "POST", "/auth/sign-in/email", {"email": "quality", "password": password_of("quality")})
        rule = {"productCode": PRODUCT, "lineCode": LINE, "samplingType": "FIXED", "sampleValue": 1, "priority": 100}
        standing.do("quality", "POST", "/oqc/sampling-rules", rule)
        yield standing


def test_an_order_with_a_failed_board_and_a_failed_lot_is_closed_through_the_pages(
    browser: Browser, plant: SpinePlant
) -> None:
    with seat(browser, plant) as planner:
        planner.sign_in("planner")
        run_no = orders_two_boards(planner)
    good, bad = plant.boards(run_no)
    with seat(browser, plant) as leader:
        leader.sign_in("leader")
        finds_the_first_article_missing(leader, run_no)
    with seat(browser, plant) as quality:
        quality.sign_in("quality")
        begins_the_first_article(quality, run_no)
        with seat(browser, plant, size=TERMINAL) as operator:
            operator.sign_in("operator")
            makes(operator, PRINT, good)
        passes_the_first_article(quality)
    with seat(browser, plant) as quality2:
        quality2.sign_in("quality2")
        signs_the_first_article(quality2, run_no)
    with seat(browser, plant) as leader:
        authorises(leader.be("leader"), run_no)
    with seat(browser, plant, size=TERMINAL) as operator:
        operator.be("operator")
        for station, sn in ((PRINT, bad), (SPI, good), (SPI, bad), (AOI, good)):
            makes(operator, station, sn)
        fails_at_the_last_station(operator, bad)
    with seat(browser, plant) as quality:
        sends_to_rework_and_records_the_repair(quality.be("quality"), run_no, bad)
    with seat(browser, plant, size=TERMINAL) as operator:
        makes(operator.be("operator"), AOI, bad)
    with seat(browser, plant) as leader:
        is_told_of_the_outgoing_inspection(leader.be("leader"), run_no)
    with seat(browser, plant) as quality:
        fails_the_lot(quality.be("quality"), run_no)
    with seat(browser, plant) as leader:
        sees_who_must_decide(leader.be("leader"), run_no)
    with seat(browser, plant) as quality2:
        releases_the_lot(quality2.be("quality2"), run_no)
    with seat(browser, plant) as planner:
        closes_the_order(planner.be("planner"))
    with seat(browser, plant) as tracer:
        tracer.sign_in("trace")
        reads_the_whole_story(tracer, bad)


# ---- to the authorisation -------------------------------------------------------------------------------------------


def orders_two_boards(planner: Seat) -> str:
    planner.press("手工接收")
    for name, value in (("woNo", ORDER), ("productCode", PRODUCT), ("plannedQty", "2")):
        planner.dialog.locator(f"[name={name}]").fill(value)
    planner.dialog.locator("[name=routingCode]").select_option(ROUTE)
    planner.send()
    planner.at(f"/work-orders/{ORDER}")
    return planner.plans(LINE, 2)


def finds_the_first_article_missing(leader: Seat, run_no: str) -> None:
    leader.table_row(run_no).click()
    leader.at(f"/runs/{run_no}")
    leader.press("检查", leader.page.locator(".fd-next"))
    leader.sees("产线准备检查已完成", leader.page.locator("#fd-toasts"))
    leader.sees("首件检验未通过", leader.page.locator(".fd-next-blocked"))
    leader.lacks("授权", "创建首件")


def begins_the_first_article(quality: Seat, run_no: str) -> None:
    quality.open(f"/runs/{run_no}")
    quality.press("创建首件")
    quality.send()
    quality.at("/fai/")
    quality.press("开始")
    quality.sees("请操作员在首个工位扫描单件试产")


def passes_the_first_article(quality: Seat) -> None:
    """What the operator made stands beside the items, in words a person reads."""
    quality.page.reload()
    trial = quality.main.locator(".fd-card", has_text="首件试产单件")
    quality.sees("刮刀压力: 6.2kg", trial)
    quality.sees("钢网已清洁: 是", trial)
    quality.page.locator("#record [name=itemName]").fill("外观")
    quality.press("合格", quality.page.locator("#record"))
    expect(quality.page.locator("#items tbody tr", has_text="外观")).to_contain_text("合格")
    quality.press("判定合格")
    quality.send()
    quality.sees("等待签字")


def signs_the_first_article(quality2: Seat, run_no: str) -> None:
    """Without the password nothing is signed; with it the name stands on the page."""
    quality2.table_row(run_no).click()
    quality2.at("/fai/0")
    quality2.press("签字")
    quality2.sees("电子签名与纸面签名具有同等效力", quality2.dialog)
    quality2.dialog.locator("[name=password]").fill("not-the-password")
    quality2.send()
    expect(quality2.dialog.locator(".alert, [data-fault]:not(:empty)").first).to_be_visible()
    quality2.dialog.locator("[name=password]").fill(password_of("quality2"))
    quality2.send()
    quality2.sees("合格并已签字")
    quality2.sees("郑质量 批准")


def authorises(leader: Seat, run_no: str) -> None:
    leader.open(f"/runs/{run_no}")
    leader.press("授权")
    leader.page.click("#fd-ask-yes")
    expect(leader.main.locator("[data-status=AUTHORIZED]").first).to_be_visible()


# ---- the failed board -----------------------------------------------------------------------------------------------


def makes(operator: Seat, station: str, sn: str) -> None:
    """Take a board in and out of a station with good values."""
    operator.makes(station, sn, GOOD[station])
    expect(operator.page.locator("[data-verdict-title]")).to_have_text("完成" if station == AOI else "通过")


def fails_at_the_last_station(operator: Seat, sn: str) -> None:
    page = operator.page
    operator.choose_station(AOI)
    operator.scan(sn)
    operator.taken_in(sn)
    page.keyboard.press("F9")
    page.locator("[data-fail-part] [name=defectCode]").select_option("A16")
    page.fill("[name=defectLocation]", "U3")
    page.keyboard.press("F9")
    operator.sees("请放到不良区", operator.verdict("bad"))


def sends_to_rework_and_records_the_repair(quality: Seat, run_no: str, sn: str) -> None:
    """The run leads to its open defect, the defect to its rework task; without a repair record the task cannot be finished."""
    page, dialog = quality.page, quality.dialog
    quality.open(f"/runs/{run_no}")
    quality.sees("1 件等待质量处理")
    waiting = page.locator("#defects li", has_text=sn)
    quality.sees("立碑 U3", waiting)
    waiting.get_by_role("link").first.click()
    quality.at("/defects/0")
    quality.press("处置")
    dialog.locator("[name=type][value=REWORK]").check()
    dialog.locator("[name=reason]").fill("补焊后重测")
    quality.send()
    quality.sees("待返修")
    quality.press("打开返修任务")
    quality.at("/rework-tasks/0")
    expect(quality.main.get_by_role("button", name="维修完成")).to_be_disabled()
    page.locator("[name=action]").fill("重新焊接 U3")
    quality.main.locator("[name=result][value=REPAIRED]").check()
    quality.press("保存")
    quality.sees("1. 已修好")
    quality.press("维修完成")
    expect(quality.main.locator("[data-status=DONE]").first).to_be_visible()


# ---- the failed lot -------------------------------------------------------------------------------------------------


def is_told_of_the_outgoing_inspection(leader: Seat, run_no: str) -> None:
    """All boards are finished, so the page neither offers the close-out nor sends anybody to a station."""
    leader.open(f"/runs/{run_no}")
    expect(leader.tile("良品")).to_contain_text("2")
    leader.sees("全部单件已完成")
    leader.sees("批次需要出货抽检，任务已建立", leader.page.locator(".fd-next-blocked"))
    leader.lacks("收尾")
    expect(leader.page.locator(".fd-next")).not_to_contain_text("在工位扫描单件")


def fails_the_lot(quality: Seat, run_no: str) -> None:
    """The sample is drawn already; its failure stops the run, and the page leads to who decides."""
    page, dialog = quality.page, quality.dialog
    quality.open(f"/runs/{run_no}")
    page.locator("#inspections").get_by_role("link", name="出货抽检").click()
    quality.at("/oqc/0")
    quality.press("开始")
    quality.press("不合格", page.locator("#record"))
    dialog.locator("[name=itemName]").fill("功能与外观")
    dialog.locator("[name=defectCode]").select_option("DEF-001")
    quality.send()
    expect(page.locator("#items tbody tr", has_text="功能与外观")).to_contain_text("不合格")
    quality.press("判定不合格")
    quality.send()
    quality.sees("批次暂停，等待评审")
    expect(quality.main.get_by_role("button", name="评审决定")).to_be_visible()
    quality.open(f"/runs/{run_no}")
    expect(quality.main.locator("[data-status=ON_HOLD]").first).to_be_visible()


def sees_who_must_decide(leader: Seat, run_no: str) -> None:
    leader.open(f"/runs/{run_no}")
    leader.sees("等待评审（MRB）决定", leader.page.locator(".fd-next"))
    leader.sees("质量", leader.page.locator(".fd-next"))
    leader.lacks("评审决定")


def releases_the_lot(quality2: Seat, run_no: str) -> None:
    dialog = quality2.dialog
    quality2.open(f"/runs/{run_no}")
    quality2.press("评审决定")
    dialog.locator("[name=decision][value=RELEASE]").check()
    dialog.locator("[name=reason]").fill("外观轻微，让步放行")
    dialog.locator("[name=password]").fill(password_of("quality2"))
    quality2.send()
    expect(quality2.main.locator("[data-status=COMPLETED]").first).to_be_visible()
    quality2.sees("已让步放行")


# ---- the end --------------------------------------------------------------------------------------------------------


def closes_the_order(planner: Seat) -> None:
    planner.open("/work-orders")
    planner.table_row(ORDER).click()
    planner.at(f"/work-orders/{ORDER}")
    planner.press("关闭工单")
    planner.send()
    expect(planner.main.locator("[data-status=COMPLETED]").first).to_be_visible()
    planner.sees("已关闭")


def reads_the_whole_story(tracer: Seat, sn: str) -> None:
    """The trace of the failed board tells the defect, the repair, the inspections, who signed, and what the board of review said."""
    page = tracer.page
    expect(page.locator("main [name=q]")).to_be_focused()
    page.keyboard.type(sn)
    page.keyboard.press("Enter")
    tracer.at(f"/trace/units/{sn}")
    picture = tracer.main.locator("svg").first
    for said in ("立碑", "重新焊接 U3", "首件", "出货抽检", "评审 · 已让步放行"):
        tracer.sees(said, tracer.main)
    expect(picture).to_be_visible()
    page.click(".fd-tabs >> text=质量")
    for said in ("立碑", "U3", "重新焊接 U3", "已修好", "郑质量", "已让步放行", "外观轻微，让步放行"):
        tracer.sees(said)
    signed = page.get_by_title(re.compile("^[0-9a-f]{64}$"))
    expect(signed).to_have_count(2)  # the first article and the decision of the review board
    page.click(".fd-tabs >> text=时间线")
    line = page.locator(".fd-timeline")
    for said in ("FAI 签署：批准", "不良 A16 立碑", "维修：重新焊接 U3", "返修完成", "评审"):
        tracer.sees(said, line)
