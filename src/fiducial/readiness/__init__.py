"""May this run start? One small file for each gate (spec 03)."""
