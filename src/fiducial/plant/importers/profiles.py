"""Filling the list of oven programs (spec 01.8): one row for each zone; the rows of a version are taken together and replace its zones.

A version whose rows name no zone keeps those it has, so that the exported list may come back as it went.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator
from sqlalchemy import Row, select

from fiducial.kit import ids
from fiducial.kit.http.shapes import Body, Key, Name, Remark
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import profile_answers as answers
from fiducial.plant import words
from fiducial.plant.actions.profiles import create_profile, update_profile
from fiducial.plant.importers.coded import CODE, NAME
from fiducial.plant.profile_shapes import (
    CROSSED,
    Celsius,
    NewProfile,
    ProfileChange,
    ProfileKind,
    ProfileStatus,
    ProgramName,
    Seconds,
    Speed,
    Zone,
    crossed_limits,
)
from fiducial.plant.tables import reflow_profiles
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

MOST_ZONES = 30
ZONE = ("zone_no", "zone_name", "temp_c", "time_s")
UNLIKE = Said(zh="同一版本各行必须一致", en="must be the same in every row of a version")
WHOLE_ZONE = Said(zh="温区的序号、名称、温度、时间必须齐全", en="a zone needs its number, name, temperature and time")
TOO_MANY = Said(zh=f"温区超过 {MOST_ZONES} 个", en=f"it has more than {MOST_ZONES} zones")
FINAL = Said(zh="已归档，不能再更改", en="is archived and does not change any more")


class ProfileRow(Body):
    """One zone of a version of an oven program, as a row of a sheet; without a zone the version alone."""

    code: Key
    version: Key
    name: Name
    kind: ProfileKind = "REFLOW"
    program_name: ProgramName | None = None
    status: ProfileStatus = "ACTIVE"
    peak_temp_min: Celsius | None = None
    peak_temp_max: Celsius | None = None
    total_time_min: Seconds | None = None
    total_time_max: Seconds | None = None
    chain_speed: Speed | None = None
    description: Remark | None = None
    zone_no: Annotated[int, Field(ge=1, le=99)] | None = None
    zone_name: Name | None = None
    temp_c: Celsius | None = None
    time_s: Annotated[float, Field(ge=1, le=3600)] | None = None

    @model_validator(mode="after")
    def _limits_in_order(self) -> ProfileRow:
        if path := crossed_limits(self.__dict__):
            raise ValueError(Said(**CROSSED, path=path))
        return self

    def of_the_version(self) -> dict[str, Any]:
        """Give what the row says of the version itself."""
        return {name: value for name, value in self.given().items() if name not in ZONE}


def _judge(tx: Tx, bodies: Sequence[ProfileRow]) -> Iterator[Judged]:
    first: dict[tuple[str, str], ProfileRow] = {}
    counts: dict[tuple[str, str], int] = {}
    for at, body in enumerate(bodies):
        key = (body.code, body.version)
        like = first.setdefault(key, body)
        for name, value in like.of_the_version().items():
            if getattr(body, name) != value:
                yield at, ProfileRow.model_fields[name].alias or name, UNLIKE
        zone = [getattr(body, name) for name in ZONE]
        if any(part is None for part in zone) and any(part is not None for part in zone):
            yield at, "zoneNo", WHOLE_ZONE
        counts[key] = counts.get(key, 0) + 1
        if counts[key] > MOST_ZONES:
            yield at, "zoneNo", TOO_MANY
        if like is body and (row := _find(tx, body)) is not None and row.status == "ARCHIVED":
            yield at, "code", FINAL
        if like is body and body.status == "ARCHIVED":
            yield at, "status", Said(zh="不能导入为已归档", en="none comes in archived")


def _find(tx: Tx, body: ProfileRow) -> Row[Any] | None:
    mine = select(reflow_profiles).where(reflow_profiles.c.code == body.code, reflow_profiles.c.version == body.version)
    return tx.first(mine)


def _take(tx: Tx, bodies: Sequence[ProfileRow]) -> Outcome:
    said = bodies[0].of_the_version()
    ordered = sorted((body for body in bodies if body.zone_no is not None), key=lambda body: body.zone_no or 0)
    zones = [
        Zone.model_validate({"name": body.zone_name, "tempC": body.temp_c, "timeS": body.time_s}) for body in ordered
    ]
    if zones:
        said["zones"] = zones
    row = _find(tx, bodies[0])
    if row is None:
        acting_as(tx, create_profile, NewProfile(**said))
        return "CREATED"
    change = ProfileChange(**{name: value for name, value in said.items() if name not in ("code", "version")})
    now, wanted = answers.profile_of(row), change.model_dump(by_alias=True, exclude_unset=True)
    if all(now[name] == value for name, value in wanted.items()):  # type: ignore[literal-required]
        return "UNCHANGED"
    acting_as(tx, update_profile, ids.to_wire(row.id), change)
    return "UPDATED"


PROFILES = Importer(
    name="reflow-profiles", title=Text("Oven programs"), permission="route:configure", shape=ProfileRow, page="reflow-profiles",
    key=lambda body: (body.code, body.version, body.zone_no), group=lambda body: f"{body.code}\n{body.version}",
    judge=_judge, take=_take, judged_at_once=100_000,
    columns=(
        CODE, SheetColumn("version", Text("Version")), SheetColumn("kind", Text("Oven"), "words", words.PROFILE_KINDS), NAME,
        SheetColumn("programName", Text("Program on the oven"), width=24), SheetColumn("status", Text("Status"), "words", words.PROFILE_STATUSES),
        SheetColumn("peakTempMin", Text("Peak at least"), "number"), SheetColumn("peakTempMax", Text("Peak at most"), "number"),
        SheetColumn("totalTimeMin", Text("Time at least"), "number"), SheetColumn("totalTimeMax", Text("Time at most"), "number"),
        SheetColumn("chainSpeed", Text("Chain speed"), "number"), SheetColumn("description", Text("Description"), width=40),
        SheetColumn("zoneNo", Text("Zone no."), "whole", width=8), SheetColumn("zoneName", Text("Zone"), width=16),
        SheetColumn("tempC", Text("Temperature of the zone (°C)"), "number"), SheetColumn("timeS", Text("Time in the zone (s)"), "number"),
    ),
)  # fmt: skip
