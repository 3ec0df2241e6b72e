"""Pages of oven programs and FAI templates (spec 01.7, 14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.acting import query
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import ports, words
from fiducial.plant.queries import profiles
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("plant")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Oven programs"),
        url="/reflow-profiles",
        icon="temperature",
        group=Text("Plant"),
        permissions=("route:read",),
    ),
    MenuItem(
        label=Text("FAI templates"),
        url="/fai-templates",
        icon="checklist",
        group=Text("Plant"),
        permissions=("fai_template:read",),
    ),
)


@query("route:read")
def profiles_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the oven programs."""
    data = profiles.list_profiles(tx, view.page_of(profiles.PROFILES))
    return {"listing": view.list_of(data, default_sort=profiles.PROFILES.default_sort), "words": words}


@query("route:configure")
def new_profile_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new oven program, or of a new version `from` another one."""
    origin = view.query.get("from")
    return {
        "profile": None,
        "origin": profiles.profile_detail(tx, origin) if origin else None,
        "uses": {},
        "words": words,
    }


@query("route:configure")
def profile_dialog(tx: Tx, profile_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form of a version of an oven program with who uses it. Refuses REFLOW_PROFILE_NOT_FOUND."""
    profile = profiles.profile_detail(tx, profile_id)
    uses = ports.profile_counts(tx, profile["code"], profile["version"])
    return {"profile": profile, "origin": profile, "uses": uses, "words": words}


@query("fai_template:read")
def templates_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the inspection templates."""
    data = profiles.list_templates(tx, view.page_of(profiles.TEMPLATES))
    return {"listing": view.list_of(data, default_sort=profiles.TEMPLATES.default_sort)}


@query("fai_template:read")
def template_dialog(tx: Tx, template_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give an inspection template as it is read. Refuses FAI_TEMPLATE_NOT_FOUND."""
    return {"template": profiles.template_detail(tx, template_id), "words": words}


@query("quality:fai")
def new_template_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new inspection template, or of a copy `from` another one."""
    origin = view.query.get("from")
    return {
        "template": None,
        "origin": profiles.template_shown(tx, profiles.template_row(tx, origin)) if origin else None,
        "words": words,
    }


@query("quality:fai")
def edit_template_dialog(tx: Tx, template_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of an inspection template. Refuses FAI_TEMPLATE_NOT_FOUND."""
    template = profiles.template_shown(tx, profiles.template_row(tx, template_id))
    return {"template": template, "origin": template, "words": words}


pages.page("/reflow-profiles", profiles_page, "plant/profiles.html")
pages.page("/reflow-profiles/dialogs/new", new_profile_dialog, "plant/profile_form.html")
pages.page("/reflow-profiles/dialogs/edit/{profileId}", profile_dialog, "plant/profile_form.html")
pages.page("/fai-templates", templates_page, "plant/templates.html")
pages.page("/fai-templates/dialogs/new", new_template_dialog, "plant/template_form.html")
pages.page("/fai-templates/dialogs/show/{templateId}", template_dialog, "plant/template.html")
pages.page("/fai-templates/dialogs/edit/{templateId}", edit_template_dialog, "plant/template_form.html")
