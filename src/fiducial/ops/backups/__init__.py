"""Backups and their way back (spec 13.4): made beside the lane, verified from the archive, put back by a command."""
