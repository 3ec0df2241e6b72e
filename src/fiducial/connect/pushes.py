"""The doors by which other systems, or people in their place, say how things are (spec 08.3.2–08.3.4)."""

from __future__ import annotations

from typing import Any

from fiducial.connect import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.connect.log import logged
from fiducial.kit.acting import action
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.plant.equipment import TPM
from fiducial.plant.equipment_state import report_equipment
from fiducial.plant.pushes import EquipmentStatus
from fiducial.tooling.reading import SOLDER_PASTE, STENCIL
from fiducial.tooling.reports import report_paste, report_stencil
from fiducial.tooling.shapes import PasteStatus, StencilStatus

MAY_PUSH = ("readiness:manual", "integration:push")


def must_be_of(tx: Tx, *systems: str) -> None:
    """Refuse TOKEN_SYSTEM_MISMATCH for a token of another system; people are of none."""
    if tx.actor.kind == "TOKEN" and tx.actor.system not in systems:
        raise Refused("TOKEN_SYSTEM_MISMATCH", system=tx.actor.system, needed=" / ".join(systems))


@action(*MAY_PUSH, audit="STENCIL_STATUS_RECEIVE", entity="TOOL", key="body.stencil_id")
def receive_stencil_status(tx: Tx, body: StencilStatus) -> dict[str, Any] | Kept:
    """Take the state of a stencil. Give it with `effective`, `isDuplicate`, `warnings`.

    Refuses TOKEN_SYSTEM_MISMATCH, EVENT_ID_REUSED, SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH, TOOL_KIND_MISMATCH,
    ENTITY_IN_MAINTENANCE, FORBIDDEN. Spec 08.3.2.
    """

    def take() -> dict[str, Any]:
        must_be_of(tx, STENCIL, TPM)
        return report_stencil(tx, body)

    return told(
        tx,
        body.stencil_id,
        logged(tx, body, system=STENCIL, entity_type="STENCIL_STATUS", key=body.stencil_id, take=take),
    )


@action(*MAY_PUSH, audit="SOLDER_PASTE_STATUS_RECEIVE", entity="SOLDER_PASTE_LOT", key="body.lot_id")
def receive_paste_status(tx: Tx, body: PasteStatus) -> dict[str, Any] | Kept:
    """Take the state of a paste lot. Give it with `effective`, `isDuplicate`, `warnings`.

    Refuses TOKEN_SYSTEM_MISMATCH, EVENT_ID_REUSED, SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH, FORBIDDEN. Spec 08.3.3.
    """

    def take() -> dict[str, Any]:
        must_be_of(tx, SOLDER_PASTE, "WMS")
        return report_paste(tx, body)

    return told(
        tx,
        body.lot_id,
        logged(tx, body, system=SOLDER_PASTE, entity_type="SOLDER_PASTE_STATUS", key=body.lot_id, take=take),
    )


@action(*MAY_PUSH, audit="EQUIPMENT_STATUS_RECEIVE", entity="EQUIPMENT", key="body.equipment_code")
def receive_equipment_status(tx: Tx, body: EquipmentStatus) -> dict[str, Any] | Kept:
    """Take the state of a machine. Give it with `effective`, `isDuplicate`, `warnings`.

    Refuses TOKEN_SYSTEM_MISMATCH, EVENT_ID_REUSED, SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH, FORBIDDEN. Spec 08.3.4.
    """

    def take() -> dict[str, Any]:
        must_be_of(tx, TPM)
        return report_equipment(tx, body)

    return told(
        tx,
        body.equipment_code,
        logged(tx, body, system=TPM, entity_type="EQUIPMENT_STATUS", key=body.equipment_code, take=take),
    )


def told(tx: Tx, key: str, answer: dict[str, Any] | Kept) -> dict[str, Any] | Kept:
    """Enter what was taken; a refusal is entered by whoever runs the action."""
    if not isinstance(answer, Kept):
        told = {name: answer[name] for name in ("status", "effective", "isDuplicate", "eventId") if name in answer}
        tx.record(key, **told)
    return answer
