"""Shapes of what other systems push, and of what people say in their place (spec 08.2, 08.3.4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field, StringConstraints

from fiducial.kit.http.shapes import Body, Instant, Key
from fiducial.kit.refusals import Said

MOST_META_BYTES = 16 * 1024


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(value)) > MOST_META_BYTES:
        raise ValueError(Said(zh="最大 16 KiB", en="at most 16 KiB"))
    return value


def words(low: int, high: int) -> Any:
    """Give the constraint of a text of so many characters."""
    return StringConstraints(min_length=low, max_length=high, strip_whitespace=True)


class Push(Body):
    """What every push has (spec 08.2)."""

    event_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,128}$")]
    event_time: Instant
    source: Literal["AUTO", "MANUAL"]
    operator_id: Annotated[str, words(1, 64)] | None = None
    reason: Annotated[str, words(4, 200)] | None = None
    equipment_id: Annotated[str, words(1, 64)] | None = None
    meta: Annotated[dict[str, Any], AfterValidator(_small)] | None = None


class EquipmentStatus(Push):
    """The state of a machine (spec 08.3.4)."""

    equipment_code: Key
    status: Literal["NORMAL", "DOWN", "REPAIR", "MAINTENANCE", "OFFLINE"]


class SystemMode(Body):
    """The mode of a system, of the plant or of one line (spec 08.7)."""

    mode: Literal["AUTO", "MANUAL"]
    line_code: Key | None = None
    reason: Annotated[str, words(4, 200)]
    until: Instant | None = None
