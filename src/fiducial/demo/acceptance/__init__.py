"""The acceptance command (spec 13.11): named steps that drive the public API like any client, here or on another machine."""
