"""Patterns that people type, matched in time linear in the text (decision 0005): no pattern can stop a line.

The engine is the one that pydantic carries (Rust's `regex`): no look-around, no back-references, and a pattern that
would grow too large is refused when it is written, not met when a board is scanned.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

LONGEST = 200


class Pattern:
    """One pattern, ready to be matched in full."""

    __slots__ = ("_matcher",)

    def __init__(self, text: str) -> None:
        _engine(text)  # alone first: `a)|(b` would be a pattern only between our brackets
        self._matcher = _engine(f"^(?:{text})$")

    def matches(self, value: str) -> bool:
        """Tell whether the whole value matches."""
        return self._matcher.isinstance_python(value)


def _engine(text: str) -> SchemaValidator:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex"))
    except SchemaError as fault:
        raise ValueError(_why(str(fault))) from None


def _why(message: str) -> str:
    """Give the last line of what the engine says, which tells the fault; the lines above point at it."""
    lines = [line.strip() for line in message.strip().splitlines()]
    return lines[-1].removeprefix("error: ").removeprefix("SchemaError: ")[:200]


@lru_cache(maxsize=1000)
def pattern(text: str) -> Pattern:
    """Give the pattern of a text, compiled once. ValueError, with the reason, when it is none we can take."""
    return Pattern(text)
