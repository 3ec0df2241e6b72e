"""Every paper form is a file that is listed, named as the specification names it, and described in both languages."""

from __future__ import annotations

import re

from tests.house.code import name_of, sources
from tests.house.spec_index import AUDIT_ACTIONS, ENDPOINTS

from fiducial.forms.papers import FORMS


def test_every_file_of_a_form_is_listed_and_every_form_has_its_file() -> None:
    """Seen to fail with a file papers/other.py that nobody lists."""
    files = {
        name_of(path).rpartition("/")[2].removesuffix(".py")
        for path in sources()
        if name_of(path).startswith("forms/papers/")
    }
    assert files - {"__init__"} == {form.key for form in FORMS}


def test_every_form_stands_in_the_index() -> None:
    """Seen to fail with path="bakes", and with entity="BAKE"."""
    for form in FORMS:
        assert f"POST /api/{form.path}" in ENDPOINTS, form.key
        acts = ["CREATE", "VOID", "CORRECT", *(["CONFIRM"] if form.confirm != "NONE" else [])]
        assert {f"{form.entity}_{act}" for act in acts} <= AUDIT_ACTIONS, form.key


def test_every_label_is_in_both_languages_and_no_two_forms_share_a_number() -> None:
    labels = [form.title for form in FORMS] + [item.label for form in FORMS for item in form.fields]
    assert [label for label in labels if not label.zh or not label.en or re.search(r"[\u4e00-\u9fff]", label.en)] == []
    for names in ([form.prefix for form in FORMS], [form.code for form in FORMS], [form.path for form in FORMS]):
        assert len(set(names)) == len(names)


def test_the_machinery_of_forms_knows_no_word_of_the_factory() -> None:
    """Seen to fail with a field `stencilId` in kit/forms."""
    words = re.compile(r"stencil|squeegee|solder|bake|run_no|runNo|line_id|lineCode|readiness|oven", re.IGNORECASE)
    found = [
        name_of(path)
        for path in sources()
        if name_of(path).startswith("kit/forms/") and words.search(path.read_text("utf-8"))
    ]
    assert found == []
