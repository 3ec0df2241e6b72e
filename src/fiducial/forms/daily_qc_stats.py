"""Statistics of the daily QC reports (spec 06.12): sums over the records, rates as sum over sum, never means of rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from sqlalchemy import false, or_, select
from typing_extensions import TypedDict

from fiducial.forms.papers.daily_qc import DAILY_QC, DECIMALS
from fiducial.forms.tables import TABLES
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body, Instant
from fiducial.kit.listing import known_are, part
from fiducial.kit.refusals import bad_field
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.quality.tables import defect_codes

GROUPS = {
    "shift": "shiftCode", "timeWindow": "timeWindow", "line": "lineCode", "station": "station", "product": "assemblyNumber", "day": "day",
}  # fmt: skip
ORDER = ("shiftCode", "timeWindow", "lineCode", "station", "assemblyNumber", "day")
MOST_DEFECTS, OTHER, MILLION = 10, "OTHER", 1_000_000
QUANTITIES = ("totalParts", "inspectedQty", "defectBoardQty", "defectQty")


class QcFigures(TypedDict):
    """Sums and rates of some records; a group also has its own keys."""

    totalRecords: int
    totalParts: int
    inspectedQty: int
    defectBoardQty: int
    defectBoardRate: float | None
    defectQty: int
    defectRate: float | None
    defectPpm: float | None


class TopDefect(TypedDict):
    """One defect code and its part of all defects."""

    code: str
    name: str | None
    qty: int
    share: float
    cumulative: float


class QcStats(TypedDict):
    """The statistics of daily QC."""

    items: list[dict[str, Any]]
    totals: QcFigures
    topDefects: list[TopDefect]


class QcAsked(Body):
    """What the statistics are asked of."""

    line_code: str | None = None
    job_no: str | None = None
    customer: str | None = None
    station: str | None = None
    shift_code: str | None = None
    time_window: str | None = None
    inspected_from: Instant | None = None
    inspected_to: Instant | None = None
    group_by: str = Field(default="shift,timeWindow", max_length=100)


@dataclass(slots=True)
class _Sums:
    """What is summed over the records of a group."""

    records: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    parts: int = 0  # inspected boards times parts, of the records that tell both
    parts_defects: int = 0

    def add(self, row: Any) -> None:
        """Take a record in."""
        self.records += 1
        told = (row.total_parts, row.inspected_qty, row.defect_board_qty, row.defect_qty)
        self.sums.update({name: value or 0 for name, value in zip(QUANTITIES, told, strict=True)})
        if row.total_parts and row.inspected_qty and row.defect_qty is not None:
            self.parts += row.inspected_qty * row.total_parts
            self.parts_defects += row.defect_qty

    def figures(self) -> QcFigures:
        """Give the sums and their rates."""
        inspected, boards, faults = (self.sums[name] for name in QUANTITIES[1:])
        return {
            "totalRecords": self.records, "totalParts": self.sums["totalParts"], "inspectedQty": inspected, "defectBoardQty": boards,
            "defectBoardRate": round(boards / inspected, DECIMALS) if inspected else None, "defectQty": faults,
            "defectRate": round(faults / inspected, DECIMALS) if inspected else None,
            "defectPpm": round(MILLION * self.parts_defects / self.parts, 2) if self.parts else None,
        }  # fmt: skip


@query(*DAILY_QC.reads)
def daily_qc_stats(tx: Tx, asked: QcAsked) -> QcStats:
    """Give sums, rates and the most frequent defects of the reports; voided ones never count. Refuses an unknown grouping."""
    names = list(dict.fromkeys(name.strip() for name in asked.group_by.split(",") if name.strip()))
    if not names or any(name not in GROUPS for name in names):
        raise bad_field("groupBy", known_are(GROUPS))
    keys = sorted((GROUPS[name] for name in names), key=ORDER.index)
    groups: dict[tuple[Any, ...], _Sums] = {}
    totals, found = _Sums(), Counter[str]()
    for row in _rows(tx, asked):
        known = {
            "shiftCode": row.shift_code, "timeWindow": row.time_window, "lineCode": row.line_code, "station": row.station,
            "assemblyNumber": row.assembly_number, "day": clock.plant_day(row.happened_at, tx.store.zone).isoformat() if "day" in keys else None,
        }  # fmt: skip
        groups.setdefault(tuple(known[key] for key in keys), _Sums()).add(row)
        totals.add(row)
        found.update(_counted(row.defect_summary))
    items = [
        dict(zip(keys, group, strict=True)) | dict(groups[group].figures())
        for group in sorted(groups, key=lambda group: [(value is None, value or "") for value in group])
    ]
    return {"items": items, "totals": totals.figures(), "topDefects": _top(tx, found)}


def _rows(tx: Tx, asked: QcAsked) -> Sequence[Any]:
    table = TABLES[DAILY_QC.key]
    t = table.c
    texts = ((lines.c.code, asked.line_code), (t.job_no, asked.job_no), (t.customer, asked.customer), (t.station, asked.station),
             (t.shift_code, asked.shift_code), (t.time_window, asked.time_window))  # fmt: skip
    wanted = [part(column)(value) for column, value in texts if value]
    if asked.inspected_from is not None:
        wanted.append(t.happened_at >= clock.from_datetime(asked.inspected_from))
    if asked.inspected_to is not None:
        wanted.append(t.happened_at <= clock.from_datetime(asked.inspected_to))
    reach = lines_in_reach(tx, *DAILY_QC.reads)
    if reach is not None:
        wanted.append(or_(t.line_id.is_(None), t.line_id.in_(reach) if reach else false()))
    columns = (t.shift_code, t.time_window, lines.c.code.label("line_code"), t.station, t.assembly_number, t.happened_at, t.total_parts,
               t.inspected_qty, t.defect_board_qty, t.defect_qty, t.defect_summary)  # fmt: skip
    joined = table.outerjoin(lines, lines.c.id == t.line_id)
    return tx.all(select(*columns).select_from(joined).where(t.voided.is_(False), *wanted))


def _counted(summary: Iterable[dict[str, Any]] | None) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for row in summary or ():
        counted[row["code"]] += row["qty"]
    return counted


def _top(tx: Tx, found: Counter[str]) -> list[TopDefect]:
    """Give the ten most frequent codes, then the rest as OTHER."""
    whole = sum(found.values())
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    codes = [code for code, _ in ordered[:MOST_DEFECTS]]
    named = {row.code: row for row in tx.all(select(defect_codes).where(defect_codes.c.code.in_(codes)))}
    rest = sum(qty for _, qty in ordered[MOST_DEFECTS:])
    top: list[TopDefect] = []
    summed = 0
    for code, qty in [*ordered[:MOST_DEFECTS], *([(OTHER, rest)] if rest else [])]:
        summed += qty
        row = named.get(code)
        name = None if row is None else (row.name_en or row.name) if tx.caller.language == "en" else row.name
        top.append(
            {
                "code": code,
                "name": name,
                "qty": qty,
                "share": round(qty / whole, 4),
                "cumulative": round(summed / whole, 4),
            }
        )
    return top
