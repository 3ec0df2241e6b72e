"""The tool register filled from a spreadsheet: new tools with their opening counts, known ones changed, nothing counted overwritten (spec 04.6)."""

from __future__ import annotations

from typing import Any

from tests.api.plant import Plant
from tests.api.test_imports import faults_of, filled_with, shown
from tests.api.test_imports_setup import outcomes
from tests.api.uploads import csv_of, sent

HEAD = ("toolCode", "kind", "name", "productCodes", "fixtureType", "material", "lifeLimit", "countBase", "minTension")


def tool(plant: Plant, code: str) -> Any:
    return plant.api.as_("engineer").get(f"/api/tools/{code}").must()


def test_tools_come_in_with_their_counts_are_changed_and_come_back_unchanged(plant: Plant) -> None:
    rows = csv_of(
        HEAD,
        ("ST-1", "STENCIL", "Top", "P-1;P-2", "", "", "", "1200", "32"),
        ("SQ-1", "SQUEEGEE", "Blade", "", "", "", "50000", "", ""),
        ("FX-1", "FIXTURE", "Jig", "P-1", "WAVE_JIG", "SYNTHETIC_STONE", "", "", ""),
    )
    assert outcomes(filled_with(plant, rows, "tools")) == {"created": 3}
    stencil = tool(plant, "ST-1")
    assert (stencil["countBase"], stencil["lifeLimit"], stencil["minTension"]) == (1200, 60_000, 32)
    assert sorted(stencil["productCodes"]) == ["P-1", "P-2"]
    assert outcomes(filled_with(plant, rows, "tools")) == {"unchanged": 3}
    changed = csv_of(("toolCode", "kind", "name"), ("ST-1", "STENCIL", "Top side"), ("SQ-1", "SQUEEGEE", "Blade"))
    assert outcomes(filled_with(plant, changed, "tools")) == {"updated": 1, "unchanged": 1}
    assert (tool(plant, "ST-1")["name"], tool(plant, "ST-1")["lifeLimit"]) == ("Top side", 60_000)
    assert len(plant.audit(action="TOOL_CREATE")) == 3
    assert len(plant.audit(action="TOOL_UPDATE")) == 1


def test_what_the_register_would_refuse_is_said_of_its_cell_before_anything_is_written(plant: Plant) -> None:
    filled_with(plant, csv_of(("toolCode", "kind", "name", "countBase"), ("ST-1", "STENCIL", "Top", "10")), "tools")
    rows = csv_of(
        HEAD,
        ("st-1", "STENCIL", "Top", "", "", "", "", "", ""),
        ("ST-1", "STENCIL", "Top", "", "", "", "", "0", ""),
        ("SQ-1", "SQUEEGEE", "Blade", "", "", "", "", "", "30"),
        ("FX-1", "FIXTURE", "Jig", "", "", "", "", "", ""),
        ("ST-2", "SPOON", "Top", "", "", "", "", "", ""),
    )
    found = set(faults_of(shown(plant.api.as_("engineer"), rows, "tools")))
    assert {
        (2, "toolCode"), (3, "countBase"), (4, "minTension"), (5, "fixtureType"), (5, "lifeLimit"), (6, "kind"),
    } <= found  # fmt: skip
    assert plant.api.as_("engineer").get("/api/tools").must()["total"] == 1


def test_only_who_keeps_the_register_fills_it(plant: Plant) -> None:
    rows = csv_of(("toolCode", "kind", "name"), ("ST-1", "STENCIL", "Top"))
    assert sent(plant.api.as_("operator"), "/api/imports/tools", rows).code == "FORBIDDEN"
    assert "/imports/tools/dialogs/new" in plant.api.as_("engineer").get("/tools").text
    assert "/imports/tools/dialogs/new" not in plant.api.as_("operator").get("/tools").text
