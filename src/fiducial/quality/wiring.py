"""What quality gives to execution, in the order in which it is asked (spec 05.4, 05.5); `app.py` puts it together."""

from __future__ import annotations

from fiducial.quality.defects import Book, OpenDefectFails, StrictCodes

DEFECT_BOOK = Book()
VERDICTS = (OpenDefectFails(),)
TRACK_OUT_GUARDS = (StrictCodes(),)
