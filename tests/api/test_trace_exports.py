"""Traces taken away (spec 07.8): the same facts as paper, spreadsheet and JSON, each with the same hash, each entered in the book."""

from __future__ import annotations

import io
import time
from hashlib import sha256
from typing import Any

import httpx
import pytest
import python_calamine
from tests.api.plant import STATIONS, Plant
from tests.api.quality_floor import Quality
from tests.api.test_exports import taken

from fiducial.kit.columns import canonical
from fiducial.people.tables import users
from fiducial.trace import export_api

pytestmark = pytest.mark.one_engine


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def signed_board(floor: Quality) -> tuple[str, str]:
    """A board that was the first article of its run, passed and signed; its run and serial."""
    run_no = floor.prepared(units=1)
    key, (sn,) = floor.trial(run_no)
    floor.item("fai", key, sn=sn, name="=外观")
    floor.decide("fai", key).must()
    floor.do("fai", key, "sign").must()
    return run_no, sn


def away(floor: Quality, path: str, who: str = "trace", **headers: str) -> httpx.Response:
    response = taken(floor.api.as_(who), f"/api/trace/{path}", **headers)
    assert response.status_code == 200, response.text
    return response


def sheets(response: httpx.Response) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(response.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_paper_spreadsheet_and_json_of_a_board_have_one_hash_which_is_that_of_the_read_call(floor: Quality) -> None:
    _run, sn = signed_board(floor)
    hashes = {
        kind: away(floor, f"units/{sn}/export?format={kind}").headers["x-content-sha256"]
        for kind in ("pdf", "xlsx", "json")
    }
    read = floor.api.as_("trace").get(f"/api/trace/units/{sn}").must()
    del read["generatedAt"]
    assert set(hashes.values()) == {sha256(canonical(read)).hexdigest()}
    away_json = away(floor, f"units/{sn}/export?format=json").json()
    del away_json["generatedAt"]
    assert away_json == read


def test_the_file_is_named_after_what_it_holds_and_is_of_its_kind(floor: Quality) -> None:
    run_no, sn = signed_board(floor)
    for path, kind, begins in (
        (f"units/{sn}", "pdf", b"%PDF"),
        (f"runs/{run_no}", "pdf", b"%PDF"),
        (f"runs/{run_no}", "xlsx", b"PK"),
    ):
        response = away(floor, f"{path}/export?format={kind}")
        assert response.content.startswith(begins)
        assert f"trace-{path.split('/', maxsplit=1)[0][:-1]}-" in response.headers["content-disposition"]


def test_the_spreadsheet_has_a_sheet_for_each_section_and_says_first_what_it_is(floor: Quality) -> None:
    _run, sn = signed_board(floor)
    response = away(floor, f"units/{sn}/export?format=xlsx")
    found = sheets(response)
    about = dict(row[:2] for row in found["说明"][1:])
    assert about["导出人"] == "吴追溯"
    assert about["内容哈希 SHA-256"] == response.headers["x-content-sha256"]
    heads = found["检验与签署"][0]
    (row,) = found["检验与签署"][1:]
    signed = dict(zip(heads, row, strict=True))
    assert (signed["签署人"], len(signed["签署内容哈希"])) == ("王质量", 64)
    assert signed["签署时间"].year >= 2026
    assert found["检验项目"][1][1] == "=外观", "a text that a spreadsheet would run stays a text"
    english = sheets(away(floor, f"units/{sn}/export?format=xlsx", **{"accept-language": "en"}))
    assert {"About", "Tracks", "Inspections"} <= set(english)


def test_a_reverse_trace_is_taken_away_with_its_filters(floor: Quality) -> None:
    run_no = floor.running(units=2)
    one, two = floor.sns(run_no)
    for sn in (one, two):
        floor.through(sn, *STATIONS[:1], result="FAIL")
    found = sheets(away(floor, f"defect-codes/STATION_FAIL/export?format=xlsx&runNo={run_no}"))
    assert [row[0] for row in found["涉及的单件"][1:]] == [one, two]
    assert dict(row[:2] for row in found["说明"][1:])["筛选"] == f"runNo={run_no}"
    assert away(floor, "defect-codes/STATION_FAIL/export?format=pdf").content.startswith(b"%PDF")


def test_taking_a_trace_away_is_entered_with_what_it_held_and_reading_it_is_not(floor: Quality) -> None:
    _run, sn = signed_board(floor)
    floor.api.as_("trace").get(f"/api/trace/units/{sn}").must()
    assert floor.plant.audit(action="TRACE_EXPORT") == []
    response = away(floor, f"units/{sn}/export?format=json")
    (entry,) = floor.plant.audit(action="TRACE_EXPORT")
    told = floor.api.as_("admin").get(f"/api/audit-logs/{entry['id']}").must()["payload"]
    assert (told["kind"], told["format"], told["rows"], told["hash"]) == (
        "unit",
        "json",
        1,
        response.headers["x-content-sha256"],
    )


def test_a_format_that_the_trace_has_not_or_a_filter_it_knows_not_is_refused(floor: Quality) -> None:
    run_no, sn = signed_board(floor)
    asking = floor.api.as_("trace")
    for path in (f"units/{sn}/export", f"runs/{run_no}/export", "tools/X/export"):
        refused = asking.get(f"/api/trace/{path}", format="docx")
        assert (refused.status, refused.code) == (422, "TRACE_FORMAT_INVALID")
    assert asking.get(f"/api/trace/runs/{run_no}/export", format="json").code == "TRACE_FORMAT_INVALID"
    assert asking.get(f"/api/trace/units/{sn}/export", colour="red").field_paths == ["colour"]
    assert asking.get("/api/trace/units/NOBODY/export").code == "UNIT_NOT_FOUND"


def test_more_rows_than_one_file_takes_are_refused_and_say_how_many(
    floor: Quality, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_no = floor.running(units=3)
    for sn in floor.sns(run_no):
        floor.through(sn, *STATIONS[:1], result="FAIL")
    monkeypatch.setattr(export_api, "MOST_ROWS", 2)
    asking = floor.api.as_("trace")
    for path in ("defect-codes/STATION_FAIL/export", f"runs/{run_no}/export"):
        refused = asking.get(f"/api/trace/{path}", format="xlsx")
        assert (refused.status, refused.code, refused.details["rows"]) == (409, "TRACE_EXPORT_TOO_LARGE", 3)


def test_who_may_not_export_or_does_not_reach_the_line_takes_nothing_away(floor: Quality) -> None:
    run_no, sn = signed_board(floor)
    assert floor.api.as_("operator").get(f"/api/trace/units/{sn}/export").code == "FORBIDDEN"
    floor.plant.role("far", permissions=["trace:read", "trace:export"], scope="ASSIGNED_LINES")
    floor.plant.user("stranger", roles=["far"], lineCodes=["LINE-FAR"])
    from tests.api.plant import TEST, begin_session
    from tests.api.web import cookie_of

    from fiducial.people.tables import users

    floor.plant.sql(users.update().where(users.c.username == "stranger").values(must_change_password=False))
    floor.store.write_now(TEST, begin_session, "stranger", cookie_of("stranger"))
    for path in (f"units/{sn}", f"runs/{run_no}"):
        assert floor.api.as_("stranger").get(f"/api/trace/{path}/export").code == "FORBIDDEN"


def test_who_reads_every_line_takes_away_what_the_right_to_export_reaches(floor: Quality) -> None:
    run_no, sn = signed_board(floor)
    floor.plant.role("reads", permissions=["trace:read"])
    floor.plant.role("takes", permissions=["trace:export"], scope="ASSIGNED_LINES")
    floor.plant.user("split", roles=["reads", "takes"], lineCodes=["LINE-FAR"])
    floor.plant.sql(users.update().where(users.c.username == "split").values(must_change_password=False))
    who = floor.plant.session("split")
    for path in (f"units/{sn}", f"runs/{run_no}"):
        who.get(f"/api/trace/{path}").must()
        assert who.get(f"/api/trace/{path}/export").code == "FORBIDDEN"
    during = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
    at = f"/api/trace/stations/{STATIONS[0]}"
    who.get(f"{at}/units", **during).must()
    assert who.get(f"{at}/export", **during).code == "FORBIDDEN"
    of_lot = f"/api/trace/material-lots/{floor.plant.material('R-9')['code']}/L-9"
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "R-9", "lotNo": "L-9"})
    assert taken(who, f"{of_lot}/export").status_code == 200


