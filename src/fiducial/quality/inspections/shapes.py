"""What requests about inspections carry (spec 06.2)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Key, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.people.shapes import Proving

MOST_SAMPLED = 100_000


def _words(low: int, high: int) -> StringConstraints:
    return StringConstraints(min_length=low, max_length=high, strip_whitespace=True)


Result = Literal["PASS", "FAIL", "NA"]
CODE_ONLY_WITH_FAIL = Said(zh="只有不合格才填不良代码", en="only with FAIL", path="defectCode")


class NewFai(Body):
    """A first article inspection."""

    sample_qty: Annotated[int, Field(ge=1, le=100)]
    remark: Remark | None = None


class NewFqc(Body):
    """A last-piece inspection."""

    sample_qty: Annotated[int, Field(le=MOST_SAMPLED)] | None = None
    remark: Remark | None = None


class NewOqc(Body):
    """An outgoing inspection."""

    sample_qty: Annotated[int, Field(le=MOST_SAMPLED)] | None = None
    remark: Remark | None = None


class NewIpqc(Body):
    """An in-process inspection by hand."""

    checkpoint_code: Key
    sample_qty: Annotated[int, Field(ge=1, le=100)] | None = None
    unit_sns: Annotated[list[Key], Field(min_length=1, max_length=100)] | None = None
    remark: Remark | None = None


class InspectedItem(Body):
    """One item as the inspector found it."""

    item_name: Annotated[str, _words(1, 128)]
    unit_sn: Key | None = None
    item_spec: Annotated[str, _words(0, 256)] | None = None
    actual_value: Annotated[str, _words(0, 128)] | None = None
    result: Result
    defect_code: Annotated[str, _words(1, 64)] | None = None
    remark: Annotated[str, _words(0, 500)] | None = None

    @model_validator(mode="after")
    def _code_of_a_fail(self) -> Self:
        if self.defect_code is not None and self.result != "FAIL":
            raise ValueError(CODE_ONLY_WITH_FAIL)
        return self


class ItemChange(Body):
    """What is corrected of an item; a FAIL is not taken back without a reason."""

    item_name: Annotated[str, _words(1, 128)] | None = None
    unit_sn: Key | None = None
    item_spec: Annotated[str, _words(0, 256)] | None = None
    actual_value: Annotated[str, _words(0, 128)] | None = None
    result: Result | None = None
    defect_code: Annotated[str, _words(1, 64)] | None = None
    remark: Annotated[str, _words(0, 500)] | None = None
    reason: Reason | None = None


class CompleteInspection(Body):
    """The verdict; counts that are not sent follow from the items."""

    decision: Literal["PASS", "FAIL"]
    passed_qty: Annotated[int, Field(ge=0)] | None = None
    failed_qty: Annotated[int, Field(ge=0)] | None = None
    remark: Remark | None = None


class CompleteFai(CompleteInspection):
    """The verdict of a first article; what becomes of the trial units when it is FAIL."""

    trial_units: Literal["RETURN", "KEEP"] = "RETURN"


class CancelInspection(Body):
    """Why an inspection is given up."""

    reason: Annotated[str, _words(4, 200)]


class SignInspection(Proving):
    """A signature: what it means, with the proof that it is still the same person."""

    meaning: Literal["APPROVED", "REVIEWED", "RESPONSIBLE"] = "APPROVED"
    remark: Remark | None = None
