"""Filling the list of collection items from a spreadsheet (spec 01.8): one row for each item of an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import Row, tuple_

from fiducial.kit import ids
from fiducial.kit.http.shapes import Body, Key, Name
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.tables import operations
from fiducial.routing import words
from fiducial.routing.actions.specs import create_spec, update_spec
from fiducial.routing.patterns import LONGEST
from fiducial.routing.queries.specs import specs_statement
from fiducial.routing.shapes import DataType, ItemType, Method, NewSpec, Number, SpecChange, TriggerType
from fiducial.routing.spec_rules import Definition, faults_of, normal_trigger_rule
from fiducial.routing.tables import data_specs
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

# Where each cell of a row belongs in the item: the part, and the field of the part.
PLACES: Final = {
    "event": ("triggerRule", "event"), "everyMinutes": ("triggerRule", "everyMinutes"),
    "unit": ("spec", "unit"), "decimals": ("spec", "decimals"), "min": ("spec", "min"), "lsl": ("spec", "lsl"), "target": ("spec", "target"),
    "usl": ("spec", "usl"), "max": ("spec", "max"), "enum": ("spec", "enum"), "pattern": ("spec", "pattern"), "expected": ("spec", "expected"),
    "alarmAction": ("alarm", "action"), "alarmMin": ("alarm", "min"), "alarmMax": ("alarm", "max"),
}  # fmt: skip
COLUMN_OF: Final = {f"{part}.{field}": column for column, (part, field) in PLACES.items()} | {"alarm": "alarmAction"}
NO_OPERATION = Said(zh="不存在", en="there is none of this code")
NO_ALARM = Said(zh="填写了报警限值，请选择报警方式", en="there are alarm limits; say what the alarm does")


class SpecRow(Body):
    """A collection item as a row of a sheet."""

    operation_code: Key
    name: Name
    item_type: ItemType
    data_type: DataType
    method: Method
    trigger_type: TriggerType
    event: Literal["TRACK_IN", "TRACK_OUT"] | None = None
    every_minutes: Annotated[int, Field(ge=1, le=10_080)] | None = None
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    min: Number | None = None
    lsl: Number | None = None
    target: Number | None = None
    usl: Number | None = None
    max: Number | None = None
    enum: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    pattern: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None
    expected: bool | None = None
    alarm_action: Literal["ALARM_ONLY", "HOLD"] | None = None
    alarm_min: Number | None = None
    alarm_max: Number | None = None
    is_required: bool = False
    is_active: bool = True


def _whole(row: Row[Any] | None, body: SpecRow) -> dict[str, Any]:
    """Give the item as it would be saved, in wire spelling. What a cell leaves out stays, while the type it belongs to does."""
    said = body.model_dump(by_alias=True, exclude_unset=True)
    parts: dict[str, dict[str, Any]] = {"triggerRule": {}, "spec": {}, "alarm": {}}
    if row is not None and row.trigger_type == body.trigger_type:
        parts["triggerRule"] |= row.trigger_rule or {}
    if row is not None and row.data_type == body.data_type:
        parts["spec"] |= row.spec or {}
        parts["alarm"] |= row.alarm or {}
    for column, (part, field) in PLACES.items():
        if column in said:
            parts[part][field] = said.pop(column)
    for one, other in (("enum", "pattern"), ("pattern", "enum")):  # a cell that is filled replaces its alternative
        if getattr(body, one) is not None and getattr(body, other) is None:
            parts["spec"].pop(other, None)
    return said | {part: fields or None for part, fields in parts.items()}


def _there(tx: Tx, bodies: Sequence[SpecRow]) -> dict[tuple[str, str], Row[Any]]:
    """Give the items that are there of some rows, by operation and name without letter case."""
    wanted = {_key(body) for body in bodies}
    found = tx.all(specs_statement().where(tuple_(operations.c.code, data_specs.c.name_folded).in_(wanted)))
    return {(row.operation_code, row.name_folded): row for row in found}


def _key(body: SpecRow) -> tuple[str, str]:
    return body.operation_code, body.name.casefold()


def _judge(tx: Tx, bodies: Sequence[SpecRow]) -> Iterator[Judged]:
    codes = {body.operation_code for body in bodies}
    known = {row.code for row in tx.all(operations.select().where(operations.c.code.in_(codes)))}
    there = _there(tx, bodies)
    for at, body in enumerate(bodies):
        if body.operation_code not in known:
            yield at, "operationCode", NO_OPERATION
        row = there.get(_key(body))
        if row is not None and row.name != body.name:
            yield (
                at,
                "name",
                Said(zh=f"与已有的 {row.name} 仅大小写不同", en=f"differs from {row.name} in letter case only"),
            )
        for column, said in _broken(_whole(row, body)):
            yield at, column, said


def _broken(item: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    """Name the cells that break a rule of the item (spec 01.8)."""
    alarm = item["alarm"]
    if alarm is not None and alarm.get("action") is None:
        yield "alarmAction", NO_ALARM
        alarm = None
    definition = Definition(
        data_type=item["dataType"], method=item["method"], trigger_type=item["triggerType"],
        trigger_rule=item["triggerRule"], spec=item["spec"], alarm=alarm,
    )  # fmt: skip
    for fault in faults_of(definition):
        yield COLUMN_OF.get(fault.path, fault.path), Said(zh=fault.zh, en=fault.en)


def _take(tx: Tx, bodies: Sequence[SpecRow]) -> Outcome:
    (body,) = bodies
    row = _there(tx, bodies).get(_key(body))
    item = _whole(row, body)
    if row is None:
        acting_as(tx, create_spec, NewSpec.model_validate(item))
        return "CREATED"
    now = {
        "operationCode": row.operation_code, "name": row.name, "itemType": row.item_type, "dataType": row.data_type, "method": row.method,
        "triggerType": row.trigger_type, "triggerRule": row.trigger_rule, "spec": row.spec, "alarm": row.alarm,
        "isRequired": row.is_required, "isActive": row.is_active,
    }  # fmt: skip
    stored = item | {"triggerRule": normal_trigger_rule(body.trigger_type, item["triggerRule"])}
    if all(now[name] == value for name, value in stored.items()):
        return "UNCHANGED"
    acting_as(tx, update_spec, ids.to_wire(row.id), SpecChange.model_validate(item))
    return "UPDATED"


def _column(field: str, kind: Any = "text", choices: Any = None) -> SheetColumn:
    """Give a column of a part, headed as the page and the export head it."""
    part, name = PLACES[field]
    return SheetColumn(field, words.PART_WORDS[f"{part}.{name}"], kind, None if choices is None else dict(choices))


IMPORTERS: Final[tuple[Importer, ...]] = (
    Importer(
        name="data-specs", page="data-specs", title=Text("Collection items"), permission="data_spec:config", shape=SpecRow,
        key=_key, judge=_judge, take=_take,
        columns=(
            SheetColumn("name", Text("Item"), width=32), SheetColumn("operationCode", Text("Operation"), width=20),
            SheetColumn("itemType", Text("Kind"), "words", dict(words.ITEM_TYPES)),
            SheetColumn("dataType", Text("Data type"), "words", dict(words.DATA_TYPES)),
            SheetColumn("method", Text("Recorded by"), "words", dict(words.METHODS)),
            SheetColumn("triggerType", Text("When recorded"), "words", dict(words.TRIGGERS)),
            _column("event", "words", words.EVENTS), _column("everyMinutes", "whole"), _column("unit"), _column("decimals", "whole"),
            _column("min", "number"), _column("lsl", "number"), _column("target", "number"), _column("usl", "number"), _column("max", "number"),
            _column("enum", "list"), _column("pattern"), _column("expected", "flag"),
            _column("alarmAction", "words", words.ALARMS), _column("alarmMin", "number"), _column("alarmMax", "number"),
            SheetColumn("isRequired", Text("Required"), "flag"), SheetColumn("isActive", Text("In use"), "flag"),
        ),
    ),
)  # fmt: skip
