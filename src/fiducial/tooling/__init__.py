"""Stencils, squeegees, fixtures and solder paste: the register, what they have been through, and whether they may be used."""
