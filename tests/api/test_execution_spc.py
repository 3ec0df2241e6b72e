"""The statistics page reckons with the values that count: of the time, the station, the version asked for, on lines in reach."""

from __future__ import annotations

import html
import re

import orjson
import pytest
from sqlalchemy import select, update
from tests.api.collecting_line import FIRST, CollectingLine
from tests.api.plant import Plant
from tests.api.web import Answer, Api

from fiducial.execution.tables import data_values, tracks

DAY = 86_400_000


@pytest.fixture
def line(plant: Plant) -> CollectingLine:
    """Five boards measured at 0.14 to 0.18 mm with limits 0.1 to 0.2."""
    line = CollectingLine(plant)
    line.item("高度")
    line.freeze()
    for sn, value in zip(line.boards(5), (0.14, 0.15, 0.16, 0.17, 0.18), strict=True):
        line.measured(sn, "高度", value)
    return line


def spc(api: Api, line: CollectingLine, who: str = "quality", /, **query: str) -> Answer:
    answer = api.as_(who).with_headers(accept_language="en").get(f"/data-specs/{line.items[0]['id']}/spc", **query)
    assert answer.status == 200, answer.text[:500]
    return answer


def words(answer: Answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)))


def points(answer: Answer) -> list[float]:
    """The values of the chart in order."""
    charts = re.findall(r'<script type="application/json">(.*?)</script>', answer.text, flags=re.DOTALL)
    return [point["value"] for point in orjson.loads(charts[0])["series"][0]["data"]] if charts else []


def test_five_values_give_mean_sigmas_and_indices(api: Api, line: CollectingLine) -> None:
    """Mean 0.16; MR̄ 0.01, so σ within 0.00887 and Cp 1.88, Cpk 1.50; s 0.01581, so Pp 1.05, Ppk 0.84."""
    page = spc(api, line)
    assert points(page) == [0.14, 0.15, 0.16, 0.17, 0.18]
    told = words(page)
    for said in (
        "Mean (mm) 0.1600",
        "σ within 0.0089",
        "σ overall 0.0158",
        "Cp 1.88",
        "Cpk 1.50",
        "Pp 1.05",
        "Ppk 0.84",
    ):
        assert said in told, (said, told)


def test_a_visit_that_was_voided_does_not_count(api: Api, line: CollectingLine, plant: Plant) -> None:
    newest = select(data_values.c.track_id).where(data_values.c.value_number == 0.18).scalar_subquery()
    plant.sql(update(tracks).where(tracks.c.id == newest).values(voided_at=1))
    assert points(spc(api, line)) == [0.14, 0.15, 0.16, 0.17]


def test_only_values_of_the_days_asked_for_are_shown(api: Api, line: CollectingLine, plant: Plant) -> None:
    old = data_values.c.value_number == 0.14
    plant.sql(update(data_values).where(old).values(collected_at=data_values.c.collected_at - 20 * DAY))
    assert points(spc(api, line)) == [0.15, 0.16, 0.17, 0.18]
    assert points(spc(api, line, **{"from": "2020-01-01", "to": "2020-02-01"})) == []
    assert "No values in this time" in words(spc(api, line, **{"from": "2020-01-01", "to": "2020-02-01"}))


def test_what_is_no_day_counts_as_the_last_week(api: Api, line: CollectingLine) -> None:
    assert len(points(spc(api, line, **{"from": "yesterday", "to": "9999-99-99", "version": "x", "station": ""}))) == 0
    assert len(points(spc(api, line, **{"from": "yesterday", "to": "9999-99-99"}))) == 5


def test_a_station_a_line_and_a_version_narrow(api: Api, line: CollectingLine) -> None:
    page = spc(api, line, station=FIRST, line="LINE-A")
    assert len(points(page)) == 5
    assert points(spc(api, line, station="ST-FAR-01")) == []
    assert points(spc(api, line, line="LINE-FAR")) == []
    first = re.search(r'<option value="([^"]+)">R-COLLECT · 1</option>', page.text)
    assert first is not None
    api.as_("engineer").patch(
        f"/api/data-collection-specs/{line.items[0]['id']}", {"spec": {"unit": "mm", "lsl": 0.12, "usl": 0.2}}
    ).must()
    line.freeze()
    line.measured(line.boards(1)[0], "高度", 0.13)
    assert points(spc(api, line, version=first[1])) == [0.14, 0.15, 0.16, 0.17, 0.18]
    assert points(spc(api, line)) == [0.14, 0.15, 0.16, 0.17, 0.18, 0.13]
    assert "The limits changed in this time" in words(spc(api, line))


def test_values_of_lines_out_of_reach_are_not_seen(api: Api, line: CollectingLine) -> None:
    assert len(points(spc(api, line, "operator"))) == 5
    assert points(spc(api, line, "operator2")) == []


def test_a_value_outside_its_limits_is_counted_and_named(api: Api, line: CollectingLine) -> None:
    line.measured(line.boards(1)[0], "高度", 0.5)
    page = spc(api, line)
    assert "Outside the limits 1 16.67 %" in words(page)
    assert "/trace/units/" in page.text
    assert "beyond the control limits" in words(page)


def test_another_type_has_no_statistics_and_an_unknown_item_is_not_found(api: Api, line: CollectingLine) -> None:
    text = line.item("备注", dataType="TEXT", spec=None)
    page = api.as_("quality").with_headers(accept_language="en").get(f"/data-specs/{text['id']}/spc")
    assert "Only numbers have statistics" in words(page)
    assert api.as_("quality").get("/data-specs/nothing/spc").status == 404


def test_whoever_may_not_trace_sees_no_values(api: Api, line: CollectingLine, plant: Plant) -> None:
    holder = plant.holder("data_spec:read")
    assert holder.get(f"/data-specs/{line.items[0]['id']}/spc").status == 403
