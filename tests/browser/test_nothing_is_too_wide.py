"""On a seven-inch terminal no page has to be pushed sideways, in either language; and what belongs to one answer is asked with it alone.

The demo plant has been at work, so the pages hold what a plant's pages hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.spine_plant import ACCOUNTS, TERMINAL, password_of

from fiducial.app import PAGES
from fiducial.demo.serving import free_port, plant_environment, run_command, serving

NOT_PAGES = ("/dialogs", "/panel", "/queue", "/sign-in", "/board", "/verified", "/print")
# What stands under a name, where its page is laid out apart.
NAMED = (
    "/work-orders/WO-DEMO-SMT-REL", "/runs/RUN-DEMO-SMT-EXEC", "/runs/RUN-DEMO-SMT-PREP", "/runs/RUN-DEMO-SMT-HOLD",
    "/runs/RUN-DEMO-SMT-EXEC?tab=units", "/runs/RUN-DEMO-SMT-EXEC?tab=checklist", "/routes/PCBA-SMT-FULL-V1", "/lines/LINE-B",
    "/lines/LINE-B/readiness", "/tools/SQ-01", "/tools/ICT-01", "/trace/units/SN-DEMO-EXEC-0012", "/trace/runs/RUN-DEMO-SMT-EXEC",
    "/trace/units/SN-DEMO-DONE-0002?tab=materials", "/execution?station=ST-SPI-02", "/loading?run=RUN-DEMO-SMT-PREP",
)  # fmt: skip
WHO = {"/system": "admin", "/quality-settings": "quality"}
WIDER = """() => document.scrollingElement.scrollWidth - innerWidth"""


def pages(language: str) -> Iterator[tuple[str, str]]:
    """Who opens what: the people whose pages these are, so that what they may press is there. English words are the longer ones, so
    every page is looked at in English, and the fullest ones in Chinese too."""
    for opened in PAGES if language == "en" else ():
        for path, _mark in opened.opened:
            if "{" not in path and path not in opened.papers and not any(part in path for part in NOT_PAGES):
                yield path, next((who for start, who in WHO.items() if path.startswith(start)), "")
    for path in NAMED:
        yield path, ""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("plant")
    environ = plant_environment(folder, free_port(), ACCOUNTS)
    run_command("demo", "load", environ=environ)
    with serving(environ, log=folder / "server.log") as server:
        yield server.address


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_page_is_wider_than_a_terminal(browser: Browser, address: str, language: str) -> None:
    width, height = TERMINAL
    seen, wide = 0, dict[str, int]()
    for who in ("engineer", "quality", "admin"):
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        # Nothing but the layout is looked at: streams and what fetches itself would only keep pages from coming to rest.
        context.route("**/api/**", lambda route: route.abort())
        assert context.request.post(
            f"{address}/api/auth/sign-in/email", data={"email": who, "password": password_of(who)}
        ).ok
        page = context.new_page()
        for path, whose in pages(language):
            if (whose or ("quality" if path.startswith(("/fai", "/oqc", "/defects", "/runs")) else "engineer")) != who:
                continue
            answer = page.goto(address + path, wait_until="load")
            assert answer is not None
            assert answer.status in (200, 403), (path, answer.status)
            seen += 1
            over = page.evaluate(WIDER)
            if over > 0:
                wide[path] = over
        context.close()
    assert wide == {}
    assert seen > (80 if language == "en" else 10)


def test_the_menu_stays_when_a_long_page_is_scrolled(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en")
    assert context.request.post(
        f"{address}/api/auth/sign-in/email", data={"email": "planner", "password": password_of("planner")}
    ).ok
    page = context.new_page()
    page.goto(f"{address}/runs/RUN-DEMO-SMT-PREP")
    page.evaluate("() => window.scrollTo(0, 300)")
    assert page.evaluate("() => window.scrollY") > 0
    assert page.evaluate("() => document.querySelector('.fd-side').getBoundingClientRect().top") == 0
    context.close()


def test_the_review_asks_how_to_rework_only_when_it_reworks(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en")
    assert context.request.post(
        f"{address}/api/auth/sign-in/email", data={"email": "quality", "password": password_of("quality")}
    ).ok
    page = context.new_page()
    page.goto(f"{address}/runs/RUN-DEMO-SMT-HOLD")
    page.locator("[data-dialog$='/mrb']").first.click()
    kind, meaning = page.get_by_text("How is it prepared?"), page.get_by_text("Scrapped by review")
    expect(page.get_by_text("Scrap every board")).to_be_visible()
    expect(kind).to_be_hidden()
    page.get_by_role("radio", name="Send to rework").check()
    expect(kind).to_be_visible()
    page.get_by_role("radio", name="Scrap every board").check()
    expect(kind).to_be_hidden()
    expect(meaning).to_be_visible()
    assert page.locator("input[name=reworkType]").evaluate_all("all => all.every(one => one.disabled)")
    context.close()
