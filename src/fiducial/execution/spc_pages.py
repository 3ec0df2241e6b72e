"""The statistics of a collection item (统计过程控制): its values in order with their limits, how they are spread, what the process can do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fiducial.execution import spc
from fiducial.execution.measured import MOST_VALUES, Asked, Value, choices_of, values_of
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.text import _
from fiducial.kit.tx import Tx
from fiducial.routing.answers import Spec
from fiducial.routing.queries.specs import spec_detail
from fiducial.web.pages import Pages, View

pages = Pages("execution")
DAYS_SHOWN = 7
MOST_DAYS = 366
SIGNALS_SHOWN = 12
GOOD, ENOUGH = 1.33, 1.0  # what plants commonly ask of Cpk; it colours the figure, it stops nothing
CURVE_POINTS = 60


@query("trace:read")
def spc_page(tx: Tx, spec_id: str, view: View) -> Mapping[str, Any]:
    """Give the statistics page of a NUMBER item; of another type it says that there is nothing to reckon with."""
    spec = spec_detail(tx, spec_id)
    first, last = _days(tx, view)
    zone = tx.store.zone
    asked = Asked(
        spec["id"], clock.day_start(first, zone), clock.day_start(last + timedelta(days=1), zone),
        view.query.get("line", ""), view.query.get("station", ""), view.query.get("version", ""),
    )  # fmt: skip
    context = {"spec": spec, "first": first.isoformat(), "last": last.isoformat(), "asked": asked, "most": MOST_VALUES}
    if spec["dataType"] != "NUMBER":
        return {**context, "values": [], "choices": None, "numbers": None}
    values = values_of(tx, asked)
    return {**context, "values": values, "choices": choices_of(tx, asked), "numbers": _numbers(values, spec, zone)}


def _days(tx: Tx, view: View) -> tuple[date, date]:
    """Give the plant's days asked for, the last week when none or nonsense is; never more than a year."""
    today = clock.plant_day(tx.now, tx.store.zone)
    last = min(_day(view.query.get("to", "")) or today, today)
    first = min(_day(view.query.get("from", "")) or last - timedelta(days=DAYS_SHOWN - 1), last)
    return max(first, last - timedelta(days=MOST_DAYS - 1)), last


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def _numbers(values: Sequence[Value], spec: Spec, zone: str) -> dict[str, Any] | None:
    """Give figures and charts; None without a value. The limits drawn are those the newest value was judged by."""
    plain = [value.value for value in values]
    found = spc.statistics_of(plain)
    if found is None:
        return None
    newest, decimals = values[-1], (spec["spec"] or {}).get("decimals")
    limits = {"lower": newest.lower, "upper": newest.upper}
    signals = spc.signals(plain, found)
    return {
        "found": found, "unit": newest.unit or "", "decimals": _decimals(found, decimals), "lower": newest.lower, "upper": newest.upper,
        "changed": len({(value.lower, value.upper) for value in values}) > 1, "outside": sum(value.judge == "FAIL" for value in values),
        "within": spc.capability(found.mean, found.sigma_within, **limits), "overall": spc.capability(found.mean, found.sigma_overall, **limits),
        "signals": [(values[place], kind) for place, kind in sorted(signals.items(), reverse=True)][:SIGNALS_SHOWN],
        "signal_count": len(signals), "colour": _colour,
        "in_order": _in_order(values, found, signals, decimals, zone), "spread": _spread(plain, newest, found),
    }  # fmt: skip


def _decimals(found: spc.Statistics, said: int | None) -> int:
    """Give how many decimals a figure is written with: one more than the item says, or as many as its spread needs."""
    if said is not None:
        return min(said + 1, 6)
    spread = found.sigma_overall or abs(found.mean) or 1.0
    return max(0, min(6, 2 - math.floor(math.log10(spread))))


def _colour(worst: float | None) -> str:
    if worst is None:
        return ""
    return "green" if worst >= GOOD else "yellow" if worst >= ENOUGH else "red"


