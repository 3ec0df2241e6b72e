"""The genealogy of a unit (谱系图, spec 07.3): the facts of its trace as a graph, for the picture and for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NotRequired

from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.trace import sections
from fiducial.trace.facts import unit_facts
from fiducial.trace.gathered import Gathered
from fiducial.trace.telling import instant

MOST_NODES = 400


class GraphNode(TypedDict):
    """A thing in the picture."""

    id: str
    kind: str
    key: str
    label: str
    sub: str | None
    state: str | None
    at: str | None
    stepNo: int | None
    count: NotRequired[int]
    folded: NotRequired[bool]


# `from` is a word of the language, so the edge is made by a call.
GraphEdge = TypedDict(
    "GraphEdge", {"from": str, "to": str, "kind": str, "at": str | None, "certainty": str | None},
)  # fmt: skip


class Genealogy(TypedDict):
    """The graph."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    folded: bool


@query("trace:read")
def unit_genealogy(tx: Tx, sn: str) -> Genealogy:
    """Give what went into a unit and what was done to it as a graph, at most 400 nodes. Refuses as the trace of a unit."""
    return genealogy_of(Gathered(tx, unit_facts(tx, sn)))


def genealogy_of(gathered: Gathered, most: int = MOST_NODES) -> Genealogy:
    """Give the graph of what was gathered; with more nodes than `most`, the lots of each step are folded into one node."""
    graph = _Graph()
    _frame(graph, gathered)
    visits = _visits(graph, gathered)
    _lots(graph, gathered, visits)
    _tools(graph, gathered)
    _quality(graph, gathered, visits)
    if len(graph.nodes) > most:
        graph.fold_lots()
    return {"nodes": list(graph.nodes.values()), "edges": graph.edges, "folded": graph.folded}


class _Graph:
    """Nodes by their ids, and edges in the order in which they were found."""

    def __init__(self) -> None:
        self.nodes, self.folded = dict[str, GraphNode](), False
        self._edges = dict[tuple[Any, ...], GraphEdge]()

    @property
    def edges(self) -> list[GraphEdge]:
        """Give the edges."""
        return list(self._edges.values())

    def node(
        self, kind: str, key: str, label: str, *, sub: str | None = None, state: str | None = None, at: str | None = None,
        step_no: int | None = None, of: str = "",
    ) -> str:  # fmt: skip
        """Add a node unless it is there; give its id."""
        name = f"{kind}:{of or key}"
        self.nodes.setdefault(
            name,
            {
                "id": name,
                "kind": kind,
                "key": key,
                "label": label,
                "sub": sub,
                "state": state,
                "at": at,
                "stepNo": step_no,
            },
        )
        return name

    def edge(self, from_: str, to: str, kind: str, *, at: str | None = None, certainty: str | None = None) -> None:
        """Add an edge unless the same one is there."""
        edge: GraphEdge = {"from": from_, "to": to, "kind": kind, "at": at, "certainty": certainty}
        self._edges.setdefault((from_, to, kind, at, certainty), edge)

    def fold_lots(self) -> None:
        """Put the lots of one step into one node with their count."""
        consumed = dict[str, list[GraphEdge]]()
        for edge in self.edges:
            if edge["kind"] == "CONSUMED" and self.nodes[edge["from"]]["kind"] == "LOT":
                consumed.setdefault(edge["to"], []).append(edge)
        for step, edges in consumed.items():
            lots = dict.fromkeys(edge["from"] for edge in edges)
            name = self.node(
                "LOT", f"{len(lots)}", f"{len(lots)}", step_no=self.nodes[step]["stepNo"], of=f"folded:{step}"
            )
            self.nodes[name] |= {"count": len(lots), "folded": True}
            possible = any(edge["certainty"] == "POSSIBLE" for edge in edges)
            for edge in edges:
                del self._edges[edge["from"], step, "CONSUMED", edge["at"], edge["certainty"]]
            self.edge(name, step, "CONSUMED", certainty="POSSIBLE" if possible else "CERTAIN")
        kept = {edge[side] for edge in self.edges for side in ("from", "to")}
        self.nodes = {name: node for name, node in self.nodes.items() if node["kind"] != "LOT" or name in kept}
        self.folded = True


