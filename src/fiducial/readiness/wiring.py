"""What readiness gives to rooms below it, for `app.py`: what is signed, what a rework run takes over, who hears of waived clocks."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.orders.ports import Reuse
from fiducial.people.ports import Subject
from fiducial.readiness.checklist import ChecklistSubject
from fiducial.readiness.clock_waivers import ClockWaivers
from fiducial.readiness.waivers import TakeWaivers, WaiverSubject
from fiducial.timers.ports import WaiverWatcher

SUBJECTS: Sequence[Subject] = (WaiverSubject(), ChecklistSubject())
REUSE: Sequence[Reuse] = (TakeWaivers(),)
WATCHERS: Sequence[WaiverWatcher] = (ClockWaivers(),)
