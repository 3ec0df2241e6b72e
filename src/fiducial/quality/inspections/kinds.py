"""Every type of inspection, in the order of the flow; a new one is a declaration in a file of its own and a line here."""

from __future__ import annotations

from fiducial.kit.tx import Tx
from fiducial.orders.ports import RunRow
from fiducial.orders.states import CANCELLED
from fiducial.quality.inspections.acts import cancel_by_system
from fiducial.quality.inspections.fai import Fai
from fiducial.quality.inspections.fqc import Fqc
from fiducial.quality.inspections.ipqc import IPQC_KIND
from fiducial.quality.inspections.kind import Kind
from fiducial.quality.inspections.oqc import OQC_KIND

FAI_KIND, FQC_KIND = Fai(), Fqc()
KINDS: tuple[Kind, ...] = (FAI_KIND, IPQC_KIND, FQC_KIND, OQC_KIND)
RUN_ENDED, RUN_CANCELLED = "RUN_ENDED", "RUN_CANCELLED"


class InspectionsEnd:
    """What becomes of open inspections when their run ends (spec 06.2): of a cancelled run all, else those in process."""

    def ended(self, tx: Tx, run: RunRow, status: str) -> None:
        """Cancel them, by the system."""
        for kind in KINDS if status == CANCELLED else (IPQC_KIND,):
            cancel_by_system(tx, kind, run.id, RUN_CANCELLED if status == CANCELLED else RUN_ENDED)
