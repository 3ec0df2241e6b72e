"""What a room declares so that a list of its own may be filled from a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fiducial.kit.acting import mark_of
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.sheets import exports as _declared  # noqa: F401 - LIST_NOT_FOUND is declared there

Outcome = Literal["CREATED", "UPDATED", "UNCHANGED"]
Judged = tuple[int, str, Said]


def _row_by_row(_body: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Importer:
    """How a list is filled.

    `key` names the thing of a row, so that no thing stands twice. `judge` tells, on a reader, what the plant has against
    rows: place among them, column, reason. `take` writes the rows of one group (one row, unless `group` binds several) and
    says what came of it; what it refuses is told of the row. Both must agree, but only `take` must be sure.
    `judge` sees `judged_at_once` rows at a time: all of them, where a rule is about the file as a whole.
    """

    name: str
    title: Text
    permission: str
    columns: Sequence[SheetColumn]
    shape: type[Body]
    key: Callable[[Any], Hashable]
    judge: Callable[[Tx, Sequence[Any]], Iterable[Judged]]
    take: Callable[[Tx, Sequence[Any]], Outcome]
    page: str  # where the list is shown, without the first slash
    group: Callable[[Any], str | None] = _row_by_row
    judged_at_once: int = 500


_importers: dict[str, Importer] = {}


def wire_importers(importers: Sequence[Importer]) -> None:
    """Say which lists may be filled (from `app.py`)."""
    if len({importer.name for importer in importers}) != len(importers):
        raise ValueError("two importers share a name")
    _importers.clear()
    _importers.update({importer.name: importer for importer in importers})


def the_importer(name: str) -> Importer:
    """Give the importer of a list. Refuses LIST_NOT_FOUND."""
    importer = _importers.get(name)
    if importer is None:
        raise Refused("LIST_NOT_FOUND", list=name)
    return importer


def acting_as(tx: Tx, function: Callable[..., Any], *args: Any) -> Any:
    """Call another action inside this one, so that its entry stands in the book under its own name."""
    own, tx.mark = tx.mark, mark_of(function)
    try:
        return function(tx, *args)
    finally:
        tx.mark = own
