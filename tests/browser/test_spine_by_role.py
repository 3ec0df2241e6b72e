"""The main job through the pages alone, by role, in a real browser against a real server process on a fresh demo plant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.browser.spine_plant import (
    AOI,
    DESK,
    GOOD,
    LINE,
    PRINT,
    PRODUCT,
    ROUTE,
    SPI,
    STATIONS,
    TERMINAL,
    Seat,
    SpinePlant,
    password_of,
    seat,
    spine_plant,
)  # fmt: skip

from fiducial.forms.papers import FORMS

expect.set_options(timeout=30_000)


class Sit(Protocol):
    def __call__(self, *, size: tuple[int, int] = DESK, language: str = "zh-CN") -> AbstractContextManager[Seat]: ...


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        yield standing


@pytest.fixture
def sit(browser: Browser, plant: SpinePlant) -> Sit:
    def at(*, size: tuple[int, int] = DESK, language: str = "zh-CN") -> AbstractContextManager[Seat]:
        return seat(browser, plant, size=size, language=language)

    return at


# ---- the job, from order to trace -----------------------------------------------------------------------------------


def test_the_main_job_in_chinese(sit: Sit, plant: SpinePlant) -> None:
    with sit() as planner:
        planner.sign_in("planner")
        run_no = plans_three_boards(planner)
    good, also_good, bad = plant.boards(run_no)
    with sit() as leader:
        leader.sign_in("leader")
        checks_and_authorises(leader, run_no)
    with sit(size=TERMINAL) as operator:
        operator.sign_in("operator")
        prints(operator, good, also_good)
        fails(operator, bad)
        finishes(operator, good, also_good)
    with sit() as leader:
        leader.be("leader").open(f"/runs/{run_no}")
        expect(leader.tile("良品")).to_contain_text("2")
        expect(leader.tile("待质量处理")).to_contain_text("1")
        leader.sees("RUN_UNITS_NOT_TERMINAL", leader.page.locator(".fd-next-blocked"))
        leader.lacks("收尾")
    with sit() as tracer:
        tracer.sign_in("trace")
        reads_the_history(tracer, good, run_no)
    with sit() as auditor:
        auditor.sign_in("admin")
        reads_the_book(auditor, run_no)


def plans_three_boards(planner: Seat) -> str:
    planner.at("/work-orders")
    planner.press("手工接收")
    planner.page.fill("[name=woNo]", "WO-WALK-1")
    planner.page.fill("[name=productCode]", PRODUCT)
    planner.page.fill("[name=plannedQty]", "3")
    planner.page.select_option("[name=routingCode]", ROUTE)
    planner.send()
    planner.at("/work-orders/WO-WALK-1")
    planner.sees("已接收")
    planner.lacks("创建批次")

    planner.press("释放到产线")
    planner.page.select_option("[name=lineCode]", LINE)
    planner.send()
    planner.press("创建批次")
    planner.page.fill("[name=planQty]", "3")
    planner.dialog.locator("[type=submit]").dblclick()
    planner.at("/runs/RUN-")
    run_no = planner.page.url.rsplit("/", 1)[1]
    runs = planner.plant.do("planner", "GET", "/runs?woNo=WO-WALK-1")["items"]
    assert [run["runNo"] for run in runs] == [run_no], "a double click makes one run"

    planner.press("生成")
    planner.send()
    planner.has_boards(3)
    return run_no


def checks_and_authorises(leader: Seat, run_no: str) -> None:
    leader.at("/runs")
    leader.table_row(run_no).click()
    leader.at(f"/runs/{run_no}")
    leader.sees("下一步")
    leader.press("检查", leader.page.locator(".fd-next"))
    leader.sees("产线准备检查已完成", leader.page.locator("#fd-toasts"))
    leader.sees("准备就绪，可以授权")
    leader.sees("工艺路线")
    leader.press("授权")
    leader.page.click("#fd-ask-yes")
    leader.sees("批次已授权", leader.page.locator("#fd-toasts"))
    expect(leader.main.locator("[data-status=AUTHORIZED]").first).to_be_visible()
    leader.sees(PRINT)


def prints(operator: Seat, *boards: str) -> None:
    page = operator.page
    operator.at("/execution")
    expect(page.locator("[data-station-link]")).to_have_count(len(STATIONS))  # those of the operator's binding
    page.click(f"[data-station-link={PRINT}]")
    for number, sn in enumerate(boards):
        operator.scan(sn)
        operator.taken_in(sn)
        if number == 0:
            page.keyboard.press("F8")
            expect(page.locator("[data-fault]", has_text="请填写此项。")).to_have_count(2)
            page.get_by_label("刮刀压力").fill("9.5")
            expect(page.get_by_label("刮刀压力")).to_have_class(re.compile("fd-outside"))
            operator.sees("超出限值")
            assert operator.fills_the_width()
        page.get_by_label("刮刀压力").fill("6.2")
        page.get_by_role("group", name="钢网已清洁").get_by_role("radio", name="是").check()
        page.keyboard.press("F8")
        expect(page.locator("[data-verdict-title]")).to_have_text("通过")
        operator.sees(SPI, operator.verdict("ok"))


def fails(operator: Seat, sn: str) -> None:
    operator.scan(sn)
    operator.taken_in(sn)
    operator.page.keyboard.press("F9")
    code = operator.page.locator("[data-fail-part] [name=defectCode]")
    expect(code).to_be_focused()
    if code.evaluate("field => field.matches('select')"):
        code.select_option(index=1)
    else:
        code.fill("SOLDER-BRIDGE")
    operator.page.fill("[name=defectLocation]", "U3")
    operator.page.keyboard.press("F9")
    operator.sees("不良", operator.verdict("bad"))


def finishes(operator: Seat, *boards: str) -> None:
    page = operator.page
    operator.press("更换工位")
    page.click(f"[data-station-link={SPI}]")
    for sn in boards:
        operator.scan(sn)
        operator.taken_in(sn)
        page.get_by_label("锡膏高度").fill("0.147")
        page.keyboard.press("F8")
        operator.sees(AOI, operator.verdict("ok"))
    operator.choose_station(AOI)
    for sn in boards:
        operator.scan(sn)
        operator.taken_in(sn)
        page.locator("[data-scan-input]").press("Enter")  # nothing is missing: Enter on the empty box is PASS
        expect(page.locator("[data-verdict-title]")).to_have_text("完成")


def reads_the_history(tracer: Seat, sn: str, run_no: str) -> None:
    page = tracer.page
    tracer.at("/trace")
    expect(page.locator("main [name=q]")).to_be_focused()
    page.keyboard.type(sn)
    page.keyboard.press("Enter")
    tracer.at(f"/trace/units/{sn}")
    expect(tracer.main.locator(".fd-step-done")).to_have_count(3)
    tracer.sees(run_no)
    tracer.open(f"/trace/units/{sn}?tab=timeline")
    tracer.sees("采集 刮刀压力 = 6.2 kg", page.locator(".fd-timeline"))
    tracer.sees("采集 钢网已清洁 = 是", page.locator(".fd-timeline"))
    tracer.sees("钱操作", page.locator(".fd-timeline"))
    page.click(".fd-tabs >> text=工步与数据")
    row = tracer.table_row("刮刀压力")
    expect(row).to_contain_text("6.2 kg")
    expect(row).to_contain_text("4 … 8")
    expect(row).to_contain_text("通过")
    expect(row).to_contain_text("钱操作")
    tracer.lacks("隔离")


def reads_the_book(auditor: Seat, run_no: str) -> None:
    auditor.go_by_menu("审计")
    auditor.page.locator("[name=entityDisplay]").wait_for()
    auditor.page.wait_for_load_state("load")
    auditor.page.fill("[name=entityDisplay]", run_no)
    row = auditor.table_row("RUN_AUTHORIZE")
    expect(row.first).to_contain_text("赵组长")
    auditor.press("校验")
    auditor.sees("审计记录完整", auditor.page.locator("#verified"))


def test_the_main_job_in_english(sit: Sit, plant: SpinePlant) -> None:
    run_no, (sn,) = plant.run(planned=2, authorised=False)
    with sit(language="en") as leader:
        leader.be("leader").open(f"/runs/{run_no}")
        leader.press("Check", leader.page.locator(".fd-next"))
        leader.sees("The line was checked", leader.page.locator("#fd-toasts"))
        leader.press("Authorise")
        leader.page.click("#fd-ask-yes")
        leader.sees("Authorised: production may start")
    with sit(size=TERMINAL, language="en") as operator:
        page = operator.be("operator").page
        for station in STATIONS:
            operator.makes(station, sn, GOOD[station], yes="Yes")
            expect(page.locator("[data-verdict-title]")).to_have_text("Finished" if station == AOI else "Passed")
    with sit(language="en") as leader:
        leader.be("leader").open(f"/runs/{run_no}")
        expect(leader.tile("Good")).to_contain_text("1")
        leader.press("Close out")
        leader.dialog.locator("[name=shortReason]").fill("one board is enough")
        leader.send()
        leader.sees("This run is completed")
    with sit(language="en") as planner:
        wo_no = plant.do("planner", "GET", f"/runs/{run_no}")["workOrder"]["woNo"]
        planner.be("planner").open(f"/work-orders/{wo_no}")
        planner.press("Close the order")
        planner.send()
        planner.sees("Please fill this in.", planner.dialog)
        planner.dialog.locator("[name=reason]").fill("the customer takes fewer")
        planner.send()
        expect(planner.main.locator("[data-status=COMPLETED]").first).to_be_visible()
    with sit(language="en") as tracer:
        tracer.be("trace").open(f"/trace?q={sn}")
        tracer.at(f"/trace/units/{sn}")
        tracer.open(f"/trace/units/{sn}?tab=timeline")
        tracer.sees("钢网已清洁 = yes", tracer.page.locator(".fd-timeline"))


def test_an_engineer_adds_an_item_to_a_step_and_freezes_it(sit: Sit, plant: SpinePlant) -> None:
    plant.route("WEB-ENGINEER")
    with sit() as engineer:
        engineer.sign_in("engineer")
        engineer.at("/routes")
        engineer.go_by_menu("采集项")
        engineer.press("新建采集项")
        engineer.page.select_option("dialog select[name=operationCode]", f"OP-{AOI}")
        engineer.page.fill("dialog [name=name]", "炉后外观")
        engineer.page.fill("[name='spec.lsl']", "1")
        engineer.send()
        expect(engineer.table_row("炉后外观")).to_be_visible()

        engineer.open("/routes/WEB-ENGINEER")
        engineer.sees("批次使用版本 1")
        step = engineer.page.locator("#step-30")
        engineer.press("采集项", step)
        engineer.dialog.get_by_label("炉后外观").check()
        engineer.send()
        engineer.sees("炉后外观", step)
        engineer.sees("需要编译")
        engineer.press("编译")
        engineer.sees("批次使用版本 2")
        engineer.page.get_by_role("button", name="查看版本 2").click()
        engineer.sees("炉后外观", engineer.dialog)


# ---- what stands in the way, and what is not there ------------------------------------------------------------------


def test_a_run_that_is_not_ready_says_what_blocks_it(sit: Sit, plant: SpinePlant) -> None:
    plant.do(
        "planner",
        "POST",
        "/integration/work-orders",
        {"woNo": "WO-LOADED", "productCode": PRODUCT, "plannedQty": 1, "routingCode": "PCBA-STD-V1"},
    )
    plant.do("planner", "POST", "/work-orders/WO-LOADED/release", {"lineCode": "LINE-A"})
    run_no = plant.do("planner", "POST", "/work-orders/WO-LOADED/runs", {"lineCode": "LINE-A", "planQty": 1})["runNo"]
    plant.do("planner", "POST", f"/runs/{run_no}/generate-units", {"quantity": 1})
    plant.do("leader", "POST", f"/runs/{run_no}/readiness/check")
    with sit() as leader:
        leader.be("leader").open(f"/runs/{run_no}")
        leader.sees("暂不能授权")
        leader.sees("上料防错", leader.main.locator(".list-group-item", has_text="未通过"))
        leader.lacks("授权")


@pytest.mark.parametrize(
    ("who", "refused", "menu_lacks", "page_of_run_lacks"),
    [
        ("trace", "/work-orders", ("工单", "工位", "采集项"), ("检查", "授权", "生成")),
        ("operator", "/routes", ("工艺路线", "工单"), ("检查", "授权", "生成")),
        ("leader", "/work-orders/dialogs/receive", (), ("生成",)),
        ("planner", "/data-specs", ("采集项",), ("检查",)),
        ("engineer", "/work-orders/dialogs/receive", (), ("检查", "授权", "生成")),
    ],
)
def test_what_a_role_may_not_do_is_not_there(
    *,
    sit: Sit,
    plant: SpinePlant,
    who: str,
    refused: str,
    menu_lacks: tuple[str, ...],
    page_of_run_lacks: tuple[str, ...],
) -> None:
    run_no = plant.do("planner", "POST", f"/work-orders/{plant.order()}/runs", {"lineCode": LINE, "planQty": 1})[
        "runNo"
    ]
    with sit() as person:
        person.be(who)
        assert person.open(f"/runs/{run_no}") == 200
        menu = person.page.locator(".fd-menu")
        for name in menu_lacks:
            expect(menu.get_by_role("link", name=name, exact=True)).to_have_count(0)
        person.lacks(*page_of_run_lacks)
        if who != "planner":
            assert person.open("/work-orders") == (403 if who in ("trace", "operator") else 200)
            person.lacks("手工接收")
        assert person.open(refused) == 403
        person.sees("您无权打开此页面")
        person.sees("FORBIDDEN")
        assert person.open("/no/such/page") == 404


# ---- language, dark, sessions, networks ------------------------------------------------------------------------------


def test_language_and_dark_mode_stay_as_chosen(sit: Sit) -> None:
    with sit() as planner:
        page = planner.be("planner").page
        planner.open("/work-orders")
        expect(page.locator("h1")).to_have_text("工单")
        page.click("[data-language=en]")
        expect(page.locator("h1")).to_have_text("Work orders")
        page.wait_for_load_state("load")
        page.click("[data-theme-switch]")
        planner.open("/runs")
        expect(page.locator("h1")).to_have_text("Runs")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        lightness = page.evaluate(
            "getComputedStyle(document.querySelector('.fd-card')).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
        )
        assert sum(lightness) < 3 * 90


def test_who_is_signed_out_comes_back_to_the_page_asked_for(sit: Sit, plant: SpinePlant) -> None:
    with sit() as leader:
        leader.context.route("**/notifications/stream", lambda route: route.abort())  # else it may lead there first
        leader.be("leader").open("/runs")
        plant.end_sessions("leader")
        leader.page.select_option(
            "[name=status]", "PREP"
        )  # a part of a page is not put into the page as a sign-in form
        leader.at("/sign-in")
        leader.fill_sign_in("leader")
        leader.at("/runs")
        expect(leader.page.locator("h1")).to_have_text("批次")
        plant.end_sessions("leader")
        leader.open("/runs?status=PREP")
        leader.at("/sign-in")
        leader.fill_sign_in("leader")
        leader.at("/runs?status=PREP")


def test_what_is_sent_without_a_session_says_so_and_leads_to_the_sign_in(sit: Sit, plant: SpinePlant) -> None:
    run_no, _ = plant.run(authorised=False)
    with sit() as leader:
        leader.context.route("**/notifications/stream", lambda route: route.abort())  # else it may tell first
        leader.be("leader").open(f"/runs/{run_no}")
        plant.end_sessions("leader")
        leader.page.evaluate(
            "document.getElementById('run-now').removeAttribute('hx-get')"
        )  # nor the part that renews itself
        leader.press("检查", leader.page.locator(".fd-next"))
        leader.sees("UNAUTHORIZED")
        leader.press("登录")
        leader.fill_sign_in("leader")
        leader.at(f"/runs/{run_no}")


def test_what_is_typed_is_not_lost_when_the_session_ends(sit: Sit, plant: SpinePlant) -> None:
    with sit() as planner:
        planner.be("planner").open("/work-orders")
        planner.press("手工接收")
        planner.page.fill("[name=woNo]", "WO-HALF-TYPED")
        plant.end_sessions("planner")
        planner.sees("会话已结束", planner.page.locator("#fd-toasts"))
        expect(planner.page.locator("[name=woNo]")).to_have_value("WO-HALF-TYPED")


def test_a_page_on_which_nothing_is_typed_goes_to_the_sign_in_by_itself(sit: Sit, plant: SpinePlant) -> None:
    with sit() as planner:
        planner.be("planner").open("/work-orders")
        plant.end_sessions("planner")
        planner.at("/sign-in")


def test_a_session_that_ends_before_the_page_listens_goes_to_the_sign_in_too(sit: Sit, plant: SpinePlant) -> None:
    with sit() as planner:
        planner.be("planner")

        def end_first(route: Route) -> None:
            plant.end_sessions("planner")
            route.continue_()

        planner.page.route("**/api/notifications/stream", end_first, times=1)
        planner.open("/work-orders")
        planner.at("/sign-in")


def test_a_scan_without_a_network_is_kept_and_sent_once_later(sit: Sit, plant: SpinePlant) -> None:
    _, (sn,) = plant.run()
    with sit(size=TERMINAL) as operator:
        page = operator.be("operator").page
        operator.choose_station(PRINT)
        operator.context.set_offline(True)
        operator.scan(sn)
        expect(page.locator("[data-kept] li")).to_contain_text(sn)
        expect(page.locator("#fd-offline")).to_be_visible()
        assert plant.visits(sn) == []
        operator.context.set_offline(False)
        operator.taken_in(sn)
        expect(page.locator("[data-kept] li")).to_have_count(0)
        expect(page.locator("#fd-offline")).to_be_hidden()
        assert len(plant.visits(sn)) == 1


def test_an_answer_that_was_lost_is_asked_for_again_and_the_board_went_in_once(sit: Sit, plant: SpinePlant) -> None:
    _, (sn,) = plant.run()
    with sit(size=TERMINAL) as operator:
        page = operator.be("operator").page
        operator.choose_station(PRINT)

        def lose(route: Any) -> None:
            route.fetch()
            route.abort()

        page.route("**/track-in", lose, times=1)
        operator.scan(sn)
        expect(page.locator("[data-kept] li")).to_contain_text(sn)
        page.locator("[data-kept] button").first.click()
        operator.taken_in(sn)
        expect(page.locator("[data-verdict-title]")).to_have_text("站内")
        assert len(plant.visits(sn)) == 1


def test_a_double_click_on_pass_takes_the_board_out_once(sit: Sit, plant: SpinePlant) -> None:
    _, (sn,) = plant.run()
    with sit(size=TERMINAL) as operator:
        operator.be("operator").choose_station(PRINT)
        operator.scan(sn)
        operator.taken_in(sn)
        operator.page.get_by_label("刮刀压力").fill("6.2")
        operator.page.get_by_role("group", name="钢网已清洁").get_by_role("radio", name="是").check()
        operator.page.locator("button[value=PASS]").dblclick()
        operator.sees(SPI, operator.verdict("ok"))
        assert [visit["result"] for visit in plant.visits(sn)] == ["PASS"]


SMALL_SCREEN = (
    "/work-orders", "/work-orders/WO-LONG", "/runs", "/runs/{run}", "/runs/{run}?tab=units", "/runs/{run}?tab=history", "/routes",
    f"/routes/{ROUTE}", "/data-specs", "/lines", f"/lines/{LINE}", "/execution?choose=1", f"/execution?station={PRINT}",
    "/trace?q={sn}", "/trace/units/{sn}", "/trace/units/{sn}?tab=steps", "/trace/runs/{run}", "/profile",
    "/runs/{run}?tab=checklist", "/readiness/exceptions", f"/lines/{LINE}/readiness", "/loading", "/loading?run={run}",
    f"/loading/tables?line={LINE}", "/reel-changes", "/forms", *(f"/{form.path}" for form in FORMS), *(f"/{form.path}/new" for form in FORMS),
)  # fmt: skip


def test_no_page_stands_out_to_the_side_on_a_small_screen(sit: Sit, long_names: tuple[str, str]) -> None:
    run_no, sn = long_names
    too_wide = []
    with sit(size=TERMINAL, language="en") as engineer:
        engineer.be("engineer")
        for path in SMALL_SCREEN:
            assert engineer.open(path.format(run=run_no, sn=sn)) == 200, path
            if not engineer.fills_the_width():
                too_wide.append(path)
    assert too_wide == []


@pytest.fixture(scope="module")
def long_names(plant: SpinePlant) -> tuple[str, str]:
    """A run of a product with a long name, and a board with a serial as long as may be."""
    code, sn = "P-" + "0123456789-" * 5 + "ABCDEFG", "SN-" + "0123456789-" * 5 + "ABCDEF"
    plant.do(
        "engineer",
        "POST",
        "/materials",
        {"code": code, "name": "很长的产品名称" * 6, "category": "成品", "unit": "PCS"},
    )
    plant.do(
        "planner",
        "POST",
        "/integration/work-orders",
        {"woNo": "WO-LONG", "productCode": code, "plannedQty": 2, "routingCode": ROUTE},
    )
    plant.do("planner", "POST", "/work-orders/WO-LONG/release", {"lineCode": LINE})
    run_no = plant.do("planner", "POST", "/work-orders/WO-LONG/runs", {"lineCode": LINE, "planQty": 2})["runNo"]
    plant.do("planner", "POST", f"/runs/{run_no}/units", {"sns": [sn]})
    return run_no, sn


def test_a_password_never_stands_in_an_address_also_before_the_script_is_there(
    browser: Browser, plant: SpinePlant
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{plant.address}/sign-in")
    page.fill("[name=email]", "leader")
    page.fill("[name=password]", password_of("leader"))
    page.click("button[type=submit]")
    page.wait_for_load_state("load")
    address, shown = page.url, page.content()
    context.close()
    assert "password" not in address
    assert password_of("leader") not in shown
