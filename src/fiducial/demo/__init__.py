"""The demo plant (spec 12) and the acceptance scenarios (spec 13.11)."""