def _frame(graph: _Graph, gathered: Gathered) -> None:
    """The work order, its runs, the unit."""
    facts = gathered.facts
    order = graph.node(
        "WORK_ORDER", facts.unit.wo_no, facts.unit.wo_no, sub=facts.unit.product_code, state=facts.unit.order_status
    )
    unit = graph.node(
        "UNIT",
        facts.unit.sn,
        facts.unit.sn,
        sub=facts.unit.product_code,
        state=facts.unit.status,
        at=clock.to_wire(facts.unit.created_at),
    )
    former: str | None = None
    for run in gathered.runs:
        node = graph.node("RUN", run["runNo"], run["runNo"], sub=run["lineCode"], state=run["status"], at=run["from"])
        graph.edge(order, node, "CONTAINS")
        if former is not None:
            graph.edge(former, node, "REWORKED_AS", at=run["from"])
        former = node
    assert former is not None
    graph.edge(former, unit, "CONTAINS")


class _Visits:
    """The step nodes of a unit's visits, found by track, or by run and step."""

    def __init__(self) -> None:
        self.by_track, self.order = dict[str, str](), list[tuple[Any, str]]()

    def at_step(self, step_no: int | None, run_no: str | None = None) -> str | None:
        """Give the newest visit of a step, of that run where it is said; None when there is none."""
        found = [
            node for track, node in self.order if track["stepNo"] == step_no and (run_no is None or track["runNo"] == run_no)
        ]  # fmt: skip
        return found[-1] if found else None

    def taking(self, run_no: str, since: int | None, until: int | None, numbers: Iterable[int]) -> str | None:
        """Give the first visit of a run, at one of these steps, that overlaps a time."""
        wanted = set(numbers)
        in_run = [
            (track, node)
            for track, node in self.order
            if track["runNo"] == run_no and (not wanted or track["stepNo"] in wanted)
        ]
        for track, node in in_run:
            began, ended = instant(track["inAt"]), instant(track["outAt"])
            if (until is None or began is None or began < until) and (since is None or ended is None or ended >= since):
                return node
        return in_run[0][1] if in_run else None


def _visits(graph: _Graph, gathered: Gathered) -> _Visits:
    """One node for each visit in the order of time, then the steps that are still to do."""
    facts, visits = gathered.facts, _Visits()
    before = f"UNIT:{facts.unit.sn}"
    for track in sections.tracks(facts):
        if track["voidedAt"] is not None:
            continue
        label = track["operationName"] or track["operation"] or str(track["stepNo"])
        node = graph.node(
            "STEP", str(track["stepNo"]), label, sub=track["stationCode"], state=track["result"] or "IN_STATION", at=track["inAt"],
            step_no=track["stepNo"], of=track["id"],
        )  # fmt: skip
        graph.edge(before, node, "PASSED", at=track["inAt"])
        visits.by_track[track["id"]] = before = node
        visits.order.append((track, node))
    done = {track["stepNo"] for track, _node in visits.order if track["runNo"] == facts.run.run_no}
    for step in facts.route.steps:
        if step.step_no not in done and facts.unit.status not in ("DONE", "SCRAPPED"):
            node = graph.node(
                "STEP",
                str(step.step_no),
                step.operation_name or step.operation_code,
                state="TODO",
                step_no=step.step_no,
                of=f"todo-{step.step_no}",
            )
            graph.edge(before, node, "PASSED")
            before = node
    return visits


def _lots(graph: _Graph, gathered: Gathered, visits: _Visits) -> None:
    facts = gathered.facts
    placing = {
        run.run_no: [step.step_no for step in facts.routes[run.id].steps if step.process_kind == "MOUNT"] for run in facts.runs
    }  # fmt: skip
    fallback = f"UNIT:{facts.unit.sn}"
    for reel in gathered.reels:
        at = (
            visits.taking(
                reel["runNo"], instant(reel["loadedAt"]), instant(reel["unloadedAt"]), placing.get(reel["runNo"], ())
            )
            or fallback
        )
        key = f"{reel['materialCode']}|{reel['lotNo']}"
        lot = graph.node(
            "LOT",
            key,
            reel["materialCode"],
            sub=f"{reel['slotCode']} · {reel['lotNo']}",
            at=reel["loadedAt"],
            step_no=graph.nodes[at]["stepNo"],
        )
        graph.edge(lot, at, "CONSUMED", at=reel["loadedAt"], certainty=reel["certainty"])
    printing = [
        step.step_no for run in facts.runs for step in facts.routes[run.id].steps if step.process_kind == "PRINT"
    ]
    for part in gathered.materials:
        at = visits.at_step(part["stepNo"]) or fallback
        if part["source"] == "PASTE":
            at = next((node for track, node in visits.order if track["stepNo"] in printing), fallback)
        node = _part(graph, part, graph.nodes[at]["stepNo"])
        graph.edge(node, at, "CONSUMED", at=part["usedAt"], certainty=part["certainty"])
        if part["replaces"]:
            old = graph.node(
                "LOT",
                part["replaces"],
                part["replaces"].partition("|")[0],
                sub=part["replaces"].partition("|")[2],
                step_no=part["stepNo"],
            )
            graph.edge(node, old, "REPLACED", at=part["usedAt"])
    for load in gathered.carriers:
        node = graph.node("CARRIER", load["carrierNo"], load["carrierNo"], sub=load["type"], at=load["loadedAt"])
        graph.edge(node, fallback, "CARRIED", at=load["loadedAt"])


