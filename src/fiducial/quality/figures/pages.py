"""The quality dashboard: figures, charts whose bars lead to the boards behind them, and those boards. It only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import instant_of
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, _, current_language
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, stations
from fiducial.quality.figures.asked import MAY_SEE, MOST_OF, Asked, FiguresAsked, the_asked
from fiducial.quality.figures.boards import BOARDS, list_boards
from fiducial.quality.figures.reading import OTHER, FigureBar, FigureGroup, QualityFigures, figures_of
from fiducial.quality.page_words import SOURCES
from fiducial.quality.pages import line_choices
from fiducial.web.lists import Address
from fiducial.web.pages import Pages, View

pages = Pages("quality")
NAMES = ("dayFrom", "dayTo", "by", "lineCode", "stationCode", "productCode")
BY = {"hour": Text("hour"), "shift": Text("shift"), "day": Text("day")}
SPANS = (1, 7, 30, 90, 365)


@query(*MAY_SEE)
def figures_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the dashboard of what the address asks for; what it asks wrongly is said on the page, and the usual days are shown."""
    said = {name: view.query[name] for name in NAMES if view.query.get(name)}
    wrong = ""
    try:
        asked = the_asked(tx, FiguresAsked.model_validate(said))
    except Refused as refused:
        if refused.code == "FORBIDDEN":
            raise
        wrong, asked = _what_is_wrong(refused), the_asked(tx, FiguresAsked())
    except ValidationError:
        wrong, asked = _("The address cannot be read."), the_asked(tx, FiguresAsked())
    figures = figures_of(tx, asked)
    return {
        "asked": asked, "wrong": wrong, "figures": figures, "charts": _charts(figures, asked), "lines": line_choices(tx, *MAY_SEE),
        "stations": _station_choices(tx, asked), "spans": _spans(tx, asked), "by": _by(asked), "url": lambda **more: _boards(asked, **more),
        "export": Address("/quality", _kept(asked)), "other": OTHER,
    }  # fmt: skip


def _what_is_wrong(refused: Refused) -> str:
    fields = refused.details.get("fields") if refused.details else None
    if not fields:
        return refused.sentence(current_language())
    reason = fields[0]["reason"]
    return str(reason if isinstance(reason, str) else getattr(reason, "en" if current_language() == "en" else "zh"))


