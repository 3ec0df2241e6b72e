"""A plant in which every text is an attack, seen in a real browser: nothing runs, nothing becomes a part of the page, no policy is broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page
from tests.api.filled import Filled, filled_file
from tests.api.plant import fill_template
from tests.api.test_every_page_escapes import ADDRESSES, faces, say
from tests.api.web import cookie_of
from tests.browser.going import opened
from tests.faults.plant_process import Plant, running


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Plant, Filled]]:
    folder = tmp_path_factory.mktemp("evil")
    template = folder / "template.db"
    fill_template(f"sqlite:///{template}", folder)
    file, there = filled_file(template, tmp_path_factory.mktemp("filled"), say)
    home = folder / "plant"
    home.mkdir()
    shutil.copyfile(file, home / "fiducial.db")
    with running(home) as plant:
        yield plant, there


def test_no_page_runs_what_somebody_typed(evil: tuple[Plant, Filled], browser: Browser) -> None:
    plant, there = evil
    faults: list[Any] = []
    context = browser.new_context(base_url=plant.url)
    context.add_cookies([{"name": "fiducial_session", "value": cookie_of("everyone"), "url": plant.url}])
    context.on("dialog", lambda dialog: (faults.append(("dialog", dialog.message)), dialog.dismiss()))
    context.on(
        "console",
        lambda said: faults.append((said.text, said.location)) if "Content Security Policy" in said.text else None,
    )
    context.on("weberror", lambda fault: faults.append((str(fault.error), fault.page and fault.page.url)))
    page, seen = context.new_page(), 0
    for path in ADDRESSES:
        for address in faces(SimpleNamespace(there=there), path)[:3]:  # type: ignore[arg-type]
            answer = opened(page, address)
            if answer.status == 200:
                seen += 1
            if elements_that_were_typed(page):
                faults.append(("an element that was typed", address))
    context.close()
    assert faults == []
    assert seen > 60


TYPED = "[...document.querySelectorAll('evil-x, [onerror], [onload], script:not([src])')].filter(one => one.type != 'application/json').length"


def elements_that_were_typed(page: Page) -> int:
    """Count them; a page that goes elsewhere by itself is asked where it has gone."""
    try:
        return int(page.evaluate(TYPED))
    except Error:
        page.wait_for_load_state("load")
        return int(page.evaluate(TYPED))
