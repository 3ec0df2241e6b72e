"""Shapes of what comes in for routing (spec 01.5, 01.6, 01.8, 01.9)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Remark
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid
from fiducial.plant.shapes import ProcessType, StationType
from fiducial.routing.patterns import LONGEST

LARGEST = 1e15  # spec 05.7


def _distinct(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError(Said(zh="有重复的值", en="a value stands twice"))
    return values


def _plain(value: float) -> float:
    """Give 2 for 2.0: a limit is kept and shown as it was typed."""
    return int(value) if value.is_integer() else value


StepNo = Annotated[int, Field(ge=1, le=99_999)]
StationCodes = Annotated[list[Key], Field(max_length=200), AfterValidator(_distinct)]
SpecIds = Annotated[list[Key], Field(max_length=100), AfterValidator(_distinct)]
Words = Annotated[list[Key], Field(min_length=1, max_length=20), AfterValidator(_distinct)]
# Dotted names from the event's root, `[*]` for a list.
Path = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+(\[\*\])*(\.[A-Za-z0-9_-]+(\[\*\])*)*$")
]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST), AfterValidator(_plain)]


class RouteOptions(Body):
    """What a routing decides for its runs; frozen by the compile."""

    unknown_serial_policy: Literal["REFUSE", "REGISTER"] = unsaid()
    fai_trial_policy: Literal["REQUIRED", "OPTIONAL"] = unsaid()


class Step(Body):
    """One step of a routing."""

    step_no: StepNo
    operation_code: Key
    station_group_code: Key | None = None
    station_type: StationType | None = None
    requires_fai: bool = Field(default=False, alias="requiresFAI")
    was_step_no: StepNo | None = None  # which number it had: its settings go along


class NewRoute(Body):
    """A routing to be made here."""

    code: Key
    name: Name
    process_type: ProcessType
    product_code: Key | None = None
    version: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    effective_from: Instant | None = None
    effective_to: Instant | None = None
    options: RouteOptions | None = None
    steps: Annotated[list[Step], Field(max_length=500)] = []


class RouteChange(Body):
    """What may change of a routing."""

    code: Key = unsaid()
    name: Name = unsaid()
    product_code: Key | None = None
    version: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    effective_from: Instant | None = None
    effective_to: Instant | None = None
    is_active: bool = unsaid()
    process_type: ProcessType = unsaid()
    options: RouteOptions = unsaid()
    needs_review: bool = unsaid()
    if_updated_at: Instant = unsaid()


class TemplateBinding(Body):
    """Which FAI template a routing binds; null is none."""

    fai_template_code: Key | None = Field()
    if_updated_at: Instant = unsaid()


class Steps(Body):
    """All steps of a routing."""

    steps: Annotated[list[Step], Field(min_length=1, max_length=500)]
    if_updated_at: Instant = unsaid()


class RequiredTools(Body):
    """Fixtures a step needs (spec 11.4)."""

    fixture_types: Annotated[list[Key], Field(max_length=20), AfterValidator(_distinct)]
    min: Annotated[int, Field(ge=1, le=4)] = 1


class ResultPath(Body):
    """Where a machine's verdict stands, and which words mean what."""

    path: Path
    pass_values: Words
    fail_values: Words

    def common(self) -> set[str]:
        """Give the words that stand on both sides; case does not count (spec 05.11)."""
        return {word.casefold() for word in self.pass_values} & {word.casefold() for word in self.fail_values}


class Measurements(Body):
    """Where a machine's measurements stand."""

    items_path: Path
    name_path: Path
    value_path: Path
    unit_path: Path | None = None
    judge_path: Path | None = None


class Defects(Body):
    """Where a machine's defects stand."""

    items_path: Path
    code_path: Path
    location_path: Path | None = None
    qty_path: Path | None = None


class Phase(Body):
    """How separate "in" and "out" messages of a machine are told apart."""

    path: Path
    in_values: Words
    out_values: Words


