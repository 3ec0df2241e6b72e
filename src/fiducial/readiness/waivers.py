"""Waivers (豁免): a person's signed decision that a failed item shall not stop this run (spec 03.7.1).

ROUTE, the only gate that is built, can never be waived; the register of waivers comes with the first gate that can.
"""

from __future__ import annotations

from dataclasses import dataclass

from fiducial.kit.tx import Tx
from fiducial.readiness.items import RunRow


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver that stands."""

    id: int
    valid_until: int


def matching_waiver(tx: Tx, run: RunRow, *, gate: str, key: str, cause: str, fingerprint: str) -> Waiver | None:  # noqa: ARG001
    """Give the waiver of this run for the same item and the same cause that is neither revoked nor past (spec 03.4 step 3)."""
    return None
