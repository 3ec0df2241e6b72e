"""A record of each paper form in the filled plant, and what a right request for one says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.paper_floor import GOOD, Papers, wire
from tests.api.plant import Plant

from fiducial.forms.papers import BY_KEY, FORMS
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.shapes import body_name

_NOTHING = {"runNo": None, "stepNo": None, "extra": None, "namesTyped": None}
_KEPT: dict[str, dict[str, Any]] = {"solder_paste": {"lotId": "JAR-1"}}  # of a correction


def _of_form(form: Form) -> dict[str, dict[str, Any]]:
    """Give what the shapes of a form want: what is good of it, and nothing else of its own."""
    nothing = dict.fromkeys(item.name for item in form.written if not item.required)
    time = (
        {form.when.name: None} if form.when and not form.when.typed else {form.when.name: wire()} if form.when else {}
    )
    good = _NOTHING | nothing | time | GOOD[form.key]
    return {
        body_name(form): good,
        f"{body_name(form)}Correction": {k: v for k, v in good.items() if k not in form.kept} | _KEPT.get(form.key, {}),
    }


SAMPLES: dict[str, dict[str, Any]] = {
    **{shape: said for form in FORMS for shape, said in _of_form(form).items()},
    "ProductionExceptionConfirm": {"reauth": None, "disposition": None},
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
        for setting in ("enabled", "manualEntry"):
            floor.set(f"form.{key}.{setting}", True)
        timed = {form.when.name: wire()} if form.when and form.when.typed else {}
        typed |= {"timeWindow": "08:00-10:00"} if key == "daily_qc" else {}
        body = timed | typed | good | {"remark": say("Remark"), "namesTyped": {"usedBy": say("Li")}}
        parts[f"{form.path}/{form.id_name}"] = plant.made("engineer", f"/api/{form.path}", body)["id"]
    parts["key"] = "bake"
