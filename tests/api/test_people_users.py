"""Accounts and roles as administrators keep them (spec 09.1, 09.5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import LINE, PASSWORD, STATIONS, Plant
from tests.api.web import Api

from fiducial.people.permissions import DIRECTOR


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin")


def one(admin: Api, username: str) -> Any:
    (user,) = [
        user for user in admin.get("/api/users", search=username).must()["items"] if user["username"] == username
    ]
    return user


def test_a_new_account_gets_a_password_that_is_shown_once(api: Api, admin: Api, plant: Plant) -> None:
    body = {
        "username": "sun.quality",
        "name": "孙质量",
        "email": "Sun@Example.com",
        "employeeNo": "E-17",
        "roleCodes": ["quality"],
    }
    made = admin.post("/api/users", body, key="make-sun").must()
    assert len(made["initialPassword"]) == 12
    assert (made["mustChangePassword"], made["isActive"], made["locale"]) == (True, True, "zh-CN")
    assert api.nobody.post(
        "/api/auth/sign-in/email", {"email": "sun@example.com", "password": made["initialPassword"]}
    ).ok
    assert "initialPassword" not in admin.get(f"/api/users/{made['id']}").must()
    assert admin.post("/api/users", body, key="make-sun").code == "IDEMPOTENCY_RESULT_GONE"
    assert made["initialPassword"] not in str(plant.audit())
    (entered,) = plant.audit(action="USER_CREATE", outcome="SUCCESS", actorName="系统管理员")
    assert {"path": "roleCodes", "before": None, "after": ["quality"]} in entered["changes"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "planner"), ("email", "PLANNER@example.com"), ("employeeNo", "E-1"), ("badgeNo", "QC-01")],
)
def test_two_people_never_share_what_tells_them_apart(admin: Api, plant: Plant, field: str, value: str) -> None:
    plant.user("somebody", employeeNo="E-1", badgeNo="QC-01")
    refused = admin.post("/api/users", {"username": "another", "name": "x", "roleCodes": ["quality"], field: value})
    assert (refused.status, refused.code, refused.details) == (409, "USER_EXISTS", {"field": field})
    if field != "username":
        changed = admin.patch(f"/api/users/{one(admin, 'trace')['id']}", {field: value})
        assert (changed.code, changed.details) == ("USER_EXISTS", {"field": field})


def test_the_same_account_twice_at_once_is_made_once(admin: Api) -> None:
    body = {"username": "twice", "name": "x", "roleCodes": ["quality"]}
    answers = admin.at_once(*[(admin, "POST", "/api/users", body)] * 4)
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


@pytest.mark.parametrize("username", ["Ab", "1abc", "Anna", "a b c", "ab", "x" * 33, "anna@plant"])
def test_a_user_name_is_lower_case_and_begins_with_a_letter(admin: Api, username: str) -> None:
    refused = admin.post("/api/users", {"username": username, "name": "x", "roleCodes": ["quality"]})
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["username"])


def test_a_role_bound_to_lines_needs_a_line_and_one_bound_to_stations_a_station(admin: Api) -> None:
    body = {"username": "somebody", "name": "x"}
    for role, code in (("leader", "LINE_BINDING_REQUIRED"), ("operator", "STATION_BINDING_REQUIRED")):
        refused = admin.post("/api/users", {**body, "roleCodes": [role]})
        assert (refused.status, refused.code, refused.details["roles"]) == (409, code, [role])
    assert admin.post("/api/users", {**body, "roleCodes": ["tester"]}).details == {"roleCode": "tester"}
    assert admin.post("/api/users", {**body, "roleCodes": ["leader"], "lineCodes": ["LINE-X"]}).code == "LINE_NOT_FOUND"
    assert (
        admin.post("/api/users", {**body, "roleCodes": ["operator"], "stationCodes": ["ST-X"]}).code
        == "STATION_NOT_FOUND"
    )


def test_bindings_are_taken_by_id_and_by_code_and_given_by_both(admin: Api) -> None:
    line = one(admin, "leader")["lineIds"][0]
    made = admin.post("/api/users", {
        "username": "somebody", "name": "x", "roleCodes": ["leader", "operator"], "lineIds": [line],
        "lineCodes": ["LINE-FAR"], "stationCodes": [STATIONS[0]],
    }).must()  # fmt: skip
    assert made["lineCodes"] == [LINE, "LINE-FAR"]
    assert made["stationCodes"] == [STATIONS[0]]
    changed = admin.patch(f"/api/users/{made['id']}", {"lineIds": made["lineIds"][1:]}).must()
    assert changed["lineCodes"] == ["LINE-FAR"]
    assert changed["stationCodes"] == [STATIONS[0]], "what is not named stays"
    refused = admin.patch(f"/api/users/{made['id']}", {"lineIds": []})
    assert refused.code == "LINE_BINDING_REQUIRED"


def test_the_last_administrator_stays(admin: Api, plant: Plant) -> None:
    manager = plant.holder("system:user_manage")
    me = one(admin, "admin")
    refused = manager.patch(f"/api/users/{me['id']}", {"isActive": False})
    assert (refused.status, refused.code) == (409, "LAST_ADMIN")
    assert manager.patch(f"/api/users/{me['id']}", {"roleCodes": ["planner"]}).code == "LAST_ADMIN"
    plant.user("second", roles=["admin"])
    assert manager.patch(f"/api/users/{me['id']}", {"isActive": False}).must()["isActive"] is False


def test_two_administrators_cannot_put_each_other_out_at_once(api: Api, admin: Api, plant: Plant) -> None:
    plant.user("second", roles=["admin"])
    plant.sql(_own_password("second"))
    second, ids = plant.session("second"), (one(admin, "admin")["id"], one(admin, "second")["id"])
    answers = api.at_once(
        (second, "PATCH", f"/api/users/{ids[0]}", {"isActive": False}),
        (admin, "PATCH", f"/api/users/{ids[1]}", {"isActive": False}),
    )
    assert sorted(answer.ok for answer in answers) == [False, True]
    assert {answer.code for answer in answers} & {"LAST_ADMIN", "UNAUTHORIZED"}


def _own_password(username: str) -> Any:
    from sqlalchemy import update

    from fiducial.people.tables import users

    return update(users).where(users.c.username == username).values(must_change_password=False)


def test_nobody_disables_or_promotes_themselves(admin: Api) -> None:
    me = one(admin, "admin")
    for change in ({"isActive": False}, {"roleCodes": ["admin", "quality"]}):
        refused = admin.patch(f"/api/users/{me['id']}", change)
        assert (refused.status, refused.code) == (409, "SELF_CHANGE_NOT_ALLOWED")
    assert admin.patch(f"/api/users/{me['id']}", {"department": "IT", "roleCodes": ["admin"]}).ok


def test_a_reset_password_ends_all_sessions_and_must_be_changed(api: Api, admin: Api, plant: Plant) -> None:
    given = admin.post(f"/api/users/{one(admin, 'planner')['id']}/reset-password").must()["initialPassword"]
    assert api.as_("planner").get("/api/auth/session").status == 401
    assert (
        api.nobody.post("/api/auth/sign-in/email", {"email": "planner", "password": PASSWORD}).code
        == "INVALID_CREDENTIALS"
    )
    answer = api.nobody.post("/api/auth/sign-in/email", {"email": "planner", "password": given})
    assert answer.must()["mustChangePassword"] is True
    assert plant.audit(action="USER_PASSWORD_RESET")[0]["payload"] == {"sessionsEnded": 1}
    assert given not in str(plant.audit())


def test_another_badge_ends_the_sessions(api: Api, admin: Api) -> None:
    admin.patch(f"/api/users/{one(admin, 'quality')['id']}", {"badgeNo": "QC-77"}).must()
    assert api.as_("quality").get("/api/auth/session").status == 401


def test_an_administrator_ends_all_sessions_of_somebody(api: Api, admin: Api, plant: Plant) -> None:
    plant.session("planner")
    assert admin.delete(f"/api/users/{one(admin, 'planner')['id']}/sessions").must() == {"ended": 2}
    assert api.as_("planner").get("/api/auth/session").status == 401


def test_people_are_found_by_part_of_name_role_line_and_state(admin: Api) -> None:
    def found(**filters: Any) -> list[str]:
        return [user["username"] for user in admin.get("/api/users", **filters).must()["items"]]

    assert found(search="质量") == ["quality", "quality2"]
    assert found(roleCode="operator") == ["operator", "operator2"]
    assert found(lineCode=LINE) == ["leader", "material"]
    assert found(isActive="false") == []
    assert admin.get("/api/users", lineCode="LINE-X").code == "LINE_NOT_FOUND"
    assert admin.get("/api/users", shoeSize="44").code == "VALIDATION_ERROR"
    assert found(sort="username.desc", pageSize=2) == ["trace", "quality2"]


def test_who_may_not_manage_users_is_refused_and_entered(api: Api, plant: Plant) -> None:
    body = {"username": "somebody", "name": "x", "roleCodes": ["admin"]}
    refused = api.as_("planner").post("/api/users", body)
    assert (refused.status, refused.code, refused.details) == (403, "FORBIDDEN", {"permission": "system:user_manage"})
    assert plant.audit(action="USER_CREATE", outcome="REFUSED")[0]["actorName"] == "张计划"
    assert api.nobody.post("/api/users", body).status == 401
    assert api.as_("planner").get("/api/users").status == 403


def test_somebody_who_does_not_exist_is_not_found(admin: Api) -> None:
    for path in ("/api/users/nobody", "/api/users/01a2008e-b71c-7000-800e-0b07d5aaf21b"):
        assert (admin.get(path).status, admin.get(path).code) == (404, "USER_NOT_FOUND")
    assert admin.patch("/api/users/nobody", {}).code == "USER_NOT_FOUND"
    assert admin.post("/api/users/nobody/reset-password").code == "USER_NOT_FOUND"
    assert admin.post("/api/users/nobody/unlock").code == "USER_NOT_FOUND"
    assert admin.delete("/api/users/nobody/sessions").code == "USER_NOT_FOUND"


def test_what_may_not_be_null_is_not_nulled(admin: Api) -> None:
    for field in ("name", "isActive", "locale", "roleCodes"):
        assert admin.patch(f"/api/users/{one(admin, 'trace')['id']}", {field: None}).code == "VALIDATION_ERROR"
    assert admin.patch(f"/api/users/{one(admin, 'trace')['id']}", {"email": None}).must()["email"] is None


# Roles


def test_a_plant_makes_changes_and_deletes_a_role_of_its_own(admin: Api, plant: Plant) -> None:
    role = admin.post(
        "/api/roles",
        {"code": "tester", "name": "测试员", "permissions": ["exec:track_in", "run:read"], "dataScope": "ALL"},
    ).must()
    assert (role["isSystem"], role["userCount"], role["permissions"]) == (False, 0, ["exec:track_in", "run:read"])
    assert admin.post("/api/roles", {"code": "tester", "name": "x"}).code == "ROLE_EXISTS"
    changed = admin.patch(f"/api/roles/{role['id']}", {"permissions": ["run:read"], "name": "试验员"}).must()
    assert changed["permissions"] == ["run:read"]
    assert {"path": "name", "before": "测试员", "after": "试验员"} in plant.audit(action="ROLE_UPDATE")[0]["changes"]
    plant.user("holder1", roles=["tester"])
    refused = admin.delete(f"/api/roles/{role['id']}")
    assert (refused.status, refused.code, refused.details) == (409, "ROLE_IN_USE", {"users": ["holder1"]})
    admin.patch(f"/api/users/{one(admin, 'holder1')['id']}", {"roleCodes": ["quality"]}).must()
    assert admin.delete(f"/api/roles/{role['id']}").ok
    assert admin.get(f"/api/roles/{role['id']}").code == "ROLE_NOT_FOUND"


def test_a_role_begins_as_a_copy_or_as_the_director(admin: Api) -> None:
    copied = admin.post("/api/roles", {"code": "leader_night", "name": "夜班组长", "copyFrom": "leader"}).must()
    assert (len(copied["permissions"]), copied["dataScope"]) == (28, "ASSIGNED_LINES")
    director = admin.post("/api/roles", {"code": "director", "name": "厂长", "copyFrom": "director"}).must()
    assert director["permissions"] == sorted(DIRECTOR)
    assert admin.post("/api/roles", {"code": "nobody", "name": "x", "copyFrom": "king"}).code == "ROLE_NOT_FOUND"


def test_permissions_that_no_person_may_hold_are_refused(admin: Api) -> None:
    refused = admin.post(
        "/api/roles", {"code": "tester", "name": "x", "permissions": ["run:read", "run:fly", "metrics:read"]}
    )
    assert (refused.status, refused.code, refused.details) == (
        422,
        "PERMISSION_UNKNOWN",
        {"permissions": ["run:fly", "metrics:read"]},
    )


def test_preset_roles_keep_their_code_and_stay_and_the_administrator_keeps_two(admin: Api) -> None:
    for attempt in (
        admin.patch("/api/roles/planner", {"code": "planning"}),
        admin.patch("/api/roles/admin", {"permissions": ["system:user_manage"]}),
        admin.delete("/api/roles/trace"),
    ):
        assert (attempt.status, attempt.code) == (409, "ROLE_SYSTEM_LOCKED")
    changed = admin.patch("/api/roles/trace", {"permissions": ["trace:read"]}).must()
    assert changed["permissions"] == ["trace:read"]
    assert changed["presetPermissions"] == ["line:read", "run:read", "system:audit", "trace:export", "trace:read"]


def test_a_narrower_scope_is_refused_while_holders_would_reach_nothing(admin: Api) -> None:
    refused = admin.patch("/api/roles/planner", {"dataScope": "ASSIGNED_LINES"})
    assert (refused.code, refused.details["users"]) == ("LINE_BINDING_REQUIRED", ["planner"])


def test_the_list_of_permissions_is_complete_and_speaks_both_languages(api: Api) -> None:
    listed = api.as_("operator").get("/api/permissions").must()
    assert listed["total"] == len(listed["items"]) == 63
    assert all(row["zh"] and row["en"] for row in listed["items"])
    (waive,) = [row for row in listed["items"] if row["code"] == "readiness:override"]
    assert (waive["strong"], waive["tokenAllowed"], waive["includes"]) == (True, False, ["line:read", "readiness:view"])


def test_everybody_may_know_what_they_may(api: Api) -> None:
    mine = api.as_("operator").get("/api/permissions/me").must()
    assert [role["code"] for role in mine["roles"]] == ["operator"]
    assert len(mine["permissions"]) == 15
    assert set(mine["scopes"].values()) == {"ASSIGNED_STATIONS"}
    assert mine["stationCodes"] == sorted(STATIONS)
    assert mine["lineCodes"] == []
    assert mine["session"]["method"] == "PASSWORD"


# The matrix, role by role, as it is asked at the doors

DOORS_OF_ADMINISTRATION = (
    ("GET", "/api/users"), ("GET", "/api/users/x"), ("POST", "/api/users"), ("PATCH", "/api/users/x"),
    ("POST", "/api/users/x/reset-password"), ("POST", "/api/users/x/unlock"), ("DELETE", "/api/users/x/sessions"),
    ("GET", "/api/roles"), ("POST", "/api/roles"), ("GET", "/api/roles/x"), ("PATCH", "/api/roles/x"),
    ("DELETE", "/api/roles/x"), ("GET", "/api/api-tokens"), ("POST", "/api/api-tokens"), ("POST", "/api/api-tokens/x/revoke"),
)  # fmt: skip
BODIES = {
    "/api/users": {"username": "matrix", "name": "x", "roleCodes": ["quality"]}, "/api/roles": {"code": "matrix", "name": "x"},
    "/api/api-tokens": {"name": "x", "system": "ERP", "scopes": ["wo:read"], "expiresAt": "2027-06-01T00:00:00Z"},
}  # fmt: skip


@pytest.mark.parametrize("role", ["planner", "engineer", "quality", "leader", "material", "operator", "trace"])
def test_administration_is_closed_to_everybody_else(api: Api, role: str) -> None:
    for method, path in DOORS_OF_ADMINISTRATION:
        answer = api.as_(role).ask(method, path, None if method == "GET" else BODIES.get(path, {}))
        assert (answer.status, answer.code) == (403, "FORBIDDEN"), (method, path)
