"""The first article as orders ask for it (spec 02.7 steps 4 and 5). Inspections are not built yet, so none has passed."""

from __future__ import annotations

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.ports import CheckOutcome, RunRow
from fiducial.routing.frozen import frozen_route


class FirstArticlePassed:
    """A run whose frozen route asks for a first article is not authorised before one has passed."""

    def check(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Refuse FAI_NOT_PASSED (details.faiStatus); what readiness has written stays."""
        code = self.foresee(tx, run)
        return CheckOutcome(refused=Refused(code, runNo=run.run_no, faiStatus=None) if code else None)

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give FAI_NOT_PASSED when a step of the route asks for a first article."""
        return "FAI_NOT_PASSED" if frozen_route(tx, run.version_id).requires_fai else None
