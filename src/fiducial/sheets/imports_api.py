"""The doors of imports: a file is read and judged beside the lane, shown, and taken batch by batch."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Hashable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from fiducial.kit import text
from fiducial.kit.acting import SIGNED_IN, Caller, Mark, query
from fiducial.kit.http.door import Doors, File, answer, body_of, caller_of, refuse_parameters
from fiducial.kit.http.shapes import Body, parse, path_text
from fiducial.kit.http.upload import upload_of
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.reading import Limits, read_grid
from fiducial.kit.sheets.rows import CellFault, SheetRow, SheetRows, read_rows
from fiducial.kit.sheets.writing import template_of
from fiducial.kit.tx import Tx
from fiducial.sheets import imports
from fiducial.sheets.exports_api import MEDIA
from fiducial.sheets.importing import Importer, the_importer
from fiducial.web.shell import LANGUAGE_COOKIE

ROWS_IN_A_PART, PARTS_IN_A_WRITE = 25, 20
MOST_ROWS, MOST_FAULTS_KEPT = 50_000, 5_000
SYSTEM = Caller(internal="import")


class ImportFile(Body):
    """Nothing besides the file."""


async def _read(request: Request) -> Response:
    """Read a file, judge it, keep what was read, and show it."""
    importer = the_importer(path_text(request.path_params["listName"]))
    caller, store = caller_of(request), request.app.state.store
    await store.read(caller, _door_of(importer))
    upload = await upload_of(request, caller, imports.present_import, ImportFile)
    grid = await read_grid(upload.content, Limits(rows=MOST_ROWS + 10))
    read = await asyncio.to_thread(read_rows, grid, importer.columns, importer.shape, zone=store.zone)
    good, faults = await _judged(store, caller, importer, read)
    key = await store.write(SYSTEM, imports.begin_import, importer.name, upload.name, upload.digest)
    await _keep(store, key, "GOOD", await asyncio.to_thread(_packed, importer, good))
    told = [_kept_fault(fault) for fault in faults[:MOST_FAULTS_KEPT]]
    size = imports.FAULTS_IN_A_PART
    await _keep(store, key, "FAULT", [told[at : at + size] for at in range(0, len(told), size)])
    counts = {
        "row_count": read.count,
        "good_count": len(good),
        "faulty_count": read.count - len(good),
        "fault_count": len(faults),
    }
    return answer(await store.write(upload.caller, imports.present_import, importer.name, key, counts, read.ignored))


def _door_of(importer: Importer) -> Any:
    """Give a read of nothing that asks the permission to fill the list."""

    def admitted(tx: Tx) -> None:
        """Nothing is read."""

    admitted.__mark__ = Mark("import", (importer.permission,))  # type: ignore[attr-defined]
    return admitted


async def _judged(
    store: Any, caller: Caller, importer: Importer, read: SheetRows[Any]
) -> tuple[list[SheetRow[Any]], list[CellFault]]:
    """Give the rows that nothing is wrong with, and every fault by row: of the shape, of the file, of the plant."""
    faults = read.faults + _repeated(importer, read.rows)

    def judge(tx: Tx, bodies: Sequence[Any]) -> list[tuple[int, str, Said]]:
        return list(importer.judge(tx, bodies))

    judge.__mark__ = Mark("judge", (importer.permission,))  # type: ignore[attr-defined]
    for first in range(0, len(read.rows), importer.judged_at_once):
        some = read.rows[first : first + importer.judged_at_once]
        for at, column, reason in await store.read(caller, judge, [row.body for row in some], slow=True):
            value = getattr(some[at].body, _snake(column), "") if column else ""
            faults.append(CellFault(some[at].number, column, str(value if value is not None else "")[:100], reason))
    faulty = {fault.row for fault in faults}
    spoilt = {importer.group(row.body) for row in read.rows if row.number in faulty} - {None}
    spoilt |= _groups_of_broken(importer, read)
    good = []
    for row in read.rows:
        if row.number in faulty:
            continue
        if importer.group(row.body) in spoilt:  # what belongs together is taken together or not at all
            faults.append(
                CellFault(row.number, "", "", Said(zh="同组的其他行有误", en="another row of the same group is faulty"))
            )
            continue
        good.append(row)
    return good, sorted(faults, key=lambda fault: fault.row)


def _groups_of_broken(importer: Importer, read: SheetRows[Any]) -> set[str | None]:
    """Give the groups that the rows without the right shape belong to; one that does not say it may belong to the row above."""
    nothing = dict.fromkeys(importer.shape.model_fields)
    groups = {row.number: importer.group(row.body) for row in read.rows}
    for number, values in read.broken.items():
        known = {_snake(name): value for name, value in values.items()}
        groups[number] = importer.group(SimpleNamespace(**nothing | known))
    found, above = set[str | None](), None
    for number in sorted(groups):
        above = groups[number] or above
        if number in read.broken:
            found.add(above)
    return found - {None}


def _repeated(importer: Importer, rows: Sequence[SheetRow[Any]]) -> list[CellFault]:
    first: dict[Hashable, int] = {}
    found = []
    for row in rows:
        key = importer.key(row.body)
        if key in first:
            said = Said(zh=f"与第 {first[key]} 行重复", en=f"stands in row {first[key]} already")
            found.append(
                CellFault(row.number, importer.columns[0].field, str(key if isinstance(key, str) else "")[:100], said)
            )
        else:
            first[key] = row.number
    return found


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _packed(importer: Importer, rows: Sequence[SheetRow[Any]]) -> list[list[Any]]:
    """Give the rows as they are kept, in parts; a group never stands in two."""
    kept: list[list[Any]] = []
    ordered = sorted(rows, key=lambda row: (importer.group(row.body) or "", row.number))
    last: Hashable = None
    for row in ordered:
        group = importer.group(row.body)
        with_the_last = group is not None and group == last
        if not kept or (len(kept[-1]) >= ROWS_IN_A_PART and not with_the_last):
            kept.append([])
        kept[-1].append((row.number, row.body.model_dump(mode="json", by_alias=True, exclude_unset=True)))
        last = group
    return kept


def _kept_fault(fault: CellFault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "zh": fault.reason.zh,
        "en": str(fault.reason),
    }


async def _keep(store: Any, key: int, kind: str, kept: Sequence[Sequence[Any]]) -> None:
    for first in range(0, len(kept), PARTS_IN_A_WRITE):
        await store.write(SYSTEM, imports.keep_parts, key, kind, first, kept[first : first + PARTS_IN_A_WRITE])


async def _take(request: Request) -> Response:
    """Take all rows, one short write after the other; whoever watches sees how far it is. Asked again, it goes on where it stopped."""
    caller, store = caller_of(request), request.app.state.store
    list_name, import_id = (path_text(request.path_params[part]) for part in ("listName", "importId"))
    body = parse(imports.TakeImport, await body_of(request), caller.language)
    while True:
        job = await store.write(caller, imports.take_some, list_name, import_id, body)
        if job["status"] != "TAKING":
            return answer(job)


@query(SIGNED_IN)
def import_template(tx: Tx, list_name: str, language: str) -> File:
    """Give an empty sheet with the headings of a list, in the language of the page. Refuses LIST_NOT_FOUND, FORBIDDEN."""
    importer = the_importer(list_name)
    imports.admitted_to(tx, importer)
    must = {
        field.alias or field_name for field_name, field in importer.shape.model_fields.items() if field.is_required()
    }
    file = io.BytesIO()
    with text.use_language(language):
        template_of(file, importer.columns, must, title=str(importer.title), zone=tx.store.zone)
        return File(file.getvalue(), MEDIA["xlsx"], f"{importer.title}.xlsx")


async def _template(request: Request) -> Response:
    refuse_parameters(request)
    language = text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    caller = replace(caller_of(request), language=language)
    list_name = path_text(request.path_params["listName"])
    return answer(await request.app.state.store.read(caller, import_template, list_name, language, slow=True))


doors = Doors("imports")
doors.custom("POST", "/api/imports/{listName}", imports.present_import, _read, upload=ImportFile)
doors.get("/api/imports/{listName}/{importId}", imports.import_detail)
doors.custom("POST", "/api/imports/{listName}/{importId}/take", imports.take_some, _take, imports.TakeImport)
doors.delete("/api/imports/{listName}/{importId}", imports.give_up_import)
doors.custom("GET", "/api/import-templates/{listName}", import_template, _template, file=(MEDIA["xlsx"],))
