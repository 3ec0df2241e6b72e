"""Machine tokens (spec 09.3): what they may, what they may not, and when they are nobody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.plant import LINE, PASSWORD, Plant, until
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.clock import now_ms
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.people.tables import sessions, tokens

BODY = {"name": "AOI 01", "system": "AOI", "scopes": ["integration:push"], "expiresAt": "2027-06-01T00:00:00Z"}


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin")


def test_the_secret_is_shown_once_and_kept_as_its_hash(api: Api, admin: Api, plant: Plant) -> None:
    made = admin.post("/api/api-tokens", BODY).must()
    assert made["secret"].startswith("fdc_")
    assert len(made["secret"]) == 47
    assert made["prefix"] == made["secret"][:12]
    listed = admin.get("/api/api-tokens").must()["items"]
    assert [row["name"] for row in listed] == ["AOI 01"]
    assert "secret" not in listed[0]
    assert made["secret"] not in str(plant.audit())
    mine = api.with_token(made["secret"]).get("/api/permissions/me").must()
    assert (mine["name"], mine["permissions"], mine["scopes"]) == (
        "AOI 01",
        ["integration:push"],
        {"integration:push": "ALL"},
    )


def test_a_token_may_do_what_it_names_and_nothing_else(api: Api, plant: Plant) -> None:
    machine = plant.token("wo:read", system="ERP")
    assert machine.get("/api/work-orders").ok
    for path in ("/api/lines", "/api/users", "/api/audit-logs/verify"):
        answer = machine.get(path) if "verify" not in path else machine.post(path)
        assert (answer.status, answer.code) == (403, "FORBIDDEN"), path
    assert machine.get("/api/users/me").details == {"reason": "PEOPLE_ONLY"}
    assert machine.post("/api/auth/reauth", {"method": "PASSWORD", "secret": PASSWORD}).status == 403


@pytest.mark.parametrize("scopes", [["system:user_manage"], ["wo:read", "run:authorize"], ["line:read"]])
def test_what_a_token_may_not_hold_is_refused(admin: Api, scopes: list[str]) -> None:
    refused = admin.post("/api/api-tokens", {**BODY, "scopes": scopes})
    assert (refused.status, refused.code, refused.details) == (422, "TOKEN_SCOPE_INVALID", {"scopes": scopes[-1:]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expiresAt", "2020-01-01T00:00:00Z"),
        ("expiresAt", "2029-01-01T00:00:00Z"),
        ("allowedAddresses", ["10.0.0.0/33"]),
        ("allowedAddresses", ["the office"]),
        ("scopes", []),
        ("system", "erp"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(admin: Api, field: str, value: Any) -> None:
    refused = admin.post("/api/api-tokens", {**BODY, field: value})
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert refused.field_paths[0].startswith(field)


def test_a_token_names_lines_that_exist(admin: Api) -> None:
    assert admin.post("/api/api-tokens", {**BODY, "lineIds": ["LINE-X"]}).code == "LINE_NOT_FOUND"
    assert admin.post("/api/api-tokens", {**BODY, "lineIds": [LINE]}).must()["lineCodes"] == [LINE]


def test_a_bad_expired_or_revoked_token_is_nobody_and_says_why(api: Api, admin: Api, plant: Plant) -> None:
    def reason(machine: Api) -> Any:
        answer = machine.get("/api/work-orders")
        assert (answer.status, answer.code) == (401, "UNAUTHORIZED")
        return answer.details["reason"]

    assert reason(api.with_token("fdc_forged")) == "TOKEN_UNKNOWN"
    revoked = plant.token("wo:read")
    (row,) = admin.get("/api/api-tokens").must()["items"]
    assert admin.post(f"/api/api-tokens/{row['id']}/revoke").must()["isActive"] is False
    assert reason(revoked) == "TOKEN_REVOKED"
    expired = plant.token("wo:read")
    plant.sql(update(tokens).values(expires_at=now_ms() - 1))
    assert reason(expired) == "TOKEN_EXPIRED"
    assert admin.post("/api/api-tokens/nothing/revoke").code == "API_TOKEN_NOT_FOUND"
    assert {entry["action"] for entry in plant.audit(entityType="API_TOKEN")} == {
        "API_TOKEN_CREATE",
        "API_TOKEN_REVOKE",
    }


def test_a_token_works_from_its_addresses_alone(plant: Plant) -> None:
    machine = plant.token("wo:read", allowedAddresses=["10.20.0.0/16", "2001:db8::1"])
    within, beyond = ("10.20.3.4", "::ffff:10.20.3.4", "2001:db8::1"), ("10.21.0.1", "::ffff:10.21.0.1", "2001:db8::2")
    for address, ok in [*((one, True) for one in within), *((one, False) for one in beyond)]:
        answer = machine.from_(address).get("/api/work-orders")
        assert answer.ok is ok, address
        assert ok or answer.details["reason"] == "TOKEN_ADDRESS"


def test_it_is_noted_when_and_from_where_a_token_was_last_used(admin: Api, plant: Plant) -> None:
    machine = plant.token("wo:read").from_("10.9.8.7")
    machine.get("/api/work-orders").must()
    until(lambda: admin.get("/api/api-tokens").must()["items"][0]["lastUsedAt"] is not None)
    (row,) = admin.get("/api/api-tokens").must()["items"]
    assert row["lastUsedFrom"] == "10.9.8.7"


def test_a_token_of_one_line_reaches_that_line_alone(plant: Plant, store: Store) -> None:
    from hashlib import sha256

    from fiducial.kit.acting import Caller

    secret = plant.token("run:read", lineIds=[LINE]).headers["authorization"].removeprefix("Bearer ")
    far = plant.line("LINE-B")
    from fiducial.kit import ids

    @query("run:read")
    def reached(tx: Tx) -> frozenset[int] | None:
        with pytest.raises(Refused) as refused:
            must_reach_line(tx, ids.from_wire(far["id"]) or 0, "run:read")
        assert refused.value.details == {"scope": "ASSIGNED_LINES", "lineCode": "LINE-B"}
        return lines_in_reach(tx, "run:read")

    lines = store.read_now(Caller(token_hash=sha256(secret.encode()).digest()), reached)
    assert lines is not None
    assert len(lines) == 1


def test_a_new_token_asks_for_fresh_proof(api: Api, admin: Api, plant: Plant) -> None:
    plant.sql(update(sessions).values(authenticated_at=now_ms() - 301_000))
    refused = admin.post("/api/api-tokens", BODY)
    assert (refused.status, refused.code, refused.details["methods"]) == (403, "REAUTH_REQUIRED", ["PASSWORD"])
    assert admin.post("/api/api-tokens", {**BODY, "password": "wrong"}).code == "REAUTH_FAILED"
    assert (
        admin.post("/api/api-tokens", {**BODY, "reauth": {"method": "PIN", "secret": "246810"}}).code == "REAUTH_FAILED"
    )
    assert admin.post("/api/api-tokens", {**BODY, "password": PASSWORD}).ok
    assert admin.post("/api/api-tokens", {**BODY, "reauth": {"method": "PASSWORD", "secret": PASSWORD}}).ok
    assert [entry["code"] for entry in plant.audit(action="API_TOKEN_CREATE")][2:] == [
        "REAUTH_FAILED",
        "REAUTH_FAILED",
        "REAUTH_REQUIRED",
    ]


def test_a_plant_may_ask_for_proof_every_time(admin: Api, plant: Plant) -> None:
    from fiducial.kit.settings import values

    plant.sql(values.insert().values(key="signature.freshSeconds", place=0, value="0", changed_at=0))
    assert admin.post("/api/api-tokens", BODY).code == "REAUTH_REQUIRED"
