"""The door at which lists are taken away: the file is written batch by batch, entered, and sent."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from fiducial.kit import text
from fiducial.kit.acting import Caller, mark_of
from fiducial.kit.http.door import Doors, caller_of
from fiducial.kit.http.shapes import path_text
from fiducial.kit.listing import Page, known_are
from fiducial.kit.refusals import Said, bad_field
from fiducial.kit.sheets import writing
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.tx import Tx
from fiducial.sheets.exports import ListExport, Sheet, enter_export, the_sheet
from fiducial.web.shell import LANGUAGE_COOKIE

BATCH, MOST_ROWS = 1000, 100_000
MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
PIECE = 64 * 1024


class Writer(Protocol):
    """What rows are written with."""

    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Write a row for each item."""

    def say(self, sentence: str) -> None:
        """Write a sentence below the rows."""

    def close(self) -> None:
        """Finish the file."""


class CsvFile:
    """A CSV file, written row by row."""

    def __init__(self, file: IO[bytes], columns: Sequence[SheetColumn], *, zone: str) -> None:
        self._file, self._columns, self._zone = file, columns, zone
        file.write(writing.csv_head(columns))

    def add(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Write a line for each item."""
        self._file.write(writing.csv_lines(self._columns, items, zone=self._zone))

    def say(self, sentence: str) -> None:
        """Write a sentence below the lines."""
        self._file.write(f"\r\n{sentence}\r\n".encode())

    def close(self) -> None:
        """Nothing is left to do."""


async def _export(request: Request) -> Response:
    return await send(request, the_sheet(path_text(request.path_params["listName"])), enter_export)


async def send(request: Request, sheet: Sheet, enter: Callable[..., Any]) -> Response:
    """Write a list as a file, batch by batch on the slow reader, enter it, and send it: a refusal comes before the first byte."""
    language = text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    caller = replace(caller_of(request), language=language)
    asked = request.query_params.multi_items()
    form = next((value for name, value in asked if name == "format"), "xlsx")
    if form not in MEDIA:
        raise bad_field("format", known_are(MEDIA))
    # The address may be that of the page in sight: it is judged as a list judges it, and then the whole list is taken.
    of = next((value for name, value in asked if name == "of"), "") if sheet.below else None
    if of == "":
        raise bad_field("of", Said(zh="必填", en="required"))
    beside = ("format", "of") if sheet.below else ("format",)
    page = replace(sheet.listing.parse([(name, value) for name, value in asked if name not in beside]), number=1)
    if of is not None:
        sheet = replace(sheet, query=_below(sheet.query, of))
    file = await _file(request.app.state.store, caller, sheet, page, form=form, enter=enter)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(_file_name(sheet, form, language, request.app.state.store.zone))}",
               "Content-Length": str(file.seek(0, 2))}  # fmt: skip
    return StreamingResponse(_pieces(file), media_type=MEDIA[form], headers=headers)


def _below(query: Callable[..., Any], key: str) -> Callable[..., Any]:
    """Give the query of a list below one thing as one that takes the page alone."""

    def of_one(tx: Tx, page: Page) -> Any:
        return query(tx, key, page)

    of_one.__mark__ = mark_of(query)  # type: ignore[attr-defined]
    return of_one


async def _file(
    store: Any, caller: Caller, sheet: Sheet, page: Page, *, form: str, enter: Callable[..., Any]
) -> IO[bytes]:
    """Give the finished file, whose export is entered. What is given up half-way leaves nothing on the disk."""
    folder = tempfile.mkdtemp(prefix="fiducial-export-")
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by whoever sends it
    with text.use_language(caller.language):
        writer = _writer(file, sheet, form, folder, store.zone)
    try:
        try:
            rows = await _fill(store, caller, sheet, page, writer)
        finally:
            await asyncio.to_thread(writer.close)
        await store.write(caller, enter, sheet.name, form, dict(page.filters), rows)
    except BaseException:
        file.close()
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return file


def _writer(file: IO[bytes], sheet: Sheet, form: str, folder: str, zone: str) -> Writer:
    if form == "csv":
        return CsvFile(file, sheet.columns, zone=zone)
    return writing.Workbook(file, sheet.columns, title=str(sheet.title), zone=zone, folder=folder)


async def _fill(store: Any, caller: Caller, sheet: Sheet, page: Page, writer: Writer) -> int:
    """Write all rows and give how many there were. Each batch is a read of its own, so that no snapshot stands for long."""
    seen, written = set[Any](), 0

    def export_batch(tx: Tx, number: int) -> int:
        items = sheet.query(tx, replace(page, number=number, size=BATCH))["items"]
        fresh = [
            item for item in items if item.get("id") is None or item["id"] not in seen
        ]  # one may have moved meanwhile
        seen.update(item.get("id") for item in fresh)
        with text.use_language(caller.language):
            writer.add(fresh)
            if number * BATCH >= MOST_ROWS and len(items) == BATCH:
                writer.say(
                    text.gettext("Only the first %(rows)s rows are here; narrow the filter.") % {"rows": MOST_ROWS}
                )
        return len(items)

    export_batch.__mark__ = mark_of(sheet.query)  # type: ignore[attr-defined]
    for number in range(1, MOST_ROWS // BATCH + 1):
        count = await store.read(caller, export_batch, number, slow=True)
        written += count
        if count < BATCH:
            break
    return written


def _file_name(sheet: Sheet, form: str, language: str, zone: str) -> str:
    with text.use_language(language):
        title = str(sheet.title)
    return f"{title} {datetime.now(ZoneInfo(zone)):%Y-%m-%d %H%M}.{form}".replace("/", "-")


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


doors = Doors("exports")
doors.custom("GET", "/api/exports/{listName}", enter_export, _export, params=ListExport, file=tuple(MEDIA.values()))
