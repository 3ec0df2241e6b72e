"""What requests about readiness carry (spec 03.3)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from fiducial.kit.http.shapes import Body, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.people.shapes import Proving
from fiducial.readiness.config import KINDS, TYPES

_AGES = {"maxAgeHours", "manualMaxAgeHours"}
_HOURS = (0.25, 8760)


def _gates(types: list[str]) -> list[str]:
    unknown = [kind for kind in types if kind not in TYPES]
    if unknown:
        raise ValueError(Said(zh=f"未知的门禁：{', '.join(unknown)}", en=f"unknown gates: {', '.join(unknown)}"))
    if len(set(types)) != len(types):
        raise ValueError(Said(zh="门禁重复", en="a gate stands twice"))
    if "ROUTE" not in types:
        raise ValueError(
            Said(
                zh="必须包含 ROUTE：无法追踪的批次不能生产",
                en="must contain ROUTE: a run that cannot be tracked cannot be made",
            )
        )
    return types


def _settings(gates: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for gate, settings in gates.items():
        if gate not in TYPES:
            raise ValueError(Said(zh=f"未知的门禁 {gate}", en=f"unknown gate {gate}"))
        known = KINDS[TYPES.index(gate)].defaults()
        for name, value in settings.items():
            if name not in known or (gate == "ROUTE"):
                raise ValueError(
                    Said(zh=f"{gate} 没有可更改的设置 {name}", en=f"{gate} has no setting {name} that can be changed")
                )
            _must_fit(gate, name, value, known[name])
    return gates


def _must_fit(gate: str, name: str, value: Any, default: Any) -> None:
    """Ages are 0.25 to 8760 hours; there is no "no limit". A pick status is 1 to 4 or null."""
    if name in _AGES or name == "waiverHours":
        if isinstance(value, bool) or not isinstance(value, int | float) or not _HOURS[0] <= value <= _HOURS[1]:
            low, high = _HOURS
            hours = Said(
                zh=f"{gate}.{name} 必须是 {low} 至 {high} 的小时数",
                en=f"{gate}.{name} must be a number of hours from {low} to {high}",
            )
            raise ValueError(hours)
    elif name == "minPickStatus":
        if value not in (None, "1", "2", "3", "4"):
            raise ValueError(
                Said(zh=f"{gate}.{name} 必须是 1、2、3、4 或 null", en=f"{gate}.{name} must be 1, 2, 3, 4 or null")
            )
    elif isinstance(default, bool) and not isinstance(value, bool):
        raise ValueError(Said(zh=f"{gate}.{name} 必须是 true 或 false", en=f"{gate}.{name} must be true or false"))


class PutConfig(Body):
    """Which gates a line has; only the settings given change."""

    enabled: Annotated[list[str], Field(min_length=1, max_length=len(TYPES)), AfterValidator(_gates)]
    gates: Annotated[dict[str, dict[str, Any]], AfterValidator(_settings)] | None = None
    reason: Remark | None = None


class OfType(Body):
    """Which of a run's checks."""

    type: Literal["PRECHECK", "FORMAL"] | None = None


class Waive(Proving):
    """Why a failed item shall not stop this run, and for how long."""

    reason: Reason
    valid_hours: Annotated[float, Field(ge=0.25, le=8760)] | None = None


class Revoke(Body):
    """Why a waiver is taken back."""

    reason: Reason


class SetRow(Body):
    """What is said of one row of the pre-changeover list."""

    needed: bool | None = None
    result: Literal["OK", "NG", "NA"] | None = None
    value: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    remark: Remark | None = None


class ConfirmList(Proving):
    """The confirmation of the whole list."""

    remark: Remark | None = None
