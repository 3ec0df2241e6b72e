"""The writes of loading."""
