"""Taking a list away as a spreadsheet: whatever a list can show, with its filters and its order (one door for all lists).

A room declares a `Sheet` beside its list, `app.py` lists it, and the list's page says `ui.table(…, export="materials")`. Who may read
the list may take it away, and that is entered in the book (spec 00.8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from fiducial.kit.acting import SIGNED_IN, action
from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.listing import Listing
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.web.lists import Address
from fiducial.web.shell import StatusSet

refusals.missing("LIST", zh="列表", en="List")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as a spreadsheet: `query(tx, page)` is the list's own, so that permission and reach are the list's own too."""

    name: str
    title: Text
    query: Callable[..., Mapping[str, Any]]
    listing: Listing
    columns: Sequence[SheetColumn]
    below: str = ""  # what the list belongs to, such as a run: the query then takes its key too, and the address names it as `of`


def words_of(statuses: Iterable[StatusSet], kind: str) -> dict[str, Text]:
    """Give what the states of one kind of thing are called, for the cells of a sheet."""
    return {state.code: state.label for declared in statuses if declared.kind == kind for state in declared.states}


class ListExport(Body):
    """Besides the filters and the order of the list."""

    format: Literal["xlsx", "csv"] = "xlsx"
    of: Key | None = None


_sheets: dict[str, Sheet] = {}


def wire_sheets(sheets: Sequence[Sheet]) -> None:
    """Say which lists may be taken away (from `app.py`)."""
    if len({sheet.name for sheet in sheets}) != len(sheets):
        raise ValueError("two sheets share a name")
    _sheets.clear()
    _sheets.update({sheet.name: sheet for sheet in sheets})


def the_sheet(name: str) -> Sheet:
    """Give the sheet of a name. Refuses LIST_NOT_FOUND."""
    sheet = _sheets.get(name)
    if sheet is None:
        raise Refused("LIST_NOT_FOUND", list=name)
    return sheet


def export_url(name: str, address: Address, of: str = "", form: str = "xlsx") -> str:
    """Give the address at which what a list page shows is taken away; a fault of ours when no such sheet is wired.

    `of` is the key of the thing that a list below it belongs to.
    """
    listing = _sheets[name].listing
    asked = {"of": of} if of else {}
    asked |= {key: value for key, value in address.query.items() if value and key in (*listing.filters, "sort")}
    return f"/api/exports/{quote(name)}?{urlencode({'format': form} | asked)}"


@action(SIGNED_IN, audit="EXPORT", entity="EXPORT", key="name")
def enter_export(tx: Tx, name: str, form: str, filters: Mapping[str, str], rows: int) -> None:
    """Enter that a list was taken away: which, how filtered, how many rows."""
    tx.record(name, format=form, filters=dict(filters), rows=rows)
