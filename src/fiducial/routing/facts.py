"""Everything a compile reads of a routing, as plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fiducial.routing.merge import Chosen, OwnFields, merge


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """An operation as it is now."""

    id: str
    code: str
    name: str
    default_type: str
    is_key_quality: bool
    process_kind: str


@dataclass(frozen=True, slots=True)
class StationFacts:
    """A station that a step might name."""

    code: str
    station_type: str
    group_code: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class SpecFacts:
    """A collection item as it is now; nested parts in wire spelling."""

    id: str
    operation_id: str
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
    is_active: bool


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step with the configs that speak for it, by scope."""

    step_no: int
    operation: OperationFacts | None
    station_group_code: str | None
    station_group_name: str | None
    station_type: str | None
    requires_fai: bool
    source_step_key: str | None
    erp: Mapping[str, Any] | None
    layers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def merged(self) -> dict[str, Chosen]:
        """Give its effective config."""
        default_type = self.operation.default_type if self.operation else None
        return merge(
            self.layers, OwnFields(self.station_type, self.station_group_code, self.requires_fai, default_type)
        )


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """An FAI template as it is now."""

    code: str
    revision: int
    is_active: bool
    items: Sequence[Mapping[str, Any]]  # by seq, in wire spelling


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """A routing with all that a compile reads."""

    code: str
    name: str
    source_system: str
    source_key: str | None
    product_code: str | None
    process_type: str
    unknown_serial_policy: str
    fai_trial_policy: str
    steps: tuple[StepFacts, ...]
    specs: Mapping[str, SpecFacts]  # by opaque id: those of the steps' operations and those bound
    stations: Mapping[str, StationFacts]  # by code: those named and those of a named group
    orphans: tuple[Mapping[str, Any], ...] = ()  # {configId, stepNo, sourceStepKey} of configs whose step is gone
    template: TemplateFacts | None = None  # the FAI template bound to the routing
    profiles: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # ACTIVE oven programs by code, as they are frozen
