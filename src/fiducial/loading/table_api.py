"""Doors of station tables as files: the import reads its file before it writes, the export is entered in the book (spec 04.3)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from fiducial.kit.acting import action
from fiducial.kit.http.door import UNKNOWN_PARAMETER, Doors, File, answer, caller_of
from fiducial.kit.http.shapes import Body, path_text
from fiducial.kit.http.upload import MEGABYTE, upload_of
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.sheets.reading import Limits, read_grid
from fiducial.kit.sheets.writing import Workbook, csv_head, csv_lines
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.loading.actions.table_import import import_table
from fiducial.loading.finding import the_table
from fiducial.loading.queries.slots import key_rows
from fiducial.loading.shapes import ImportTable
from fiducial.loading.table_file import MOST_ROWS, read_table
from fiducial.plant.lookup import line_of_id

LARGEST_FILE = 5 * MEGABYTE
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COLUMNS = (
    SheetColumn("slotCode", Text("slotCode"), width=14), SheetColumn("materialCode", Text("materialCode"), width=24),
    SheetColumn("unitConsumption", Text("unitConsumption"), width=10), SheetColumn("isCommonMaterial", Text("isCommonMaterial"), width=10),
    SheetColumn("isAlternate", Text("isAlternate"), width=10), SheetColumn("priority", Text("priority"), width=8),
    SheetColumn("refDes", Text("refDes"), width=40),
)  # fmt: skip


async def _import(request: Request) -> Response:
    caller = caller_of(request)
    upload = await upload_of(request, caller, import_table, ImportTable, limit=LARGEST_FILE)
    try:
        grid = await read_grid(upload.content, Limits(rows=MOST_ROWS + 200))
    except Refused as refused:
        told = refused.details.get("fields", [{}])[0].get("reason", "")
        raise bad_field("file", told or Said(zh="无法读取文件", en="the file cannot be read")) from None
    file = await asyncio.to_thread(read_table, grid.rows)
    store = request.app.state.store
    return answer(await store.write(upload.caller, import_table, upload.fields, file, upload.name, upload.digest.hex()))


class ExportAsked(Body):
    """In which form a table is taken away."""

    format: str = "xlsx"


@action("loading:view", audit="EXPORT", entity="LINE", key="id")
def export_table(tx: Tx, id: str, asked: ExportAsked) -> tuple[str, str, list[dict[str, Any]]]:
    """Give name, form and rows of a station table. Refuses STATION_TABLE_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR."""
    if asked.format not in FORMATS:
        raise bad_field("format", Said(zh="必须是 xlsx 或 csv", en="must be xlsx or csv"))
    table = the_table(tx, id, "loading:view")
    line = line_of_id(tx, table.line_id)
    code = line.code if line else "–"
    rows = [
        {
            "slotCode": row.slot_code, "materialCode": row.material_code, "unitConsumption": row.unit_consumption,
            "isCommonMaterial": "Y" if row.is_common_material else "N", "isAlternate": "Y" if row.is_alternate else "N",
            "priority": row.priority, "refDes": " ".join(row.ref_des),
        }
        for row in key_rows(tx, table.line_id, table.product_code, table.routing_code)
    ]  # fmt: skip
    name = "-".join(filter(None, ("station-table", code, table.product_code, table.routing_code)))
    tx.record(
        f"{code} {table.product_code or '*'} {table.routing_code or '*'}",
        key=table.id,
        line=code,
        format=asked.format,
        rows=len(rows),
    )
    return f"{name}.{asked.format}", asked.format, rows


async def _export(request: Request) -> Response:
    caller, store = caller_of(request), request.app.state.store
    given = dict(request.query_params)
    for unheard_of in given.keys() - {"format"}:
        raise bad_field(unheard_of[:100], UNKNOWN_PARAMETER)
    asked = ExportAsked(format=path_text(given.get("format", "xlsx")))
    name, form, rows = await store.write(caller, export_table, path_text(request.path_params["id"]), asked)
    content = await asyncio.to_thread(_file, form, rows, store.zone)
    return answer(File(content, FORMATS[form], name))


def _file(form: str, rows: list[dict[str, Any]], zone: str) -> bytes:
    if form == "csv":
        return csv_head(COLUMNS) + csv_lines(COLUMNS, rows, zone=zone)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        with path.open("wb") as file:
            book = Workbook(file, COLUMNS, title="station table", zone=zone, folder=folder)
            book.add(rows)
            book.close()
        return path.read_bytes()


def open_table_doors(doors: Doors) -> None:
    """Open both doors."""
    doors.custom("POST", "/api/station-tables/import", import_table, _import, upload=ImportTable)
    doors.custom(
        "GET",
        "/api/station-tables/{id}/export",
        export_table,
        _export,
        params=ExportAsked,
        file=tuple(FORMATS.values()),
    )
