"""Pages of imports: send a file, see what is in it, take it, watch it being taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.sheets import imports
from fiducial.sheets.importing import the_importer
from fiducial.web.pages import Pages, View
from fiducial.web.shell import Status, StatusSet

pages = Pages("sheets")
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="import",
        states=(
            Status(code="READING", label=Text("Being read"), colour="azure"),
            Status(code="PREVIEW", label=Text("To be confirmed"), colour="yellow"),
            Status(code="TAKING", label=Text("Being imported"), colour="blue"),
            Status(code="DONE", label=Text("Imported"), colour="green"),
            Status(code="GIVEN_UP", label=Text("Given up"), colour="secondary"),
        ),
    ),
)


@query(SIGNED_IN)
def import_dialog(tx: Tx, list_name: str, view: View) -> Mapping[str, Any]:
    """Give the form that takes a file. Refuses LIST_NOT_FOUND, FORBIDDEN."""
    importer = the_importer(list_name)
    imports.admitted_to(tx, importer)
    return {"importer": importer, "then": view.query.get("then", "")}


@query(SIGNED_IN)
def import_page(tx: Tx, list_name: str, import_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give an import: what is good, what is faulty, and how far it is. Refuses LIST_NOT_FOUND, IMPORT_NOT_FOUND, FORBIDDEN."""
    importer = the_importer(list_name)
    job = imports.import_detail(tx, list_name, import_id)
    return {"importer": importer, "job": job, "labels": {column.field: column.label for column in importer.columns}}


pages.page("/imports/{listName}/dialogs/new", import_dialog, "sheets/import_form.html")
pages.page("/imports/{listName}/{importId}", import_page, "sheets/import.html")
pages.page("/imports/{listName}/{importId}/progress", import_page, "sheets/import_progress.html")
