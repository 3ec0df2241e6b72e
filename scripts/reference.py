"""Write the pages of docs/reference from what the program declares, or say which of them is stale.

python scripts/reference.py            write them
python scripts/reference.py --check    exit 1 and name what does not say what the program does
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import orjson

import fiducial
from fiducial import __version__
from fiducial import app as assembled
from fiducial.kit.http.describe import describe
from fiducial.kit.moves import Lifecycle, lifecycles
from fiducial.kit.refusals import refusals
from fiducial.kit.settings import declared as settings
from fiducial.people.permissions import PERMISSIONS, PRESETS, preset_permissions, with_included
from fiducial.readiness import causes
from fiducial.readiness.config import KINDS
from fiducial.readiness.gates import BY_TYPE
from fiducial.readiness.words import GATES as GATE_WORDS

for _, _name, _ in pkgutil.walk_packages(fiducial.__path__, "fiducial."):
    if ".migrations" not in _name and not _name.endswith("__main__"):
        importlib.import_module(_name)  # what a module declares is declared when it is imported

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "Made by `scripts/reference.py` from what the program declares; not to be edited.\n"


def page(title: str, *parts: str) -> str:
    """Give a page with its title and the word that nobody should edit it."""
    return "\n".join([f"# {title}\n", MADE, *parts]).rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def errors() -> str:
    """Every way of saying no: code, status, both languages, what to do next."""
    rows = [
        (f"`{refusal.code}`", refusal.status, f"{refusal.zh}{refusal.todo_zh}", f"{refusal.en} {refusal.todo_en}")
        for refusal in refusals
    ]
    said = "Programs branch on the code. `{…}` is filled from the details of the moment, which stand in `error.details` too.\n"
    return page("Refusals", said, table(("Code", "Status", "中文", "English"), rows))


def endpoints() -> str:
    """Every endpoint with its permission and its entry in the audit book."""
    parts = []
    for tag in dict.fromkeys(door.tag for door in assembled.entrances()):
        rows = [
            (door.method, f"`{door.path}`", " or ".join(door.mark.permissions) + (f" and {door.mark.also}" if door.mark.also else ""),
             f"`{door.mark.audit}`" if door.mark.audit else "–",
             (door.function.__doc__ or "").strip().splitlines()[0])
            for door in assembled.entrances() if door.tag == tag
        ]  # fmt: skip
        parts += [f"## {tag}\n", table(("Method", "Path", "Permission", "Audit", "What it does"), rows)]
    return page(
        "Endpoints",
        "Shapes of requests and answers stand in `openapi.json`, which `fiducial openapi` prints.\n",
        *parts,
    )


def permissions() -> str:
    """Which preset role holds which permission, what was granted and what comes with it."""
    held = {preset.code: preset_permissions(preset.letter) for preset in PRESETS}
    reached = {code: frozenset().union(*(with_included(each) for each in granted)) for code, granted in held.items()}
    rows = []
    for permission in PERMISSIONS:
        marks = [
            "●" if permission.code in held[p.code] else "○" if permission.code in reached[p.code] else ""
            for p in PRESETS
        ]
        token = "●" if permission.token_allowed else ""
        rows.append((f"`{permission.code}`", permission.zh, permission.en, *marks, token))
    head = ("Permission", "中文", "English", *(preset.code for preset in PRESETS), "token")
    scopes = table(("Role", "中文", "English", "Reach"), [(f"`{p.code}`", p.zh, p.en, p.data_scope) for p in PRESETS])
    return page(
        "Permissions", "● granted, ○ comes with another permission.\n", table(head, rows), "## Preset roles\n", scopes
    )


def settings_page() -> str:
    """Every setting with its default and where it may differ."""
    rows = []
    for _, setting in sorted(settings.items()):
        scope = "line" if setting.by_place else "plant"
        default = f"`{orjson.dumps(setting.default).decode()}`"
        rows.append((f"`{setting.key}`", default, setting.unit or "", scope, setting.zh, setting.en))
    return page("Settings", table(("Key", "Default", "Unit", "Scope", "中文", "English"), rows))


def states() -> str:
    """Every lifecycle as a diagram and a table."""
    parts = []
    for lifecycle in sorted(lifecycles, key=lambda one: one.entity):
        parts += [f"## {lifecycle.entity}\n", _diagram(lifecycle), _moves(lifecycle)]
    return page("States", *parts)


def _diagram(lifecycle: Lifecycle) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    for move in lifecycle:
        lines += [f"    {source} --> {move.target}: {move.label or move.name}" for source in move.source or ("[*]",)]
    lines += [f"    {state} --> [*]" for state in lifecycle.terminal]
    return "\n".join([*lines, "```\n"])


def _moves(lifecycle: Lifecycle) -> str:
    rows = []
    for move in lifecycle:
        names = (move.permission, lifecycle.audit_of(move), lifecycle.event_of(move))
        rows.append((f"`{move.name}`", ", ".join(move.source) or "–", move.target, *(name or "–" for name in names)))
    return table(("Move", "From", "To", "Permission", "Audit", "Event"), rows)


def gates() -> str:
    """Every gate with its settings and the causes for which it fails, each with what to do next."""
    parts = [
        "A gate that a line has enabled and that is not built fails every check, saying so. How one is added: `docs/how-to/add-a-gate.md`.\n"
    ]
    for kind in KINDS:
        gate = BY_TYPE.get(kind.type)
        told = (type(gate).check.__doc__ or "").strip().splitlines()[0] if gate else "Not built yet."
        items = (type(gate).__doc__ or "").strip() if gate else ""
        settings_of = ", ".join(f"`{name}` {orjson.dumps(value).decode()}" for name, value in kind.defaults().items())
        words = " ".join((items + "\n" + told).split())
        parts += [f"## {kind.type} – {GATE_WORDS[kind.type]}\n", f"{words}\n", f"Settings: {settings_of}.\n"]
        parts.append(_causes(sorted(_causes_of(gate)) if gate else []))
    parts += ["## Of any gate\n", _causes(["GATE_GAVE_NOTHING", "GATE_NOT_BUILT"])]
    return page("Gates", *parts)


def _causes_of(gate: object) -> set[str]:
    """Give the causes that a gate's file names, and those of the shared functions that it uses."""
    module = importlib.import_module(type(gate).__module__)
    shared = [
        value for value in vars(module).values()
        if inspect.isfunction(value) and value.__module__ in ("fiducial.readiness.printing", "fiducial.readiness.worn")
    ]  # fmt: skip
    texts = [inspect.getsource(module), *(inspect.getsource(one) for one in shared)]
    return {cause.code for cause in causes.declared() if any(f'"{cause.code}"' in text for text in texts)}


