"""The audit book (spec 09.7): what is entered, who may read it, and that nobody can change it unseen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import orjson
import psycopg
import pytest
from sqlalchemy import Connection, text
from tests.api.plant import PASSWORD, Plant
from tests.api.web import Api

from fiducial.kit.audit import append_only_ddl
from fiducial.kit.store import Store, make_engine


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("admin")


@contextmanager
def behind_our_back(store: Store) -> Iterator[Connection]:
    """A connection that knows no rule, as an intruder's."""
    url = store.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+apsw", "")
    engine = make_engine(url)
    with engine.connect() as conn:
        yield conn
        conn.commit()
    engine.dispose()


def without_triggers(conn: Connection, *tables: str) -> None:
    for table in tables:
        if conn.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                conn.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        else:
            conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


# What stands in it


def test_a_change_says_what_was_before_and_what_is_after(api: Api, plant: Plant) -> None:
    asked = api.as_("planner").with_headers(x_request_id="req-4711", user_agent="Firefox").from_("10.1.2.3")
    asked.patch("/api/users/me", {"phone": "138"}).must()
    (entered,) = plant.audit(action="USER_PROFILE_UPDATE")
    assert entered["changes"] == [{"path": "phone", "before": None, "after": "138"}]
    assert (entered["actorType"], entered["actorName"], entered["actorRoles"]) == ("USER", "张计划", ["planner"])
    assert (entered["ip"], entered["userAgent"], entered["requestId"]) == ("10.1.2.3", "Firefox", "req-4711")
    assert (entered["entityType"], entered["entityDisplay"], entered["outcome"], entered["code"]) == (
        "USER",
        "planner",
        "SUCCESS",
        None,
    )


def test_a_refused_attempt_is_entered_with_its_code_in_the_readers_language(api: Api, admin: Api, plant: Plant) -> None:
    api.as_("operator").post("/api/lines", {"code": "L", "name": "L", "processType": "SMT"}, key="try-1")
    (entered,) = plant.audit(action="LINE_CREATE", outcome="REFUSED")
    assert (entered["code"], entered["payload"], entered["idempotencyKey"]) == (
        "FORBIDDEN",
        {"permission": "line:config", "call": "POST /api/lines"},
        "try-1",
    )
    assert entered["message"].startswith("没有权限")
    english = admin.with_headers(accept_language="en").get(f"/api/audit-logs/{entered['id']}").must()
    assert english["message"].startswith("This is not permitted")


def test_a_body_without_the_right_shape_is_entered_too(api: Api, plant: Plant) -> None:
    api.as_("engineer").post("/api/lines", {"code": 7})
    assert plant.audit(outcome="REFUSED")[0]["code"] == "VALIDATION_ERROR"


def test_a_stuck_scanner_does_not_fill_the_book(api: Api, plant: Plant) -> None:
    for _ in range(15):
        api.as_("quality2").post("/api/users/me/change-password", b"{not json")
    assert len(plant.audit(code="VALIDATION_ERROR")) <= 11


# Who may read it


def test_without_the_permission_one_reads_ones_own_entries(api: Api, admin: Api, plant: Plant) -> None:
    api.as_("planner").patch("/api/users/me", {"phone": "1"}).must()
    api.as_("engineer").patch("/api/users/me", {"phone": "2"}).must()
    mine = api.as_("planner").get("/api/audit-logs").must()["items"]
    assert {entry["actorName"] for entry in mine} == {"张计划"}
    (other,) = plant.audit(actorName="李工艺")
    assert api.as_("planner").get("/api/audit-logs", actorId=other["actorId"]).code == "FORBIDDEN"
    assert api.as_("planner").get("/api/audit-logs", actorId=mine[0]["actorId"]).ok
    assert api.as_("planner").get(f"/api/audit-logs/{other['id']}").code == "AUDIT_ENTRY_NOT_FOUND"
    assert api.as_("engineer").get(f"/api/audit-logs/{other['id']}").must()["payload"] == {}
    assert admin.get("/api/audit-logs", actorId=other["actorId"]).must()["total"] == 1
    assert api.nobody.get("/api/audit-logs").status == 401


@pytest.mark.parametrize("role", ["planner", "engineer", "leader", "material", "operator"])
def test_only_who_sees_all_may_export_and_verify(api: Api, role: str) -> None:
    assert api.as_(role).get("/api/audit-logs/export").details == {"permission": "system:audit"}
    assert api.as_(role).post("/api/audit-logs/verify").details == {"permission": "system:audit"}


