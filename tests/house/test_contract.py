"""The program against the index of the specification: nothing is missing unseen, nothing is invented, nothing is named otherwise."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.house.code import ROOT, called, calls, every_module, name_of, sources, text_of, tree
from tests.house.spec_index import AUDIT_ACTIONS, CODES, ENDPOINTS, LINE_SETTINGS, PLANT_SETTINGS

from fiducial.kit.acting import OPEN, SIGNED_IN, Mark, mark_of, marked
from fiducial.kit.http.door import Entrance
from fiducial.kit.moves import lifecycles
from fiducial.kit.refusals import refusals
from fiducial.kit.settings import declared as settings

every_module()

from fiducial.app import entrances  # noqa: E402 - when everything is declared
from fiducial.people.permissions import BY_CODE  # noqa: E402

OUR_ENTRIES = {
    "DEFECT_PHOTO_ADD": "a photo of a fault; the specification asks for it and names no endpoint",
    "CLOCK_SET_BACK": "the clock of the machine was set back; the book must tell what that did to what ages",
    "LIST_IMPORT": "what was read of a file and taken; each row has its own entry besides",
}
NOT_BUILT = [
    line for line in (ROOT / "tests/house/not_built.txt").read_text("utf-8").splitlines() if line and line[0] != "#"
]
OURS = {
    "POST /api/health/echo": "the empty POST against which the benches measure",
    "POST /api/imports/{listName}": "a list filled from a spreadsheet; the index names the station table and the ERP's files alone",
    "GET /api/imports/{listName}/{importId}": "its preview and progress",
    "POST /api/imports/{listName}/{importId}/take": "its rows are taken",
    "DELETE /api/imports/{listName}/{importId}": "it is given up",
    "GET /api/import-templates/{listName}": "the empty sheet for it",
    "GET /api/quality-figures": "the figures behind the quality dashboard; the specification leaves the dashboard to us",
    "GET /api/quality-figures/boards": "the boards behind a bar of it",
    "POST /api/defects/{defectId}/photos": "a photo of a fault, which the specification asks for without an endpoint",
    "GET /api/defects/{defectId}/photos/{photoId}": "the picture itself",
    "GET /api/exports/{listName}": "any list as a spreadsheet; the index names exports of forms, trace and the book alone",
}
BUILT: dict[str, Entrance] = {f"{door.method} {door.path}": door for door in entrances()}


# ---- endpoints ------------------------------------------------------------------------------------------------------


def test_every_endpoint_stands_in_the_index_and_is_opened_once() -> None:
    """Seen to fail with `doors.get("/api/lines/{lineId}/boards", …)` in plant/api.py, and with a door opened twice."""
    assert sorted(set(BUILT) - set(ENDPOINTS) - set(OURS)) == []
    assert len(BUILT) == len(entrances())


def test_what_is_not_built_is_listed_and_nothing_else_is() -> None:
    """Take a line out of not_built.txt with its endpoint. Seen to fail with a door taken away, and with a line left over."""
    assert sorted(NOT_BUILT) == sorted(set(ENDPOINTS) - set(BUILT))


@pytest.mark.parametrize("endpoint", sorted(set(BUILT) & set(ENDPOINTS)))
def test_an_endpoint_asks_exactly_the_permission_of_the_index(endpoint: str) -> None:
    """Seen to fail with `line:read` for `line:config` on POST /api/lines, and with one permission of two."""
    mark, said = BUILT[endpoint].mark, ENDPOINTS[endpoint]
    # Who started a job may look at it too: that is asked of the job, not at the door.
    names = {SIGNED_IN} if "who started it" in said.also else said.names
    assert {*mark.permissions, *filter(None, [mark.also])} == names
    assert bool(mark.also) is (said.also.startswith("and") and said.names != {SIGNED_IN}), (
        "any one is enough but for `also`"
    )


def test_reads_read_and_writes_write() -> None:
    """A GET hands over to a query, all else to an action, but for what writes nothing. Seen to fail with GET on an action."""
    exports = {
        name for name in BUILT if name.startswith("GET ") and name.endswith("/export")
    }  # an export is entered (spec 00.8)
    exports |= {"POST /api/reflow-profiles/verify"}  # a read with a body
    wrong = [
        name
        for name, door in BUILT.items()
        if (door.method == "GET") != (door.mark.audit is None) and name not in exports | set(OURS)
    ]
    assert wrong == []


def test_a_door_hands_over_what_its_action_takes() -> None:
    """Path parts in order, then the body. Seen to fail with the parts of a path in another order than the arguments."""
    for name, door in BUILT.items():
        arguments = list(inspect.signature(door.function).parameters)[1:]
        parts = [re.sub(r"(?<!^)([A-Z])", r"_\1", part).lower() for part in re.findall(r"{(\w+)", door.path)]
        assert arguments[: len(parts)] == parts or len(parts) == 1, f"{name}: {parts} are handed to {arguments}"


# ---- actions --------------------------------------------------------------------------------------------------------


def marks(*, writes: bool) -> list[tuple[str, Any, Mark]]:
    found = [(name, function, mark_of(function)) for name, function in marked.items() if name.startswith("fiducial.")]
    return [(name, function, mark) for name, function, mark in found if (mark.audit is not None) is writes]


def silent(function: Any) -> bool:
    """Tell whether an action says, whatever happens, that it is housekeeping and makes no entry."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(body, ast.FunctionDef)
    return any(ast.unparse(statement) == "tx.unrecorded()" for statement in body.body)


