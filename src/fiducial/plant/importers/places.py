"""Filling the lists of lines and station groups (spec 01.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, select

from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant.actions.lines import create_line, update_line
from fiducial.plant.actions.stations import create_group, update_group
from fiducial.plant.changing import folded
from fiducial.plant.importers.coded import CODE, NAME, OUT_OF_REACH, judge_codes, rows_by_code
from fiducial.plant.shapes import GroupChange, LineChange, NewGroup, NewLine
from fiducial.plant.tables import groups, lines
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

OTHER_TYPE = Said(
    zh="产线已有另一种工艺类型，请在产线页面更改", en="the line has another process type; change it on the line's page"
)


def _judge_lines(tx: Tx, bodies: Sequence[NewLine]) -> Iterator[Judged]:
    there = rows_by_code(tx, lines, select(lines), bodies)
    yield from judge_codes(bodies, there)
    reachable = reach.lines_in_reach(tx, "line:config")
    for at, body in enumerate(bodies):
        row = there.get(folded(body.code))
        if reachable is not None and (row is None or row.id not in reachable):
            yield at, "code", OUT_OF_REACH
        elif row is not None and row.process_type != body.process_type:
            yield at, "processType", OTHER_TYPE


def _take_line(tx: Tx, bodies: Sequence[NewLine]) -> Outcome:
    (body,) = bodies
    row = tx.first(select(lines).where(lines.c.code == body.code))
    if row is None:
        acting_as(tx, create_line, body)
        return "CREATED"
    if row.name == body.name:
        return "UNCHANGED"
    acting_as(tx, update_line, body.code, LineChange(name=body.name))
    return "UPDATED"


def _judge_groups(tx: Tx, bodies: Sequence[NewGroup]) -> Iterator[Judged]:
    yield from judge_codes(bodies, rows_by_code(tx, groups, select(groups), bodies))


_group = select(groups).where(groups.c.code == bindparam("wanted"))


def _take_group(tx: Tx, bodies: Sequence[NewGroup]) -> Outcome:
    (body,) = bodies
    row = tx.first(_group, {"wanted": body.code})
    if row is None:
        acting_as(tx, create_group, body)
        return "CREATED"
    if row.name == body.name:
        return "UNCHANGED"
    acting_as(tx, update_group, body.code, GroupChange(name=body.name))
    return "UPDATED"


LINES = Importer(
    name="lines", page="lines", title=Text("Lines"), permission="line:config", shape=NewLine, key=lambda body: folded(body.code),
    judge=_judge_lines, take=_take_line, columns=(CODE, NAME, SheetColumn("processType", Text("Process type"))),
)  # fmt: skip
GROUPS = Importer(
    name="station-groups", page="station-groups", title=Text("Station groups"), permission="line:config", shape=NewGroup,
    key=lambda body: folded(body.code), judge=_judge_groups, take=_take_group, columns=(CODE, NAME),
)  # fmt: skip
