"""What the audit book may be asked for, and how much of it one question looks at (decision 0012).

A book of years has no index of parts of texts, of actions or of outcomes, and each index would cost every write. So a question with filters
looks at the newest `AT_ONCE` entries and says how far back it came; whoever asks goes on from there. What an index does give is given
of the whole book: the entries of an actor who has few, those whose thing is or begins with the text that is looked for, and where a
window of time stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean, Text

from fiducial.kit import ids, listing
from fiducial.kit.audit import context, entry
from fiducial.kit.listing import Listing, Page
from fiducial.kit.refusals import Said
from fiducial.kit.set_backs import set_backs_of
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx

OUTCOMES = ("SUCCESS", "REFUSED", "FAILED")
AT_ONCE = 50_000  # entries that one question looks at
BY_INDEX = 10_000  # entries that an index may name beside them
SLACK_MS = 600_000  # by how much the times of entries that were written side by side may stand out of order
SAMPLES = 32
CURSOR = Said(zh="必须原样传回上一次回答中的 before", en="must be the `before` of an earlier answer, as it was given")


class Fact(GenericFunction[str]):
    """One fact of a context row as text; both engines write it differently."""

    type = Text()
    inherit_cache = True


@compiles(Fact, "sqlite")
def _fact_sqlite(element: Fact, compiler: Any, **rest: Any) -> str:
    facts, name = (compiler.process(part, **rest) for part in element.clauses)
    return f"CAST({facts} ->> {name} AS TEXT)"


@compiles(Fact, "postgresql")
def _fact_postgresql(element: Fact, compiler: Any, **rest: Any) -> str:
    facts, name = (compiler.process(part, **rest) for part in element.clauses)
    return f"(CAST({facts} AS json) ->> {name})"


def _fact(name: str) -> Any:
    return Fact(context.c.facts, name)


def acted_by(key: int | None) -> ColumnElement[bool]:
    """Match entries of one actor: contexts are few, and entries are found by them."""
    return entry.c.context_id.in_(
        select(context.c.id).where(_fact("actorId") == str(key if key is not None else "none"))
    )


def _named(value: str) -> ColumnElement[bool]:
    return entry.c.context_id.in_(select(context.c.id).where(listing.part(_fact("actorName"))(value)))


def outcome(value: str) -> ColumnElement[bool]:
    """Match what came of it; ValueError when it is no outcome."""
    wanted = {
        "SUCCESS": entry.c.code.is_(None), "FAILED": entry.c.code == "INTERNAL_ERROR",
        "REFUSED": and_(entry.c.code.is_not(None), entry.c.code != "INTERNAL_ERROR"),
    }  # fmt: skip
    if value not in wanted:
        raise ValueError(listing.known_are(OUTCOMES))
    return wanted[value]


def _seq_or_nothing(value: str) -> ColumnElement[bool]:
    return entry.c.entity_key == (ids.from_wire(value) or -1)


class Begins(GenericFunction[bool]):
    """A text begins with another, exactly as it is written: a range of the index on both engines."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        """Stand in a condition as it is: as "… = 1" no index would be used."""
        return self


@compiles(Begins, "sqlite")
def _begins_sqlite(element: Begins, compiler: Any, **rest: Any) -> str:
    column, first, last = (compiler.process(part, **rest) for part in element.clauses)
    return f"({column} >= {first} AND {column} < {last})"


@compiles(Begins, "postgresql")
def _begins_postgresql(element: Begins, compiler: Any, **rest: Any) -> str:
    column, first, last = (compiler.process(part, **rest) for part in element.clauses)
    return f"({column} ~>=~ {first} AND {column} ~<~ {last})"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a search stopped: below this `seq` it goes on. `told`: what had been found in the whole book already."""

    below: int
    told: str = ""

    def __str__(self) -> str:
        return f"{self.below}{self.told}"


BEGINNINGS, WHOLE = "b", "w"  # all that begins with the text; all that is the text


def cursor_of(value: str) -> Cursor:
    """Give the cursor of a text; ValueError when it is none."""
    found = re.fullmatch(rf"([1-9][0-9]{{0,17}})([{BEGINNINGS}{WHOLE}]?)", value, re.ASCII)
    if found is None:
        raise ValueError(CURSOR)
    return Cursor(int(found[1]), found[2])


BOOK = Listing(
    filters={
        "actorId": lambda value: acted_by(ids.from_wire(value)), "actorName": _named,
        "entityType": listing.exact(entry.c.entity_type), "entityId": _seq_or_nothing,
        "entityDisplay": listing.part(entry.c.entity_display), "action": listing.exact(entry.c.action),
        "outcome": outcome, "code": listing.exact(entry.c.code), "lineCode": listing.exact(entry.c.line_code),
        "requestId": listing.exact(entry.c.request_id), "from": listing.since(entry.c.at), "to": listing.until(entry.c.at),
        "before": lambda value: entry.c.seq < cursor_of(value).below,
    },
    sorts={"seq": entry.c.seq, "at": entry.c.at},
    default_sort="seq.desc", key=entry.c.seq,
)  # fmt: skip
_ACTORS = ("actorId", "actorName")

_newest = Hot(select(func.max(entry.c.seq).label("seq")))
_oldest = Hot(select(func.min(entry.c.seq).label("seq")))
_at_or_before = Hot(
    select(entry.c.seq, entry.c.at).where(entry.c.seq <= bindparam("seq")).order_by(entry.c.seq.desc()).limit(1)
)
_at_or_after = Hot(
    select(entry.c.seq, entry.c.at).where(entry.c.seq >= bindparam("seq")).order_by(entry.c.seq).limit(1)
)


