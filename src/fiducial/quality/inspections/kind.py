"""What a type of inspection declares (spec 06.2): its codes, its permission, and where it differs from the others.

The acts (`acts.py`) are the same for all; they ask the kind at the places where the specification lets the types differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Kept
from fiducial.kit.tx import Tx
from fiducial.orders.ports import RunRow
from fiducial.quality.inspections.shapes import CompleteInspection
from fiducial.quality.states import LIFECYCLES

InspectionRow = Any
"""A row of the table `inspection`, all columns."""


Shape: TypeAlias = type[Body]
Verdicts: TypeAlias = type[CompleteInspection]


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a type, each with one meaning for all of them."""

    not_found: str
    exists: str
    status: str
    not_inspecting: str
    not_passed: str
    already_signed: str
    counts: str


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item that a new inspection begins with, not looked at yet."""

    name: str
    spec: str | None = None
    required: bool = True
    template_item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the guards of a type have settled of a new inspection."""

    sample_qty: int
    sampled: Sequence[str] | None = None
    items: Sequence[NewItem] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    template_code: str | None = None


@dataclass(frozen=True, slots=True)
class Existing:
    """An open inspection that is answered as it is."""

    row: InspectionRow


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict that was taken: how many units failed, and what else was said with it."""

    decision: str
    failing: int
    body: Any


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a verdict: the run's status then, and what is to be done next."""

    run_status: str
    next_action: str | None


class Kind(ABC):
    """One type of inspection. The defaults are those of a type that asks nothing more."""

    type: ClassVar[str]
    path: ClassVar[str]  # the word in addresses
    id_name: ClassVar[str]  # the argument that takes its id: `faiId` of a path is `fai_id`
    permission: ClassVar[str]
    codes: ClassVar[Codes]
    new_body: ClassVar[Shape]
    complete_body: ClassVar[Verdicts] = CompleteInspection
    unit_must_be_named: ClassVar[bool] = False

    @property
    def lifecycle(self) -> Any:
        """Give its lifecycle."""
        return LIFECYCLES[self.type]

    @property
    def read(self) -> tuple[str, str]:
        """Give the permissions that read it."""
        return (self.permission, "trace:read")

    @abstractmethod
    def prepare(self, tx: Tx, run: RunRow, body: Any) -> Prepared | Existing | Kept:
        """Ask the guards of a creation, the run being locked. A `Kept` refusal leaves what it wrote."""

    def may_start(self, tx: Tx, run: RunRow, row: InspectionRow) -> None:  # noqa: B027 - most types ask nothing more
        """Refuse a start."""

    def may_record(self, tx: Tx, row: InspectionRow, unit: Any) -> None:  # noqa: B027 - most types ask nothing more
        """Refuse an item; `unit` is the row of the unit it names, None without one."""

    def accepted(self, row: InspectionRow) -> int:  # noqa: ARG002
        """Give Ac: how many units may fail in a PASS."""
        return 0

    def also_failing(self, tx: Tx, row: InspectionRow) -> frozenset[int]:  # noqa: ARG002
        """Give units that count as failing in a FAIL although no item says so."""
        return frozenset()

    def judge_pass(self, tx: Tx, row: InspectionRow, items: Sequence[Any]) -> Mapping[str, Any]:  # noqa: ARG002
        """Refuse a PASS that the items alone would allow; give what is added to `data`."""
        return {}

    def judge_run(self, tx: Tx, run: RunRow, decision: str) -> None:  # noqa: B027 - most types ask nothing more
        """Refuse a verdict that the run does not allow any more, when everything else does."""

    def defects_block(self, decision: str) -> bool:  # noqa: ARG002
        """Tell whether the defects of a verdict stop their units."""
        return True

    def decided(self, tx: Tx, run: RunRow, row: InspectionRow, verdict: Verdict) -> Decided:  # noqa: ARG002
        """Do what follows from a verdict, in its transaction."""
        return Decided(run.status, "SIGN" if verdict.decision == "PASS" else None)

    def may_cancel(self, tx: Tx, row: InspectionRow) -> None:  # noqa: B027 - most types ask nothing more
        """Refuse a cancellation."""

    def ended(self, tx: Tx, run: RunRow, row: InspectionRow) -> None:  # noqa: B027 - most types ask nothing more
        """Do what follows when an inspection was cancelled."""

    @abstractmethod
    def gate(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give the gate of the type for a run."""

    def more(self, tx: Tx, row: InspectionRow) -> Mapping[str, Any]:  # noqa: ARG002
        """Give what the details of this type add."""
        return {}
