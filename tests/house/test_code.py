"""Rules of the code that a reader would otherwise have to look for. Each says how it was seen to fail."""

from __future__ import annotations

import ast
import re

import pytest
from tests.house.code import PACKAGE, ROOT, called, calls, name_of, sources, tracked, tree

LONGEST = 400
WEB_FRAMEWORK = ("fastapi", "starlette", "uvicorn")
MAY_KNOW_THE_WEB = re.compile(r"(kit/http/\w+|web/pages|\w+/(\w+_)?(api|pages)|app|cli)\.py|demo/serving\.py")


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_the_web_framework_is_known_to_the_doors_alone(path: object) -> None:
    """Seen to fail with `from fastapi import Request` in orders/actions/runs.py."""
    known = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(tree(path))  # type: ignore[arg-type]
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    guests = {name for name in known if name.partition(".")[0] in WEB_FRAMEWORK}
    assert not guests or MAY_KNOW_THE_WEB.fullmatch(name_of(path)), guests  # type: ignore[arg-type]


def test_no_source_file_is_two_ideas() -> None:
    """Seen to fail with LONGEST = 300. A migration is one idea however long: a list of tables, written by a script."""
    idea = [path for path in sources() if "migrations" not in path.parts]
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in idea}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


FORBIDDEN_CALLS = {
    "print",
    "os.system",
    "os.popen",
    "eval",
    "exec",
    "breakpoint",
    "input",
    "pickle.loads",
    "subprocess.getoutput",
}


def test_the_program_prints_nothing_and_runs_no_text_as_code() -> None:
    """Seen to fail with `print(tx.now)` in plant/queries and with `os.system("true")` in ops/health.py."""
    found = [
        f"{name_of(path)}:{call.lineno} {called(call)}"
        for path in sources()
        for call in calls(path)
        if called(call) in FORBIDDEN_CALLS
        or any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords)
    ]
    assert found == []


def test_no_sql_is_made_by_gluing_texts_of_people() -> None:
    """`text(f"…")` only where what is glued in is ours. Seen to fail with `text(f"SELECT {name}")` in plant/queries."""
    ours = {("ops/health.py", "SELECT {version}")}
    found = []
    for path in sources():
        for call in calls(path):
            glued = call.args and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
            if called(call).split(".")[-1] in ("text", "exec_driver_sql") and glued:
                said = ast.unparse(call.args[0]).lstrip("f").strip("'\"")
                if (name_of(path), said) not in ours and "locale" not in said:
                    found.append(f"{name_of(path)}:{call.lineno} {said}")
    assert found == []


def test_an_action_ends_no_transaction() -> None:
    """Seen to fail with `tx.conn.commit()` in orders/actions/close.py."""
    rooms = [
        path
        for path in sources()
        if name_of(path).split("/")[0] not in ("kit", "ops", "demo", "app.py", "cli.py", "migrations")
    ]
    found = [
        f"{name_of(path)}:{call.lineno} {called(call)}"
        for path in rooms
        for call in calls(path)
        if re.search(r"(conn|driver|connection)\.(commit|rollback|begin\w*|execute)$", called(call))
    ]
    assert found == []


# ---- templates ------------------------------------------------------------------------------------------------------

TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
INLINE = {
    "a script without a file": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=\s*[\"']", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']|hx-on", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:|\bjs:", re.IGNORECASE),
    "a text taken as HTML": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "an address of elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what: str) -> None:
    """The content security policy would refuse it in the browser. Seen to fail with one line of each kind in web/bare.html."""
    assert TEMPLATES
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if INLINE[what].search(line)
    ]
    assert found == []


# ---- what is kept in git --------------------------------------------------------------------------------------------

OF_ONE_MACHINE = re.compile(
    r"https?://[^\s\"'<>]*(?:pypi|npmjs|registry|artifact|nexus|mirror|/simple\b)|index-url\s*=|(?<![\w.])/(?:home|Users)/\w+/\w|/tmp/\w+\.\d"
)  # fmt: skip
TEXT = re.compile(
    r"\.(py|md|toml|txt|json|html|css|js|po|pot|mako|yml|yaml|cfg|sh)$|^(Makefile|\.ci/.*|\.editorconfig|\.gitignore)$"
)


def test_nothing_that_is_kept_names_one_machine_or_one_registry() -> None:
    """Seen to fail with an index address in docs/how-to/add-a-room.md and with a home folder in README.md."""
    found = []
    for name in tracked():
        if TEXT.search(name) and name != "tests/house/test_code.py":
            for number, line in enumerate((ROOT / name).read_text("utf-8", errors="replace").splitlines(), start=1):
                if OF_ONE_MACHINE.search(line):
                    found.append(f"{name}:{number} {line.strip()[:100]}")
    assert found == []


def test_nothing_third_party_and_nothing_made_is_kept() -> None:
    """Seen to fail after `git add -f src/fiducial/web/static/vendor/manifest.json`."""
    made = [
        name
        for name in tracked()
        if re.search(r"static/vendor/|node_modules|\.mo$|\.db(-wal|-shm)?$|__pycache__|secret\.key", name)
    ]
    assert made == []
