"""Every scenario there is. A new one is a function in a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fiducial.demo.acceptance.scenarios.collecting import data_collection
from fiducial.demo.acceptance.scenarios.degraded import degraded
from fiducial.demo.acceptance.scenarios.endings import happy, mrb_release, mrb_rework, mrb_scrap
from fiducial.demo.acceptance.scenarios.loading import loading_mismatch_lock
from fiducial.demo.acceptance.scenarios.spine import spine
from fiducial.demo.acceptance.scenarios.waiving import readiness_waive
from fiducial.demo.acceptance.steps import Walk


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: its name, the tracks it can be walked on, and its steps."""

    name: str
    tracks: tuple[str, ...]
    walk: Callable[[Walk], None]


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("spine", ("smt", "dip"), spine),
    Scenario("readiness-waive", ("smt",), readiness_waive),
    Scenario("data-collection", ("smt", "dip"), data_collection),
    Scenario("loading-mismatch-lock", ("smt",), loading_mismatch_lock),
    Scenario("happy", ("smt", "dip"), happy),
    Scenario("oqc-fail-mrb-release", ("smt", "dip"), mrb_release),
    Scenario("oqc-fail-mrb-scrap", ("smt", "dip"), mrb_scrap),
    Scenario("oqc-fail-mrb-rework", ("smt", "dip"), mrb_rework),
    Scenario("degraded", ("smt", "dip"), degraded),
)  # fmt: skip


def scenario_of(name: str) -> Scenario | None:
    """Give the scenario of a name."""
    return next((scenario for scenario in SCENARIOS if scenario.name == name), None)