def _part(graph: _Graph, part: dict[str, Any], step_no: int | None) -> str:
    if part["partSn"]:
        return graph.node(
            "PART", part["partSn"], part["materialCode"], sub=part["partSn"], at=part["usedAt"], step_no=step_no
        )
    key = f"{part['materialCode']}|{part['lotNo']}"
    where = " · ".join(filter(None, (part["position"], part["lotNo"])))
    return graph.node("LOT", key, part["materialCode"], sub=where, at=part["usedAt"], step_no=step_no)


def _tools(graph: _Graph, gathered: Gathered) -> None:
    for tool in gathered.tools:
        node = graph.node(
            "TOOL", tool["toolCode"], tool["toolCode"], sub=tool["name"], state=tool["kind"], step_no=tool["stepNo"]
        )
        if (step := f"STEP:{tool['trackId']}") in graph.nodes:
            graph.edge(node, step, "USED", at=tool["usedAt"])


def _quality(graph: _Graph, gathered: Gathered, visits: _Visits) -> None:
    facts = gathered.facts
    first, last = visits.order[0][1] if visits.order else None, visits.order[-1][1] if visits.order else None
    for one in gathered.inspections:
        if one["status"] == "CANCELLED":
            continue
        node = graph.node(
            "INSPECTION",
            one["id"],
            one["type"],
            sub=one["signedByName"] or one["decidedByName"],
            state=one["status"],
            at=one["decidedAt"] or one["startedAt"],
        )
        in_sample = (first if one["type"] == "FAI" else last) if one["inSample"] else None
        graph.edge(in_sample or f"RUN:{one['runNo']}", node, "CHECKED", at=one["decidedAt"])
        if in_sample:
            graph.nodes[node]["stepNo"] = graph.nodes[in_sample]["stepNo"]
        if one["mrb"] is not None:
            mrb = graph.node(
                "MRB",
                one["id"],
                "MRB",
                sub=one["mrb"]["decidedByName"],
                state=one["mrb"]["decision"],
                at=one["mrb"]["decidedAt"],
            )
            graph.edge(node, mrb, "CHECKED", at=one["mrb"]["decidedAt"])
    track_of = {ids.to_wire(row.id): ids.wire_or_none(row.track_id) for row in facts.defects}
    for defect in gathered.defects:
        node = graph.node(
            "DEFECT", defect["defectNo"], defect["codeName"] or defect["code"], sub=defect["location"], state=defect["status"],
            at=defect["createdAt"], step_no=defect["stepNo"],
        )  # fmt: skip
        at = visits.by_track.get(track_of.get(defect["id"]) or "") or visits.at_step(defect["stepNo"], defect["runNo"])
        graph.edge(at or f"UNIT:{facts.unit.sn}", node, "FOUND", at=defect["createdAt"])
    numbers = {defect["id"]: f"DEFECT:{defect['defectNo']}" for defect in gathered.defects}
    for repair in gathered.repairs:
        node = graph.node(
            "REPAIR", repair["taskId"], repair["action"] or repair["reason"] or "–", sub=repair["recordedByName"], state=repair["status"],
            at=repair["recordedAt"] or repair["doneAt"], step_no=repair["fromStepNo"],
        )  # fmt: skip
        if repair["defectId"] in numbers:
            graph.edge(numbers[repair["defectId"]], node, "REPAIRED", at=repair["recordedAt"])
