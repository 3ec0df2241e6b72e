"""Lifecycles are whole: every state can be reached, nothing leaves an end, and nobody compares states with words of one's own."""

from __future__ import annotations

import ast

import pytest
from tests.house.code import every_module, name_of, sources, text_of, tree

from fiducial.kit.moves import Lifecycle, lifecycles

every_module()

# States whose moves come with a later issue; a word goes when its move comes.
NOT_YET: dict[str, set[str]] = {}


NOT_LEFT_YET: dict[str, set[str]] = {}

# A unit that is done may still be held by a person (spec 05.2); then it is released to where it was. Quality may find a fault in
# it, the trial of a failed first article is made anew, and the MRB decides on whole runs, finished units included.
LEAVES_AN_END = {("UNIT", name) for name in ("hold", "find_fault", "return_trial", "mrb_scrap", "mrb_rework")}


def reached(lifecycle: Lifecycle) -> set[str]:
    states: set[str] = set()
    while True:
        more = {move.target for move in lifecycle if not move.source or states & set(move.source)} - states
        if not more:
            return states
        states |= more


@pytest.mark.parametrize("lifecycle", lifecycles, ids=lambda one: one.entity)
def test_every_state_can_be_reached(lifecycle: Lifecycle) -> None:
    """Seen to fail with the move `authorize` of runs taken out."""
    assert set(lifecycle.states) - reached(lifecycle) == NOT_YET.get(lifecycle.entity, set())


@pytest.mark.parametrize("lifecycle", lifecycles, ids=lambda one: one.entity)
def test_nothing_leaves_an_end_and_only_an_end_is_left_by_nothing(lifecycle: Lifecycle) -> None:
    """Seen to fail with a move from COMPLETED, and with COMPLETED taken out of `terminal`."""
    left = {
        source for move in lifecycle for source in move.source if (lifecycle.entity, move.name) not in LEAVES_AN_END
    }
    assert left & set(lifecycle.terminal) == set()
    assert set(lifecycle.states) - left - set(lifecycle.terminal) == NOT_LEFT_YET.get(lifecycle.entity, set())


@pytest.mark.parametrize("lifecycle", lifecycles, ids=lambda one: one.entity)
def test_every_move_has_a_word_for_people(lifecycle: Lifecycle) -> None:
    """Seen to fail with a move without a label."""
    assert [move.name for move in lifecycle if not move.label] == []


def test_a_status_is_set_by_a_move_and_nowhere_else() -> None:
    """`update(…).values(status=…)` of a table that has a lifecycle. Seen to fail with such an UPDATE in orders/actions/close.py."""
    governed = {lifecycle.column.table.name for lifecycle in lifecycles}
    variables = {"runs": "run", "units": "unit", "work_orders": "work_order"}
    assert set(variables.values()) <= governed
    found = []
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
                of = ast.unparse(node.func.value)
                if any(word.arg == "status" for word in node.keywords) and any(
                    f"update({name})" in of for name in variables
                ):
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_states_are_not_compared_with_misspelt_words() -> None:
    """A text compared with a `status` is a state of something. Seen to fail with `row.status == "IN_PROGESS"`."""
    from sqlalchemy import Table

    from fiducial.kit.columns import metadata

    assert all(isinstance(table, Table) for table in metadata.tables.values())
    known = {state for lifecycle in lifecycles for state in lifecycle.states} | OTHER_STATES
    found = []
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith(".status"):
                words = {
                    text_of(part) for side in node.comparators for part in ast.walk(side) if isinstance(part, ast.expr)
                }
                found += [f"{name_of(path)}:{node.lineno} {word}" for word in words if word and word not in known]
    assert found == []


# States of things that have no lifecycle of their own: imports, frozen versions, gate items, checks, lots, tracks, health.
OTHER_STATES = {
    "ARCHIVED",
    "PREVIEW",
    "GIVEN_UP",
    "DONE",
    "READY",
    "INVALID",
    "PASSED",
    "FAILED",
    "WAIVED",
    "SKIPPED",
    "NORMAL",
    "ok",
}
