"""What requests about test programs and test records carry (spec 11.5)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Reason
from fiducial.kit.refusals import Said
from fiducial.people.shapes import Proving
from fiducial.plant.changing import unsaid
from fiducial.plant.pushes import words
from fiducial.tooling.shapes import FixtureType

Kind = Literal["ICT", "FCT", "OTHER"]
Result = Literal["PASS", "FAIL"]
Version = Annotated[str, words(1, 32)]
Figure = Annotated[float, Field(ge=-1e15, le=1e15)]
MOST_ITEMS = 2000


class Bounded(Body):
    """Something with a lower and an upper limit, both inclusive, either of which may be absent."""

    name: Name
    unit: Annotated[str, words(1, 20)] | None = None
    lower: Figure | None = None
    upper: Figure | None = None

    @model_validator(mode="after")
    def lower_is_not_above_upper(self) -> Bounded:
        """Refuse limits that nothing could meet."""
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(Said(zh="下限不能大于上限", en="the lower limit lies above the upper", path="lower"))
        return self


class Limit(Bounded):
    """The limits of one test item, as the program has them."""


class Item(Bounded):
    """One thing that was tested."""

    value: Figure | Annotated[str, words(1, 500)] | bool | None = None
    result: Result | None = None


def _named_once(found: list[Bounded]) -> list[Bounded]:
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise ValueError(Said(zh="名称重复", en="a name stands twice"))
    return found


def _distinct(found: list[str]) -> list[str]:
    if len(set(found)) != len(found):
        raise ValueError(Said(zh="有重复的值", en="a value stands twice"))
    return found


Limits = Annotated[list[Limit], Field(max_length=MOST_ITEMS), AfterValidator(_named_once)]
Items = Annotated[list[Item], Field(max_length=MOST_ITEMS), AfterValidator(_named_once)]
Stations = Annotated[list[Key], Field(max_length=100), AfterValidator(_distinct)]
Fixtures = Annotated[list[FixtureType], Field(max_length=10), AfterValidator(_distinct)]
Checksum = Annotated[str, words(1, 128)]


class NewProgram(Body):
    """A version of a test program, as a draft."""

    program_code: Key
    version: Version
    kind: Kind
    name: Name
    product_code: Key | None = None
    station_codes: Stations = Field(default_factory=list)
    fixture_types: Fixtures = Field(default_factory=list)
    checksum: Checksum | None = None
    limits: Limits | None = None


class ProgramChange(Body):
    """What may change of a draft."""

    version: Version = unsaid()
    kind: Kind = unsaid()
    name: Name = unsaid()
    product_code: Key | None = None
    station_codes: Stations = unsaid()
    fixture_types: Fixtures = unsaid()
    checksum: Checksum | None = None
    limits: Limits | None = None
    if_updated_at: Instant = unsaid()


class Activate(Proving):
    """Why a version is released; the release is a signature."""

    reason: Reason


class Retire(Body):
    """Why a program is taken out of use."""

    reason: Reason


class NewTestRecord(Body):
    """One test of one unit."""

    test_result_id: Annotated[str, words(1, 128)]
    sn: Key
    run_no: Key | None = None
    step_no: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    station_code: Key
    kind: Kind | None = None
    program_code: Key
    program_version: Version | None = None
    result: Result
    started_at: Instant | None = None
    completed_at: Instant
    equipment_id: Annotated[str, words(1, 64)] | None = None
    tool_code: Key | None = None
    operator_id: Annotated[str, words(1, 64)] | None = None
    reason: Reason | None = None
    source: Literal["AUTO", "MANUAL"] | None = None
    items: Items = Field(default_factory=list)
