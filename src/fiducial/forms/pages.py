"""Pages of paper forms (spec 14.2): for each form one list, one entry page and the record, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from fiducial.forms import paste_scan
from fiducial.forms.answers import records, rows_of
from fiducial.forms.daily_qc_stats import QcAsked, daily_qc_stats
from fiducial.forms.papers import FORMS
from fiducial.forms.papers.cold_storage import COLD_STORAGE, COLDEST, USUAL_STORE, WARMEST
from fiducial.forms.papers.solder_paste import SOLDER_PASTE, STEPS
from fiducial.forms.permissions import PREPARATION_READS, QUALITY_READS
from fiducial.forms.queries import LISTINGS, detail_query, list_query, named
from fiducial.forms.settings import BARCODE_PREFIXES, BY_FORM, own_fields_of
from fiducial.forms.tables import TABLES
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Label
from fiducial.kit.text import Text, gettext
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.quality.tables import defect_codes
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("forms")
ANY_READ = tuple(dict.fromkeys((*PREPARATION_READS, *QUALITY_READS)))
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Paper forms"), url="/forms", icon="clipboard-list", group=Text("Production"), permissions=ANY_READ
    ),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(kind="form_result", states=(
        Status(code="PASS", label=Text("In order"), colour="green"), Status(code="FAIL", label=Text("Not in order"), colour="red"),
    )),
    StatusSet(kind="form_exception", states=(
        Status(code="OPEN", label=Text("Not closed yet"), colour="red"), Status(code="CONFIRMED", label=Text("Closed"), colour="green"),
    )),
)  # fmt: skip
MOST_LINES, MOST_CODES, DAYS_OF_TREND = 300, 300, 31


@query(*ANY_READ)
def forms_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give all forms that the reader may see, with what was recorded today."""
    begun = clock.day_start(clock.plant_day(tx.now, tx.store.zone), tx.store.zone)
    shown = []
    for form in FORMS:
        if any(tx.actor.holds(permission) for permission in form.reads) or tx.actor.kind == "SYSTEM":
            t = TABLES[form.key].c
            today = int(tx.scalar(select(func.count()).where(t.recorded_at >= begun, t.voided.is_(False))) or 0)
            settings = BY_FORM[form.key]
            shown.append({
                "form": form, "code": settings.code.of(tx), "today": today, "open": _may_record(tx, form), "off": not settings.enabled.of(tx),
                "machine": not settings.manual_entry.of(tx),
            })  # fmt: skip
    return {"forms": shown}


def _may_record(tx: Tx, form: Form) -> bool:
    settings = BY_FORM[form.key]
    held = any(tx.actor.holds(permission) for permission in form.records)
    return held and settings.enabled.of(tx) and settings.manual_entry.of(tx)


def _list_page(form: Form) -> Callable[..., Any]:
    listing = LISTINGS[form.key]
    listed = list_query(form, listing, "page_list")

    def list_page(tx: Tx, view: View) -> Mapping[str, Any]:
        """Give the list page"""
        data = listed(tx, view.page_of(listing))
        more: dict[str, Any] = {}
        if form.key == COLD_STORAGE.key:
            more = {"month": _month(tx), "trend": _trend(tx)}
        if form.key == "daily_qc":
            more = {"stats": daily_qc_stats(tx, QcAsked()), "pareto": None}
            more["pareto"] = _pareto(more["stats"])
        return {
            "form": form, "listing": view.list_of(data, default_sort=listing.default_sort), "may_record": _may_record(tx, form),
            "code": BY_FORM[form.key].code.of(tx), "off": not BY_FORM[form.key].enabled.of(tx), **more,
        }  # fmt: skip

    return named(query(*form.reads), list_page, form, "list_page", Mapping[str, Any])


