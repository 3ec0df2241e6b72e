"""What the doors to other systems give to rooms below; `app.py` puts it together."""

from __future__ import annotations

from fiducial.connect.outbound import TellErp

RUN_ENDS = (TellErp(),)
