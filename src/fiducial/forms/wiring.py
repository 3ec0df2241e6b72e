"""What `app.py` wires of forms: who listens, what is signed, what notifications say, what runs by itself."""

from __future__ import annotations

from fiducial.forms.dues import remind_of_inspection, remind_of_records
from fiducial.forms.exception_book import Book
from fiducial.forms.facts import NOTICE_FACTS
from fiducial.forms.subjects import SUBJECTS

LISTENERS = (("RUN_START", remind_of_inspection),)
REMINDERS = remind_of_records
EXCEPTIONS = Book()

__all__ = ["EXCEPTIONS", "LISTENERS", "NOTICE_FACTS", "REMINDERS", "SUBJECTS"]