def _marks(newest: Value, found: spc.Statistics, *, along: str, control: bool) -> list[dict[str, Any]]:
    """Give the lines across a chart: spec limits, mean, and control limits where they are asked for."""
    shown: list[tuple[float | None, str, str]] = [
        (newest.lower, _("LSL"), "bad"), (newest.upper, _("USL"), "bad"), (found.mean, _("mean"), "main"),
    ]  # fmt: skip
    if control:
        shown += [(found.lower_control, _("LCL"), "warn"), (found.upper_control, _("UCL"), "warn")]
    return [
        {"at": at, "label": f"{name} {at:.6g}", "tone": tone, "along": along, "dashed": tone != "main"}
        for at, name, tone in shown
        if at is not None
    ]


def _range(plain: Sequence[float], *also: float | None) -> tuple[float, float]:
    """Give the ends of an axis on which everything named is seen, with a margin."""
    everything = [*plain, *(value for value in also if value is not None)]
    low, high = min(everything), max(everything)
    margin = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    return low - margin, high + margin


def _in_order(
    values: Sequence[Value], found: spc.Statistics, signals: Mapping[int, str], decimals: int | None, zone: str
) -> dict[str, Any]:
    newest, plain = values[-1], [value.value for value in values]
    low, high = _range(plain, newest.lower, newest.upper, found.lower_control, found.upper_control)
    points = [
        {"value": value.value, "said": f"{value.sn} · {value.station_code}", **_tone(value, signals.get(place))}
        for place, value in enumerate(values)
    ]
    return {
        "x": {"labels": [datetime.fromtimestamp(value.at / 1000, ZoneInfo(zone)).strftime("%m-%d %H:%M:%S") for value in values]},
        "y": {"name": newest.unit or "", "unit": newest.unit or "", "decimals": decimals, "min": _tidy(low), "max": _tidy(high)},
        "series": [{"name": "", "kind": "line", "data": points, "symbols": len(values) <= 300}],
        "marks": _marks(newest, found, along="y", control=True), "zoom": len(values) > 60,
    }  # fmt: skip


def _tone(value: Value, signal: str | None) -> dict[str, str]:
    if value.judge == "FAIL":
        return {"tone": "bad"}
    return {"tone": "warn"} if signal else {}


def _tidy(value: float) -> float:
    return float(f"{value:.4g}")


def _spread(plain: Sequence[float], newest: Value, found: spc.Statistics) -> dict[str, Any]:
    bins = spc.histogram(plain)
    low, high = _range(plain, newest.lower, newest.upper)
    outline = [
        point for one in bins for point in ((one.start, 0), (one.start, one.count), (one.end, one.count), (one.end, 0))
    ]
    series = [{"name": _("Values"), "kind": "area", "data": outline, "symbols": False, "thin": True}]
    if found.sigma_overall and len(bins) > 1:
        curve = _curve(found.mean, found.sigma_overall, len(plain) * (bins[0].end - bins[0].start), (low, high))
        series.append(
            {
                "name": _("Normal curve"),
                "kind": "line",
                "data": curve,
                "symbols": False,
                "tone": "second",
                "smooth": True,
            }
        )
    return {
        "x": {"name": newest.unit or "", "min": _tidy(low), "max": _tidy(high)},
        "y": {"name": _("How many"), "whole": True, "min": 0, "decimals": 0}, "series": series,
        "marks": _marks(newest, found, along="x", control=False),
    }  # fmt: skip


def _curve(mean: float, sigma: float, area: float, ends: tuple[float, float]) -> list[tuple[float, float]]:
    step = (ends[1] - ends[0]) / CURVE_POINTS
    at = [ends[0] + place * step for place in range(CURVE_POINTS + 1)]
    peak = area / (sigma * math.sqrt(2 * math.pi))
    return [(x, round(peak * math.exp(-(((x - mean) / sigma) ** 2) / 2), 3)) for x in at]


pages.page("/data-specs/{specId}/spc", spc_page, "execution/spc.html", slow=True)
