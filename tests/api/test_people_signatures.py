"""Electronic signatures (spec 09.4): who proved what, when, and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, text, update
from tests.api.plant import PASSWORD, Plant, cheap
from tests.api.web import Answer, Api

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.clock import now_ms
from fiducial.kit.http.door import Doors
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import values
from fiducial.kit.tx import Tx
from fiducial.people import signing
from fiducial.people.proof import Proof
from fiducial.people.proof_api import proving
from fiducial.people.shapes import Proving
from fiducial.people.tables import sessions, signatures, users

LONG_AGO = 301_000
BOARDS: dict[int, dict[str, Any]] = {}


class Boards:
    """A kind of thing that is signed: what its room would know of it."""

    type, version = "BOARD", 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:
        assert (meaning, version) in {("APPROVED", 1), ("WAIVE", 1)}
        return BOARDS.get(subject_id)

    def must_read(self, tx: Tx, subject_id: int) -> None:
        if not tx.actor.holds("quality:sign"):
            raise Refused("FORBIDDEN", permission="quality:sign")
        if subject_id not in BOARDS:
            raise Refused("UNIT_NOT_FOUND")


class SignBoard(Proving):
    meaning: Literal["APPROVED", "WAIVE"] = "APPROVED"
    recorded_by_me: bool = False
    remark: str | None = None


@action("quality:sign", audit="FAI_SIGN", entity="INSPECTION", key="board")
def sign_board(tx: Tx, board: str, body: SignBoard, proof: Proof) -> dict[str, str]:
    key = signing.sign(
        tx, subject_type="BOARD", subject_id=ids.from_wire(board) or 0, meaning=body.meaning, proof=proof, remark=body.remark,
        recorded_by=(tx.actor.id,) if body.recorded_by_me else (),
    )  # fmt: skip
    tx.record(board)
    return {"id": ids.to_wire(key)}


@pytest.fixture
def board(app: FastAPI) -> Iterator[str]:
    """A thing to be signed, and the door at which it is."""
    doors = Doors("test")
    proving(doors, "POST", "/api/boards/{board}/sign", sign_board, SignBoard)
    app.include_router(doors.router)
    signing.wire_subjects([Boards()])
    BOARDS[4711] = {"sn": "SN-1", "results": [1.5, None, "OK"]}
    yield ids.to_wire(4711)
    BOARDS.clear()
    signing.wire_subjects([])


def sign(who: Api, board: str, **body: Any) -> Answer:
    return who.post(f"/api/boards/{board}/sign", body)


def of(who: Api, board: str) -> list[dict[str, Any]]:
    return list(who.get("/api/signatures", subjectType="BOARD", subjectId=board).must()["items"])


def test_a_signature_says_who_signed_what_when_and_by_which_proof(api: Api, plant: Plant, board: str) -> None:
    quality = api.as_("quality")
    made = sign(quality, board, password=PASSWORD, remark="看过").must()
    (signature,) = of(quality, board)
    assert signature["id"] == made["id"]
    assert (signature["signerName"], signature["signerRoles"], signature["method"]) == (
        "王质量",
        ["quality"],
        "PASSWORD",
    )
    assert (signature["meaning"], signature["meaningText"]) == ("APPROVED", {"zh": "批准", "en": "Approved"})
    assert (signature["subjectType"], signature["subjectId"], signature["remark"]) == ("BOARD", board, "看过")
    assert signature["valid"] is True
    assert len(signature["contentHash"]) == 64
    assert signature["sessionId"] in {session["id"] for session in quality.get("/api/auth/sessions").must()["items"]}
    (entry,) = plant.audit(action="FAI_SIGN")
    assert (entry["entityDisplay"], entry["signatureId"]) == (board, made["id"])


def test_a_fresh_sign_in_proves_and_an_old_one_does_not(api: Api, plant: Plant, board: str) -> None:
    quality = api.as_("quality")
    sign(quality, board).must()
    assert of(quality, board)[0]["method"] == "SESSION"
    plant.sql(update(sessions).values(authenticated_at=now_ms() - LONG_AGO))
    refused = sign(quality, board)
    assert (refused.status, refused.code, refused.details) == (403, "REAUTH_REQUIRED", {"methods": ["PASSWORD"]})
    sign(quality, board, reauth={"method": "PASSWORD", "secret": PASSWORD}).must()
    assert sign(quality, board).code == "REAUTH_REQUIRED", "a signature does not renew the sign-in"
    quality.post("/api/auth/reauth", {"method": "PASSWORD", "secret": PASSWORD}).must()
    sign(quality, board).must()


def test_activity_does_not_keep_a_sign_in_fresh(api: Api, plant: Plant, board: str) -> None:
    plant.sql(update(sessions).values(authenticated_at=now_ms() - LONG_AGO, last_seen_at=now_ms() - 70_000))
    api.as_("quality").get("/api/auth/session").must()
    assert sign(api.as_("quality"), board).code == "REAUTH_REQUIRED"


def test_a_wrong_password_signs_nothing_and_the_fifth_locks_the_account(api: Api, plant: Plant, board: str) -> None:
    quality = api.as_("quality")
    for _ in range(5):
        refused = sign(quality, board, password="wrong")
        assert (refused.status, refused.code) == (403, "REAUTH_FAILED")
    locked = sign(quality, board, password=PASSWORD)
    assert (locked.status, locked.code) == (429, "ACCOUNT_LOCKED")
    assert of(quality, board) == []
    entries = plant.audit(actorName="王质量")
    assert [entry["code"] for entry in entries if entry["action"] == "FAI_SIGN"] == [
        "ACCOUNT_LOCKED",
        *["REAUTH_FAILED"] * 5,
    ]
    assert [entry["action"] for entry in entries].count("ACCOUNT_LOCKED") == 1
    assert "wrong" not in str([entry["payload"] for entry in entries])


def test_wrong_passwords_at_once_are_all_counted(api: Api, board: str) -> None:
    quality = api.as_("quality")
    wrong = (quality, "POST", f"/api/boards/{board}/sign", {"password": "wrong"})
    codes = [answer.code for answer in quality.at_once(*[wrong] * 8)]
    assert sorted(codes) == [*["ACCOUNT_LOCKED"] * 3, *["REAUTH_FAILED"] * 5]


def test_the_proof_of_whoever_may_not_sign_is_not_looked_at(api: Api, board: str) -> None:
    for body in ({"password": "wrong"}, {"password": PASSWORD}):
        assert sign(api.as_("planner"), board, **body).details == {"permission": "quality:sign"}
    assert sign(api.nobody, board, password=PASSWORD).code == "UNAUTHORIZED"


def test_a_password_changed_meanwhile_proves_nothing(api: Api, plant: Plant, board: str) -> None:
    other = cheap.hash("Another-Horse-8")
    plant.sql(update(users).where(users.c.username == "quality").values(password_hash=other))
    assert sign(api.as_("quality"), board, password=PASSWORD).code == "REAUTH_FAILED"
    sign(api.as_("quality"), board, password="Another-Horse-8").must()


def test_a_pin_proves_nothing_away_from_badge_and_terminal(api: Api, plant: Plant, board: str) -> None:
    pin = {"method": "PIN", "secret": "246810"}
    plant.sql(update(users).where(users.c.username == "quality").values(pin_hash=cheap.hash("246810")))
    assert sign(api.as_("quality"), board, reauth=pin).code == "REAUTH_FAILED"
    plant.sql(update(sessions).values(method="BADGE_PIN", authenticated_at=now_ms() - LONG_AGO))
    assert sign(api.as_("quality"), board).details["methods"] == ["PASSWORD", "PIN"]
    sign(api.as_("quality"), board, reauth=pin).must()
    assert of(api.as_("quality"), board)[0]["method"] == "PIN"


def test_five_wrong_pins_end_the_pin_and_not_the_account(api: Api, plant: Plant, board: str) -> None:
    plant.sql(
        update(users).where(users.c.username == "quality").values(pin_hash=cheap.hash("246810")),
        update(sessions).values(method="BADGE_PIN", authenticated_at=now_ms() - LONG_AGO),
    )
    quality = api.as_("quality")
    for _ in range(5):
        assert sign(quality, board, reauth={"method": "PIN", "secret": "111222"}).code == "REAUTH_FAILED"
    assert sign(quality, board, reauth={"method": "PIN", "secret": "246810"}).code == "REAUTH_FAILED"
    sign(quality, board, password=PASSWORD).must()
    assert [entry["payload"] for entry in plant.audit(action="ACCOUNT_LOCKED")] == [{"what": "PIN"}]


def test_a_plant_says_which_proofs_it_takes(api: Api, plant: Plant, board: str) -> None:
    plant.sql(values.insert().values(key="signature.methods", place=0, value='["PIN"]', changed_at=0))
    refused = sign(api.as_("quality"), board, password=PASSWORD)
    assert (refused.code, refused.details) == ("REAUTH_FAILED", {"methods": []})


def test_a_second_person_signs_what_the_plant_names(api: Api, plant: Plant, board: str) -> None:
    mine = {"recordedByMe": True, "password": PASSWORD}
    sign(api.as_("quality"), board, **mine).must()
    plant.sql(values.insert().values(key="signature.fourEyes", place=0, value='["APPROVED"]', changed_at=0))
    refused = sign(api.as_("quality"), board, **mine)
    assert (refused.status, refused.code, refused.details) == (409, "SIGNER_MUST_DIFFER", {"meaning": "APPROVED"})
    sign(api.as_("quality2"), board, password=PASSWORD).must()
    sign(api.as_("quality"), board, meaning="WAIVE", **mine).must()


def test_machines_never_sign(plant: Plant, board: str) -> None:
    machine = plant.token("trace:read")
    assert sign(machine, board, password=PASSWORD).code == "FORBIDDEN"


def test_what_changes_after_its_signature_shows_as_superseded(api: Api, board: str) -> None:
    quality = api.as_("quality")
    sign(quality, board, password=PASSWORD).must()
    BOARDS[4711]["results"][0] = 1.6
    sign(quality, board, password=PASSWORD).must()
    assert [signature["valid"] for signature in of(quality, board)] == [False, True]
    BOARDS[4711] = dict(reversed(BOARDS[4711].items()))
    assert [signature["valid"] for signature in of(quality, board)] == [False, True], "the order of fields says nothing"


def test_a_signature_is_never_changed_or_taken_away(api: Api, plant: Plant, board: str) -> None:
    sign(api.as_("quality"), board, password=PASSWORD).must()
    for statement in (update(signatures).values(signer_name="x"), delete(signatures)):
        with pytest.raises(Exception, match="append-only"):
            plant.sql(statement)
    if plant.store.engine_name == "postgresql":
        with pytest.raises(Exception, match="append-only"):
            plant.sql(text("TRUNCATE signature"))


def test_signatures_are_read_by_whoever_may_read_the_thing(api: Api, board: str) -> None:
    def asked(who: Api, **query: str) -> Answer:
        return who.get("/api/signatures", **{"subjectType": "BOARD", "subjectId": board, **query})

    assert asked(api.as_("planner")).details == {"permission": "quality:sign"}
    assert asked(api.as_("quality"), subjectId=ids.to_wire(1)).code == "UNIT_NOT_FOUND"
    assert asked(api.as_("quality"), subjectId="x").field_paths == ["subjectId"]
    assert asked(api.as_("quality"), subjectType="DREAM").field_paths == ["subjectType"]
    assert api.as_("quality").get("/api/signatures").field_paths == ["subjectType", "subjectId"]
    assert asked(api.nobody).code == "UNAUTHORIZED"


def test_a_setting_of_signatures_takes_only_what_exists() -> None:
    from fiducial.people.settings import accepted_methods, four_eyes

    assert four_eyes.check(["WAIVE"]) == ["WAIVE"]
    for setting, wrong in ((four_eyes, ["DREAM"]), (four_eyes, "WAIVE"), (accepted_methods, ["PIN", "PIN"])):
        with pytest.raises(ValueError, match="each once"):
            setting.check(wrong)
