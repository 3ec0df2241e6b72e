"""Production exceptions that the system raises in the transaction of their cause (spec 06.13, 10.4.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.forms.opening import Opening
from fiducial.forms.placing import Place
from fiducial.forms.recording import open_exception
from fiducial.kit import ids
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import order_of_run
from fiducial.plant.lookup import line_of_id
from fiducial.quality.ports import ExceptionBook


class Book(ExceptionBook):
    """Where quality has its exceptions opened (spec 06.5, 06.6, 06.8)."""

    def open(
        self, tx: Tx, *, source: str, inspection_id: int, run: Any, line_code: str | None, description: str
    ) -> Mapping[str, Any] | None:  # fmt: skip
        """Open one in this transaction, caused by an inspection; give its id and number."""
        place = Place(line_of_id(tx, run.line_id), run, order_of_run(tx, run))
        row = open_exception(tx, place, Opening(source, "QUALITY", description), cause=inspection_id, at=tx.now)
        return {"id": ids.to_wire(row.id), "exceptionNo": row.record_no, "lineCode": line_code}