def _kept(asked: Asked) -> dict[str, str]:
    said = {
        "dayFrom": asked.first.isoformat(), "dayTo": asked.last.isoformat(), "by": asked.by, "lineCode": asked.line_code,
        "stationCode": asked.station_code, "productCode": asked.product_code,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _station_choices(tx: Tx, asked: Asked) -> list[tuple[str, str]]:
    reach = asked.lines if asked.line_code else lines_in_reach(tx, *MAY_SEE)
    found = select(stations.c.code, stations.c.name).join_from(stations, lines, lines.c.id == stations.c.line_id)
    if reach is not None:
        found = found.where(stations.c.line_id.in_(reach))
    rows = tx.all(found.where(stations.c.is_active, lines.c.is_active).order_by(stations.c.code).limit(500))
    return [(row.code, f"{row.code} · {row.name}") for row in rows]


def _spans(tx: Tx, asked: Asked) -> list[dict[str, Any]]:
    """Give the usual spans of days that end today, as links."""
    today = clock.plant_day(tx.now, tx.store.zone)
    shown = []
    for days in SPANS:
        first = today - timedelta(days=days - 1)
        kept = _kept(asked) | {
            "dayFrom": first.isoformat(),
            "dayTo": today.isoformat(),
            "by": asked.by if days <= MOST_OF[asked.by] else "day",
        }
        shown.append({
            "label": _("Today") if days == 1 else _("%(days)s days") % {"days": days}, "url": f"/quality?{urlencode(kept)}",
            "current": (asked.first, asked.last) == (first, today),
        })  # fmt: skip
    return shown


def _by(asked: Asked) -> list[tuple[str, str]]:
    """Give what the trend may be drawn by over so many days."""
    days = (asked.last - asked.first).days + 1
    return [(name, str(BY[name])) for name, most in MOST_OF.items() if days <= most]


def _boards(asked: Asked, **more: Any) -> str:
    """Give the address of the boards behind a bar."""
    said = {
        "createdFrom": clock.to_wire(asked.since), "createdBefore": clock.to_wire(asked.until), "lineCode": asked.line_code,
        "stationCode": asked.station_code, "productCode": asked.product_code,
    } | more  # fmt: skip
    return f"/quality/boards?{urlencode({name: value for name, value in said.items() if value})}"


# Charts


def _charts(figures: QualityFigures, asked: Asked) -> dict[str, Any]:
    return {
        "trend": _trend(figures, asked), "codes": _pareto(figures["codes"], asked, "code"),
        "locations": _pareto(figures["locations"], asked, "location"), "stations": _groups(figures["stations"], asked, "stationCode"),
        "products": _groups(figures["products"], asked, "productCode"),
    }  # fmt: skip


def _trend(figures: QualityFigures, asked: Asked) -> dict[str, Any] | None:
    points = figures["trend"]
    if not any(point["firstVisits"] or point["defects"] for point in points):
        return None
    yields = [_per_cent(point["firstPassYield"]) for point in points]
    worst = min((value for value in yields if value is not None), default=0)
    bars = [
        {"value": point["defects"], "url": _boards(asked, createdFrom=point["since"], createdBefore=point["until"])}
        for point in points
    ]
    return {
        "x": {"labels": [point["label"] for point in points]},
        "y": [
            {"name": _("Defects"), "whole": True, "min": 0, "decimals": 0},
            {"name": _("First-pass yield"), "unit": "%", "decimals": 2, "min": max(0, int(worst // 5) * 5 - 5), "max": 100},
        ],
        "series": [
            {"name": _("Defects"), "kind": "bar", "data": bars, "tone": "warn"},
            {"name": _("First-pass yield"), "kind": "line", "axis": 1, "data": yields, "symbols": len(points) <= 62},
        ],
        "zoom": len(points) > 62,
    }  # fmt: skip


def _per_cent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)


def _pareto(bars: Sequence[FigureBar], asked: Asked, filter_name: str) -> dict[str, Any] | None:
    if not bars:
        return None
    data = [
        {
            "value": bar["qty"],
            "said": bar["name"] or "",
            "url": "" if bar["key"] == OTHER else _boards(asked, **{filter_name: bar["key"]}),
        }
        for bar in bars
    ]
    return {
        "x": {"labels": [_("others") if bar["key"] == OTHER else bar["key"] for bar in bars]},
        "y": [
            {"name": _("Defects"), "whole": True, "min": 0, "decimals": 0},
            {"name": _("Summed up"), "unit": "%", "decimals": 1, "min": 0, "max": 100},
        ],
        "series": [
            {"name": _("Defects"), "kind": "bar", "data": data},
            {"name": _("Summed up"), "kind": "line", "axis": 1, "tone": "second", "data": [_per_cent(bar["cumulative"]) for bar in bars]},
        ],
    }  # fmt: skip


def _groups(groups: Sequence[FigureGroup], asked: Asked, filter_name: str) -> dict[str, Any] | None:
    """Give the defects of stations or products with their first-pass yields."""
    named = [group for group in groups if group["key"]]
    if not named:
        return None
    data = [
        {"value": group["defects"], "said": group["name"] or "", "url": _boards(asked, **{filter_name: group["key"]})}
        for group in named
    ]
    yields = [_per_cent(group["firstPassYield"]) for group in named]
    worst = min((value for value in yields if value is not None), default=0)
    return {
        "x": {"labels": [group["key"] for group in named]},
        "y": [
            {"name": _("Defects"), "whole": True, "min": 0, "decimals": 0},
            {"name": _("First-pass yield"), "unit": "%", "decimals": 2, "min": max(0, int(worst // 5) * 5 - 5), "max": 100},
        ],
        "series": [
            {"name": _("Defects"), "kind": "bar", "data": data},
            {"name": _("First-pass yield"), "kind": "points", "axis": 1, "tone": "ok", "data": yields},
        ],
    }  # fmt: skip


@query(*MAY_SEE)
def boards_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the boards behind a bar."""
    data = list_boards(tx, view.page_of(BOARDS))
    shown = [
        (name, view.query[name])
        for name in ("code", "location", "stationCode", "productCode", "lineCode", "sn")
        if view.query.get(name)
    ]
    return {
        "listing": view.list_of(data, default_sort=BOARDS.default_sort), "shown": shown, "sources": SOURCES,
        "since": view.query.get("createdFrom", ""), "before": view.query.get("createdBefore", ""), "first": view.query.get("firstVisit") == "true",
        "lines": line_choices(tx, *MAY_SEE), "back": _back(tx, view),
    }  # fmt: skip


def _back(tx: Tx, view: View) -> str:
    """Give the address of the dashboard for the same days and things."""
    kept = {name: view.query[name] for name in ("lineCode", "stationCode", "productCode") if view.query.get(name)}
    for name, text, shift in (("dayFrom", "createdFrom", 0), ("dayTo", "createdBefore", 1)):
        day = _day_of(tx, view.query.get(text, ""), shift)
        if day is not None:
            kept[name] = day.isoformat()
    return f"/quality?{urlencode(kept)}" if kept else "/quality"


def _day_of(tx: Tx, text: str, back_ms: int) -> date | None:
    try:
        return clock.plant_day(instant_of(text) - back_ms, tx.store.zone)
    except (ValueError, OverflowError, OSError):
        return None


pages.page("/quality", figures_page, "quality/figures.html", slow=True)
pages.page("/quality/boards", boards_page, "quality/boards.html")
