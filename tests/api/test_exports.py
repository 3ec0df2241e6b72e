"""Lists that are taken away as spreadsheets: all rows of the filter, in the reader's language and the plant's time, and nothing runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
import python_calamine
from sqlalchemy import update
from tests.api.plant import TEST, Plant
from tests.api.web import HERE, Api

from fiducial.plant.tables import materials
from fiducial.sheets import exports_api

pytestmark = pytest.mark.one_engine


def taken(who: Api, path: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(who.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.get(path, headers={**who.headers, **headers})

    return who._runner.run(ask())


def rows_of(response: httpx.Response) -> list[list[Any]]:
    assert response.status_code == 200, response.text
    return python_calamine.load_workbook(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_a_list_is_taken_away_with_all_its_rows_however_many_a_page_shows(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports_api, "BATCH", 7)
    for number in range(40):
        plant.material(f"M-{number:02d}")
    rows = rows_of(taken(plant.api.as_("engineer"), "/api/exports/materials?sort=code.desc"))
    assert [row[0] for row in rows[1:]] == [f"M-{number:02d}" for number in reversed(range(40))]
    entry = plant.audit()[0]
    assert (entry["action"], entry["entityDisplay"], entry["actorName"]) == ("EXPORT", "materials", "李工艺")
    assert entry["payload"] == {"format": "xlsx", "filters": {}, "rows": 40}


def test_the_filters_of_the_list_are_the_filters_of_the_file(plant: Plant) -> None:
    for code in ("R-10K", "R-22K", "C-100N"):
        plant.material(code)
    rows = rows_of(taken(plant.api.as_("engineer"), "/api/exports/materials?search=r-"))
    assert [row[0] for row in rows[1:]] == ["R-10K", "R-22K"]
    assert plant.audit()[0]["payload"]["filters"] == {"search": "r-"}


def test_headings_and_words_are_in_the_language_of_the_page_and_instants_in_the_time_of_the_plant(plant: Plant) -> None:
    plant.material("R-10K")
    plant.made(
        "engineer", "/api/material-lots", {"materialCode": "R-10K", "lotNo": "L-1", "expiresAt": "2027-01-31T16:30:00Z"}
    )
    path, who = "/api/exports/material-lots", plant.api.as_("engineer")
    english = rows_of(taken(who, path, **{"accept-language": "en"}))
    assert english[0][:3] == ["Material code", "Material name", "Lot number"]
    assert "Free to use" in english[1]
    chinese = rows_of(
        taken(who, path, **{"accept-language": "en", "cookie": f"{who.headers['cookie']}; fiducial_lang=zh-CN"})
    )
    assert chinese[0][:2] == ["物料编号", "物料名称"]
    assert "可用" in chinese[1]
    use_by = chinese[1][english[0].index("Use by")]
    assert str(use_by) == "2027-02-01 00:30:00"  # a real date, at the wall clock of Shanghai


HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil","x")',
    "http://evil.example",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_a_spreadsheet_would_run_is_a_text(plant: Plant, name: str) -> None:
    plant.material("M-1")
    plant.sql(update(materials).values(name=name))
    who = plant.api.as_("engineer")
    response = taken(who, "/api/exports/materials")
    assert rows_of(response)[1][1] == name
    inside = python_zip(response.content)
    sheet = inside["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    if name.startswith(("=", "+", "-", "@", "\t")):
        assert 'quotePrefix="1"' in inside["xl/styles.xml"]
    line = next(csv.reader(io.StringIO(taken(who, "/api/exports/materials?format=csv").text.split("\r\n", 1)[1])))
    assert line[1] == (f"'{name}" if name[0] in "=+-@\t" else name)


def python_zip(content: bytes) -> dict[str, str]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_whoever_may_not_read_a_list_may_not_take_it_away(plant: Plant) -> None:
    answer = taken(plant.api.as_("operator"), "/api/exports/materials")
    assert answer.status_code == 403
    assert taken(plant.api.nobody, "/api/exports/materials").status_code == 401


def test_what_is_out_of_reach_is_not_in_the_file(plant: Plant) -> None:
    rows = rows_of(taken(plant.api.as_("leader"), "/api/exports/lines"))
    assert [row[0] for row in rows[1:]] == ["LINE-A"]


def test_an_unknown_list_filter_or_format_is_refused(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    assert who.get("/api/exports/secrets").code == "LIST_NOT_FOUND"
    assert who.get("/api/exports/materials", colour="red").field_paths == ["colour"]
    assert who.get("/api/exports/materials", format="pdf").field_paths == ["format"]


def test_a_file_that_stops_at_the_limit_says_so(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports_api, "BATCH", 5)
    monkeypatch.setattr(exports_api, "MOST_ROWS", 10)
    for number in range(12):
        plant.material(f"M-{number:02d}")
    rows = rows_of(taken(plant.api.as_("engineer"), "/api/exports/materials", **{"accept-language": "en"}))
    assert [row[0] for row in rows[1:11]] == [f"M-{number:02d}" for number in range(10)]
    assert rows[-1][0] == "Only the first 10 rows are here; narrow the filter."


def test_the_page_of_a_list_offers_the_file_with_its_filters(plant: Plant) -> None:
    page = plant.api.as_("engineer").get("/lines", search="LINE", page="1").text
    assert 'href="/api/exports/lines?format=xlsx&amp;search=LINE"' in page


def test_every_sheet_shows_fields_that_its_list_has(plant: Plant) -> None:
    """Seen to fail with a column `colour` of the materials."""
    from fiducial.app import SHEETS

    wrong = []
    plant.material("M-1")
    plant.group("GROUP-1")
    plant.operation("OP-1")
    plant.made("engineer", "/api/material-lots", {"materialCode": "M-1", "lotNo": "L-1"})
    for sheet in SHEETS:
        page = sheet.listing.parse([("pageSize", "1")])
        for item in plant.store.read_now(TEST, sheet.query, page)["items"]:
            wrong += [
                f"{sheet.name}: {column.field}" for column in sheet.columns if column.field.split(".")[0] not in item
            ]
    assert wrong == []
