"""Lines, stations, operations, materials: the things a plant is made of (spec 01.1-01.4)."""
