"""The page of what quality sets up (spec 14.2): sampling rules, AQL tables, points of in-process inspection, defect codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.quality import codes
from fiducial.quality.answers import IpqcPoint, SamplingRule
from fiducial.quality.inprocess import points
from fiducial.quality.inprocess.standing import CAUSES
from fiducial.quality.page_words import CHECK_TYPES, POINT_GATES, SAMPLING_TYPES, STRICTNESS
from fiducial.quality.pages import line_choices
from fiducial.quality.sampling import rules, tables_of_aql
from fiducial.quality.sampling.plans import aqls_of, severities_of
from fiducial.routing.tables import routes
from fiducial.web.pages import Pages, View

pages = Pages("quality")

SEES = ("quality:config", "quality:oqc")
TABS = ("rules", "tables", "points", "codes")
CAUSE_WORDS = dict(zip(CAUSES, (
    Text("shift begins"), Text("tool changed"), Text("program changed"), Text("maintenance done"), Text("material changed"), Text("line stopped"),
), strict=True))  # fmt: skip
KINDS_OF_STEP = (
    "PRINT",
    "SPI",
    "MOUNT",
    "REFLOW",
    "AOI",
    "WASH",
    "INSERT",
    "WAVE",
    "POST_SOLDER",
    "TEST",
    "INSPECT",
    "OTHER",
)


@query(*SEES)
def settings_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give one of the four lists, by `tab`; rules only to whoever may set them, points and codes likewise."""
    may = {
        "rules": tx.actor.holds("quality:oqc"),
        "tables": True,
        "points": tx.actor.holds("quality:config"),
        "codes": True,
    }
    shown = [tab for tab in TABS if may[tab]]
    tab = view.query.get("tab", "")
    tab = tab if tab in shown else shown[0]
    source: dict[str, Any] = {
        "rules": (rules.list_rules, rules.RULES), "tables": (tables_of_aql.list_tables, tables_of_aql.TABLES),
        "points": (points.list_points, points.POINTS), "codes": (codes.list_codes, codes.CODES),
    }  # fmt: skip
    read, listing = source[tab]
    data = read(tx, view.page_of(listing))
    return {
        "tab": tab, "shown": shown, "listing": view.list_of(data, default_sort=listing.default_sort), "sampling": SAMPLING_TYPES,
        "severities": STRICTNESS, "check_types": CHECK_TYPES, "gates": POINT_GATES, "causes": CAUSE_WORDS, "lines": line_choices(tx, *SEES),
    }  # fmt: skip


@query("quality:oqc")
def rule_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a sampling rule, a new one or that of `?rule=`; of one by AQL with what the switching rules propose."""
    key = view.query.get("rule", "")
    rule = rules.rule_detail(tx, key) if key else None
    found = tx.all(select(routes.c.code, routes.c.name).where(routes.c.is_active).order_by(routes.c.code).limit(500))
    tables = tables_of_aql.list_tables(tx, tables_of_aql.TABLES.parse(()))["items"]
    return {
        "rule": rule,
        "blank": dict.fromkeys(SamplingRule.__annotations__),
        "lines": line_choices(tx, "quality:oqc"), "routes": [(row.code, f"{row.code} · {row.name}") for row in found],
        "sampling": SAMPLING_TYPES, "severities": STRICTNESS, "tables": [(one["code"], f"{one['code']} · {one['edition']}") for one in tables],
        "aqls": [(aql, aql) for aql in sorted({aql for one in tables for aql in aqls_of({"plans": one["plans"]})}, key=float)],
    }  # fmt: skip


@query(*SEES)
def table_page(tx: Tx, code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one AQL table as people read it: lots by level, plans by AQL."""
    table = tables_of_aql.table_detail(tx, code)
    return {
        "table": table, "aqls": aqls_of({"plans": table["plans"]}), "there": severities_of({"plans": table["plans"]}), "severities": STRICTNESS,
        "now_wire": clock.to_wire(tx.now), "levels": ("S-1", "S-2", "S-3", "S-4", "I", "II", "III"),
    }  # fmt: skip


@query("quality:config")
def point_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a point, a new one or that of `?point=`."""
    code = view.query.get("point", "")
    found = tx.all(select(routes.c.code, routes.c.name).where(routes.c.is_active).order_by(routes.c.code).limit(500))
    return {
        "point": points.point_detail(tx, code) if code else None,
        "blank": dict.fromkeys(IpqcPoint.__annotations__),
        "routes": [(row.code, f"{row.code} · {row.name}") for row in found],
        "check_types": CHECK_TYPES, "gates": POINT_GATES, "causes": CAUSE_WORDS, "kinds": [(kind, kind) for kind in KINDS_OF_STEP],
    }  # fmt: skip


pages.page("/quality-settings", settings_page, "quality/settings.html")
pages.page("/quality-settings/dialogs/rule", rule_dialog, "quality/rule_form.html")
pages.page("/quality-settings/dialogs/point", point_dialog, "quality/point_form.html")
pages.page("/quality-settings/aql-tables/{code}", table_page, "quality/aql_table.html")
