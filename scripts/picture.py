"""Take the picture of the README: the station page at work, on a demo plant of its own.

    python scripts/picture.py [FILE.png]

The plant is made, driven through the API to a nice moment (boards done, one in the station, some waiting), looked at with
Chromium, and removed. The picture is the same each time but for the moment of day.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from tests.browser.spine_plant import AOI, LINE, PRINT, ROUTE, SPI, SpinePlant, password_of, spine_plant  # noqa: E402
from tests.services.chromium import chromium_flags, find_chromium  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "station.png"
WIDTH, HEIGHT, MOST_BYTES = 1366, 768, 150_000
DONE, SEEN, WAITING = 5, 9, 6  # boards that are finished, that left the first station, that wait for it


MORE_ITEMS: tuple[dict[str, Any], ...] = (
    {"name": "锡膏体积", "dataType": "NUMBER", "spec": {"unit": "%", "lsl": 70, "usl": 130}},
    {"name": "无桥连", "dataType": "BOOLEAN", "spec": {"expected": True}},
)


def work(plant: SpinePlant) -> str:
    """Work a while on the line; give the board that is to be scanned."""
    asked = {"operationCode": f"OP-{SPI}", "itemType": "KEY", "method": "MANUAL", "triggerType": "EVENT",
             "triggerRule": {"event": "TRACK_OUT"}, "isRequired": False}  # fmt: skip
    more = [plant.do("engineer", "POST", "/data-collection-specs", {**asked, **item})["id"] for item in MORE_ITEMS]
    bound = [key for station, key in plant.items if station == SPI]
    plant.do("engineer", "PUT", f"/routes/{ROUTE}/steps/20/data-specs", {"dataSpecIds": [*bound, *more]})
    plant.do("engineer", "POST", f"/routes/{ROUTE}/compile")
    run_no = plant.do("planner", "POST", f"/work-orders/{plant.order(24)}/runs", {"lineCode": LINE, "planQty": 24})[
        "runNo"
    ]
    plant.do("planner", "POST", f"/runs/{run_no}/generate-units", {"quantity": DONE + SEEN + WAITING})
    plant.do("leader", "POST", f"/runs/{run_no}/readiness/check")
    plant.do("leader", "POST", f"/runs/{run_no}/authorize", {"action": "AUTHORIZE"})
    boards = plant.boards(run_no)
    for number, sn in enumerate(boards[: DONE + SEEN]):
        for station in (PRINT, SPI, AOI) if number < DONE else (PRINT,):
            plant.pass_through(station, sn)
    return boards[DONE]


def take(page: Page, plant: SpinePlant, sn: str) -> bytes:
    """Scan a board into the second station, fill its form in, and look."""
    sign_in = {"email": "operator", "password": password_of("operator")}
    assert page.request.post(f"{plant.address}/api/auth/sign-in/email", data=sign_in).ok
    page.goto(f"{plant.address}/execution?station={SPI}")
    page.fill("[data-scan-input]", sn)
    page.press("[data-scan-input]", "Enter")
    page.wait_for_selector("#track-out")
    page.get_by_label("锡膏高度").fill("0.147")
    page.get_by_role("radio", name="是").check()
    page.get_by_label("锡膏体积").fill("104")
    page.wait_for_selector(".fd-flash-on", state="detached")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => document.fonts.ready.then(() => !document.querySelector('#queue .fd-loading'))")
    return page.screenshot(animations="disabled")


def main(file: Path) -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium: `make browser` looks for one")
    with tempfile.TemporaryDirectory() as folder, spine_plant(Path(folder)) as plant, sync_playwright() as playwright:
        sn = work(plant)
        browser = playwright.chromium.launch(executable_path=chromium, args=chromium_flags())
        view: Any = {"width": WIDTH, "height": HEIGHT}
        png = take(browser.new_page(viewport=view, locale="zh-CN", reduced_motion="reduce"), plant, sn)
        browser.close()
    if len(png) > MOST_BYTES:
        raise SystemExit(f"{len(png)} bytes: more than {MOST_BYTES}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(png)
    print(f"{file}: {len(png):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
