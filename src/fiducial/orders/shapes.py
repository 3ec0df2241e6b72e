"""What requests about orders, runs and units carry (spec 02, 08.3.1)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from fiducial.kit.http.shapes import Body, Instant, Key, Reason, Remark
from fiducial.kit.refusals import Said

MOST_PLANNED = 10_000_000
MOST_META_BYTES = 16 * 1024


def _four_places(value: float) -> float:
    if round(value, 4) != value:
        raise ValueError(Said(zh="最多 4 位小数", en="at most 4 decimal places"))
    return value


def _serial(value: str) -> str:
    """A serial is 1 to 64 printable characters without space and without `|`, which separates barcodes (spec 02.6)."""
    if not value.isprintable() or " " in value or "|" in value:
        raise ValueError(
            Said(zh="必须是可打印字符，不含空格和 |", en="printable characters without space and without |")
        )
    return value


def _no_repeats(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError(Said(zh="序列号重复", en="a serial stands twice"))
    return values


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(value)) > MOST_META_BYTES:
        raise ValueError(Said(zh="最大 16 KiB", en="at most 16 KiB"))
    return value


def _words(most: int) -> Any:
    return StringConstraints(min_length=1, max_length=most, strip_whitespace=True)


Quantity = Annotated[float, Field(gt=0, le=MOST_PLANNED), AfterValidator(_four_places)]
PickStatus = Literal["1", "2", "3", "4"]
Serial = Annotated[str, _words(64), AfterValidator(_serial)]
Prefix = Annotated[str, _words(58), AfterValidator(_serial)]
Words64 = Annotated[str, _words(64)]


class Receive(Body):
    """A work order as the ERP, or a person, sends it. What is absent of a known order stays as it is."""

    wo_no: Key
    product_code: Key
    planned_qty: Quantity
    routing_code: Key | None = None
    pick_status: PickStatus | None = None
    due_date: Instant | None = None
    plan_start_date: Instant | None = None
    plan_finish_date: Instant | None = None
    priority: Annotated[str, _words(16)] | None = None
    customer: Words64 | None = None
    job_no: Words64 | None = None
    src_bill_no: Words64 | None = None
    source_system: Annotated[str, _words(32)] | None = None
    event_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,128}$")] | None = None
    meta: Annotated[dict[str, Any], AfterValidator(_small)] | None = None


class Release(Body):
    """To which line."""

    line_code: Key
    station_group_code: Key | None = None


class Dispatch(Body):
    """To which other line, and why."""

    line_code: Key
    station_group_code: Key | None = None
    reason: Remark


class BindRouting(Body):
    """Which routing, by a person's decision."""

    routing_code: Key
    reason: Remark | None = None


class SetPickStatus(Body):
    """How far the material is picked: 1 not, 2 part, 3 all, 4 over-picked."""

    pick_status: PickStatus


class CloseOrder(Body):
    """Why it is closed, where that must be said."""

    reason: Remark | None = None


class CreateRun(Body):
    """A part of the order, on a line."""

    line_code: Key
    plan_qty: Annotated[int, Field(ge=1, le=100_000)]
    shift_code: Annotated[str, _words(32)] | None = None
    changeover_no: Words64 | None = None
    remark: Remark | None = None


class Generate(Body):
    """How many serials, under which prefix."""

    quantity: Annotated[int, Field(ge=1, le=10_000)]
    sn_prefix: Prefix | None = None


class Register(Body):
    """Serials that are given: customer labels."""

    sns: Annotated[list[Serial], Field(min_length=1, max_length=1000), AfterValidator(_no_repeats)]


class DeleteUnits(Body):
    """Which serials; all that were never used when none is named."""

    sns: Annotated[list[Key], Field(min_length=1, max_length=1000)] | None = None


class Authorize(Body):
    """Allow the run to start, or take that back."""

    action: Literal["AUTHORIZE", "REVOKE"]
    reason: Reason | None = None

    @model_validator(mode="after")
    def _revoking_wants_a_reason(self) -> Authorize:
        if self.action == "REVOKE" and self.reason is None:
            raise ValueError(Said(zh="撤销必须填写 reason", en="reason is required to revoke", path="reason"))
        return self


class CloseRun(Body):
    """Why it ends with fewer units than planned."""

    short_reason: Remark | None = None


class CancelRun(Body):
    """Why it is not wanted."""

    reason: Reason
