"""Pages of time rules (spec 14.2): the board of running clocks, all clocks, the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.timers import answers, menu, queries
from fiducial.timers.actions import must_reach_clock
from fiducial.timers.states import ACTIVE, EXPIRED
from fiducial.timers.tables import clocks
from fiducial.web.pages import Pages, View

pages = Pages("timers")
MENU, STATUSES = menu.MENU, menu.STATUSES
ON_BOARD, MINUTE_MS = 60, 60_000
_WORDS = {"types": menu.RULE_TYPES, "events": menu.EVENTS, "scopes": menu.SCOPES}
_KINDS = ("PRINT", "SPI", "MOUNT", "REFLOW", "AOI", "WASH", "INSERT", "WAVE", "POST_SOLDER", "TEST", "INSPECT", "OTHER")


def _lines(tx: Tx) -> list[tuple[str, str]]:
    reach = lines_in_reach(tx, "readiness:view")
    found = select(lines.c.code, lines.c.name).order_by(lines.c.code).limit(500)
    found = found if reach is None else found.where(lines.c.id.in_(reach))
    return [(row.code, f"{row.code} · {row.name}") for row in tx.all(found)]


@query("readiness:view")
def time_rules_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the board, all clocks, or the rules, as `show` says."""
    show = view.query.get("show", "board")
    if show == "rules":
        data = queries.list_rules(tx, view.page_of(queries.RULES))
        return {"show": show, "listing": view.list_of(data, default_sort=queries.RULES.default_sort), **_WORDS}
    if show == "all":
        shown = queries.list_clocks(tx, view.page_of(queries.CLOCKS))
        return {
            "show": show,
            "listing": view.list_of(shown, default_sort=queries.CLOCKS.default_sort),
            "lines": _lines(tx),
            **_WORDS,
        }
    return {"show": "board", "lines": _lines(tx), **_board(tx, view), **_WORDS}


@query("readiness:view")
def board_panel(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the board alone, for the page that fetches it again and again."""
    return {**_board(tx, view), **_WORDS}


def _board(tx: Tx, view: View) -> dict[str, Any]:
    """Give what runs or is over and not ended or waived, those that end first first, with how urgent each is."""
    line = view.query.get("lineCode", "")
    open_ones = queries.clocks_in_reach(tx).where(
        clocks.c.status.in_((ACTIVE, EXPIRED)), clocks.c.completed_at.is_(None)
    )
    if line:
        open_ones = open_ones.where(lines.c.code == line)
    rows = tx.all(open_ones.order_by(clocks.c.expires_at).limit(ON_BOARD))
    shown = [
        {**answers.clock_of(row, tx.now), "urgency": _urgency(row, tx.now), "left": _left(row, tx.now)} for row in rows
    ]
    return {"clocks": shown, "line": line, "now": tx.now, "full": len(rows) == ON_BOARD}


def _urgency(row: Any, now: int) -> str:
    if row.status == EXPIRED or row.expires_at <= now:
        return "bad"
    return "warn" if row.warning_at is not None and row.warning_at <= now else "ok"


def _left(row: Any, now: int) -> str:
    """Give hours and minutes left, with a minus sign when it is over."""
    minutes = abs(row.expires_at - now) // MINUTE_MS
    return f"{'−' if row.expires_at <= now else ''}{minutes // 60}:{minutes % 60:02d}"


@query("readiness:config")
def rule_dialog(tx: Tx, time_rule_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form of a rule, `new` for one more."""
    rule = None if time_rule_code == "new" else queries.rule_detail(tx, time_rule_code)
    return {"rule": rule, "kinds": _KINDS, **_WORDS}


@query("readiness:override")
def clock_dialog(tx: Tx, instance_id: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form that lets a clock be (waive), or says when it ended (complete). Refuses TIME_RULE_INSTANCE_NOT_FOUND."""
    clock = queries.the_clock(tx, instance_id)
    must_reach_clock(tx, clock)
    return {"clock": queries.clock_shown(tx, clock.id), "name": name, "id": ids.to_wire(clock.id)}


pages.page("/time-rules", time_rules_page, "timers/time_rules.html")
pages.page("/time-rules/board", board_panel, "timers/board.html")
pages.page("/time-rules/dialogs/rules/{timeRuleCode}", rule_dialog, "timers/rule_form.html")
pages.page("/time-rules/dialogs/clocks/{instanceId}/{clockForm}", clock_dialog, "timers/clock_form.html")
