"""The audit book: every act and every attempt stands in it, nobody can change it unseen, and a roll-back leaves no trace in memory."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

import apsw
import psycopg
import pytest
from tests.unit.kit_plant import (
    ALICE,
    BOB,
    MALLORY,
    US,
    actions_of,
    book,
    caller,
    checked,
    make_and_fail,
    make_and_keep,
    make_and_refuse,
    make_board,
    raw,
    serials,
    touch,
)

from fiducial.kit.acting import ANONYMOUS, action
from fiducial.kit.audit import FIRST
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


def last(store: Store) -> Any:
    return store.read_now(US, book)[-1]


def test_an_act_is_entered_with_who_when_from_where_and_on_what(any_store: Store) -> None:
    any_store.write_now(caller("alice", request_id="R-1", agent="terminal"), make_board, "B1")
    entry = last(any_store)
    assert (entry.action, entry.entity_type, entry.entity_display, entry.code, entry.request_id) == (
        "BOARD_CREATE", "BOARD", "B1", None, "R-1",
    )  # fmt: skip
    assert entry.detail == '{"payload":{"number":1}}'
    assert entry.facts == {
        "actorType": "USER", "actorId": 1, "actorName": "Alice", "actorRoles": ["engineer"], "ip": "192.0.2.7", "userAgent": "terminal",
    }  # fmt: skip
    assert entry.entity_key


def test_an_action_that_forgets_its_entry_gets_one(any_store: Store) -> None:
    any_store.write_now(ALICE, touch, "B1")
    assert (last(any_store).action, last(any_store).entity_display) == ("BOARD_TOUCH", "B1")


def test_a_refused_attempt_is_entered_and_nothing_else_of_it_stays(any_store: Store) -> None:
    with pytest.raises(Refused, match="STALE_UPDATE"):
        any_store.write_now(ALICE, make_and_refuse, "B1")
    assert any_store.read_now(US, serials) == []
    assert [(entry.action, entry.code) for entry in any_store.read_now(US, book)] == [("BOARD_CREATE", "STALE_UPDATE")]
    assert last(any_store).detail == '{"call":"POST /api/boards","details":{"serial":"B1"}}'


def test_a_fault_of_ours_is_entered_without_its_inside(any_store: Store) -> None:
    with pytest.raises(RuntimeError):
        any_store.write_now(ALICE, make_and_fail, "B1")
    assert any_store.read_now(US, serials) == []
    assert [(entry.action, entry.code, entry.detail) for entry in any_store.read_now(US, book)] == [
        ("BOARD_CREATE", "INTERNAL_ERROR", '{"call":"POST /api/boards"}')
    ]


def test_a_kept_refusal_leaves_what_was_written_and_both_entries(any_store: Store) -> None:
    with pytest.raises(Refused, match="STALE_UPDATE"):
        any_store.write_now(ALICE, make_and_keep, "B1")
    assert any_store.read_now(US, serials) == ["B1"]
    assert [(entry.action, entry.code) for entry in any_store.read_now(US, book)] == [
        ("BOARD_CHECK", None), ("BOARD_CHECK", "STALE_UPDATE"),
    ]  # fmt: skip


def test_somebody_without_the_permission_is_refused_and_entered(any_store: Store) -> None:
    with pytest.raises(Refused) as refused:
        any_store.write_now(BOB, make_board, "B1")
    assert (refused.value.code, refused.value.details) == ("FORBIDDEN", {"permission": "board:make"})
    assert last(any_store).facts["actorName"] == "Bob"


def test_nobody_we_know_is_refused_and_cannot_fill_the_book(any_store: Store) -> None:
    with pytest.raises(Refused, match="UNAUTHORIZED"):
        any_store.write_now(MALLORY, make_board, "B1")
    assert any_store.read_now(US, book) == []
    assert ANONYMOUS.kind == "ANONYMOUS"


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def refuse_oddly(tx: Tx, serial: str) -> None:
    raise Refused("STALE_UPDATE", measured=decimal.Decimal("3.30"), kind=Refused)


def test_a_refusal_is_said_whatever_stands_in_its_details(any_store: Store) -> None:
    with pytest.raises(Refused, match="STALE_UPDATE"):
        any_store.write_now(ALICE, refuse_oddly, "B1")
    assert '"measured":"3.30"' in last(any_store).detail


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def make_with_try(tx: Tx, serial: str) -> None:
    """Tries a board in a savepoint, gives that up, and makes another."""
    try:
        with tx.savepoint():
            make_board(tx, serial + "-try")
            with tx.savepoint():
                make_board(tx, serial + "-inner")
            raise ValueError("given up")
    except ValueError:
        make_board(tx, serial)


def test_what_a_savepoint_gave_up_leaves_no_link_in_the_chain(any_store: Store) -> None:
    any_store.write_now(ALICE, make_with_try, "B1")
    any_store.write_now(ALICE, make_board, "B2")
    assert any_store.read_now(US, serials) == ["B1", "B2"]
    assert [entry.entity_display for entry in any_store.read_now(US, book)] == ["B1", "B2"]
    assert any_store.read_now(US, checked).ok


def test_nothing_stays_in_memory_after_a_refused_act_of_somebody_new(any_store: Store) -> None:
    """His context row is rolled back with his act; the next entry must not point to a row that is not there."""
    for _ in range(3):
        with pytest.raises(Refused):
            any_store.write_now(caller("alice", agent="new browser"), make_and_refuse, "B1")
    any_store.write_now(caller("alice", agent="new browser"), make_board, "B1")
    assert any_store.read_now(US, checked).checked == 4
    assert any_store.read_now(US, checked).ok


def test_changed_fields_tell_before_and_after_of_what_differs() -> None:
    assert changed_fields({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}) == [
        {"path": "b", "before": 2, "after": 5},
        {"path": "c", "before": 3, "after": None},
        {"path": "d", "before": None, "after": 4},
    ]


# ---- nobody changes it unseen ---------------------------------------------------------------------------------------

ON_SQLITE = {
    "update": "UPDATE audit_entry SET action = 'NOTHING' WHERE seq = 1",
    "delete": "DELETE FROM audit_entry WHERE seq = 1",
    "update of a context": "UPDATE audit_context SET facts = '{}'",
    "delete of a context": "DELETE FROM audit_context",
    "replace": "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
}


@action("board:make", audit="BOARD_TAMPER", entity="BOARD")
def run(tx: Tx, statement: str) -> None:
    tx.driver.execute(statement)


@pytest.mark.parametrize("what", ON_SQLITE)
def test_sqlite_itself_refuses(store: Store, what: str) -> None:
    store.write_now(ALICE, make_board, "B1")
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        store.write_now(ALICE, run, ON_SQLITE[what])
    assert actions_of(store) == ["BOARD_CREATE", "BOARD_TAMPER"]
    assert store.read_now(US, checked).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'NOTHING'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
        "UPDATE audit_context SET facts = '{}'", "DELETE FROM audit_context", "TRUNCATE audit_context CASCADE",
        "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (seq) DO UPDATE SET action = 'NOTHING'",
    ],
)  # fmt: skip
def test_postgresql_itself_refuses(pg_store: Store, pg_url: str, statement: str) -> None:
    pg_store.write_now(ALICE, make_board, "B1")
    with (
        psycopg.connect(pg_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute(statement)
    assert actions_of(pg_store) == ["BOARD_CREATE"]


TAMPERED = {
    "an entry's action was changed": ("UPDATE audit_entry SET action = 'OTHER' WHERE seq = 3", 3, "HASH"),
    "an entry's details were changed": ("UPDATE audit_entry SET detail = NULL WHERE seq = 2", 2, "HASH"),
    "an entry was given to somebody else": (
        "UPDATE audit_entry SET context_id = (SELECT id FROM audit_context ORDER BY id DESC LIMIT 1) WHERE seq = 1", 1, "HASH",
    ),
    "the person in a context was changed": ("UPDATE audit_context SET facts = replace(facts, 'Alice', 'Carol')", 1, "HASH"),
    "an entry's hash was changed": ("UPDATE audit_entry SET hash = X'00' WHERE seq = 5", 5, "HASH"),
    "an entry in the middle was taken out": ("DELETE FROM audit_entry WHERE seq = 3", 4, "GAP"),
    "the first entry was taken out": ("DELETE FROM audit_entry WHERE seq = 1", 2, "GAP"),
    "the last entries were taken out": ("DELETE FROM audit_entry WHERE seq > 4", 4, "GAP"),
    "all entries were taken out": ("DELETE FROM audit_entry", 0, "GAP"),
    "the last were taken out, and the anchor": (
        "DELETE FROM audit_entry WHERE seq > 4; DELETE FROM audit_lane", 4, "GAP",
    ),
    "two entries were put in another order": (
        "UPDATE audit_entry SET seq = 99 WHERE seq = 2; UPDATE audit_entry SET seq = 2 WHERE seq = 3", 2, "GAP",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_the_walk_through_the_book_finds_that(store: Store, what: str) -> None:
    statement, seq, kind = TAMPERED[what]
    for n in range(5):
        store.write_now(ALICE, make_board, f"B{n}")
    with pytest.raises(Refused):
        store.write_now(BOB, make_board, "B9")
    assert store.read_now(US, checked).ok
    tamperer = raw(store)
    for table in ("audit_entry", "audit_context"):
        for verb in ("update", "delete"):
            tamperer.execute(f"DROP TRIGGER {table}_no_{verb}")
    tamperer.execute(statement)
    tamperer.close()
    result = store.read_now(US, checked)
    assert result.first_bad is not None
    assert (result.first_bad["seq"], result.first_bad["kind"]) == (seq, kind)


def test_a_later_number_before_an_earlier_one_is_out_of_order(store: Store) -> None:
    for n in range(3):
        store.write_now(ALICE, make_board, f"B{n}")
    tamperer = raw(store)
    tamperer.execute("DROP TRIGGER audit_entry_no_update")
    tamperer.execute(
        "UPDATE audit_entry SET lane_seq = 50 WHERE seq = 3; UPDATE audit_entry SET lane = 2, lane_seq = 1 WHERE seq = 3"
    )
    assert store.read_now(US, checked).first_bad == {"seq": 3, "kind": "HASH"}
    tamperer.execute("UPDATE audit_entry SET lane = 1, lane_seq = 0 WHERE seq = 3")
    assert store.read_now(US, checked).first_bad == {"seq": 3, "kind": "ORDER"}


def test_a_changed_entry_on_postgresql_is_found_too(pg_store: Store, pg_url: str) -> None:
    for n in range(5):
        pg_store.write_now(ALICE, make_board, f"B{n}")
    with psycopg.connect(pg_url.replace("+psycopg", "")) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE audit_entry SET entity_display = 'B9' WHERE seq = 3")
        connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL")
    assert pg_store.read_now(US, checked).first_bad == {"seq": 3, "kind": "HASH"}


def test_a_book_that_was_never_written_is_whole(store: Store) -> None:
    result = store.read_now(US, checked)
    assert (result.ok, result.checked, FIRST) == (True, 0, bytes(32))


def test_the_book_reads_the_same_in_small_pieces(any_store: Store) -> None:
    from fiducial.kit.acting import query
    from fiducial.kit.audit_walk import verify

    for n in range(7):
        any_store.write_now(ALICE, make_board, f"B{n}")

    @query("board:read")
    def walk(tx: Tx, start: int, end: int | None) -> Any:
        return verify(tx, from_seq=start, to_seq=end, batch=2)

    assert any_store.read_now(US, walk, 0, None).checked == 7
    assert any_store.read_now(US, walk, 3, None).checked == 5
    assert any_store.read_now(US, walk, 3, 5).checked == 3
    assert any_store.read_now(US, walk, 0, None).ok
    assert any_store.read_now(US, walk, 3, 5).ok


def walking(store: Store) -> Callable[[Any], bool]:
    """Give what makes one step of a walk on a snapshot of its own."""
    from fiducial.kit.acting import query
    from fiducial.kit.audit_walk import Walk

    @query("board:read")
    def step(tx: Tx, walk: Walk) -> bool:
        return walk.step(tx)

    return lambda walk: bool(store.read_now(US, step, walk))


def test_what_is_written_while_the_book_is_walked_is_left_to_the_next_walk(any_store: Store) -> None:
    from fiducial.kit.audit_walk import Walk

    for n in range(5):
        any_store.write_now(ALICE, make_board, f"B{n}")
    walk, step = Walk(piece=2), walking(any_store)
    assert step(walk)
    any_store.write_now(ALICE, make_board, "B5")
    while step(walk):
        any_store.write_now(ALICE, make_board, f"C{walk.found.checked}")
    assert (walk.found.first_bad, walk.found.checked) == (None, 5)


def test_an_entry_of_another_lane_that_is_committed_while_the_book_is_walked_is_no_gap(
    pg_store: Store, pg_url: str
) -> None:
    """Its number was taken before the walk began: it stands before entries that the walk has still to pass."""
    from fiducial.kit.audit_walk import Walk

    for n in range(4):
        pg_store.write_now(ALICE, make_board, f"B{n}")
    with psycopg.connect(pg_url.replace("+psycopg", "")) as late:
        (copied,) = late.execute("SELECT context_id FROM audit_entry ORDER BY seq LIMIT 1").fetchall()
        late.execute("INSERT INTO audit_lane (id, name, head_seq, head_hash) VALUES (77, 'late', 1, '\\x00')")
        late.execute(
            "INSERT INTO audit_entry (at, context_id, entity_type, action, lane, lane_seq, hash)"
            " VALUES (1, %s, 'BOARD', 'LATE', 77, 1, '\\x00')",
            copied,
        )
        for n in range(4, 7):
            pg_store.write_now(ALICE, make_board, f"B{n}")
        walk, step = Walk(piece=2), walking(pg_store)
        assert step(walk)
        late.commit()
        while step(walk):
            pass
    assert (walk.found.first_bad, walk.found.checked) == (None, 7)


def test_what_is_cut_off_while_the_book_is_walked_is_a_gap(store: Store) -> None:
    from fiducial.kit.audit_walk import Walk

    for n in range(5):
        store.write_now(ALICE, make_board, f"B{n}")
    walk, step = Walk(piece=2), walking(store)
    assert step(walk)
    tamperer = raw(store)
    tamperer.execute("DROP TRIGGER audit_entry_no_delete; DELETE FROM audit_entry WHERE seq = 5")
    while step(walk):
        pass
    assert walk.found.first_bad == {"seq": 4, "kind": "GAP", "lane": "lane-1"}
