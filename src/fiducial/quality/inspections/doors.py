"""The doors of a type of inspection (spec 06.2), made from its declaration: the same addresses, acts and lists for all four.

An act is marked with the permission and the audit actions of its type; so the function behind a door is made here, once for
each type, under a name of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from fiducial.kit.acting import action, query
from fiducial.kit.http.door import Doors
from fiducial.kit.listing import Listed, Page
from fiducial.kit.refusals import Kept
from fiducial.kit.tx import Tx
from fiducial.people.proof import Proof
from fiducial.people.proof_api import proving
from fiducial.quality.answers import Inspection, InspectionItem
from fiducial.quality.inspections import acts, items, reading, signing
from fiducial.quality.inspections.kind import Kind
from fiducial.quality.inspections.shapes import (
    CancelInspection,
    CompleteInspection,
    InspectedItem,
    ItemChange,
    SignInspection,
)
from fiducial.quality.states import IPQC


def open_doors(doors: Doors, kind: Kind) -> None:
    """Open every address of a type."""
    at, one = f"/api/{kind.path}", f"/api/{kind.path}/{{{_camel(kind.id_name)}}}"
    doors.get(at, list_query(kind), listing=reading.INSPECTIONS)
    doors.get(f"{at}/run/{{runNo}}", _of_run(kind))
    doors.get(f"{at}/run/{{runNo}}/gate", _gate(kind))
    doors.post(f"{at}/run/{{runNo}}", _create(kind), kind.new_body)
    doors.get(one, _detail(kind))
    doors.post(f"{one}/start", _start(kind))
    doors.post(f"{one}/items", _record(kind), InspectedItem)
    doors.patch(f"{one}/items/{{itemId}}", _change(kind), ItemChange)
    doors.post(f"{one}/complete", _complete(kind), kind.complete_body)
    proving(doors, "POST", f"{one}/sign", _sign(kind), SignInspection)
    doors.post(f"{one}/cancel", _cancel(kind), CancelInspection)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _named(kind: Kind, function: Callable[..., Any], **renamed: str) -> None:
    """Give a function the name of its type, and its arguments the names that the address has for them."""
    function.__name__ = f"{function.__name__}_{kind.path}"
    function.__qualname__ = function.__name__
    function.__doc__ = (function.__doc__ or "").replace("T_", f"{kind.type}_")
    signature = inspect.signature(function)
    parameters = [one.replace(name=renamed.get(one.name, one.name)) for one in signature.parameters.values()]
    function.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]


def _act(
    kind: Kind, function: Callable[..., Any], audit: str, *, permission: str = "", key: str | None = None
) -> Callable[..., Any]:
    _named(kind, function, inspection_id=kind.id_name)
    return action(permission or kind.permission, audit=f"{kind.type}_{audit}", entity=kind.type, key=key)(function)


def _create(kind: Kind) -> Callable[..., Any]:
    def create(tx: Tx, run_no: str, body: Any) -> Inspection | Kept:
        """Create an inspection of a run. Refuses RUN_NOT_FOUND, FORBIDDEN, T_ALREADY_EXISTS and what the type refuses. Spec 06.2."""
        return acts.create(tx, kind, run_no, body)

    return _act(kind, create, "CREATE", key="run_no")


def _start(kind: Kind) -> Callable[..., Any]:
    def start(tx: Tx, inspection_id: str) -> Inspection:
        """Begin to inspect. Refuses T_NOT_FOUND, FORBIDDEN, INVALID_T_STATUS and what the type refuses. Spec 06.2."""
        return acts.start(tx, kind, inspection_id)

    return _act(kind, start, "START")


def _record(kind: Kind) -> Callable[..., Any]:
    def record(tx: Tx, inspection_id: str, body: InspectedItem) -> InspectionItem:
        """Record an item. Refuses T_NOT_FOUND, FORBIDDEN, T_NOT_INSPECTING, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH, UNIT_NOT_IN_SAMPLE. Spec 06.2."""
        return items.record_item(tx, kind, inspection_id, body)

    return _act(kind, record, "ITEM_RECORD")


def _change(kind: Kind) -> Callable[..., Any]:
    def change(tx: Tx, inspection_id: str, item_id: str, body: ItemChange) -> InspectionItem:
        """Correct an item; what it was is kept. Refuses T_NOT_FOUND, T_NOT_INSPECTING, ITEM_CHANGE_REASON_REQUIRED. Spec 06.2."""
        return items.change_item(tx, kind, inspection_id, item_id, body)

    return _act(kind, change, "ITEM_UPDATE")


def _complete(kind: Kind) -> Callable[..., Any]:
    def complete(tx: Tx, inspection_id: str, body: CompleteInspection) -> Inspection:
        """Decide PASS or FAIL as the items say; give it with `run`, `defects`, `nextAction`.

        Refuses T_NOT_FOUND, FORBIDDEN, T_NOT_INSPECTING, the codes of spec 06.4 and what the type refuses.
        """
        return acts.complete(tx, kind, inspection_id, body)

    return _act(kind, complete, "COMPLETE")


def _sign(kind: Kind) -> Callable[..., Any]:
    def sign(tx: Tx, inspection_id: str, body: SignInspection, proof: Proof) -> Inspection:
        """Sign a PASS, once, with fresh proof. Refuses T_NOT_FOUND, FORBIDDEN, T_NOT_PASSED, T_ALREADY_SIGNED, SIGNER_MUST_DIFFER,
        REAUTH_REQUIRED, REAUTH_FAILED. Spec 06.3."""
        return signing.sign_inspection(tx, kind, inspection_id, body, proof)

    return _act(kind, sign, "SIGN", permission="quality:sign")


def _cancel(kind: Kind) -> Callable[..., Any]:
    def cancel(tx: Tx, inspection_id: str, body: CancelInspection) -> Inspection:
        """Give an inspection up, for a reason. Refuses T_NOT_FOUND, FORBIDDEN, INVALID_T_STATUS, FAI_TRIAL_OPEN. Spec 06.2."""
        return acts.cancel(tx, kind, inspection_id, body)

    return _act(kind, cancel, "CANCEL")


def _query(kind: Kind, function: Callable[..., Any]) -> Callable[..., Any]:
    _named(kind, function, inspection_id=kind.id_name)
    return query(*kind.read)(function)


def list_query(kind: Kind) -> Callable[..., Any]:
    def list_all(tx: Tx, page: Page) -> Listed[Inspection]:
        """Give the inspections of this type on the lines in reach, without items."""
        return reading.list_of(tx, kind, page)

    return _query(kind, list_all)


def _detail(kind: Kind) -> Callable[..., Any]:
    def detail(tx: Tx, inspection_id: str) -> Inspection:
        """Give an inspection with its items. Refuses T_NOT_FOUND, FORBIDDEN."""
        return reading.whole(tx, kind, reading.find(tx, kind, inspection_id, *kind.read).id)

    return _query(kind, detail)


def _of_run(kind: Kind) -> Callable[..., Any]:
    def newest(tx: Tx, run_no: str) -> Inspection | None:
        """Give the newest inspection of a run, null without one. Refuses RUN_NOT_FOUND, FORBIDDEN."""
        found = reading.all_of_run(tx, kind, reading.run_in_reach(tx, kind, run_no).id)
        return found[0] if found else None

    def every(tx: Tx, run_no: str) -> list[Inspection]:
        """Give the inspections of a run, newest first. Refuses RUN_NOT_FOUND, FORBIDDEN."""
        return reading.all_of_run(tx, kind, reading.run_in_reach(tx, kind, run_no).id)

    return _query(kind, every if kind.type == IPQC else newest)


def _gate(kind: Kind) -> Callable[..., Any]:
    def gate(tx: Tx, run_no: str) -> dict[str, Any]:
        """Give the gate of this type for a run. Refuses RUN_NOT_FOUND, FORBIDDEN."""
        return dict(kind.gate(tx, reading.run_in_reach(tx, kind, run_no)))

    return _query(kind, gate)
