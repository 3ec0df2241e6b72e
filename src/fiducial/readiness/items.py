"""What a gate is given, and what it answers: items, each Passed, Failed, NotApplicable or Waived elsewhere (spec 03.4, 03.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from sqlalchemy import Row, Select

from fiducial.kit.columns import canonical
from fiducial.kit.set_backs import SetBack, as_seen_now
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import LineRow
from fiducial.routing.frozen import FrozenRoute, FrozenStep

RunRow = Any
"""A row of the table `run`, all columns."""

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Case:
    """What a gate judges: a run on its line at one moment, by the line's settings of that gate."""

    run: RunRow
    line: LineRow
    route: FrozenRoute
    product_code: str
    settings: Mapping[str, Any]
    now: int
    set_backs: Sequence[SetBack] = ()

    def steps_of(self, kind: str) -> list[FrozenStep]:
        """Give the steps of the frozen version that are of a process kind."""
        return [step for step in self.route.steps if step.process_kind == kind]

    def has(self, kind: str) -> bool:
        """Tell whether the run has a step of a process kind."""
        return any(step.process_kind == kind for step in self.route.steps)

    @property
    def about(self) -> dict[str, Any]:
        """Give what any evidence may name: the plant's own data about run, line and product."""
        return {
            "source": "SYSTEM",
            "runNo": self.run.run_no,
            "lineCode": self.line.code,
            "productCode": self.product_code,
        }

    def age_ends(self, at: int, *, manual: bool = False, made: int | None = None) -> int:
        """Give the instant from which evidence of `at` is too old for this gate (spec 03.3).

        It is no younger for a clock that was set back since; `made` is the key of what was recorded at that instant (`seen`).
        """
        hours = self.settings["manualMaxAgeHours"] if manual else self.settings["maxAgeHours"]
        return self.seen(at, made=made) + int(hours * HOUR_MS)

    def seen(self, at: int, *, made: int | None = None) -> int:
        """Give an instant by the clock as it goes now (`kit.set_backs`): the same, unless the clock was set back since."""
        return as_seen_now(self.set_backs, at, made=made) if self.set_backs else at


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The thing `key` is there and fit. `until` is the instant (ms) at which this ceases to be so; None: it does not age."""

    key: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The thing `key` is missing or not fit, for `cause`.

    `fingerprint` names what identifies the cause beside gate and key, not what moves: a waiver holds while it stays the same.
    `waivable` False: whatever the line's settings say, this one must be mended (a time rule that says so).
    """

    key: str
    cause: str
    fingerprint: Sequence[Any] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    waivable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The gate does not concern this run: `why` says so, by the route or by a person, who then stands in `evidence` as
    `by`, `byName`, `at`."""

    key: str
    why: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivedElsewhere:
    """The thing failed and a person waived it in its own room (a time rule's instance): `by`, `by_name`, `at`, `reason`."""

    key: str
    cause: str
    by: str | None
    by_name: str | None
    at: str | None
    reason: str | None
    evidence: Mapping[str, Any] = field(default_factory=dict)


Item = Passed | Failed | NotApplicable | WaivedElsewhere


class Gate(Protocol):
    """One kind of question. `type` is its name in spec 03.3."""

    @property
    def type(self) -> str:
        """Give its name."""

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge a run now; never an empty answer. Unknown is Failed. An exception is a fault of ours, not an answer."""


def fingerprint_of(gate: str, failed: Failed) -> str:
    """Give the hash of what identifies a cause (spec 03.4)."""
    return sha256(canonical([gate, failed.key, failed.cause, list(failed.fingerprint)])).hexdigest()[:32]


def held(tx: Tx, statement: Select[Any]) -> Row[Any] | None:
    """Give the row that is judged; in a write, held so that nobody changes it before the run is authorised on it."""
    judging_for_good = tx.chain is not None
    return tx.first(statement.with_for_update(read=True) if judging_for_good else statement)
