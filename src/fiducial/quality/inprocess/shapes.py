"""What requests about inspection points carry (spec 06.8)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Key, Name
from fiducial.kit.refusals import Said

_item_name = StringConstraints(min_length=1, max_length=128, strip_whitespace=True)
_item_spec = StringConstraints(min_length=1, max_length=256, strip_whitespace=True)
ProcessKind = Literal[
    "PRINT", "SPI", "MOUNT", "REFLOW", "AOI", "WASH", "INSERT", "WAVE", "POST_SOLDER", "TEST", "INSPECT", "OTHER"
]
Cause = Literal["SHIFT", "TOOL_CHANGE", "PROGRAM_CHANGE", "MAINTENANCE", "MATERIAL_CHANGE", "LINE_STOP"]
CheckType = Literal["FIRST_PIECE", "PATROL", "EVENT"]
PointGate = Literal["NONE", "WARN", "BLOCK"]
WHERE = Said(zh="工步号和工序类型必须且只能填一个", en="exactly one of stepNo and processKind", path="stepNo")
HOW_OFTEN = Said(zh="巡检必须且只能填分钟数或件数之一；其他类型不填", en="a PATROL takes exactly one of minutes and units, others none",
                 path="frequency")  # fmt: skip


class PointItem(Body):
    """One item that is looked at."""

    item_name: Annotated[str, _item_name]
    item_spec: Annotated[str, _item_spec] | None = None
    required: bool = True


class Frequency(Body):
    """How often a patrol goes round: every so many minutes, or every so many units."""

    minutes: Annotated[int, Field(ge=5, le=10_080)] | None = None
    units: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class PointChange(Body):
    """What changes of a point."""

    name: Name | None = None
    routing_code: Key | None = None
    step_no: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    process_kind: ProcessKind | None = None
    station_code: Key | None = None
    check_type: CheckType | None = None
    sample_qty: Annotated[int, Field(ge=1, le=100)] | None = None
    items: Annotated[list[PointItem], Field(max_length=50)] | None = None
    gate: PointGate | None = None
    frequency: Frequency | None = None
    retrigger_on: Annotated[list[Cause], Field(max_length=6)] | None = None
    is_active: bool | None = None


class NewPoint(Body):
    """A point of in-process inspection."""

    code: Key
    name: Name
    routing_code: Key | None = None
    step_no: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    process_kind: ProcessKind | None = None
    station_code: Key | None = None
    check_type: CheckType
    sample_qty: Annotated[int, Field(ge=1, le=100)] = 1
    items: Annotated[list[PointItem], Field(max_length=50)] = []
    gate: PointGate = "WARN"
    frequency: Frequency | None = None
    retrigger_on: Annotated[list[Cause], Field(max_length=6)] = []
    is_active: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        fault = point_fault(
            self.check_type, self.step_no, self.process_kind, self.frequency.model_dump() if self.frequency else None
        )
        if fault is not None:
            raise ValueError(fault)
        return self


def point_fault(
    check_type: str, step_no: int | None, process_kind: str | None, frequency: dict[str, int | None] | None
) -> Said | None:
    """Give what does not fit of a whole point; None when all does."""
    if (step_no is None) == (process_kind is None):
        return WHERE
    given = [value for value in (frequency or {}).values() if value is not None]
    return HOW_OFTEN if len(given) != (1 if check_type == "PATROL" else 0) else None
