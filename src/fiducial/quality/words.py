"""How people say what quality stores as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fiducial.kit.text import Text

CATEGORIES: Final[Mapping[str, Text]] = {
    "SMT": Text("SMT"), "INSERT": Text("Insertion"), "WAVE": Text("Wave soldering"), "HAND": Text("Soldering by hand"),
    "COATING": Text("Coating"), "VISUAL": Text("Appearance"), "ICT": Text("In-circuit test (ICT)"), "FCT": Text("Function test (FCT)"),
    "SYSTEM": Text("Of the program"),
}  # fmt: skip
SEVERITIES: Final[Mapping[str, Text]] = {"CRITICAL": Text("Critical"), "MAJOR": Text("Major"), "MINOR": Text("Minor")}
