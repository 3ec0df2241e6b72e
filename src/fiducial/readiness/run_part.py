"""What readiness shows on a run's page: the newest check with what to do about it, waivers, earlier checks (spec 14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.text import _
from fiducial.kit.tx import Tx
from fiducial.orders.ports import RunRow
from fiducial.orders.states import IN_PROGRESS, PREP, RUN
from fiducial.plant.lookup import line_of_id
from fiducial.readiness.answers import Check, Item
from fiducial.readiness.checklist import PENDING, may_skip, whole_list
from fiducial.readiness.checks import FORMAL, check_on_wire, newest, whole_check
from fiducial.readiness.config import LineConfig, config_of
from fiducial.readiness.evaluate import FAILED, WAIVED
from fiducial.readiness.tables import checks
from fiducial.readiness.words import GATES, TRIGGERS

EARLIER = 8


class ChecklistPart:
    """The tab of the pre-changeover list."""

    template = "readiness/checklist.html"
    tab: str | None = "checklist"

    def label(self) -> str:
        """Give the tab's name."""
        return _("Pre-changeover")

    def of_page(self, tx: Tx, run: RunRow, query: Mapping[str, str]) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the list; None to whoever may not see it."""
        line = line_of_id(tx, run.line_id)
        if not tx.actor.holds("readiness:view") or line is None:
            return None
        config, shown = config_of(tx, line.id, line.process_type), whole_list(tx, run)
        pending = sum(row["result"] == PENDING for row in shown["rows"])
        return {
            "list": shown, "pending": pending, "open": run.status == PREP, "words": GATES,
            "may_skip": [row["itemKey"] for row in shown["rows"] if may_skip(row["gate"], config)],
        }  # fmt: skip


class ChecksPart:
    """The card of the line check."""

    template = "readiness/run_part.html"
    tab: str | None = None

    def label(self) -> str:
        """Give no name: it is no tab."""
        return ""

    def of_page(self, tx: Tx, run: RunRow, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Give the check that `?check=` names, else the newest; None to whoever may not see it, and for a run that has ended unchecked."""
        line = line_of_id(tx, run.line_id)
        if not tx.actor.holds("readiness:view") or line is None:
            return None
        config = config_of(tx, line.id, line.process_type)
        latest, formal = newest(tx, run.id), newest(tx, run.id, FORMAL)
        asked = _asked(tx, run, query.get("check", "")) or latest
        if asked is None and run.status in RUN.terminal:
            return None
        check = whole_check(tx, asked, run.run_no, config) if asked is not None else None
        may_waive = run.status == PREP and formal is not None and asked is not None and asked.id == formal.id
        return {
            "run_no": run.run_no, "check": check, "gates": _by_gate(check), "words": GATES, "triggers": TRIGGERS,
            "stale": latest is not None and asked is latest and _stale(tx, latest, config), "is_latest": asked is latest,
            "may_waive": may_waive, "in_prep": run.status == PREP, "open": run.status in (PREP, "AUTHORIZED", IN_PROGRESS),
            "earlier": [check_on_wire(row, run.run_no) for row in _earlier(tx, run)],
        }  # fmt: skip


def _asked(tx: Tx, run: RunRow, check_id: str) -> Any:
    key = ids.from_wire(check_id)
    return None if key is None else tx.first(select(checks).where(checks.c.id == key, checks.c.run_id == run.id))


def _earlier(tx: Tx, run: RunRow) -> Any:
    mine = select(checks).where(checks.c.run_id == run.id).order_by(checks.c.id.desc()).limit(EARLIER)
    return tx.all(mine)


def _stale(tx: Tx, check: Any, config: LineConfig) -> bool:
    ended = check.next_expiry_at is not None and check.next_expiry_at <= tx.now
    return check.invalidated_at is not None or check.config_version != config.version or ended


def _by_gate(check: Check | None) -> list[dict[str, Any]]:
    """Give the items of a check by gate, what failed or rests on a person's word apart from what plainly passed."""
    found: dict[str, list[Item]] = {}
    for item in check["items"] if check else ():
        found.setdefault(item["itemType"], []).append(item)
    return [
        {
            "type": gate, "loud": [item for item in items if _is_loud(item)],
            "quiet": [item for item in items if not _is_loud(item)],
            "status": max((item["status"] for item in items), key=_WORST.index), "applies": any(item["applicable"] for item in items),
        }
        for gate, items in found.items()
    ]  # fmt: skip


_WORST = ("PASSED", WAIVED, FAILED)


def _is_loud(item: Item) -> bool:
    return item["status"] in (FAILED, WAIVED) or _by_person(item)


def _by_person(item: Item) -> bool:
    return item["source"] == "MANUAL" or (not item["applicable"] and item["evidence"].get("by") is not None)
