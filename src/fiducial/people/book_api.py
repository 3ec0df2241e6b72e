"""JSON doors of the audit book (spec 09.7.3)."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from fiducial.kit.http.door import Doors, answer, body_of, caller_of, check_origin, keyed
from fiducial.kit.http.shapes import parse
from fiducial.kit.listing import TWICE
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of
from fiducial.people import book
from fiducial.people.shapes import AuditEntry, ExportAsked, Verify

BATCH = 2000
COLUMNS = (
    "seq", "id", "at", "actorType", "actorId", "actorName", "actorRoles", "ip", "userAgent", "terminalCode", "sessionId",
    "entityType", "entityId", "entityDisplay", "lineCode", "stationCode", "action", "outcome", "code", "message", "changes",
    "reason", "signatureId", "requestId", "traceId", "idempotencyKey", "payload", "lane", "laneSeq", "prevHash", "hash",
)  # fmt: skip
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


async def _verify(request: Request) -> Response:
    """Walk on the slow reader, then enter the finding: the walk is long and the lane must stay free."""
    check_origin(request)
    raw = await body_of(request)
    caller = keyed(caller_of(request), request, raw)
    body = parse(Verify, raw, caller.language)
    assert isinstance(body, Verify)
    store = request.app.state.store
    try:
        result = await store.read(caller, book.verify_book, body.from_seq, body.to_seq, slow=True)
    except Refused:
        result = {}  # the write is refused for the same reason, and enters the attempt
    return answer(await store.write(caller, book.enter_verification, result))


async def _export(request: Request) -> Response:
    """Enter the export, then stream it in batches."""
    caller = caller_of(request)
    asked = request.query_params.multi_items()
    forms = [value for name, value in asked if name == "format"]
    if len(forms) > 1:
        raise bad_field("format", TWICE)
    form = forms[0] if forms else "csv"
    if form not in MEDIA:
        raise bad_field("format", Said(zh="必须是 csv 或 jsonl", en="csv or jsonl"))
    page = book.BOOK.parse([(name, value) for name, value in asked if name != "format"])
    for name, value in page.filters.items():
        _must_be_sound(name, value)
    store = request.app.state.store
    await store.write(caller, book.enter_export, form, dict(page.filters))
    write = _csv if form == "csv" else _jsonl

    async def rows() -> AsyncIterator[bytes]:
        left, below = book.EXPORT_LIMIT, None
        yield ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode() if form == "csv" else b""
        while left > 0:
            batch = await store.read(caller, book.export_batch, page, below, min(BATCH, left), slow=True)
            if not batch:
                return
            yield b"".join(write(batch))
            left, below = left - len(batch), batch[-1]["seq"]

    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    return StreamingResponse(rows(), media_type=MEDIA[form], headers=headers)


def _must_be_sound(name: str, value: str) -> None:
    try:
        book.BOOK.filters[name](value)
    except ValueError as wrong:
        raise bad_field(name, reason_of(wrong)) from None


def _jsonl(batch: list[AuditEntry]) -> Iterator[bytes]:
    for facts in batch:
        yield orjson.dumps(facts) + b"\n"


def _csv(batch: list[AuditEntry]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    for facts in batch:
        writer.writerow([_cell(facts.get(name)) for name in COLUMNS])
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    shown = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def open_book_doors(doors: Doors) -> None:
    """Open the doors of the book."""
    doors.get("/api/audit-logs", book.list_entries, listing=book.BOOK, slow=True)
    doors.custom(
        "GET",
        "/api/audit-logs/export",
        book.enter_export,
        _export,
        listing=book.BOOK,
        params=ExportAsked,
        file=tuple(MEDIA.values()),
    )
    doors.custom("POST", "/api/audit-logs/verify", book.enter_verification, _verify, Verify)
    doors.get("/api/audit-logs/entity/{entityType}/{entityKey}", book.thing_history, listing=book.HISTORY)
    doors.get("/api/audit-logs/{id}", book.entry_detail)
