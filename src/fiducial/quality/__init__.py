"""Defects; later inspections, dispositions, rework and review (spec 06)."""
