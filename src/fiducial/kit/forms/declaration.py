"""One form = one declaration (spec 10.1): what it is about, its fields, its judge, what follows from a record.

The declaration knows nothing of what the records of a room have in common; the room adds that (its columns, its rules) and gives the doors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fiducial.kit import columns as c
from fiducial.kit.forms.fields import Field, Label
from fiducial.kit.listing import Condition
from fiducial.kit.refusals import Said

if TYPE_CHECKING:
    from sqlalchemy import Index, Row, Table

    from fiducial.kit.tx import Tx

PASS, FAIL = "PASS", "FAIL"
JUDGED = {PASS: Label("合格", "in order"), FAIL: Label("不合格", "not in order")}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record was judged FAIL: a code that programs read, the field, and a sentence in both languages."""

    code: str
    field: str
    said: Said


@dataclass(slots=True)
class Draft:
    """A record while it is made: what was given and computed (by column), the place, the time; the room adds what it knows in `facts`."""

    form: Form
    values: dict[str, Any]
    at: int
    given: frozenset[str] = frozenset()  # names of Python of what the request carried
    facts: Any = None
    result: str | None = None
    reasons: list[Reason] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    corrects: Row[Any] | None = None  # the record that this one replaces
    follows: list[Any] = field(default_factory=list)  # what the room is to make of it, in the same transaction

    def __getitem__(self, name: str) -> Any:
        """Give the value of a column, None when there is none."""
        return self.values.get(name)

    def fail(self, code: str, path: str, *, zh: str, en: str) -> None:
        """Judge the record FAIL for this reason."""
        self.result = FAIL
        self.reasons.append(Reason(code, path, Said(zh=zh, en=en)))

    def judged(self) -> None:
        """Judge the record PASS unless a reason against it was found."""
        self.result = self.result or PASS

    def warn(self, code: str, *, zh: str, en: str, **details: Any) -> None:
        """Say something that stops nothing (spec 00.2)."""
        self.warnings.append(Warned(code, Said(zh=zh, en=en), details))


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning, in both languages."""

    code: str
    said: Said
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class When:
    """The time of a form: the field's name, whether a person types it, how many days back it may lie (0: no back-entry)."""

    name: str
    label: Label
    typed: bool = False
    days_back: int = 0


@dataclass(frozen=True, slots=True)
class Traced:
    """Where records stand in a trace: the section, and whether they concern one RUN or the LINE at that time."""

    section: str
    scope: Literal["RUN", "LINE"]


def _nothing(*_args: Any) -> None:
    return None


def _is_undone(*_args: Any) -> bool:
    return False


def _no_faults(*_args: Any) -> Sequence[Said]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One paper form. Hooks: `prepare` computes and refuses, `check` names faults of fields (`Said` with a path), `judge` says
    PASS or FAIL, `after` does what follows once the record has its key, `undo` takes that back when it is voided or corrected.
    """

    key: str
    code: str
    title: Label
    path: str
    prefix: str
    entity: str
    fields: tuple[Field, ...]
    records: tuple[str, ...]  # permissions, any one of which may record; reads, any one of which may read
    reads: tuple[str, ...]
    tokens: tuple[str, ...] = ()  # permissions of machines that may record
    when: When | None = None
    by: tuple[str, Label] | None = None  # the paper's own name for who recorded it
    confirm: Literal["NONE", "OPTIONAL", "REQUIRED"] = "OPTIONAL"
    meaning: str | None = None  # of the signature that a confirmation is, where it is one
    read_by: tuple[str, ...] = ()  # the judgements that read its records
    traced: Traced | None = None
    revision: str = ""
    enabled: bool = True
    manual_entry: bool = True
    prepare: Callable[[Tx, Draft], None] = _nothing
    check: Callable[[Tx, Draft], Sequence[Said]] = _no_faults
    judge: Callable[[Tx, Draft], None] = _nothing
    after: Callable[[Tx, Draft, int], None] = _nothing
    undo: Callable[[Tx, Row[Any]], None] = _nothing
    stays: Callable[[Row[Any], Mapping[str, Any]], bool] = (
        _is_undone  # whether what a record did outlives this correction
    )
    kept: tuple[str, ...] = ()  # written fields that a correction does not carry: it keeps what the old record has
    indexes: Callable[[], Sequence[Index]] = tuple
    filters: Callable[[Table], Mapping[str, Condition]] = lambda _table: {}
    answer_more: Mapping[str, Any] = field(default_factory=dict)  # further fields of an answer, by name: their types
    give_more: Callable[[Tx, Sequence[Row[Any]]], list[dict[str, Any]]] | None = None
    confirms: tuple[str, ...] = ()  # fields that a confirmation may carry
    confirmable: Callable[[Tx, Mapping[str, Any]], Sequence[Said]] = (
        _no_faults  # what is missing before it may be confirmed
    )
    raised: str = ""  # events besides those of all forms: a record was made, a record was confirmed
    confirmed: str = ""
    missing: str = "RECORD_NOT_FOUND"  # how it is said that there is no such record
    id_name: str = "recordId"

    @property
    def table_name(self) -> str:
        """Give the name of its table."""
        return f"form_{self.key}"

    @property
    def table(self) -> Table:
        """Give its table; the room has declared it."""
        return c.metadata.tables[self.table_name]

    def field_of(self, name: str) -> Field:
        """Give a field by its name on the wire."""
        return next(item for item in self.fields if item.name == name)

    @property
    def written(self) -> tuple[Field, ...]:
        """Give the fields that a request may carry."""
        return tuple(item for item in self.fields if item.written)
