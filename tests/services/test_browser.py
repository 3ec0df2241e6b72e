"""The browser that the tests bring is a real one, and it can show Chinese."""

from pathlib import Path
from typing import Any


def test_chromium_draws_a_page(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content("<h1>贴片机 SMT</h1>")
    assert page.inner_text("h1") == "贴片机 SMT"
    page.screenshot(path=tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 1000
    page.close()
