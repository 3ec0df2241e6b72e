"""Lists that are taken away as spreadsheets: all rows of the filter, in the reader's language and the plant's time, and nothing runs."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import python_calamine
from sqlalchemy import update
from tests.api.filled import Stand
from tests.api.plant import LINE, TEST, Plant
from tests.api.test_every_permission import NAMED
from tests.api.web import HERE, Api

import fiducial
from fiducial.ops.lists import SHEETS
from fiducial.plant.tables import materials
from fiducial.sheets import exports_api

SOURCE = Path(fiducial.__file__).parent
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


ROWS_OF_KINDS = (
    "quality-figures",
    "notifications",
)  # each row has the fields of its kind; nothing is told to the system itself
OF_THE_WHOLE_HOUSE = (
    "users",
    "test-programs",
    "messages",
    "outbound-events",
    "events",
)  # bindings of people, and what is of the kind of routes, belong to no line
EVERY_SHEET = [sheet.name for sheet in SHEETS]
# Lists whose way out is another one: the book and the forms have endpoints of their own, and so has the trace.
OTHER_WAYS = {"people/audit.html", "forms/list.html", "trace/lot.html", "trace/run.html", "trace/touched.html"}


def test_every_page_of_a_list_offers_it_as_a_spreadsheet() -> None:
    """Seen to fail with the `export=` of the runs taken away."""
    without = []
    for template in sorted(SOURCE.glob("*/templates/**/*.html")):
        name = "/".join(template.parts[-2:])
        for call in re.findall(r"ui\.table\(.*?%\}", template.read_text(encoding="utf-8"), re.DOTALL):
            if "export=" not in call and name not in OTHER_WAYS:
                without += [f"{name}: {call[:80]}"]
    assert without == []


@pytest.mark.parametrize("name", EVERY_SHEET)
def test_every_sheet_is_written_with_fields_that_its_list_has_and_with_nothing_out_of_reach(
    name: str, shared: Stand
) -> None:
    """Seen to fail with a column `colour` of the materials."""
    (sheet,) = [one for one in SHEETS if one.name == name]
    of = {"run": shared.there.parts["runNo"], "line": LINE}.get(sheet.below)
    below = () if of is None else (of,)
    page = sheet.listing.parse([("pageSize", "1")])
    if name not in ROWS_OF_KINDS:
        for item in shared.store.read_now(TEST, sheet.query, *below, page)["items"]:
            assert [column.field for column in sheet.columns if column.field.split(".")[0] not in item] == []
    asked = {"format": "csv"} | ({"of": of} if of else {})
    whole = shared.api.as_("everyone").get(f"/api/exports/{name}", **asked)
    assert whole.status == 200, whole.text[:300]
    faraway = shared.api.as_("faraway").get(f"/api/exports/{name}", **asked)
    if faraway.status != 403 and name not in OF_THE_WHOLE_HOUSE:
        assert NAMED.findall(faraway.text) == []


def test_a_list_below_a_thing_needs_the_name_of_that_thing(plant: Plant) -> None:
    leader = plant.api.as_("leader")
    assert leader.get("/api/exports/run-units").field_paths == ["of"]
    assert leader.get("/api/exports/run-units", of="RUN-NONE").code == "RUN_NOT_FOUND"
    assert plant.api.as_("engineer").get("/api/exports/materials", of="RUN-1").field_paths == ["of"]
