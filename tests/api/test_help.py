"""The manuals inside the program: everybody reads them in their own language, and every page leads to what is said about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.ops import manuals

pytestmark = pytest.mark.one_engine


def page(who: Api, language: str = "en", **query: str) -> str:
    answer = who.with_headers(accept_language=language).get("/help", **query)
    assert answer.status == 200, answer.text
    return answer.text


def test_everybody_signed_in_reads_the_manuals_in_their_language(plant: Plant) -> None:
    for who in ("operator", "trace", "admin"):
        assert "Manual by role" in page(plant.api.as_(who))
        assert "岗位手册" in page(plant.api.as_(who), "zh-CN")
    assert plant.api.nobody.get("/help").status == 303


@pytest.mark.parametrize("book", [*manuals.MANUALS, *manuals.REFERENCE])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_book_opens_with_each_heading_in_its_place(plant: Plant, book: str, language: str) -> None:
    shown = page(plant.api.as_("admin"), language, book=book)
    sections = manuals.books_of(language)[book].sections
    assert len({section.anchor for section in sections}) == len(sections)
    for section in sections[1:]:
        assert f'id="{section.anchor}"' in shown


def test_a_page_named_in_a_manual_and_another_document_are_links(plant: Plant) -> None:
    shown = page(plant.api.as_("planner"), book="roles")
    assert '<a href="/work-orders"><code>/work-orders</code></a>' in shown
    assert 'href="/help?book=errors"' in shown
    assert ".md" not in re.sub(r">[^<]*<", "><", shown), "no link leads to a file that the program does not serve"


def test_the_question_mark_of_a_page_leads_to_what_is_said_about_it(plant: Plant) -> None:
    leader = plant.api.as_("leader")
    assert 'href="/help?for=/runs"' in leader.get("/runs").text
    assert [section.title for section in manuals.about("en", "/fai/0123/dialogs/sign")] == ["Quality"]
    assert "About the page you come from" in page(leader, **{"for": "/fai/0123"})
    assert "The manuals do not name it" in page(leader, **{"for": "/nowhere/<b>"})


def test_a_code_or_a_word_is_found_with_its_line(plant: Plant) -> None:
    operator = plant.api.as_("operator")
    assert "This account is disabled" in page(operator, q="account_disabled")
    assert "Nothing was found" in page(operator, q="zzz unheard of")
    assert "<evil" not in page(operator, q="<evil>")


def test_html_in_a_document_is_shown_and_not_taken_as_markup(tmp_path: Path) -> None:
    (tmp_path / "evil.md").write_text("# Evil\n\n<script>alert(1)</script> [go](javascript:alert(1))\n")
    html = str(manuals.set_book("evil", tmp_path / "evil.md", "en").html)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "href=" not in html


def test_only_pictures_of_the_manuals_are_served(plant: Plant) -> None:
    who = plant.api.as_("operator")
    for address in ("en/none.png", "en/..%2F..%2Froles.md", "de/station.png"):
        assert who.get(f"/help/pictures/{address}").status == 404
    for folder in ("en", "zh"):
        for name in manuals.pictures_of(folder):
            assert who.get(f"/help/pictures/{folder}/{name}").status == 200
