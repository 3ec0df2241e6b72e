"""What the plant puts into the house: its pages, menu, states, and the lists that go out as spreadsheets and come back."""

from __future__ import annotations

from fiducial.plant import material_pages, operation_pages, pages, profile_pages
from fiducial.plant.importers import IMPORTERS
from fiducial.plant.sheets import SHEETS
from fiducial.plant.words import STATUSES
from fiducial.web.pages import Pages
from fiducial.web.shell import MenuItem

__all__ = ["IMPORTERS", "MENU", "PAGES", "SHEETS", "STATUSES"]

PAGES: tuple[Pages, ...] = (pages.pages, operation_pages.pages, material_pages.pages, profile_pages.pages)
MENU: tuple[MenuItem, ...] = (*pages.MENU, *operation_pages.MENU, *material_pages.MENU, *profile_pages.MENU)
