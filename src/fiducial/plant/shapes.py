"""Shapes of what comes in for the plant (spec 01.2-01.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Reason
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid

ProcessType = Literal["SMT", "DIP"]
StationType = Literal["MANUAL", "AUTO", "BATCH", "TEST"]
ProcessKind = Literal[
    "PRINT", "SPI", "MOUNT", "REFLOW", "AOI", "WASH", "INSERT", "WAVE", "POST_SOLDER", "TEST", "INSPECT", "OTHER"
]
MslLevel = Literal["1", "2", "2a", "3", "4", "5", "5a", "6"]
Unit = Annotated[str, Field(min_length=1, max_length=20)]
Quantity = Annotated[float, Field(gt=0, le=1_000_000)]  # for one parent
IqcResult = Literal["PENDING", "PASS", "FAIL", "CONDITIONAL"]


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError(Said(zh="有重复的值", en="a value stands twice"))
    return values


EquipmentCodes = Annotated[list[Key], Field(max_length=20), AfterValidator(_distinct)]


class NewLine(Body):
    """A line to be made."""

    code: Key
    name: Name
    process_type: ProcessType


class LineChange(Body):
    """What may change of a line."""

    code: Key = unsaid()
    name: Name = unsaid()
    is_active: bool = unsaid()
    if_updated_at: Instant = unsaid()


class LineProcessType(Body):
    """Another process type for a line."""

    process_type: ProcessType
    if_updated_at: Instant = unsaid()


class LineSettings(Body):
    """Values of settings for one line, by key; null gives the plant's value back."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> LineSettings:
        """Refuse what can be no settings: each key that is refused is named, and entered in the book."""
        keys = self.model_extra or {}
        if len(keys) > 100 or any(len(key) > 100 for key in keys):
            raise ValueError(
                Said(
                    zh="最多 100 项，每项名称最多 100 个字符",
                    en="at most 100 settings, with keys of at most 100 characters",
                )
            )
        return self


class NewStation(Body):
    """A station to be made."""

    code: Key
    name: Name
    line_code: Key
    group_code: Key | None = None
    station_type: StationType
    equipment_codes: EquipmentCodes = []
    is_manual_bench: bool = False
    is_active: bool = True


class StationChange(Body):
    """What may change of a station."""

    code: Key = unsaid()
    name: Name = unsaid()
    line_code: Key = unsaid()
    group_code: Key | None = None
    station_type: StationType = unsaid()
    equipment_codes: EquipmentCodes = unsaid()
    is_manual_bench: bool = unsaid()
    is_active: bool = unsaid()
    if_updated_at: Instant = unsaid()


class NewGroup(Body):
    """A station group to be made."""

    code: Key
    name: Name


class GroupChange(Body):
    """What may change of a station group."""

    code: Key = unsaid()
    name: Name = unsaid()
    if_updated_at: Instant = unsaid()


class NewOperation(Body):
    """An operation to be made."""

    code: Key
    name: Name
    default_type: StationType
    is_key_quality: bool = False
    process_kind: ProcessKind = "OTHER"


class OperationChange(Body):
    """What may change of an operation."""

    code: Key = unsaid()
    name: Name = unsaid()
    default_type: StationType = unsaid()
    is_key_quality: bool = unsaid()
    process_kind: ProcessKind = unsaid()
    is_active: bool = unsaid()
    if_updated_at: Instant = unsaid()


class NewMaterial(Body):
    """A material to be made here."""

    code: Key
    name: Name
    category: Name | None = None
    unit: Unit | None = None
    model: Name | None = None
    is_moisture_sensitive: bool = False
    msl_level: MslLevel | None = None
    track_key_part: bool = False
    panel_size: Annotated[int, Field(ge=1, le=500)] = 1


class MaterialChange(Body):
    """What may change of a material."""

    code: Key = unsaid()
    name: Name = unsaid()
    category: Name | None = None
    unit: Unit | None = None
    model: Name | None = None
    is_moisture_sensitive: bool = unsaid()
    msl_level: MslLevel | None = None
    track_key_part: bool = unsaid()
    panel_size: Annotated[int, Field(ge=1, le=500)] = unsaid()
    if_updated_at: Instant = unsaid()


class BomChild(Body):
    """One child of a BOM: so much of it for one parent."""

    child_code: Key
    qty: Quantity
    unit: Unit | None = None
    is_key_part: bool = False


class Bom(Body):
    """All children of one parent."""

    children: Annotated[list[BomChild], Field(min_length=1, max_length=2000)]
    if_updated_at: Instant = unsaid()


class NewLot(Body):
    """A material lot entered by hand."""

    material_code: Key
    lot_no: Key
    supplier: Name | None = None
    iqc_result: IqcResult | None = None
    iqc_date: Instant | None = None
    expires_at: Instant | None = None


class LotChange(Body):
    """What may change of a material lot."""

    supplier: Name | None = None
    iqc_result: IqcResult | None = None
    iqc_date: Instant | None = None
    expires_at: Instant | None = None
    if_updated_at: Instant = unsaid()


class LotReason(Body):
    """Why a lot is held or released."""

    reason: Reason
