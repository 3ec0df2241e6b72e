"""Routes, how their steps are done, what they collect, and the frozen versions that runs execute (spec 01.5-01.10)."""
