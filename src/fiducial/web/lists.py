"""What a list page tells its macros: where it is, how it is sorted, how much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

NOT_A_FILTER = frozenset(
    {"page", "pageSize", "sort", "tab", "line"}
)  # a tab, or the line a page is about, is a place and no narrowing


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the page as it stands; links are this address with something changed."""

    path: str
    query: Mapping[str, str]

    def but(self, **changes: object) -> str:
        """The same page with parameters changed; `None` or `""` takes one away."""
        merged: dict[str, object] = {**self.query, **changes}
        kept = {name: str(value) for name, value in merged.items() if value is not None and value != ""}
        return f"{quote(self.path)}?{urlencode(kept)}" if kept else quote(self.path)

    def value(self, name: str) -> str:
        return self.query.get(name, "")

    @property
    def filters(self) -> dict[str, str]:
        return {name: value for name, value in self.query.items() if name not in NOT_A_FILTER and value}

    @property
    def cleared(self) -> str:
        """The list without its filters; the tab and the line it stands in stay."""
        return Address(self.path, {}).but(line=self.value("line"), tab=self.value("tab"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, the field it sorts by, how it is set (`start`, `end`, `center`), whether it may go
    away on a small screen."""

    label: object
    sort: str = ""
    align: str = "start"
    wide_only: bool = False


def column(label: object, sort: str = "", align: str = "start", *, wide_only: bool = False) -> Column:
    return Column(label=label, sort=sort, align=align, wide_only=wide_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list. `capped` says that counting stopped at `total`, which is then shown as `1,000+`."""

    items: Sequence[Any]
    total: int
    page: int
    page_size: int
    address: Address
    capped: bool = False
    default_sort: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any], address: Address, *, capped: bool = False, default_sort: str = "") -> Listing:
        """From the data of a list query (spec 0.3)."""
        return cls(
            items=data["items"],
            total=data["total"],
            page=data["page"],
            page_size=data["pageSize"],
            address=address,
            capped=capped or bool(data.get("totalIsCapped")),
            default_sort=default_sort,
        )

    @property
    def first(self) -> int:
        return (self.page - 1) * self.page_size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * self.page_size + len(self.items)

    @property
    def has_next(self) -> bool:
        return self.last < self.total or (self.capped and len(self.items) == self.page_size)

    @property
    def sorted_by(self) -> tuple[str, str]:
        """The field that the list is sorted by first, and `asc` or `desc`."""
        field, _dot, way = (self.address.value("sort") or self.default_sort).split(",")[0].partition(".")
        return field, way or "asc"

    def sort_url(self, field: str) -> str:
        """A click on a heading: this field upwards, and downwards at the second click."""
        current, way = self.sorted_by
        return self.address.but(sort=f"{field}.{'desc' if current == field and way == 'asc' else 'asc'}", page=None)
