"""What a signature says (spec 09.4). The list is complete: a meaning that is not in it cannot be signed."""

from __future__ import annotations

from fiducial.kit.text import Text, use_language

MEANINGS: dict[str, Text] = {
    "APPROVED": Text("Approved"),
    "REVIEWED": Text("Reviewed"),
    "RESPONSIBLE": Text("Responsible"),
    "MRB_RELEASE": Text("Released by review"),
    "MRB_REWORK": Text("Sent to rework by review"),
    "MRB_SCRAP": Text("Scrapped by review"),
    "CHECKLIST_CONFIRM": Text("Checklist confirmed"),
    "FORM_CONFIRM": Text("Form confirmed"),
    "AUDIT_ARCHIVE": Text("Audit entries archived"),
    "WAIVE": Text("Waived"),
    "PROGRAM_RELEASE": Text("Test program released"),
}


def words_of(meaning: str) -> tuple[str, str]:
    """Give what a meaning is called, in Chinese and in English."""
    text = MEANINGS.get(meaning, Text(meaning))
    with use_language("zh-CN"):
        return str(text), text.message
