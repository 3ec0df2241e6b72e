"""Sampling of outgoing inspection (spec 06.7): which rule, how many, which units."""
