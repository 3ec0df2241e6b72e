"""The lists of the plant that may be filled from a spreadsheet.

A row that names a thing which is there changes it in the columns that are filled; else it makes it. The same file twice changes nothing.
"""

from __future__ import annotations

from fiducial.plant.importers.boms import BOMS
from fiducial.plant.importers.coded import MATERIALS, OPERATIONS, STATIONS
from fiducial.plant.importers.lots import LOTS
from fiducial.plant.importers.mappings import MAPPINGS, WORK_CENTERS
from fiducial.plant.importers.places import GROUPS, LINES
from fiducial.plant.importers.profiles import PROFILES
from fiducial.plant.importers.templates import TEMPLATES
from fiducial.sheets.importing import Importer

IMPORTERS: tuple[Importer, ...] = (
    LINES, GROUPS, STATIONS, OPERATIONS, MATERIALS, BOMS, LOTS, TEMPLATES, PROFILES, MAPPINGS, WORK_CENTERS,
)  # fmt: skip