def test_every_action_names_entry_and_entity_that_the_specification_knows() -> None:
    """Seen to fail with audit="LINE_MAKE", and with entity="" in plant/lines."""
    unknown = [
        f"{name}: {mark.audit} of {mark.entity!r}"
        for name, function, mark in marks(writes=True)
        if not silent(function)
        and (mark.audit not in AUDIT_ACTIONS | set(OUR_ENTRIES) or not re.fullmatch(r"[A-Z_]+", mark.entity))
    ]
    assert unknown == []


def test_only_housekeeping_of_ours_makes_no_entry() -> None:
    """Seen to fail with `tx.unrecorded()` in plant's create_line."""
    of_the_door = {
        # what somebody has read of what they were told is no fact of the plant (09.6)
        *(f"fiducial.notices.actions.{name}" for name in ("mark_read", "mark_all_read", "dismiss")),
        "fiducial.kit.http.door.enter_early_refusal",  # makes the entry of another action
        "fiducial.people.signing_in.reauthenticate",  # changes nothing but the session's freshness; its failures are entered
    }
    loud = [
        name
        for name, function, mark in marks(writes=True)
        if silent(function) and not mark.internal_only and name not in of_the_door
    ]
    assert loud == []


def test_every_entry_that_is_made_by_name_stands_in_the_index() -> None:
    """`tx.record(action="…")` and the moves. Seen to fail with action="RUN_BEGIN" and with a move without its spelling."""
    named = {
        (f"{name_of(path)}:{call.lineno}", said)
        for path in sources()
        for call in calls(path)
        if called(call).endswith(".record")
        for word in call.keywords
        if word.arg == "action" and (said := text_of(word.value))
    }
    named |= {
        (f"{lifecycle.entity} {move.name}", lifecycle.audit_of(move)) for lifecycle in lifecycles for move in lifecycle
    }
    assert sorted(place for place, said in named if said and said not in AUDIT_ACTIONS) == []


def test_every_permission_that_is_asked_exists() -> None:
    """Seen to fail with @query("line:reed")."""
    asked = {permission for _, _, mark in marks(writes=True) + marks(writes=False) for permission in mark.permissions}
    asked |= {move.permission for lifecycle in lifecycles for move in lifecycle if move.permission}
    assert sorted(asked - set(BY_CODE) - {OPEN, SIGNED_IN}) == []


def test_what_an_endpoint_of_the_index_asks_exists() -> None:
    """Seen to fail with a permission taken out of people/permissions.py."""
    assert (
        sorted(
            {name for permission in ENDPOINTS.values() for name in permission.names} - set(BY_CODE) - {OPEN, SIGNED_IN}
        )
        == []
    )


