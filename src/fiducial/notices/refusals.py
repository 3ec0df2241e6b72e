"""Why notices are refused (spec 09.6)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("NOTIFICATION", zh="通知", en="Notification")
