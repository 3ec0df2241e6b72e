"""What a record says of the production exception that is to be opened because of it (spec 10.4.8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opening:
    """A production exception to open. What causes it keeps its id and number in `exception_id` and `exception_no`."""

    source: str
    category: str
    description: str
    equipment_code: str | None = None
