"""The verdict agrees with the items (spec 06.4): what a PASS or a FAIL needs, computed before it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fiducial.kit.refusals import Refused
from fiducial.quality.states import FAIL, PASS

NO_UNIT = 0  # stands for all FAIL items without a serial, which count together as one


@dataclass(frozen=True, slots=True)
class Count:
    """How many units passed and failed, as recorded with the inspection."""

    passed: int
    failed: int


def failing_units(items: Iterable[Any]) -> frozenset[int]:
    """Give the distinct units with an item whose result is FAIL; items without a unit count as one."""
    return frozenset(item.unit_id or NO_UNIT for item in items if item.result == FAIL)


def passing_units(items: Sequence[Any]) -> frozenset[int]:
    """Give the units that are named, with a PASS and without a FAIL."""
    named = frozenset(item.unit_id for item in items if item.result == PASS and item.unit_id is not None)
    return named - failing_units(items)


def judge_items(
    items: Sequence[Any], decision: str, *, failing: int, accepted: int, sampled: Sequence[str] | None, must_sample: bool
) -> None:  # fmt: skip
    """Refuse a verdict that the items do not bear out, in the order of spec 06.4.

    Refuses INSPECTION_ITEMS_REQUIRED, INSPECTION_ITEMS_INCOMPLETE, OQC_SAMPLE_INCOMPLETE, INSPECTION_VERDICT_CONFLICT. Items
    carry `sn`, the serial they name.
    """
    if decision == PASS:
        if not any(item.result == PASS for item in items):
            raise Refused("INSPECTION_ITEMS_REQUIRED")
        waiting = [
            {"seq": item.seq, "itemName": item.item_name} for item in items if item.required and item.result is None
        ]
        if waiting:
            raise Refused("INSPECTION_ITEMS_INCOMPLETE", items=waiting, names=[item["itemName"] for item in waiting])
        if must_sample and sampled:
            seen = {item.sn for item in items if item.result is not None}
            missing = [sn for sn in sampled if sn not in seen]
            if missing:
                raise Refused("OQC_SAMPLE_INCOMPLETE", missing=missing)
    if (failing > accepted) is not (decision == FAIL):
        failed = [
            {"seq": item.seq, "itemName": item.item_name, "unitSn": item.sn} for item in items if item.result == FAIL
        ]
        raise Refused(
            "INSPECTION_VERDICT_CONFLICT", decision=decision, failing=failing, ac=accepted, failedItems=failed
        )


def counts_of(
    decision: str, *, sample_qty: int, failing: int, passing_named: int, passed: int | None, failed: int | None, code: str
) -> Count:  # fmt: skip
    """Give the counts, those sent being checked against the items. Refuses `code` (INVALID_T_COUNTS)."""
    rest = max(sample_qty - failing, 0)
    least = rest if decision == PASS else min(passing_named, rest)
    if (failed is not None and failed != failing) or (passed is not None and not least <= passed <= rest):
        raise Refused(code, failing=failing, sampleQty=sample_qty, passedQty=passed, failedQty=failed)
    return Count(passed=least if passed is None else passed, failed=failing)
