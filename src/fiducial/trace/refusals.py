"""How trace says no (spec 07). Everything it refuses is declared in lower rooms but the shape of what is asked."""

from __future__ import annotations

from fiducial.kit.refusals import Refused, Said, bad_field


def unknown(path: str, value: str, known: tuple[str, ...]) -> Refused:
    """Give VALIDATION_ERROR for a word that is not one of the known ones."""
    names = ", ".join(known)
    return bad_field(path, Said(zh=f"{value[:100]!r}：必须是 {names} 之一", en=f"{value[:100]!r}: must be of {names}"))
