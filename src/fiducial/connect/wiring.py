"""What the doors to other systems give to rooms below, and what runs by itself; `app.py` puts it together."""

from __future__ import annotations

from fiducial.connect.outbound import TellErp
from fiducial.connect.retention import forget_messages
from fiducial.connect.watching import watch_systems

RUN_ENDS = (TellErp(),)
WATCH, FORGET = watch_systems, forget_messages
