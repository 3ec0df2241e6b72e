"""Where the things of a genealogy stand in its picture (谱系图, spec 07.10): plain numbers, which a template draws as SVG.

Above stand the order and its runs; the unit begins the chain; each visit has a column, a step that is done again stands below its
first visit. What a visit used hangs below the chain, what was found at it above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fiducial.trace.genealogy import Genealogy, GraphNode

WIDE, HIGH, GAP_X, GAP_Y = 176, 46, 34, 14
MOST_BELOW = 12  # lots of one step; more are folded into one box
LONGEST = 17
USES = ("CONSUMED", "USED", "CARRIED")
FOUND = ("CHECKED", "FOUND", "REPAIRED")


@dataclass
class Box:
    """One thing with its place; `x` and `y` are its upper left corner."""

    id: str
    kind: str
    label: str
    sub: str
    state: str
    said: str
    url: str
    x: int
    y: int
    at: str | None
    count: int = 0
    next: dict[str, str] = field(default_factory=dict)  # where the arrow keys lead: right, left, up, down


@dataclass(frozen=True, slots=True)
class Line:
    """A line from thing to thing, as the path of an SVG."""

    path: str
    kind: str
    possible: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def drawn(graph: Genealogy) -> Picture:
    """Give the picture of a genealogy."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    below, above = _hanging(graph, nodes)
    columns = [node["id"] for node in graph["nodes"] if node["kind"] in ("UNIT", "STEP")]
    tallest = max((len(above.get(name, ())) for name in columns), default=0)
    chain_y = (HIGH + GAP_Y * 2) + (tallest * (HIGH + GAP_Y)) + GAP_Y
    boxes: dict[str, Box] = {}
    for place, node in enumerate(node for node in graph["nodes"] if node["kind"] in ("WORK_ORDER", "RUN")):
        boxes[node["id"]] = _box(node, place * (WIDE + GAP_X), 0)
    for place, name in enumerate(columns):
        x = place * (WIDE + GAP_X)
        boxes[name] = _box(nodes[name], x, chain_y)
        for no, hung in enumerate(above.get(name, ()), 1):
            boxes[hung] = _box(nodes[hung], x, chain_y - no * (HIGH + GAP_Y))
        for no, used in enumerate(below.get(name, ()), 1):
            boxes[used.id] = used
            used.x, used.y = x, chain_y + GAP_Y + no * (HIGH + GAP_Y)
    _beside_the_runs(nodes, boxes)
    lines = [line for edge in graph["edges"] if (line := _line(edge, boxes)) is not None]
    for name, hung_below in below.items():
        lines += [
            Line(_curve(box, boxes[name]), "CONSUMED", possible=False)
            for box in hung_below
            if box.count and name in boxes
        ]
    _steer(boxes)
    width = max((box.x + WIDE for box in boxes.values()), default=0)
    return Picture(list(boxes.values()), lines, width, max((box.y + HIGH for box in boxes.values()), default=0))


def _hanging(graph: Genealogy, nodes: dict[str, GraphNode]) -> tuple[dict[str, list[Box]], dict[str, list[str]]]:
    """Give what hangs below each thing of the chain (what it used), and above it (what was found there)."""
    uses, found, placed = dict[str, list[str]](), dict[str, list[str]](), set[str]()
    chain = {name for name, node in nodes.items() if node["kind"] in ("UNIT", "STEP")}
    for edge in graph["edges"]:
        if edge["kind"] in USES and edge["to"] in chain and edge["from"] not in placed:
            placed.add(edge["from"])
            uses.setdefault(edge["to"], []).append(edge["from"])
    root = dict[str, str]()
    for edge in graph["edges"]:  # a defect hangs at its visit, its repair at the same
        if edge["kind"] in FOUND:
            at = edge["from"] if edge["from"] in chain else root.get(edge["from"])
            if at is not None and edge["to"] not in placed:
                placed.add(edge["to"])
                root[edge["to"]] = at
                found.setdefault(at, []).append(edge["to"])
    below = {}
    for name, of in uses.items():
        lots = [key for key in of if nodes[key]["kind"] in ("LOT", "PART")]
        rest = [key for key in of if key not in lots]
        shown = [_box(nodes[key], 0, 0) for key in lots]
        if len(lots) > MOST_BELOW:
            shown = [Box(f"more:{name}", "LOT", "", "", "", "", "?tab=materials", 0, 0, None, count=len(lots))]
        below[name] = [*shown, *(_box(nodes[key], 0, 0) for key in rest)]
    return below, found


