"""The page behind the question mark (spec 13.12, 14.2): the manuals in the reader's language, their pictures, a search."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.http.door import File
from fiducial.kit.refusals import Refused
from fiducial.kit.text import current_language
from fiducial.kit.tx import Tx
from fiducial.ops.manuals import MANUALS, REFERENCE, about, books_of, pictures_of, search
from fiducial.web.pages import Pages, View


@query(SIGNED_IN)
def help_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - the manuals are files, not rows
    """Give a manual with its headings; what was found (`q`); what is said about the page one comes from (`for`)."""
    language = current_language()
    books = books_of(language)
    book = books.get(view.query.get("book", ""), books[MANUALS[0]])
    came_from, asked = view.query.get("for", ""), view.query.get("q", "").strip()[:64]
    return {
        "book": book, "manuals": [books[name] for name in MANUALS],
        "reference": [books[name] for name in REFERENCE], "asked": asked,
        "found": search(language, asked), "about": about(language, came_from), "came_from": came_from,
    }  # fmt: skip


@query(SIGNED_IN)
def picture(tx: Tx, language: str, name: str, view: View) -> Path:  # noqa: ARG001
    """Give the file of a picture in a manual; refuses NOT_FOUND for any other."""
    file = pictures_of(language).get(name) if language in ("zh", "en") else None
    if file is None:
        raise Refused("NOT_FOUND")
    return file


def _png(file: Path, zone: str) -> File:  # noqa: ARG001
    return File(file.read_bytes(), "image/png", file.name)


def open_help(pages: Pages) -> None:
    """Open the pages of help."""
    pages.page("/help", help_page, "ops/help.html")
    pages.paper("/help/pictures/{language}/{name}", picture, _png)
