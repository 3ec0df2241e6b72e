"""What is kept for ever, in the book and beside it, holds no secret: neither of those who got in nor of those who tried."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from tests.api.plant import PASSWORD, TEST, Plant
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.columns import metadata
from fiducial.kit.tx import Tx

NEXT, TYPED = "Another-Horse-8!", "in the wrong field 4711"


@query("open")
def _everything(tx: Tx) -> str:
    """Every row of every table as text; bytes as they would read."""
    told = []
    for table in metadata.sorted_tables:
        for row in tx.all(select(table)):
            told += [cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in row]
    return "\n".join(told)


def test_no_secret_is_kept_anywhere(api: Api, plant: Plant, capsys: Any) -> None:
    secrets = {PASSWORD, NEXT, TYPED}
    key = {"key": "k-1"}
    api.nobody.post("/api/auth/sign-in/email", {"email": TYPED, "password": TYPED}, **key)
    api.nobody.post("/api/auth/sign-in/email", {"email": "planner", "password": TYPED}, **key)
    entered = api.nobody.post("/api/auth/sign-in/email", {"email": "planner", "password": PASSWORD}, **key)
    secrets.add(entered.headers["set-cookie"].split(";")[0].split("=", 1)[1])
    planner, admin = api.as_("planner"), api.as_("admin")
    planner.post("/api/auth/reauth", {"method": "PASSWORD", "secret": TYPED})
    planner.post("/api/auth/reauth", {"method": TYPED, "secret": TYPED, TYPED[:3]: TYPED})
    planner.post("/api/users/me/change-password", {"currentPassword": TYPED, "newPassword": NEXT}, **key)
    planner.post("/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": "x" + TYPED[:2]}, **key)
    planner.post("/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": NEXT}, **key).must()
    planner.patch("/api/users/me", {"email": "x@example.com", "password": TYPED})
    user = admin.post("/api/users", {"username": "new.one", "name": "新人", "roleCodes": ["quality"]}, **key).must()
    secrets.add(user["initialPassword"])
    secrets.add(admin.post(f"/api/users/{user['id']}/reset-password", **key).must()["initialPassword"])
    token = {"name": "t", "system": "DEVICE", "scopes": ["exec:read"], "expiresAt": "2027-06-01T00:00:00Z"}
    secrets.add(admin.post("/api/api-tokens", {**token, "password": PASSWORD}, **key).must()["secret"])
    admin.post("/api/api-tokens", {**token, "password": TYPED, "scopes": [TYPED[:4]]})
    admin.post("/api/api-tokens", {**token, "password": TYPED * 100})
    kept = plant.store.read_now(TEST, _everything)
    assert [secret for secret in secrets if secret in kept] == []
    logged = capsys.readouterr()
    assert [secret for secret in secrets if secret in logged.out + logged.err] == []
