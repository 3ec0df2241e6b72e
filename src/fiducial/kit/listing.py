"""Lists as every page and endpoint knows them (spec 00.3): filters and sorts are declared, anything else is refused.

Totals stop counting at a cap and say so by `totalIsCapped`, for counting a million rows costs more than the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NotRequired, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from typing_extensions import TypedDict

from fiducial.kit import clock
from fiducial.kit.refusals import Said, bad_field, reason_of

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

DEFAULT_SIZE, LARGEST_SIZE, COUNT_CAP, DEEPEST_ROW = 30, 100, 10_000, 100_000
LONGEST_FILTER = 500  # an engine has its own limit for a pattern, and answers beyond it with a fault
Item = TypeVar("Item")
Condition = Callable[[str], ColumnElement[bool]]

TWICE = Said(zh="重复给出", en="given twice")
TRUE_OR_FALSE = Said(zh="必须是 true 或 false", en="must be true or false")
INSTANT = Said(zh="必须是 ISO 8601 时间", en="must be an ISO 8601 instant")
UNKNOWN_FILTER = Said(zh="未知的筛选项", en="unknown filter")
NO_FILTER = Said(
    zh=f"最多 {LONGEST_FILTER} 个字符，且不含控制字符",
    en=f"at most {LONGEST_FILTER} characters, and no control characters",
)


def known_are(allowed: Iterable[str]) -> Said:
    """Give the reason for a word that is none of the known ones."""
    known = ", ".join(allowed)
    return Said(zh=f"必须是 {known} 之一", en=f"must be of {known}")


def _unknown_sort(asked: str, known: Iterable[str]) -> Said:
    names = ", ".join(known)
    return Said(zh=f"未知的排序 {asked!r}；可用：{names}", en=f"unknown sort {asked!r}; known: {names}")


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def part(*columns: ColumnElement[Any]) -> Condition:
    """Match a part of any of the columns, whatever the case."""
    return lambda value: or_(*(column.ilike(f"%{_escape(value)}%", escape="\\") for column in columns))


def exact(column: ColumnElement[Any]) -> Condition:
    """Match the value exactly."""
    return lambda value: column == value


def one_of(column: ColumnElement[Any], allowed: Sequence[str]) -> Condition:
    """Match any of the comma separated values, each of which must be known."""

    def condition(value: str) -> ColumnElement[bool]:
        values = [piece.strip() for piece in value.split(",") if piece.strip()]
        unknown = [piece for piece in values if piece not in allowed]
        if unknown or not values:
            raise ValueError(known_are(allowed))
        return column.in_(values)

    return condition


def yes_no(column: ColumnElement[Any]) -> Condition:
    """Match true or false."""

    def condition(value: str) -> ColumnElement[bool]:
        if value not in ("true", "false"):
            raise ValueError(TRUE_OR_FALSE)
        return column.is_(value == "true")

    return condition


def instant_of(value: str) -> int:
    """Give the instant of an ISO 8601 text; ValueError when it is none."""
    try:
        return clock.from_datetime(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        raise ValueError(INSTANT) from None


def since(column: ColumnElement[Any]) -> Condition:
    """Match instants from the given one on."""
    return lambda value: column >= instant_of(value)


def until(column: ColumnElement[Any]) -> Condition:
    """Match instants before or at the given one."""
    return lambda value: column <= instant_of(value)


class Listed(TypedDict, Generic[Item]):
    """One page of a list (spec 00.3); `totalIsCapped` when counting stopped before the end."""

    items: list[Item]
    total: int
    page: int
    pageSize: int
    totalIsCapped: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class Page:
    """What a caller asked of a list, checked."""

    number: int = 1
    size: int = DEFAULT_SIZE
    sort: tuple[tuple[str, bool], ...] = ()  # field, descending
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What may be asked of one list. `key` ends every order, so that pages neither repeat nor lose a row."""

    filters: Mapping[str, Condition]
    sorts: Mapping[str, ColumnElement[Any]]
    default_sort: str
    key: ColumnElement[Any]

    def parse(self, asked: Sequence[tuple[str, str]]) -> Page:
        """Give the page asked for; refuses VALIDATION_ERROR for an unknown or repeated field or a bad value."""
        seen: dict[str, str] = {}
        for name, value in asked:
            if name in seen:
                raise bad_field(name, TWICE)
            seen[name] = value
        number = _whole(seen.pop("page", "1"), "page", 1, 1_000_000)
        size = _whole(seen.pop("pageSize", str(DEFAULT_SIZE)), "pageSize", 1, LARGEST_SIZE)
        if (number - 1) * size > DEEPEST_ROW:
            raise bad_field(
                "page",
                Said(
                    zh=f"超出第 {DEEPEST_ROW} 行，请缩小筛选范围",
                    en=f"reaches beyond row {DEEPEST_ROW}; narrow the filter",
                ),
            )
        sort = self._sort(seen.pop("sort", "") or self.default_sort)
        filters = {name: value.strip() for name, value in seen.items() if value.strip()}
        for name, value in seen.items():
            if name not in self.filters:
                raise bad_field(name, UNKNOWN_FILTER)
            if "\x00" in value or len(value) > LONGEST_FILTER:
                raise bad_field(name, NO_FILTER)
        return Page(number, size, sort, filters)

    def _sort(self, text: str) -> tuple[tuple[str, bool], ...]:
        orders: list[tuple[str, bool]] = []
        for piece in text.split(","):
            name, _, direction = piece.strip().partition(".")
            if name not in self.sorts or direction not in ("", "asc", "desc"):
                raise bad_field("sort", _unknown_sort(piece.strip()[:100], self.sorts))
            if any(name == earlier for earlier, _ in orders):
                raise bad_field("sort", Said(zh=f"{name} 重复", en=f"{name} is given twice"))
            orders.append((name, direction == "desc"))
        return tuple(orders)

    def conditions(self, page: Page, *names: str) -> list[ColumnElement[bool]]:
        """Give the conditions of the filters asked for, or of those named; refuses VALIDATION_ERROR for a bad value."""
        found: list[ColumnElement[bool]] = []
        for name, value in page.filters.items():
            if names and name not in names:
                continue
            try:
                found.append(self.filters[name](value))
            except ValueError as wrong:
                raise bad_field(name, reason_of(wrong)) from None
        return found

    def rows(self, tx: Tx, statement: Select[Any], page: Page) -> tuple[Sequence[Any], int, bool]:
        """Give the rows of the page, the total, and whether the total stopped at the cap."""
        statement = statement.where(*self.conditions(page))
        shown = statement
        for name, descending in page.sort:
            column = self.sorts[name]
            order = column.desc() if descending else column.asc()
            if getattr(column, "nullable", True):  # PostgreSQL finds no index for an order that says where nulls go
                order = order.nulls_last() if descending else order.nulls_first()
            shown = shown.order_by(order)
        ordered = shown.order_by(self.key.desc() if page.sort and page.sort[-1][1] else self.key)
        rows = tx.all(ordered.limit(page.size).offset((page.number - 1) * page.size))
        # What is shown of a row is not looked up to count it: up to the cap that would cost more than the page itself.
        every: Select[Any] = statement.order_by(None).with_only_columns(literal_column("1"), maintain_column_froms=True)
        total = total_of(tx, page, len(rows), every)
        return rows, min(total, COUNT_CAP), total > COUNT_CAP

    def answer(self, tx: Tx, statement: Select[Any], page: Page, item: Callable[[Any], Item]) -> Listed[Item]:
        """Give the page as it stands on the wire, each row by itself."""
        return self.answer_all(tx, statement, page, lambda rows: [item(row) for row in rows])

    def answer_all(
        self, tx: Tx, statement: Select[Any], page: Page, items: Callable[[Sequence[Any]], list[Item]]
    ) -> Listed[Item]:
        """Give the page as it stands on the wire, its rows together: where one statement tells something of all."""
        rows, total, capped = self.rows(tx, statement, page)
        answer: Listed[Item] = {"items": items(rows), "total": total, "page": page.number, "pageSize": page.size}
        if capped:
            answer["totalIsCapped"] = True
        return answer


def total_of(tx: Tx, page: Page, shown: int, every: Select[Any]) -> int:
    """Give how many rows there are, one more than the cap when there are more.

    A page that is not full tells it by itself, so that what is rare is not looked for twice.
    """
    if 0 < shown < page.size or (not shown and page.number == 1):
        return (page.number - 1) * page.size + shown
    return int(tx.scalar(select(func.count()).select_from(every.limit(COUNT_CAP + 1).subquery())) or 0)


def _whole(text: str, path: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high or len(text) > 9:
        raise bad_field(
            path, Said(zh=f"必须是 {low} 至 {high} 的整数", en=f"must be a whole number from {low} to {high}")
        )
    return int(text)
