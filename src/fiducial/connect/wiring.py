"""What the doors to other systems give to rooms below; `app.py` puts it together."""

from __future__ import annotations

from fiducial.connect import api, pages
from fiducial.connect.outbound import TellErp

DOORS, PAGES, MENU, STATUSES = api.doors, pages.pages, pages.MENU, pages.STATUSES
RUN_ENDS = (TellErp(),)
