"""The writes of the plant."""
