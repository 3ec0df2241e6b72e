"""What requests about tools, bindings and maintenance carry (spec 10.3, 11.4, 08.3.2–08.3.5, 04.11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fiducial.kit.http.shapes import Body, Instant, Key, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid
from fiducial.plant.pushes import Push, words

Kind = Literal["STENCIL", "SQUEEGEE", "FIXTURE"]
FixtureType = Literal["SMT_JIG", "WAVE_JIG", "INSERT_JIG", "COATING_JIG", "ICT_JIG", "FCT_JIG", "OTHER"]
Material = Literal["SYNTHETIC_STONE", "GLASS_FIBRE", "OTHER"]
EntityType = Literal["STENCIL", "SQUEEGEE", "FIXTURE", "EQUIPMENT"]
MaintenanceType = Literal["REPAIR", "PREVENTIVE", "CALIBRATION", "CLEANING", "REPLACEMENT", "INSPECTION"]
MOST_COUNT = 100_000_000


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError(Said(zh="有重复的值", en="a value stands twice"))
    return values


Products = Annotated[list[Key], Field(max_length=200), AfterValidator(_distinct)]
ToolName = Annotated[str, words(1, 64)]
Thickness = Annotated[float, Field(ge=0.05, le=0.5)]
Tension = Annotated[float, Field(ge=0, le=100)]
Length = Annotated[float, Field(ge=50, le=800)]
Limit = Annotated[int, Field(ge=1, le=MOST_COUNT)]
Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]
Days = Annotated[int, Field(ge=1, le=1095)]
Long = Annotated[str, StringConstraints(min_length=4, max_length=1000, strip_whitespace=True)]
Short = Annotated[str, words(1, 100)]


class NewTool(Body):
    """A tool to be put into the register."""

    tool_code: Key
    kind: Kind
    name: ToolName
    product_codes: Products = Field(default_factory=list)
    thickness_mm: Thickness | None = None
    version: Annotated[str, words(1, 16)] | None = None
    min_tension: Tension | None = None
    spec: Annotated[str, words(1, 64)] | None = None
    length_mm: Length | None = None
    fixture_type: FixtureType | None = None
    material: Material | None = None
    life_limit: Limit | None = None
    count_base: Count = 0
    calibration_required: bool | None = None
    calibration_interval_days: Days = 30


class ToolChange(Body):
    """What may change of a tool; the opening balance only with a reason."""

    name: ToolName = unsaid()
    product_codes: Products = unsaid()
    thickness_mm: Thickness | None = None
    version: Annotated[str, words(1, 16)] | None = None
    min_tension: Tension | None = None
    spec: Annotated[str, words(1, 64)] | None = None
    length_mm: Length | None = None
    fixture_type: FixtureType = unsaid()
    material: Material | None = None
    life_limit: Limit = unsaid()
    count_base: Count = unsaid()
    calibration_required: bool = unsaid()
    calibration_interval_days: Days = unsaid()
    reason: Reason = unsaid()
    if_updated_at: Instant = unsaid()


class ToolReason(Body):
    """Why something is done."""

    reason: Reason


class NewCalibration(Body):
    """What a calibration found."""

    calibrated_at: Instant
    result: Literal["PASS", "FAIL"]
    certificate_no: Annotated[str, words(1, 64)] | None = None
    due_at: Instant | None = None
    remark: Remark | None = None


class AssignTool(Body):
    """For which run, at which station."""

    run_no: Key
    station_code: Key


class UnassignTool(Body):
    """From which run."""

    run_no: Key


class StencilStatus(Push):
    """The state of a stencil (spec 08.3.2)."""

    stencil_id: Key
    version: Annotated[str, words(1, 32)] | None = None
    status: Literal["READY", "NOT_READY", "MAINTENANCE"]
    tension_value: Tension | None = None
    last_cleaned_at: Instant | None = None


class PasteStatus(Push):
    """The state of a paste lot (spec 08.3.3)."""

    lot_id: Key
    status: Literal["COMPLIANT", "NON_COMPLIANT", "EXPIRED"]
    expires_at: Instant | None = None
    thawed_at: Instant | None = None
    stirred_at: Instant | None = None


class BindStencil(Body):
    """Which stencil."""

    stencil_id: Key


class BindPaste(Body):
    """Which paste lot."""

    lot_id: Key


class NewRecord(Body):
    """A repair that is reported (报修)."""

    entity_type: EntityType
    entity_id: Key
    maintenance_type: MaintenanceType
    description: Long
    line_code: Key | None = None
    blocks_use: bool | None = None
    assigned_to: Short | None = None


class RecordChange(Body):
    """What may change of a record while it is open."""

    assigned_to: Short | None = None
    description: Long = unsaid()
    parts_replaced: Remark | None = None
    cost: Annotated[float, Field(ge=0, le=1e9)] | None = None


class StartWork(Body):
    """Who works on it."""

    assigned_to: Short | None = None


class CompleteWork(Body):
    """What was done."""

    resolution: Long
    parts_replaced: Remark | None = None
    cost: Annotated[float, Field(ge=0, le=1e9)] | None = None
    reset_life: bool = False


class VerifyWork(Body):
    """Whether it was found in order."""

    ok: bool
    remark: Remark | None = None
