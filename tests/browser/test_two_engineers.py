"""Two engineers have one route open; the second who saves sees both versions side by side and what to do next (issue: STALE_UPDATE)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import ROUTE, SpinePlant, seat, spine_plant

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        yield standing


def test_the_second_of_two_who_edit_one_route_sees_both_versions_and_loads_what_stands(
    browser: Browser, plant: SpinePlant
) -> None:
    with seat(browser, plant) as second:
        second.be("engineer").open(f"/routes/{ROUTE}")
        second.press("编辑")
        second.dialog.locator("[name=name]").fill("第二位的名称")
        plant.do("engineer", "PATCH", f"/routes/{ROUTE}", {"name": "第一位的名称"})
        second.send()
        both = second.dialog.locator("table.fd-stale")
        expect(both).to_contain_text("第二位的名称")
        expect(both).to_contain_text("第一位的名称")
        expect(both.locator("thead")).to_contain_text("您填写的内容")
        assert plant.do("engineer", "GET", f"/routes/{ROUTE}")["route"]["name"] == "第一位的名称"
        second.dialog.get_by_role("button", name="载入当前内容").click()
        expect(second.main).to_contain_text("第一位的名称")
        second.press("编辑")
        expect(second.dialog.locator("[name=name]")).to_have_value("第一位的名称")


def test_of_two_who_arrange_the_steps_the_second_sees_both_arrangements(browser: Browser, plant: SpinePlant) -> None:
    with seat(browser, plant) as second:
        second.be("engineer").open(f"/routes/{ROUTE}")
        second.press("调整顺序")
        second.dialog.locator("[name='steps.2.stepNo']").fill("35")
        steps = plant.do("engineer", "GET", f"/routes/{ROUTE}")["steps"]
        kept = [
            {
                "stepNo": one["stepNo"] + 5,
                "operationCode": one["operationCode"],
                "stationGroupCode": one["stationGroupCode"],
            }
            for one in steps
        ]
        plant.do("engineer", "PUT", f"/routes/{ROUTE}/steps", {"steps": kept})
        second.send()
        both = second.dialog.locator("table.fd-stale")
        expect(both.locator("tbody tr")).to_have_count(1)
        expect(both.locator("td").nth(0)).to_contain_text("10")
        expect(both.locator("td").nth(1)).to_contain_text("25")