# ---- refusals -------------------------------------------------------------------------------------------------------

NOT_IN_THE_INDEX = {
    "NOT_FOUND": "an address that is none", "METHOD_NOT_ALLOWED": "a method an address does not take",
    "LOT_IN_DRY_STORE": "a lot that its floor-life clock has in the dry store (04.8)", "LOT_IN_OVEN": "the same of one that is being baked",
    "NOT_READY": "the answer of /api/health/ready (13.9)", "PRINT_FONT_MISSING": "a program that was not built with its font",
    "AUDIT_ARCHIVE_OFF": "archiving is switched off (09.7.3)", "AUDIT_ARCHIVE_EMPTY": "nothing is old enough",
    "AUDIT_ARCHIVE_BUSY": "two at once",
    "AUDIT_CHAIN_BROKEN": "a book that does not fit is not archived",
    "IMPORT_HAS_FAULTS": "a list filled from a spreadsheet", "IMPORT_GIVEN_UP": "the same",
}  # fmt: skip


# Declared with their room, raised by a later issue; a code goes when its rule comes.
FOR_LATER = {"MIGRATING"}


def raised() -> dict[str, list[str]]:
    """Give every code that is raised by name, with its places."""
    found: dict[str, list[str]] = {}
    for path in sources():
        for call in calls(path):
            if called(call).split(".")[-1] == "Refused" and call.args:
                for node in ast.walk(call.args[0]):
                    code = text_of(node) if isinstance(node, ast.expr) else None
                    if code and re.fullmatch(r"[A-Z][A-Z0-9_]+", code):
                        found.setdefault(code, []).append(f"{name_of(path)}:{call.lineno}")
    return found


def test_every_refusal_that_is_raised_is_declared() -> None:
    """Seen to fail with Refused("LINE_NOT_FUOND")."""
    assert {code: places for code, places in raised().items() if code not in refusals} == {}


def firsts(path: Path) -> Iterator[ast.Constant]:
    """Give the first texts of calls with both languages, and, where refusals are declared in a loop, of its rows."""
    for node in ast.walk(tree(path)):
        inside: list[ast.expr] = []
        if isinstance(node, ast.Call) and {"zh", "en"} <= {word.arg for word in node.keywords}:
            inside = node.args[:1]
        elif isinstance(node, ast.Tuple) and path.name == "refusals.py":
            inside = node.elts[:1]
        yield from (first for first in inside if isinstance(first, ast.Constant) and isinstance(first.value, str))


def declarations() -> dict[str, list[tuple[str, ast.Constant]]]:
    """Give every code with the places of its declaration."""
    found: dict[str, list[tuple[str, ast.Constant]]] = {}
    for path in sources():
        if name_of(path).startswith(
            ("readiness/gates/", "readiness/causes", "readiness/evaluate", "readiness/printing", "readiness/worn")
        ):
            continue  # causes of a failed gate are no refusals, and may share a word with one (page 14.5)
        for first in firsts(path):
            code = next((code for code in (first.value, f"{first.value}_NOT_FOUND") if code in refusals), None)
            if code:
                found.setdefault(code, []).append((name_of(path), first))
    return found


def test_every_refusal_that_is_declared_can_be_met() -> None:
    """Its code stands somewhere besides its declaration. Seen to fail with a refusal declared and never raised."""
    of_declarations = {id(node) for places in declarations().values() for _, node in places}
    said = {
        node.value
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in of_declarations
    }
    assert {refusal.code for refusal in refusals} - said == FOR_LATER


