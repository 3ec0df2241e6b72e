"""The doors of inspection machines and of machines that measure (spec 08.3.6, 08.3.7)."""

from __future__ import annotations

from typing import Any

from fiducial.connect.log import logged
from fiducial.connect.pushes import must_be_of, told
from fiducial.execution.device_data import DEVICE, report_device_data
from fiducial.execution.device_shapes import DeviceData
from fiducial.kit.acting import action
from fiducial.kit.refusals import Kept
from fiducial.kit.tx import Tx
from fiducial.quality.machines.placing import MAY_TELL
from fiducial.quality.machines.shapes import InspectionResult
from fiducial.quality.machines.taking import report_result
from fiducial.tooling.machine_counts import compare_counts, counts_of


@action(*MAY_TELL, audit="INSPECTION_RESULT_RECEIVE", entity="UNIT", key="body.unit_sn")
def receive_inspection_result(tx: Tx, body: InspectionResult) -> dict[str, Any] | Kept:
    """Take what SPI or AOI, or a person in its place, says of a board. Give it with `matchStatus`, `defectsCreated`, `effective`, `isDuplicate`.

    Refuses TOKEN_SYSTEM_MISMATCH, and as `report_result`. Spec 08.3.6.
    """

    def take() -> dict[str, Any]:
        must_be_of(tx, body.inspection_type)
        return report_result(tx, body)

    key = body.unit_sn or body.track_id or "–"
    return told(
        tx, key, logged(tx, body, system=body.inspection_type, entity_type="INSPECTION_RESULT", key=key, take=take)
    )


@action("exec:data_collect", "integration:push", audit="DEVICE_DATA_RECEIVE", entity="UNIT", key="body.unit_sn")
def receive_device_data(tx: Tx, body: DeviceData) -> dict[str, Any] | Kept:
    """Take what a machine measured. Give it with `dataValuesCreated`, `judged`, `late`, `isDuplicate`.

    The machine's own counters of tools may come in `meta.toolCounts`, by tool code: they are compared, and change nothing (spec 03.11).
    Refuses TOKEN_SYSTEM_MISMATCH, and as `counts_of` and `report_device_data`. Spec 08.3.7.
    """

    def take() -> dict[str, Any]:
        must_be_of(tx, DEVICE)
        counts = counts_of(body.meta)
        answer = report_device_data(tx, body)
        if not answer["isDuplicate"]:
            compare_counts(tx, counts)
        return answer

    key = body.unit_sn or body.track_id or body.carrier_track_id or "–"
    return told(tx, key, logged(tx, body, system=DEVICE, entity_type="DEVICE_DATA", key=key, take=take))