def test_the_book_is_filtered_and_its_newest_entries_come_first(admin: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    plant.station("ST-X", line="LINE-X")

    def found(**filters: Any) -> list[str]:
        return [entry["action"] for entry in admin.get("/api/audit-logs", **filters).must()["items"]]

    everything = admin.get("/api/audit-logs", pageSize=100).must()["items"]
    assert [entry["seq"] for entry in everything] == sorted((entry["seq"] for entry in everything), reverse=True)
    assert found(entityDisplay="st-x") == ["STATION_CREATE"]
    assert found(actorName="工艺", entityType="LINE") == ["LINE_CREATE"]
    assert found(requestId=everything[0]["requestId"]) == [everything[0]["action"]]
    assert found(entityId=everything[0]["entityId"]) == [everything[0]["action"]]
    assert found(outcome="FAILED") == []
    assert found(**{"from": everything[0]["at"]})[0] == everything[0]["action"]
    assert found(to="2026-01-01T00:00:00Z") == []
    assert admin.get("/api/audit-logs", outcome="MAYBE").field_paths == ["outcome"]
    assert admin.get("/api/audit-logs", **{"from": "yesterday"}).field_paths == ["from"]
    assert admin.get("/api/audit-logs", colour="red").code == "VALIDATION_ERROR"
    assert admin.get("/api/audit-logs", actorId="no-id").must()["items"] == []


def test_an_entry_that_does_not_exist_is_not_found(admin: Api) -> None:
    for name in ("nothing", "01a2008e-b770-7000-8000-0000000fffff"):
        assert (admin.get(f"/api/audit-logs/{name}").status, admin.get(f"/api/audit-logs/{name}").code) == (
            404,
            "AUDIT_ENTRY_NOT_FOUND",
        )


def test_who_may_read_a_thing_may_read_its_history(api: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    history = api.as_("trace").get("/api/audit-logs/entity/LINE/LINE-X").must()["items"]
    assert [entry["action"] for entry in history] == ["LINE_CREATE"]
    assert api.as_("trace").get("/api/audit-logs/entity/USER/planner").ok, "who sees all sees this too"
    assert api.as_("operator").get("/api/audit-logs/entity/USER/planner").details == {
        "permission": "system:user_manage"
    }
    assert api.as_("operator").get("/api/audit-logs/entity/NONSENSE/x").details == {"permission": "system:audit"}


# Export


def test_the_export_holds_every_entry_and_is_entered_itself(admin: Api, plant: Plant) -> None:
    answer = admin.get("/api/audit-logs/export", format="jsonl")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert 'filename="audit.jsonl"' in answer.headers["content-disposition"]
    rows = [orjson.loads(line) for line in answer.text.splitlines()]
    assert rows[0]["action"] == "AUDIT_EXPORT", "it was entered before the first row left"
    assert [row["seq"] for row in rows] == [entry["seq"] for entry in plant.audit()]


def test_a_spreadsheet_can_open_it_and_runs_nothing_of_it(api: Api, admin: Api) -> None:
    api.as_("planner").patch("/api/users/me", {"phone": "1"}).must()
    api.as_("planner").with_headers(user_agent="=cmd|'/c calc'!A1").patch("/api/users/me", {"phone": "2"}).must()
    answer = admin.get("/api/audit-logs/export", format="csv", action="USER_PROFILE_UPDATE")
    assert answer.text.startswith("\ufeffseq,")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["actorName"] for row in rows] == ["张计划", "张计划"]
    assert rows[0]["userAgent"].startswith("'=cmd")


def test_an_export_of_nonsense_is_refused(admin: Api) -> None:
    assert admin.get("/api/audit-logs/export", format="xml").field_paths == ["format"]
    assert admin.get("/api/audit-logs/export", outcome="MAYBE").field_paths == ["outcome"]
    assert admin.get("/api/audit-logs/export", colour="red").field_paths == ["colour"]


# That it cannot be changed, and cannot be changed unseen


@pytest.mark.parametrize("table", ["audit_entry", "audit_context"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_the_database_itself_refuses_to_change_the_book(store: Store, plant: Plant, table: str, statement: str) -> None:
    plant.line("LINE-X")
    column = {"audit_entry": "action", "audit_context": "facts"}[table]
    with pytest.raises(Exception) as refused, behind_our_back(store) as conn:  # noqa: PT011 - each driver has its own fault
        conn.execute(text(statement.format(table=table, column=column)))
    cause = refused.value.orig if hasattr(refused.value, "orig") else refused.value
    assert isinstance(cause, apsw.ConstraintError | psycopg.errors.RaiseException)
    assert "append-only" in str(cause)


def test_nor_can_it_be_emptied_at_once(store: Store) -> None:
    if store.engine_name == "sqlite":
        assert len(append_only_ddl("audit_entry", "sqlite")) == 2, "SQLite has no TRUNCATE"
        return
    with pytest.raises(Exception, match="append-only"), behind_our_back(store) as conn:
        conn.execute(text("TRUNCATE audit_entry"))


def test_a_book_that_nobody_touched_is_whole_and_its_verification_is_entered(admin: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    found = admin.post("/api/audit-logs/verify").must()
    assert (found["ok"], found["archives"]) == (True, [])
    assert found["checked"] == found["headSeq"] or found["checked"] > 10
    assert "firstBad" not in found
    assert plant.audit(action="AUDIT_VERIFY")[0]["payload"]["ok"] is True
    assert (
        admin.post("/api/audit-logs/verify", {"fromSeq": found["headSeq"] - 3, "toSeq": found["headSeq"] - 1}).must()[
            "checked"
        ]
        == 3
    )


@pytest.mark.parametrize(
    ("tampering", "kind"),
    [
        ("UPDATE audit_entry SET action = 'NOTHING' WHERE seq = {seq}", "HASH"),
        ("UPDATE audit_entry SET code = 'FORBIDDEN' WHERE seq = {seq}", "HASH"),
        ("UPDATE audit_entry SET at = at + 1 WHERE seq = {seq}", "HASH"),
        (
            "UPDATE audit_context SET facts = '{{}}' WHERE id = (SELECT context_id FROM audit_entry WHERE seq = {seq})",
            "HASH",
        ),
        ("DELETE FROM audit_entry WHERE seq = {seq}", "GAP"),
    ],
)
def test_what_an_intruder_changes_is_found(admin: Api, plant: Plant, store: Store, tampering: str, kind: str) -> None:
    plant.line("LINE-X")
    for number in range(4):
        admin.patch("/api/users/me", {"phone": str(number)}).must()
    target = plant.audit(entityDisplay="LINE-X")[0]["seq"]
    with behind_our_back(store) as conn:
        without_triggers(conn, "audit_entry", "audit_context")
        conn.execute(text(tampering.format(seq=target)))
    found = admin.post("/api/audit-logs/verify").must()
    assert found["ok"] is False
    assert found["firstBad"]["kind"] == kind
    assert found["firstBad"]["seq"] >= target or "context" in tampering
    assert plant.audit(action="AUDIT_VERIFY")[0]["payload"]["ok"] is False


def test_a_chain_cut_at_its_end_is_found(admin: Api, plant: Plant, store: Store) -> None:
    plant.line("LINE-X")
    with behind_our_back(store) as conn:
        without_triggers(conn, "audit_entry")
        conn.execute(text("DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)"))
    assert admin.post("/api/audit-logs/verify").must()["firstBad"]["kind"] == "GAP"


def test_a_part_that_makes_no_sense_is_not_verified(admin: Api) -> None:
    assert admin.post("/api/audit-logs/verify", {"fromSeq": 0}).field_paths == ["fromSeq"]
    assert admin.post("/api/audit-logs/verify", {"from": 1}).field_paths == ["from"]


def test_each_entry_names_the_hash_before_it(admin: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    by_place = {(entry["lane"], entry["laneSeq"]): entry for entry in plant.audit()}
    linked = [
        (entry, by_place[entry["lane"], entry["laneSeq"] - 1])
        for entry in by_place.values()
        if (entry["lane"], entry["laneSeq"] - 1) in by_place
    ]
    assert linked
    assert all(entry["prevHash"] == before["hash"] for entry, before in linked)
    first = next(entry for entry in by_place.values() if entry["laneSeq"] == 1)
    assert first["prevHash"] == "0" * 64


def test_no_secret_ever_stands_in_the_book(api: Api, admin: Api, plant: Plant) -> None:
    made = plant.user("newcomer")
    token = admin.post(
        "/api/api-tokens", {"name": "t", "system": "ERP", "scopes": ["wo:read"], "expiresAt": "2027-06-01T00:00:00Z"}
    ).must()
    api.as_("planner").post(
        "/api/users/me/change-password", {"currentPassword": PASSWORD, "newPassword": "Reflow-Oven-245"}
    ).must()
    api.as_("quality").post(
        "/api/users/me/change-password", {"currentPassword": "Guess-Work-1", "newPassword": "password1"}
    )
    book = admin.get("/api/audit-logs/export", format="jsonl").text
    for secret in (made["initialPassword"], token["secret"], PASSWORD, "Reflow-Oven-245", "Guess-Work-1"):
        assert secret not in book
