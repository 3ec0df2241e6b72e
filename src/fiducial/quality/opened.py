"""What quality gives to the assembly besides its ports: pages, its part of a run's page, what it does by the clock and at the start."""

from __future__ import annotations

from fiducial.quality import codes, defect_pages, pages, run_part, settings_pages
from fiducial.quality.figures import pages as figure_pages
from fiducial.quality.inprocess.triggers import create_due_patrols
from fiducial.quality.sampling.seeded import seed_aql_tables

PAGES = (figure_pages.pages, pages.pages, defect_pages.pages, settings_pages.pages, run_part.pages)
RUN_PART = run_part.InspectionsPart()
PATROLS = create_due_patrols
AT_START = (codes.seed_codes, seed_aql_tables)

__all__ = ["AT_START", "PAGES", "PATROLS", "RUN_PART"]
