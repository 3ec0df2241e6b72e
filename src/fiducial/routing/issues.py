"""Errors and warnings of a compile (spec 01.9): kept as data, said in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

ERROR, WARNING = "ERROR", "WARNING"

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "MAPPING_MISSING": (
        "步骤没有对应的工序，请先建立工序映射。",
        "The step has no operation; map its process to one first.",
    ),
    "STATION_CONSTRAINT_MISSING": (
        "既没有工位组也没有允许的工位，请至少填写一项。",
        "Neither a station group nor allowed stations; name at least one.",
    ),
    "STATION_NOT_FOUND": (
        "允许的工位不存在：{stationCodes}。",
        "These allowed stations do not exist: {stationCodes}.",
    ),
    "STATION_INACTIVE": (
        "允许的工位已停用：{stationCodes}。",
        "These allowed stations are switched off: {stationCodes}.",
    ),
    "STATION_TYPE_MISMATCH": (
        "没有工位类型为 {stationType} 的可用工位，或所列工位类型不符：{stationCodes}。",
        "No active station of type {stationType}, or these are of another type: {stationCodes}.",
    ),
    "INGEST_MAPPING_MISSING": (
        "{stationType} 类型的步骤需要设备数据映射。",
        "A step of type {stationType} needs an ingest mapping.",
    ),
    "INGEST_MAPPING_INVALID": (
        "设备数据映射不完整或有误，请补齐所列路径。",
        "The ingest mapping is incomplete or wrong; see the paths.",
    ),
    "DATA_SPEC_NOT_FOUND": (
        "绑定的采集项不存在。",
        "A bound collection item does not exist.",
    ),
    "DATA_SPEC_INACTIVE": (
        "绑定的采集项已停用：{specNames}。",
        "Bound collection items are switched off: {specNames}.",
    ),
    "DATA_SPEC_OPERATION_MISMATCH": (
        "绑定的采集项属于其他工序：{specNames}。",
        "Bound collection items belong to another operation: {specNames}.",
    ),
    "DATA_SPEC_REQUIRED_UNBOUND": (
        "工序的必填采集项没有绑定：{specNames}。请绑定，或明确排除。",
        "Required collection items of the operation are not bound: {specNames}. Bind them, or exclude them on purpose.",
    ),
    "DATA_SPEC_NOT_MAPPED": (
        "自动采集项在映射中没有对应名称：{specNames}。",
        "AUTO items have no name in the mapping: {specNames}.",
    ),
    "DATA_SPEC_METHOD_MISMATCH": (
        "映射指向了人工采集项：{specNames}。",
        "The mapping names items that people record: {specNames}.",
    ),
    "REFLOW_PROFILE_NOT_ACTIVE": (
        "炉温程式 {profileCode} 没有启用的版本。",
        "The oven program {profileCode} has no active version.",
    ),
    "REFLOW_PROFILE_NOT_APPLICABLE": (
        "炉温程式 {profileCode} 用于 {profileKind}，而工序的制程类别是 {processKind}。",
        "The oven program {profileCode} is for {profileKind}, and the process kind of the operation is {processKind}.",
    ),
    "FAI_TEMPLATE_INACTIVE": (
        "绑定的首件检验模板 {templateCode} 已停用。",
        "The bound first article template {templateCode} is switched off.",
    ),
    "FAI_TEMPLATE_MISSING": (
        "有步骤要求首件检验，但路线没有首件检验模板。",
        "A step requires first article inspection, but the routing has no template.",
    ),
    "CONFIG_ORPHANED": (
        "有一份步骤配置的步骤已不存在：{step}。请改挂到其他步骤或删除。",
        "A step config has lost its step: {step}. Attach it to another step or delete it.",
    ),
    "CONFIG_INHERITED_BY_OPERATION": (
        "步骤 {from} 的配置因工序相同转到了步骤 {to}。",
        "The config of step {from} went over to step {to}, for it has the same operation.",
    ),
    "PROCESS_KIND_UNSET": (
        "工序的制程类别为 OTHER，按制程类别生效的规则不会应用。",
        "The operation's process kind is OTHER; rules by process kind will not apply.",
    ),
}

# Why a path of an ingest mapping is wrong: kept as these words, said in the reader's language.
MISSING, MISSING_SERIALS, MISSING_MEASUREMENTS, OTHER_TYPE = (
    "MISSING",
    "MISSING_SERIALS",
    "MISSING_MEASUREMENTS",
    "OTHER_TYPE",
)
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    MISSING: ("缺少", "is missing"),
    MISSING_SERIALS: ("缺少 snListPath，或 itemsPath 与 snPath", "is missing, or itemsPath and snPath"),
    MISSING_MEASUREMENTS: ("已绑定采集项，但缺少测量值路径", "is missing, though collection items are bound"),
    OTHER_TYPE: ("与步骤的工位类型不一致", "is not the station type of the step"),
}


def issue(
    severity: str, code: str, *, step_no: int | None, operation_code: str | None, field: str | None, **details: Any
) -> dict[str, Any]:
    """Give an error or a warning as it is kept; its sentence is added when it is shown."""
    return {
        "severity": severity, "code": code, "stepNo": step_no, "operationCode": operation_code, "field": field, "details": details,
    }  # fmt: skip


class _Shown(dict[str, Any]):
    """Details as words of a sentence: lists are joined, what is missing is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def said(issues: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Give errors or warnings with their sentences."""
    return [
        {**one, "message": _sentence(one, language), "details": _details(one["details"], language)} for one in issues
    ]


def _details(details: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Give the details with the reasons of paths in words."""
    if "paths" not in details:
        return dict(details)
    english = language == "en"
    return {**details, "paths": [{**fault, "reason": REASONS[fault["reason"]][english]} for fault in details["paths"]]}


def _sentence(one: Mapping[str, Any], language: str) -> str:
    zh, en = SENTENCES[one["code"]]
    words = {
        name: ", ".join(map(str, value)) if isinstance(value, list) and value else "–" if value in (None, []) else value
        for name, value in one["details"].items()
    }
    return (en if language == "en" else zh).format_map(_Shown(words))
