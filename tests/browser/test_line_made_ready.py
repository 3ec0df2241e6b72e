"""A leader makes a line ready on the pages alone: sees what stops the run, goes through the list, signs it, authorises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import LINE, SpinePlant, password_of, seat, spine_plant

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        yield standing


def test_a_leader_makes_the_line_ready_on_the_pages(browser: Browser, plant: SpinePlant) -> None:
    plant.do(
        "engineer",
        "PUT",
        f"/lines/{LINE}/readiness-config",
        {"enabled": ["ROUTE", "CHECKLIST"], "reason": "this story"},
    )
    run_no, _ = plant.run(authorised=False)
    with seat(browser, plant) as leader:
        leader.sign_in("leader")
        leader.open(f"/runs/{run_no}")
        leader.press("检查", leader.page.locator(".fd-next"))
        leader.sees("正式检查 · 手工", leader.page.locator("#line-check"))  # the early one named the same item
        item = leader.page.locator("#line-check li", has_text="CHECKLIST_NOT_CONFIRMED")
        expect(item).to_contain_text("未确认")
        leader.press("前往", item)
        leader.at(f"/runs/{run_no}?tab=checklist")
        rows = plant.do("leader", "GET", f"/runs/{run_no}/readiness/checklist")["rows"]
        for row in rows:
            leader.main.locator(f"button[data-dialog$='/rows/{row['itemKey']}']").click()
            leader.dialog.locator("label", has_text="OK").click()
            leader.send()
            expect(
                leader.page.locator(f"tr:has(button[data-dialog$='/rows/{row['itemKey']}']) [data-status=OK]")
            ).to_be_visible()
        leader.press("确认检查表")
        leader.dialog.locator("[name=password]").fill(password_of("leader"))
        leader.send()
        expect(leader.main.locator(".alert-success")).to_contain_text("确认")
        leader.open(f"/runs/{run_no}")
        leader.press("授权", leader.page.locator(".fd-next"))
        leader.page.click("#fd-ask-yes")
        expect(leader.main.locator("[data-status=AUTHORIZED]").first).to_be_visible()
