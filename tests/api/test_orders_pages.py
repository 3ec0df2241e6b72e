"""The pages of orders and runs: what each person finds there, and what is not shown to them."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.api.orders_floor import Floor, step
from tests.api.plant import Plant
from tests.api.web import Answer, Api

from fiducial.orders.states import RUN
from fiducial.plant.tables import stations

pytestmark = pytest.mark.one_engine


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def page(who: Api, path: str, language: str = "en", **query: str) -> Answer:
    return who.with_headers(accept_language=language).get(path, **query)


def test_lists_are_empty_with_a_word_of_what_to_do(floor: Floor) -> None:
    assert "No work orders yet" in page(floor.planner, "/work-orders").text
    assert "No runs yet" in page(floor.leader, "/runs").text
    assert "还没有工单" in page(floor.planner, "/work-orders", "zh-CN").text
    assert "Nothing matches the filters" in page(floor.planner, "/work-orders", status="COMPLETED").text


def test_whoever_may_not_look_is_told_so(floor: Floor) -> None:
    run_no = floor.run()
    assert page(floor.api.as_("operator"), "/work-orders").status == 403
    assert page(floor.api.nobody, "/runs").status == 303
    floor.plant.bind("leader", line_codes=["LINE-FAR"])
    assert page(floor.leader, f"/runs/{run_no}").status == 403
    assert page(floor.planner, "/runs/RUN-NOWHERE").status == 404
    assert page(floor.planner, "/work-orders/WO-NOWHERE").status == 404


def test_a_new_order_offers_its_release_to_the_planner_alone(floor: Floor) -> None:
    wo_no = floor.order()
    shown = page(floor.planner, f"/work-orders/{wo_no}").text
    assert f'data-dialog="/work-orders/{wo_no}/dialogs/release"' in shown
    seen = page(floor.api.as_("admin"), f"/work-orders/{wo_no}").text
    assert f"/work-orders/{wo_no}/dialogs/release" not in seen
    assert "May do it: Planner" in seen


def test_a_run_without_boards_gets_its_boards_before_it_is_authorised(floor: Floor) -> None:
    for units, boards_first in ((0, True), (2, False)):
        run_no = floor.run(units=units)
        floor.plant.settle()
        shown = page(floor.planner, f"/runs/{run_no}").text
        generate, authorise = f"/runs/{run_no}/dialogs/generate", f"/api/runs/{run_no}/authorize"
        assert (shown.index(generate) < shown.index(authorise)) == boards_first


def test_every_form_of_an_order_and_of_a_run_opens(floor: Floor) -> None:
    run_no = floor.run(units=1)
    wo_no = floor.detail(run_no)["run"]["woNo"]
    assert 'data-api="POST /api/integration/work-orders"' in page(floor.planner, "/work-orders/dialogs/receive").text
    for name, api in (
        ("release", "POST"), ("dispatch", "POST"), ("routing", "PATCH"), ("pick", "PATCH"), ("close", "POST"), ("run", "POST"),
    ):  # fmt: skip
        assert (
            f'data-api="{api} /api/work-orders/{wo_no}/'
            in page(floor.planner, f"/work-orders/{wo_no}/dialogs/{name}").text
        )
    for name in ("generate", "register", "close"):
        assert f'data-api="POST /api/runs/{run_no}/' in page(floor.planner, f"/runs/{run_no}/dialogs/{name}").text
    assert "There is no such form" in page(floor.planner, f"/runs/{run_no}/dialogs/magic").text


def test_the_leader_sees_what_blocks_and_what_to_do_about_it(floor: Floor) -> None:
    run_no = floor.run(units=2)
    floor.plant.settle()
    assert "Everything is ready" in page(floor.leader, f"/runs/{run_no}").text
    floor.plant.sql(update(stations).where(stations.c.code == "ST-SPI-01").values(is_active=False))
    floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    shown = page(floor.leader, f"/runs/{run_no}").text
    assert "This run cannot be authorised yet" in shown
    assert "Line LINE-A has no station for the steps 20 SPI." in shown
    assert "Add or switch on the stations" in shown
    assert '"action": "AUTHORIZE"' not in shown
    assert "已有工位" not in page(floor.leader, f"/runs/{run_no}", "zh-CN").text


def test_an_authorised_run_says_where_the_first_board_is_scanned(floor: Floor) -> None:
    run_no = floor.run(units=1)
    floor.authorize(run_no).must()
    assert "Scan the first board at ST-PRINT-01." in page(floor.leader, f"/runs/{run_no}").text
    shown = page(floor.leader, f"/runs/{run_no}", tab="history").text
    assert "Authorised" in shown
    assert "赵组长" in shown


@pytest.mark.parametrize("who", ["leader", "operator", "trace"])
def test_a_run_s_page_opens_at_every_stage_for_everybody_who_reads_runs(floor: Floor, who: str) -> None:
    run_no = floor.run(units=2)
    for status in RUN.states:
        floor.set_run(run_no, status=status)
        for tab in ("", "units", "history"):
            assert page(floor.api.as_(who), f"/runs/{run_no}", "zh-CN", tab=tab).status == 200


def test_a_first_article_that_is_missing_is_named(floor: Floor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01", requiresFAI=True)))
    assert "FAI_NOT_PASSED" in page(floor.leader, f"/runs/{run_no}").text
    assert "未开始" in page(floor.leader, f"/runs/{run_no}", "zh-CN").text


def test_what_people_typed_is_never_markup(floor: Floor) -> None:
    words = "<script>alert(1)</script>"
    wo_no = floor.order(customer=words)
    assert words not in page(floor.planner, f"/work-orders/{wo_no}").text
    assert "&lt;script&gt;" in page(floor.planner, f"/work-orders/{wo_no}").text


def test_boards_are_filtered_on_their_tab(floor: Floor) -> None:
    run_no = floor.run(plan=3, units=3)
    floor.set_units(run_no, only=f"SN-{run_no}-0002", status="DONE", tracked=True)
    shown = page(floor.planner, f"/runs/{run_no}", tab="units", status="DONE").text
    assert f"SN-{run_no}-0002" in shown
    assert f"SN-{run_no}-0001" not in shown