def _causes(codes: Sequence[str]) -> str:
    known = {cause.code: cause for cause in causes.declared()}
    rows = [
        (f"`{code}`", f"{known[code].zh}{known[code].todo_zh}", f"{known[code].en} {known[code].todo_en}")
        for code in codes
    ]
    return table(("Cause", "中文", "English"), rows)


def openapi() -> str:
    """The API description."""
    described = describe(assembled.entrances(), title="fiducial", version=__version__)
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors, "endpoints.md": endpoints, "permissions.md": permissions, "settings.md": settings_page, "states.md": states,
    "gates.md": gates,
    "openapi.json": openapi,
}  # fmt: skip


def stale() -> list[str]:
    """Give the names of the pages that do not say what the program declares."""
    return [
        name
        for name, make in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != make()
    ]


NOT_BUILT = Path(__file__).resolve().parent.parent / "tests" / "house" / "not_built.txt"


def forget_what_is_built() -> None:
    """Take out of the list of what is not built what is: a merge of two lists brings back what one of them took out."""
    built = {f"{door.method} {door.path}" for door in assembled.entrances()}
    lines = NOT_BUILT.read_text("utf-8").splitlines()
    left = [line for line in dict.fromkeys(lines) if line.strip() not in built]
    if left != lines:
        NOT_BUILT.write_text("\n".join(left) + "\n", encoding="utf-8")
        print("tests/house/not_built.txt")


def main() -> int:
    """Write or check; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        for name in (wrong := stale()):
            print(f"docs/reference/{name} is stale: run python scripts/reference.py", file=sys.stderr)
        return 1 if wrong else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    forget_what_is_built()
    for name in stale():
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