class IngestMapping(Body):
    """How a machine's event is read (spec 05.11). It may be saved incomplete; the compile says what is missing."""

    event_type: Literal["AUTO", "BATCH", "TEST"] | None = None
    occurred_at_path: Path | None = None
    station_code_path: Path | None = None
    line_code_path: Path | None = None
    sn_path: Path | None = None
    sn_list_path: Path | None = None
    items_path: Path | None = None
    carrier_code_path: Path | None = None
    test_result_id_path: Path | None = None
    test_program_path: Path | None = None
    result: ResultPath | None = None
    measurements: Measurements | None = None
    defects: Defects | None = None
    phase: Phase | None = None
    data_spec_map: Annotated[dict[Key, Name], Field(max_length=200)] | None = None
    batch_policy: Literal["ALL_OR_NOTHING", "PARTIAL"] | None = None


class ConfigFields(Body):
    """How a step is done; null is "not said here", an empty list is a value."""

    station_type: StationType | None = None
    station_group_code: Key | None = None
    allowed_station_codes: StationCodes | None = None
    requires_fai: bool | None = Field(default=None, alias="requiresFAI")
    requires_authorization: bool | None = None
    data_spec_ids: SpecIds | None = None
    excluded_data_spec_ids: SpecIds | None = None
    expected_reflow_profile_code: Key | None = None
    required_tools: RequiredTools | None = None
    requires_test_program: bool | None = None
    ingest_mapping: IngestMapping | None = None
    remark: Remark | None = None


class NewConfig(ConfigFields):
    """An execution config to be made, of a routing or of one of its steps."""

    scope_type: Literal["ROUTE", "STEP"]
    step_no: StepNo | None = None


class ConfigChange(ConfigFields):
    """What changes of an execution config; `stepNo` attaches an orphaned one to another step."""

    step_no: StepNo = unsaid()
    if_updated_at: Instant = unsaid()


class Defaults(ConfigFields):
    """All of an execution default: what is left out is not said any more."""

    if_updated_at: Instant = unsaid()


class SpecRules(Body):
    """Limits and allowed values of a collection item; which go together is judged by its data type."""

    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    min: Number | None = None
    max: Number | None = None
    lsl: Number | None = None
    target: Number | None = None
    usl: Number | None = None
    enum: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    pattern: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None
    expected: bool | None = None


class TriggerRule(Body):
    """When a collection item is due."""

    event: Literal["TRACK_IN", "TRACK_OUT"] | None = None
    every_minutes: Annotated[int, Field(ge=1, le=10_080)] | None = None


class Alarm(Body):
    """What happens outside the limits."""

    action: Literal["ALARM_ONLY", "HOLD"]
    min: Number | None = None
    max: Number | None = None


ItemType = Literal["KEY", "OBSERVATION"]
DataType = Literal["NUMBER", "TEXT", "BOOLEAN", "JSON"]
Method = Literal["AUTO", "MANUAL"]
TriggerType = Literal["EVENT", "TIME", "EACH_UNIT", "EACH_CARRIER"]


class NewSpec(Body):
    """A collection item to be made."""

    operation_code: Key
    name: Name
    item_type: ItemType
    data_type: DataType
    method: Method
    trigger_type: TriggerType
    trigger_rule: TriggerRule | None = None
    spec: SpecRules | None = None
    alarm: Alarm | None = None
    is_required: bool = False
    is_active: bool = True


class SpecChange(Body):
    """What may change of a collection item."""

    operation_code: Key = unsaid()
    name: Name = unsaid()
    item_type: ItemType = unsaid()
    data_type: DataType = unsaid()
    method: Method = unsaid()
    trigger_type: TriggerType = unsaid()
    trigger_rule: TriggerRule | None = None
    spec: SpecRules | None = None
    alarm: Alarm | None = None
    is_required: bool = unsaid()
    is_active: bool = unsaid()
    if_updated_at: Instant = unsaid()


class Binding(Body):
    """The collection items of a step."""

    data_spec_ids: SpecIds
    excluded_data_spec_ids: SpecIds | None = None
    if_updated_at: Instant = unsaid()


class OptionsAsked(Body):
    """What is looked for in the picker of collection items."""

    search: Annotated[str, Field(max_length=100)] = ""


class VersionAsked(Body):
    """Whether a version is compared with another."""

    diff: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Retirement(Body):
    """Why a version shall not be used any more."""

    reason: Remark
