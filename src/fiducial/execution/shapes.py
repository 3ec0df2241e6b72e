"""Bodies of execution (spec 05.4-05.9)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Key, Name, Remark
from fiducial.kit.refusals import Said

Badge = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Place = Annotated[str, StringConstraints(min_length=1, max_length=128)]
ScanReason = Annotated[str, StringConstraints(min_length=4, max_length=200)]
LARGEST_JSON = 16 * 1024


class TrackIn(Body):
    """A unit goes in."""

    sn: Key
    run_no: Key | None = None
    wo_no: Key | None = None
    operator_id: Badge | None = None
    tool_codes: Annotated[list[Key], Field(max_length=10)] | None = None


class Value(Body):
    """A value that was measured or told. Which of the fields is right depends on the spec, so it is judged in the action."""

    value_number: float | None = None
    value_text: Annotated[str, Field(max_length=2000)] | None = None
    value_boolean: bool | None = None
    value_json: Any = None

    @model_validator(mode="after")
    def small_enough(self) -> Self:
        """Refuse a JSON value over 16 KB."""
        if self.value_json is not None and len(orjson.dumps(self.value_json)) > LARGEST_JSON:
            raise ValueError(Said(zh="valueJson 超过 16 KB", en="valueJson is larger than 16 KB", path="valueJson"))
        return self

    def values(self) -> dict[str, Any]:
        """Give the value fields that were sent, by their names on the wire."""
        sent = (
            ("valueNumber", self.value_number), ("valueText", self.value_text), ("valueBoolean", self.value_boolean),
            ("valueJson", self.value_json),
        )  # fmt: skip
        return {name: value for name, value in sent if value is not None}


class Entry(Value):
    """One collected value."""

    spec_name: Name


class Fault(Body):
    """One defect of a FAIL."""

    code: Key
    location: Place | None = None
    qty: Annotated[int, Field(ge=1, le=999)] = 1
    remark: Remark | None = None


class TrackOut(Body):
    """A unit goes out. A result that is neither PASS nor FAIL is refused, never read as PASS."""

    sn: Key
    run_no: Key | None = None
    result: Literal["PASS", "FAIL"]
    operator_id: Badge | None = None
    data: Annotated[list[Entry], Field(max_length=200)] | None = None
    defect_code: Key | None = None
    defect_location: Place | None = None
    defect_remark: Remark | None = None
    defects: Annotated[list[Fault], Field(min_length=1, max_length=50)] | None = None

    @model_validator(mode="after")
    def defects_belong_to_a_fail(self) -> TrackOut:
        """Refuse defects beside PASS, and two ways of naming them at once."""
        single = self.defect_code or self.defect_location or self.defect_remark
        if self.result == "PASS" and (single or self.defects):
            raise ValueError(Said(zh="只有 FAIL 才能填写不良", en="defects are given only with FAIL", path="defects"))
        if single and self.defects:
            raise ValueError(
                Said(zh="defectCode 与 defects 只能填一个", en="give defectCode or defects, not both", path="defects")
            )
        return self


class CancelTrackIn(Body):
    """A wrong scan is taken back."""

    sn: Key
    run_no: Key | None = None
    reason: ScanReason


class Hold(Body):
    """One unit is stopped, or let go."""

    reason: ScanReason
