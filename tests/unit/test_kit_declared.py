"""What is declared once: refusals in two languages, settings with their limits, numbers of a series, hot statements."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import DateTime, Numeric, bindparam, column, delete, insert, select, update
from sqlalchemy import table as light_table
from tests.unit.kit_lane import asked, outcome_of
from tests.unit.kit_plant import ALICE, BOB, US, board, boards, count, make_and_refuse, make_board

from fiducial.kit import settings
from fiducial.kit.acting import action, mark_of, query
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refusals, Refused, refusals
from fiducial.kit.settings import Setting, number, one_of, whole, yes_no
from fiducial.kit.statements import Hot
from fiducial.kit.store import Store, database_url
from fiducial.kit.tx import Tx

# ---- refusals -------------------------------------------------------------------------------------------------------


def test_a_refusal_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    refused = Refused("PAYLOAD_TOO_LARGE", limitBytes=10)
    assert refused.on_wire("en") == {
        "code": "PAYLOAD_TOO_LARGE", "message": "The body is too large (at most 10 bytes). Send less at once.", "details": {"limitBytes": 10},
    }  # fmt: skip
    assert refused.sentence("zh-CN") == "提交的内容过大（上限 10 字节）。请减少内容后重试。"
    assert refused.sentence("fr") == refused.sentence("zh-CN")
    assert refused.status == 413


def test_a_detail_that_is_missing_or_odd_never_stops_a_refusal_from_being_said() -> None:
    assert "–" in Refused("PAYLOAD_TOO_LARGE").sentence("en")
    assert "{limitBytes.__class__}" in Refused("PAYLOAD_TOO_LARGE", limitBytes="{limitBytes.__class__}").sentence("en")
    assert "details" not in Refused("FORBIDDEN").on_wire("en")


def test_a_code_is_declared_once() -> None:
    some = Refusals()
    for _ in range(1):
        some.missing("BOARD", zh="板", en="Board")
    assert (some["BOARD_NOT_FOUND"].status, "BOARD_NOT_FOUND" in some, [refusal.code for refusal in some]) == (
        404,
        True,
        ["BOARD_NOT_FOUND"],
    )
    with pytest.raises(ValueError, match="twice"):
        some.missing("BOARD", zh="板", en="Board")


def test_every_refusal_of_the_kit_has_its_words() -> None:
    for refusal in refusals:
        assert all((refusal.zh, refusal.en, refusal.todo_zh, refusal.todo_en)), refusal.code


# ---- marks ----------------------------------------------------------------------------------------------------------


def test_a_function_without_a_mark_is_called_by_no_door(store: Store) -> None:
    with pytest.raises(TypeError, match="neither an action nor a query"):
        store.write_now(ALICE, lambda tx: None)
    assert mark_of(make_board).key_index == 0


def test_a_query_writes_nothing(any_store: Store) -> None:
    @query("board:read")
    def sly(tx: Tx) -> None:
        tx.run(delete(boards))

    any_store.write_now(ALICE, make_board, "B1")
    with pytest.raises(Exception, match=r"(?i)read.?only|DATABASE_UNAVAILABLE"):
        any_store.read_now(US, sly)
    assert any_store.read_now(US, count, boards) == 1


def test_a_query_asks_its_permission(any_store: Store) -> None:
    @query("board:count")
    def counted(tx: Tx) -> None: ...

    with pytest.raises(Refused, match="FORBIDDEN"):
        any_store.read_now(BOB, counted)


# ---- settings -------------------------------------------------------------------------------------------------------


@pytest.fixture
def minutes() -> Iterator[Setting[int]]:
    yield Setting("test.minutes", 720, whole(30, 43_200), zh="有效期", en="Valid for", by_place=True, unit="min")
    del settings.declared["test.minutes"]


@action("board:make", audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG")
def put(tx: Tx, setting: Setting[Any], value: Any, place: int = 0) -> None:
    setting.put(tx, value, place)


@query("board:read")
def of(tx: Tx, setting: Setting[Any], place: int = 0) -> Any:
    return setting.of(tx, place)


def test_a_setting_is_its_default_until_it_is_set_and_a_place_may_have_its_own(
    any_store: Store, minutes: Setting[int]
) -> None:
    assert any_store.read_now(US, of, minutes, 5) == 720
    any_store.write_now(ALICE, put, minutes, 60)
    any_store.write_now(ALICE, put, minutes, 90, 5)
    any_store.write_now(ALICE, put, minutes, 91, 5)
    assert [any_store.read_now(US, of, minutes, place) for place in (0, 5, 6)] == [60, 91, 60]
    any_store.write_now(ALICE, put, minutes, None, 5)
    any_store.write_now(ALICE, put, minutes, None)
    assert any_store.read_now(US, of, minutes, 5) == 720


def test_a_value_outside_its_limits_is_not_set(any_store: Store, minutes: Setting[int]) -> None:
    with pytest.raises(ValueError, match="30 to 43200"):
        any_store.write_now(ALICE, put, minutes, 29)
    assert any_store.read_now(US, of, minutes) == 720


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (whole(1, 5), [1, 5], [0, 6, True, "3", 2.0, None, [], 10**30]), (number(0, 1), [0, 1, 0.5], [-0.1, math.nan, math.inf, True, "0"]),
        (yes_no, [True, False], [0, 1, "true", None]), (one_of("A", "B"), ["A", "B"], ["C", None, 1, ""]),
    ],
)  # fmt: skip
def test_a_setting_takes_exactly_its_own_kind(check: Any, good: list[Any], bad: list[Any]) -> None:
    assert [check(value) for value in good] == good
    for value in bad:
        with pytest.raises(ValueError, match="must be"):
            check(value)


def test_a_setting_is_declared_once(minutes: Setting[int]) -> None:
    with pytest.raises(ValueError, match="twice"):
        Setting("test.minutes", 1, whole(0, 1), zh="", en="")


# ---- numbers of a series --------------------------------------------------------------------------------------------


@action("board:make", audit="TAKE", entity="BOARD")
def take(tx: Tx, series: str, many: int) -> int:
    return next_number(tx, series, many)


def test_numbers_are_taken_without_gaps_by_many_at_once(any_store: Store) -> None:
    jobs = [asked(any_store, take, "RUN", 3) for _ in range(30)]
    assert sorted(outcome_of(job) for job in jobs) == list(range(1, 91, 3))
    assert any_store.write_now(ALICE, take, "OTHER", 1) == 1


def test_a_number_that_was_refused_is_given_again(any_store: Store) -> None:
    for serial in ("B1", "B2"):
        with pytest.raises(Refused):
            any_store.write_now(ALICE, make_and_refuse, serial)
    assert any_store.write_now(ALICE, take, "BOARD", 1) == 1


# ---- hot statements -------------------------------------------------------------------------------------------------

_good = Hot(select(boards.c.serial, boards.c.good, boards.c.hits).where(boards.c.serial == bindparam("serial")))
_judge = Hot(update(boards).where(boards.c.serial == bindparam("which")).values(good=bindparam("good"), note="judged"))
_of_states = Hot(
    select(boards.c.serial)
    .where(boards.c.status.in_(("NEW", "HELD")), boards.c.serial != bindparam("but"))
    .order_by(boards.c.serial)
)
_many = Hot(insert(boards).values({name: bindparam(name) for name in ("id", "serial")} | {"status": "NEW", "hits": 7}))


@action("board:make", audit="BOARD_JUDGE", entity="BOARD")
def judge(tx: Tx, serial: str, good: bool | None) -> tuple[int, Any]:
    return _judge.run(tx, which=serial, good=good), _good.first(tx, serial=serial)


def test_hot_statements_speak_booleans_on_both_engines(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    for good in (True, False, None):
        touched, row = any_store.write_now(ALICE, judge, "B1", good)
        assert (touched, row.serial, row.hits) == (1, "B1", 0)
        assert row.good is good
    assert any_store.write_now(ALICE, judge, "B2", True) == (0, None)
    assert any_store.read_now(US, board, "B1").note == "judged"


def test_hot_statements_spell_lists_of_constants_out(any_store: Store) -> None:
    for serial in ("B1", "B2", "B3"):
        any_store.write_now(ALICE, make_board, serial)

    @query("board:read")
    def others(tx: Tx) -> list[str]:
        return [row.serial for row in _of_states.all(tx, but="B2")]

    assert any_store.read_now(US, others) == ["B1", "B3"]


def test_hot_statements_write_many_rows_in_one_go(any_store: Store) -> None:
    @action("board:make", audit="BOARD_CREATE", entity="BOARD")
    def make_many(tx: Tx, many: int) -> int:
        return _many.many(tx, [{"id": key, "serial": f"B{key}"} for key in tx.new_ids(many)])

    assert any_store.write_now(ALICE, make_many, 500) == 500
    assert any_store.write_now(ALICE, make_many, 0) == 0
    assert any_store.read_now(US, count, boards) == 500


@pytest.mark.parametrize(
    "statement",
    [
        select(boards.c.facts), update(boards).values(facts=bindparam("facts")),
        select(light_table("t", column("at", DateTime())).c.at),
        select(light_table("t", column("price", Numeric())).c.price),
    ],
)  # fmt: skip
def test_a_hot_statement_whose_values_would_need_conversion_is_refused_when_it_is_compiled(statement: Any) -> None:
    with pytest.raises(TypeError, match="hot statement converts"):
        Hot(statement).ready("sqlite")


# ---- where the database is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////srv/plant.db", "sqlite+apsw"),
        ("file:/srv/plant.db", "sqlite+apsw"),
        ("postgresql://db/plant", "postgresql+psycopg"),
    ],
)
def test_a_database_is_named_in_the_spellings_of_the_handbook(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver
    assert database_url(given).database in ("/srv/plant.db", "plant")


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql is not supported"):
        database_url("mysql://db/plant")
