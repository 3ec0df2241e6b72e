"""What quality gives to execution and to orders, in the order in which it is asked (spec 02.7, 02.8, 05.4, 05.5); `app.py` puts it together."""

from __future__ import annotations

from fiducial.orders.ports import RunSection
from fiducial.quality.defects import Book, OpenDefectFails, StrictCodes
from fiducial.quality.inprocess.first_piece import FirstPieceGuard, FirstPieceMade
from fiducial.quality.inspections.fqc import LastPiecePassed
from fiducial.quality.inspections.gates import FirstArticlePassed
from fiducial.quality.inspections.kinds import InspectionsEnd
from fiducial.quality.inspections.oqc import OutgoingInspection
from fiducial.quality.inspections.sections import FirstArticleOfRun, OutgoingOfRun
from fiducial.quality.inspections.trial import TrialGate

DEFECT_BOOK = Book()
TRIAL = TrialGate()
TRACK_IN_GUARDS = (FirstPieceGuard(),)
VERDICTS = (OpenDefectFails(),)
TRACK_OUT_GUARDS = (StrictCodes(),)
EFFECTS = (FirstPieceMade(),)

AUTHORIZE_CHECK = FirstArticlePassed()
CLOSE_CHECKS = (LastPiecePassed(), OutgoingInspection())
RUN_ENDS = (InspectionsEnd(),)
SECTIONS: dict[str, RunSection] = {"fai": FirstArticleOfRun(), "oqc": OutgoingOfRun()}
