"""The figures as a spreadsheet: one row for each bar and point of the dashboard, and the faults behind a bar as a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import true

from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.quality.figures.asked import MAY_SEE, FiguresAsked, the_asked
from fiducial.quality.figures.boards import BOARDS, list_boards
from fiducial.quality.figures.reading import QualityFigures, figures_of
from fiducial.quality.page_words import SOURCES
from fiducial.quality.tables import yield_days
from fiducial.sheets.exports import Sheet

KINDS = {
    "TOTAL": Text("All together"), "TREND": Text("Over time"), "CODE": Text("Defect code"), "LOCATION": Text("Place on the board"),
    "STATION": Text("Station"), "PRODUCT": Text("Product"),
}  # fmt: skip
# What is asked is the figures' own; the list only carries it, so nothing is compared with a column here.
FIGURES = Listing(
    filters={name: lambda _value: true() for name in ("dayFrom", "dayTo", "by", "lineCode", "stationCode", "productCode")},
    sorts={"day": yield_days.c.day}, default_sort="day", key=yield_days.c.day,
)  # fmt: skip
FIGURE_COLUMNS = (
    SheetColumn("kind", Text("Grouped by"), "words", KINDS, width=20), SheetColumn("key", Text("What"), width=24),
    SheetColumn("name", Text("Name"), width=24), SheetColumn("firstVisits", Text("First visits"), "whole"),
    SheetColumn("firstPassYield", Text("First-pass yield"), "number"), SheetColumn("rolledYield", Text("Rolled yield"), "number"),
    SheetColumn("defects", Text("Defects"), "whole"), SheetColumn("share", Text("Share of defects"), "number"),
    SheetColumn("cumulative", Text("Summed up"), "number"), SheetColumn("boards", Text("Boards"), "whole"),
    SheetColumn("opportunities", Text("Opportunities"), "number"), SheetColumn("dpmo", Text("DPMO"), "number"),
    SheetColumn("sigmaLevel", Text("Sigma level"), "number"),
)  # fmt: skip
BOARD_COLUMNS = (
    SheetColumn("createdAt", Text("Found"), "instant", width=20), SheetColumn("sn", Text("Serial number"), width=24),
    SheetColumn("defectNo", Text("Defect"), width=20), SheetColumn("code", Text("Code")), SheetColumn("codeName", Text("Name"), width=20),
    SheetColumn("location", Text("Place on the board")), SheetColumn("qty", Text("Quantity"), "whole", width=8),
    SheetColumn("stationCode", Text("Station")), SheetColumn("stepNo", Text("Step"), "whole", width=8), SheetColumn("runNo", Text("Run"), width=20),
    SheetColumn("productCode", Text("Product")), SheetColumn("lineCode", Text("Line")), SheetColumn("source", Text("Found by"), "words", SOURCES),
)  # fmt: skip


@query(*MAY_SEE)
def figure_rows(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give the figures as rows, all on the first page. Refuses as `the_asked`."""
    asked = the_asked(tx, FiguresAsked.model_validate(dict(page.filters)))
    rows = list(_rows(figures_of(tx, asked))) if page.number == 1 else []
    return {"items": rows, "total": len(rows), "page": page.number, "pageSize": max(len(rows), 1)}


def _rows(figures: QualityFigures) -> Iterator[dict[str, Any]]:
    yield {"kind": "TOTAL", **figures["totals"]}
    for point in figures["trend"]:
        yield {
            "kind": "TREND",
            "key": point["label"],
            **{name: value for name, value in point.items() if name != "label"},
        }
    for kind, bars in (("CODE", figures["codes"]), ("LOCATION", figures["locations"])):
        for bar in bars:
            yield {"kind": kind, **{name: value for name, value in bar.items() if name != "qty"}, "defects": bar["qty"]}
    for kind, groups in (("STATION", figures["stations"]), ("PRODUCT", figures["products"])):
        for group in groups:
            yield {"kind": kind, **group}


SHEETS = (
    Sheet("quality-figures", Text("Quality figures"), figure_rows, FIGURES, FIGURE_COLUMNS),
    Sheet("faulty-boards", Text("Faulty boards"), list_boards, BOARDS, BOARD_COLUMNS),
)
