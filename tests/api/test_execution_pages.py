"""What the station and the trace pages show, to whom, and in which words (spec 05.14, 07.10)."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select
from tests.api.execution_floor import Floor, spec, step
from tests.api.plant import LINE, Plant
from tests.api.web import Api

from fiducial.kit.store import Store
from fiducial.plant.tables import lines

pytestmark = pytest.mark.one_engine

AT = "/execution/ST-PRINT-01"


@pytest.fixture
def floor(store: Store, plant: Plant) -> Floor:
    """RUN-1 of two boards on LINE-A, authorised; the first step collects two items."""
    floor = Floor(store)
    floor.line_id = floor.ask(select(lines.c.id).where(lines.c.code == LINE))[0][0]
    floor.asks_for_a_route_alone()
    floor.wo_id = floor.add_order("WO-1")
    items = (
        spec("Temp", spec={"usl": 20, "unit": "℃"}, isRequired=True),
        spec("Look", "TEXT", spec={"enum": ["good", "<bad>"]}),
    )
    floor.version_id = floor.freeze(
        step(10, "PRINT", *items, allowedStationCodes=["ST-PRINT-01"]),
        step(20, "SPI", allowedStationCodes=["ST-SPI-01"]),
    )
    floor.run_id = floor.add_run("RUN-1", plan_qty=2)
    floor.add_units("SN-1", "SN-2")
    return floor


def page(api: Api, path: str, who: str = "operator", **query: str) -> str:
    """The text of a page in English, without its marks."""
    answer = api.as_(who).with_headers(accept_language="en").get(path, **query)
    assert answer.status == 200, answer.status
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_one_chooses_among_ones_own_stations(floor: Floor, api: Api) -> None:
    text = page(api, "/execution")
    assert 'data-station-link="ST-PRINT-01"' in text
    assert "ST-FAR-01" not in text
    assert 'data-station="ST-FAR-01"' in page(api, "/execution", "operator2"), (
        "who has only one station stands there at once"
    )


def test_an_unknown_station_one_out_of_reach_and_an_empty_queue_are_three_messages(
    floor: Floor, api: Api, plant: Plant
) -> None:
    assert "There is no station ST-NOWHERE" in words(page(api, "/execution", station="ST-NOWHERE"))
    assert "Station ST-FAR-01 is not one of yours" in words(page(api, "/execution", station="ST-FAR-01"))
    assert "Nothing waits here" in words(page(api, "/execution/ST-AOI-01/queue"))
    plant.bind("operator", station_codes=[])
    assert "You are bound to no station" in words(page(api, "/execution"))


def test_who_may_not_work_at_stations_does_not_get_the_page(floor: Floor, api: Api) -> None:
    assert api.as_("trace").get("/execution").status == 403
    assert api.nobody.get("/execution").status == 303


def test_a_scan_of_a_waiting_board_is_sent_in_and_of_one_inside_opens_its_form(floor: Floor, api: Api) -> None:
    before = page(api, f"{AT}/panel", sn="SN-1")
    assert 'data-scan-next="POST /api/stations/ST-PRINT-01/track-in"' in before
    assert "track-out" not in before
    api.as_("operator").post("/api/stations/ST-PRINT-01/track-in", {"sn": "SN-1"}).must()
    after = page(api, f"{AT}/panel", sn="SN-1", outcome="ok")
    assert 'data-verdict="ok"' in after
    assert 'data-api="POST /api/stations/ST-PRINT-01/track-out"' in after
    assert 'value="Temp" data-entry-name' in after
    assert 'data-high="20"' in after
    assert "&lt;bad&gt;" in after
    assert "<bad>" not in after
    again = page(api, f"{AT}/panel", sn="SN-1")
    assert "data-scan-next" not in again, "scanning it once more does nothing to it"
    assert 'id="track-out"' in again


def test_the_result_says_where_the_board_goes(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    olga.post("/api/stations/ST-PRINT-01/track-in", {"sn": "SN-1"}).must()
    olga.post(
        "/api/stations/ST-PRINT-01/track-out",
        {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp", "valueNumber": 1}]},
    ).must()
    assert "Send it to Spi: ST-SPI-01" in words(page(api, f"{AT}/panel", sn="SN-1", did="out", outcome="ok"))
    olga.post("/api/stations/ST-PRINT-01/track-in", {"sn": "SN-2"}).must()
    defect = olga.post("/api/stations/ST-PRINT-01/track-out", {"sn": "SN-2", "result": "FAIL"}).must()["defects"][0]
    failed = words(page(api, f"{AT}/panel", sn="SN-2", did="out", outcome="ok"))
    assert f"quality must decide, defect {defect['defectNo']}" in failed


def test_a_pass_with_a_value_outside_its_limits_is_told_in_amber_with_the_value_named(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    for sn, value in (("SN-1", 99), ("SN-2", 1)):
        olga.post("/api/stations/ST-PRINT-01/track-in", {"sn": sn}).must()
        entry = {"specName": "Temp", "valueNumber": value}
        olga.post("/api/stations/ST-PRINT-01/track-out", {"sn": sn, "result": "PASS", "data": [entry]}).must()
    outside = page(api, f"{AT}/panel", sn="SN-1", did="out", outcome="ok")
    assert 'data-verdict="warn"' in outside
    assert "Outside the limits: Temp" in words(outside)
    assert 'data-verdict="ok"' in page(api, f"{AT}/panel", sn="SN-2", did="out", outcome="ok")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("UNIT_NOT_FOUND", "not found"), ("STATION_MISMATCH", "Send it to: ST-PRINT-01"), ("UNIT_ALREADY_DONE", "Send it to packing"),
        ("RUN_CLOSED", "has ended"), ("RUN_NOT_AUTHORIZED", "赵组长"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_words_with_the_next_step(floor: Floor, api: Api, code: str, said: str) -> None:
    text = page(api, f"{AT}/panel", sn="SN-1" if code != "UNIT_NOT_FOUND" else "SN-9", outcome=code)
    assert 'data-verdict="bad"' in text
    assert said in words(text)
    assert code in text


def test_whatever_is_scanned_the_panel_answers(floor: Floor, api: Api) -> None:
    for sn in ("", "<script>alert(1)</script>", "a|b", "x" * 300, "'; drop table unit; --"):
        text = page(api, f"{AT}/panel", sn=sn)
        assert "<script>alert" not in text
        assert page(api, f"{AT}/panel", sn=sn, outcome="UNIT_NOT_FOUND")
        assert page(api, f"{AT}/panel", sn=sn, outcome="NO_SUCH_CODE", did="dance")


def test_who_only_looks_gets_no_buttons(floor: Floor, api: Api) -> None:
    api.as_("operator").post("/api/stations/ST-PRINT-01/track-in", {"sn": "SN-1"}).must()
    assert "track-out" not in page(api, f"{AT}/panel", "planner", sn="SN-1")
    assert "data-scan-next" not in page(api, f"{AT}/panel", "planner", sn="SN-2")
    assert "You may look here" in words(page(api, "/execution", "planner", station="ST-PRINT-01"))


def test_an_unknown_serial_asks_for_its_run_only_when_several_take_it(floor: Floor, api: Api) -> None:
    version = floor.freeze(step(10, "PRINT", allowedStationCodes=["ST-PRINT-01"]), policy="REGISTER", code="R-REG")
    floor.add_run("RUN-2", version_id=version)
    one = page(api, f"{AT}/panel", sn="LABEL-1")
    assert '"runNo": "RUN-2"' in html.unescape(one)
    floor.add_run("RUN-3", version_id=version)
    several = page(api, f"{AT}/panel", sn="LABEL-1")
    assert "data-scan-next" not in several
    assert "RUN-2" in several
    assert "RUN-3" in several


SHOWN_BY_TAB = {
    "timeline": "Unit created",
    "steps": "25 ℃",
    "quality": "A1",
    "preparation": "None recorded",
    "raw": '"auditGrade"',
}


@pytest.mark.parametrize("tab", [*SHOWN_BY_TAB, "nonsense"])
def test_a_boards_history_has_its_tabs(floor: Floor, api: Api, tab: str) -> None:
    olga = api.as_("operator")
    olga.post("/api/stations/ST-PRINT-01/track-in", {"sn": "SN-1"}).must()
    olga.post(
        "/api/stations/ST-PRINT-01/track-out",
        {"sn": "SN-1", "result": "FAIL", "defectCode": "A1", "data": [{"specName": "Temp", "valueNumber": 25}]},
    ).must()
    text = words(page(api, "/trace/units/SN-1", "quality", tab=tab))
    if tab in SHOWN_BY_TAB:
        assert SHOWN_BY_TAB[tab] in text
    else:
        assert text == words(page(api, "/trace/units/SN-1", "quality")), "a tab that is not there is the first"


def test_the_trace_pages_find_show_and_keep_off(floor: Floor, api: Api) -> None:
    assert "SN-2" in page(api, "/trace", "trace", q="SN")
    assert 'data-exact="/trace/units/SN-1"' in page(api, "/trace", "trace", q="SN-1")
    assert "Nothing is called zz" in words(page(api, "/trace", "trace", q="zz"))
    assert "SN-2" in page(api, "/trace/runs/RUN-1", "trace", status="QUEUED")
    assert api.as_("trace").get("/trace/units/SN-9").status == 404
    assert api.as_("operator2").get("/trace/units/SN-1").status == 403
    assert "Hold" not in words(page(api, "/trace/units/SN-1", "trace"))
    assert "Hold" in words(page(api, "/trace/units/SN-1", "quality"))
