"""Files that people send (`multipart/form-data`, spec 00.2): read within a limit, and only from whoever may send them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from fiducial.kit.acting import Caller, Mark, mark_of
from fiducial.kit.http.door import keyed
from fiducial.kit.http.shapes import Body, path_text, refused_shape
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx

MEGABYTE = 1024 * 1024
IMPORT_LIMIT, UPLOAD_LIMIT = 20 * MEGABYTE, 10 * MEGABYTE  # spec 13.1
MOST_FIELDS, LONGEST_FIELD = 20, 64 * 1024
B = TypeVar("B", bound=Body)
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Upload(Generic[B]):
    """A file with the fields beside it. `caller` has its idempotency key, if one was sent, bound to exactly this content."""

    name: str
    content: bytes
    digest: bytes
    fields: B
    caller: Caller


async def upload_of(
    request: Request, caller: Caller, function: Callable[..., Any], shape: type[B], *, limit: int = IMPORT_LIMIT
) -> Upload[B]:
    """Give the file that was sent as `file`, and the other fields in their shape.

    Whoever may not call `function` is refused before anything is read. Refuses PAYLOAD_TOO_LARGE, VALIDATION_ERROR.
    """
    await request.app.state.store.read(caller, _admitted_to(function))
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise bad_field("file", Said(zh="请以 multipart/form-data 上传文件", en="send a file as multipart/form-data"))
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said[:18]) > limit + LONGEST_FIELD:
        raise Refused("PAYLOAD_TOO_LARGE", limitBytes=limit)
    parser = MultiPartParser(
        request.headers,
        _bounded(request, limit + LONGEST_FIELD),
        max_files=1,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_FIELD,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, HTTPException, KeyError, UnicodeDecodeError):
        raise bad_field("file", Said(zh="上传的格式不正确", en="what was sent is no multipart form")) from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise bad_field("file", Said(zh="必填", en="required"))
        content = await file.read()
        if len(content) > limit:
            raise Refused("PAYLOAD_TOO_LARGE", limitBytes=limit)
        given = [(name, value) for name, value in form.multi_items() if name != "file" and isinstance(value, str)]
    finally:
        await form.close()
    fields = _shaped(shape, given, caller.language)
    digest = hashlib.sha256(content).digest()
    sent = digest + repr(sorted(given)).encode("utf-8", "replace")
    return Upload(_named(file.filename or ""), content, digest, fields, keyed(caller, request, sent))


def _named(path: str) -> str:
    """Give the name of a file without the folders that some browsers send along."""
    return _NO_NAME.sub("", path.replace("\\", "/").rpartition("/")[2])[:200]


def _admitted_to(function: Callable[..., Any]) -> Callable[[Tx], None]:
    mark = mark_of(function)

    def admitted(tx: Tx) -> None:
        """Nothing is read: whether the caller may is asked before."""

    admitted.__mark__ = Mark(mark.name, mark.permissions)  # type: ignore[attr-defined]
    return admitted


async def _bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    got = 0
    async for piece in request.stream():
        got += len(piece)
        if got > limit:
            raise Refused("PAYLOAD_TOO_LARGE", limitBytes=limit)
        yield piece


def _shaped(shape: type[B], given: list[tuple[str, str]], language: str) -> B:
    names = [name for name, _ in given]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise bad_field(twice, Said(zh="重复给出", en="given twice"))
    try:
        return shape.model_validate_strings({name: path_text(value) for name, value in given if value.strip()})
    except ValidationError as problem:
        raise refused_shape(problem, language) from None
