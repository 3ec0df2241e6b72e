"""An engineer sets a new product up through the pages, from nothing to a version that runs; an operator makes a board of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import LINE, PRINT, SPI, TERMINAL, Seat, SpinePlant, seat, spine_plant

expect.set_options(timeout=30_000)

PRODUCT, ROUTE, ORDER = "P-NEW-7", "NEW-V1", "WO-NEW-1"
PARTS = (("R-NEW-10K", "电阻 10K", "12"), ("U-NEW-MCU", "控制芯片", "1"))
FIRST, SECOND = "OP-NEW-GLUE", "OP-NEW-LOOK"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        yield standing


def test_a_new_product_from_nothing_to_a_traced_board(browser: Browser, plant: SpinePlant) -> None:
    with seat(browser, plant) as engineer:
        engineer.sign_in("engineer")
        makes_the_materials(engineer)
        says_what_it_is_made_of(engineer)
        makes_the_operations(engineer)
        makes_the_items(engineer)
        makes_the_route(engineer)
        finds_out_what_is_missing(engineer)
        binds_and_compiles(engineer)
    with seat(browser, plant) as planner:
        run_no = orders_one_board(planner.be("planner"))
    with seat(browser, plant) as leader:
        authorises(leader.be("leader"), run_no)
    (sn,) = plant.boards(run_no)
    with seat(browser, plant, size=TERMINAL) as operator:
        works(operator.be("operator"), sn)
    with seat(browser, plant) as quality:
        lets_it_go(quality.be("quality"), sn)
    with seat(browser, plant, size=TERMINAL) as operator:
        finishes(operator.be("operator"), sn)
    with seat(browser, plant) as engineer:
        reads_the_values(engineer.be("engineer"), sn)


def makes_the_materials(engineer: Seat) -> None:
    """The product and its two parts; a code that is there already is told at its field."""
    dialog = engineer.dialog
    engineer.go_by_menu("物料")
    for code, name in ((PRODUCT, "新控制板"), *((code, name) for code, name, _qty in PARTS)):
        engineer.press("新建物料")
        dialog.locator("[name=code]").fill(code)
        dialog.locator("[name=name]").fill(name)
        engineer.send()
        expect(engineer.table_row(code)).to_contain_text(name)
    engineer.press("新建物料")
    dialog.locator("[name=code]").fill(PRODUCT)
    dialog.locator("[name=name]").fill("又一块")
    engineer.send()
    expect(dialog.locator("[data-errors]")).to_contain_text("已存在")
    dialog.locator("[data-close]").first.click()


def says_what_it_is_made_of(engineer: Seat) -> None:
    """A part that nobody knows is told; the right ones stand in the list with their quantities."""
    dialog = engineer.dialog
    engineer.main.get_by_role("link", name="物料清单").click()
    engineer.press("新建物料清单")
    dialog.locator("[name=parentCode]").fill(PRODUCT)
    dialog.locator("[name='children.0.childCode']").fill("R-NEW-NONE")
    dialog.locator("[name='children.0.qty']").fill("1")
    engineer.send()
    expect(dialog.locator("[data-errors]")).to_contain_text("R-NEW-NONE")
    for place, (code, _name, quantity) in enumerate(PARTS):
        if place:
            dialog.get_by_role("button", name="添加子件").click()
        dialog.locator(f"[name='children.{place}.childCode']").fill(code)
        dialog.locator(f"[name='children.{place}.qty']").fill(quantity)
    dialog.locator("[name='children.1.isKeyPart']").check()
    engineer.send()
    expect(engineer.table_row(PRODUCT)).to_contain_text("R-NEW-10K × 12")
    expect(engineer.table_row(PRODUCT)).to_contain_text("U-NEW-MCU × 1")


def makes_the_operations(engineer: Seat) -> None:
    dialog = engineer.dialog
    engineer.go_by_menu("工序")
    for code, name, kind in ((FIRST, "点胶", "OTHER"), (SECOND, "外观检查", "INSPECT")):
        engineer.press("新建工序")
        dialog.locator("[name=code]").fill(code)
        dialog.locator("[name=name]").fill(name)
        dialog.locator("[name=processKind]").select_option(kind)
        engineer.send()
        expect(engineer.table_row(code)).to_contain_text(name)


def makes_the_items(engineer: Seat) -> None:
    """A number that holds the board when it is far out, and a yes or no; the server's fault stands at its field."""
    page, dialog = engineer.page, engineer.dialog
    engineer.go_by_menu("采集项")
    engineer.press("新建采集项")
    dialog.locator("[name=operationCode]").select_option(FIRST)
    dialog.locator("[name=name]").fill("胶量")
    dialog.locator("[name='spec.unit']").fill("mg")
    dialog.locator("[name='spec.lsl']").fill("9")
    dialog.locator("[name='spec.usl']").fill("2")
    dialog.locator("[name='alarm.action']").select_option("HOLD")
    dialog.locator("[name=isRequired]").check()
    engineer.send()
    expect(dialog.locator("[data-field='spec.lsl'] [data-fault]")).to_contain_text("规格上限")
    dialog.locator("[name='spec.usl']").fill("12")
    engineer.send()
    expect(engineer.table_row("胶量")).to_contain_text("9 … 12 mg")

    engineer.press("新建采集项")
    dialog.locator("[name=operationCode]").select_option(SECOND)
    dialog.locator("[name=name]").fill("无气泡")
    dialog.locator("[name=dataType]").select_option("BOOLEAN")
    dialog.locator("[name='spec.expected']").select_option("true")
    engineer.send()
    expect(engineer.table_row("无气泡")).to_be_visible()
    assert page.locator("dialog[open]").count() == 0


