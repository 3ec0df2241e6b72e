"""The paper forms of the plant: one small file for each (docs/how-to/add-a-form.md). A file that is not in `FORMS` fails a test of the house."""

from __future__ import annotations

from fiducial.forms.papers.bake import BAKE
from fiducial.forms.papers.solder_paste import SOLDER_PASTE
from fiducial.forms.papers.stencil_usage import STENCIL_USAGE
from fiducial.kit.forms.declaration import Form

FORMS: tuple[Form, ...] = (BAKE, SOLDER_PASTE, STENCIL_USAGE)
"""Every form, in the order of spec 10.4."""

BY_KEY = {form.key: form for form in FORMS}
