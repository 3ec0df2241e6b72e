"""Settings, branding and uploads (spec 09.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from tests.api.plant import Plant
from tests.api.uploads import sent
from tests.api.web import Api

from fiducial.kit import settings
from fiducial.people.tables import setting_versions

KEY = "auth.password.classes"
AT = f"/api/system/config/{KEY}"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin")


@pytest.fixture
def _nothing_fixed() -> Iterator[None]:
    yield
    settings.fixed.clear()


def one(admin: Api, key: str = KEY) -> Any:
    return next(item for item in admin.get("/api/system/config").must()["items"] if item["key"] == key)


def send(who: Api, content: bytes, name: str = "logo.png") -> Any:
    return sent(who, "/api/system/upload", content, name=name)


def test_every_setting_says_what_it_takes_and_where_its_value_comes_from(admin: Api) -> None:
    assert one(admin) == {
        "key": KEY, "group": "auth", "type": "int", "unit": None, "limits": {"min": 0, "max": 4}, "default": 3, "value": 3,
        "source": "default", "scope": "plant", "restartNeeded": False,
        "help": {"zh": "密码至少包含的字符种类（大写、小写、数字、其他），0 为不要求",
                 "en": "Kinds of characters a password needs (upper, lower, digit, other); 0 is off"},
    }  # fmt: skip
    keys = [item["key"] for item in admin.get("/api/system/config").must()["items"]]
    assert keys == sorted(keys)
    assert not any(key.startswith("installation.") for key in keys)
    assert one(admin, "signature.methods")["limits"] == {"options": ["PASSWORD", "PIN"]}


def test_a_setting_is_changed_with_a_reason_and_counts_at_once(api: Api, admin: Api, plant: Plant) -> None:
    changed = admin.patch(AT, {"value": 0, "reason": "按集团规定"}).must()
    assert (changed["value"], changed["source"]) == (0, "database")
    assert admin.post(
        "/api/users/me/change-password", {"currentPassword": "Correct-Horse-7", "newPassword": "onlylowercase"}
    ).ok
    (entry,) = plant.audit(action="SYSTEM_CONFIG_UPDATE")
    assert (entry["entityDisplay"], entry["reason"]) == (KEY, "按集团规定")
    assert entry["changes"] == [{"path": KEY, "before": 3, "after": 0}]
    default = admin.patch(AT, {"value": None, "reason": "back again"}).must()
    assert (default["value"], default["source"]) == (3, "default")


@pytest.mark.parametrize("value", [5, -1, "3", 2.5, True, [1], {"a": 1}])
def test_a_value_out_of_limits_is_refused(admin: Api, value: Any) -> None:
    refused = admin.patch(AT, {"value": value, "reason": "because"})
    assert (refused.status, refused.code, refused.field_paths) == (422, "VALIDATION_ERROR", ["value"])
    assert one(admin)["value"] == 3


def test_a_change_without_a_reason_or_of_nothing_is_refused(admin: Api) -> None:
    assert admin.patch(AT, {"value": 2}).field_paths == ["reason"]
    for path in ("no.such.setting", "installation.id"):
        assert admin.patch(f"/api/system/config/{path}", {"value": 1, "reason": "because"}).code == "SETTING_NOT_FOUND"
        assert admin.get(f"/api/system/config/{path}/history").code == "SETTING_NOT_FOUND"
        assert admin.post(f"/api/system/config/{path}/rollback", {"toVersion": 0, "reason": "because"}).status == 404


def test_every_version_is_kept_and_any_may_be_set_again(admin: Api) -> None:
    for value in (1, 2, 4):
        admin.patch(AT, {"value": value, "reason": f"now {value}"}).must()
    history = admin.get(f"{AT}/history").must()["items"]
    assert [(version["version"], version["value"]) for version in history] == [(3, 4), (2, 2), (1, 1), (0, 3)]
    assert (history[0]["changedByName"], history[0]["reason"]) == ("系统管理员", "now 4")
    back = admin.post(f"{AT}/rollback", {"toVersion": 1, "reason": "too strict"}).must()
    assert back["value"] == 1
    assert admin.get(f"{AT}/history").must()["items"][0]["version"] == 4
    assert admin.post(f"{AT}/rollback", {"toVersion": 0, "reason": "default"}).must()["source"] == "default"
    assert admin.post(f"{AT}/rollback", {"toVersion": 99, "reason": "nothing"}).field_paths == ["toVersion"]


def test_two_who_change_a_setting_at_once_leave_two_versions_or_one_refusal(admin: Api) -> None:
    asks = [(admin, "PATCH", AT, {"value": value, "reason": "at once"}) for value in (1, 2, 3, 4)]
    answers = admin.at_once(*asks)
    assert {answer.code for answer in answers} <= {None, "STALE_UPDATE"}
    versions = [row["version"] for row in admin.get(f"{AT}/history").must()["items"]]
    assert len(versions) - 1 == sum(answer.ok for answer in answers)


@pytest.mark.usefixtures("_nothing_fixed")
def test_what_the_environment_fixes_is_not_changed_from_inside(admin: Api) -> None:
    assert settings.fix({"SETTING_AUTH_PASSWORD_CLASSES": "4", "SETTING_AUTH_SESSION_PASSWORD_HOURS": "8"}) == []
    assert (one(admin)["value"], one(admin)["source"]) == (4, "environment")
    refused = admin.patch(AT, {"value": 1, "reason": "because"})
    assert (refused.status, refused.code, refused.details) == (409, "CONFIG_FROM_ENVIRONMENT", {"key": KEY})
    assert admin.post(f"{AT}/rollback", {"toVersion": 0, "reason": "because"}).code == "CONFIG_FROM_ENVIRONMENT"
    assert [name for name, _fault in settings.fix({"SETTING_AUTH_PASSWORD_CLASSES": "9"})] == [
        "SETTING_AUTH_PASSWORD_CLASSES"
    ]


def test_only_who_may_configure_sees_and_changes_settings(api: Api) -> None:
    for who in (api.as_("engineer"), api.as_("quality")):
        assert who.get("/api/system/config").details == {"permission": "system:config"}
        assert who.patch(AT, {"value": 1, "reason": "because"}).status == 403


# Branding and uploads


def test_branding_is_open_and_shows_an_uploaded_logo(api: Api, admin: Api, plant: Plant) -> None:
    assert api.nobody.get("/api/system/branding").must() == {
        "appName": "fiducial",
        "shortName": "fiducial",
        "logo": None,
    }
    sent = send(admin, PNG).must()
    assert (sent["mediaType"], sent["size"]) == ("image/png", len(PNG))
    for key, value in (("appName", "某厂 MES"), ("shortName", "MES"), ("logo", sent["name"])):
        admin.patch(f"/api/system/config/branding.{key}", {"value": value, "reason": "our name"}).must()
    shown = api.nobody.get("/api/system/branding").must()
    assert shown == {"appName": "某厂 MES", "shortName": "MES", "logo": sent["url"]}
    assert f'<img src="{sent["url"]}" alt=""><span>MES</span>' in api.nobody.get("/sign-in").text
    assert " · MES</title>" in admin.get("/runs").text
    served = api.nobody.get(sent["url"])
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-disposition"].startswith("attachment")
    (entry,) = plant.audit(action="SYSTEM_UPLOAD")
    assert entry["payload"]["file"] == "logo.png"
    assert (
        admin.patch("/api/system/config/branding.logo", {"value": "../../etc/passwd", "reason": "because"}).code
        == "VALIDATION_ERROR"
    )


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a....", b"", b"<html>"])
def test_a_file_is_known_by_its_content(admin: Api, content: bytes) -> None:
    refused = send(admin, content, "logo.png")
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["file"])


def test_a_file_from_who_may_not_is_not_kept(api: Api, admin: Api, tmp_path: Path) -> None:
    assert send(api.as_("planner"), PNG).code == "FORBIDDEN"
    assert not list((tmp_path / "uploads").glob("*")) if (tmp_path / "uploads").exists() else True
    for name in ("0" * 32 + ".png", "..%2F..%2Fsecret.key"):
        assert api.nobody.get(f"/uploads/{name}").status == 404


def test_the_page_shows_every_setting_with_its_history(admin: Api, plant: Plant) -> None:
    english = admin.with_headers(accept_language="en")
    page = english.get("/system/settings").text
    for word in ("Kinds of characters", KEY, "Change"):
        assert word in page, word
    assert KEY not in english.get("/system/settings", search="wecom-nothing").text
    admin.patch(AT, {"value": 2, "reason": "as agreed"}).must()
    plant.sql(update(setting_versions).values(changed_by_name="Somebody"))
    dialog = english.get(f"/system/settings/dialogs/{KEY}").text
    for word in ("as agreed", "Somebody", "Set again", "From 0 to 4"):
        assert word in dialog, word
    assert english.get("/system/settings/dialogs/nothing").status == 404


@pytest.mark.parametrize("in_database", [True, False])
def test_an_upload_is_served_from_wherever_it_is_kept(
    make_app: Callable[..., FastAPI], tmp_path: Path, in_database: bool
) -> None:
    asking = Api(make_app(uploads_in_db=in_database))
    kept = sent(asking.as_("admin"), "/api/system/upload", PNG, name="logo.png").must()
    assert (tmp_path / "uploads" / kept["name"]).is_file() is not in_database
    shown = asking.nobody.get(kept["url"])
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"].startswith("attachment")
    asking.close()


@pytest.mark.one_engine
def test_a_setting_that_is_a_file_has_a_button_to_send_one(admin: Api) -> None:
    form = admin.get("/system/settings/dialogs/branding.logo").text
    assert 'data-upload="/api/system/upload"' in form
    assert 'accept="image/png,image/jpeg,image/webp"' in form
