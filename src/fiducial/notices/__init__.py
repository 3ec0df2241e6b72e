"""Notifications (spec 09.6): who is told of what happened, made from events after the fact."""
