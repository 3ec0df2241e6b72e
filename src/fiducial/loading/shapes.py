"""Bodies of loading (spec 04.1-04.8)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Key, Name, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid
from fiducial.plant.shapes import MslLevel

MOST_DESIGNATORS = 500


def _four_places(value: float) -> float:
    if round(value, 4) != value:
        raise ValueError(Said(zh="最多 4 位小数", en="at most 4 decimal places"))
    return value


def _no_space(value: str) -> str:
    bare = "".join(value.split())
    if not 1 <= len(bare) <= 64:
        raise ValueError(Said(zh="必须是 1 至 64 个字符（空白不计）", en="1 to 64 characters without the spaces"))
    return bare


def _text(most: int) -> Any:
    return StringConstraints(min_length=1, max_length=most, strip_whitespace=True)


SlotCode = Annotated[str, _text(200), AfterValidator(_no_space)]
Position = Annotated[int, Field(ge=0, le=100_000)]
Usage = Annotated[float, Field(ge=0, le=1_000_000), AfterValidator(_four_places)]
Designators = Annotated[list[Annotated[str, _text(32)]], Field(max_length=MOST_DESIGNATORS)]
Barcode = Annotated[str, _text(256)]
Badge = Annotated[str, _text(64)]
PackageQty = Annotated[int, Field(ge=0, le=1_000_000)]
Because = Annotated[str, _text(200)]
Priority = Annotated[int, Field(ge=1, le=99)]
Unlisted = Literal["REQUIRED", "EMPTY"]


class NewSlot(Body):
    """A feeder slot to be made."""

    slot_code: SlotCode
    position: Position
    slot_name: Name | None = None
    machine_no: Key | None = None


class SlotChange(Body):
    """What may change of a slot."""

    slot_name: Name | None = None
    machine_no: Key | None = None
    position: Position = unsaid()
    is_active: bool = unsaid()


class UnlockSlot(Body):
    """Why a locked slot is opened."""

    reason: Reason


class NewMapping(Body):
    """A material for a slot. The slot is named by id, or by line and code."""

    slot_id: Key | None = None
    line_code: Key | None = None
    slot_code: SlotCode | None = None
    material_code: Key
    product_code: Key | None = None
    routing_code: Key | None = None
    is_alternate: bool = False
    priority: Priority = 1
    unit_consumption: Usage | None = None
    is_common_material: bool = False
    ref_des: Designators = []


class MappingChange(Body):
    """What may change of a mapping."""

    material_code: Key = unsaid()
    product_code: Key | None = None
    routing_code: Key | None = None
    is_alternate: bool = unsaid()
    priority: Priority = unsaid()
    unit_consumption: Usage | None = None
    is_common_material: bool = unsaid()
    ref_des: Designators = unsaid()


class TableHead(Body):
    """The head of a station table: made, or changed, by its key."""

    line_code: Key
    product_code: Key | None = None
    routing_code: Key | None = None
    program_name: Name | None = None
    unlisted_slots: Unlisted = unsaid()


class LoadTable(Body):
    """The order to load a run's table; by force it needs a reason."""

    force: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def _force_has_a_reason(self) -> LoadTable:
        """Refuse force without a reason."""
        if self.force and self.reason is None:
            raise ValueError(Said(zh="强制加载必须填写原因", en="force needs a reason", path="reason"))
        return self


class VerifyReel(Body):
    """A reel scanned on a slot."""

    run_no: Key
    slot_code: SlotCode
    material_lot_barcode: Barcode
    operator_id: Badge | None = None
    package_qty: PackageQty | None = None
    reviewed_by: Any = None


class ReplaceReel(Body):
    """Another reel for a slot."""

    run_no: Key
    slot_code: SlotCode
    new_material_lot_barcode: Barcode
    reason: Because
    operator_id: Badge | None = None
    package_qty: PackageQty | None = None
    first_unit_sn: Key | None = None
    reviewed_by: Any = None


class UnloadReel(Body):
    """A reel that is taken off."""

    run_no: Key
    slot_code: SlotCode
    reason: Because


class FirstUnit(Body):
    """The first board placed from a reel."""

    sn: Key


class NewUse(Body):
    """A part placed by hand."""

    sn: Key
    station_code: Key
    material_lot_barcode: Barcode
    position: Annotated[str, _text(64)] | None = None
    part_sn: Key | None = None
    qty: Annotated[float, Field(gt=0, le=1_000_000), AfterValidator(_four_places)] = 1
    operator_id: Badge | None = None


class RemoveUse(Body):
    """Why a part was taken out."""

    reason: Reason


class MslEvent(Body):
    """What happened to a lot of moisture-sensitive parts."""

    event: Key
    remark: Remark | None = None


class MslLevelRow(Body):
    """One moisture level."""

    level: MslLevel
    floor_life_hours: Annotated[float, Field(gt=0, le=100_000)] | None = None
    by_label: bool = False
    bake_temp_c: Annotated[float, Field(gt=0, le=300)] | None = None
    bake_min_hours: Annotated[float, Field(gt=0, le=1000)] | None = None
    dry_pauses: bool = True


class MslLevels(Body):
    """The moisture levels that are set; levels that are not named stay as they are."""

    levels: Annotated[list[MslLevelRow], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _each_once(self) -> MslLevels:
        """Refuse a level that stands twice."""
        if len({row.level for row in self.levels}) != len(self.levels):
            raise ValueError(Said(zh="等级重复", en="a level stands twice", path="levels"))
        return self


class ImportTable(Body):
    """The fields beside the file of a station table."""

    line_code: Key
    product_code: Key | None = None
    routing_code: Key | None = None
    mode: Literal["REPLACE", "MERGE"] = "REPLACE"
    unlisted_slots: Unlisted = "EMPTY"
    create_slots: bool = False
    dry_run: bool = False
