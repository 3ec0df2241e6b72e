"""JSON doors of forms: the same for each form, from its declaration (spec 10.2)."""

from __future__ import annotations

from fiducial.forms import actions, bake_out, queries
from fiducial.forms.daily_qc_stats import QcAsked, daily_qc_stats
from fiducial.forms.export_api import open_export
from fiducial.forms.papers import FORMS
from fiducial.forms.papers.daily_qc import DAILY_QC
from fiducial.forms.shapes import LateEntryWindow, TakeOut, VoidRecord
from fiducial.forms.traveller_api import open_traveller
from fiducial.kit.forms.declaration import Form
from fiducial.kit.http.door import Doors
from fiducial.people.proof_api import proving

doors = Doors("forms")


def open_form(form: Form) -> None:
    """Open the endpoints of one form."""
    acts, at = actions.acts_of(form), f"/api/{form.path}"
    one = f"{at}/{{{form.id_name}}}"
    listing = queries.LISTINGS[form.key]
    doors.get(at, queries.list_query(form, listing), listing=listing)
    doors.post(at, acts.record, acts.body)
    if form.key == DAILY_QC.key:
        doors.get(f"{at}/stats", daily_qc_stats, params=QcAsked, slow=True)
    open_export(doors, form)
    doors.get(one, queries.detail_query(form))
    if acts.confirm is not None and form.meaning is not None:
        proving(doors, "POST", f"{one}/confirm", acts.confirm, acts.confirmation)
    elif acts.confirm is not None:
        doors.post(f"{one}/confirm", acts.confirm, acts.confirmation)
    doors.post(f"{one}/void", acts.void, VoidRecord)
    doors.post(f"{one}/correct", acts.correct, acts.correction, by=lambda _body: acts.correct_or_own)


doors.get("/api/forms", queries.list_forms)
doors.get("/api/forms/late-entry-windows", queries.list_late_windows)
doors.post("/api/forms/late-entry-windows", actions.open_late_window, LateEntryWindow)
doors.get("/api/forms/{key}", queries.read_form)
for declared in FORMS:
    open_form(declared)
doors.post("/api/bake-records/{recordId}/take-out", bake_out.take_out, TakeOut)
open_traveller(doors)
