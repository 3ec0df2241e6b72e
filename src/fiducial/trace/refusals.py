"""How trace says no (spec 07). Everything it refuses is declared in lower rooms but the shape of what is asked."""

from __future__ import annotations

from typing import Any

from fiducial.kit.refusals import Refused


def unknown(path: str, value: str, known: tuple[str, ...]) -> Refused:
    """Give VALIDATION_ERROR for a word that is not one of the known ones."""
    reason: dict[str, Any] = {"path": path, "reason": f"{value!r}: must be of {', '.join(known)}"}
    return Refused("VALIDATION_ERROR", fields=[reason])
