"""Which gates a line has, and their settings (spec 03.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.readiness.items import held
from fiducial.readiness.tables import line_configs

SMT = "SMT"


@dataclass(frozen=True, slots=True)
class GateKind:
    """One gate of spec 03.3: its default settings. An age of None is "live"; ages are hours."""

    type: str
    max_age: float | None = None
    manual_max_age: float | None = None
    waivable: bool = True
    own: Mapping[str, Any] = field(default_factory=dict)

    def defaults(self) -> dict[str, Any]:
        """Give the settings of a gate that nobody changed."""
        if self.type == "ROUTE":
            return {"waivable": False}
        ages = {"maxAgeHours": self.max_age, "manualMaxAgeHours": self.manual_max_age}
        given = {name: hours for name, hours in ages.items() if hours is not None}
        return {**given, "waivable": self.waivable, "waiverHours": 24, "fourEyes": True, **self.own}


KINDS = (
    GateKind("ROUTE", waivable=False),
    GateKind("EQUIPMENT", 12, 8, own={"requireDailyInspection": False}),
    GateKind("MATERIAL", own={"minPickStatus": None}),
    GateKind("STENCIL", 24, 8),
    GateKind("SOLDER_PASTE", 24, 8),
    GateKind("LOADING"),
    GateKind("PREP_BAKE", 72, own={"notNeededAllowed": True}),
    GateKind("PREP_PASTE", 24),
    GateKind("PREP_STENCIL_USAGE", 24, own={"lifeMustCoverRun": True}),
    GateKind("PREP_STENCIL_CLEAN", 168),
    GateKind("PREP_SCRAPER", 168, own={"lifeMustCoverRun": True}),
    GateKind("PREP_FIXTURE", 168, own={"notNeededAllowed": True, "lifeMustCoverRun": True}),
    GateKind("PREP_PROGRAM", 24, own={"requireProgramRecord": True}),
    GateKind("TIME_RULE"),
    GateKind("CHECKLIST", 24),
)
"""Every gate there is, in the order in which they are asked."""

TYPES = tuple(kind.type for kind in KINDS)
_SMT_DEFAULT = tuple(kind for kind in TYPES if kind != "CHECKLIST")
_DIP_DEFAULT = ("ROUTE", "EQUIPMENT", "MATERIAL", "PREP_FIXTURE", "PREP_PROGRAM", "TIME_RULE")


@dataclass(frozen=True, slots=True)
class LineConfig:
    """The gates of one line. `version` 0 means that nobody ever configured it; `said` holds the settings somebody gave."""

    line_id: int
    version: int
    enabled: tuple[str, ...]
    said: Mapping[str, Mapping[str, Any]]
    updated_at: int | None = None
    updated_by: int | None = None
    updated_by_name: str | None = None

    def settings(self, gate: str) -> dict[str, Any]:
        """Give the settings of a gate: the defaults and what somebody changed."""
        kind = KINDS[TYPES.index(gate)]
        return {**kind.defaults(), **self.said.get(gate, {})}

    def all_settings(self) -> dict[str, dict[str, Any]]:
        """Give the settings of every gate, enabled or not."""
        return {gate: self.settings(gate) for gate in TYPES}


def in_order(types: Sequence[str]) -> tuple[str, ...]:
    """Give gates in the order in which they are asked."""
    return tuple(kind for kind in TYPES if kind in types)


def config_of(tx: Tx, line_id: int, process_type: str) -> LineConfig:
    """Give the gates of a line, those of spec 03.3 when nobody ever configured it."""
    row = held(tx, select(line_configs).where(line_configs.c.line_id == line_id))
    if row is None:
        return LineConfig(line_id, 0, _SMT_DEFAULT if process_type == SMT else _DIP_DEFAULT, {})
    return LineConfig(
        line_id, row.version, in_order(row.enabled), row.gates, row.updated_at, row.updated_by, row.updated_by_name
    )  # fmt: skip
