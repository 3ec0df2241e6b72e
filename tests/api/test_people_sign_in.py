"""Signing in and out (spec 09.2): who gets in, who does not and why, and what is entered of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from tests.api.plant import PASSWORD, Plant
from tests.api.web import Answer, Api

from fiducial.kit.clock import now_ms
from fiducial.kit.store import Store
from fiducial.people.tables import address_failures, sessions, users

MINUTE = 60_000


def sign_in(api: Api, name: str, password: str = PASSWORD) -> Answer:
    return api.nobody.post("/api/auth/sign-in/email", {"email": name, "password": password})


def fail(api: Api, name: str, times: int) -> list[str | None]:
    return [sign_in(api, name, "wrong").code for _ in range(times)]


@pytest.mark.parametrize("name", ["planner", "PLANNER", " planner@Example.com "])
def test_a_person_signs_in_by_user_name_or_e_mail(api: Api, name: str) -> None:
    answer = sign_in(api, name)
    assert answer.status == 200
    assert answer.data["user"]["username"] == "planner"
    assert answer.data["session"]["method"] == "PASSWORD"
    assert answer.data["mustChangePassword"] is False


def test_the_cookie_is_the_only_one_and_out_of_reach_of_scripts(api: Api) -> None:
    (cookie,) = sign_in(api, "planner").headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    value, *attributes = rest.split("; ")
    assert name == "fiducial_session"
    assert len(value) >= 43
    assert attributes == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert api.with_cookie(value).get("/api/auth/session").must()["user"]["username"] == "planner"


def test_the_cookie_is_secure_where_the_plant_speaks_https(make_app: Callable[..., FastAPI]) -> None:
    api = Api(make_app(app_url="https://mes.example.com"))
    (cookie,) = sign_in(api, "planner").headers.get_list("set-cookie")
    assert cookie.endswith("; Secure")
    api.close()


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(api: Api) -> None:
    wrong, unknown = sign_in(api, "planner", "wrong"), sign_in(api, "nobody.here", "wrong")
    assert (wrong.status, wrong.code) == (unknown.status, unknown.code) == (401, "INVALID_CREDENTIALS")
    assert wrong.message == unknown.message
    assert wrong.details == unknown.details == {}
    assert "set-cookie" not in wrong.headers


def test_a_disabled_account_is_told_so_only_with_the_right_password(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "trace").values(is_active=False))
    assert (sign_in(api, "trace").status, sign_in(api, "trace").code) == (403, "ACCOUNT_DISABLED")
    assert sign_in(api, "trace", "wrong").code == "INVALID_CREDENTIALS"


def test_the_fifth_failure_locks_the_account_and_the_right_password_does_not_open_it(api: Api) -> None:
    assert fail(api, "planner", 5) == ["INVALID_CREDENTIALS"] * 5
    locked = sign_in(api, "planner")
    assert (locked.status, locked.code) == (429, "ACCOUNT_LOCKED")
    assert 14 * 60 < locked.details["retryAfterSeconds"] <= 15 * 60
    assert locked.headers["retry-after"] == str(locked.details["retryAfterSeconds"])
    assert sign_in(api, "quality").ok, "another account is not touched"


def test_a_lock_ends_by_itself_and_the_next_lasts_twice_as_long(api: Api, plant: Plant) -> None:
    fail(api, "planner", 5)
    plant.sql(update(users).where(users.c.username == "planner").values(locked_until=now_ms() - 1))
    fail(api, "planner", 5)
    assert 29 * 60 < sign_in(api, "planner").details["retryAfterSeconds"] <= 30 * 60


def test_a_lock_never_lasts_longer_than_a_day(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "planner").values(locks=40))
    fail(api, "planner", 5)
    assert sign_in(api, "planner").details["retryAfterSeconds"] == pytest.approx(86_400, abs=30)


def test_success_forgets_the_failures_before_it(api: Api) -> None:
    fail(api, "planner", 4)
    assert sign_in(api, "planner").ok
    fail(api, "planner", 4)
    assert sign_in(api, "planner").ok


def test_failures_of_a_quarter_of_an_hour_ago_count_no_more(api: Api, plant: Plant) -> None:
    fail(api, "planner", 4)
    plant.sql(update(users).where(users.c.username == "planner").values(failures_since=now_ms() - 15 * MINUTE))
    fail(api, "planner", 1)
    assert sign_in(api, "planner").ok


def test_an_administrator_unlocks(api: Api) -> None:
    fail(api, "planner", 5)
    (planner,) = api.as_("admin").get("/api/users", search="planner").must()["items"]
    assert planner["lockedUntil"] is not None
    assert api.as_("admin").post(f"/api/users/{planner['id']}/unlock").must()["lockedUntil"] is None
    assert sign_in(api, "planner").ok


def test_thirty_failures_of_one_address_close_it_out_for_ten_minutes(api: Api, plant: Plant) -> None:
    here, there = api.from_("10.1.1.1"), api.from_("10.1.1.2")
    for place in range(30):
        assert sign_in(here, f"guess.{place}", "wrong").code == "INVALID_CREDENTIALS"
    refused = sign_in(here, "planner")
    assert (refused.status, refused.code) == (429, "RATE_LIMITED")
    assert 9 * 60 < int(refused.headers["retry-after"]) <= 10 * 60
    assert sign_in(there, "planner").ok, "another address is free"
    plant.sql(update(address_failures).values(at=address_failures.c.at - 10 * MINUTE))
    assert sign_in(here, "planner").ok, "ten minutes later it is open again"


def test_successes_are_never_counted_against_an_address(api: Api) -> None:
    assert all(sign_in(api, "planner").ok for _ in range(32))


def test_every_success_failure_and_lock_is_entered(api: Api, plant: Plant) -> None:
    sign_in(api, "planner")
    fail(api, "planner", 5)
    sign_in(api, "planner")
    done = [
        (row["action"], row["outcome"], row["code"], row["entityDisplay"]) for row in plant.audit(entityType="USER")
    ]
    assert done[:9] == [
        ("SIGN_IN_FAILED", "REFUSED", "ACCOUNT_LOCKED", "planner"),
        ("SIGN_IN_FAILED", "REFUSED", "INVALID_CREDENTIALS", "planner"),
        ("ACCOUNT_LOCKED", "SUCCESS", None, "planner"),
        *[("SIGN_IN_FAILED", "REFUSED", "INVALID_CREDENTIALS", "planner")] * 4,
        ("SIGN_IN", "SUCCESS", None, "planner"),
        done[8],
    ]
    (signed_in,) = plant.audit(action="SIGN_IN")
    assert (signed_in["actorName"], signed_in["actorRoles"]) == ("张计划", ["planner"])
    assert signed_in["sessionId"]


def test_a_name_nobody_has_is_entered_as_its_hash_alone(api: Api, plant: Plant) -> None:
    sign_in(api, "my-Secret-typed-in-the-wrong-field", "wrong")
    (entered,) = plant.audit(action="SIGN_IN_FAILED")
    assert entered["entityDisplay"].startswith("sha256:")
    assert "secret" not in str(entered).lower()


def test_no_password_stands_anywhere_in_the_book(api: Api, plant: Plant) -> None:
    sign_in(api, "planner", "Wrong-But-Close-7")
    sign_in(api, "planner")
    assert "Wrong-But-Close-7" not in str(plant.audit())
    assert PASSWORD not in str(plant.audit())


def test_only_a_hash_of_the_cookie_is_kept(api: Api, store: Store) -> None:
    cookie = sign_in(api, "planner").headers["set-cookie"].partition("=")[2].partition(";")[0]
    with store_reader(store) as conn:
        kept = [bytes(row.digest) for row in conn.execute(select(sessions.c.digest))]
    assert cookie.encode() not in kept
    assert all(len(digest) == 32 for digest in kept)


def store_reader(store: Store):  # type: ignore[no-untyped-def]
    from fiducial.kit.store import make_engine

    return make_engine(
        store.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+apsw", "")
    ).connect()


def test_signing_in_ends_the_session_that_was_sent_along(api: Api, plant: Plant) -> None:
    old = plant.session("planner")
    assert old.post("/api/auth/sign-in/email", {"email": "quality", "password": PASSWORD}).ok
    ended = old.get("/api/auth/session")
    assert (ended.status, ended.details["reason"]) == (401, "SESSION_ENDED")


def test_signing_out_ends_the_session_and_takes_the_cookie_away(api: Api, plant: Plant) -> None:
    person = plant.session("planner")
    answer = person.post("/api/auth/sign-out")
    assert answer.must() == {}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert person.get("/api/auth/session").status == 401
    assert plant.audit(action="SIGN_OUT")[0]["entityDisplay"] == "planner"


def test_signing_out_without_a_session_is_fine_and_enters_nothing(api: Api, plant: Plant) -> None:
    assert api.nobody.post("/api/auth/sign-out").must() == {}
    assert api.with_cookie("forged").post("/api/auth/sign-out").ok
    assert plant.audit(action="SIGN_OUT") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "planner"},
        {"email": "", "password": "x"},
        {"email": 7, "password": "x"},
        {"email": "planner", "password": "x", "otp": 1},
    ],
)
def test_a_sign_in_without_the_right_shape_is_refused(api: Api, body: dict[str, object]) -> None:
    answer = api.nobody.post("/api/auth/sign-in/email", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")


def test_blanks_at_the_end_of_a_password_count(api: Api) -> None:
    assert sign_in(api, "planner", PASSWORD + " ").code == "INVALID_CREDENTIALS"


def test_a_password_that_grew_too_old_must_be_changed(api: Api, plant: Plant) -> None:
    from fiducial.kit.settings import values

    plant.sql(
        values.insert().values(key="auth.password.maxAgeDays", place=0, value="90", changed_at=0),
        update(users).where(users.c.username == "planner").values(password_set_at=now_ms() - 91 * 24 * 60 * MINUTE),
    )
    assert sign_in(api, "planner").must()["mustChangePassword"] is True
    assert sign_in(api, "quality").must()["mustChangePassword"] is False


def test_five_wrong_guesses_at_once_lock_the_account_all_the_same(api: Api) -> None:
    guess = (api.nobody, "POST", "/api/auth/sign-in/email", {"email": "planner", "password": "wrong"})
    answers = api.at_once(*[guess] * 8)
    assert sum(answer.code == "INVALID_CREDENTIALS" for answer in answers) == 5
    assert sum(answer.code == "ACCOUNT_LOCKED" for answer in answers) == 3