def _record_page(form: Form) -> Callable[..., Any]:
    detail = detail_query(form, "page_read")

    def record_page(tx: Tx, record_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
        """Give the page of a record"""
        record = detail(tx, record_id)
        return {
            "form": form,
            "record": record,
            "own_fields": own_fields_of(tx, form),
            "may_record": _may_record(tx, form),
        }

    return named(query(*form.reads), record_page, form, "record_page", Mapping[str, Any])


def _confirm_dialog(form: Form) -> Callable[..., Any]:
    detail = detail_query(form, "dialog_read")

    def confirm_dialog(tx: Tx, record_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
        """Give the form that confirms a record"""
        return {"form": form, "record": detail(tx, record_id)}

    return named(query(*form.reads), confirm_dialog, form, "confirm_dialog", Mapping[str, Any])


def _entry_page(form: Form) -> Callable[..., Any]:
    def entry_page(tx: Tx, view: View) -> Mapping[str, Any]:
        """Give the entry page"""
        return _entry(tx, form) | {
            "given": _nothing(form) | dict(view.query),
            "record": None,
            "open": _may_record(tx, form),
        }

    return named(query(*form.records), entry_page, form, "entry_page", Mapping[str, Any])


def _correct_page(form: Form) -> Callable[..., Any]:
    detail = detail_query(form, "correct_read")

    def correct_page(tx: Tx, record_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
        """Give the page on which a record is corrected"""
        record = detail(tx, record_id)
        return _entry(tx, form) | {"given": _nothing(form) | record, "record": record, "open": True}

    return named(query(*form.reads), correct_page, form, "correct_page", Mapping[str, Any])


def _nothing(form: Form) -> dict[str, Any]:
    """Give every field of an entry page, empty."""
    named_so = [item.name for item in form.written] + ["lineCode", "runNo", "remark", "extra"]
    return dict.fromkeys(named_so + ([form.when.name] if form.when else []))


def _entry(tx: Tx, form: Form) -> dict[str, Any]:
    codes = (
        select(defect_codes.c.code, defect_codes.c.name)
        .where(defect_codes.c.is_active.is_(True))
        .order_by(defect_codes.c.code)
    )
    return {
        "form": form, "lines": _lines(tx, form), "own_fields": _own_fields(tx, form), "now": clock.to_wire(tx.now),
        "prefixes": BARCODE_PREFIXES.of(tx), "code": BY_FORM[form.key].code.of(tx),
        "defects": [(row.code, f"{row.code} {row.name}") for row in tx.all(codes.limit(MOST_CODES))] if form.key == "daily_qc" else [],
        "scanned": [item for one in form.written for item in (one, *one.parts) if item.scans],
    }  # fmt: skip


def _own_fields(tx: Tx, form: Form) -> list[dict[str, Any]]:
    """Give the fields that the plant added to a form, each with its label in both languages."""
    return [item | {"label": Label(item["zh"], item["en"])} for item in BY_FORM[form.key].own_fields.of(tx)]


def _lines(tx: Tx, form: Form) -> list[tuple[str, str]]:
    reach = lines_in_reach(tx, *form.records)
    wanted = (
        select(lines.c.code, lines.c.name).where(lines.c.is_active.is_(True)).order_by(lines.c.code).limit(MOST_LINES)
    )
    rows = tx.all(wanted if reach is None else wanted.where(lines.c.id.in_(reach)))
    return [(row.code, row.code if row.name == row.code else f"{row.code} {row.name}") for row in rows]


# Solder paste: one scan shows the jar, the large buttons move it on


@query(*SOLDER_PASTE.reads)
def paste_panel(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what a scanned jar is, and the steps that may come next. Refuses FORBIDDEN for a jar on a line out of reach."""
    lot_id = view.query.get("lotId", "").strip()[:64]
    t = TABLES[SOLDER_PASTE.key].c
    row = tx.first(rows_of(SOLDER_PASTE).where(t.lot_id == lot_id, t.voided.is_(False))) if lot_id else None
    if row is not None:
        paste_scan.must_be_theirs(tx, row, SOLDER_PASTE.reads)
    jar = records(tx, SOLDER_PASTE, [row])[0] if row is not None else None
    steps = paste_scan.FOLLOWS[jar["step"] if jar else None]
    return {
        "lot_id": lot_id, "jar": jar, "steps": [(step, SOLDER_PASTE.field_of("step").choices[step]) for step in steps], "form": SOLDER_PASTE,
        "outcome": view.query.get("outcome", ""), "lines": _lines(tx, SOLDER_PASTE), "may_record": _may_record(tx, SOLDER_PASTE),
        "own_fields": _own_fields(tx, SOLDER_PASTE),
        "words": SOLDER_PASTE.field_of("step").choices, "all": STEPS,
    }  # fmt: skip


# The cold store: the paper's month, and the line through it


def _month(tx: Tx) -> Mapping[str, Any]:
    """Give the readings of this month, morning and afternoon of each day, as the paper has them."""
    zone = ZoneInfo(tx.store.zone)
    today = clock.plant_day(tx.now, tx.store.zone)
    first = date(today.year, today.month, 1)
    t = TABLES[COLD_STORAGE.key].c
    rows = tx.all(
        select(t.happened_at, t.period, t.temperature, t.result, t.storage_code)
        .where(t.happened_at >= clock.day_start(first, tx.store.zone), t.voided.is_(False)).order_by(t.happened_at)
    )  # fmt: skip
    seen: dict[str, dict[tuple[int, str], Any]] = {}
    for row in rows:
        day = datetime.fromtimestamp(row.happened_at / 1000, zone).day
        of_store = seen.setdefault(row.storage_code, {})
        former = of_store.get((day, row.period))
        if former is None or former.result != "FAIL":  # one that was out of limits stays in sight
            of_store[day, row.period] = row
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == first.month]
    return {"days": [day.day for day in days], "today": today.day, "stores": seen, "name": f"{first:%Y-%m}"}


def _trend(tx: Tx) -> Mapping[str, Any] | None:
    """Give the readings of the last month as a chart, with the limits."""
    t = TABLES[COLD_STORAGE.key].c
    since = tx.now - DAYS_OF_TREND * 86_400_000
    rows = tx.all(
        select(t.happened_at, t.temperature, t.result, t.storage_code)
        .where(t.happened_at >= since, t.voided.is_(False))
        .order_by(t.happened_at)
        .limit(500)
    )
    if not rows:
        return None
    zone = ZoneInfo(tx.store.zone)
    stores = sorted({row.storage_code for row in rows}) or [USUAL_STORE]
    series = [
        {
            "name": store,
            "kind": "line",
            "symbols": True,
            "data": [_point(row) if row.storage_code == store else None for row in rows],
        }
        for store in stores
    ]
    marks = [
        {"at": COLDEST.of(tx), "label": gettext("lowest"), "tone": "bad"},
        {"at": WARMEST.of(tx), "label": gettext("highest"), "tone": "bad"},
    ]
    return {
        "x": {"labels": [f"{datetime.fromtimestamp(row.happened_at / 1000, zone):%m-%d %H:%M}" for row in rows], "name": ""},
        "y": {"name": "℃", "unit": "℃", "decimals": 1}, "series": series,
        "marks": marks,
    }  # fmt: skip


def _point(row: Any) -> Any:
    return {"value": row.temperature, "tone": "bad"} if row.result == "FAIL" else row.temperature


def _pareto(stats: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the most frequent defects as a chart: how many, and their part summed up."""
    top = stats["topDefects"]
    if not top:
        return None
    return {
        "x": {"labels": [f"{one['code']} {one['name'] or ''}".strip() for one in top], "name": ""},
        "y": [{"name": gettext("Defects"), "whole": True, "min": 0}, {"name": "%", "min": 0, "max": 100}],
        "series": [
            {"name": gettext("Defects"), "kind": "bar", "data": [one["qty"] for one in top]},
            {"name": gettext("Summed up"), "kind": "line", "axis": 1, "data": [round(one["cumulative"] * 100, 1) for one in top], "symbols": True},
        ],
    }  # fmt: skip


def open_pages(form: Form) -> None:
    """Open the pages of one form."""
    at = f"/{form.path}"
    pages.page(at, _list_page(form), "forms/list.html", slow=form.key == "daily_qc")
    pages.page(
        f"{at}/new", _entry_page(form), "forms/paste.html" if form.key == SOLDER_PASTE.key else "forms/entry.html"
    )
    one = f"{at}/{{{form.id_name}}}"
    pages.page(one, _record_page(form), "forms/record.html")
    pages.page(f"{one}/correct", _correct_page(form), "forms/entry.html")
    if form.confirm != "NONE":
        pages.page(f"{one}/confirm", _confirm_dialog(form), "forms/confirm_dialog.html")


pages.page("/forms", forms_page, "forms/forms.html")
pages.page("/solder-paste-usage-records/panel", paste_panel, "forms/paste_panel.html")
for declared in FORMS:
    open_pages(declared)

__all__ = ["MENU", "STATUSES", "pages"]