@dataclass(frozen=True, slots=True)
class Found:
    """The `seq` of a page of entries, in order, and how many there are of what was looked at. `back_to` (ms) and `before` when that was not all."""

    seqs: list[int] = field(default_factory=list)
    total: int = 0
    back_to: int | None = None
    before: Cursor | None = None


def search(tx: Tx, page: Page, *only: ColumnElement[bool]) -> Found:
    """Look for a page of entries; `only` are conditions on the actor that the caller is held to. Refuses VALIDATION_ERROR for a bad value."""
    wanted = [*BOOK.conditions(page), *only]
    if not wanted:
        return _page_of(tx, page, select(entry.c.seq, entry.c.at))
    went_on = cursor_of(page.filters["before"]) if "before" in page.filters else None
    low, high = _stretch(tx, page, went_on)
    actors = [*BOOK.conditions(page, *_ACTORS), *only]
    if actors and _few(tx, *actors, entry.c.seq.between(low, high)):
        return _page_of(tx, page, _named_by_index(and_(*actors, entry.c.seq.between(low, high)), *wanted))
    start = max(low, high - AT_ONCE + 1)
    text = page.filters.get("entityDisplay", "")
    if went_on is not None and text and went_on.told:
        wanted.append(~_whole_book(text, went_on.told))
    arms = [select(entry.c.seq, entry.c.at).where(entry.c.seq.between(start, high), *wanted)]
    told = went_on.told if went_on is not None else ""
    if start > low and text and went_on is None:
        told = next((how for how in (BEGINNINGS, WHOLE) if _few(tx, _whole_book(text, how))), "")
        if told:
            older = entry.c.seq.between(low, start - 1)
            arms.append(_named_by_index(_whole_book(text, told), older, *wanted))
    if start <= low:
        return _page_of(tx, page, *arms)
    return _page_of(tx, page, *arms, back_to=_at_or_after.first(tx, seq=start).at, before=Cursor(start, told))


def _page_of(tx: Tx, page: Page, *arms: Select[Any], back_to: int | None = None, before: Cursor | None = None) -> Found:
    looked = (union_all(*arms) if len(arms) > 1 else arms[0]).subquery()
    orders = [looked.c[name].desc() if descending else looked.c[name] for name, descending in page.sort]
    if page.sort[0][0] != "seq":
        orders.append(looked.c.seq.desc() if page.sort[-1][1] else looked.c.seq)
    shown = select(looked.c.seq).order_by(*orders).limit(page.size).offset((page.number - 1) * page.size)
    seqs = [row.seq for row in tx.all(shown)]
    return Found(
        seqs, listing.total_of(tx, page, len(seqs), select(literal_column("1")).select_from(looked)), back_to, before
    )


def _few(tx: Tx, *conditions: ColumnElement[bool]) -> bool:
    """Say whether an index names at most `BY_INDEX` entries."""
    some = select(literal_column("1")).select_from(entry).where(*conditions).limit(BY_INDEX + 1).subquery()
    return int(tx.scalar(select(func.count()).select_from(some)) or 0) <= BY_INDEX


def _named_by_index(named: ColumnElement[bool], *wanted: ColumnElement[bool]) -> Select[Any]:
    """Give those of the entries that an index names which are wanted: the index first, for a planner might walk through the book instead."""
    of_index = select(entry.c.seq).where(named).limit(BY_INDEX + 1).subquery()
    return select(entry.c.seq, entry.c.at).join_from(of_index, entry, entry.c.seq == of_index.c.seq + 0).where(*wanted)


def _whole_book(text: str, how: str) -> ColumnElement[bool]:
    """Match what is, or begins with, the text as it was typed or in capitals, as business keys mostly are."""
    spellings = sorted({text, text.upper()} if text.isascii() else {text})
    if how == WHOLE:
        return entry.c.entity_display.in_(spellings)
    return or_(*(Begins(entry.c.entity_display, one, one + "\U0010ffff") for one in spellings))


# Where a window of time stands in the book


def _stretch(tx: Tx, page: Page, went_on: Cursor | None) -> tuple[int, int]:
    """Give the first and the last `seq` between which everything stands that may be meant; the first is greater where nothing does."""
    low, high = _oldest.scalar(tx), _newest.scalar(tx)
    if low is None:
        return 1, 0
    since, until = (listing.instant_of(page.filters[name]) if name in page.filters else None for name in ("from", "to"))
    if high - low >= AT_ONCE and (since is not None or until is not None):
        slack = SLACK_MS + sum(one.lost_ms for one in set_backs_of(tx))
        if _in_order(tx, low, high, slack):
            oldest, newest = low, high
            low = low if since is None else _first_from(tx, oldest, newest, since - slack)
            high = high if until is None else _first_from(tx, oldest, newest, until + slack + 1) - 1
    return low, high if went_on is None else min(high, went_on.below - 1)


def _in_order(tx: Tx, low: int, high: int, slack: int) -> bool:
    """Say whether later entries carry later times, judged by samples: a past that was laid behind entries of today does not."""
    latest = 0
    for number in range(SAMPLES + 1):
        at = _at_or_before.first(tx, seq=low + (high - low) * number // SAMPLES).at
        if at < latest - slack:
            return False
        latest = max(latest, at)
    return True


def _first_from(tx: Tx, low: int, high: int, at: int) -> int:
    """Give the first `seq` from an instant on, one past the last when there is none; entries stand in the order of their times."""
    end = high + 1
    while low < end:
        found = _at_or_before.first(tx, seq=(low + end) // 2)
        if found.at >= at:
            end = found.seq
        else:
            low = (low + end) // 2 + 1
    return low
