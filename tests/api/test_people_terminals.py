"""Shared terminals, badges and PINs (spec 09.2): a person at a terminal, and nowhere else, and not everything."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.plant import LINE, PASSWORD, STATIONS, TEST, Plant, cheap
from tests.api.web import Answer, Api

from fiducial.kit.acting import query
from fiducial.kit.clock import now_ms
from fiducial.kit.tx import Tx
from fiducial.people.tables import address_failures, sessions, terminals, tokens, users
from fiducial.people.tokens import warn_of_expiry

PIN, BADGE = "246813", "B-0001"
TERMINAL = {"code": "T-01", "name": "印刷机旁", "lineCode": LINE, "stationCodes": [STATIONS[0]]}


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin")


@pytest.fixture
def floor(api: Api, plant: Plant) -> Api:
    """The browser of a registered terminal, at which nobody is signed in."""
    return paired(api, plant, TERMINAL)


def paired(api: Api, plant: Plant, terminal: dict[str, Any]) -> Api:
    plant.made("admin", "/api/terminals", terminal)
    code = plant.made("admin", f"/api/terminals/{terminal['code']}/pairing-code", {})["code"]
    answer = api.nobody.post("/api/auth/terminals/pair", {"code": code})
    assert answer.must()["code"] == terminal["code"]
    return api.nobody.with_headers(cookie=answer.headers["set-cookie"].split(";")[0])


def give(plant: Plant, username: str, badge: str = BADGE, pin: str = PIN) -> str:
    plant.sql(update(users).where(users.c.username == username).values(badge_no=badge, pin_hash=cheap.hash(pin)))
    return badge


def sign_in(at: Api, badge: str = BADGE, pin: str = PIN) -> Answer:
    return at.post("/api/auth/sign-in/badge", {"badgeNo": badge, "pin": pin})


def somebody(at: Api, badge: str = BADGE, pin: str = PIN) -> Api:
    """Whoever signs in at a terminal, in its browser."""
    answer = sign_in(at, badge, pin)
    answer.must()
    return at.with_headers(cookie=f"{at.headers['cookie'].split(';')[0]}; {answer.headers['set-cookie'].split(';')[0]}")


# Terminals


def test_a_terminal_is_registered_changed_and_listed(admin: Api, plant: Plant) -> None:
    made = admin.post("/api/terminals", TERMINAL).must()
    assert (made["lineCode"], made["stationCodes"], made["isPaired"], made["isActive"]) == (
        LINE,
        [STATIONS[0]],
        False,
        True,
    )
    changed = admin.patch("/api/terminals/T-01", {"name": "炉前", "stationCodes": list(STATIONS[:2])}).must()
    assert (changed["name"], changed["stationCodes"]) == ("炉前", sorted(STATIONS[:2]))
    moved = admin.patch("/api/terminals/T-01", {"lineCode": "LINE-FAR"}).must()
    assert (moved["lineCode"], moved["stationCodes"]) == ("LINE-FAR", [])
    assert [row["code"] for row in admin.get("/api/terminals", search="t-0", isActive="true").must()["items"]] == [
        "T-01"
    ]
    assert [entry["action"] for entry in plant.audit(entityType="TERMINAL", outcome="SUCCESS")] == [
        "TERMINAL_UPDATE", "TERMINAL_UPDATE", "TERMINAL_CREATE",
    ]  # fmt: skip


def test_a_terminal_that_makes_no_sense_is_refused(admin: Api) -> None:
    admin.post("/api/terminals", TERMINAL).must()
    assert admin.post("/api/terminals", TERMINAL).field_paths == ["code"]
    assert admin.post("/api/terminals", {**TERMINAL, "code": "T-2", "lineCode": "LINE-X"}).code == "LINE_NOT_FOUND"
    elsewhere = admin.post("/api/terminals", {**TERMINAL, "code": "T-2", "stationCodes": ["ST-FAR-01"]})
    assert elsewhere.field_paths == ["stationCodes"]
    for path in ("/api/terminals/T-9", "/api/terminals/T-9/pairing-code"):
        ask = admin.patch if path.endswith("T-9") else admin.post
        assert ask(path, {}).code == "TERMINAL_NOT_FOUND"


def test_a_pairing_code_pairs_one_browser_once_and_for_ten_minutes(api: Api, admin: Api, plant: Plant) -> None:
    admin.post("/api/terminals", TERMINAL).must()
    code = admin.post("/api/terminals/T-01/pairing-code").must()["code"]
    assert len(code) == 8
    answer = api.nobody.post("/api/auth/terminals/pair", {"code": code.lower()})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("fiducial_terminal=")
    for part in ("HttpOnly", "Path=/", "SameSite=Lax", "Max-Age="):
        assert part in cookie
    again = api.nobody.post("/api/auth/terminals/pair", {"code": code})
    assert (again.status, again.code) == (404, "TERMINAL_NOT_FOUND")
    late = admin.post("/api/terminals/T-01/pairing-code").must()["code"]
    plant.sql(update(terminals).values(pairing_until=now_ms() - 1))
    assert api.nobody.post("/api/auth/terminals/pair", {"code": late}).code == "TERMINAL_NOT_FOUND"
    assert code not in str(plant.audit())
    assert cookie.split("=")[1].split(";")[0] not in str(plant.audit())


def test_guessing_pairing_codes_closes_the_address_out(api: Api, admin: Api, plant: Plant) -> None:
    thief = api.nobody.from_("10.0.0.9")
    for _ in range(30):
        thief.post("/api/auth/terminals/pair", {"code": "AAAAAAAA"})
    admin.post("/api/terminals", TERMINAL).must()
    right = admin.post("/api/terminals/T-01/pairing-code").must()["code"]
    assert thief.post("/api/auth/terminals/pair", {"code": right}).code == "RATE_LIMITED"


# Signing in


def test_badge_and_pin_sign_in_at_a_terminal(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    answer = sign_in(floor)
    data = answer.must()
    assert (data["user"]["username"], data["session"]["method"], data["session"]["terminalCode"]) == (
        "operator",
        "BADGE_PIN",
        "T-01",
    )
    assert data["homePage"] == f"/execution?station={STATIONS[0]}"
    assert answer.headers.get_list("set-cookie")[0].startswith("fiducial_session=")
    assert len(answer.headers.get_list("set-cookie")) == 1
    (entry, *_) = plant.audit(action="SIGN_IN")
    assert (entry["actorName"], entry["terminalCode"], entry["payload"]["method"]) == ("钱操作", "T-01", "BADGE_PIN")


def test_away_from_a_terminal_a_badge_is_worth_nothing(api: Api, floor: Api, admin: Api, plant: Plant) -> None:
    give(plant, "operator")
    for browser in (api.nobody, api.nobody.with_headers(cookie="fiducial_terminal=forged")):
        refused = sign_in(browser)
        assert (refused.status, refused.code) == (403, "TERMINAL_NOT_REGISTERED")
    admin.patch("/api/terminals/T-01", {"isActive": False}).must()
    assert sign_in(floor).code == "TERMINAL_NOT_REGISTERED"


def test_somebody_of_another_line_is_sent_to_their_own(floor: Api, plant: Plant) -> None:
    give(plant, "operator2")
    refused = sign_in(floor)
    assert (refused.status, refused.code, refused.details["lineCode"]) == (403, "BADGE_NOT_ALLOWED_HERE", LINE)
    give(plant, "quality", "B-0002")
    sign_in(floor, "B-0002").must()


def test_an_unknown_badge_and_a_wrong_pin_are_told_alike(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    unknown, wrong = sign_in(floor, "B-9999"), sign_in(floor, pin="135790")
    assert (unknown.status, unknown.code, unknown.message) == (wrong.status, wrong.code, wrong.message) == (
        401, "INVALID_CREDENTIALS", wrong.message,
    )  # fmt: skip
    shown = {entry["entityDisplay"] for entry in plant.audit(action="SIGN_IN_FAILED")}
    assert "operator" in shown
    assert "B-9999" not in str(shown)


def test_five_wrong_pins_end_the_pin_until_the_password_or_an_administrator_gives_it_back(
    api: Api, floor: Api, admin: Api, plant: Plant
) -> None:
    give(plant, "operator")
    for _ in range(5):
        sign_in(floor, pin="135790")
    assert sign_in(floor).code == "INVALID_CREDENTIALS"
    api.nobody.post("/api/auth/sign-in/email", {"email": "operator", "password": PASSWORD}).must()
    sign_in(floor).must()


def test_a_disabled_account_with_the_right_pin_is_told_so(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    plant.sql(update(users).where(users.c.username == "operator").values(is_active=False))
    assert (sign_in(floor).code, sign_in(floor, pin="135790").code) == ("ACCOUNT_DISABLED", "INVALID_CREDENTIALS")


def test_a_locked_account_is_locked_at_a_terminal_too(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    plant.sql(update(users).where(users.c.username == "operator").values(locked_until=now_ms() + 60_000))
    assert sign_in(floor).code == "ACCOUNT_LOCKED"


def test_a_shared_address_is_closed_out_later(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    now = now_ms()
    plant.sql(
        address_failures.insert().values([{"id": n, "address": "127.0.0.1", "at": now - n} for n in range(1, 100)])
    )
    sign_in(floor).must()
    plant.sql(address_failures.insert().values(id=500, address="127.0.0.1", at=now))
    assert sign_in(floor).code == "RATE_LIMITED"


# What a badge session may


def test_a_badge_session_holds_nothing_strong_and_reaches_no_farther_than_the_line(floor: Api, plant: Plant) -> None:
    give(plant, "engineer")
    mine = somebody(floor).get("/api/permissions/me").must()
    assert "line:config" not in mine["permissions"]
    assert mine["scopes"]["run:read"] == "ASSIGNED_LINES"
    assert mine["session"] == {**mine["session"], "method": "BADGE_PIN", "terminalCode": "T-01"}
    engineer = somebody(floor)
    assert engineer.post("/api/lines", {"code": "L-9", "name": "x", "processType": "SMT"}).details == {
        "permission": "line:config"
    }
    assert engineer.get("/api/lines/LINE-FAR").code == "FORBIDDEN"
    engineer.get(f"/api/lines/{LINE}").must()


def test_an_operator_at_a_terminal_keeps_to_the_stations_of_its_line(api: Api, plant: Plant) -> None:
    far = paired(api, plant, {"code": "T-FAR", "name": "x", "lineCode": "LINE-FAR"})
    plant.bind("operator", station_codes=[STATIONS[0], "ST-FAR-01"])
    give(plant, "operator")
    operator = somebody(far)
    assert operator.get("/api/stations/ST-FAR-01/queue").ok
    refused = operator.get(f"/api/stations/{STATIONS[0]}/queue")
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert api.as_("operator").get(f"/api/stations/{STATIONS[0]}/queue").ok, "with a password all of them"


def test_a_badge_session_is_nobodys_away_from_its_terminal(api: Api, floor: Api, admin: Api, plant: Plant) -> None:
    give(plant, "operator")
    operator = somebody(floor)
    session = operator.headers["cookie"].split("fiducial_session=")[1]
    stolen = api.with_cookie(session).get("/api/auth/session")
    assert (stolen.status, stolen.details["reason"]) == (401, "TERMINAL_NOT_REGISTERED")
    operator.get("/api/auth/session").must()
    admin.patch("/api/terminals/T-01", {"isActive": False}).must()
    assert operator.get("/api/auth/session").details["reason"] == "TERMINAL_NOT_REGISTERED"


def test_another_badge_ends_the_first_session(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    give(plant, "leader", "B-0002")
    first = somebody(floor)
    second = somebody(first, "B-0002")
    assert second.get("/api/users/me").must()["username"] == "leader"
    assert first.get("/api/auth/session").details["reason"] == "SESSION_ENDED"


def test_a_badge_session_is_shorter(floor: Api, plant: Plant) -> None:
    give(plant, "operator")
    somebody(floor)
    assert plant.store.read_now(TEST, newest_session) == 15 * 60_000


@query("system:ops")
def newest_session(tx: Tx) -> int:
    return int(
        tx.scalar(sessions.select().with_only_columns(sessions.c.idle_ms).order_by(sessions.c.id.desc()).limit(1))
    )


# PINs


def test_an_administrator_gives_badge_and_pin_and_takes_them(api: Api, floor: Api, admin: Api, plant: Plant) -> None:
    user = next(u for u in admin.get("/api/users", search="operator").must()["items"] if u["username"] == "operator")
    at = f"/api/users/{user['id']}/pin"
    assert admin.post(at, {"badgeNo": "B-77", "pin": PIN}).must() == {"badgeNo": "B-77", "hasPin": True}
    sign_in(floor, "B-77").must()
    assert admin.post(at, {}).must() == {"badgeNo": "B-77", "hasPin": False}
    assert sign_in(floor, "B-77").code == "INVALID_CREDENTIALS"
    plant.user("another", badgeNo="B-78")
    taken = admin.post(at, {"badgeNo": "B-78", "pin": PIN})
    assert (taken.code, taken.details) == ("USER_EXISTS", {"field": "badgeNo"})
    assert admin.post("/api/users/nobody/pin", {}).code == "USER_NOT_FOUND"
    assert PIN not in str(plant.audit(action="USER_PIN_SET"))


def test_a_new_badge_ends_the_sessions(api: Api, admin: Api) -> None:
    user = next(u for u in admin.get("/api/users", search="trace").must()["items"] if u["username"] == "trace")
    admin.post(f"/api/users/{user['id']}/pin", {"badgeNo": "B-99", "pin": PIN}).must()
    assert api.as_("trace").get("/api/auth/session").details["reason"] == "SESSION_ENDED"


@pytest.mark.parametrize("pin", ["123456", "654321", "777777", "12345", "1234567", "abcdef", "１２３４５６"])
def test_a_pin_that_anybody_would_try_first_is_refused(admin: Api, api: Api, pin: str) -> None:
    refused = api.as_("operator").post("/api/users/me/pin", {"pin": pin, "password": PASSWORD})
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["pin"])


def test_ones_own_pin_asks_who_one_is(api: Api, floor: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "operator").values(badge_no=BADGE))
    plant.sql(update(sessions).values(authenticated_at=now_ms() - 301_000))
    operator = api.as_("operator")
    assert operator.post("/api/users/me/pin", {"pin": PIN}).code == "REAUTH_REQUIRED"
    assert operator.post("/api/users/me/pin", {"pin": PIN, "password": "wrong"}).code == "REAUTH_FAILED"
    assert operator.post("/api/users/me/pin", {"pin": PIN, "password": PASSWORD}).must() == {
        "badgeNo": BADGE,
        "hasPin": True,
    }
    sign_in(floor).must()
    assert operator.get("/api/users/me").must()["hasPin"] is True


# Tokens


def test_a_rotated_token_has_a_new_secret_and_the_old_lives_on_for_a_while(api: Api, admin: Api, plant: Plant) -> None:
    old = plant.token("wo:read")
    (row,) = admin.get("/api/api-tokens").must()["items"]
    made = admin.post(f"/api/api-tokens/{row['id']}/rotate", {"overlapHours": 2}).must()
    new = api.with_token(made["secret"])
    assert old.get("/api/work-orders").ok
    assert new.get("/api/work-orders").ok
    plant.sql(update(tokens).values(former_until=now_ms() - 1))
    assert old.get("/api/work-orders").details["reason"] == "TOKEN_UNKNOWN"
    at_once = admin.post(f"/api/api-tokens/{row['id']}/rotate", {"overlapHours": 0}).must()
    assert new.get("/api/work-orders").details["reason"] == "TOKEN_UNKNOWN"
    assert made["secret"] not in str(plant.audit())
    assert admin.post(f"/api/api-tokens/{row['id']}/rotate", {"overlapHours": 169}).field_paths == ["overlapHours"]
    admin.post(f"/api/api-tokens/{row['id']}/revoke").must()
    assert api.with_token(at_once["secret"]).get("/api/work-orders").details["reason"] == "TOKEN_REVOKED"
    assert admin.post(f"/api/api-tokens/{row['id']}/rotate").code == "API_TOKEN_NOT_FOUND"


def test_it_is_announced_once_at_fourteen_and_once_at_three_days_that_a_token_ends(admin: Api, plant: Plant) -> None:
    day = 24 * 3_600_000
    plant.token("wo:read")
    said = []
    for days in (20, 13, 12, 3, 2, -1):
        plant.sql(update(tokens).values(expires_at=now_ms() + days * day - 1000))
        said.append(plant.store.write_now(TEST, warn_of_expiry))
    assert said == [0, 1, 0, 1, 0, 0]
    plant.settle()
    told = admin.get("/api/notifications", type="TOKEN_EXPIRING").must()["items"]
    assert [item["data"]["days"] for item in told] == [3, 13]
