"""The gates: one small file for each kind of question that must be answered before a run is authorised (spec 03.6).

A gate gives at least one item. Adding one is one file and one line in `GATES`; a gate that a line has enabled and that is
not in it fails every check, saying so.
"""

from __future__ import annotations

from fiducial.readiness.gates.checklist import ChecklistGate
from fiducial.readiness.gates.equipment import EquipmentGate
from fiducial.readiness.gates.loading import LoadingGate
from fiducial.readiness.gates.material import MaterialGate
from fiducial.readiness.gates.route import RouteGate
from fiducial.readiness.gates.solder_paste import SolderPasteGate
from fiducial.readiness.gates.stencil import StencilGate
from fiducial.readiness.gates.time_rule import TimeRuleGate
from fiducial.readiness.items import Gate

GATES: tuple[Gate, ...] = (
    RouteGate(),
    EquipmentGate(),
    MaterialGate(),
    StencilGate(),
    SolderPasteGate(),
    LoadingGate(),
    TimeRuleGate(),
    ChecklistGate(),
)
"""Every gate that is built, in the order of spec 03.3."""

BY_TYPE = {gate.type: gate for gate in GATES}
