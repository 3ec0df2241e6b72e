"""What requests about defects, rework tasks and the MRB carry (spec 06.9–06.11, 10.4.12)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Key, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.people.shapes import Proving


def _words(low: int, high: int) -> StringConstraints:
    return StringConstraints(min_length=low, max_length=high, strip_whitespace=True)


REASON = Said(zh="报废和隔离必须填写原因", en="SCRAP and HOLD need a reason", path="reason")
ONE_NAME = Said(zh="unitSn 与 sn 填一个", en="give unitSn or sn", path="unitSn")
NO_NAME = Said(
    zh="unitSn 与 sn 填一个", en="give unitSn or sn", path="sn"
)  # said of the word that was used, and left empty
ONLY_REWORK = Said(zh="只有返修才填", en="only with REWORK", path="reworkType")
ReworkType = Literal["REUSE_PREP", "FULL_PREP"]


class NewDefect(Body):
    """A fault that a person found; `sn` is another word for `unitSn`."""

    unit_sn: Key | None = None
    sn: Key | None = None
    code: Annotated[str, _words(1, 64)]
    location: Annotated[str, _words(1, 128)] | None = None
    qty: Annotated[int, Field(ge=1, le=999)] = 1
    remark: Remark | None = None
    track_id: Key | None = None
    blocking: bool = True

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if len({self.unit_sn, self.sn} - {None}) != 1:
            raise ValueError(NO_NAME if self.unit_sn is None and "sn" in self.model_fields_set else ONE_NAME)
        return self

    @property
    def serial(self) -> str:
        """Give the serial of the unit."""
        return self.unit_sn or self.sn or ""


class Disposition(Body):
    """A decision on a defect."""

    type: Literal["REWORK", "SCRAP", "HOLD"]
    reason: Reason | None = None
    to_step_no: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    apply_to_unit: bool = False
    override_reason: Reason | None = None

    @model_validator(mode="after")
    def _has_reason(self) -> Self:
        if self.type != "REWORK" and self.reason is None:
            raise ValueError(REASON)
        return self


class ReleaseHold(Body):
    """Why a held unit goes on."""

    reason: Reason


class ReplacedPart(Body):
    """A part that was replaced in a repair."""

    position: Annotated[str, _words(1, 64)]
    material_code: Key
    lot_no: Key | None = None


class RepairRecord(Body):
    """What was found and done (QR-Pro-012)."""

    reason: Remark | None = None
    action: Annotated[str, _words(1, 1000)]
    result: Annotated[str, _words(1, 200)]
    parts_replaced: Annotated[list[ReplacedPart], Field(max_length=50)] = []
    remark: Remark | None = None


class CompleteTask(Body):
    """The repair is finished."""

    remark: Remark | None = None


class MrbDecision(Proving):
    """The decision of the MRB on a run that failed its outgoing inspection."""

    decision: Literal["RELEASE", "REWORK", "SCRAP"]
    reason: Annotated[str, _words(4, 1000)]
    rework_type: ReworkType | None = None
    fai_waiver: bool = False
    fai_waiver_reason: Reason | None = None
    participants: Annotated[list[Annotated[str, _words(1, 100)]], Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.decision != "REWORK" and self.rework_type is not None:
            raise ValueError(ONLY_REWORK)
        return self


class ReworkRun(Proving):
    """The MRB's REWORK, for callers that hold the failed inspection."""

    rework_type: ReworkType
    mrb_decision_id: Key
    fai_waiver: bool = False
    waiver_reason: Reason | None = None
    reason: Annotated[str, _words(4, 1000)] | None = None
