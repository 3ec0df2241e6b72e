"""Pages of test programs and test records (spec 14.2, 11.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import _
from fiducial.kit.tx import Tx
from fiducial.people.signing import signatures_of
from fiducial.plant.tables import lines, stations
from fiducial.tooling import words
from fiducial.tooling.testing import reading, stats
from fiducial.tooling.testing.programs import SUBJECT
from fiducial.tooling.testing.tables import records
from fiducial.web.pages import View

MOST_CHOICES = 300
MONTH_MS = 30 * 86_400_000
_WORDS = {"test_kinds": words.TEST_KINDS, "types": words.FIXTURE_TYPES}


@query("route:read")
def programs_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the register of test programs."""
    data = reading.list_programs(tx, view.page_of(reading.PROGRAMS))
    return {"listing": view.list_of(data, default_sort=reading.PROGRAMS.default_sort), **_WORDS}


def _stations(tx: Tx) -> list[tuple[str, str]]:
    found = (
        select(stations.c.code, stations.c.name, lines.c.code.label("line_code"))
        .join(lines, lines.c.id == stations.c.line_id).where(stations.c.is_active)
        .order_by(lines.c.code, stations.c.code).limit(MOST_CHOICES)
    )  # fmt: skip
    return [(row.code, f"{row.line_code} · {row.code} {row.name}") for row in tx.all(found)]


@query("route:configure")
def new_program_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new version; with `of`, filled with another one's fields."""
    of = view.query.get("of", "")
    like = reading.program_detail(tx, of) if of else None
    return {"name": "new", "program": None, "like": like, "stations": _stations(tx), "signatures": [], **_WORDS}


@query("route:read")
def program_dialog(tx: Tx, program_id: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give a program to be looked at, changed, activated or retired. Refuses TEST_PROGRAM_NOT_FOUND."""
    program = reading.program_detail(tx, program_id)
    key = ids.from_wire(program["id"])
    assert key is not None, "it was found by it"
    return {
        "name": name, "program": program, "like": program, "stations": _stations(tx), "signatures": signatures_of(tx, SUBJECT, key), **_WORDS
    }  # fmt: skip


@query(*reading.MAY_SEE)
def records_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the test records, the yield of the last 30 days by program, and what failed most."""
    data = reading.list_records(tx, view.page_of(reading.RECORDS))
    since = clock.to_wire(tx.now - MONTH_MS)
    found = stats.test_stats(tx, stats.StatsAsked.model_validate_strings({"completedFrom": since}))
    return {
        "listing": view.list_of(data, default_sort=reading.RECORDS.default_sort), "stats": found,
        "pareto": _pareto(found["total"]["topFailItems"]), **_WORDS,
    }  # fmt: skip


def _pareto(items: list[Any]) -> Mapping[str, Any] | None:
    """Give the items that failed most as a chart: how often, and how much they and all before them make up, in percent."""
    if not items:
        return None
    total, run, shares = sum(item["qty"] for item in items), 0, []
    for item in items:
        run += item["qty"]
        shares.append(round(run * 100 / total, 1))
    return {
        "x": {"labels": [item["name"] for item in items], "name": ""},
        "y": [{"name": _("times"), "whole": True, "min": 0}, {"name": "%", "unit": "%", "min": 0, "max": 100, "decimals": 0}],
        "series": [
            {"name": _("Failed"), "kind": "bar", "data": [item["qty"] for item in items], "tone": "bad"},
            {"name": _("Together"), "kind": "line", "data": shares, "tone": "main", "axis": 1, "symbols": True},
        ],
    }  # fmt: skip


@query(*reading.MAY_SEE)
def record_dialog(tx: Tx, record_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one test with everything that was measured. Refuses NOT_FOUND for what is not there or out of reach."""
    key = ids.from_wire(record_id)
    wanted = reading.in_reach(tx, reading.records_statement()).where(records.c.id == key)
    row = None if key is None else tx.first(wanted)
    if row is None:
        raise Refused("NOT_FOUND")
    return {"record": reading.shown_all(tx, [row])[0], **_WORDS}
