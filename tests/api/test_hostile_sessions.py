"""Keys, cookies and origins in the hands of somebody who wants more than theirs."""

from __future__ import annotations

import re

import pytest
from tests.api.plant import PASSWORD, Plant
from tests.api.web import Api

from fiducial.people.tables import users

SIGN_IN = "/api/auth/sign-in/email"


def test_a_sign_in_repeated_under_its_key_gives_no_cookie_that_opens_nothing(api: Api) -> None:
    body = {"email": "planner", "password": PASSWORD}
    first = api.nobody.post(SIGN_IN, body, key="scan-1")
    cookie = first.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    assert api.with_cookie(cookie).get("/api/auth/session").ok
    again = api.nobody.post(SIGN_IN, body, key="scan-1")
    assert (again.code, again.headers.get("set-cookie")) == ("IDEMPOTENCY_RESULT_GONE", None)


def test_two_addresses_and_keys_that_read_alike_when_joined_are_two_acts(plant: Plant, api: Api) -> None:
    plant.line("L")
    plant.line("L:x")
    engineer = api.as_("engineer")
    assert engineer.patch("/api/lines/L:x", {"name": "new name"}, key="k").must()["code"] == "L:x"
    assert engineer.patch("/api/lines/L", {"name": "new name"}, key="x:k").must()["code"] == "L"


def test_an_answer_is_not_repeated_to_whoever_lost_the_permission_or_to_somebody_else(plant: Plant, api: Api) -> None:
    role = plant.role(permissions=["line:config"])
    user = plant.user(roles=[role["code"]])
    plant.sql(users.update().where(users.c.username == user["username"]).values(must_change_password=False))
    who = plant.session(user["username"])
    body = {"code": "L-9", "name": "L-9", "processType": "SMT"}
    made = who.post("/api/lines", body, key="k").must()
    assert who.post("/api/lines", body, key="k").must() == made
    assert api.as_("engineer").post("/api/lines", body, key="k").code == "LINE_CODE_DUPLICATE"
    api.as_("admin").patch(f"/api/roles/{role['code']}", {"permissions": ["line:read"]}).must()
    assert who.post("/api/lines", body, key="k").code == "FORBIDDEN"


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:3000.evil.com", "http://localhost:30001", "https://localhost:3000", "null", "http://localhost", "//localhost:3000",
     "http://localhost:3000@evil.com", "HTTP://EVIL"],
)  # fmt: skip
def test_a_write_by_cookie_from_a_site_that_looks_like_ours_is_refused(api: Api, origin: str) -> None:
    here = api.as_("planner")
    for header in ("origin", "referer"):
        answer = here.with_headers(**{header: origin}).post("/api/auth/sign-out")
        assert answer.code == "ORIGIN_NOT_ALLOWED"
    assert here.get("/api/auth/session").ok


@pytest.mark.one_engine
def test_no_form_puts_what_is_typed_into_an_address(api: Api) -> None:
    """Pressed before the script is there the browser sends it by itself."""
    for page in (api.nobody.get("/sign-in").text, api.as_("admin").get("/system/users/dialogs/new").text):
        forms = re.findall(r"<form [^>]*data-api[^>]*>", page)
        assert forms
        assert all('method="post"' in form for form in forms)
