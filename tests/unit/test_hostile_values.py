"""What somebody types into a collection item must not stop the lane that writes for everybody."""

from __future__ import annotations

import threading

import pytest

from fiducial.execution.values import FAIL, PASS, judge
from fiducial.routing.frozen import FrozenSpec


def _text_item(pattern: str) -> FrozenSpec:
    return FrozenSpec(
        id="x", revision=1, name="label", item_type="KEY", data_type="TEXT", method="MANUAL", trigger_type="EACH_UNIT",
        trigger_rule=None, spec={"pattern": pattern}, alarm=None, is_required=True,
    )  # fmt: skip


def test_a_pattern_that_would_take_for_ever_is_judged_at_once() -> None:
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(judge(_text_item("(a|a)*b"), "a" * 40)), daemon=True)
    thread.start()
    thread.join(2)
    assert told == [FAIL]


@pytest.mark.parametrize("pattern", [r"\x{41}{2}", r"[[:upper:]]{2}", r"(?x) A A"])
def test_a_pattern_that_could_be_saved_can_be_judged(pattern: str) -> None:
    assert judge(_text_item(pattern), "AA") == PASS
