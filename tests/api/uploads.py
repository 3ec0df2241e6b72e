"""Sending files as a browser does, for tests of imports."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import httpx
import xlsxwriter
from PIL import Image
from tests.api.web import HERE, Answer, Api, answer_of


def sent(
    who: Api,
    path: str,
    content: bytes,
    *,
    name: str = "list.csv",
    key: str | None = None,
    field: str = "file",
    **fields: str,
) -> Answer:
    """What a POST of a file answers."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(who.app, raise_app_exceptions=False)
        headers = {**who.headers, **({"idempotency-key": key} if key else {})}
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.post(path, files={field: (name, content)}, data=fields, headers=headers, timeout=120)

    return answer_of(who._runner.run(ask()))


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red", **more: Any) -> bytes:
    """A picture of one colour, as a file."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **more)
    return made.getvalue()


def csv_of(*rows: Sequence[Any], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(str(cell) for cell in row) + "\r\n" for row in rows).encode(encoding)


def xlsx_of(*rows: Sequence[Any]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return file.getvalue()