def makes_the_route(engineer: Seat) -> None:
    """Two steps, entered in the wrong order and put right by the form in which steps are arranged."""
    page, dialog = engineer.page, engineer.dialog
    engineer.go_by_menu("工艺路线")
    engineer.press("新建工艺路线")
    dialog.locator("[name=code]").fill(ROUTE)
    dialog.locator("[name=name]").fill("新控制板路线")
    dialog.locator("[name=productCode]").fill(PRODUCT)
    dialog.locator("[name=processType][value=SMT]").check(force=True)
    engineer.send()
    engineer.at(f"/routes/{ROUTE}")
    for place, (operation, group) in enumerate(((SECOND, SPI), (FIRST, ""))):
        engineer.press("添加步骤")
        dialog.locator(f"[name='steps.{place}.operationCode']").select_option(operation)
        dialog.locator(f"[name='steps.{place}.stationGroupCode']").select_option(group)
        engineer.send()
        expect(page.locator(f"#step-{(place + 1) * 10}")).to_be_visible()
    engineer.press("调整顺序")
    dialog.locator("[data-step-down]").first.click()
    engineer.send()
    expect(page.locator("#step-10")).to_contain_text("点胶")
    expect(page.locator("#step-20")).to_contain_text("外观检查")


def finds_out_what_is_missing(engineer: Seat) -> None:
    """A compile makes a version with errors; each leads to its step and field, and to the form where it is mended."""
    page = engineer.page
    engineer.press("编译")
    expect(page.locator("#versions")).to_contain_text("有错误")
    found = page.get_by_label("现在编译会发现")
    expect(found).to_contain_text("既没有工位组也没有允许的工位")
    expect(found).to_contain_text("必填采集项没有绑定：胶量")
    found.locator("li", has_text="STATION_CONSTRAINT_MISSING").get_by_role("link").click()
    expect(page.locator("#step-10-stationGroupCode")).to_be_in_viewport()
    page.locator("#step-10-stationGroupCode").get_by_role("button", name="去修正").click()
    group = engineer.dialog.locator("[name=stationGroupCode]")
    expect(group).to_be_focused()
    group.select_option(PRINT)
    engineer.send()
    expect(page.locator("#step-10-stationGroupCode")).to_contain_text("本步骤设置")


