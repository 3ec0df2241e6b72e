"""Who may ask what: every endpoint and every page, by every role, as the matrix says (spec 09.5)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.api.filled import Stand, file_format
from tests.api.plant import PEOPLE
from tests.api.samples import sample
from tests.api.web import Answer, Api

from fiducial.app import PAGES, entrances
from fiducial.kit.acting import OPEN, SIGNED_IN, Mark
from fiducial.kit.http.door import Entrance
from fiducial.people.permissions import PRESETS, preset_permissions, with_included

WHO = {role: name for name, (_, role) in reversed(PEOPLE.items())}  # one person of each role
PAGE_DOORS = [(path, mark) for pages in PAGES for path, mark in pages.opened]


def held_by(role: str) -> frozenset[str]:
    letter = next(preset.letter for preset in PRESETS if preset.code == role)
    return frozenset[str]().union(*(with_included(code) for code in preset_permissions(letter)))


def may(role: str, mark: Mark) -> bool:
    return bool({OPEN, SIGNED_IN, *held_by(role)} & set(mark.permissions))


def ask(stand: Stand, who: Api, door: Entrance) -> Answer:
    """Ask an endpoint with everything in order but, perhaps, who asks."""
    body = sample(door.body, stand.there) if door.body else None
    return who.ask(door.method, stand.there.of(door), body)


def test_every_body_that_is_sent_has_the_right_shape(shared: Stand) -> None:
    """Else a refusal of the shape would hide one of the permission."""
    for door in entrances():
        if door.body:
            door.body.model_validate_json(json.dumps(sample(door.body, shared.there)))


@pytest.mark.parametrize("role", [preset.code for preset in PRESETS])
def test_a_role_may_ask_exactly_what_the_matrix_grants_it(role: str, filled: Stand) -> None:
    wrong = []
    for door in entrances():
        answer = ask(filled, filled.somebody(WHO[role]), door)
        asked = set(str(answer.details.get("permission")).split(" | "))
        refused = answer.code == "FORBIDDEN" and asked <= set(door.mark.permissions)
        assert answer.status < 500, (door.method, door.path, answer.text)
        if refused is may(role, door.mark):
            wrong.append((door.method, door.path, answer.status, answer.code))
        assert not refused or answer.status == 403
    assert wrong == []


@pytest.mark.parametrize("role", [preset.code for preset in PRESETS])
def test_a_role_sees_exactly_the_pages_of_its_permissions(role: str, shared: Stand) -> None:
    who = shared.somebody(WHO[role])
    wrong = []
    for path, mark in PAGE_DOORS:
        answer = who.get(page_path(shared, path))
        assert answer.status < 500, (path, answer.text)
        refused = answer.status == 403 and "FORBIDDEN" in answer.text
        if path.startswith("/imports/") and refused:
            continue  # which permission a list asks to be filled is the list's own: tests/api/test_imports.py
        if refused is may(role, mark):
            wrong.append((path, answer.status))
    assert wrong == []


def page_path(stand: Stand, path: str) -> str:
    """Give the address of a page; a dialog takes any name it knows."""
    of_runs = "generate" if path.startswith("/runs") else "release"
    return stand.there.path(path.replace("{name}", of_runs).replace("{scope}", "ROUTE"))


NOT_SIGNED_IN: dict[str, Any] = {
    "nobody": {},
    "with a session that never was": {"cookie": "fiducial_session=forged"},
    "with a cookie that is no text": {"cookie": b"fiducial_session=\xff\xfe"},
    "with an empty cookie": {"cookie": "fiducial_session="},
    "with a token that never was": {"authorization": "Bearer fid_forged"},
    "with an empty token": {"authorization": "Bearer "},
    "with the name of somebody": {"authorization": "Basic YWRtaW46YWRtaW4="},
    "with the digest of a session": {"cookie": "fiducial_session=" + "0" * 64},
}


@pytest.mark.parametrize("how", NOT_SIGNED_IN)
def test_whoever_is_not_signed_in_is_told_so_everywhere(how: str, shared: Stand) -> None:
    who = Api(shared.api.app, runner=shared.api._runner, headers=NOT_SIGNED_IN[how])
    for door in entrances():
        answer = ask(shared, who, door)
        if OPEN in door.mark.permissions:
            assert answer.status < 500, (door.path, answer.text)
        else:
            assert (answer.status, answer.code) == (401, "UNAUTHORIZED"), (door.method, door.path, answer.text)
    for path, mark in PAGE_DOORS:
        answer = who.get(page_path(shared, path))
        if OPEN not in mark.permissions:
            assert (answer.status, answer.headers["location"][:8]) == (303, "/sign-in"), (path, answer.status)


# Things of LINE-A, and a person who may do everything, but on LINE-FAR.

OF_A_LINE = {
    "lineId",
    "lineCode",
    "stationCode",
    "woNo",
    "runNo",
    "sn",
    "defectId",
    "checkId",
    "faiId",
    "ipqcId",
    "fqcId",
    "oqcId",
}
NAMED = re.compile("LINE-A|ST-PRINT-01|WO-1|RUN-2|SN-[1-6]")


def names_a_thing_of_a_line(path: str) -> bool:
    return bool(OF_A_LINE & set(re.findall(r"{(\w+)", path)))


@pytest.mark.parametrize(
    "door", [d for d in entrances() if names_a_thing_of_a_line(d.path)], ids=lambda d: f"{d.method} {d.path}"
)
def test_a_thing_of_another_line_is_out_of_reach_at_every_endpoint(door: Entrance, shared: Stand) -> None:
    answer = ask(shared, shared.api.as_("faraway"), door)
    assert (answer.status, answer.code) == (403, "FORBIDDEN"), answer.text
    assert "scope" in answer.details


@pytest.mark.parametrize(
    "door",
    [d for d in entrances() if d.body and "line_code" in d.body.model_fields],
    ids=lambda d: f"{d.method} {d.path}",
)
def test_nothing_is_put_on_another_line(door: Entrance, shared: Stand) -> None:
    answer = ask(shared, shared.api.as_("faraway"), door)
    assert (answer.status, answer.code) == (403, "FORBIDDEN"), answer.text


# Refused as a whole, or for those who may see all of it: the book, the bindings of people, the events of the house. Test programs are
# of the kind of routes and tools: nobody is limited to those of a line (spec 09.5.2). What other systems say and are told is the plant's.
WHOLE = (
    "/api/audit-logs",
    "/api/users",
    "/api/events",
    "/api/test-programs",
    "/api/integration/messages",
    "/api/integration/outbound",
)
LISTS = [
    door
    for door in entrances()
    if (door.listing or "search" in door.path)
    and not names_a_thing_of_a_line(door.path)
    and not door.path.startswith(WHOLE)
]


@pytest.mark.parametrize("door", LISTS, ids=lambda door: door.path)
def test_a_thing_of_another_line_is_absent_from_every_list(door: Entrance, shared: Stand) -> None:
    if door.path.endswith("/export"):  # a file: what stands in it, for one and for the other
        whole, seen = (
            shared.api.as_(who).get(shared.there.of(door), format=file_format(door)) for who in ("everyone", "faraway")
        )
        assert (whole.status, seen.status) == (200, 200)
        assert NAMED.findall(seen.text) == []
        return
    everything = shared.api.as_("everyone").get(shared.there.of(door)).must()
    assert everything["items"] or door.path.startswith(
        ("/api/defect-codes", "/api/trace/tools")
    )  # nothing was printed with it
    answer = shared.api.as_("faraway").get(shared.there.of(door)).must()
    assert NAMED.findall(str(answer["items"])) == []


@pytest.mark.parametrize("path", [path for path, _ in PAGE_DOORS])
def test_a_page_shows_nothing_of_another_line(path: str, shared: Stand) -> None:
    answer = shared.api.as_("faraway").get(page_path(shared, path))
    address = page_path(shared, path)
    if names_a_thing_of_a_line(path):
        assert answer.status == 403, address
    shown = re.sub(re.escape(address) + "|" + re.escape(address.replace("/", "%2F")), "", answer.text)
    # A routing is no thing of a line: whoever may read it sees the stations it names. Accounts and tokens are the plant's (WHOLE).
    whole = (
        "/system/audit",
        "/routes",
        "/system/users",
        "/system/tokens",
        "/test-programs",
        "/integration/messages",
        "/integration/outbound",
    )
    assert NAMED.findall(shown) == [] or path.startswith(whole)
