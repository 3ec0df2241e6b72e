"""Searching the audit book (spec 09.7.3, decision 0012): a question looks at the newest entries, says how far back it came, and goes on there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.engine import Engine
from tests.api.plant import TEST, Plant
from tests.api.test_people_book import behind_our_back, without_triggers
from tests.api.web import Api

from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.audit import entry
from fiducial.kit.set_backs import set_backs
from fiducial.kit.tx import Tx
from fiducial.people import book_search

LOOKED = 20
Ask = Callable[..., Any]


@action(audit="TEST_DONE", entity="UNIT", internal_only=True)
def enter(tx: Tx, displays: list[str]) -> None:
    for display in displays:
        tx.record(display)


@pytest.fixture
def admin(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr(book_search, "AT_ONCE", LOOKED)
    monkeypatch.setattr(book_search, "BY_INDEX", 4)
    return api.as_("admin")


def enter_now(plant: Plant, *displays: str, others: int = 0) -> None:
    """Enter these, then so many of other things."""
    plant.store.write_now(TEST, enter, [*displays, *(f"OTHER-{n}" for n in range(others))])


@pytest.fixture
def entered(plant: Plant) -> Ask:
    return partial(enter_now, plant)


def shown(answer: Any) -> list[str]:
    return [one["entityDisplay"] for one in answer["items"]]


def all_the_way(admin: Api, **asked: Any) -> Iterator[Any]:
    """Give each answer until everything was searched, page by page as a person reads them."""
    before: dict[str, str] = {}
    for _ in range(100):
        number = 1
        while True:
            answer = admin.get("/api/audit-logs", **asked, **before, page=number).must()
            yield answer
            if number * answer["pageSize"] >= answer["total"]:
                break
            number += 1
        if "before" not in answer:
            return
        before = {"before": answer["before"]}
    raise AssertionError("the search did not come to an end")


def every_entry(plant: Plant, condition: Any) -> list[int]:
    """Give the `seq` of every entry that fulfils a condition, the newest first."""
    with behind_our_back(plant.store) as conn:
        return list(conn.execute(select(entry.c.seq).where(condition).order_by(entry.c.seq.desc())).scalars())


def test_a_part_is_found_among_the_newest_entries_and_the_answer_says_how_far_back_that_was(
    admin: Api, entered: Ask
) -> None:
    entered("A-SOUGHT-1", others=LOOKED)
    entered("A-SOUGHT-2", others=5)
    answer = admin.get("/api/audit-logs", entityDisplay="sought").must()
    assert shown(answer) == ["A-SOUGHT-2"]
    assert answer["total"] == 1
    oldest = admin.get("/api/audit-logs", pageSize=LOOKED).must()["items"][-1]
    assert (answer["searchedBackTo"], answer["before"]) == (oldest["at"], f"{oldest['seq']}b")
    further = admin.get("/api/audit-logs", entityDisplay="sought", before=answer["before"]).must()
    assert shown(further) == ["A-SOUGHT-1"]


def test_a_small_book_is_searched_whole_and_nothing_is_said_of_more(
    admin: Api, entered: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_search, "AT_ONCE", 10_000)
    entered("A-SOUGHT-1", others=30)
    answer = admin.get("/api/audit-logs", entityDisplay="sought").must()
    assert shown(answer) == ["A-SOUGHT-1"]
    assert not {"before", "searchedBackTo"} & set(answer)


@pytest.mark.parametrize("typed", ["RUN-7", "run-7", "RUN-7-0", "RUN-7-01"])
def test_what_is_or_begins_with_the_text_is_found_in_the_whole_book(admin: Api, entered: Ask, typed: str) -> None:
    entered("RUN-7-01", others=3 * LOOKED)
    answer = admin.get("/api/audit-logs", entityDisplay=typed).must()
    assert (shown(answer), answer["total"]) == (["RUN-7-01"], 1)
    assert answer["before"].endswith("b")


def test_of_a_beginning_that_too_many_have_only_what_is_the_text_itself_is_found_in_the_whole_book(
    admin: Api, entered: Ask
) -> None:
    entered("RUN-7", *(f"RUN-7-{n}" for n in range(9)), others=LOOKED)
    answer = admin.get("/api/audit-logs", entityDisplay="RUN-7").must()
    assert shown(answer) == ["RUN-7"]
    assert answer["before"].endswith("w")
    entered(*["RUN-7"] * 9, others=LOOKED)
    answer = admin.get("/api/audit-logs", entityDisplay="RUN-7").must()
    assert (shown(answer), answer["before"].isdigit()) == ([], True)


@pytest.mark.parametrize(("few", "sort"), [(0, "seq.desc"), (4, "seq.desc"), (1000, "seq.desc"), (1000, "at.desc")])
def test_going_on_where_it_stopped_skips_no_entry_and_gives_none_twice(
    admin: Api, plant: Plant, monkeypatch: pytest.MonkeyPatch, *, few: int, sort: str
) -> None:
    monkeypatch.setattr(book_search, "BY_INDEX", few)
    for number in range(4):
        enter_now(plant, "SN-1", f"SN-1{number}", f"sn-1{number}", f"X-SN-1-{number}", "50%", "5_0", others=17)
    sought = (entry.c.entity_display.ilike("%sn-1%"), entry.c.entity_display.like("%5\\_%", escape="\\"))
    for typed, condition in zip(("SN-1", "5_"), sought, strict=True):
        told = [
            one["seq"]
            for answer in all_the_way(admin, entityDisplay=typed, pageSize=3, sort=sort)
            for one in answer["items"]
        ]
        assert len(told) == len(set(told))
        assert sorted(told, reverse=True) == every_entry(plant, condition)
        assert told == sorted(told, reverse=True) or few, "but for what the whole book was asked for, newest first"


def test_the_newest_come_first_within_an_answer_wherever_they_were_found(admin: Api, entered: Ask) -> None:
    entered("SN-1", others=LOOKED)
    entered("SN-1", "AN-SN-1")
    seqs = [one["seq"] for one in admin.get("/api/audit-logs", entityDisplay="SN-1").must()["items"]]
    assert (len(seqs), seqs) == (3, sorted(seqs, reverse=True))
    up = [one["seq"] for one in admin.get("/api/audit-logs", entityDisplay="SN-1", sort="seq.asc").must()["items"]]
    assert up == seqs[::-1]


def test_the_other_filters_hold_for_what_an_index_names_too(admin: Api, entered: Ask, api: Api) -> None:
    api.as_("engineer").post("/api/lines", {"code": "L-OLD", "name": "L", "processType": "SMT"}).must()
    entered("L-OLD", others=LOOKED)
    asked = {"entityDisplay": "L-OLD", "action": "LINE_CREATE"}
    assert [one["action"] for one in admin.get("/api/audit-logs", **asked).must()["items"]] == ["LINE_CREATE"]
    assert admin.get("/api/audit-logs", **asked, outcome="REFUSED").must()["total"] == 0
    assert admin.get("/api/audit-logs", **asked, actorName="李工艺").must()["total"] == 1
    assert admin.get("/api/audit-logs", **asked, actorName="张计划").must()["total"] == 0


@pytest.mark.parametrize("name", ["action", "entityType", "outcome", "lineCode", "code", "requestId", "entityId"])
def test_no_filter_looks_at_more_than_its_share_at_once(admin: Api, entered: Ask, name: str) -> None:
    entered("X", others=LOOKED)
    asked = {"outcome": "FAILED", "entityId": "0" * 8 + "-0000-7000-8000-" + "0" * 12}.get(name, "NONE-OF-IT")
    answer = admin.get("/api/audit-logs", **{name: asked}).must()
    assert answer["items"] == []
    assert int(answer["before"]) > 1


def test_who_has_few_entries_finds_them_however_old_they_are(admin: Api, api: Api, entered: Ask) -> None:
    api.as_("planner").patch("/api/users/me", {"phone": "138"}).must()
    entered("X", others=3 * LOOKED)
    for answer in (
        admin.get("/api/audit-logs", actorName="张计划").must(), api.as_("planner").get("/api/audit-logs").must()
    ):  # fmt: skip
        assert [one["action"] for one in answer["items"]] == ["USER_PROFILE_UPDATE"]
        assert "before" not in answer


def test_who_has_many_goes_back_through_them_and_misses_none(admin: Api, api: Api, plant: Plant, entered: Ask) -> None:
    for number in range(6):
        api.as_("planner").patch("/api/users/me", {"phone": f"{number}"}).must()
        entered("X", others=LOOKED // 2)
    found = [one["payload"] or one["changes"] for answer in all_the_way(api.as_("planner")) for one in answer["items"]]
    assert [changes[0]["after"] for changes in found] == ["5", "4", "3", "2", "1", "0"]


# A window of time


HOUR = 3_600_000


@pytest.fixture
def years(plant: Plant, entered: Ask) -> int:
    """A book whose entries stand an hour apart; gives the time of its first."""
    entered("FIRST", others=4 * LOOKED)
    with behind_our_back(plant.store) as conn:
        without_triggers(conn, "audit_entry")
        begin = clock.now_ms() - 10_000 * HOUR
        conn.execute(update(entry).values(at=begin + entry.c.seq * HOUR))
    return begin


def wire(at: int) -> str:
    told = clock.to_wire(at)
    assert told is not None
    return told


def test_a_window_of_time_is_looked_at_where_it_stands_in_the_book(admin: Api, plant: Plant, years: int) -> None:
    (seq,) = every_entry(plant, entry.c.entity_display == "FIRST")
    window = {"from": wire(years + (seq - 2) * HOUR), "to": wire(years + (seq + 2) * HOUR)}
    answer = admin.get("/api/audit-logs", **window).must()
    assert [one["seq"] for one in answer["items"]] == [seq + 2, seq + 1, seq, seq - 1, seq - 2]
    assert "before" not in answer, "the whole window was looked at"
    assert shown(admin.get("/api/audit-logs", **window, entityDisplay="IRS").must()) == ["FIRST"]
    until = admin.get("/api/audit-logs", to=window["to"], pageSize=100).must()
    assert until["items"][0]["seq"] == seq + 2
    since = admin.get("/api/audit-logs", **{"from": window["from"]}, entityDisplay="IRS").must()
    assert shown(since) == []
    assert since["before"]
    assert admin.get("/api/audit-logs", to=wire(years - HOUR)).must()["total"] == 0


def test_a_window_of_time_is_searched_to_its_end_without_skipping(admin: Api, plant: Plant, years: int) -> None:
    newest = every_entry(plant, entry.c.seq > 0)
    window = {"from": wire(years + newest[-10] * HOUR), "to": wire(years + newest[8] * HOUR)}
    told = [one["seq"] for answer in all_the_way(admin, **window, pageSize=7) for one in answer["items"]]
    assert told == newest[8:-9]


def test_where_times_do_not_rise_with_the_entries_a_window_hides_nothing(admin: Api, plant: Plant, years: int) -> None:
    newest = every_entry(plant, entry.c.seq > 0)
    with behind_our_back(plant.store) as conn:
        conn.execute(update(entry).where(entry.c.seq > newest[LOOKED]).values(at=years + (entry.c.seq - 60) * HOUR))
    with_time = every_entry(plant, entry.c.at <= years + newest[30] * HOUR)
    told = [one["seq"] for answer in all_the_way(admin, to=wire(years + newest[30] * HOUR)) for one in answer["items"]]
    assert told == with_time


def test_a_clock_that_was_set_back_is_allowed_for(admin: Api, plant: Plant, years: int) -> None:
    newest = every_entry(plant, entry.c.seq > 0)
    with behind_our_back(plant.store) as conn:  # for five hours the clock had been three ahead
        conn.execute(update(entry).where(entry.c.seq.between(newest[45], newest[40])).values(at=entry.c.at + 3 * HOUR))
        told = {"before_at": years, "after_at": years - 3 * HOUR, "lost_ms": 3 * HOUR, "node": 1}
        conn.execute(insert(set_backs).values(id=1, **told))
    window = {"from": wire(years + newest[39] * HOUR), "to": wire(years + newest[38] * HOUR)}
    answer = admin.get("/api/audit-logs", **window, pageSize=100).must()
    assert [one["seq"] for one in answer["items"]] == every_entry(
        plant, entry.c.at.between(years + newest[39] * HOUR, years + newest[38] * HOUR)
    )


# What is refused


@pytest.mark.parametrize("cursor", ["0", "-5", "12x", "b", "1.5", "9" * 30, "１２", "12bb"])
def test_a_cursor_that_no_answer_gave_is_refused(admin: Api, cursor: str) -> None:
    refused = admin.get("/api/audit-logs", entityDisplay="x", before=cursor)
    assert (refused.status, refused.code, refused.field_paths) == (422, "VALIDATION_ERROR", ["before"])
    assert admin.get("/api/audit-logs/export", before=cursor).code == "VALIDATION_ERROR"


def test_a_cursor_beyond_either_end_of_the_book_is_no_fault(admin: Api, entered: Ask) -> None:
    entered("A-1", others=3)
    assert shown(admin.get("/api/audit-logs", entityDisplay="A-1", before="9" * 18).must()) == ["A-1"]
    assert admin.get("/api/audit-logs", entityDisplay="A-1", before="1").must()["items"] == []


# What it costs


def test_what_is_looked_at_is_bounded_by_an_index_on_both_engines(admin: Api, plant: Plant, entered: Ask) -> None:
    entered("SN-1", others=5 * LOOKED)
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if "audit_entry" in sql and sql.startswith("SELECT"):
            asked.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for filters in (
            {"entityDisplay": "sn-1"}, {"action": "NONE"}, {"actorName": "张计划"}, {"entityDisplay": "x", "actorName": "a", "before": "30"},
            {"to": wire(clock.now_ms())},
        ):  # fmt: skip
            admin.get("/api/audit-logs", **filters).must()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(asked) > 8
    with behind_our_back(plant.store) as conn:
        sqlite = conn.dialect.name == "sqlite"
        if not sqlite:
            conn.execute(text("SET enable_seqscan = off"))
        for sql, values in asked:
            plan = conn.exec_driver_sql(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + sql, values).all()
            walks = [
                str(row[-1])
                for row in plan
                if re.search(r"SCAN (audit_entry|before)\b|Seq Scan on audit_entry", str(row[-1]))
            ]
            assert walks == [], f"{sql}\n{plan}"


# The page


@pytest.mark.one_engine
def test_the_page_says_how_far_back_it_was_searched_and_leads_on(admin: Api, entered: Ask) -> None:
    entered("A-SOUGHT-1", others=LOOKED)
    page = admin.with_headers(accept_language="en").get("/system/audit", entityDisplay="SOUGHT")
    assert "Nothing found so far" in page.text
    assert "Searched back to" in page.text
    (further,) = set(re.findall(r'href="(/system/audit\?[^"]*before=\d+b)"', page.text))
    assert "before" not in re.findall(r'href="(/api/audit-logs/export[^"]*)"', page.text)[0]
    second = admin.get(further.replace("&amp;", "&")).text
    assert "A-SOUGHT-1" in second
    assert "回到最新" in second
    assert "继续向前查找" not in admin.get("/system/audit").text, (
        "without filters there is nothing that was not looked at"
    )
