"""Write docs/performance.md, docs/reliability.md and the plot of growth from what runs have told: `python bench/report.py`.

The runs write their figures to `docs/figures/` (`--json`); of runs of pytest with `--junit-xml FILE`, `python bench/report.py take FILE … long-1`
keeps what the page tells, several files as one run. What `plant-before.json` and the like hold is told as the run before. Nothing here
measures, and nothing is typed but what stands in the texts. Figures are those of the machine that is named with them.
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
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PROFILED = 12  # functions that the page names
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


def _of_engine(name: str, engine: str) -> Any:
    """Give what a run on a database has told: `plant.json` of SQLite, `plant-postgresql.json` of the other."""
    return _of(f"{name}.json" if engine == "sqlite" else f"{name}-{engine}.json")


def _not_run(engine: str, command: str) -> str:
    return f"_Not run on {ENGINES[engine]}: `python bench/{command} --engine {engine}`._"


def _plants() -> str:
    """Give the plant at work at each pace, the databases side by side, and where the server spends its time."""
    runs = {engine: _of_engine("plant", engine) or [] for engine in ENGINES}
    paces = sorted({one["times"] for told in runs.values() for one in told})
    parts = [
        _plant(times, {engine: one for engine, told in runs.items() for one in told if one["times"] == times})
        for times in paces
    ]
    parts += [_not_run(engine, "plant.py") for engine, told in runs.items() if not told]
    return "\n\n".join([*(part.rstrip() for part in parts), _profiles()])


def _goal_of(name: str, one: dict[str, Any]) -> tuple[str, bool]:
    if name.startswith("page "):
        return "p95 < 100", one["p95"] < 100
    return ("p99 < 50", one["p99"] < 50) if name in ("track-in", "track-out", "scan") else ("", True)


def _plant(times: float, told: dict[str, dict[str, Any]]) -> str:
    names = sorted({name for one in told.values() for name in one["actions"]})
    rows = []
    for name in names:
        asked = [one["actions"].get(name) for one in told.values()]
        goal = _goal_of(name, next(filter(None, asked)))[0]
        missed = [
            ENGINES[engine] for engine, one in zip(told, asked, strict=True) if one and not _goal_of(name, one)[1]
        ]
        verdict = f"{goal} {'**missed** on ' + ', '.join(missed) if missed else 'met'}" if goal else ""
        cells = [
            cell for one in asked
            for cell in ([one["count"], *(f"{one[key]:.1f}" for key in ("p50", "p95", "p99", "max"))] if one else ["–"] * 5)
        ]  # fmt: skip
        rows.append([name, *cells, verdict])
    head = [f"{ENGINES[engine]} {key}".strip() for engine in told for key in ("count", "p50", "p95", "p99", "max")]
    played = {
        f"{one['seconds']:.0f} s, {one['units']:,} units of history": ENGINES[engine] for engine, one in told.items()
    }
    lengths = "; ".join(f"{said} on {name}" for said, name in played.items()) if len(played) > 1 else next(iter(played))
    return (
        f"### {times:g}× for {lengths}\n\n"
        + _table(["ms", *head, "goal"], rows)
        + "\n\n"
        + "\n\n".join(_plant_said(engine, one) for engine, one in told.items())
        + "\n"
    )


def _plant_said(engine: str, told: dict[str, Any]) -> str:
    memory, behind = told["memoryMb"], told.get("databaseMb") or [0]
    rows = ", ".join(f"{number:,} {table}" for table, number in told["rows"].items())
    commit = told.get("commitMs", 0)
    share = told["actions"]["track-in"]["p50"] / (told["emptyPostMs"] + commit)
    floors = f"{told['emptyPostMs']:.2f} ms" + (f", a durable row by the bare driver {commit:.2f} ms" if commit else "")
    own = f" and its database {told['databaseCpuShare'] * 100:.0f} %" if any(behind) else ""
    steps = [f"{each:.0f}" for each in (memory[0], memory[len(memory) // 2], memory[-1])]
    others = f"; of the database's own processes {behind[0]:.0f} → {behind[-1]:.0f} MB" if any(behind) else ""
    return (
        f"**{ENGINES[engine]}.** Errors: {sum(told['faults'].values())}. An empty POST with nobody else there takes {floors}; a track-in among"
        f" all the others {share:.1f} times {'the two' if commit else 'that'} (medians). The server used {told['cpuShare'] * 100:.0f} % of a"
        f" core{own}. Memory of the server from begin to end: {' → '.join(steps)} MB{others}. The database of {told['fileBytes'] / 1e6:,.0f} MB"
        f" grew by {told['grownBytes'] / 1e6:.1f} MB. Rows at the end: {rows}. The history was written in {told['historySeconds']:.0f} s."
        f" {told['machine']}; {told['date']}." + _plant_before(engine, told["times"])
    )


def _plant_before(engine: str, times: float) -> str:
    """Give in a sentence how the run before came out, nothing when there is none at this pace."""
    for one in _of_engine("plant-before", engine) or []:
        if one["times"] == times:
            waits = ", ".join(f"{name} {one['actions'][name]['p99']:.0f}" for name in ("track-in", "track-out", "scan"))
            pages = {name: spent["p95"] for name, spent in one["actions"].items() if name.startswith("page ")}
            slowest = max(pages, key=lambda name: pages[name])
            return (
                f" The run before it, of {one['date']}: errors {sum(one['faults'].values())}; p99 {waits} ms; the slowest kind of page, {slowest},"
                f" p95 {pages[slowest]:.0f} ms; memory {one['memoryMb'][0]:.0f} → {one['memoryMb'][-1]:.0f} MB."
            )
    return ""


def _profiles() -> str:
    told = [one for engine in ENGINES if (one := _of_engine("profile", engine))]
    parts = ["### Where the server spends its time\n"]
    if not told:
        return parts[0] + "\n_Not recorded: `python bench/plant.py --profile FILE`._\n"
    for one in told:
        functions = list(one["withCalls"])[:PROFILED]
        rows = [[f"`{name}`", f"{share * 100:.1f}"] for name, share in list(one["own"].items())[:PROFILED]]
        both = [
            [*row, f"`{name}`", f"{one['withCalls'][name] * 100:.1f}"]
            for row, name in zip(rows, functions, strict=False)
        ]
        threads = ", ".join(f"{name} {share * 100:.0f} %" for name, share in one["threads"].items() if share >= 0.01)
        parts.append(
            f"**{ENGINES[one['engine']]}**, {one['times']:g}×, {one['units']:,} units of history: py-spy looked {one['rate']} times a second for"
            f" {one['seconds']:.0f} s; {one['samples']:,} stacks were at"
            f" work (threads that wait for work are left out; `Connection.wait` waits for what PostgreSQL answers). By thread:"
            f" {threads}. {one['machine']}; {one['date']}.\n\n"
            + _table(["by itself", "%", "ours, with what it calls", "%"], both)
            + "\n"
        )
    return "\n".join(parts)


def _growths() -> str:
    """Give the growth on each database, and both beside one another."""
    told = {engine: one for engine in ENGINES if (one := _of_engine("growth", engine))}
    parts = [_ratios(told)] if len(told) > 1 else []
    parts += [
        f"### On {name}\n\n" + (_growth(engine, told[engine]) if engine in told else _not_run(engine, "growth.py"))
        for engine, name in ENGINES.items()
    ]
    return "\n".join(parts)


def _ratio(told: dict[str, Any], name: str) -> float:
    medians = [one["actions"][name]["p50"] for one in told["sizes"]]
    return float(medians[-1] / medians[0])


def _ratios(told: dict[str, dict[str, Any]]) -> str:
    rows = []
    for name in told["sqlite"]["sizes"][0]["actions"]:
        cells: list[str] = []
        for one in told.values():
            there = name in one["sizes"][0]["actions"]
            last = f"{one['sizes'][-1]['actions'][name]['p50']:.1f}" if there else "–"
            cells += [last, f"{_ratio(one, name):.2f}" if there else "–"]
        rows.append([name, *cells])
    head = [
        part for engine, one in told.items()
        for part in (f"{ENGINES[engine]}, ms at {one['sizes'][-1]['units']:,}", f"against {one['sizes'][0]['units']:,}")
    ]  # fmt: skip
    return _table(["median", *head], rows) + "\n"


def _growth(engine: str, told: dict[str, Any]) -> str:
    sizes, before = told["sizes"], _of_engine("growth-before", engine)
    rows = []
    for name in sizes[0]["actions"]:
        medians, ratio = [one["actions"][name]["p50"] for one in sizes], _ratio(told, name)
        known = before and name in before["sizes"][0]["actions"]
        earlier = [f"{_ratio(before, name):.2f}" if known else "–"] if before else []
        rows.append(
            [
                name,
                *(f"{value:.1f}" for value in medians),
                f"{ratio:.2f}",
                *earlier,
                "met" if ratio <= 1.2 else "**missed**",
            ]
        )
    for said, key, unit in (
        ("database", "fileBytes", 1e6),
        ("memory of the server", "memoryMb", 1),
        ("memory of the database", "databaseMb", 1),
    ):
        if any(one.get(key) for one in sizes):
            rows.append(
                [f"_{said}, MB_", *(f"{one[key] / unit:,.0f}" for one in sizes), "", "", *([""] if before else [])]
            )
    last = ", ".join(f"{number:,} {table}" for table, number in sizes[-1]["rows"].items())
    earlier = [f"in the run before ({before['date']})"] if before else []
    head = ["median, ms", *(f"{one['units']:,} units" for one in sizes), "last : first", *earlier, "goal ≤ 1.2"]
    errors = sum(sum(one["faults"].values()) for one in sizes)
    return (
        _table(head, rows)
        + f"\n\nErrors: {errors}. Rows at the last size: {last}. {told['machine']}; {told['date']}.\n\n"
        + f"![Cost against growth on {ENGINES[engine]}](images/{_plot_of(engine)})\n\n"
        + _beside(engine, told)
    )


def _beside(engine: str, told: dict[str, Any]) -> str:
    jobs = [(job, one, told["sizes"][-1]) for job, one in told["beside"].items()]
    if "archiving" not in told["beside"] and (archived := _of_engine("archiving", engine)):
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
        "While the line runs on the whole book is verified, three weeks of events are deleted, and a book is archived whole:\n\n"
        + _table(["p99, ms", *acts, "the job took, s", "entries in the book", "boards meanwhile"], waits)
        + "\n"
    )


def _plot_of(engine: str) -> str:
    return "growth.svg" if engine == "sqlite" else f"growth-{engine}.svg"


def _not_measured() -> str:
    missing = [f"`bench/{name}.py`" for name in ("plant", "growth") if not _of_engine(name, "postgresql")]
    if not missing:
        return (
            "- PostgreSQL on a machine of its own: its processes, the program's and those of the load shared the cores."
        )
    return f"- {' and '.join(missing)} on PostgreSQL: not run yet; it was measured with `bench/station.py` and judged by EXPLAIN alone."


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


KEPT = ("tests.faults.", "tests.browser.test_hostile_texts", "tests.api.test_invariants")
COUNTED = ("tests.api.test_every_", "tests.api.test_hostile_")  # so many tests that only their number is told


def take(junits: Sequence[Path], name: str) -> Path:
    """Keep of what pytest told (`--junit-xml`) which tests ran when, how long and how they ended; nothing of the machine.

    What was run file by file is one run, of the date on which it began.
    """
    suites = [suite for junit in junits for suite in ET.parse(junit).getroot().iter("testsuite")]
    kept = ET.Element("runs")
    run = ET.SubElement(
        kept, "run", {"date": min(suite.get("timestamp", "") for suite in suites)[:16].replace("T", " ")}
    )
    counted: dict[str, list[ET.Element]] = {}
    for case in (case for suite in suites for case in suite.iter("testcase")):
        file = case.get("classname", "").rsplit(".", 1)[-1]
        if case.get("classname", "").startswith(COUNTED):
            counted.setdefault(file, []).append(case)
        elif case.get("classname", "").startswith(KEPT):
            told = {"file": file, "name": case.get("name", ""), "s": case.get("time", "0"), "ended": _ended(case)}
            ET.SubElement(run, "test", told)
    for file, cases in sorted(counted.items()):
        bad = next(filter(lambda how: how != "green", map(_ended, cases)), "green")
        spent = f"{sum(float(case.get('time', 0)) for case in cases):.3f}"
        told = {"file": file, "name": file, "s": spent, "tests": str(len(cases)), "ended": bad}
        ET.SubElement(run, "test", told)
    ET.indent(kept)
    file = FIGURES / f"faults-{name}.xml"
    file.write_text(ET.tostring(kept, encoding="unicode") + "\n")
    return file


def _ended(case: ET.Element) -> str:
    return next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "green")


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
                many = f"{int(test.get('tests', 0)):,} tests " if test.get("tests") else ""
                columns.append(f"{many}{how}, {float(test.get('s', 0)):.0f} s")
            dates.append(run.get("date", ""))
    rows = [[said, *columns, *["not run"] * (len(dates) - len(columns))] for said, columns in ended.items()]
    return _table(["what was done", *(f"run of {date}" for date in dates)], rows) if rows else "_Not run._"


def write() -> list[Path]:
    """Write the pages; give which."""
    texts = ROOT / "bench" / "texts"
    parts = {
        "station": _station(), "plant": _plants(), "growth": _growths(), "not measured": _not_measured(), "short faults": _faults("short"),
        "long faults": _faults("long"),
    }  # fmt: skip
    written = []
    for name in ("performance", "reliability"):
        page = (texts / f"{name}.md").read_text()
        for part, said in parts.items():
            page = page.replace(f"<!-- {part} -->", said)
        (DOCS / f"{name}.md").write_text(page)
        written.append(DOCS / f"{name}.md")
    for engine in ENGINES:
        if growth := _of_engine("growth", engine):
            (DOCS / "images" / _plot_of(engine)).write_text(plot(growth))
    return written


if __name__ == "__main__":
    if sys.argv[1:2] == ["take"]:
        take([Path(each) for each in sys.argv[2:-1]], sys.argv[-1])
    for page in write():
        print(page.relative_to(ROOT))
