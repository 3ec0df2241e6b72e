"""The page of floor life: what is open, what may be done with it, and by whom (spec 04.8, 14.2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.loading_floor import Loading
from tests.api.plant import Plant
from tests.api.test_loading_parts import event, moist

pytestmark = pytest.mark.one_engine
PAGE = "/materials/floor-life"


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def shown(floor: Loading, who: str = "material", path: str = PAGE, **asked: Any) -> str:
    answer = floor.api.as_(who).with_headers(accept_language="en").get(path, **asked)
    assert answer.status == 200, answer.text[:200]
    return str(answer.text)


def test_an_open_lot_can_be_put_into_the_dry_store_and_taken_out_on_the_page(floor: Loading) -> None:
    assert "No bag is open" in shown(floor)
    _, lot = moist(floor)
    page = shown(floor)
    assert "L-1" in page
    assert "Into the dry store" in page
    assert f"/api/material-lots/{lot}/msl-events" in page
    event(floor, lot, "DRY_IN").must()
    assert "Out of the dry store" in shown(floor)
    assert "L-1" not in shown(floor, state="OPEN").split("Moisture levels")[0].split("<tbody>")[-1]


def test_who_only_reads_gets_no_buttons_and_the_levels_are_the_engineers(floor: Loading) -> None:
    moist(floor)
    assert "Into the dry store" not in shown(floor, "planner")
    assert "/dialogs/level?" not in shown(floor, "material")
    engineer = shown(floor, "engineer")
    assert "/dialogs/level?level=3" in engineer
    assert "to be entered" in engineer  # the hours of a bake, until somebody has read the plant's standard
    dialog = shown(floor, "engineer", f"{PAGE}/dialogs/level", level="3")
    assert "levels.0.bakeMinHours" in dialog
    assert floor.api.as_("engineer").get(f"{PAGE}/dialogs/level", level="9").status == 404
    assert floor.material.get(f"{PAGE}/dialogs/level", level="3").status == 403


def test_the_history_of_a_lot_tells_who_moved_it(floor: Loading) -> None:
    _, lot = moist(floor)
    event(floor, lot, "DRY_IN").must()
    told = shown(floor, path=f"{PAGE}/dialogs/history", lot=lot)
    assert "In the dry store" in told
    assert "周物料" in told
    assert floor.material.get(f"{PAGE}/dialogs/history", lot="nothing").status == 404
