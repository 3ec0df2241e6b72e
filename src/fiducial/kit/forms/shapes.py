"""What a request may carry and an answer carries, made from a declaration; so the API description cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, create_model
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict

from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Field, answer_type_of, snake, type_of
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Said

READ_ONLY_ZH, READ_ONLY_EN = (
    "read_only：由系统给出或计算，不能填写",
    "read_only: given or computed by the system, not to be sent",
)


class RecordBody(Body):
    """What a request for a record may carry."""


def _refuse(_value: Any) -> Any:
    raise ValueError(Said(zh=READ_ONLY_ZH, en=READ_ONLY_EN))


ReadOnly = SkipJsonSchema[Annotated[Any, BeforeValidator(_refuse)]]
"""What the system gives or computes: known by name so that whoever sends it is told why it is not taken (spec 10.1)."""


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def body_name(form: Form) -> str:
    """Give the name under which a form's shapes stand in the API description."""
    return _camel(form.entity.lower())


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
        **{**{snake(name): (ReadOnly, None) for name in read_only}, **common, **fields_of_body(form, given)},
    )  # fmt: skip
    return made


def answer_of(form: Form, common: Mapping[str, Any]) -> Any:
    """Give the type of a record as it is answered."""
    make: Any = TypedDict
    own = {item.name: answer_type_of(item) for item in form.fields}
    return make(f"{_camel(form.entity.lower())}Record", {**common, **own, **form.answer_more})
