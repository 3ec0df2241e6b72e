"""Take the pictures of the manuals: a demo plant at work, in Chinese and in English.

    python scripts/pictures.py [NAME …]

The demo data (`base` and `rich`) is loaded into a folder of its own, served, looked at with Chromium as the person whose page it
is, and removed. The pictures go to docs/manual/{zh,en}/pictures and are as small as a palette makes them. Taken anew whenever a
page changes its looks, so that they never grow old (spec 13.12).
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from tests.browser.spine_plant import ACCOUNTS, password_of  # noqa: E402
from tests.services.chromium import chromium_flags, find_chromium  # noqa: E402

from fiducial.demo.serving import free_port, plant_environment, run_command, serving  # noqa: E402

MANUALS = ROOT / "docs" / "manual"
FOLDERS = {"zh-CN": "zh", "en": "en"}
SIZE: Any = {"width": 1180, "height": 700}
MOST_BYTES, COLOURS = 80_000, (96, 64, 40, 24)


@dataclass(frozen=True, slots=True)
class Picture:
    """What one picture shows: whose page, and what that person does on it before it is taken."""

    name: str
    who: str
    path: str
    act: Callable[[Page], None] = lambda _page: None


def scan(*codes: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for code in codes:
            page.fill("[data-scan-input]", code)
            page.press("[data-scan-input]", "Enter")
            page.wait_for_selector("#scan-panel .fd-verdict, #scan-panel [data-unit]")
            page.wait_for_timeout(700)

    return act


def open_row(page: Page) -> None:
    page.locator("tbody tr[data-href]").first.click()
    page.wait_for_load_state("load")
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")


def show_picture(page: Page) -> None:
    page.wait_for_selector(".fd-picture svg")
    page.evaluate("() => window.scrollTo(0, document.querySelector('.fd-picture').getBoundingClientRect().top - 120)")


PICTURES = (
    Picture("work-order", "planner", "/work-orders/WO-DEMO-SMT-REL"),
    Picture("run", "leader", "/runs/RUN-DEMO-SMT-PREP"),
    Picture("route", "engineer", "/routes/PCBA-SMT-FULL-V1"),
    Picture("first-article", "quality", "/fai?status=INSPECTING", open_row),
    Picture("defect", "quality", "/defects?status=RECORDED", open_row),
    Picture("review", "quality", "/runs/RUN-DEMO-SMT-HOLD"),
    Picture("figures", "quality", "/quality"),
    Picture("by-hand", "leader", "/integration/manual-entry?line=LINE-B"),
    Picture("station", "operator2", "/execution?station=ST-SPI-02", scan("SN-DEMO-EXEC-0016")),
    Picture("loading", "material", "/loading?run=RUN-DEMO-SMT-PREP"),
    Picture("trace", "trace", "/trace/units/SN-DEMO-DONE-0002", show_picture),
    Picture("users", "admin", "/system/users"),
)


def small(png: bytes) -> bytes:
    """Give a picture with as few colours as make it small enough."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        kept = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= MOST_BYTES:
            return kept.getvalue()
    raise SystemExit(f"still {kept.tell():,} bytes with {COLOURS[-1]} colours")


def take(browser: Browser, address: str, language: str, picture: Picture) -> bytes:
    context = browser.new_context(viewport=SIZE, locale=language, reduced_motion="reduce")
    try:
        sign_in = {"email": picture.who, "password": password_of(picture.who)}
        assert context.request.post(f"{address}/api/auth/sign-in/email", data=sign_in).ok
        page = context.new_page()
        page.goto(address + picture.path)
        picture.act(page)
        page.wait_for_timeout(900)  # charts and live parts
        page.wait_for_function("() => !document.querySelector('.fd-loading')")
        return small(page.screenshot(animations="disabled"))
    finally:
        context.close()


def main(names: list[str]) -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium: `make browser` looks for one")
    chosen = [picture for picture in PICTURES if not names or picture.name in names]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        environ = plant_environment(Path(place), free_port(), ACCOUNTS)
        run_command("demo", "load", environ=environ)
        with serving(environ, log=Path(place) / "server.log") as server:
            browser = playwright.chromium.launch(executable_path=chromium, args=chromium_flags())
            for language, folder in FOLDERS.items():
                (MANUALS / folder / "pictures").mkdir(exist_ok=True)
                for picture in chosen:
                    png = take(browser, server.address, language, picture)
                    (MANUALS / folder / "pictures" / f"{picture.name}.png").write_bytes(png)
                    print(f"{folder}/{picture.name}: {len(png):,} bytes")
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
