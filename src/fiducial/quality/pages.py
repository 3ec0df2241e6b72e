"""Pages of inspections (spec 14.2): the list of each type, one inspection, its forms. They only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import current_language
from fiducial.kit.tx import Tx
from fiducial.orders.states import ON_HOLD
from fiducial.orders.tables import runs
from fiducial.orders.tables import units as units_table
from fiducial.people import signing
from fiducial.people.meanings import MEANINGS
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.quality.inprocess.standing import points_of
from fiducial.quality.inspections import reading
from fiducial.quality.inspections.kind import Kind
from fiducial.quality.inspections.kinds import KINDS
from fiducial.quality.inspections.signing import INSPECTION
from fiducial.quality.inspections.trial import finished_units
from fiducial.quality.inspections.verdict import failing_units, judge_items
from fiducial.quality.page_words import KIND_WORDS, SAMPLING_TYPES, STRICTNESS, code_choices, standing_of
from fiducial.quality.states import FAI, FAIL, FQC, INSPECTING, IPQC, OQC
from fiducial.routing.frozen import frozen_route
from fiducial.web.pages import Pages, View

pages = Pages("quality")
POSSIBLE_RUNS = {
    FAI: ("PREP",), IPQC: ("AUTHORIZED", "IN_PROGRESS", "ON_HOLD"), FQC: ("IN_PROGRESS", "ON_HOLD", "COMPLETED"), OQC: ("IN_PROGRESS",),
}  # fmt: skip
MOST_RUNS = 50


def line_choices(tx: Tx, *permissions: str) -> list[tuple[str, str]]:
    """Give the lines in reach, for a filter."""
    reach = lines_in_reach(tx, *permissions)
    found = select(lines.c.code, lines.c.name).where(lines.c.is_active).order_by(lines.c.code).limit(500)
    rows = tx.all(found if reach is None else found.where(lines.c.id.in_(reach)))
    return [(row.code, f"{row.code} · {row.name}") for row in rows]


def _list_page(kind: Kind) -> Callable[..., Mapping[str, Any]]:
    def list_page(tx: Tx, view: View) -> Mapping[str, Any]:
        """Give the inspections of this type."""
        data = reading.list_of(tx, kind, view.page_of(reading.INSPECTIONS))
        return {
            "kind": KIND_WORDS[kind.type], "lines": line_choices(tx, *kind.read),
            "listing": view.list_of(data, default_sort=reading.INSPECTIONS.default_sort),
        }  # fmt: skip

    return list_page


def _inspection_page(kind: Kind) -> Callable[..., Mapping[str, Any]]:
    def inspection_page(tx: Tx, key: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
        """Give one inspection with its items, what stands in the way of a verdict, and its signatures."""
        return _context(tx, kind, key)

    return inspection_page


def _context(tx: Tx, kind: Kind, key: str) -> dict[str, Any]:
    row = reading.find(tx, kind, key, *kind.read)
    shown, items = reading.whole(tx, kind, row.id), reading.items_of(tx, row.id)
    looked_at = {item.sn: "PASS" for item in items if item.sn and item.result == "PASS"} | {
        item.sn: "FAIL" for item in items if item.sn and item.result == "FAIL"
    }
    units = _units(tx, kind, row)
    return {
        "kind": KIND_WORDS[kind.type], "row": shown, "items": shown["items"], "signatures": signing.signatures_of(tx, INSPECTION, row.id),
        "waiting": next((item for item in shown["items"] if item["result"] is None), None), "looked_at": looked_at,
        "choices": [(sn, sn) for sn in units], "next_sn": next((sn for sn in units if sn not in looked_at), units[0] if units else ""),
        "verdict": _verdict(tx, kind, row, items), "standing": standing_of(kind.type, shown),
        "sampling_words": SAMPLING_TYPES, "severities": STRICTNESS,
        "mrb_waits": kind.type == OQC and row.status == FAIL and row.run_status == ON_HOLD,
    }  # fmt: skip


def _units(tx: Tx, kind: Kind, row: Any) -> list[str]:
    """Give the serials an item may name: the sample, of a first article the boards that came out of its trial."""
    if row.sampled_units:
        return list(row.sampled_units)
    if kind.type != FAI:
        return []
    made = finished_units(tx, row.id)
    return [
        unit.sn
        for unit in tx.all(select(units_table.c.sn).where(units_table.c.id.in_(made)).order_by(units_table.c.sn))
    ]


def _verdict(tx: Tx, kind: Kind, row: Any, items: Any) -> dict[str, Any]:
    """Give what a verdict would meet: the same judges as the act, asked beforehand."""
    failing, accepted = failing_units(items), kind.accepted(row)
    both = failing | kind.also_failing(tx, row) if row.status == INSPECTING else failing
    blocked = {"PASS": "", "FAIL": ""}
    if row.status == INSPECTING:
        for decision, count in (("PASS", len(failing)), ("FAIL", len(both))):
            try:
                judge_items(
                    items,
                    decision,
                    failing=count,
                    accepted=accepted,
                    sampled=row.sampled_units,
                    must_sample=kind.type == OQC,
                )
                if decision == "PASS":
                    kind.judge_pass(tx, row, items)
            except Refused as refused:
                blocked[decision] = refused.sentence(current_language())
    return {"failing": len(both), "ac": accepted, "pass_blocked": blocked["PASS"], "fail_blocked": blocked["FAIL"]}


def _new_dialog(kind: Kind) -> Callable[..., Mapping[str, Any]]:
    def new_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
        """Give the form that creates one, for the run that `?run=` names or one that is chosen."""
        named = view.query.get("run", "")
        reach = lines_in_reach(tx, kind.permission)
        found = select(runs).where(runs.c.status.in_(POSSIBLE_RUNS[kind.type]))
        rows = tx.all(
            (found if reach is None else found.where(runs.c.line_id.in_(reach)))
            .order_by(runs.c.id.desc())
            .limit(MOST_RUNS)
        )
        points = (
            {point.code: point.name for row in rows for point in points_of(tx, frozen_route(tx, row.version_id))}
            if kind.type == IPQC
            else {}
        )
        return {
            "kind": KIND_WORDS[kind.type], "name": "new", "run_no": named, "runs": [(row.run_no, row.run_no) for row in rows],
            "points": [(code, f"{code} · {name}") for code, name in sorted(points.items())],
        }  # fmt: skip

    return new_dialog


def _dialog(kind: Kind) -> Callable[..., Mapping[str, Any]]:
    def dialog(tx: Tx, key: str, name: str, view: View) -> Mapping[str, Any]:
        """Give one of the forms of an inspection: fail, change, pass, decide_fail, sign."""
        context = _context(tx, kind, key)
        item = next((one for one in context["items"] if one["id"] == view.query.get("item")), None)
        return context | {
            "name": name, "item": item, "codes": code_choices(tx), "item_count": len(context["items"]),
            "consequence": KIND_WORDS[kind.type].consequence(name),
            "meanings": [(code, str(MEANINGS[code])) for code in ("APPROVED", "REVIEWED", "RESPONSIBLE")],
        }  # fmt: skip

    return dialog


def _open(kind: Kind) -> None:
    for path, make, template in (
        (f"/{kind.path}", _list_page, "quality/inspections.html"),
        (f"/{kind.path}/dialogs/new", _new_dialog, "quality/inspection_dialog.html"),
        (f"/{kind.path}/{{{_id(kind)}}}", _inspection_page, "quality/inspection.html"),
        (f"/{kind.path}/{{{_id(kind)}}}/dialogs/{{name}}", _dialog, "quality/inspection_dialog.html"),
    ):
        made = make(kind)
        made.__name__ = made.__qualname__ = f"{made.__name__}_{kind.path}"
        needs = (kind.permission,) if "/dialogs/new" in path else kind.read
        pages.page(path, query(*needs)(made), template)


def _id(kind: Kind) -> str:
    return f"{kind.path}Id"


for _kind in KINDS:
    _open(_kind)
