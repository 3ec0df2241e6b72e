"""Shapes of what comes in for FAI templates, oven programs and mappings (spec 01.3, 01.7)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Remark
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid
from fiducial.plant.shapes import ProcessType

ProfileKind = Literal["REFLOW", "WAVE"]
ProfileStatus = Literal["ACTIVE", "DEPRECATED", "ARCHIVED"]
AppliesTo = Literal["FAI", "FQC", "BOTH"]
Celsius = Annotated[float, Field(ge=0, le=400)]
Seconds = Annotated[float, Field(ge=0, le=100_000)]
Speed = Annotated[float, Field(gt=0, le=10_000)]
LIMITS = (("peak_temp_min", "peak_temp_max", "peakTempMax"), ("total_time_min", "total_time_max", "totalTimeMax"))
CROSSED = {"zh": "不能小于下限", "en": "must not be less than the lower limit"}


def crossed_limits(values: Any) -> str | None:
    """Give the wire's name of an upper limit that lies below its lower one; None when all are in order."""
    for low, high, path in LIMITS:
        if values[low] is not None and values[high] is not None and values[low] > values[high]:
            return path
    return None


class Zone(Body):
    """One zone of an oven."""

    name: Name
    temp_c: Celsius
    time_s: Annotated[float, Field(ge=1, le=3600)]


Zones = Annotated[list[Zone], Field(max_length=30)]
ProgramName = Annotated[str, Field(min_length=1, max_length=64)]


class NewProfile(Body):
    """A version of an oven program to be made; left out, `version` is the next number and `programName` the code."""

    code: Key
    version: Key | None = None
    kind: ProfileKind = "REFLOW"
    name: Name
    program_name: ProgramName | None = None
    description: Remark | None = None
    status: ProfileStatus = "ACTIVE"
    zones: Zones = []
    chain_speed: Speed | None = None
    peak_temp_min: Celsius | None = None
    peak_temp_max: Celsius | None = None
    total_time_min: Seconds | None = None
    total_time_max: Seconds | None = None

    @model_validator(mode="after")
    def _limits_in_order(self) -> NewProfile:
        if path := crossed_limits(self.__dict__):
            raise ValueError(Said(**CROSSED, path=path))
        return self


class ProfileChange(Body):
    """What may change of a version of an oven program."""

    code: Key = unsaid()
    version: Key = unsaid()
    kind: ProfileKind = unsaid()
    name: Name = unsaid()
    program_name: ProgramName = unsaid()
    description: Remark | None = None
    status: ProfileStatus = unsaid()
    zones: Zones = unsaid()
    chain_speed: Speed | None = None
    peak_temp_min: Celsius | None = None
    peak_temp_max: Celsius | None = None
    total_time_min: Seconds | None = None
    total_time_max: Seconds | None = None
    if_updated_at: Instant = unsaid()


class TemplateItem(Body):
    """One item of an inspection template."""

    seq: Annotated[int, Field(ge=1, le=9999)]
    item_name: Annotated[str, Field(min_length=1, max_length=128)]
    item_spec: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    required: bool = True
    applies_to: AppliesTo = "FAI"


TemplateItems = Annotated[list[TemplateItem], Field(min_length=1, max_length=200)]


class NewTemplate(Body):
    """An inspection template to be made."""

    code: Key
    name: Name
    product_code: Key
    process_type: ProcessType
    version: Name | None = None
    is_active: bool = True
    items: TemplateItems


class TemplateChange(Body):
    """What may change of an inspection template; `items` replaces all of them."""

    code: Key = unsaid()
    name: Name = unsaid()
    product_code: Key = unsaid()
    process_type: ProcessType = unsaid()
    version: Name | None = None
    is_active: bool = unsaid()
    items: TemplateItems = unsaid()
    if_updated_at: Instant = unsaid()


class NewOperationMapping(Body):
    """Under which key another system names an operation."""

    source_system: Key
    source_process_key: Key
    source_process_name: Name | None = None
    operation_code: Key


class OperationMappingChange(Body):
    """What may change of a mapping."""

    source_system: Key = unsaid()
    source_process_key: Key = unsaid()
    source_process_name: Name | None = None
    operation_code: Key = unsaid()
    if_updated_at: Instant = unsaid()


class WorkCenterMapping(Body):
    """Which station group a work centre, or all of a department, probably means; null takes the suggestion away."""

    source_system: Key
    source_work_center: Key | None = None
    source_department: Key | None = None
    station_group_code: Key | None

    @model_validator(mode="after")
    def _names_something(self) -> WorkCenterMapping:
        if self.source_work_center is None and self.source_department is None:
            raise ValueError(
                Said(zh="请给出工作中心或部门", en="name the work centre or the department", path="sourceWorkCenter")
            )
        return self
