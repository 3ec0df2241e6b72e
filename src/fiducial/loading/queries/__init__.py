"""The reads of loading."""
