"""The paper forms of the plant: one small file for each (docs/how-to/add-a-form.md). A file that is not in `FORMS` fails a test of the house."""

from __future__ import annotations

from fiducial.forms.papers.bake import BAKE
from fiducial.forms.papers.cold_storage import COLD_STORAGE
from fiducial.forms.papers.daily_qc import DAILY_QC
from fiducial.forms.papers.equipment_inspection import EQUIPMENT_INSPECTION
from fiducial.forms.papers.fixture import FIXTURE
from fiducial.forms.papers.oven_program import OVEN_PROGRAM
from fiducial.forms.papers.production_exception import PRODUCTION_EXCEPTION
from fiducial.forms.papers.solder_paste import SOLDER_PASTE
from fiducial.forms.papers.squeegee import SQUEEGEE
from fiducial.forms.papers.stencil_clean import STENCIL_CLEAN
from fiducial.forms.papers.stencil_usage import STENCIL_USAGE
from fiducial.forms.papers.xray import XRAY
from fiducial.kit.forms.declaration import Form

FORMS: tuple[Form, ...] = (
    BAKE, SOLDER_PASTE, COLD_STORAGE, STENCIL_USAGE, STENCIL_CLEAN, SQUEEGEE, FIXTURE, EQUIPMENT_INSPECTION, OVEN_PROGRAM, DAILY_QC,
    PRODUCTION_EXCEPTION, XRAY,
)  # fmt: skip
"""Every form, in the order of spec 10.4."""

BY_KEY = {form.key: form for form in FORMS}
