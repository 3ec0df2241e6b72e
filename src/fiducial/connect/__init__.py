"""Doors to other systems (spec 08); owns no state that a gate or a trace reads."""
