"""docs/how-to/add-a-gate.md, followed: one class, one line, and the gate is asked; what it says is kept, shown and waived like any other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.api.plant import Plant
from tests.api.ready_floor import ReadyFloor
from tests.house.code import ROOT

from fiducial.kit.tx import Tx
from fiducial.readiness import gates
from fiducial.readiness.items import Case, Failed, Item, Passed

pytestmark = pytest.mark.one_engine


class ShiftGate:
    """MATERIAL asked in another way: is it said for which shift the run is made?"""

    type = "MATERIAL"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the shift of the run."""
        if case.run.shift_code is None:
            return [Failed(key=case.run.run_no, cause="BOM_MISSING", fingerprint=(case.run.id,), evidence=case.about)]
        return [Passed(key=case.run.run_no, evidence=case.about, until=case.now + 1000)]


def test_a_gate_is_one_class_and_one_line(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = ReadyFloor(plant)
    monkeypatch.setitem(gates.BY_TYPE, "MATERIAL", ShiftGate())
    run_no = floor.run()
    floor.only("MATERIAL")
    item = floor.item(run_no, "MATERIAL", run_no)
    assert (item["causeCode"], item["failReason"], item["whatToDo"] != "", item["waivable"]) == (
        "BOM_MISSING",
        "产品 P-1 没有 BOM。",
        True,
        True,
    )
    floor.set_run(run_no, shift_code="DAY")
    check = floor.check(run_no)
    assert (check["status"], check["nextExpiryAt"] is not None) == ("PASSED", True)


def test_what_the_page_says_is_there() -> None:
    """The names that the how-to uses are those of the program."""
    text = (ROOT / "docs/how-to/add-a-gate.md").read_text("utf-8")
    for name in (
        "does_not_print",
        "not_bound",
        "age_ends",
        "held",
        "declare(",
        "GATES",
        "GATE_GAVE_NOTHING",
        "tests/api/ready_floor.py",
    ):
        assert name in text
    assert (ROOT / "tests/api/ready_floor.py").is_file()
    assert (ROOT / "bench/readiness.py").is_file()
