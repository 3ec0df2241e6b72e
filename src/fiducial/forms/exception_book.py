"""Production exceptions that the system raises in the transaction of their cause (spec 06.13, 10.4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from fiducial.forms import recording
from fiducial.forms.papers.production_exception import PRODUCTION_EXCEPTION
from fiducial.forms.placing import Place
from fiducial.forms.times import Told
from fiducial.kit import ids
from fiducial.kit.forms.declaration import Draft
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import order_of_run
from fiducial.plant.lookup import line_of_id
from fiducial.quality.ports import ExceptionBook


def open_exception(
    tx: Tx, place: Place, *, source: str, source_id: int, category: str, description: str, at: int, equipment_code: str | None = None
) -> Row[Any]:  # fmt: skip
    """Open a production exception for a cause, issued by whoever acts; give its row.

    Also while the form is closed to people: the fact is one of the system's.
    """
    values: dict[str, Any] = {item.column_name: None for item in PRODUCTION_EXCEPTION.written} | {
        "category": category, "description": description[:2000], "equipment_code": equipment_code, "cause_source": source, "cause_id": source_id,
    }  # fmt: skip
    draft = Draft(PRODUCTION_EXCEPTION, values, at, facts=place)
    PRODUCTION_EXCEPTION.prepare(tx, draft)
    row = recording.insert(tx, draft, {}, Told(at))
    tx.record(
        row.record_no, action="PRODUCTION_EXCEPTION_CREATE", entity="PRODUCTION_EXCEPTION", key=row.id,
        line=place.line.code if place.line else None, source=source, category=category,
    )  # fmt: skip
    return row


class Book(ExceptionBook):
    """Where quality has its exceptions opened (spec 06.5, 06.6, 06.8)."""

    def open(
        self, tx: Tx, *, source: str, inspection_id: int, run: Any, line_code: str | None, description: str
    ) -> Mapping[str, Any] | None:  # fmt: skip
        """Open one in this transaction, caused by an inspection; give its id and number."""
        place = Place(line_of_id(tx, run.line_id), run, order_of_run(tx, run))
        row = open_exception(
            tx, place, source=source, source_id=inspection_id, category="QUALITY", description=description, at=tx.now
        )
        return {"id": ids.to_wire(row.id), "exceptionNo": row.record_no, "lineCode": line_code}
