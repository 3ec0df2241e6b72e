"""The reads of routing."""
