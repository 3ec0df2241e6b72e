"""One board through one station: tracks, values, holds (spec 05)."""
