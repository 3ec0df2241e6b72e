"""A step that gets another number takes its settings along, when the caller says which number it had (`wasStepNo`).

Settings of a step of ours are found by its number (spec 01.6), so without that word they stay where they are: with whatever
step has the number then, or orphaned.
"""

from __future__ import annotations

from sqlalchemy import select, update

from fiducial.kit.tx import Tx
from fiducial.plant.changing import bad, stamp
from fiducial.routing.reading import step_target
from fiducial.routing.shapes import Step
from fiducial.routing.tables import configs, steps


def renumbered(wanted: list[Step], before: set[int]) -> dict[int, int]:
    """Give which step gets which number, old to new. Refuses a number that no step had, and one that two steps claim."""
    moved: dict[int, int] = {}
    claimed: set[int] = set()
    for place, step in enumerate(wanted):
        was = step.was_step_no
        if was is None:
            continue
        if was not in before:
            raise bad(f"steps[{place}].wasStepNo", zh=f"原来没有步骤 {was}", en=f"there was no step {was}")
        if was in claimed:
            raise bad(f"steps[{place}].wasStepNo", zh=f"步骤 {was} 被写了两次", en=f"step {was} is claimed twice")
        claimed.add(was)
        if was != step.step_no:
            moved[was] = step.step_no
    return moved


def carry_settings(tx: Tx, route_id: int, moved: dict[int, int]) -> list[dict[str, int]]:
    """Let the settings of renumbered steps follow them; give those that did.

    Settings of a step that is gone do not fall to the step that takes its number: they lose their step and wait to be attached.
    """
    settings = select(configs).where(configs.c.route_id == route_id, configs.c.scope == "STEP").with_for_update()
    by_target = {row.target: row for row in tx.all(settings)} if moved else {}
    touched = {*moved, *moved.values()}
    rows = {no: row for no in touched if (row := by_target.get(step_target(route_id, no, None))) is not None}
    follow = {old: new for old, new in moved.items() if old in rows}
    # Two steps may change places, and a target is unique: first all step aside, then all take their place.
    for number in {*follow, *(new for new in moved.values() if new in rows)}:
        tx.run(update(configs).where(configs.c.id == rows[number].id).values(target=f"GONE:{rows[number].id}"))
    operation_of = {
        row.step_no: row.operation_id
        for row in tx.all(select(steps.c.step_no, steps.c.operation_id).where(steps.c.route_id == route_id))
    }
    for old, new in follow.items():
        placed = {
            "target": step_target(route_id, new, None), "step_no": new, "operation_id": operation_of[new],
            "updated_at": stamp(tx, rows[old].updated_at),
        }  # fmt: skip
        tx.run(update(configs).where(configs.c.id == rows[old].id).values(placed))
    return [{"from": old, "to": new} for old, new in sorted(follow.items())]
