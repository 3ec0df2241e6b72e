"""What requests about time rules carry (spec 04.9)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Reason, Remark
from fiducial.kit.refusals import Said
from fiducial.plant.changing import unsaid

RuleType = Literal["SOLDER_PASTE_EXPOSURE", "WASH_TIME_LIMIT", "CUSTOM"]
EventType = Literal["TRACK_IN", "TRACK_OUT", "SOLDER_PASTE_USAGE_CREATE", "SOLDER_PASTE_USAGE_UNBIND"]
Scope = Literal["GLOBAL", "LINE", "ROUTING", "PRODUCT"]
Restart = Literal["FIRST", "LATEST"]
ProcessKind = Literal[
    "PRINT", "SPI", "MOUNT", "REFLOW", "AOI", "WASH", "INSERT", "WAVE", "POST_SOLDER", "TEST", "INSPECT", "OTHER"
]
Minutes = Annotated[int, Field(ge=1, le=100_000)]
Priority = Annotated[int, Field(ge=0, le=1000)]
OF_UNITS, OF_PASTE = ("TRACK_IN", "TRACK_OUT"), ("SOLDER_PASTE_USAGE_CREATE", "SOLDER_PASTE_USAGE_UNBIND")


class Condition(Body):
    """What an event must be besides its type; what is absent is not asked."""

    process_kinds: Annotated[list[ProcessKind], Field(min_length=1, max_length=12)] | None = None
    operation_codes: Annotated[list[Key], Field(min_length=1, max_length=50)] | None = None
    result: Literal["PASS", "FAIL"] | None = None

    def kept(self) -> dict[str, Any]:
        """Give it as it is kept and told."""
        return self.model_dump(by_alias=True, exclude_none=True)


class NewTimeRule(Body):
    """A time rule to be made."""

    code: Key
    name: Name
    description: Remark | None = None
    rule_type: RuleType
    duration_minutes: Minutes
    warning_minutes: Minutes | None = None
    start_event: EventType
    start_condition: Condition = Field(default_factory=Condition)
    end_event: EventType
    end_condition: Condition = Field(default_factory=Condition)
    scope: Scope = "GLOBAL"
    scope_value: Key | None = None
    requires_wash_step: bool = False
    cumulative: bool = False
    restart: Restart = "FIRST"
    is_waivable: bool = True
    is_active: bool = True
    priority: Priority = 0

    @model_validator(mode="after")
    def _makes_sense(self) -> NewTimeRule:
        judge(self.duration_minutes, self.warning_minutes, self.start_event, self.end_event)
        return self


class TimeRuleChange(Body):
    """What may change of a rule; running clocks keep what they were started with."""

    code: Key = unsaid()
    name: Name = unsaid()
    description: Remark | None = None
    rule_type: RuleType = unsaid()
    duration_minutes: Minutes = unsaid()
    warning_minutes: Minutes | None = None
    start_event: EventType = unsaid()
    start_condition: Condition = unsaid()
    end_event: EventType = unsaid()
    end_condition: Condition = unsaid()
    scope: Scope = unsaid()
    scope_value: Key | None = None
    requires_wash_step: bool = unsaid()
    cumulative: bool = unsaid()
    restart: Restart = unsaid()
    is_waivable: bool = unsaid()
    is_active: bool = unsaid()
    priority: Priority = unsaid()
    if_updated_at: Instant = unsaid()


class WaiveClock(Body):
    """Why a clock is let be."""

    reason: Reason


class CompleteClock(Body):
    """That a clock has ended, and when."""

    reason: Reason
    completed_at: Instant | None = None


def judge(duration: int, warning: int | None, start_event: str, end_event: str) -> None:
    """Refuse a warning that comes before the start, and events of two different things."""
    if warning is not None and warning >= duration:
        raise ValueError(Said(zh="必须小于时长", en="must be less than the duration", path="warningMinutes"))
    if (start_event in OF_UNITS) != (end_event in OF_UNITS):
        raise ValueError(
            Said(
                zh="起止事件必须属于同一类对象（单件或锡膏）",
                en="must be of the same kind of thing as the start: unit or paste",
                path="endEvent",
            )
        )
