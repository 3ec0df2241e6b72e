"""What the rooms know of one unit, each read when it is first asked for, and once: sections, flags, timeline and picture share it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.loading.queries import boards
from fiducial.plant.tables import bom_items
from fiducial.quality.machines.verdict import results_of
from fiducial.trace import inspected, made_with, papers, prepared, sections
from fiducial.trace.facts import UnitFacts


class Gathered:
    """A unit's facts beside what other rooms say of it."""

    def __init__(self, tx: Tx, facts: UnitFacts) -> None:
        self.tx, self.facts = tx, facts
        self.run_ids = [run.id for run in facts.runs]

    @cached_property
    def runs(self) -> list[dict[str, Any]]:
        """Give the runs with the first articles that were waived."""
        return sections.runs(self.facts, inspected.waivers_of(self.tx, self.run_ids))

    @cached_property
    def defects(self) -> list[dict[str, Any]]:
        """Give the defects with what was decided on them."""
        decided = inspected.decisions_of(self.tx, [row.id for row in self.facts.defects])
        return sections.defects(self.facts, decided)

    @cached_property
    def inspections(self) -> list[dict[str, Any]]:
        """Give the inspections of the unit's runs."""
        return inspected.of_unit(self.tx, self.facts.unit.sn, self.facts.unit.id, self.run_ids)

    @cached_property
    def repairs(self) -> list[dict[str, Any]]:
        """Give the repairs."""
        return inspected.repairs_of(self.tx, self.facts.unit.id)

    @cached_property
    def reels(self) -> list[dict[str, Any]]:
        """Give the reels that were on the slots while it was placed."""
        return boards.reels_of_board(self.tx, self.facts.unit.id)

    @cached_property
    def materials(self) -> list[dict[str, Any]]:
        """Give single parts, the paste it was printed with, and lots named on the lists of its runs."""
        parts = [part | {"certainty": "CERTAIN"} for part in boards.parts_of_board(self.tx, self.facts.unit.id)]
        return [
            *_replacing(parts),
            *made_with.paste_of(self.tx, self.facts),
            *made_with.listed_of(self.tx, self.run_ids),
        ]

    @cached_property
    def bom(self) -> list[str]:
        """Give the materials of its product's BOM."""
        children = select(bom_items.c.child_code).where(bom_items.c.parent_code == self.facts.unit.product_code)
        return [row.child_code for row in self.tx.all(children)]

    @cached_property
    def missing_key_parts(self) -> list[dict[str, Any]]:
        """Give the key parts a finished unit lacks."""
        return boards.missing_key_parts(self.tx, self.facts.unit)

    @cached_property
    def readiness(self) -> dict[str, Any] | None:
        """Give the check behind the authorisation of its present run."""
        run = self.facts.run
        formal = [row for row in self.facts.checks if row.run_id == run.id]
        given = [row for row in self.facts.authorizations if row.run_id == run.id]
        return prepared.readiness(self.tx, run, formal, given)

    @cached_property
    def tools(self) -> list[dict[str, Any]]:
        """Give the tools."""
        return made_with.tools_of(self.tx, self.facts)

    @cached_property
    def clocks(self) -> list[dict[str, Any]]:
        """Give the time rules that ran on it or on its paste."""
        return made_with.clocks_of_unit(self.tx, self.facts)

    @cached_property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Give the paper records."""
        return papers.records_of(self.tx, stays_of(self.facts, self.tx.now))

    @cached_property
    def carriers(self) -> list[dict[str, Any]]:
        """Give the carriers it was on."""
        return made_with.carriers_of(self.tx, self.facts.unit.id)

    @cached_property
    def carrier_tracks(self) -> list[dict[str, Any]]:
        """Give where they were meanwhile."""
        return made_with.carrier_tracks_of(self.tx, self.facts.unit.id)

    @cached_property
    def machine_results(self) -> list[dict[str, Any]]:
        """Give what SPI, AOI and X-ray said of it."""
        return results_of(self.tx, self.facts.unit.id)

    @cached_property
    def tests(self) -> list[dict[str, Any]]:
        """Give its tests."""
        return inspected.tests_of(self.tx, self.facts.unit.id)

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """Give the FORMAL checks of all runs."""
        return prepared.history(self.facts.checks, {run.id: run.run_no for run in self.facts.runs})

    def section(self, name: str) -> Any:
        """Give one of the sections that other rooms know."""
        return getattr(self, _NAMES[name])

    @staticmethod
    def knows(name: str) -> bool:
        """Tell whether a section is among them."""
        return name in _NAMES


_NAMES: Mapping[str, str] = {
    "runs": "runs", "defects": "defects", "inspections": "inspections", "repairs": "repairs", "loadingRecords": "reels",
    "materials": "materials", "missingKeyParts": "missing_key_parts", "readiness": "readiness", "readinessHistory": "history",
    "tools": "tools", "timeRules": "clocks", "records": "records", "carrierLoads": "carriers", "carrierTracks": "carrier_tracks",
    "machineResults": "machine_results", "testRecords": "tests",
}  # fmt: skip


def stays_of(facts: UnitFacts, now: int) -> list[papers.Stay]:
    """Give the times in which the unit's runs had their lines: from the preparation of a run until the unit left it."""
    return [
        papers.Stay(run.id, run.line_id, run.created_at, until if until is not None else (run.ended_at or now))
        for run, _since, until in facts.spans()
    ]  # fmt: skip


def _replacing(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of a part which lot it took the place of: the one before it at its position that was taken out."""
    last: dict[str, dict[str, Any]] = {}
    for part in parts:
        place = part["position"]
        before = last.get(place) if place else None
        if before is not None and before["removedAt"] is not None:
            part["replaces"] = f"{before['materialCode']}|{before['lotNo']}"
        if place:
            last[place] = part
    return parts
