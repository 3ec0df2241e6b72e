"""The figures of quality: what is counted, who sees what, what a bar leads to, what is taken away."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.quality_floor import Quality, step
from tests.api.test_exports import rows_of, taken
from tests.api.test_invariants import _broken

from fiducial.execution.tables import tracks
from fiducial.quality.tables import defects, yield_days

DAY = 86_400_000


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def figures(floor: Quality, **asked: str) -> dict:
    return floor.quality.get("/api/quality-figures", **asked).must()


def fail(floor: Quality, sn: str, station: str = STATIONS[0], **more: object) -> None:
    floor.come_in(sn, station).must()
    floor.go_out(sn, station, "FAIL", **more).must()


def mended(floor: Quality, sn: str) -> None:
    """Every fault of the board sent back and the failed step passed again."""
    (task,) = [one for one in floor.defects(sn=sn) if one["status"] != "CLOSED"]
    floor.quality.post(f"/api/defects/{task['id']}/disposition", {"type": "REWORK", "reason": "solder again"}).must()
    row = floor.quality.get("/api/rework-tasks", sn=sn, status="OPEN").must()["items"][0]
    floor.quality.post(
        f"/api/rework-tasks/{row['id']}/repair-record", {"action": "resoldered", "result": "REPAIRED"}
    ).must()
    floor.quality.post(f"/api/rework-tasks/{row['id']}/complete", {}).must()
    floor.through(sn, STATIONS[0])


def test_a_floor_where_nothing_was_made_has_no_yield(floor: Quality) -> None:
    totals = figures(floor)["totals"]
    assert (totals["firstVisits"], totals["firstPassYield"], totals["dpmo"], totals["sigmaLevel"]) == (
        0,
        None,
        None,
        None,
    )


def test_what_was_made_is_counted_by_hand(floor: Quality) -> None:
    """Four boards at the first station, one of them fails and is mended; three of them at the second, one fails there too."""
    run_no = floor.running(units=4)
    one, two, three, four = floor.sns(run_no)
    for sn in (one, two, three):
        floor.through(sn, STATIONS[0])
    fail(floor, four, defects=[{"code": "A3", "location": "R1", "qty": 2}])
    mended(floor, four)
    floor.through(one, STATIONS[1])
    floor.through(two, STATIONS[1])
    fail(floor, three, STATIONS[1], defectCode="M14")
    found = figures(floor)
    totals = found["totals"]
    assert (totals["boards"], totals["visits"], totals["firstVisits"], totals["firstPassed"]) == (4, 8, 7, 5)
    assert totals["firstPassYield"] == round(5 / 7, 4)
    assert totals["rolledYield"] == round(3 / 4 * 2 / 3, 4)
    assert totals["defects"] == 3
    assert totals["dpmo"] is None, "nothing is known of the parts of P-1"
    assert [(one["key"], one["qty"], one["cumulative"]) for one in found["codes"]] == [
        ("A3", 2, 0.6667),
        ("M14", 1, 1.0),
    ]
    assert [(one["key"], one["qty"]) for one in found["locations"]] == [("R1", 2)]
    by_station = {one["key"]: one for one in found["stations"]}
    assert by_station[STATIONS[0]]["firstPassYield"] == 0.75
    assert by_station[STATIONS[1]]["firstPassYield"] == round(2 / 3, 4)
    assert [one["key"] for one in found["products"]] == ["P-1"]
    assert sum(point["firstVisits"] for point in found["trend"]) == 7
    assert sum(point["defects"] for point in found["trend"]) == 3


def test_dpmo_counts_the_parts_of_the_bill_of_materials(floor: Quality) -> None:
    floor.plant.material("P-1")
    parts = [floor.plant.material()["code"] for _ in range(2)]
    floor.api.as_("engineer").put(
        "/api/boms/P-1", {"children": [{"childCode": parts[0], "qty": 30}, {"childCode": parts[1], "qty": 11}]}
    ).must()
    good, bad = floor.sns(floor.running(units=2))
    floor.through(good, STATIONS[0])
    fail(floor, bad, defectCode="A3")
    totals = figures(floor)["totals"]
    assert (totals["opportunities"], totals["dpmo"]) == (82, round(1e6 / 82, 2))
    assert figures(floor)["products"][0]["dpmo"] == round(1e6 / 82, 2)


def test_hours_shifts_and_days_tell_the_same_sums(floor: Quality) -> None:
    good, bad = floor.sns(floor.running(units=2))
    floor.through(good, STATIONS[0])
    fail(floor, bad)
    today = figures(floor)["until"]
    assert today
    sums = {}
    for by in ("hour", "shift", "day"):
        trend = figures(floor, dayFrom=_day(floor), by=by)["trend"]
        sums[by] = [sum(point[name] for point in trend) for name in ("firstVisits", "defects")]
    assert sums == {"hour": [2, 1], "shift": [2, 1], "day": [2, 1]}
    (shift,) = figures(floor, dayFrom=_day(floor), by="shift")["trend"]
    assert shift["label"].split()[1] in ("DAY", "MIDDLE", "NIGHT")
    assert shift["firstPassYield"] == 0.5


def _day(floor: Quality) -> str:
    return str(floor.rows(select(yield_days.c.day))[0].day)


def test_the_figures_of_another_day_are_not_those_of_today(floor: Quality) -> None:
    (sn,) = floor.sns(floor.running(units=1))
    fail(floor, sn)
    before = figures(floor, dayFrom="2026-01-01", dayTo="2026-01-02")
    assert (before["totals"]["firstVisits"], before["totals"]["defects"]) == (0, 0)
    assert figures(floor, dayFrom="2026-01-01", dayTo="2026-01-02", by="hour")["trend"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"dayFrom": "yesterday"}, "dayFrom"), ({"dayTo": "2026-13-01"}, "dayTo"), ({"dayTo": "0001-01-01"}, "dayTo"),
        ({"dayFrom": "2026-02-01", "dayTo": "2026-01-01"}, "dayTo"), ({"dayFrom": "2024-01-01", "dayTo": "2026-01-01"}, "dayFrom"),
        ({"by": "month"}, "by"), ({"by": "hour", "dayFrom": "2026-01-01", "dayTo": "2026-01-31"}, "by"),
        ({"by": "shift", "dayFrom": "2026-01-01", "dayTo": "2026-01-31"}, "by"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_field(floor: Quality, asked: dict[str, str], field: str) -> None:
    refused = floor.quality.get("/api/quality-figures", **asked)
    assert refused.code == "VALIDATION_ERROR"
    assert refused.details["fields"][0]["path"] == field


def test_what_is_not_there_is_not_found(floor: Quality) -> None:
    assert floor.quality.get("/api/quality-figures", lineCode="LINE-X").code == "LINE_NOT_FOUND"
    assert floor.quality.get("/api/quality-figures", stationCode="ST-X").code == "STATION_NOT_FOUND"


def test_a_line_out_of_reach_is_absent_and_forbidden_when_named(floor: Quality) -> None:
    (sn,) = floor.sns(floor.running(units=1))
    fail(floor, sn)
    far = floor.plant.holder("trace:read", scope="ASSIGNED_LINES", lineCodes=["LINE-FAR"])
    assert far.get("/api/quality-figures").must()["totals"]["defects"] == 0
    assert far.get("/api/quality-figures").must()["totals"]["visits"] == 0
    assert far.get("/api/quality-figures/boards").must()["items"] == []
    for asked in ({"lineCode": LINE}, {"stationCode": STATIONS[0]}):
        assert far.get("/api/quality-figures", **asked).code == "FORBIDDEN"
        assert far.get("/quality", **asked).status == 403
    assert figures(floor, lineCode=LINE)["totals"]["defects"] == 1


def test_who_may_not_see_defects_sees_no_figures(floor: Quality) -> None:
    for path in ("/api/quality-figures", "/api/quality-figures/boards"):
        assert floor.api.as_("material").get(path).code == "FORBIDDEN"
    for path in ("/quality", "/quality/boards"):
        assert floor.api.as_("material").get(path).status == 403
    assert floor.api.as_("material").get("/api/exports/quality-figures").status == 403


def test_a_bar_leads_to_exactly_the_boards_it_counts(floor: Quality) -> None:
    """A1 is no part of A11, a false call is not counted, and the boards of a yield are those that failed at the first go."""
    one, two, three = floor.sns(floor.running(units=3))
    fail(floor, one, defectCode="A1")
    fail(floor, two, defectCode="A11")
    floor.quality.post("/api/defects", {"unitSn": three, "code": "A1", "blocking": False}).must()
    found = figures(floor)
    qty = {bar["key"]: bar["qty"] for bar in found["codes"]}
    for code, count in qty.items():
        shown = floor.quality.get(
            "/api/quality-figures/boards", code=code, createdFrom=found["since"], createdBefore=found["until"]
        ).must()
        assert sum(row["qty"] for row in shown["items"]) == count
    lacking = floor.quality.get("/api/quality-figures/boards", firstVisit="true").must()["items"]
    assert {row["sn"] for row in lacking} == {one, two}
    totals = found["totals"]
    assert len({row["sn"] for row in lacking}) == totals["firstVisits"] - totals["firstPassed"]
    floor.plant.sql(update(defects).where(defects.c.code == "A11").values(status="CLOSED", close_reason="FALSE_CALL"))
    assert {bar["key"] for bar in figures(floor)["codes"]} == {"A1"}
    assert floor.quality.get("/api/quality-figures/boards", code="A11").must()["items"] == []
    assert floor.quality.get("/api/quality-figures/boards", firstVisit="no").code == "VALIDATION_ERROR"


def test_figures_and_boards_are_taken_away_as_xlsx_with_what_was_asked(floor: Quality) -> None:
    good, bad = floor.sns(floor.running(units=2))
    floor.through(good, STATIONS[0])
    fail(floor, bad, defectCode="A3")
    for language, total in (("en", "All together"), ("zh-CN", "合计")):
        asked = f"/api/exports/quality-figures?lineCode={LINE}&by=day"
        flat = [cell for row in rows_of(taken(floor.quality, asked, **{"accept-language": language})) for cell in row]
        assert total in flat
        assert 0.5 in flat
        assert "A3" in flat
    entry = floor.plant.audit(action="EXPORT")[0]
    assert entry["payload"]["filters"] == {"lineCode": LINE, "by": "day"}
    assert floor.quality.get("/api/exports/quality-figures", by="century").code == "VALIDATION_ERROR"
    rows = rows_of(taken(floor.quality, "/api/exports/faulty-boards?code=A3"))
    assert [bad in row for row in rows[1:]] == [True]


@pytest.mark.one_engine
def test_the_dashboard_shows_charts_whose_bars_lead_on(floor: Quality) -> None:
    good, bad = floor.sns(floor.running(units=2))
    empty = floor.quality.with_headers(accept_language="en").get("/quality").text
    assert "Nothing was made in this time" in empty
    floor.through(good, STATIONS[0])
    fail(floor, bad, defectCode="A3")
    page = floor.quality.with_headers(accept_language="en").get("/quality", lineCode=LINE).text
    assert "data-chart" in page
    assert "50.00 %" in page
    assert "/quality/boards?" in page
    assert "lineCode=LINE-A" in page
    for asked in (
        {"dayFrom": "nonsense"},
        {"by": "hour", "dayFrom": "2026-01-01", "dayTo": "2026-03-01"},
        {"lineCode": "x" * 80},
    ):
        answer = floor.quality.with_headers(accept_language="en").get("/quality", **asked)
        assert answer.status == 200
        assert "cannot be shown" in answer.text
    boards = (
        floor.quality.with_headers(accept_language="en")
        .get("/quality/boards", code="A3", createdFrom="2026-01-01T00:00:00Z")
        .text
    )
    assert bad in boards
    assert good not in boards


def test_the_counted_visits_agree_with_the_tracks_and_doctor_finds_when_not(floor: Quality) -> None:
    for sn in floor.sns(floor.running(units=2)):
        floor.through(sn, *STATIONS[:2])
    assert floor.store.read_now(TEST, _broken) == []
    floor.plant.sql(update(yield_days).values(first_visits=yield_days.c.first_visits + 1))
    assert [name for name, _ in floor.store.read_now(TEST, _broken)] == ["counted visits are those of the tracks"]


def test_a_board_taken_back_from_the_door_is_not_counted(floor: Quality) -> None:
    (sn,) = floor.sns(floor.running(units=1))
    floor.come_in(sn).must()
    floor.operator.post(f"/api/stations/{STATIONS[0]}/cancel-track-in", {"sn": sn, "reason": "wrong board"}).must()
    assert figures(floor)["totals"]["visits"] == 0
    floor.through(sn, STATIONS[0])
    assert figures(floor)["totals"]["firstPassYield"] == 1
    assert len(floor.rows(select(tracks))) == 2


def test_a_trial_counts_like_any_visit(floor: Quality) -> None:
    key, (sn,) = floor.trial(
        floor.prepared(step(10, "PRINT", STATIONS[0], requiresFAI=True), step(20, "SPI", STATIONS[1]))
    )
    assert key
    assert sn
    assert figures(floor)["totals"]["visits"] == 1
