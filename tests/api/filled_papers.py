"""A record of each paper form in the filled plant, and what a right request for one says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.paper_floor import GOOD, Papers
from tests.api.plant import Plant

from fiducial.forms.papers import BY_KEY

_STENCIL = {
    "recordDate": None,
    "stencilId": "ST-1",
    "tensionValues": [35] * 5,
    "printCount": None,
    "productModel": "P-1",
}
_BAKE = {"inAt": None, "lotNo": "LOT-9", "durationHoursMin": 4, "durationHoursMax": 8, "bakeTemperature": 125}
_BY_SHAPE: dict[str, dict[str, Any]] = {
    "BakeRecord": _BAKE, "BakeRecordCorrection": _BAKE, "SolderPasteUsage": {"lotId": "JAR-9", "expiresAt": "2099-01-01T00:00:00Z"},
    "SolderPasteUsageCorrection": {"lotId": "JAR-1"}, "StencilUsage": _STENCIL, "StencilUsageCorrection": _STENCIL,
}  # fmt: skip
SAMPLES: dict[str, dict[str, Any]] = {
    **{shape: {"runNo": None, "stepNo": None, "extra": None, "namesTyped": None} | said for shape, said in _BY_SHAPE.items()},
    "LateEntryWindow": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "until": "2099-01-01T00:00:00Z"},
    "TakeOut": {"lotNo": None},
}  # fmt: skip
"""What the shapes of forms want together (for `samples.BY_SHAPE`)."""


def papers(plant: Plant, parts: dict[str, str], say: Callable[[str], str]) -> None:
    """Make a record of each form, with whatever people type in it."""
    floor = Papers(plant)
    for code, kind in (("ST-1", "STENCIL"), ("SQ-1", "SQUEEGEE"), ("FX-1", "FIXTURE")):
        floor.tool(code, kind, name=say(code))
    for key, good in GOOD.items():
        form = BY_KEY[key]
        typed = {item.name: say("Words")[: item.longest] for item in form.written if item.kind == "text"}
        if form.enabled and form.manual_entry:
            record = plant.made(
                "engineer",
                f"/api/{form.path}",
                good | typed | {"remark": say("Remark"), "namesTyped": {"usedBy": say("Li")}},
            )
            parts[f"{form.path}/{form.id_name}"] = record["id"]
    parts["key"] = "bake"
