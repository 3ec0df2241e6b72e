"""The doors at which traces are taken away (spec 07.8): read beside the lane, drawn on a thread, entered, and only then sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from fiducial.kit import text
from fiducial.kit.acting import action, query
from fiducial.kit.http.door import UNKNOWN_PARAMETER, Doors, caller_of
from fiducial.kit.http.shapes import Body, path_text
from fiducial.kit.listing import TWICE, Listing, Page
from fiducial.kit.pdf.parts import must_have_font
from fiducial.kit.refusals import Refused, bad_field
from fiducial.kit.tx import Tx
from fiducial.trace import causes, reverse, run, takeaway
from fiducial.trace.facts import unit_facts
from fiducial.trace.gathered import Gathered
from fiducial.trace.report import JSON, MEDIA, PDF, XLSX, drawn
from fiducial.trace.takeaway import Takeaway
from fiducial.trace.unit import SECTIONS, trace_of_gathered
from fiducial.web.shell import LANGUAGE_COOKIE

MOST_ROWS = 20_000
LONG = 500  # rows: a thousand of them take seconds to draw as PDF
PIECE = 64 * 1024
# Long files are drawn one after the other, so that some of them leave the threads free on which stations' papers are drawn.
_LONG_ONES = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long-trace")
Gather = Callable[..., Takeaway]


class TraceExport(Body):
    """What is asked besides the filters of the list: which kind of file."""

    format: str = PDF


@action("trace:export", audit="TRACE_EXPORT", entity="TRACE", key="key")
def enter_export(tx: Tx, key: str, away: Takeaway, form: str) -> None:
    """Enter that a trace was taken away: what, filters, format, rows, hash (spec 07.8)."""
    tx.record(key, kind=away.kind, format=form, filters=dict(away.filters), rows=away.rows, hash=away.hash)


@action("trace:export", audit="TRACE_EXPORT", entity="TRACE", key="lot_no")
def enter_lot_export(tx: Tx, material_code: str, lot_no: str, away: Takeaway, form: str) -> None:
    """Enter that the boards of a lot were taken away (spec 07.8)."""
    filters = dict(away.filters)
    tx.record(f"{material_code}|{lot_no}", kind=away.kind, format=form, filters=filters, rows=away.rows, hash=away.hash)


# What is taken away


@query("trace:export")
def unit_away(tx: Tx, sn: str, page: Page) -> Takeaway:  # noqa: ARG001 - a unit is not a list
    """Give the trace of a unit. Refuses as the read call."""
    facts = unit_facts(tx, sn)
    data = trace_of_gathered(Gathered(tx, facts), SECTIONS, facts.route)
    unit, levels = data["unit"], data["levels"]
    head = (
        ("sn", unit["sn"]), ("status", unit["status"]), ("productCode", unit["productCode"]), ("woNo", unit["woNo"]), ("runNo", unit["runNo"]),
        ("lineCode", unit["lineCode"]), ("createdAt", unit["createdAt"]), ("doneAt", unit["doneAt"]), ("reworkCount", unit["reworkCount"]),
        ("route", f"{data['route']['code']} v{data['routeVersion']['versionNo']}"),
        ("IPC-1782", f"M{levels['material']} P{levels['process']} {' '.join(levels['reasons'])}"),
    )  # fmt: skip
    return _made_by(
        tx, Takeaway("unit", sn, unit["productCode"], data, head, takeaway.tables_of(data, takeaway.UNIT_TABLES), 1)
    )


@query("trace:export")
def run_away(tx: Tx, run_no: str, page: Page) -> Takeaway:  # noqa: ARG001 - the whole run
    """Give the trace of a run with all its units. Refuses RUN_NOT_FOUND, FORBIDDEN, TRACE_EXPORT_TOO_LARGE."""
    data = run.run_trace_of(tx, run_no)
    units = run.all_units(tx, run_no, MOST_ROWS)
    told, made = data["run"], data["yield"]
    head = (
        ("runNo", told["runNo"]), ("status", told["status"]), ("productCode", told["productCode"]), ("woNo", told["woNo"]),
        ("lineCode", told["lineCode"]), ("planQty", told["planQty"]), ("authorizedAt", told["authorizedAt"]), ("startedAt", told["startedAt"]),
        ("endedAt", told["endedAt"]), ("fpy", made["fpy"]), ("route", f"{data['route']['code']} v{data['routeVersion']['versionNo']}"),
    )  # fmt: skip
    tables = takeaway.tables_of(data | {"units": units}, takeaway.RUN_TABLES)
    return _made_by(tx, Takeaway("run", run_no, told["productCode"], data, head, tables, len(units)))


def _reverse(kind: str, named: str, read: Callable[..., Any], product: Callable[[Mapping[str, Any]], str]) -> Gather:
    """Give the query that takes all units of a cause away; `named` is where its head stands in the answer."""

    def away(tx: Tx, *asked: Any) -> Takeaway:
        *keys, page = asked
        data = read(tx, *keys, replace(page, number=1, size=MOST_ROWS))
        if data["total"] > MOST_ROWS:
            raise Refused("TRACE_EXPORT_TOO_LARGE", rows=data["total"], most=MOST_ROWS)
        head = [(name, value) for name, value in data[named].items() if name != "id"]
        head += [(name, value) for name, value in data["summary"].items() if name != "byStatus"]
        tables = [takeaway.Table("items", takeaway.TOUCHED, data["items"])]
        return _made_by(
            tx, Takeaway(kind, "|".join(keys), product(data[named]), data, head, tables, data["total"], page.filters)
        )

    away.__name__ = f"{read.__name__}_away"
    away.__doc__ = (
        f"Give all units of a {kind}. Refuses as the read call, and TRACE_EXPORT_TOO_LARGE above {MOST_ROWS} rows."
    )
    return query("trace:export")(away)


def _made_by(tx: Tx, away: Takeaway) -> Takeaway:
    """Say who takes it away, and the hash of what it holds."""
    return replace(away, by=tx.actor.name, hash=takeaway.hash_of(away.data))


# The doors


def open_exports(doors: Doors) -> None:
    """Open `…/export` of units, runs and every cause."""
    whole = Listing(filters={}, sorts={"sn": run.UNITS.key}, default_sort="sn.asc", key=run.UNITS.key)
    for path, gather, listing, formats in (
        ("units/{sn}", unit_away, whole, (PDF, XLSX, JSON)),
        ("runs/{runNo}", run_away, whole, (PDF, XLSX)),
        ("material-lots/{materialCode}/{lotNo}", _reverse("lot", "lot", reverse.lot_units, lambda lot: lot["materialName"] or lot["materialCode"]),
         reverse.LOT_UNITS, (XLSX, PDF)),
        ("tools/{toolCode}", _reverse("tool", "tool", causes.tool_units, lambda tool: tool["name"]), causes.TOOL_UNITS, (XLSX, PDF)),
        ("carriers/{carrierNo}", _reverse("carrier", "carrier", causes.carrier_units, lambda one: one["type"]), causes.CARRIER_UNITS, (XLSX, PDF)),
        ("stations/{stationCode}", _reverse("station", "station", causes.station_units, lambda one: one["name"]), causes.STATION_UNITS, (XLSX, PDF)),
        ("defect-codes/{code}", _reverse("defect-code", "defectCode", causes.code_units, lambda one: one["name"] or one["code"]), causes.CODE_UNITS,
         (XLSX, PDF)),
    ):  # fmt: skip
        _open(doors, f"/api/trace/{path}/export", gather, listing, formats)


def _open(doors: Doors, path: str, gather: Gather, listing: Listing, formats: Sequence[str]) -> None:
    entered = enter_lot_export if "{lotNo}" in path else enter_export

    async def export(request: Request) -> Response:
        asked = request.query_params.multi_items()
        named = [value for name, value in asked if name == "format"]
        if len(named) > 1:
            raise bad_field("format", TWICE)
        form = named[0] if named else formats[0]
        if form not in formats:
            raise Refused("TRACE_FORMAT_INVALID", format=form[:20], known=", ".join(formats))
        for name, _value in asked:
            if name not in (*listing.filters, "format"):
                raise Refused("VALIDATION_ERROR", fields=[{"path": name, "reason": UNKNOWN_PARAMETER}])
        page = listing.parse([(name, value) for name, value in asked if name != "format"])
        return await _send(request, gather, entered, page, form)

    doors.custom(
        "GET",
        path,
        entered,
        export,
        params=TraceExport,
        listing=listing if listing.filters else None,  # a unit and a run are no lists
        file=tuple(MEDIA[form] for form in formats),
    )


async def _send(request: Request, gather: Gather, entered: Callable[..., None], page: Page, form: str) -> Response:
    """Read, draw, enter, send: a refusal comes before the first byte, and nothing is sent that is not in the book."""
    if form == PDF:
        must_have_font()
    language = text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    caller, store = replace(caller_of(request), language=language), request.app.state.store
    keys = [path_text(value) for value in request.path_params.values()]
    away: Takeaway = await store.read(caller, gather, *keys, page, slow=True)
    draw = partial(drawn, away, form, zone=store.zone, language=language)
    long = away.rows > LONG
    content = await (asyncio.get_running_loop().run_in_executor(_LONG_ONES, draw) if long else asyncio.to_thread(draw))
    await store.write(caller, entered, *keys, away, form)
    moment = f"{datetime.now(ZoneInfo(store.zone)):%Y%m%d%H%M}"
    name = f"trace-{away.kind}-{away.key}-{moment}.{form}".replace("/", "-")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}", "Content-Length": str(len(content)),
        "X-Content-SHA256": away.hash, "ETag": f'"{sha256(content).hexdigest()}"',
    }  # fmt: skip
    return StreamingResponse(
        (content[at : at + PIECE] for at in range(0, len(content), PIECE)), media_type=MEDIA[form], headers=headers
    )
