"""The permission list and the preset roles are those of the specification (09.5.1), no more and no less."""

from __future__ import annotations

from fiducial.people.identity import permissions_of, token_permissions
from fiducial.people.permissions import (
    ADMIN_KEEPS,
    BY_CODE,
    DIRECTOR,
    PERMISSIONS,
    PRESETS,
    TOKEN_SCOPES,
    preset_permissions,
    unknown_to_people,
    with_included,
)

# Counted in the table of the specification, role by role.
GRANTED = {
    "admin": 23,
    "planner": 20,
    "engineer": 33,
    "quality": 30,
    "leader": 28,
    "material": 9,
    "operator": 15,
    "trace": 5,
}
SCOPES = {
    "admin": "ALL", "planner": "ALL", "engineer": "ALL", "quality": "ALL", "trace": "ALL", "leader": "ASSIGNED_LINES",
    "material": "ASSIGNED_LINES", "operator": "ASSIGNED_STATIONS",
}  # fmt: skip


def test_there_are_63_permissions_of_which_30_are_strong() -> None:
    assert len(PERMISSIONS) == len(BY_CODE) == 63
    assert sum(permission.strong for permission in PERMISSIONS) == 30


def test_each_preset_role_holds_as_many_as_the_table_grants_it() -> None:
    assert {preset.code: len(preset_permissions(preset.letter)) for preset in PRESETS} == GRANTED
    assert {preset.code: preset.data_scope for preset in PRESETS} == SCOPES


def test_the_administrator_sees_but_does_not_produce() -> None:
    held = set(preset_permissions("A"))
    assert held >= ADMIN_KEEPS
    moving = ("wo:", "run:", "exec:", "quality:", "readiness:")
    assert {code for code in held if code.startswith(moving)} == {"wo:read", "run:read", "exec:read", "readiness:view"}


def test_the_operator_works_at_stations_and_nothing_more() -> None:
    assert set(preset_permissions("O")) == {
        "line:read", "data_spec:read", "run:read", "exec:read", "exec:track_in", "exec:track_out", "exec:data_collect",
        "readiness:view", "readiness:record", "loading:view", "loading:verify", "quality:record", "maintenance:read",
        "tool:read", "trace:read",
    }  # fmt: skip


def test_no_preset_role_holds_what_only_machines_may() -> None:
    assert unknown_to_people(code for preset in PRESETS for code in preset_permissions(preset.letter)) == []
    assert unknown_to_people(["integration:push", "metrics:read", "run:fly", "run:read"]) == [
        "integration:push", "metrics:read", "run:fly",
    ]  # fmt: skip


def test_machines_may_hold_exactly_seven() -> None:
    assert {
        "integration:push", "wo:receive", "wo:read", "run:read", "trace:read", "exec:read", "metrics:read",
    } == TOKEN_SCOPES  # fmt: skip


def test_to_change_a_thing_includes_to_read_it_and_everything_includes_the_lines() -> None:
    assert with_included("route:compile") == {"route:compile", "route:read", "line:read"}
    assert with_included("loading:verify") == {"loading:verify", "loading:view", "line:read"}
    assert with_included("readiness:override") == {"readiness:override", "readiness:view", "line:read"}
    assert with_included("quality:fai") == {"quality:fai", "fai_template:read", "line:read"}
    assert with_included("system:integration") == {"system:integration", "integration:view", "line:read"}
    assert with_included("maintenance:verify") == {"maintenance:verify", "maintenance:read", "line:read"}
    for permission in PERMISSIONS:
        assert "line:read" in with_included(permission.code)
        assert all(included in BY_CODE for included in permission.includes)
        if permission.code.endswith((":config", ":write", ":verify")) and f"{permission.group}:read" in BY_CODE:
            assert f"{permission.group}:read" in with_included(permission.code)


def test_a_permission_that_is_in_the_list_no_more_grants_nothing() -> None:
    assert with_included("tea:brew") == frozenset()


def test_the_widest_scope_among_the_roles_that_grant_it_counts() -> None:
    held = permissions_of(
        (("ASSIGNED_STATIONS", "exec:track_in run:read"), ("ALL", "run:read"), ("ASSIGNED_LINES", "run:close"))
    )
    assert held["run:read"] == "ALL"
    assert held["exec:track_in"] == "ASSIGNED_STATIONS"
    assert held["run:close"] == "ASSIGNED_LINES"
    assert held["exec:read"] == "ASSIGNED_STATIONS"


def test_a_token_holds_what_it_names_and_nothing_included() -> None:
    assert dict(token_permissions("wo:receive", "ALL")) == {"wo:receive": "ALL"}


def test_the_director_of_a_plant_may_waive() -> None:
    assert "readiness:override" in DIRECTOR
    assert unknown_to_people(DIRECTOR) == []
