"""Signing in and out (spec 09.2)."""

from __future__ import annotations

from tests.api.plant import PASSWORD, Plant
from tests.api.web import Api


def test_a_person_signs_in_by_user_name_or_e_mail(api: Api) -> None:
    for name in ("planner", "PLANNER", " planner@Example.com "):
        answer = api.nobody.post("/api/auth/sign-in/email", {"email": name, "password": PASSWORD})
        assert answer.status == 200
        assert answer.data["user"]["username"] == "planner"
        assert answer.data["session"]["method"] == "PASSWORD"
        assert answer.data["mustChangePassword"] is False


def test_the_cookie_is_the_only_one_and_out_of_reach_of_scripts(api: Api, plant: Plant) -> None:
    answer = api.nobody.post("/api/auth/sign-in/email", {"email": "planner", "password": PASSWORD})
    (cookie,) = answer.headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    value, *attributes = rest.split("; ")
    assert name == "fiducial_session"
    assert len(value) >= 43
    assert attributes == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert api.with_cookie(value).get("/api/auth/session").data["user"]["username"] == "planner"
