"""The station page (执行页, spec 05.14): choose a station once, then one scan is one action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from fiducial.execution.panel import Verdict, panel_of
from fiducial.execution.queries import MAY_LOOK, QueueAsked, station_queue
from fiducial.execution.settings import MANUAL_FALLBACK
from fiducial.execution.standing import Station, find_station
from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, _
from fiducial.kit.tx import Tx
from fiducial.people.reach import ALL, bound_lines, bound_stations, must_reach_station, scope_of
from fiducial.plant.tables import lines, stations
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("execution")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Station"), url="/execution", icon="barcode", group=Text("Production"), permissions=("exec:read",)
    ),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="station_type",
        states=(
            Status(code="MANUAL", label=Text("By hand"), colour="blue"),
            Status(code="AUTO", label=Text("Machine"), colour="azure"),
            Status(code="BATCH", label=Text("Batch"), colour="purple"),
            Status(code="TEST", label=Text("Test"), colour="yellow"),
        ),
    ),
)
QUEUE_SHOWN = 50


def stations_in_reach(tx: Tx) -> list[dict[str, Any]]:
    """Give the active stations at which the person may look, by line."""
    statement = (
        select(stations.c.code, stations.c.name, stations.c.station_type, lines.c.code.label("line_code"), lines.c.name.label("line_name"))
        .join(lines, lines.c.id == stations.c.line_id).where(stations.c.is_active.is_(True)).order_by(lines.c.code, stations.c.code)
    )  # fmt: skip
    if scope_of(tx, *MAY_LOOK) != ALL:
        statement = statement.where(or_(stations.c.id.in_(bound_stations(tx)), stations.c.line_id.in_(bound_lines(tx))))
    return [
        {
            "code": row.code,
            "name": row.name,
            "type": row.station_type,
            "lineCode": row.line_code,
            "lineName": row.line_name,
        }
        for row in tx.all(statement)
    ]


@query("exec:read")
def station_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give one station, or the stations to choose from. An unknown station and one out of reach are told apart."""
    code, offered = view.query.get("station", "").strip(), stations_in_reach(tx)
    if not code and len(offered) == 1:
        code = offered[0]["code"]
    if not code:
        return {"station": None, "stations": offered, "problem": None, "asked": ""}
    try:
        station = _station(tx, code)
    except Refused as refused:
        return {"station": None, "stations": offered, "problem": refused.code, "asked": code}
    return {"station": station, "stations": offered, "problem": None, "asked": code, "sn": view.query.get("sn", "")}


def _station(tx: Tx, code: str) -> Station:
    station = find_station(tx, code)
    must_reach_station(tx, station.id, station.line_id, *MAY_LOOK, code=code)
    return station


@query("exec:read")
def station_panel(tx: Tx, station_code: str, view: View) -> Mapping[str, Any]:
    """Give what one scan shows."""
    station, asked = _station(tx, station_code), view.query
    sn = asked.get("sn", "").strip()[:64]
    panel = panel_of(tx, station, sn, did=asked.get("did", "in"), outcome=asked.get("outcome", ""))
    if not sn:
        panel.verdict, panel.send = Verdict("warn", _("Nothing was scanned")), None
    asked_words = panel.form["specs"] if panel.form else []
    words = {
        item["name"]: [(word, word) for word in item["spec"]["enum"]] for item in asked_words if item["spec"]["enum"]
    }
    by_hand = panel.form is None or MANUAL_FALLBACK.of(tx, station.line_id)
    return {"panel": panel, "station": station, "words": words, "by_hand": by_hand}


@query("exec:read")
def queue_part(tx: Tx, station_code: str, view: View) -> Mapping[str, Any]:
    """Give the units in the station and those that wait for it."""
    asked = QueueAsked(page_size=QUEUE_SHOWN, sn=view.query.get("sn", "").strip()[:64] or None)
    queue = station_queue(tx, station_code, asked)
    inside = [item for item in queue["items"] if item["inAt"] is not None]
    return {"queue": queue, "inside": inside, "waiting": queue["items"][len(inside) :]}


pages.page("/execution", station_page, "execution/station.html")
pages.page("/execution/{stationCode}/panel", station_panel, "execution/panel.html")
pages.page("/execution/{stationCode}/queue", queue_part, "execution/queue.html")
