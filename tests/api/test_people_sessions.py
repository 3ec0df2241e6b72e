"""Sessions (spec 09.2): forged, expired, ended; the forced change of a password; writes from another site."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from tests.api.plant import PASSWORD, TEST, Plant, until
from tests.api.web import HERE, Api

from fiducial.kit.acting import OPEN, Caller, query
from fiducial.kit.clock import now_ms
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.people.identity import end_expired_sessions
from fiducial.people.tables import sessions, user_roles, users

HOUR = 3_600_000


def key_of(username: str):  # type: ignore[no-untyped-def]
    return select(users.c.id).where(users.c.username == username).scalar_subquery()


def test_a_forged_cookie_is_nobody(api: Api) -> None:
    for forged in ("forged", "x" * 4000, "%00", "a;b"):
        answer = api.with_cookie(forged).get("/api/permissions/me")
        assert (answer.status, answer.code, answer.details) == (401, "UNAUTHORIZED", {"reason": "SESSION_UNKNOWN"})
    assert api.nobody.get("/api/permissions/me").details == {}


@pytest.mark.parametrize("column", ["expires_at", "last_seen_at"])
def test_an_expired_or_idle_session_is_over_and_entered_once(api: Api, plant: Plant, store: Store, column: str) -> None:
    person = plant.session("planner")
    plant.sql(update(sessions).where(sessions.c.user_id == key_of("planner")).values({column: now_ms() - 13 * HOUR}))
    for ask in (person.get, person.post, person.get):
        answer = (
            ask("/api/permissions/me")
            if ask == person.get
            else ask("/api/auth/reauth", {"method": "PASSWORD", "secret": "x"})
        )
        assert (answer.status, answer.details["reason"]) in ((401, "SESSION_EXPIRED"), (401, "SESSION_ENDED"))
    # Nobody waits for the entry of the session that was asked for, and on PostgreSQL another writer may make it.
    until(lambda: len(plant.audit(action="SESSION_EXPIRED")) == 1)
    assert store.write_now(TEST, end_expired_sessions) == 1, "the other session of the planner was not asked for"
    entries = plant.audit(action="SESSION_EXPIRED")
    assert [entry["entityDisplay"] for entry in entries] == ["planner", "planner"]
    assert person.get("/api/permissions/me").details == {"reason": "SESSION_ENDED"}


def test_a_request_moves_the_idle_limit_at_most_once_a_minute(plant: Plant, store: Store) -> None:
    person = plant.session("planner")
    mine = (
        select(sessions.c.last_seen_at)
        .where(sessions.c.user_id == key_of("planner"))
        .order_by(sessions.c.id.desc())
        .limit(1)
    )

    @query(OPEN)
    def last_seen(tx: Tx) -> int:
        return tx.scalar(mine)  # type: ignore[no-any-return]

    def read_after(ms_ago: int) -> None:
        plant.sql(
            update(sessions).where(sessions.c.user_id == key_of("planner")).values(last_seen_at=now_ms() - ms_ago)
        )
        person.get("/api/permissions/me").must()

    def ago() -> int:
        return now_ms() - store.read_now(TEST, last_seen)

    read_after(30_000)
    time.sleep(0.05)  # a write that was left to the writers would have been done by now
    assert ago() >= 30_000, "half a minute ago is recent enough"
    read_after(90_000)
    until(lambda: ago() < 30_000)  # a read moves it
    plant.sql(update(sessions).where(sessions.c.user_id == key_of("planner")).values(last_seen_at=now_ms() - 90_000))
    person.patch("/api/users/me", {"phone": "123"}).must()
    assert now_ms() - store.read_now(TEST, last_seen) < 30_000, "a write moves it in its own transaction"


def test_a_disabled_account_has_no_session_any_more(api: Api, plant: Plant) -> None:
    (operator,) = list(api.as_("admin").get("/api/users", search="operator2").must()["items"])
    assert api.as_("operator2").get("/api/auth/session").ok
    api.as_("admin").patch(f"/api/users/{operator['id']}", {"isActive": False}).must()
    assert api.as_("operator2").get("/api/auth/session").details == {"reason": "SESSION_ENDED"}


def test_an_account_disabled_behind_our_back_counts_at_once(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "quality").values(is_active=False))
    assert api.as_("quality").get("/api/auth/session").details == {"reason": "ACCOUNT_DISABLED"}


def test_a_role_taken_away_counts_at_the_next_request(api: Api, plant: Plant) -> None:
    assert api.as_("engineer").get("/api/lines").ok
    plant.sql(user_roles.delete().where(user_roles.c.user_id == key_of("engineer")))
    refused = api.as_("engineer").get("/api/lines")
    assert (refused.status, refused.code, refused.details["permission"]) == (403, "FORBIDDEN", "line:read")


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(api: Api, plant: Plant) -> None:
    other = plant.session("planner")
    listed = api.as_("planner").get("/api/auth/sessions").must()["items"]
    assert [session["isCurrent"] for session in listed] == [False, True]
    assert api.as_("quality").delete(f"/api/auth/sessions/{listed[0]['id']}").code == "SESSION_NOT_FOUND"
    assert api.as_("planner").delete(f"/api/auth/sessions/{listed[0]['id']}").must() == {"id": listed[0]["id"]}
    assert other.get("/api/auth/session").status == 401
    assert api.as_("planner").delete(f"/api/auth/sessions/{listed[0]['id']}").status == 404
    assert [entry["outcome"] for entry in plant.audit(action="SESSION_END")] == ["REFUSED", "SUCCESS", "REFUSED"]


# The forced change


@pytest.fixture
def newcomer(api: Api, plant: Plant) -> Api:
    """Somebody who has just been given a password."""
    user = plant.user("newcomer", roles=["planner"])
    answer = api.nobody.post("/api/auth/sign-in/email", {"email": "newcomer", "password": user["initialPassword"]})
    assert answer.must()["mustChangePassword"] is True
    newcomer = api.with_cookie(answer.headers["set-cookie"].partition("=")[2].partition(";")[0])
    newcomer.headers["x-test-password"] = user["initialPassword"]
    return newcomer


def test_a_newcomer_may_do_nothing_before_choosing_a_password(newcomer: Api) -> None:
    for path in ("/api/auth/session", "/api/permissions/me", "/api/users/me"):
        assert newcomer.get(path).ok, path
    for method, path in (
        ("GET", "/api/lines"),
        ("GET", "/api/work-orders"),
        ("GET", "/api/auth/sessions"),
        ("PATCH", "/api/users/me"),
    ):
        refused = newcomer.ask(method, path, {} if method == "PATCH" else None)
        assert (refused.status, refused.code) == (403, "PASSWORD_CHANGE_REQUIRED"), path


def test_with_a_password_of_their_own_everything_opens(newcomer: Api, plant: Plant) -> None:
    given = newcomer.headers["x-test-password"]
    newcomer.post("/api/users/me/change-password", {"currentPassword": given, "newPassword": "Reflow-Oven-245"}).must()
    assert newcomer.get("/api/lines").ok
    assert newcomer.get("/api/auth/session").must()["mustChangePassword"] is False
    assert plant.audit(action="USER_PASSWORD_CHANGE")[0]["entityDisplay"] == "newcomer"


@pytest.mark.parametrize(
    ("new", "code", "rules"),
    [
        ("short1A", "PASSWORD_TOO_WEAK", ["LENGTH"]),
        ("password1", "PASSWORD_TOO_WEAK", ["CLASSES", "COMMON"]),
        ("planner", "PASSWORD_TOO_WEAK", ["LENGTH", "CLASSES", "USERNAME", "COMMON"]),
        (PASSWORD, "PASSWORD_REUSED", None),
    ],
)
def test_a_weak_or_former_password_is_not_taken(api: Api, new: str, code: str, rules: list[str] | None) -> None:
    answer = api.as_("planner").post("/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": new})
    assert (answer.status, answer.code) == ({"PASSWORD_TOO_WEAK": 422, "PASSWORD_REUSED": 409}[code], code)
    assert answer.details.get("rules") == rules


def test_the_last_five_passwords_are_not_taken_again(api: Api) -> None:
    person, present = api.as_("planner"), PASSWORD
    for number in range(1, 6):
        person.post(
            "/api/users/me/change-password", {"currentPassword": present, "newPassword": f"Solder-Paste-{number}"}
        ).must()
        present = f"Solder-Paste-{number}"
    for former in ("Solder-Paste-1", "Solder-Paste-5"):
        again = person.post("/api/users/me/change-password", {"currentPassword": present, "newPassword": former})
        assert again.code == "PASSWORD_REUSED"
    person.post("/api/users/me/change-password", {"currentPassword": present, "newPassword": PASSWORD}).must()


def test_changing_a_password_ends_the_other_sessions(api: Api, plant: Plant) -> None:
    other = plant.session("planner")
    api.as_("planner").post(
        "/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": "Reflow-Oven-245"}
    ).must()
    assert api.as_("planner").get("/api/auth/session").ok
    assert other.get("/api/auth/session").status == 401


def test_guessing_the_present_password_locks_the_account_too(api: Api) -> None:
    guess = {"currentPassword": "wrong", "newPassword": "Reflow-Oven-245"}
    codes = [api.as_("planner").post("/api/users/me/change-password", guess).code for _ in range(6)]
    assert codes == ["PASSWORD_WRONG"] * 5 + ["ACCOUNT_LOCKED"]


def test_demo_passwords_are_refused_in_production(make_app: Callable[..., FastAPI]) -> None:
    api = Api(make_app(app_mode="production"))
    answer = api.as_("planner").post(
        "/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": "ChangeMe123!"}
    )
    assert answer.details["rules"] == ["DEMO"]
    api.close()


# Fresh proof


def test_reauthentication_renews_the_proof_and_a_wrong_secret_counts(api: Api, plant: Plant) -> None:
    person = api.as_("planner")
    plant.sql(update(sessions).values(authenticated_at=now_ms() - HOUR))
    before = person.get("/api/auth/session").must()["session"]["authenticatedAt"]
    assert (
        person.post("/api/auth/reauth", {"method": "PASSWORD", "secret": PASSWORD}).must()["authenticatedAt"] > before
    )
    assert person.get("/api/auth/session").must()["session"]["authenticatedAt"] > before
    codes = [person.post("/api/auth/reauth", {"method": "PASSWORD", "secret": "wrong"}).code for _ in range(6)]
    assert codes == ["REAUTH_FAILED"] * 5 + ["ACCOUNT_LOCKED"]
    assert person.post("/api/auth/reauth", {"method": "PIN", "secret": "246810"}).code == "ACCOUNT_LOCKED"


def test_a_new_e_mail_asks_who_one_is(api: Api, plant: Plant) -> None:
    person = api.as_("planner")
    plant.sql(update(sessions).values(authenticated_at=now_ms() - HOUR))
    refused = person.patch("/api/users/me", {"email": "zhang@example.com"})
    assert (refused.status, refused.code, refused.details["methods"]) == (403, "REAUTH_REQUIRED", ["PASSWORD"])
    assert person.patch("/api/users/me", {"email": "zhang@example.com", "password": "wrong"}).code == "REAUTH_FAILED"
    assert (
        person.patch("/api/users/me", {"email": "zhang@example.com", "password": PASSWORD}).must()["email"]
        == "zhang@example.com"
    )
    assert person.patch("/api/users/me", {"phone": "138"}).must()["phone"] == "138", "the rest needs no proof"
    assert person.patch("/api/users/me", {"email": "Quality@example.com", "password": PASSWORD}).details == {
        "field": "email"
    }


# Cross-site writes


@pytest.mark.parametrize("header", ["origin", "referer"])
def test_a_write_by_cookie_from_another_site_is_refused_and_entered(api: Api, plant: Plant, header: str) -> None:
    for elsewhere in ("https://evil.example", "http://localhost:3000.evil.example/x", "null"):
        refused = api.as_("planner").with_headers(**{header: elsewhere}).patch("/api/users/me", {"phone": "1"})
        assert (refused.status, refused.code) == (403, "ORIGIN_NOT_ALLOWED")
    assert plant.audit(action="USER_PROFILE_UPDATE")[0]["code"] == "ORIGIN_NOT_ALLOWED"
    assert api.as_("planner").with_headers(**{header: HERE + "/profile"}).patch("/api/users/me", {"phone": "1"}).ok
    assert api.as_("planner").patch("/api/users/me", {"phone": "1"}).ok, "a program sends neither header"


def test_signing_in_from_another_site_is_refused_as_well(api: Api) -> None:
    person = api.as_("planner").with_headers(origin="https://evil.example")
    assert (
        person.post("/api/auth/sign-in/email", {"email": "planner", "password": PASSWORD}).code == "ORIGIN_NOT_ALLOWED"
    )


# A worker of ours that acts for a person


def test_the_loader_acts_as_the_person_it_names(store: Store) -> None:
    @query("run:authorize")
    def who(tx: Tx) -> tuple[str, str]:
        return tx.actor.kind, tx.actor.name

    @query(OPEN)
    def key(tx: Tx) -> int:
        return tx.scalar(select(key_of("leader")))  # type: ignore[no-any-return]

    leader = store.read_now(TEST, key)
    assert store.read_now(replace(TEST, user_id=leader), who) == ("USER", "赵组长")
    assert store.read_now(Caller(internal="loader"), who) == ("SYSTEM", "loader")