def _beside_the_runs(nodes: dict[str, GraphNode], boxes: dict[str, Box]) -> None:
    """Put inspections that the unit was no sample of beside the runs they are about, and what stands nowhere else below them."""
    x = max((box.x for box in boxes.values() if box.y == 0), default=-(WIDE + GAP_X))
    lost = [
        name for name, node in nodes.items() if name not in boxes and node["kind"] in ("INSPECTION", "MRB", "CARRIER")
    ]
    for name in lost:
        x += WIDE + GAP_X
        boxes[name] = _box(nodes[name], x, 0)


def _box(node: GraphNode, x: int, y: int) -> Box:
    said = " · ".join(filter(None, (node["label"], node["sub"])))
    return Box(
        node["id"], node["kind"], _cut(node["label"]), _cut(node["sub"] or ""), node["state"] or "", said, _address(node), x, y, node["at"],
        count=node.get("count", 0),
    )  # fmt: skip


def _cut(text: str) -> str:
    """Give as much of a text as a box holds; a Chinese letter is as wide as two."""
    wide, kept = 0, ""
    for letter in text:
        wide += 2 if ord(letter) > 0x2E80 else 1
        if wide > LONGEST:
            return kept + "…"
        kept += letter
    return text


def _address(node: GraphNode) -> str:
    """Give where a click leads: to the thing's own trace."""
    key = node["key"]
    if node.get("folded"):
        return "?tab=materials"
    if node["kind"] == "LOT":
        material, _bar, lot_no = key.partition("|")
        return f"/trace/lots/{quote(material, safe='')}/{quote(lot_no, safe='')}"
    roots = {
        "RUN": "/trace/runs/",
        "TOOL": "/trace/tools/",
        "CARRIER": "/trace/carriers/",
        "WORK_ORDER": "/work-orders/",
    }
    if node["kind"] in roots:
        return roots[node["kind"]] + quote(key, safe="")
    tabs = {
        "STEP": "?tab=steps",
        "PART": "?tab=materials",
        "INSPECTION": "?tab=quality",
        "DEFECT": "?tab=quality",
        "REPAIR": "?tab=quality",
    }
    return tabs.get(node["kind"], "?tab=quality" if node["kind"] == "MRB" else "?tab=timeline")


def _line(edge: Any, boxes: dict[str, Box]) -> Line | None:
    one, other = boxes.get(edge["from"]), boxes.get(edge["to"])
    if one is None or other is None:
        return None
    return Line(_curve(one, other), edge["kind"], possible=edge["certainty"] == "POSSIBLE")


def _curve(one: Box, other: Box) -> str:
    """Give the way between two boxes: straight beside each other, down the side of a column, else a bow."""
    if one.y == other.y:
        left, right = (one, other) if one.x < other.x else (other, one)
        if right.x - left.x == WIDE + GAP_X:
            return f"M{left.x + WIDE} {left.y + HIGH // 2}H{right.x}"
        lift = one.y - GAP_Y // 2
        return f"M{one.x + WIDE // 2} {one.y}C{one.x + WIDE // 2} {lift} {other.x + WIDE // 2} {lift} {other.x + WIDE // 2} {other.y}"
    if one.x == other.x:
        side = one.x - GAP_X // 3
        return f"M{one.x} {one.y + HIGH // 2}H{side}V{other.y + HIGH // 2}H{other.x}"
    middle = (one.y + other.y + HIGH) // 2
    upper, lower = (one, other) if one.y < other.y else (other, one)
    return (
        f"M{upper.x + WIDE // 2} {upper.y + HIGH}C{upper.x + WIDE // 2} {middle} {lower.x + WIDE // 2} {middle} {lower.x + WIDE // 2} {lower.y}"
    )  # fmt: skip


def _steer(boxes: dict[str, Box]) -> None:
    """Say of each box which one is next in each direction."""
    every = list(boxes.values())
    for box in every:
        for way, across, down in (("right", 1, 0), ("left", -1, 0), ("down", 0, 1), ("up", 0, -1)):
            ahead = [
                other for other in every
                if other is not box and ((other.x - box.x) * across > 0 if across else (other.y - box.y) * down > 0)
            ]  # fmt: skip
            nearest = min(
                ahead, key=lambda other: abs(other.x - box.x) * (1 if across else 4) + abs(other.y - box.y) * (4 if across else 1), default=None,
            )  # fmt: skip
            if nearest is not None:
                box.next[way] = nearest.id
