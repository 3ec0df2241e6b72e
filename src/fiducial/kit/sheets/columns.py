"""What one column of a sheet holds: its field on the wire, its heading, and how its values are written for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fiducial.kit.text import N_, Text, gettext

Kind = Literal["text", "number", "whole", "instant", "date", "flag", "words", "list"]

YES, NO = N_("yes"), N_("no")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column. `field` may lead into an object (`line.code`); `words` are the labels of codes, by code."""

    field: str
    label: Text
    kind: Kind = "text"
    words: Mapping[str, Any] | None = None
    width: int = 16

    def value_of(self, item: Mapping[str, Any]) -> Any:
        """Give the value of an item as it stands on the wire; None when there is none."""
        value: Any = item
        for name in self.field.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def shown(self, item: Mapping[str, Any]) -> Any:
        """Give the value as people read it, in the language that is spoken: yes and no, the label of a code, a list with commas."""
        value = self.value_of(item)
        if isinstance(value, list | tuple):
            return ", ".join(self._word(part) for part in value)
        if isinstance(value, bool):
            return gettext(YES if value else NO)
        return self._word(value) if self.words and value is not None else value

    def _word(self, code: Any) -> str:
        return str((self.words or {}).get(code, code))
