"""The writes of routing."""
