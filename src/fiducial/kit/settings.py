"""Settings (spec 09.8): typed and declared once; a value belongs to the whole or to one place that overrides it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from sqlalchemy import PrimaryKeyConstraint, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit import columns as c
from fiducial.kit.refusals import Said
from fiducial.kit.statements import Hot
from fiducial.kit.text import current_language

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

T = TypeVar("T")
EVERYWHERE = 0

values = Table(
    "setting", c.metadata,
    c.text("key", nullable=False),
    c.whole("place", nullable=False),
    c.text("value", nullable=False),
    c.instant("changed_at", nullable=False),
    PrimaryKeyConstraint("key", "place"),
)  # fmt: skip

_find = Hot(
    select(values.c.value).where(values.c.key == bindparam("key"), values.c.place.in_((EVERYWHERE, bindparam("place"))))
    .order_by(values.c.place.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its default, what it takes, and whether a place may have a value of its own."""

    key: str
    default: T
    check: Callable[[Any], T]
    zh: str
    en: str
    by_place: bool = False
    unit: str | None = None
    secret: bool = False

    def __post_init__(self) -> None:
        if self.key in declared:
            raise ValueError(f"setting {self.key} is declared twice")
        declared[self.key] = self

    @property
    def type(self) -> str:
        """Give what kind of value it takes: bool, int, number, text, list or map."""
        said: str | None = getattr(self.check, "kind", None)
        kinds = ((bool, "bool"), (int, "int"), (float, "number"), (list, "list"), (dict, "map"))
        return said or next((name for kind, name in kinds if isinstance(self.default, kind)), "text")

    @property
    def limits(self) -> dict[str, Any]:
        """Give what the check says of itself: `min` and `max`, or `options`."""
        return dict(getattr(self.check, "limits", {}))

    def said(self, value: Any) -> str | None:
        """Give a value as people say it, in the language that is spoken; None where its check has no words for it.

        One of some words (`said` of the check) is what it means; a list that is filled in row by row is what its rows are (`row_said`).
        """
        row_said = getattr(self.check, "row_said", None)
        if row_said is not None and isinstance(value, list):
            return ("; " if current_language() == "en" else "；").join(row_said(row) for row in value)
        words = getattr(self.check, "said", {}).get(value) if isinstance(value, str) else None
        return None if words is None else str(words[1] if current_language() == "en" else words[0])

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Give the fields of one item of a list that people fill in row by row, each with its label; none for any other value."""
        place = 1 if current_language() == "en" else 0
        return [(name, words[place]) for name, words in getattr(self.check, "parts", {}).items()]

    @property
    def offered(self) -> list[tuple[str, str]]:
        """Give the words it takes, each with its meaning, for a page to choose from."""
        return [(word, self.said(word) or word) for word in self.limits.get("options", ())]

    def of(self, tx: Tx, place: int = EVERYWHERE) -> T:
        """Give the value in force, of a place when it has one; one that the environment fixes is the same everywhere."""
        if self.key in fixed:
            return fixed[self.key]  # type: ignore[no-any-return]
        text = _find.scalar(tx, key=self.key, place=place if self.by_place else EVERYWHERE)
        return self.default if text is None else self.check(orjson.loads(text))

    def put(self, tx: Tx, value: Any, place: int = EVERYWHERE) -> None:
        """Set a value; None takes it back. ValueError when the setting does not take it. The caller records it."""
        if value is None:
            tx.run(delete(values).where(values.c.key == self.key, values.c.place == place))
            return
        row = {"key": self.key, "place": place, "value": c.canonical(self.check(value)).decode(), "changed_at": tx.now}
        insert = (sqlite if tx.engine == "sqlite" else postgresql).insert(values).values(row)
        changed = {"value": insert.excluded.value, "changed_at": insert.excluded.changed_at}
        tx.run(insert.on_conflict_do_update(index_elements=["key", "place"], set_=changed))


declared: dict[str, Setting[Any]] = {}
fixed: dict[str, Any] = {}
"""Values that the environment fixes; nobody changes them from inside."""
PREFIX = "SETTING_"


def fix(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Take the values that the environment fixes (`SETTING_AUTH_PASSWORD_CLASSES=4`); give the faults by variable."""
    fixed.clear()
    faults: list[tuple[str, str]] = []
    for key, setting in declared.items():
        name = PREFIX + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).replace(".", "_").replace("-", "_").upper()
        if name not in environ:
            continue
        try:
            value = orjson.loads(environ[name])
        except orjson.JSONDecodeError:
            value = environ[name]
        try:
            fixed[key] = setting.check(value)
        except ValueError as fault:
            faults.append((name, str(fault)))
    return faults


def _says(check: Callable[[Any], T], kind: str, **limits: Any) -> Callable[[Any], T]:
    """Have a check say what it takes, for whoever shows the setting."""
    check.kind, check.limits = kind, limits  # type: ignore[attr-defined]
    return check


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Take whole numbers from `low` to `high`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(
                Said(zh=f"必须是 {low} 至 {high} 的整数", en=f"must be a whole number from {low} to {high}")
            )
        return value

    return _says(check, "int", min=low, max=high)


def number(low: float, high: float) -> Callable[[Any], float]:
    """Take numbers from `low` to `high`."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(Said(zh=f"必须是 {low} 至 {high} 的数字", en=f"must be a number from {low} to {high}"))
        return value

    return _says(check, "number", min=low, max=high)


def yes_no(value: Any) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise ValueError(Said(zh="必须是 true 或 false", en="must be true or false"))  # noqa: TRY004 - the door tells values, not types
    return value


def one_of(*allowed: str, said: Mapping[str, tuple[str, str]] | None = None) -> Callable[[Any], str]:
    """Take one of the words; `said` gives what they mean, in Chinese and English, for the pages."""

    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(Said(zh=f"必须是 {', '.join(allowed)} 之一", en=f"must be one of {', '.join(allowed)}"))
        return str(value)

    check.said = dict(said or {})  # type: ignore[attr-defined]
    return _says(check, "text", options=list(allowed))


def some_of(*allowed: str) -> Callable[[Any], list[str]]:
    """Take a list of these words, each once; it may be empty."""

    def check(value: Any) -> list[str]:
        if (
            not isinstance(value, list)
            or len(set(map(str, value))) != len(value)
            or any(one not in allowed for one in value)
        ):
            raise ValueError(
                Said(zh=f"必须取自 {', '.join(allowed)}，不重复", en=f"must be some of {', '.join(allowed)}, each once")
            )
        return list(value)

    return _says(check, "list", options=list(allowed))
