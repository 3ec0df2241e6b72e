"""What a gate answers: items, each Passed, Failed or NotApplicable (spec 03.4, 03.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from sqlalchemy import Row, Select

from fiducial.kit.columns import canonical
from fiducial.kit.tx import Tx

RunRow = Any
"""A row of the table `run`, all columns."""


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
    """

    key: str
    cause: str
    fingerprint: Sequence[Any] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The gate does not concern this run: `why` says so, by the route or by a person in `evidence`."""

    key: str
    why: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


Item = Passed | Failed | NotApplicable


class Gate(Protocol):
    """One kind of question. `type` is its name in spec 03.3."""

    @property
    def type(self) -> str:
        """Give its name."""

    def check(self, tx: Tx, run: RunRow) -> Sequence[Item]:
        """Judge a run now; never an empty answer. Unknown is Failed. An exception is a fault of ours, not an answer."""


def fingerprint_of(gate: str, failed: Failed) -> str:
    """Give the hash of what identifies a cause (spec 03.4)."""
    return sha256(canonical([gate, failed.key, failed.cause, list(failed.fingerprint)])).hexdigest()[:32]


def held(tx: Tx, statement: Select[Any]) -> Row[Any] | None:
    """Give the row that is judged; in a write, held so that nobody changes it before the run is authorised on it."""
    judging_for_good = tx.chain is not None
    return tx.first(statement.with_for_update(read=True) if judging_for_good else statement)
