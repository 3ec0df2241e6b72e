"""Rules of orders and readiness alone: lifecycles, shapes, and when a judgement is a pass."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fiducial.kit.refusals import refusals
from fiducial.orders import refusals as _orders  # noqa: F401
from fiducial.orders.actions.receive import _same, _wire_name
from fiducial.orders.states import RUN, UNIT, WORK_ORDER
from fiducial.orders.views import effective_pick_status, plain
from fiducial.readiness import causes
from fiducial.readiness.config import KINDS, TYPES, LineConfig, in_order
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED, Judged, Judgement
from fiducial.readiness.gates import GATES
from fiducial.readiness.items import Failed, fingerprint_of


def judged(status: str = PASSED, *, applicable: bool = True, until: int | None = None) -> Judged:
    waiver = 1 if status == WAIVED else None
    return Judged("ROUTE", "k", status, applicable, None, None, {}, until, waiver)


def judgement(*items: Judged) -> Judgement:
    line: Any = SimpleNamespace(code="LINE-A")
    return Judgement(LineConfig(1, 1, ("ROUTE",), {}), line, items)


def test_an_empty_set_is_not_a_pass() -> None:
    assert judgement().status == FAILED


def test_nothing_that_really_applies_is_not_a_pass() -> None:
    assert judgement(judged(applicable=False)).status == FAILED
    assert judgement(judged(applicable=False), judged()).status == PASSED


def test_one_failure_fails_all_and_a_waiver_does_not() -> None:
    assert judgement(judged(), judged(FAILED)).status == FAILED
    assert judgement(judged(), judged(WAIVED)).status == PASSED


def test_a_judgement_ends_when_the_first_of_its_evidence_does() -> None:
    assert (
        judgement(judged(until=30), judged(WAIVED, until=20), judged(FAILED, until=10), judged()).next_expiry_at == 20
    )
    assert judgement(judged()).next_expiry_at is None


def test_a_fingerprint_tells_causes_apart_and_not_what_moves() -> None:
    first = Failed(key="E-1", cause="EQUIPMENT_NOT_NORMAL", fingerprint=["E-1", "DOWN"], evidence={"since": 1})
    later = Failed(key="E-1", cause="EQUIPMENT_NOT_NORMAL", fingerprint=["E-1", "DOWN"], evidence={"since": 2})
    worse = Failed(key="E-1", cause="EQUIPMENT_NOT_NORMAL", fingerprint=["E-1", "ALARM"])
    assert fingerprint_of("EQUIPMENT", first) == fingerprint_of("EQUIPMENT", later)
    assert fingerprint_of("EQUIPMENT", first) != fingerprint_of("EQUIPMENT", worse)


def test_gates_are_asked_in_the_order_of_the_page() -> None:
    assert in_order(["TIME_RULE", "LOADING", "ROUTE"]) == ("ROUTE", "LOADING", "TIME_RULE")
    assert [gate.type for gate in GATES] == list(in_order([gate.type for gate in GATES]))
    assert len(TYPES) == len(KINDS) == 15


def test_every_cause_says_in_both_languages_what_to_do() -> None:
    for cause in causes.declared():
        assert all((cause.zh, cause.en, cause.todo_zh, cause.todo_en)), cause.code


def test_a_cause_is_said_though_evidence_is_missing() -> None:
    assert (
        causes.fail_reason("LINE_INCOMPATIBLE", {}, causes.Reader("en", "Asia/Shanghai"))
        == "Line – has no station for the steps –."
    )
    assert causes.fail_reason(None, {}, causes.Reader("en", "UTC")) is None


def test_a_cause_cannot_mean_two_things() -> None:
    with pytest.raises(ValueError, match="twice"):
        causes.declare("GATE_NOT_BUILT", zh="甲", en="a", todo_zh="乙", todo_en="b")


@pytest.mark.parametrize("lifecycle", [WORK_ORDER, RUN, UNIT])
def test_nothing_leaves_a_terminal_state_of_orders_and_runs(lifecycle: Any) -> None:
    leaving = {state for move in lifecycle for state in move.source if state in lifecycle.terminal}
    assert leaving <= {"DONE"}  # only a finished unit may still be held


def test_the_book_s_names_of_the_moves() -> None:
    names = {RUN.audit_of(move) for move in RUN}
    assert names == {
        "RUN_CREATE",
        "RUN_AUTHORIZE",
        "RUN_REVOKE",
        "RUN_AUTHORIZATION_LAPSED",
        "RUN_START",
        "RUN_CANCEL",
        "RUN_CLOSE",
        "RUN_COMPLETED",
        "RUN_ON_HOLD",
        "MRB_RELEASE",
        "MRB_REWORK",
        "MRB_SCRAP",
    }


def test_quantities_are_whole_where_they_are_whole() -> None:
    assert (repr(plain(100.0)), repr(plain(7.5)), plain(None)) == ("100", "7.5", 0)


def test_the_pick_status_of_an_erp_order_is_the_erp_s() -> None:
    order = SimpleNamespace(erp_status=None, erp_pick_status="1", pick_status="3")
    assert effective_pick_status(order) == "3"
    order.erp_status = "2"
    assert effective_pick_status(order) == "1"


def test_columns_are_named_on_the_wire_in_camel_case() -> None:
    assert (_wire_name("plan_start_date"), _wire_name("wo_no")) == ("planStartDate", "woNo")
    assert _same(100, 100.0)
    assert not _same(None, 1.0)


def test_every_refusal_of_a_run_says_what_to_do_next() -> None:
    for refusal in refusals:
        if refusal.code.startswith(("RUN_", "WORK_ORDER_", "UNIT")):
            assert refusal.todo_zh, refusal.code
            assert refusal.todo_en, refusal.code
