"""Pages of administrators: what they show, and which buttons they offer (spec 14.2)."""

from __future__ import annotations

import pytest
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.web import Api
from tests.house.spec_index import AUDIT_ACTIONS

from fiducial.people.action_words import words_of_action

pytestmark = pytest.mark.one_engine


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin").with_headers(accept_language="en")


def test_the_users_page_finds_people_by_role_line_and_state(admin: Api, plant: Plant) -> None:
    everybody = admin.get("/system/users").text
    assert "张计划" in everybody
    leaders = admin.get("/system/users", roleCode="leader", lineCode=LINE).text
    assert "赵组长" in leaders
    assert "张计划" not in leaders
    assert admin.get("/system/users", lineCode="LINE-X").status == 200
    assert "Disabled" in admin.get("/system/users", isActive="false").text


def test_a_user_is_seen_with_roles_and_places_and_what_may_be_done(admin: Api, plant: Plant) -> None:
    operator = next(
        u for u in admin.get("/api/users", search="operator").must()["items"] if u["username"] == "operator"
    )
    page = admin.get(f"/system/users/{operator['id']}").text
    for word in (STATIONS[0], "Operator", "Reset the password", "Disable", "Badge and PIN", "End all sessions"):
        assert word in page, word
    assert 'data-reveal="initialPassword"' in page
    form = admin.get(f"/system/users/{operator['id']}/dialogs/edit").text
    assert f'name="stationCodes" value="{STATIONS[0]}" checked' in form
    assert admin.get("/system/users/nobody").status == 404
    me = next(u for u in admin.get("/api/users", search="admin").must()["items"] if u["username"] == "admin")
    assert "Nobody disables their own account" in admin.get(f"/system/users/{me['id']}").text


def test_the_roles_page_shows_the_matrix_and_what_was_changed(admin: Api, plant: Plant) -> None:
    quality = next(r for r in admin.get("/api/roles").must()["items"] if r["code"] == "quality")
    assert "changed" not in admin.get("/system/roles").text.split("Matrix")[0]
    fewer = [code for code in quality["permissions"] if code != "readiness:override"]
    admin.patch(f"/api/roles/{quality['id']}", {"permissions": fewer}).must()
    page = admin.get("/system/roles").text
    assert "changed" in page.split("Matrix")[0]
    assert "readiness:override" in page
    of_role = admin.get("/system/roles/quality").text
    assert "Reset to preset" in of_role
    assert 'value="readiness:override"' in of_role
    assert 'value="readiness:override" checked' not in of_role
    assert 'value="quality:sign" checked' in of_role


def test_a_preset_role_is_named_in_the_language_of_the_page_on_every_page_of_it(admin: Api, plant: Plant) -> None:
    """Seen on the form of a role: its description said the English name on a Chinese page."""
    user = next(u for u in admin.get("/api/users", search="engineer").must()["items"] if u["username"] == "engineer")
    chinese = admin.with_headers(accept_language="zh-CN")
    for path in (
        "/system/roles",
        "/system/roles/engineer",
        "/system/roles/dialogs/new",
        f"/system/users/{user['id']}",
        "/system/users",
    ):
        page = chinese.get(path).text
        assert "工艺" in page, path
        for word in ("Engineer", "Administrator", "Line leader"):
            assert word not in page, (path, word)
    assert "Engineer" in admin.get("/system/roles/engineer").text


def test_a_new_role_may_copy_another_or_the_director(admin: Api) -> None:
    dialog = admin.get("/system/roles/dialogs/new", **{"from": "quality"}).text
    assert 'value="quality" selected' in dialog
    assert "factory director" in dialog
    made = admin.post("/api/roles", {"code": "director", "name": "厂长", "copyFrom": "director"}).must()
    assert "readiness:override" in made["permissions"]
    assert "Delete" in admin.get("/system/roles/director").text


def test_tokens_and_terminals_are_kept_on_their_pages(admin: Api, plant: Plant) -> None:
    assert "No tokens yet" in admin.get("/system/tokens").text
    plant.token("wo:read")
    page = admin.get("/system/tokens").text
    for word in ("Rotate", "Revoke", "wo:read", "all lines"):
        assert word in page, word
    assert 'value="trace:read"' in admin.get("/system/tokens/dialogs/new").text
    assert "No terminals yet" in admin.get("/system/terminals").text
    plant.made("admin", "/api/terminals", {"code": "T-01", "name": "Printer", "lineCode": LINE})
    page = admin.get("/system/terminals").text
    for word in ("T-01", "not paired", 'data-reveal="code"'):
        assert word in page, word
    assert admin.get("/system/terminals/dialogs/edit/T-01").status == 200


def test_the_history_of_a_thing_is_a_part_of_any_page(api: Api, admin: Api, plant: Plant) -> None:
    part = admin.get("/system/audit/of/LINE/NONE").text
    assert "Nothing is entered yet" in part
    plant.line("LINE-NEW")
    part = api.as_("engineer").get("/system/audit/of/LINE/LINE-NEW").text
    assert "新建" in part
    assert api.as_("operator").get("/system/audit/of/ROLE/admin").status == 403


def test_a_terminal_offers_badge_and_pin_and_a_way_to_switch(api: Api, plant: Plant) -> None:
    assert "Scan your badge" not in api.nobody.with_headers(accept_language="en").get("/sign-in").text
    plant.made("admin", "/api/terminals", {"code": "T-01", "name": "Printer", "lineCode": LINE})
    code = plant.made("admin", "/api/terminals/T-01/pairing-code", {})["code"]
    paired = api.nobody.post("/api/auth/terminals/pair", {"code": code})
    cookie = paired.headers["set-cookie"].split(";")[0]
    at = api.nobody.with_headers(cookie=cookie, accept_language="en")
    assert "Scan your badge" in at.get("/sign-in").text
    plant.api.as_("admin").post(f"/api/users/{_id(api, 'leader')}/pin", {"badgeNo": "B-0001", "pin": "246813"}).must()
    signed = at.post("/api/auth/sign-in/badge", {"badgeNo": "B-0001", "pin": "246813"})
    session = signed.headers["set-cookie"].split(";")[0]
    page = at.with_headers(cookie=f"{cookie}; {session}").get("/runs").text
    assert "Switch person" in page
    assert "Switch person" not in api.as_("leader").with_headers(accept_language="en").get("/runs").text


def _id(api: Api, username: str) -> str:
    found = api.as_("admin").get("/api/users", search=username).must()["items"]
    return next(str(user["id"]) for user in found if user["username"] == username)


def test_every_action_of_the_book_has_a_name_in_both_languages() -> None:
    for code in AUDIT_ACTIONS:
        chinese, english = words_of_action(code)
        assert code not in (chinese, english), code
    assert words_of_action("API_TOKEN_ROTATE") == ("机器令牌轮换", "Token rotated")
    assert words_of_action("SOMETHING_NEW") == ("SOMETHING_NEW", "SOMETHING_NEW")
