"""The tool register filled from a spreadsheet (spec 04.6): what an engineer has on paper comes in with its opening counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select

from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.changing import folded
from fiducial.plant.importers.coded import other_case
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as
from fiducial.tooling import words
from fiducial.tooling.register import LIFE, LIFE_OF_MATERIAL, OWN, create_tool, update_tool
from fiducial.tooling.shapes import NewTool, ToolChange
from fiducial.tooling.tables import tools

KINDS = {kind: words.KINDS[kind] for kind in OWN}  # what the register takes: machines are equipment
COLUMNS = (
    SheetColumn("toolCode", Text("Tool"), width=20), SheetColumn("kind", Text("Kind"), "words", KINDS),
    SheetColumn("name", Text("Name shown"), width=32), SheetColumn("productCodes", Text("Products"), "list", width=32),
    SheetColumn("version", Text("Version")), SheetColumn("thicknessMm", Text("Thickness (mm)"), "number"),
    SheetColumn("minTension", Text("Least tension (N/cm)"), "number"), SheetColumn("spec", Text("Specification"), width=20),
    SheetColumn("lengthMm", Text("Length (mm)"), "number"), SheetColumn("fixtureType", Text("Fixture type"), "words", words.FIXTURE_TYPES),
    SheetColumn("material", Text("Material of the fixture"), "words", words.MATERIALS), SheetColumn("lifeLimit", Text("Life"), "whole"),
    SheetColumn("countBase", Text("Opening count"), "whole"), SheetColumn("calibrationRequired", Text("Is calibrated"), "flag"),
    SheetColumn("calibrationIntervalDays", Text("Days between calibrations"), "whole"),
)  # fmt: skip
OTHER_KIND = Said(zh="此类工具没有该字段", en="a tool of this kind has no such field")
KEPT = Said(zh="台账中已有此工具，不能由文件更改", en="the register has this tool; a file does not change this of it")


def _judge(tx: Tx, bodies: Sequence[NewTool]) -> Iterator[Judged]:
    wanted = {folded(body.tool_code) for body in bodies}
    there = {row.code_folded: row for row in tx.all(select(tools).where(tools.c.code_folded.in_(wanted)))}
    for at, body in enumerate(bodies):
        existing = there.get(folded(body.tool_code))
        if existing is not None and existing.code != body.tool_code:
            yield at, "toolCode", other_case(existing.code)
        elif existing is not None:
            yield from _kept(at, existing, body)
        yield from _of_kind(at, body)


def _kept(at: int, existing: Row[Any], body: NewTool) -> Iterator[Judged]:
    """What was counted since is not overwritten by a file: that is a correction with a reason, on the tool's page."""
    if existing.kind != body.kind:
        yield at, "kind", KEPT
    if "count_base" in body.given() and existing.count_base != body.count_base:
        yield at, "countBase", KEPT


def _of_kind(at: int, body: NewTool) -> Iterator[Judged]:
    """What the register refuses of a new tool, said of the cell."""
    for kind, names in OWN.items():
        for name in names if kind != body.kind else ():
            if getattr(body, name) is not None:
                yield at, _wire(name), OTHER_KIND
    if body.kind == "FIXTURE" and body.fixture_type is None:
        yield at, "fixtureType", Said(zh="夹具必须填写类型", en="required for a fixture")
    if body.life_limit is None and body.kind not in LIFE and (body.material or "") not in LIFE_OF_MATERIAL:
        yield (
            at,
            "lifeLimit",
            Said(zh="此材质没有默认寿命，请填写", en="required: there is no default life for this material"),
        )


def _wire(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _take(tx: Tx, bodies: Sequence[NewTool]) -> Outcome:
    (body,) = bodies
    row = tx.first(select(tools).where(tools.c.code == body.tool_code))
    if row is None:
        acting_as(tx, create_tool, body)
        return "CREATED"
    said = {name: value for name, value in body.given().items() if name not in ("tool_code", "kind", "count_base")}
    if all(getattr(row, name) == value for name, value in said.items()):
        return "UNCHANGED"
    acting_as(tx, update_tool, body.tool_code, ToolChange(**said))
    return "UPDATED"


IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="tools", title=Text("Tool register"), permission="tool:config", shape=NewTool, page="tools",
        key=lambda body: folded(body.tool_code), judge=_judge, take=_take, columns=COLUMNS,
    ),
)  # fmt: skip
