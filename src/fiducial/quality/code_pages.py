"""The page of defect codes (spec 06.14): the first part of the settings of quality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.listing import Page
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.quality import codes, words
from fiducial.quality.tables import defect_codes
from fiducial.web.pages import Pages, View

pages = Pages("quality")


@query("quality:config", "quality:oqc")
def codes_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the defect codes, and the codes in use that nobody has declared."""
    data = codes.list_codes(tx, view.page_of(codes.CODES))
    unknown = codes.list_unknown_codes(tx, Page(size=20, sort=(("code", False),)))
    return {
        "listing": view.list_of(data, default_sort=codes.CODES.default_sort),
        "words": words,
        "unknown": unknown["items"],
    }


@query("quality:config")
def new_code_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form of a new defect code; one that is in use undeclared brings its code along."""
    return {"code": None, "given": view.query.get("code", "")[:64], "words": words}


@query("quality:config")
def code_dialog(tx: Tx, code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a defect code. Refuses DEFECT_CODE_NOT_FOUND."""
    row = tx.first(select(defect_codes).where(defect_codes.c.code == code))
    if row is None:
        raise Refused("DEFECT_CODE_NOT_FOUND", code=code)
    return {"code": codes.code_shown(row), "given": "", "words": words}


pages.page("/quality-settings/codes", codes_page, "quality/codes.html")
pages.page("/quality-settings/codes/dialogs/new", new_code_dialog, "quality/code_form.html")
pages.page("/quality-settings/codes/dialogs/edit/{code}", code_dialog, "quality/code_form.html")