@pytest.mark.parametrize("refusal", list(refusals), ids=lambda refusal: refusal.code)
def test_a_refusal_has_the_status_of_the_index_both_languages_and_a_next_step(refusal: Any) -> None:
    """Seen to fail with status 400, with an empty todo_zh, and with an English sentence in place of the Chinese one."""
    of_a_thing = re.fullmatch(r"[A-Z_]+_NOT_FOUND", refusal.code) is not None
    assert refusal.code in CODES or refusal.code in NOT_IN_THE_INDEX or of_a_thing, "not in the index (page 14.5)"
    assert refusal.status == CODES.get(refusal.code, 404 if of_a_thing else refusal.status)
    for chinese, english in ((refusal.zh, refusal.en), (refusal.todo_zh, refusal.todo_en)):
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert english
        assert not re.search(r"[\u4e00-\u9fff]", english)
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", english)), (
            "both languages tell the same details"
        )


def test_a_code_is_declared_in_one_place() -> None:
    """Two rooms would fail at import; this names both. Seen to fail with LINE_NOT_FOUND declared in orders too."""
    declared = declarations()
    assert {code: places for code, places in declared.items() if len(places) > 1} == {}
    assert {refusal.code for refusal in refusals} - set(declared) == set(), (
        "a declaration was not found: its form is new"
    )


# ---- settings and gates ---------------------------------------------------------------------------------------------


FACTS = ("installation.",)  # what a database remembers of itself; nobody sets it on a page


def settings_of_people() -> dict[str, Any]:
    return {key: setting for key, setting in settings.items() if not key.startswith(FACTS)}


def in_the_index(key: str) -> str:
    """Give a setting as the index names it: what each form has is said once."""
    if key in PLANT_SETTINGS | LINE_SETTINGS:
        return key
    return re.sub(r"^form\.\w+\.", "form.<key>.", re.sub(r"^integration\.[A-Z_]+\.", "integration.<system>.", key))


def test_every_setting_stands_in_the_index_with_its_scope_and_in_both_languages() -> None:
    """Seen to fail with a key misspelt, and with by_place=True for a setting of the plant."""
    wrong = [
        key
        for key, setting in settings_of_people().items()
        if in_the_index(key) not in (LINE_SETTINGS if setting.by_place else PLANT_SETTINGS)
        or not re.search(r"[\u4e00-\u9fff]", setting.zh)
        or not setting.en
    ]
    assert wrong == []


def test_every_setting_takes_its_own_default() -> None:
    """Seen to fail with a default of 0 where 30 is the least."""
    for setting in settings_of_people().values():
        assert setting.default is None or setting.check(setting.default) == setting.default, setting.key


def test_every_gate_is_listed_once_and_every_file_of_a_gate_is() -> None:
    """Seen to fail with `GATES = ()`, and with a second file readiness/gates/other.py that nobody lists."""
    from fiducial.readiness.gates import GATES

    files = {path.stem for path in sources() if name_of(path).startswith("readiness/gates/")} - {"__init__"}
    listed = {type(gate).__module__.rpartition(".")[2] for gate in GATES}
    assert listed == files
    assert len({gate.type for gate in GATES}) == len(GATES)


# ---- the API description --------------------------------------------------------------------------------------------


def test_every_name_in_the_api_description_leads_somewhere_and_means_one_thing() -> None:
    """Seen to fail with two TypedDicts of one name and other fields in two rooms."""
    from fiducial.kit.http.describe import _schema_of, describe

    described = describe(entrances(), title="fiducial", version="0")
    known = described["components"]["schemas"]
    meant: dict[str, tuple[Any, str]] = {}
    for name, door in BUILT.items():
        own: dict[str, Any] = {}
        _schema_of(__import__("typing").get_type_hints(door.function).get("return", Any), own)
        for schema, shape in own.items():
            first = meant.setdefault(schema, (shape, name))
            assert first[0] == shape, f"{schema} is one thing at {first[1]} and another at {name}"
    named = set(re.findall(r"#/components/schemas/([\w.-]+)", str(described)))
    assert named <= set(known)


def test_two_bodies_never_share_a_name() -> None:
    """Seen to fail with a class `Release` in two rooms' shapes."""
    by_name: dict[str, set[Any]] = {}
    for door in BUILT.values():
        if door.body:
            by_name.setdefault(door.body.__name__, set()).add(door.body)
    assert {name: classes for name, classes in by_name.items() if len(classes) > 1} == {}
