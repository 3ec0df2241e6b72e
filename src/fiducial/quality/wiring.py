"""What quality gives to execution and to orders, in the order in which it is asked (spec 02.7, 02.8, 05.4, 05.5); `app.py` puts it together."""

from __future__ import annotations

from fiducial.kit.outbox import Listener
from fiducial.orders.ports import RunSection
from fiducial.people.ports import Subject
from fiducial.quality.defects import Book, OpenDefectFails, StrictCodes
from fiducial.quality.disposing.mrb import MrbSubject
from fiducial.quality.disposing.proving import RepairProved
from fiducial.quality.figures.counting import VisitCounted
from fiducial.quality.inprocess.first_piece import FirstPieceGuard, FirstPieceMade
from fiducial.quality.inprocess.hearing import hear_program, hear_tool
from fiducial.quality.inspections.fqc import LastPiecePassed
from fiducial.quality.inspections.gates import FirstArticlePassed
from fiducial.quality.inspections.kinds import InspectionsEnd
from fiducial.quality.inspections.oqc import OutgoingInspection
from fiducial.quality.inspections.sections import FirstArticleOfRun, OutgoingOfRun
from fiducial.quality.inspections.signing import InspectionSubject
from fiducial.quality.inspections.trial import TrialGate
from fiducial.quality.machines.matching import ResultsHeld, WaitingResults, any_orphan, end_waiting
from fiducial.quality.machines.verdict import Findings, MachineFails

DEFECT_BOOK = Book()
TRIAL = TrialGate()
TRACK_IN_GUARDS = (FirstPieceGuard(),)
VERDICTS = (MachineFails(), OpenDefectFails())
ENTERED = (WaitingResults(),)
TRACK_OUT_GUARDS = (StrictCodes(),)
# What is proved or replaced first, then the first piece that a PASS makes (spec 05.5, points 4 and 5); the figures count.
EFFECTS = (RepairProved(), FirstPieceMade(), VisitCounted())

AUTHORIZE_CHECK = FirstArticlePassed()
CLOSE_CHECKS = (LastPiecePassed(), OutgoingInspection())
RUN_ENDS = (InspectionsEnd(),)
SECTIONS: dict[str, RunSection] = {"fai": FirstArticleOfRun(), "oqc": OutgoingOfRun()}
# What makes a first piece due anew (spec 06.8, 11.6).
LISTENERS: tuple[tuple[str, Listener], ...] = (
    ("TEST_PROGRAM_ACTIVATE", hear_program),
    ("TOOL_CHANGED_AT_STATION", hear_tool),
)
SUBJECTS: tuple[Subject, ...] = (InspectionSubject(), MrbSubject())

FINDINGS = (Findings(),)
HELD = ResultsHeld()
ORPHANS, ANY_WAITING = end_waiting, any_orphan
