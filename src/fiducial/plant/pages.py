"""Pages of the plant (spec 14.2): lines and their stations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import settings
from fiducial.kit.acting import query
from fiducial.kit.columns import canonical
from fiducial.kit.listing import Page as ListPage
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, current_language, gettext
from fiducial.kit.tx import Tx
from fiducial.plant import answers, words
from fiducial.plant.lookup import stations_of_line, the_line
from fiducial.plant.queries.lines import (
    GROUPS,
    LINES,
    STATIONS,
    group_row,
    line_detail,
    line_settings,
    list_groups,
    list_lines,
    list_stations,
    settings_in_force,
    station_detail,
    stations_in_reach,
    stations_statement,
)
from fiducial.plant.tables import groups, stations
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("plant")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Lines"), url="/lines", icon="building-factory-2", group=Text("Plant"), permissions=("line:read",)
    ),
)
STATION_TYPE_WORDS = words.STATION_TYPES


@query("line:read")
def lines_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the lines in reach with their stations."""
    data = list_lines(tx, view.page_of(LINES))
    shown = {line["code"]: _stations(tx, line["code"]) for line in data["items"]}
    return {"listing": view.list_of(data, default_sort=LINES.default_sort), "stations": shown}


def _stations(tx: Tx, line_code: str) -> list[answers.Station]:
    statement = stations_statement().where(stations.c.line_id == the_line(tx, line_code).id).order_by(stations.c.code)
    reachable = stations_in_reach(tx)
    return [answers.station_of(row) for row in tx.all(statement if reachable is None else statement.where(reachable))]


@query("line:read")
def line_page(tx: Tx, line_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give a line and its stations. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = line_detail(tx, line_code)
    return {"line": line, "stations": _stations(tx, line["code"]), "types": STATION_TYPE_WORDS}


@query("line:config")
def new_line_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new line."""
    return {"line": None}


@query("line:config")
def line_dialog(tx: Tx, line_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a line."""
    return {"line": line_detail(tx, line_code)}


@query("line:config")
def station_dialog(tx: Tx, line_code: str, station_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a station of the line, `new` for one more when the line has none of that code.

    Refuses LINE_NOT_FOUND, STATION_NOT_FOUND, FORBIDDEN, also for a station out of reach beside a line in reach.
    """
    line = line_detail(tx, line_code)
    is_new = station_code == "new" and all(
        row.code != "new" for row in stations_of_line(tx, the_line(tx, line_code).id)
    )
    station = None if is_new else station_detail(tx, station_code)
    named = [
        (row.code, f"{row.code} {row.name}")
        for row in tx.all(select(groups.c.code, groups.c.name).order_by(groups.c.code))
    ]
    codes = [
        (found["code"], found["code"]) for found in list_lines(tx, ListPage(size=100, sort=(("code", False),)))["items"]
    ]
    return {
        "line": line,
        "station": station,
        "groups": named,
        "lines": codes,
        "types": tuple(STATION_TYPE_WORDS.items()),
    }


@query("line:config")
def new_group_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new station group."""
    return {"group": None}


@query("line:config")
def group_dialog(tx: Tx, group_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a station group. Refuses STATION_GROUP_NOT_FOUND."""
    return {"group": answers.group_of(group_row(tx, group_code))}


@query("line:read")
def stations_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the stations in reach, of all lines."""
    data = list_stations(tx, view.page_of(STATIONS))
    return {"listing": view.list_of(data, default_sort=STATIONS.default_sort), "words": words}


@query("line:read")
def groups_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the station groups."""
    data = list_groups(tx, view.page_of(GROUPS))
    return {"listing": view.list_of(data, default_sort=GROUPS.default_sort)}


@query("line:read")
def line_settings_part(tx: Tx, line_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the settings in force on a line, fetched by its page. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = line_detail(tx, line_code)
    in_force = line_settings(tx, line_code)
    return {"line": line, "settings": [_setting(key, said) for key, said in in_force.items()]}


@query("line:config")
def line_setting_dialog(tx: Tx, line_code: str, key: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of one setting of a line. Refuses LINE_NOT_FOUND, FORBIDDEN, NOT_FOUND for a key that is none of a line."""
    line = line_detail(tx, line_code)
    in_force = settings_in_force(tx, the_line(tx, line_code).id)
    if key not in in_force:
        raise Refused("NOT_FOUND")
    return {
        "line": line,
        "setting": _setting(key, in_force[key])
        | {"plant": _said(settings.declared[key], settings.declared[key].of(tx))},
    }


def _said(declared: settings.Setting[Any], value: Any) -> str:
    """Give a value of a setting as a sentence names it."""
    word = declared.said(value)
    if word is not None:
        return word
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return value if isinstance(value, str) else canonical(value).decode()


def _setting(key: str, said: answers.LineSetting) -> dict[str, Any]:
    declared = settings.declared[key]
    label = declared.en if current_language() == "en" else declared.zh
    return {
        "key": key, "label": label, "unit": declared.unit, "value": said["value"], "source": said["source"], "type": declared.type,
        "limits": declared.limits, "offered": declared.offered, "parts": declared.parts, "shown": _said(declared, said["value"]),
    }  # fmt: skip


pages.page("/lines", lines_page, "plant/lines.html")
pages.page("/lines/dialogs/new", new_line_dialog, "plant/line_form.html")
pages.page("/lines/dialogs/group", new_group_dialog, "plant/group_form.html")
pages.page("/lines/{lineCode}", line_page, "plant/line.html")
pages.page("/lines/{lineCode}/dialogs/edit", line_dialog, "plant/line_form.html")
pages.page("/lines/{lineCode}/dialogs/stations/{stationCode}", station_dialog, "plant/station_form.html")
pages.page("/lines/{lineCode}/dialogs/process-type", line_dialog, "plant/process_type_form.html")
pages.page("/lines/{lineCode}/settings", line_settings_part, "plant/line_settings.html")
pages.page("/lines/{lineCode}/dialogs/settings/{key}", line_setting_dialog, "plant/line_setting_form.html")
pages.page("/stations", stations_page, "plant/stations.html")
pages.page("/station-groups", groups_page, "plant/groups.html")
pages.page("/station-groups/dialogs/edit/{groupCode}", group_dialog, "plant/group_form.html")
