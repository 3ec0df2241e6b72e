"""A frozen route version as execution reads it. It never changes, so it is kept for ever once read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from fiducial.kit import ids
from fiducial.kit.statements import Hot
from fiducial.routing.tables import versions

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx


@dataclass(frozen=True, slots=True)
class FrozenSpec:
    """One collection item as it was when the route was compiled (spec 01.8)."""

    id: str
    revision: int
    name: str
    item_type: str
    data_type: str
    method: str
    trigger_type: str
    trigger_rule: Mapping[str, Any] | None
    spec: Mapping[str, Any] | None
    alarm: Mapping[str, Any] | None
    is_required: bool


@dataclass(frozen=True)
class FrozenStep:
    """One step of a frozen route; `facts` is its part of the snapshot, in wire spelling."""

    step_no: int
    operation_code: str
    operation_name: str
    process_kind: str
    station_type: str
    station_group_code: str | None
    allowed_station_codes: frozenset[str]
    requires_fai: bool
    specs: tuple[FrozenSpec, ...]
    facts: Mapping[str, Any]

    @cached_property
    def specs_by_name(self) -> Mapping[str, FrozenSpec]:
        """Give the collection items by name."""
        return {spec.name: spec for spec in self.specs}

    def fits(self, *, code: str, station_type: str, group_code: str | None, is_active: bool) -> bool:
        """Tell whether a station may do this step (spec 01.9, "fits")."""
        return is_active and station_type == self.station_type and self.fits_but_type(code=code, group_code=group_code)

    def fits_but_type(self, *, code: str, group_code: str | None) -> bool:
        """Tell whether it may, whatever its type: the manual fall-back at a machine station (spec 05.4 guard 21)."""
        if self.allowed_station_codes and code not in self.allowed_station_codes:
            return False
        return self.station_group_code is None or self.station_group_code == group_code


@dataclass(frozen=True)
class FrozenRoute:
    """A frozen version: its steps in order, and the options that were frozen with them."""

    id: int
    version_no: int
    status: str
    route_code: str
    route_name: str
    process_type: str
    unknown_serial_policy: str
    fai_trial_policy: str
    compiled_at: int
    steps: tuple[FrozenStep, ...]
    snapshot: Mapping[str, Any]

    @cached_property
    def by_no(self) -> Mapping[int, FrozenStep]:
        """Give the steps by their number."""
        return {step.step_no: step for step in self.steps}

    @cached_property
    def _next(self) -> Mapping[int, FrozenStep | None]:
        return {step.step_no: following for step, following in zip(self.steps, (*self.steps[1:], None), strict=True)}

    def after(self, step_no: int) -> FrozenStep | None:
        """Give the step with the next greater number; None after the last (numbers need not be consecutive)."""
        return self._next[step_no]

    @property
    def first(self) -> FrozenStep:
        """Give the step with the smallest number."""
        return self.steps[0]

    @property
    def requires_fai(self) -> bool:
        """Tell whether any step asks for a first article."""
        return any(step.requires_fai for step in self.steps)


_find = Hot(
    select(versions.c.id, versions.c.version_no, versions.c.status, versions.c.compiled_at, versions.c.snapshot)
    .where(versions.c.id == bindparam("key"))
)  # fmt: skip
_kept: dict[int, FrozenRoute] = {}


def frozen_route(tx: Tx, version_id: int) -> FrozenRoute:
    """Give a frozen version by its key. Kept for ever: versions are immutable, so a key can never mean another thing."""
    route = _kept.get(version_id)
    if route is None:
        row = _find.first(tx, key=version_id)
        route = read_snapshot(row.id, row.version_no, row.status, row.compiled_at, orjson.loads(row.snapshot))
        # A version whose compile is rolled back later must not stay here: only what a run or a page names is read,
        # and those name committed versions.
        _kept[version_id] = route
    return route


def read_snapshot(key: int, version_no: int, status: str, compiled_at: int, snapshot: Mapping[str, Any]) -> FrozenRoute:
    """Give a snapshot as execution reads it."""
    route = snapshot["route"]
    return FrozenRoute(
        id=key, version_no=version_no, status=status, route_code=route["code"], route_name=route["name"],
        process_type=route["processType"], unknown_serial_policy=route["options"]["unknownSerialPolicy"],
        fai_trial_policy=route["options"]["faiTrialPolicy"], compiled_at=compiled_at,
        steps=tuple(_step(step) for step in snapshot["steps"]), snapshot=snapshot,
    )  # fmt: skip


def _step(step: Mapping[str, Any]) -> FrozenStep:
    return FrozenStep(
        step_no=step["stepNo"], operation_code=step["operationCode"] or "", operation_name=step["operationName"] or "",
        process_kind=step["processKind"] or "OTHER", station_type=step["stationType"] or "", station_group_code=step["stationGroupCode"],
        allowed_station_codes=frozenset(step["allowedStationCodes"] or ()), requires_fai=bool(step["requiresFAI"]),
        specs=tuple(_spec(spec) for spec in step["dataSpecs"]), facts=step,
    )  # fmt: skip


def spec_of_row(row: Any) -> FrozenSpec:
    """Give an item as it is now, for a step to which none was bound when its route was compiled (spec 08.3.7)."""
    return FrozenSpec(
        id=ids.to_wire(row.id), revision=row.revision, name=row.name, item_type=row.item_type, data_type=row.data_type, method=row.method,
        trigger_type=row.trigger_type, trigger_rule=row.trigger_rule, spec=row.spec, alarm=row.alarm, is_required=row.is_required,
    )  # fmt: skip


def _spec(spec: Mapping[str, Any]) -> FrozenSpec:
    return FrozenSpec(
        id=spec["id"], revision=spec["revision"], name=spec["name"], item_type=spec["itemType"], data_type=spec["dataType"],
        method=spec["method"], trigger_type=spec["triggerType"], trigger_rule=spec["triggerRule"], spec=spec["spec"],
        alarm=spec["alarm"], is_required=spec["isRequired"],
    )  # fmt: skip
