"""JSON doors of the audit book (spec 09.7.3)."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from fiducial.kit.audit_walk import BESIDE_WORK, Walk
from fiducial.kit.http.door import Doors, answer, body_of, caller_of, check_origin, keyed
from fiducial.kit.http.shapes import parse
from fiducial.kit.listing import TWICE
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of
from fiducial.people import archiving, book
from fiducial.people.book_search import BOOK
from fiducial.people.proof_api import refusing, verified
from fiducial.people.shapes import ArchiveNow, AuditEntry, ExportAsked, Verify

BATCH = 2000
COLUMNS = (
    "seq", "id", "at", "actorType", "actorId", "actorName", "actorRoles", "ip", "userAgent", "terminalCode", "sessionId",
    "entityType", "entityId", "entityDisplay", "lineCode", "stationCode", "action", "outcome", "code", "message", "changes",
    "reason", "signatureId", "requestId", "traceId", "idempotencyKey", "payload", "lane", "laneSeq", "prevHash", "hash",
)  # fmt: skip
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


async def _verify(request: Request) -> Response:
    """Walk on the slow reader, a little at a time, then enter the finding: the walk is long and the plant works meanwhile."""
    check_origin(request)
    raw = await body_of(request)
    caller = keyed(caller_of(request), request, raw)
    body = parse(Verify, raw, caller.language)
    assert isinstance(body, Verify)
    store = request.app.state.store
    try:
        walk = Walk(body.from_seq or 0, body.to_seq, BESIDE_WORK)
        began = time.monotonic()
        while await store.read(caller, book.walk_on, walk, slow=True):
            await asyncio.sleep(
                time.monotonic() - began
            )  # as long as the piece took: half the time is everybody else's
            began = time.monotonic()
        result = book.told_of(walk)
        if body.include_archives:
            archives = await store.read(caller, archiving.all_archives)
            folder = archiving.rules_of(request.app.state.environment).folder
            found = await asyncio.to_thread(
                archiving.verify_archives, folder, archives, body.from_seq or 0, body.to_seq
            )
            result = book.with_archives(result, found)
    except Refused:
        result = {}  # the write is refused for the same reason, and enters the attempt
    return answer(await store.write(caller, book.enter_verification, result))


async def _archive(request: Request) -> Response:
    """Write, read back and delete on a thread of its own; what enters the lane are a row and short batches of deletions."""
    raw = await body_of(request)
    caller = keyed(caller_of(request), request, raw)
    body = parse(ArchiveNow, raw, caller.language)
    assert isinstance(body, ArchiveNow)
    store, proof = request.app.state.store, await verified(request, caller, body)
    if proof.given and not proof.right:
        return answer(await store.write(caller, refusing(archiving.keep_archive), proof))
    rules = archiving.rules_of(request.app.state.environment)
    return answer(await asyncio.to_thread(archiving.archive_now, store, caller, rules, body, proof))


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
    page = BOOK.parse([(name, value) for name, value in asked if name != "format"])
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
        BOOK.filters[name](value)
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
    doors.get("/api/audit-logs", book.list_entries, listing=BOOK, slow=True)
    doors.custom(
        "GET",
        "/api/audit-logs/export",
        book.enter_export,
        _export,
        listing=BOOK,
        params=ExportAsked,
        file=tuple(MEDIA.values()),
    )
    doors.custom("POST", "/api/audit-logs/verify", book.enter_verification, _verify, Verify)
    doors.get("/api/audit-archives", archiving.list_archives, listing=archiving.ARCHIVES)
    doors.custom("POST", "/api/audit-archives", archiving.keep_archive, _archive, ArchiveNow)
    doors.get("/api/audit-logs/entity/{entityType}/{entityKey}", book.thing_history, listing=book.HISTORY)
    doors.get("/api/audit-logs/{id}", book.entry_detail)
