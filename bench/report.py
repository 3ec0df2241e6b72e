"""Write docs/performance.md, docs/reliability.md and the plot of growth from what runs have told: `python bench/report.py`.

The runs write their figures to `docs/figures/` (`--json`); of a run of pytest with `--junit-xml FILE`,
`python bench/report.py take FILE long-1` keeps what the page tells. Nothing here measures, and nothing is typed but what stands in the
texts. Figures are those of the machine that is named with them.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from machine import ROOT

DOCS = ROOT / "docs"
FIGURES = DOCS / "figures"
COLOURS = ("#1f6feb", "#2da44e", "#bf8700", "#cf222e", "#8250df", "#0a7ea4")
SHOWN = ("track-in", "track-out", "scan", "panel of a scan", "page trace of a unit", "page runs")


def _of(name: str) -> Any:
    file = FIGURES / name
    return json.loads(file.read_text()) if file.exists() else None


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [
        "| " + " | ".join(head) + " |",
        "|" + "|".join("---" if n == 0 else "---:" for n in range(len(head))) + "|",
    ]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


# Performance


def _station() -> str:
    runs = _of("station.json")
    if not runs:
        return "_Not run._\n"
    rows = []
    for name, key, form in (
        ("track-in and track-out, a second", "rate", "{:.0f}"), ("p50, ms", "p50", "{:.1f}"), ("p95, ms", "p95", "{:.1f}"),
        ("p99, ms", "p99", "{:.1f}"),
        ("an empty POST, a second", "emptyRate", "{:.0f}"), ("its rows by the bare driver, a second", "diskRate", "{:.0f}"),
        ("ratio to the two floors", "ratio", "{:.2f}"), ("ten calls (one board), bytes", "bytesPerTenCalls", "{:.0f}"),
        ("memory of the server, MB", "memoryMb", "{:.0f}"),
    ):  # fmt: skip
        rows.append([name, *(form.format(run[key]) for run in runs)])
    told = _table(["32 stations", *(run["engine"] for run in runs)], rows)
    return f"{told}\n\n{runs[0]['machine']}; {runs[0]['date']}."


def _plant(told: dict[str, Any]) -> str:
    rows = []
    for name, one in told["actions"].items():
        page = name.startswith(("page ", "panel"))
        goal = (
            "p95 < 100" if name.startswith("page ") else "p99 < 50" if name in ("track-in", "track-out", "scan") else ""
        )
        met = "" if not goal else ("met" if (one["p95"] < 100 if page else one["p99"] < 50) else "**missed**")
        rows.append(
            [name, one["count"], *(f"{one[key]:.1f}" for key in ("p50", "p95", "p99", "max")), f"{goal} {met}".strip()]
        )
    memory = told["memoryMb"]
    rows_ = ", ".join(f"{number:,} {table}" for table, number in told["rows"].items())
    share = told["actions"]["track-in"]["p50"] / told["emptyPostMs"]
    return (
        f"### {told['times']:g}× for {told['seconds']:.0f} s, {told['units']:,} units of history\n\n"
        + _table(["ms", "count", "p50", "p95", "p99", "max", "goal"], rows)
        + f"\n\nErrors: {sum(told['faults'].values())}. An empty POST with nobody else there takes {told['emptyPostMs']:.2f} ms, a track-in"
        + f" among all the others {share:.1f} times that (medians). The server used {told['cpuShare'] * 100:.0f} % of a core."
        + " Memory from begin to end:"
        + f" {' → '.join(f'{each:.0f}' for each in (memory[0], memory[len(memory) // 2], memory[-1]))} MB."
        + f" The file of {told['fileBytes'] / 1e6:,.0f} MB grew by {told['grownBytes'] / 1e6:.1f} MB. Rows at the end: {rows_}."
        + f" The history was written in {told['historySeconds']:.0f} s. {told['machine']}; {told['date']}.\n"
    )


def _growth(told: dict[str, Any]) -> str:
    sizes = told["sizes"]
    rows = []
    for name in sizes[0]["actions"]:
        medians = [one["actions"][name]["p50"] for one in sizes]
        ratio = medians[-1] / medians[0]
        rows.append(
            [name, *(f"{value:.1f}" for value in medians), f"{ratio:.2f}", "met" if ratio <= 1.2 else "**missed**"]
        )
    rows.append(["_file, MB_", *(f"{one['fileBytes'] / 1e6:,.0f}" for one in sizes), "", ""])
    rows.append(["_memory of the server, MB_", *(f"{one['memoryMb']:.0f}" for one in sizes), "", ""])
    last = ", ".join(f"{number:,} {table}" for table, number in sizes[-1]["rows"].items())
    head = ["median, ms", *(f"{one['units']:,} units" for one in sizes), "last : first", "goal ≤ 1.2"]
    jobs = [(job, one, sizes[-1]) for job, one in told["beside"].items()]
    if archived := _of("archiving.json"):
        jobs += [("archiving", archived["beside"]["archiving"], archived["sizes"][-1])]
    acts = list(told["beside"]["nothing"]["waited"])
    waits = [
        [
            f"beside {job}", *(f"{one['waited'].get(act, 0):.1f}" for act in acts), f"{one['seconds']:.0f}" if one["seconds"] else "",
            f"{size['rows']['audit_entry']:,}", one["boards"],
        ]
        for job, one, size in jobs
    ]  # fmt: skip
    return (
        _table(head, rows)
        + f"\n\nRows at the last size: {last}. {told['machine']}; {told['date']}.\n\n![Cost against growth](images/growth.svg)\n\n"
        + "While the line runs on the whole book is verified, three weeks of events are deleted, and a smaller book is archived whole:\n\n"
        + _table(["p99, ms", *acts, "the job took, s", "entries in the book", "boards meanwhile"], waits)
        + "\n"
    )


def plot(told: dict[str, Any]) -> str:
    """Give the plot of cost against growth as SVG: both axes by powers of ten."""
    from math import log10

    sizes = told["sizes"]
    units = [one["units"] for one in sizes]
    names = [name for name in SHOWN if name in sizes[0]["actions"]]
    left, top, wide, high = 60, 20, 520, 260
    low, most = 1.0, 1000.0

    def x(number: float) -> float:
        span = log10(units[-1]) - log10(units[0]) or 1
        return left + (log10(number) - log10(units[0])) / span * wide

    def y(ms: float) -> float:
        return top + high - (log10(max(ms, low)) - log10(low)) / (log10(most) - log10(low)) * high

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 330" font-family="sans-serif" font-size="12">',
        '<rect width="780" height="330" fill="#ffffff"/>',
    ]
    for ms in (1, 10, 100, 1000):
        parts.append(f'<line x1="{left}" y1="{y(ms):.0f}" x2="{left + wide}" y2="{y(ms):.0f}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{left - 8}" y="{y(ms) + 4:.0f}" text-anchor="end">{ms} ms</text>')
    parts += [
        f'<text x="{x(number):.0f}" y="{top + high + 20}" text-anchor="middle">{number:,}</text>' for number in units
    ]
    parts.append(
        f'<text x="{left + wide / 2}" y="{top + high + 42}" text-anchor="middle">units that the plant has made</text>'
    )
    for colour, name in zip(COLOURS, names, strict=False):
        medians = [one["actions"][name]["p50"] for one in sizes]
        points = " ".join(f"{x(number):.1f},{y(ms):.1f}" for number, ms in zip(units, medians, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        place = top + 14 + names.index(name) * 20
        parts.append(
            f'<line x1="{left + wide + 20}" y1="{place - 4}" x2="{left + wide + 40}" y2="{place - 4}" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<text x="{left + wide + 46}" y="{place}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


# Reliability


OF_FAULTS = ("tests.faults.", "tests.browser.test_hostile_texts")


def take(junit: Path, name: str) -> Path:
    """Keep of what pytest told (`--junit-xml`) which tests ran when, how long and how they ended; nothing of the machine."""
    kept = ET.Element("runs")
    for suite in ET.parse(junit).getroot().iter("testsuite"):
        run = ET.SubElement(kept, "run", {"date": suite.get("timestamp", "")[:16].replace("T", " ")})
        for case in suite.iter("testcase"):
            if not case.get("classname", "").startswith(OF_FAULTS):
                continue
            bad = next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "green")
            told = {
                "file": case.get("classname", "").rsplit(".", 1)[-1],
                "name": case.get("name", ""),
                "s": case.get("time", "0"),
            }
            ET.SubElement(run, "test", told | {"ended": bad})
    ET.indent(kept)
    file = FIGURES / f"faults-{name}.xml"
    file.write_text(ET.tostring(kept, encoding="unicode") + "\n")
    return file


def _faults(form: str) -> str:
    """Give a table of the runs of one form, a column each."""
    dates: list[str] = []
    ended: dict[str, list[str]] = {}
    for file in sorted(FIGURES.glob(f"faults-{form}*.xml")):
        for run in ET.parse(file).getroot().iter("run"):
            for test in run.iter("test"):
                words, _, variant = test.get("name", "").removeprefix("test_").partition("[")
                said = words.replace("_", " ") + (f" ({variant.rstrip(']')})" if variant else "")
                how = {"green": "green", "skipped": "skipped"}.get(test.get("ended", ""), "**RED**")
                columns = ended.setdefault(said, [])
                columns += ["not run"] * (len(dates) - len(columns))
                columns.append(f"{how}, {float(test.get('s', 0)):.0f} s")
            dates.append(run.get("date", ""))
    rows = [[said, *columns, *["not run"] * (len(dates) - len(columns))] for said, columns in ended.items()]
    return _table(["what was done", *(f"run of {date}" for date in dates)], rows) if rows else "_Not run._"


def write() -> list[Path]:
    """Write the pages; give which."""
    texts = ROOT / "bench" / "texts"
    growth, plants = _of("growth.json"), _of("plant.json") or []
    parts = {
        "station": _station(), "plant": "\n".join(_plant(one) for one in plants) or "_Not run._",
        "growth": _growth(growth) if growth else "_Not run._", "short faults": _faults("short"),
        "long faults": _faults("long"),
    }  # fmt: skip
    written = []
    for name in ("performance", "reliability"):
        page = (texts / f"{name}.md").read_text()
        for part, said in parts.items():
            page = page.replace(f"<!-- {part} -->", said)
        (DOCS / f"{name}.md").write_text(page)
        written.append(DOCS / f"{name}.md")
    if growth:
        (DOCS / "images" / "growth.svg").write_text(plot(growth))
    return written


if __name__ == "__main__":
    if sys.argv[1:2] == ["take"]:
        take(Path(sys.argv[2]), sys.argv[3])
    for page in write():
        print(page.relative_to(ROOT))
