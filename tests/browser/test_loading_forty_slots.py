"""A material handler loads forty slots with a scanner in gloves at the seven-inch terminal, and everything goes wrong once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import LINE, TERMINAL, Seat, SpinePlant, password_of, seat, spine_plant

expect.set_options(timeout=30_000)
SLOTS = tuple(f"2F-{number:02d}" for number in range(1, 41))
ALTERNATE = "ALT-011"


def material_of(slot: str) -> str:
    return f"PART-{int(slot[-2:]):03d}"


def reel_of(slot: str) -> str:
    return f"{material_of(slot)}|LOT-{slot[-2:]}"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpinePlant]:
    with spine_plant(tmp_path_factory.mktemp("plant")) as standing:
        standing.do(
            "material", "POST", "/auth/sign-in/email", {"email": "material", "password": password_of("material")}
        )
        standing._bind("material", lineIds=[line["id"] for line in standing._all("/lines")])
        for position, code in enumerate(SLOTS, 1):
            standing.do("engineer", "POST", f"/lines/{LINE}/feeder-slots", {"slotCode": code, "position": position})
            standing.do(
                "engineer",
                "POST",
                "/slot-mappings",
                {"lineCode": LINE, "slotCode": code, "materialCode": material_of(code)},
            )
        alternate = {"lineCode": LINE, "slotCode": SLOTS[10], "materialCode": ALTERNATE, "isAlternate": True}
        standing.do("engineer", "POST", "/slot-mappings", alternate)
        yield standing


def expectation(plant: SpinePlant, run_no: str, slot: str) -> Any:
    items = plant.do("material", "GET", f"/runs/{run_no}/loading/expectations")["items"]
    return next(item for item in items if item["slotCode"] == slot)


def scans(plant: SpinePlant, run_no: str, slot: str) -> list[Any]:
    return list(plant.do("material", "GET", f"/runs/{run_no}/loading?slotCode={slot}")["items"])


def aims_at(handler: Seat, slot: str) -> None:
    """Scan a slot and see what belongs on it."""
    handler.scan(slot)
    shown = handler.page.locator(f"#scan-panel [data-slot='{slot}']")
    expect(shown).to_contain_text(material_of(slot))
    handler.verdict("info")


def loads(handler: Seat, slot: str, reel: str | None = None, outcome: str = "ok") -> None:
    aims_at(handler, slot)
    handler.scan(reel or reel_of(slot))
    handler.verdict(outcome)


def test_forty_slots_are_loaded_with_a_scanner_errors_included(
    browser: Browser, plant: SpinePlant, tmp_path: Path
) -> None:
    run_no, _ = plant.run(authorised=False)
    with seat(browser, plant, size=TERMINAL) as handler:
        handler.sign_in("material")
        handler.open("/loading")
        handler.page.locator(".fd-tile", has_text=run_no).click()
        handler.press("加载站位表")
        expect(handler.page.locator("#slots")).to_contain_text("已上料 0 / 40")
        handler.scan("HELLO")  # neither a slot nor anything that is known
        handler.verdict("warn")
        handler.page.screenshot(path=str(tmp_path / "no-slot.png"))
        for slot in SLOTS:
            if slot == SLOTS[2]:
                a_wrong_reel_is_red_and_says_what_belongs_there(handler, plant, run_no, slot, tmp_path)
            elif slot == SLOTS[4]:
                three_wrong_reels_lock_the_slot_until_the_leader_opens_it(handler, plant, run_no, slot, tmp_path)
            elif slot == SLOTS[6]:
                a_scanner_that_sends_twice_within_20_ms_loads_once(handler, plant, run_no, slot)
            elif slot == SLOTS[7]:
                a_slot_that_is_touched_in_the_list_is_as_good_as_scanned(handler, slot)
            elif slot == SLOTS[10]:
                loads(handler, slot, f"{ALTERNATE}|LOT-A", "warn")
                handler.page.screenshot(path=str(tmp_path / "alternate.png"))
            else:
                loads(handler, slot)
        handler.sees("全部站位已上料", handler.page.locator("#scan-panel"))
        expect(handler.page.locator("#slots")).to_contain_text("已上料 40 / 40")
        assert handler.fills_the_width()
        handler.page.screenshot(path=str(tmp_path / "done.png"))
    found = plant.do("material", "GET", f"/runs/{run_no}/loading/expectations")["items"]
    assert [item["status"] for item in found] == ["LOADED"] * 40
    assert plant.do("leader", "POST", f"/runs/{run_no}/readiness/check")["status"] == "PASSED"


def a_wrong_reel_is_red_and_says_what_belongs_there(
    handler: Seat, plant: SpinePlant, run_no: str, slot: str, folder: Path
) -> None:
    loads(handler, slot, reel_of(SLOTS[3]), "bad")  # the reel of the slot beside it
    handler.sees(f"应上 {material_of(slot)}", handler.page.locator("#scan-panel"))
    handler.page.screenshot(path=str(folder / "wrong.png"))
    assert expectation(plant, run_no, slot)["status"] == "MISMATCH"
    handler.scan(reel_of(slot))  # the panel waits for the right one, the slot need not be scanned again
    handler.verdict("ok")


def three_wrong_reels_lock_the_slot_until_the_leader_opens_it(
    handler: Seat, plant: SpinePlant, run_no: str, slot: str, folder: Path
) -> None:
    aims_at(handler, slot)
    for number in (1, 2, 3):
        handler.scan(f"WRONG-{number}|LOT")
        handler.sees("已锁定" if number == 3 else f"{number} / 3", handler.page.locator("#scan-panel"))
    handler.page.screenshot(path=str(folder / "locked.png"))
    handler.lacks("解锁")
    handler.scan(slot)
    handler.verdict("bad")
    browser = handler.context.browser
    assert browser is not None
    with seat(browser, plant, size=TERMINAL) as leader:
        leader.be("leader")
        leader.open(f"/loading?run={run_no}")
        leader.scan(slot)
        leader.verdict("bad")
        leader.press("解锁")
        leader.page.locator("#fd-ask-text").fill("看错料盘，已核对标签")
        leader.page.click("#fd-ask-yes")
        leader.verdict("info")
        leader.page.screenshot(path=str(folder / "unlocked.png"))
    loads(handler, slot)
    assert not expectation(plant, run_no, slot)["isLocked"]


def a_slot_that_is_touched_in_the_list_is_as_good_as_scanned(handler: Seat, slot: str) -> None:
    handler.page.locator(f"[data-scan-this='{slot}']").click()
    handler.verdict("info")
    handler.sees(material_of(slot), handler.page.locator("#scan-panel"))
    handler.scan(reel_of(slot))
    handler.verdict("ok")


def a_scanner_that_sends_twice_within_20_ms_loads_once(
    handler: Seat, plant: SpinePlant, run_no: str, slot: str
) -> None:
    aims_at(handler, slot)
    box = handler.page.locator("[data-scan-input]")
    box.focus()
    handler.page.evaluate(
        """([code]) => {
            const box = document.querySelector("[data-scan-input]");
            const send = () => {
                box.value = code;
                box.form.requestSubmit();
            };
            send();
            send();
        }""",
        [reel_of(slot)],
    )
    handler.verdict("ok")
    handler.page.wait_for_timeout(300)
    assert [scan["verifyResult"] for scan in scans(plant, run_no, slot)] == ["PASS"]
