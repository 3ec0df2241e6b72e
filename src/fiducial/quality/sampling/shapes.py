"""What requests about sampling rules and AQL tables carry (spec 06.7)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fiducial.kit.http.shapes import Body, Instant, Key, Reason

SamplingType = Literal["PERCENTAGE", "FIXED", "AQL"]
Level = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]
Severity = Literal["NORMAL", "TIGHTENED", "REDUCED"]
Arrow = Literal["UP", "DOWN"]
Letter = Annotated[str, StringConstraints(pattern=r"^[A-S]$")]
Aql = Annotated[str, StringConstraints(pattern=r"^\d{1,4}(\.\d{1,3})?$")]
_word = StringConstraints(min_length=1, max_length=200, strip_whitespace=True)


class NewRule(Body):
    """A sampling rule; a criterion that is absent matches every run."""

    product_code: Key | None = None
    line_code: Key | None = None
    routing_code: Key | None = None
    sampling_type: SamplingType
    sample_value: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    inspection_level: Level | None = None
    aql: Aql | None = None
    severity: Severity | None = None
    table_code: Key | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    is_active: bool = True
    reason: Reason | None = None


class RuleChange(Body):
    """What changes of a rule; another severity needs its reason."""

    product_code: Key | None = None
    line_code: Key | None = None
    routing_code: Key | None = None
    sampling_type: SamplingType | None = None
    sample_value: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    inspection_level: Level | None = None
    aql: Aql | None = None
    severity: Severity | None = None
    table_code: Key | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] | None = None
    is_active: bool | None = None
    reason: Reason | None = None


class LotLetters(Body):
    """The code letters of a range of lot sizes; the last range has no end."""

    lot_from: Annotated[int, Field(ge=2)]
    lot_to: Annotated[int, Field(ge=2)] | None = None
    levels: dict[Level, Letter]


class SamplingPlan(Body):
    """One plan: its sample and, for each AQL, the acceptance number or an arrow."""

    severity: Severity
    letter: Letter
    n: Annotated[int, Field(ge=1, le=100_000)]
    entries: dict[Aql, Annotated[int, Field(ge=0, le=1000)] | Arrow]


class NewAqlTable(Body):
    """A table of sampling plans."""

    code: Key
    edition: Annotated[str, _word]
    letters: Annotated[list[LotLetters], Field(min_length=1, max_length=50)]
    plans: Annotated[list[SamplingPlan], Field(min_length=1, max_length=100)]
    source: Annotated[str, _word] | None = None
    is_active: bool = True


class AqlTableChange(Body):
    """What changes of a table: it becomes a new version. `verifiedAt`: a person has compared it with the factory's own copy."""

    edition: Annotated[str, _word] | None = None
    letters: Annotated[list[LotLetters], Field(min_length=1, max_length=50)] | None = None
    plans: Annotated[list[SamplingPlan], Field(min_length=1, max_length=100)] | None = None
    source: Annotated[str, _word] | None = None
    verified_at: Instant | None = None
    is_active: bool | None = None
