"""The dataset `base` (spec 12.3) as data: what acceptance drives.

Left out until its room is there: the station table. Defect codes are there from the first start (spec 06.14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLine:
    """A line, its gates, and its stations as (code, name, group)."""

    code: str
    name: str
    process_type: str
    gates: tuple[str, ...]
    stations: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRoute:
    """A route; steps as (number, operation, group), the first asks for a first article."""

    code: str
    name: str
    process_type: str
    options: dict[str, str]
    steps: tuple[tuple[int, str, str], ...]


GROUPS: tuple[tuple[str, str], ...] = (
    ("SMT-LINE-A", "SMT 印刷组"), ("SMT-SPI-A", "SMT 锡膏检测组"), ("SMT-MOUNT-A", "SMT 贴片组"), ("SMT-REFLOW-A", "SMT 回流焊组"),
    ("SMT-AOI-A", "SMT 光学检测组"), ("DIP-LINE-A", "DIP 插件组"), ("DIP-WAVE-A", "DIP 波峰焊组"), ("DIP-POST-A", "DIP 后焊组"),
    ("DIP-TEST-A", "DIP 测试组"),
)  # fmt: skip

LINES: tuple[DemoLine, ...] = (
    DemoLine(code="LINE-A", name="SMT 线 A", process_type="SMT", gates=("ROUTE", "LOADING"), stations=(
        ("ST-PRINT-01", "印刷 01", "SMT-LINE-A"), ("ST-SPI-01", "锡膏检测 01", "SMT-SPI-A"), ("ST-MOUNT-01", "贴片 01", "SMT-MOUNT-A"),
        ("ST-REFLOW-01", "回流焊 01", "SMT-REFLOW-A"), ("ST-AOI-01", "光学检测 01", "SMT-AOI-A"),
    )),
    DemoLine(code="LINE-DIP-A", name="插件线 A", process_type="DIP", gates=("ROUTE",), stations=(
        ("ST-DIP-INS-01", "插件 01", "DIP-LINE-A"), ("ST-DIP-WAVE-01", "波峰焊 01", "DIP-WAVE-A"),
        ("ST-DIP-POST-01", "后焊 01", "DIP-POST-A"), ("ST-DIP-TEST-01", "功能测试 01", "DIP-TEST-A"),
    )),
    DemoLine(code="LINE-C", name="SMT 培训线", process_type="SMT", gates=("ROUTE", "LOADING"), stations=(
        ("ST-PRINT-03", "印刷 03", "SMT-LINE-A"), ("ST-SPI-03", "锡膏检测 03", "SMT-SPI-A"), ("ST-MOUNT-03", "贴片 03", "SMT-MOUNT-A"),
        ("ST-REFLOW-03", "回流焊 03", "SMT-REFLOW-A"), ("ST-AOI-03", "光学检测 03", "SMT-AOI-A"),
    )),
)  # fmt: skip

# code, name, processKind, key quality
OPERATIONS: tuple[tuple[str, str, str, bool], ...] = (
    ("PRINTING", "锡膏印刷", "PRINT", False), ("SPI", "锡膏检测", "SPI", True), ("MOUNTING", "贴片", "MOUNT", False),
    ("REFLOW", "回流焊", "REFLOW", False), ("AOI", "光学检测", "AOI", True), ("DIP_INSERT", "插件", "INSERT", False),
    ("WAVE_SOLDER", "波峰焊", "WAVE", False), ("POST_SOLDER", "后焊", "POST_SOLDER", False), ("FUNC_TEST", "功能测试", "TEST", True),
)  # fmt: skip

ROUTES: tuple[DemoRoute, ...] = (
    DemoRoute(
        code="PCBA-STD-V1", name="SMT 标准路线", process_type="SMT",
        options={"unknownSerialPolicy": "REGISTER", "faiTrialPolicy": "OPTIONAL"},
        steps=((10, "PRINTING", "SMT-LINE-A"), (20, "SPI", "SMT-SPI-A"), (30, "MOUNTING", "SMT-MOUNT-A"),
               (40, "REFLOW", "SMT-REFLOW-A"), (50, "AOI", "SMT-AOI-A")),
    ),
    DemoRoute(
        code="PCBA-DIP-V1", name="DIP 标准路线", process_type="DIP",
        options={"unknownSerialPolicy": "REFUSE", "faiTrialPolicy": "REQUIRED"},
        steps=((10, "DIP_INSERT", "DIP-LINE-A"), (20, "WAVE_SOLDER", "DIP-WAVE-A"), (30, "POST_SOLDER", "DIP-POST-A"),
               (40, "FUNC_TEST", "DIP-TEST-A")),
    ),
)  # fmt: skip

PRODUCT = "P-1001"
MATERIALS: tuple[dict[str, Any], ...] = (
    {"code": PRODUCT, "name": "标准控制板", "category": "成品", "unit": "PCS"},
    {"code": "MAT-001", "name": "电阻 10K", "category": "电阻", "unit": "PCS"},
    {"code": "MAT-002", "name": "电容 100nF", "category": "电容", "unit": "PCS"},
    {"code": "MAT-003", "name": "MCU", "category": "芯片", "unit": "PCS"},
)
BOM: tuple[tuple[str, int], ...] = (("MAT-001", 10), ("MAT-002", 5), ("MAT-003", 1))
LOT = ("MAT-001", "LOT-DEMO-001")

# line, slot, name, material: for PRODUCT on the SMT route. LINE-A has exactly one (spec 12.3).
SLOTS: tuple[tuple[str, str, str, str], ...] = (
    ("LINE-A", "SLOT-01", "贴片机 01 站位 01", "MAT-001"), ("LINE-C", "SLOT-C01", "贴片机 03 站位 01", "MAT-001"),
)  # fmt: skip
SLOT_ROUTE = "PCBA-STD-V1"

# What the outgoing inspection of the DIP line draws (spec 12.3).
SAMPLING_RULES: tuple[dict[str, Any], ...] = (
    {"productCode": PRODUCT, "lineCode": "LINE-DIP-A", "routingCode": "PCBA-DIP-V1", "samplingType": "FIXED", "sampleValue": 1, "priority": 10},
)  # fmt: skip

# Settings the demo changes (spec 12.1).
SETTINGS: dict[str, Any] = {"run.authorizationValidMinutes": 10080, "form.cold_storage.manualEntry": True}

# Machines that may speak to the plant: name, system, scopes (spec 12.2).
TOKENS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("demo-device", "DEVICE", ("integration:push",)), ("demo-erp", "ERP", ("wo:receive",)), ("demo-metrics", "METRICS", ("metrics:read",)),
)  # fmt: skip