def binds_and_compiles(engineer: Seat) -> None:
    page, dialog = engineer.page, engineer.dialog
    for step, item in ((10, "胶量"), (20, "无气泡")):
        page.locator(f"#step-{step}").get_by_role("button", name="采集项").click()
        dialog.locator("[data-narrow]").fill(item[:1])
        dialog.locator(".fd-pick", has_text=item).locator("[name=dataSpecIds]").check()
        engineer.send()
        expect(page.locator(f"#step-{step}-dataSpecIds")).to_contain_text(item)
    engineer.press("编译")
    engineer.sees("批次使用版本 2")


def orders_one_board(planner: Seat) -> str:
    """The order names no route: the product leads to it."""
    planner.open("/work-orders")
    planner.press("手工接收")
    planner.page.fill("[name=woNo]", ORDER)
    planner.page.fill("[name=productCode]", PRODUCT)
    planner.page.fill("[name=plannedQty]", "1")
    planner.send()
    planner.at(f"/work-orders/{ORDER}")
    planner.sees(ROUTE)
    return planner.plans(LINE, 1)


def authorises(leader: Seat, run_no: str) -> None:
    leader.open(f"/runs/{run_no}")
    leader.page.locator("button[data-api$='/readiness/check']").first.click()
    leader.sees("准备就绪，可以授权")
    leader.page.locator("button[data-api$='/authorize']").first.click()
    leader.page.click("#fd-ask-yes")
    expect(leader.main.locator("[data-status=AUTHORIZED]").first).to_be_visible()


def works(operator: Seat, sn: str) -> None:
    """Nothing entered is refused at the field; too much glue is told while it is typed, and holds the board."""
    page = operator.page
    operator.choose_station(PRINT)
    operator.scan(sn)
    operator.taken_in(sn)
    page.keyboard.press("F8")
    expect(page.locator("[data-entry=胶量] [data-fault]")).to_have_text("请填写此项。")
    page.get_by_label("胶量").fill("10.5")
    expect(page.locator("[data-entry=胶量] [data-judged]")).to_have_text("在限值内")
    page.get_by_label("胶量").fill("14")
    expect(page.locator("[data-entry=胶量] [data-judged]")).to_contain_text("该板将被隔离")
    assert operator.fills_the_width()
    page.keyboard.press("F8")
    operator.sees("胶量: 14mg", operator.verdict("warn"))


def lets_it_go(quality: Seat, sn: str) -> None:
    """Quality releases the board; the page for that belongs to another chapter, so it is asked of the API."""
    answer = quality.context.request.post(
        f"{quality.plant.address}/api/units/{sn}/release",
        data={"reason": "复测合格"},
        headers={"Origin": quality.plant.address},
    )
    assert answer.ok, answer.text()


def finishes(operator: Seat, sn: str) -> None:
    page = operator.page
    operator.choose_station(SPI)
    operator.scan(sn)
    operator.taken_in(sn)
    page.get_by_role("group", name="无气泡").get_by_role("radio", name="是").check()
    expect(page.locator("[data-entry=无气泡] [data-judged]")).to_have_text("在限值内")
    page.keyboard.press("F8")
    expect(page.locator("[data-verdict-title]")).to_have_text("完成")


def reads_the_values(engineer: Seat, sn: str) -> None:
    """The trace tells both values with their limits and the hold; the item's statistics know the value."""
    page = engineer.page
    engineer.open(f"/trace/units/{sn}?tab=timeline")
    engineer.sees("采集 胶量 = 14 mg", page.locator(".fd-timeline"))
    engineer.sees("采集 无气泡 = 是", page.locator(".fd-timeline"))
    engineer.sees("隔离", page.locator(".fd-timeline"))
    engineer.go_by_menu("采集项")
    engineer.table_row("胶量").get_by_role("link", name="胶量 的统计").click()
    expect(page.locator("figure[data-drawn]")).to_have_count(2)
    expect(engineer.tile("超出限值")).to_contain_text("1")
