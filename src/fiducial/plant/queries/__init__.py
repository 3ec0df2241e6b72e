"""The reads of the plant."""
