"""What readiness gives to rooms below it and to the event worker; `app.py` puts it together."""

from __future__ import annotations

from fiducial.readiness.listeners import precheck_new_run, recheck_on_input
from fiducial.readiness.of_runs import ReadinessCheck, RunsReadiness
from fiducial.readiness.watching import InputsWatcher

AUTHORIZE_CHECK = ReadinessCheck()  # asked first (spec 02.7)
READINESS = RunsReadiness()
WATCHER = InputsWatcher()
LISTENERS = (("RUN_CREATE", precheck_new_run), ("READINESS_INPUT_CHANGED", recheck_on_input))
