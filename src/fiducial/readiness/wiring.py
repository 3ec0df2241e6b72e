"""What readiness gives to rooms below it, for `app.py`: listeners, what is signed, what a rework run takes over, who hears of waived clocks."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.kit.outbox import Listener
from fiducial.orders.ports import Reuse
from fiducial.people.ports import Subject
from fiducial.plant.ports import Uses
from fiducial.readiness.checklist import ChecklistSubject
from fiducial.readiness.clock_waivers import ClockWaivers
from fiducial.readiness.due import gather_inputs, set_back
from fiducial.readiness.listeners import precheck_new_run
from fiducial.readiness.starting import StillReady
from fiducial.readiness.uses import PlantUse
from fiducial.readiness.waivers import TakeWaivers, WaiverSubject
from fiducial.timers.ports import WaiverWatcher

LISTENERS: Sequence[tuple[str, Listener]] = (
    ("RUN_CREATE", precheck_new_run),
    ("READINESS_INPUT_CHANGED", gather_inputs),
)
PLANT_USES: Sequence[Uses] = (PlantUse(),)
SUBJECTS: Sequence[Subject] = (WaiverSubject(), ChecklistSubject())
REUSE: Sequence[Reuse] = (TakeWaivers(),)
WATCHERS: Sequence[WaiverWatcher] = (ClockWaivers(),)
SET_BACK = set_back
START = StillReady()
