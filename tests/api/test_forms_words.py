"""Records of the paper forms are read in words: the shift's name, rates as percentages, no code of a choice (spec 10.1, 10.4.10)."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.paper_floor import GOOD, Papers
from tests.api.plant import Plant

from fiducial.forms import printing
from fiducial.forms.papers import BY_KEY, FORMS
from fiducial.forms.papers.daily_qc import DAILY_QC
from fiducial.kit.forms.fields import Field
from fiducial.kit.pdf.paper import Paper
from fiducial.kit.text import use_language

pytestmark = pytest.mark.one_engine
CODE = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b")
UTC = ZoneInfo("UTC")


@pytest.fixture
def papers(plant: Plant) -> Papers:
    floor = Papers(plant)
    for code, kind in (("ST-1", "STENCIL"), ("SQ-1", "SQUEEGEE"), ("FX-1", "FIXTURE")):
        floor.tool(code, kind)
    return floor


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn on paper."""
    seen: list[str] = []
    facts, rows = Paper.facts, Paper.rows

    def see_facts(self: Paper, pairs: Any, *args: Any, **more: Any) -> Any:
        seen.extend(f"{label}: {value}" for label, value in pairs)
        return facts(self, pairs, *args, **more)

    def see_rows(self: Paper, columns: Any, found: Any, *args: Any, **more: Any) -> Any:
        seen.extend(" | ".join(map(str, row)) for row in found)
        return rows(self, columns, found, *args, **more)

    monkeypatch.setattr(Paper, "facts", see_facts)
    monkeypatch.setattr(Paper, "rows", see_rows)
    return seen


def page(papers: Papers, path: str, language: str) -> str:
    """The words of a page, without its tags and what only the machine reads."""
    found = papers.operator.with_headers(accept_language=language).get(path).text
    body = found[found.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<(script|option|template)\b.*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL))


@pytest.mark.parametrize(("language", "shift"), [("zh-CN", "中班"), ("en", "middle shift")])
def test_a_daily_report_names_its_shift_and_gives_rates_as_percentages(
    papers: Papers, language: str, shift: str
) -> None:
    record = papers.made("daily_qc", shiftCode="MIDDLE")
    for path in ("/daily-qc-records", f"/daily-qc-records/{record['recordNo']}"):
        words = page(papers, path, language)
        assert shift in words
        assert "0.36 %" in words
        assert "MIDDLE" not in words
        assert "0.0036" not in words
    assert "1.07 %" in words


def test_a_shift_of_the_plant_s_own_is_called_by_its_code(papers: Papers) -> None:
    record = papers.made("daily_qc", shiftCode="甲班")
    assert "甲班" in page(papers, f"/daily-qc-records/{record['recordNo']}", "en")


def test_the_printed_report_says_the_same(papers: Papers, printed: list[str]) -> None:
    record = papers.made("daily_qc", shiftCode="NIGHT")
    at = f"/api/daily-qc-records/export?format=pdf&recordNo={record['recordNo']}"
    assert papers.operator.get(at).status == 200
    assert "班次 Shift: 夜班 night shift" in printed
    assert "不良板率 Rate of bad boards: 0.36%" in printed
    papers.made("daily_qc", shiftCode="NIGHT")
    printed.clear()
    assert papers.operator.get("/api/daily-qc-records/export?format=pdf").status == 200
    assert len(printed) == 2
    assert all("夜班 night shift" in line and "0.36%" in line for line in printed)


def test_the_spreadsheet_names_the_shift_and_keeps_the_rate_a_number(papers: Papers) -> None:
    papers.made("daily_qc", shiftCode="DAY")
    sheet = papers.operator.get("/api/daily-qc-records/export?format=csv").text
    assert "早班" in sheet
    assert "0.0036" in sheet


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_no_page_and_no_paper_of_a_form_shows_a_code_for_a_word(papers: Papers, printed: list[str], form: Any) -> None:
    key = form.key
    papers.set(f"form.{key}.enabled", True)
    papers.set(f"form.{key}.manualEntry", True)
    papers.set(f"form.{key}.extraFields", [{"name": "seen", "zh": "看过", "en": "Seen", "type": "flag"}])
    record = papers.made(key, papers.engineer, extra={"seen": True})
    codes = {code for item in _fields(form) for code, word in item.choices.items() if code not in str(word)}
    codes |= {"True", "False", "None", "PASS", "FAIL"}
    assert papers.operator.get(f"/api/{form.path}/export?format=pdf&recordNo={record['recordNo']}").status == 200
    shown = [page(papers, f"/{form.path}", "en"), page(papers, f"/{form.path}/{record['recordNo']}", "zh-CN"), *printed]
    for words in shown:
        given = {part for value in (*GOOD[key].values(), record["recordNo"]) for part in re.findall(r"\w+", str(value))}
        plain = {word for word in re.findall(r"\b[A-Za-z_]{4,}\b", words) if word in codes}
        assert not plain - (given - codes), words
    assert any(line.startswith("看过 Seen: 是") for line in printed)


def _fields(form: Any) -> list[Field]:
    return [part for item in form.fields for part in (item, *item.parts)]


def test_a_trace_tells_of_a_record_in_words(papers: Papers) -> None:
    run_no = papers.run()
    papers.made("daily_qc", runNo=run_no, shiftCode="DAY")
    papers.made("stencil_usage", runNo=run_no)
    trace = papers.api.as_("trace")
    (report,) = trace.get(f"/api/trace/runs/{run_no}").must()["records"]["dailyQc"]
    assert "早班" in report["summary"]
    assert "0.36%" in report["summary"]
    english = trace.with_headers(accept_language="en").get(f"/api/trace/runs/{run_no}").must()["records"]
    assert "day shift" in english["dailyQc"][0]["summary"]
    assert english["stencilUsage"][0]["summary"].endswith("in order")


def test_a_code_that_has_no_word_is_shown_as_it_is() -> None:
    item = DAILY_QC.field_of("shiftCode")
    assert printing.shown(item, "X", UTC) == "X"
    with use_language("en"):
        assert printing.shown(item, "DAY", UTC, str) == "day shift"
    assert printing.shown(BY_KEY["xray"].field_of("reasonCode"), "A", UTC) == "炉前 before the oven"
