"""The shape of device data (spec 08.3.7)."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from fiducial.execution.shapes import Value
from fiducial.kit.http.shapes import Body, Instant, Key, Name
from fiducial.kit.refusals import Said
from fiducial.plant.pushes import Push, words


class DeviceItem(Value):
    """One value that a machine measured."""

    spec_id: Key | None = None
    spec_name: Name | None = None
    unit: Annotated[str, words(1, 32)] | None = None
    collected_at: Instant | None = None

    @model_validator(mode="after")
    def names_its_spec(self) -> Self:
        """Refuse an item that names no spec."""
        if self.spec_id is None and self.spec_name is None:
            raise ValueError(Said(zh="必须给出 specId 或 specName", en="give specId or specName", path="specName"))
        return self


class DeviceData(Push):
    """What a machine measured of one unit, or of a carrier."""

    run_no: Key | None = None
    unit_sn: Key | None = None
    station_code: Key | None = None
    step_no: Annotated[int, Field(ge=1, le=100_000)] | None = None
    track_id: Key | None = None
    carrier_track_id: Key | None = None
    operation_id: Key | None = None
    data: Annotated[list[DeviceItem], Field(min_length=1, max_length=200)]


class DeviceBatch(Body):
    """Several events, each of which stands alone."""

    events: Annotated[list[DeviceData], Field(min_length=1, max_length=200)]
