"""Work orders, runs and units: their tables and moves (spec 02)."""
