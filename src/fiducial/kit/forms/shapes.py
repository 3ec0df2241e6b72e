"""What a request may carry and an answer carries, made from a declaration; so the API description cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import create_model, model_validator
from typing_extensions import TypedDict

from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Field, answer_type_of, type_of
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Said

READ_ONLY_ZH, READ_ONLY_EN = (
    "read_only：由系统给出或计算，不能填写",
    "read_only: given or computed by the system, not to be sent",
)


class RecordBody(Body):
    """What a request for a record may carry; what the system gives or computes is refused by name (spec 10.1)."""

    read_only: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _no_computed_value(cls, data: Any) -> Any:
        sent = sorted(cls.read_only & set(data)) if isinstance(data, Mapping) else []
        if sent:
            raise ValueError(Said(zh=READ_ONLY_ZH, en=READ_ONLY_EN, path=sent[0]))
        return data


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _row_body(form: Form, item: Field) -> Any:
    make: Any = create_model
    fields = {part.key: _part(part) for part in item.parts}
    return make(f"{_camel(form.entity.lower())}{item.name[:1].upper()}{item.name[1:]}", __base__=Body, **fields)


def _part(item: Field, rows: Any = None) -> tuple[Any, Any]:
    kind = type_of(item, rows)
    return (kind, ...) if item.required else (kind | None, item.default)


def fields_of_body(form: Form, given: Sequence[Field]) -> dict[str, tuple[Any, Any]]:
    """Give the fields of a request by their Python names."""
    return {item.key: _part(item, _row_body(form, item) if item.kind == "rows" else None) for item in given}


def body_of(
    form: Form, act: str, common: Mapping[str, tuple[Any, Any]], given: Sequence[Field], read_only: Sequence[str]
) -> type[RecordBody]:
    """Give the shape of a request: what the room takes with every record, and the form's own fields."""
    make: Any = create_model
    made: type[RecordBody] = make(
        f"{_camel(form.entity.lower())}{act}", __base__=RecordBody, __doc__=f"{form.title.en} ({form.code}).",
        **{**common, **fields_of_body(form, given)},
    )  # fmt: skip
    made.read_only = frozenset(read_only)
    return made


def answer_of(form: Form, common: Mapping[str, Any]) -> Any:
    """Give the type of a record as it is answered."""
    make: Any = TypedDict
    own = {item.name: answer_type_of(item) for item in form.fields}
    return make(f"{_camel(form.entity.lower())}Record", {**common, **own, **form.answer_more})