def test_long_files_are_drawn_one_after_the_other(floor: Quality, monkeypatch: pytest.MonkeyPatch) -> None:
    _run_no, sn = signed_board(floor)
    begun: list[float] = []
    ended: list[float] = []

    def slowly(*_args: Any, **_named: Any) -> bytes:
        begun.append(time.monotonic())
        time.sleep(0.3)
        ended.append(time.monotonic())
        return b"{}"

    monkeypatch.setattr(export_api, "drawn", slowly)
    monkeypatch.setattr(export_api, "LONG", 0)
    who = floor.api.as_("trace")
    who.at_once(*[(who, "GET", f"/api/trace/units/{sn}/export?format=json", None)] * 3)
    assert len(begun) == 3
    assert all(start >= end for start, end in zip(begun[1:], ended[:-1], strict=True))


def test_the_pages_offer_files_to_those_who_may_take_them(floor: Quality) -> None:
    run_no, sn = signed_board(floor)
    for page in (f"/trace/units/{sn}", f"/trace/runs/{run_no}"):
        assert "/export?format=pdf" in floor.api.as_("trace").get(page).text
        assert (
            "/export?format=pdf" not in floor.api.as_("quality").get(page).text
            or floor.api.as_("quality").get(f"/api{page}/export").ok
        )
    assert "/export" not in floor.api.as_("operator").get(f"/trace/units/{sn}").text
