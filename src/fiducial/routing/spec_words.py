"""A collection item in one line, as lists and pickers show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.text import gettext as _


def limits_in_words(spec: Mapping[str, Any] | None) -> str:
    """Give the limits or allowed values of an item; empty when it has none."""
    rules = spec or {}
    if rules.get("enum"):
        return " / ".join(rules["enum"])
    if rules.get("pattern"):
        return _("pattern %(pattern)s") % {"pattern": rules["pattern"]}
    if rules.get("expected") is not None:
        return _("expected: yes") if rules["expected"] else _("expected: no")
    low = next((rules[name] for name in ("lsl", "min") if rules.get(name) is not None), None)
    high = next((rules[name] for name in ("usl", "max") if rules.get(name) is not None), None)
    unit = f" {rules['unit']}" if rules.get("unit") else ""
    if low is not None and high is not None:
        return f"{low:g} … {high:g}{unit}"
    if low is not None:
        return f"≥ {low:g}{unit}"
    if high is not None:
        return f"≤ {high:g}{unit}"
    return unit.strip()


def plain_number(value: float) -> str:
    """Give a number as a person writes it: 2, not 2.0; every digit that it has."""
    return f"{value:.15g}"
