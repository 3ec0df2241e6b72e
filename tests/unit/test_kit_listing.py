"""Lists: what is declared may be asked, anything else is refused; pages neither repeat nor lose a row."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine
from tests.unit.kit_plant import ALICE, US, boards

from fiducial.kit import listing
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listing, Page, exact, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx

BOARDS = Listing(
    filters={
        "search": part(boards.c.serial, boards.c.note), "status": one_of(boards.c.status, ("NEW", "READY", "HELD")),
        "good": yes_no(boards.c.good), "serial": exact(boards.c.serial), "from": since(boards.c.hits), "to": until(boards.c.hits),
    },
    sorts={"serial": boards.c.serial, "hits": boards.c.hits, "note": boards.c.note},
    default_sort="hits.desc", key=boards.c.id,
)  # fmt: skip

SERIALS = ["100%", "100x", "a_b", "aXb", "B\\C", "板-001", "Long" * 10]


@action("board:make", audit="BOARD_CREATE", entity="BOARD")
def stock(tx: Tx, serials: list[str]) -> None:
    rows = [
        {"id": key, "serial": serial, "status": ("NEW", "HELD")[n % 2], "hits": n // 2, "good": (True, False, None)[n % 3],
         "note": (None, "Ärger", "note")[n % 3]}
        for n, (key, serial) in enumerate(zip(tx.new_ids(len(serials)), serials, strict=True))
    ]  # fmt: skip
    tx.run(insert(boards), rows)


@query("board:read")
def shown(tx: Tx, page: Page) -> dict[str, Any]:
    return BOARDS.answer(tx, select(boards), page, lambda row: row.serial)


def ask(store: Store, **asked: str) -> Any:
    return store.read_now(US, shown, BOARDS.parse([(name.rstrip("_"), value) for name, value in asked.items()]))


@pytest.fixture
def stocked(any_store: Store) -> Store:
    any_store.write_now(ALICE, stock, SERIALS)
    return any_store


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "100%"}, {"100%"}), ({"search": "a_b"}, {"a_b"}), ({"search": "\\"}, {"B\\C"}), ({"search": "AXB"}, {"aXb"}),
        ({"search": "板"}, {"板-001"}), ({"search": "ARGER"}, set()), ({"search": "NOTE"}, {"a_b", "板-001"}), ({"search": "'; --"}, set()),
        ({"serial": "100%"}, {"100%"}), ({"serial": "100"}, set()), ({"status": "HELD"}, {"100x", "aXb", "板-001"}),
        ({"status": "READY,HELD , "}, {"100x", "aXb", "板-001"}), ({"good": "false", "status": "HELD"}, {"100x"}),
        ({"search": "  "}, set(SERIALS)), ({"from_": "1970-01-01T00:00:00.002Z"}, {"B\\C", "板-001", "Long" * 10}),
        ({"to": "1970-01-01T08:00:00+08:00"}, {"100%", "100x"}),
    ],
)  # fmt: skip
def test_a_filter_finds_what_it_says_and_no_more(stocked: Store, asked: dict[str, str], found: set[str]) -> None:
    answer = ask(stocked, **asked)
    assert set(answer["items"]) == found
    assert answer["total"] == len(found)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ([("colour", "red")], "colour"), ([("colour", "")], "colour"), ([("status", "BROKEN")], "status"), ([("status", ",")], "status"),
        ([("good", "1")], "good"), ([("sort", "colour.asc")], "sort"), ([("sort", "serial.up")], "sort"), ([("sort", ",")], "sort"),
        ([("sort", ",".join(["serial.asc"] * 3000))], "sort"), ([("page", "0")], "page"), ([("page", "-1")], "page"),
        ([("page", "1.5")], "page"), ([("page", "")], "page"), ([("page", "٣")], "page"), ([("page", "9" * 400)], "page"),
        ([("pageSize", "101")], "pageSize"), ([("pageSize", "0")], "pageSize"), ([("page", "5000")], "page"),
        ([("status", "NEW"), ("status", "HELD")], "status"), ([("search", "a\x00b")], "search"), ([("search", "x" * 5000)], "search"),
        ([("from", "yesterday")], "from"), ([("from", "2026-13-01")], "from"), ([("to", "0001-01-01T00:00:00+23:59")], None),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(
    stocked: Store, asked: list[tuple[str, str]], path: str | None
) -> None:
    try:
        stocked.read_now(US, shown, BOARDS.parse(asked))
    except Refused as refused:
        assert refused.code == "VALIDATION_ERROR"  # noqa: PT017 - one case is no refusal
        assert [field["path"] for field in refused.details["fields"]] == [path or asked[0][0]]  # noqa: PT017
    else:
        assert path is None


@pytest.mark.parametrize("sort", ["hits.asc", "hits.desc", "note.desc,hits.asc", "note"])
def test_pages_together_are_the_whole_list_once(stocked: Store, sort: str) -> None:
    pages = [ask(stocked, sort=sort, pageSize="2", page=str(page)) for page in range(1, 6)]
    items = [item for page in pages for item in page["items"]]
    assert sorted(items) == sorted(SERIALS)
    assert [len(page["items"]) for page in pages] == [2, 2, 2, 1, 0]
    assert {(page["total"], page["pageSize"]) for page in pages} == {(7, 2)}


def test_both_engines_put_what_is_missing_in_the_same_place(stocked: Store) -> None:
    up, down = (ask(stocked, sort=f"note.{way},serial")["items"] for way in ("asc", "desc"))
    assert set(up[:3]) == set(down[-3:]) == {"100%", "aXb", "Long" * 10}


def test_the_default_order_is_the_declared_one(stocked: Store) -> None:
    assert ask(stocked)["items"][0] == "Long" * 10
    assert BOARDS.parse([]) == Page(1, 30, (("hits", True),), {})


def test_what_a_page_tells_by_itself_is_not_looked_for_twice(stocked: Store) -> None:
    asked = list[str]()

    def note(_conn: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        asked.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        totals = [
            ask(stocked, pageSize=size, page=page)["total"]
            for size, page in (("7", "1"), ("8", "1"), ("4", "2"), ("4", "3"))
        ]
        totals.append(ask(stocked, serial="nothing")["total"])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert totals == [7, 7, 7, 7, 0]
    assert sum("count(*)" in sql for sql in asked) == 2, "a full page, and a page behind the last"


def test_a_total_stops_at_the_cap_and_says_so(stocked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_CAP", 5)
    answer = ask(stocked)
    assert (answer["total"], answer["totalIsCapped"], len(answer["items"])) == (5, True, 7)
    assert "totalIsCapped" not in ask(stocked, status="HELD")
