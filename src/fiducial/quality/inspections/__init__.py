"""Inspections (spec 06.2–06.8): one lifecycle, each type a declaration over it."""
