"""Settings of forms (spec 09.8): of each form the same five, and the limits that the plant confirms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from fiducial.forms.papers import FORMS
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Field
from fiducial.kit.forms.own import OwnField, field_of
from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, yes_no
from fiducial.kit.tx import Tx

MOST_OWN_FIELDS = 20


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 64:
        raise ValueError(Said(zh="必须是最多 64 个字符的文本", en="must be a text of at most 64 characters"))
    return value.strip()


def _own_fields(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_OWN_FIELDS:
        raise ValueError(Said(zh="必须是最多 20 项的列表", en="must be a list of at most 20"))
    try:
        fields = [OwnField.model_validate(item, strict=False) for item in value]
    except ValidationError as wrong:
        path = ".".join(str(part) for part in wrong.errors()[0]["loc"])
        raise ValueError(Said(zh=f"自定义字段不正确：{path}", en=f"not a field of one's own: {path}")) from None
    if len({item.name for item in fields}) != len(fields):
        raise ValueError(Said(zh="字段名重复", en="two fields share a name"))
    return [item.model_dump(by_alias=True, exclude_none=True) for item in fields]


@dataclass(frozen=True, slots=True)
class FormSettings:
    """The settings of one form."""

    enabled: Setting[bool]
    code: Setting[str]
    revision: Setting[str]
    own_fields: Setting[list[dict[str, Any]]]
    four_eyes: Setting[bool]
    manual_entry: Setting[bool]


def settings_of_form(form: Form) -> FormSettings:
    """Declare the settings of a form."""
    at, zh, en = f"form.{form.key}", form.title.zh, form.title.en
    return FormSettings(
        Setting(f"{at}.enabled", form.enabled, yes_no, f"启用表单：{zh}", f"form in use: {en}"),
        Setting(f"{at}.code", form.code, _text, f"表单编号：{zh}", f"number of the paper: {en}"),
        Setting(f"{at}.revision", form.revision, _text, f"表单版本：{zh}", f"revision of the paper: {en}"),
        Setting(f"{at}.extraFields", [], _own_fields, f"自定义字段：{zh}", f"the plant's own fields: {en}"),
        Setting(f"{at}.fourEyes", default=True, check=yes_no, zh=f"确认人不得是记录人：{zh}", en=f"confirmer is not the recorder: {en}"),
        Setting(f"{at}.manualEntry", form.manual_entry, yes_no, f"允许人工录入：{zh}", f"people may enter it: {en}"),
    )  # fmt: skip


BY_FORM: dict[str, FormSettings] = {form.key: settings_of_form(form) for form in FORMS}
"""The settings of each form, by its key."""


def own_fields_of(tx: Tx, form: Form) -> list[Field]:
    """Give the fields that the plant added to a form."""
    return [field_of(item) for item in BY_FORM[form.key].own_fields.of(tx)]


def _prefixes(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(kind, str) and isinstance(prefix, str) and prefix and len(prefix) <= MOST_OWN_FIELDS
        for prefix, kind in value.items()
    ):
        raise ValueError(Said(zh="必须是“前缀: 类别”的映射", en="must be a map from prefix to kind"))
    return dict(value)


BARCODE_PREFIXES: Setting[dict[str, str]] = Setting(
    "form.barcodePrefixes",
    {},
    _prefixes,
    "条码前缀与类别（钢网、批次、单件、工牌等）",
    "prefixes by which barcodes are told apart: stencil, lot, run, unit, badge",
)
