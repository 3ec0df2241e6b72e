"""What the forms of stencils, squeegees and fixtures have in common (spec 10.4.4, 10.4.6, 10.4.7, 03.11): the count, the checks, the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.forms.declaration import FAIL, Draft
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.tx import Tx
from fiducial.tooling import from_forms as tooling
from fiducial.tooling.reading import life_percent, must_be_usable, the_tool, tool_to_change, total_count

NO_PRODUCT = Said(zh="没有批次时必填", en="required without a run", path="productModel")


def use(tx: Tx, draft: Draft, column: str, kind: str, *, count: str, total: str) -> Any:
    """Find the tool that a record names, count what was typed, and keep its total and life in the record; give its row.

    Refuses TOOL_NOT_FOUND, TOOL_KIND_MISMATCH, TOOL_NOT_USABLE for a retired one, COUNT_TRACKED.
    """
    place, tool = draft.facts, tool_to_change(tx, draft[column], kind)
    if tool.status == "RETIRED":
        must_be_usable(tx, tool)
    if place.product_code is not None and "product_model" in draft.values:
        draft.values["product_model"] = place.product_code
    if draft[count] is not None:
        if place.run is not None and tooling.counts_itself(tx, place.run, tool):
            raise Refused("COUNT_TRACKED", runNo=place.run.run_no)
        if not _life_has_ended(draft, column, tool):
            tool = tooling.count_recorded(tx, tool, draft[count])
    draft.values |= {
        total: total_count(tool), "life_limit": tool.life_limit, "life_percent": life_percent(tool), "life_no": tool.life_no,
    }  # fmt: skip
    if _life_has_ended(draft, column, tool):
        draft.values |= {
            name: getattr(draft.corrects, name) for name in (total, "life_limit", "life_percent", "life_no")
        }
    if draft["replaced"]:
        draft.values["replaced_at"] = draft.at
    draft.values["_tool"] = tool
    return tool


def _life_has_ended(draft: Draft, column: str, tool: Any) -> bool:
    """Tell whether a corrected record counted in a life of the tool that is over: it counts in no other."""
    old = draft.corrects
    return old is not None and bool(getattr(old, column) == tool.code and old.life_no != tool.life_no)


def tool_of(draft: Draft) -> Any:
    """Give the tool that `use` found."""
    return draft["_tool"]


def product_missing(draft: Draft) -> list[Said]:
    """Give the fault of a record that tells no product and names no run."""
    return [NO_PRODUCT] if draft["product_model"] is None else []


def judge_checks(draft: Draft, checks: Mapping[str, str]) -> None:
    """Judge FAIL for every check that a person found not in order; `checks` names what is wrong then, in Chinese."""
    for name, zh in checks.items():
        item = draft.form.field_of(name)
        if draft[item.column_name] is False:
            draft.fail(item.key.upper(), name, zh=zh, en=f"not in order: {item.label.en}")


def judge_life(draft: Draft, column: str, path: str) -> None:
    """Judge FAIL when the life of the tool is used up; a tool that is replaced begins anew."""
    total, limit = draft[column], draft["life_limit"]
    if total >= limit and not draft["replaced"]:
        draft.fail(
            "LIFE", path, zh=f"累计 {total} 已达寿命 {limit}", en=f"{total} in total has reached the life of {limit}"
        )


def follow(tx: Tx, draft: Draft) -> None:
    """Begin a new life of a tool that was replaced; block one that failed; note a good one for its line and run."""
    tool, place = tool_of(draft), draft.facts
    if draft["replaced"] and draft.corrects is None:
        tooling.replaced(tx, tool, draft.form.title.zh)
    if draft.result == FAIL:
        said = "；".join(reason.said.zh for reason in draft.reasons)
        tooling.block_for_failed_check(
            tx, tool, description=f"{draft.form.title.zh}：{said}"[:500], line_id=place.line_id
        )
    elif place.line_id is not None:
        tooling.recorded_on(tx, tool, line_id=place.line_id, run_id=place.run_id)


def give_back_count(tx: Tx, row: Any, code: str, count: int | None) -> None:
    """Give back the count that a voided record had typed, within the life in which it was counted."""
    if count:
        tooling.give_back(tx, the_tool(tx, code), count, life_no=row.life_no)
