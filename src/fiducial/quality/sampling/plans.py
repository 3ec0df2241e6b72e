"""Single sampling plans by attributes (spec 06.7), read from tables that are data: lot and level give a letter, letter and AQL a plan.

An arrow leads to the next plan below (larger sample) or above (smaller one), and that plan's n is used. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UP, DOWN = "UP", "DOWN"
LETTERS = "ABCDEFGHJKLMNPQR"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for one lot. `n` is at most the lot; `letter` is the code letter of the lot, `used_letter` that of the plan."""

    letter: str
    used_letter: str
    n: int
    ac: int

    @property
    def re(self) -> int:
        """Give the rejection number: with so many failing units the lot is rejected."""
        return self.ac + 1


def letter_of(letters: Sequence[Mapping[str, Any]], lot: int, level: str) -> str | None:
    """Give the code letter for a lot size and a level; None when no row covers it."""
    for row in letters:
        if row["lotFrom"] <= lot and (row["lotTo"] is None or lot <= row["lotTo"]):
            letter: str | None = row["levels"].get(level)
            return letter
    return None


def plan_for(table: Mapping[str, Any], *, lot: int, level: str, aql: str, severity: str) -> Plan | None:
    """Give the plan of a lot; None when the table has none (another severity, an AQL it lacks, arrows that lead nowhere).

    A lot of 1 is inspected whole. Where the plan's sample is the lot or more, all are inspected and Ac stays.
    """
    if lot <= 1:
        return Plan("A", "A", lot, 0) if _column(table, aql, severity) else None
    letter = letter_of(table["letters"], lot, level)
    plans = {plan["letter"]: plan for plan in table["plans"] if plan["severity"] == severity}
    order = sorted(plans, key=lambda one: plans[one]["n"])
    if letter is None or letter not in plans:
        return None
    place, seen = order.index(letter), set[int]()
    while True:
        entry = plans[order[place]]["entries"].get(aql)
        if entry is None or place in seen:
            return None
        if entry not in (UP, DOWN):
            used = order[place]
            return Plan(letter, used, min(int(plans[used]["n"]), lot), int(entry))
        seen.add(place)
        place += 1 if entry == DOWN else -1
        if not 0 <= place < len(order):
            return None


def _column(table: Mapping[str, Any], aql: str, severity: str) -> bool:
    return any(plan["severity"] == severity and aql in plan["entries"] for plan in table["plans"])


def aqls_of(table: Mapping[str, Any]) -> list[str]:
    """Give the AQLs that a table has columns for, smallest first."""
    return sorted({aql for plan in table["plans"] for aql in plan["entries"]}, key=float)


def severities_of(table: Mapping[str, Any]) -> list[str]:
    """Give the severities that a table has plans for."""
    there = {plan["severity"] for plan in table["plans"]}
    return [severity for severity in ("NORMAL", "TIGHTENED", "REDUCED") if severity in there]
