"""What files bring in, and what lists take away, read with hostile eyes: each finding stays mended."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.paper_floor import Papers
from tests.api.plant import TEST, Plant
from tests.api.test_exports import taken
from tests.api.test_imports import GOOD, codes, faults_of, filled_with, shown, take
from tests.api.uploads import csv_of, sent, xlsx_of

from fiducial.forms import export_api
from fiducial.kit.pdf.paper import Paper
from fiducial.sheets import imports
from fiducial.sheets.tables import imports as jobs

BOM = ("parentCode", "childCode", "qty")


def with_bom(plant: Plant) -> None:
    for code in ("P", "Q", "A", "B", "C"):
        plant.material(code)
    plant.api.as_("engineer").put("/api/boms/P", {"children": [{"childCode": "C", "qty": 9}]}).must()


def children(plant: Plant, parent: str) -> list[str]:
    found = plant.api.as_("engineer").get("/api/boms", parentCode=parent).must()["items"]
    return [part["childCode"] for bom in found for part in bom["children"]]


# ---- what belongs together


@pytest.mark.parametrize("broken", [("P", "B", "two"), ("P", "", "2"), ("", "B", "2")])
def test_a_bom_with_a_row_that_cannot_be_read_is_not_taken_without_that_row(
    plant: Plant, broken: tuple[str, str, str]
) -> None:
    with_bom(plant)
    who = plant.api.as_("engineer")
    job = shown(who, csv_of(BOM, ("Q", "A", "1"), ("P", "A", "2"), broken), "boms")
    assert faults_of(job)[0] == (3, "")
    assert (job["goodCount"], job["faultyCount"]) == (1, 2)
    take(who, job, onlyGood=True).must()
    assert (children(plant, "P"), children(plant, "Q")) == (["C"], ["A"])


# ---- characters


@pytest.mark.parametrize("bad", ["\x01", "\x0b", "\x7f", "\u2028"])
def test_control_characters_of_a_file_are_told_cell_by_cell_as_they_are_refused_elsewhere(
    plant: Plant, bad: str
) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, csv_of(("code", "name"), ("R-1", f"Res{bad}istor"), ("R-2", "Resistor")))
    assert faults_of(job) == [(2, "name")]
    take(who, job, onlyGood=True).must()
    assert codes(plant) == ["R-2"]


def test_a_cell_that_writes_a_control_character_in_words_of_the_format_brings_none_in(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, xlsx_of(("code", "name"), ("R-1", "Res_x0000_istor"), ("R-2", "Resistor")))
    assert take(who, job, onlyGood=True).must()["status"] == "DONE"
    assert "\x00" not in str(who.get("/api/materials").must())


@pytest.mark.one_engine
def test_a_csv_that_was_taken_away_comes_back_as_it_went_though_it_looks_like_formulas(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    for code, name in (("R-1", "+5V regulator"), ("R-2", "-40C sensor"), ("R-3", "=A1"), ("R-4", "'quoted'")):
        plant.material(code, name=name)
    file = taken(who, "/api/exports/materials?format=csv").content
    assert b"'+5V regulator" in file
    assert take(who, shown(who, file)).must()["outcomes"] == {"created": 0, "updated": 0, "unchanged": 4, "refused": 0}


# ---- imports that end


def test_an_import_whose_rows_were_swept_away_is_given_up_and_not_done(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    plant.sql(update(jobs).values(updated_at=1))
    plant.store.write_now(TEST, imports.sweep_imports)
    assert who.get(f"/api/imports/materials/{job['id']}").must()["status"] == "GIVEN_UP"
    assert take(who, job).code == "IMPORT_GIVEN_UP"


def test_giving_up_what_is_done_changes_nothing_and_is_entered_as_that(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    take(who, job).must()
    assert who.delete(f"/api/imports/materials/{job['id']}").must()["status"] == "DONE"
    assert plant.audit(action="LIST_IMPORT")[0]["payload"]["phase"] == "ALREADY_DONE"


def test_a_file_that_was_half_taken_says_what_was_taken_when_it_is_given_up(plant: Plant) -> None:
    job = filled_with(plant, GOOD, "materials")
    assert job["doneCount"] == 2
    assert sent(plant.api.as_("engineer"), "/api/imports/materials", b"").field_paths == ["file"]


# ---- paper


@pytest.mark.one_engine
def test_a_print_of_more_records_than_it_takes_says_that_there_are_more(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, said = Papers(plant), list[str]()
    real = Paper.said

    def noted(paper: Paper, text: str, **how: Any) -> None:
        said.append(text)
        real(paper, text, **how)

    monkeypatch.setattr(Paper, "said", noted)
    for lot in ("L-1", "L-2", "L-3"):
        papers.made("bake", lotNo=lot)
    at = "/api/bake-records/export?format=pdf"
    assert taken(papers.operator, at).status_code == 200
    assert not [text for text in said if "narrow the filter" in text]
    for most in (2, 1):
        monkeypatch.setattr(export_api, "MOST_PRINTED", most)
        assert taken(papers.operator, at).status_code == 200
        assert f"Only the first {most} records" in said[-1]
