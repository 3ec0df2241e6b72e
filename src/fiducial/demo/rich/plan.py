"""What `rich` is made of, as data (spec 12.4): line B and its things, products, tools, paste."""

from __future__ import annotations

from typing import Any

from fiducial.demo.base import DemoLine

GROUPS: tuple[tuple[str, str], ...] = (
    ("SMT-LINE-B", "SMT 印刷组 B"), ("SMT-SPI-B", "SMT 锡膏检测组 B"), ("SMT-MOUNT-B", "SMT 贴片组 B"), ("SMT-REFLOW-B", "SMT 回流焊组 B"),
    ("SMT-AOI-B", "SMT 光学检测组 B"), ("SMT-WASH-B", "SMT 清洗组 B"),
)  # fmt: skip
GATES = (
    "ROUTE", "EQUIPMENT", "MATERIAL", "STENCIL", "SOLDER_PASTE", "LOADING", "PREP_PASTE", "PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN",
    "PREP_SCRAPER", "TIME_RULE",
)  # fmt: skip
LINE = DemoLine(code="LINE-B", name="SMT 线 B", process_type="SMT", gates=GATES, stations=(
    ("ST-PRINT-02", "印刷 02", "SMT-LINE-B"), ("ST-SPI-02", "锡膏检测 02", "SMT-SPI-B"), ("ST-MOUNT-02A", "贴片 02A", "SMT-MOUNT-B"),
    ("ST-MOUNT-02B", "贴片 02B", "SMT-MOUNT-B"), ("ST-REFLOW-02", "回流焊 02", "SMT-REFLOW-B"), ("ST-AOI-02", "光学检测 02", "SMT-AOI-B"),
    ("ST-WASH-02", "清洗 02", "SMT-WASH-B"),
))  # fmt: skip
WALK = ("ST-PRINT-02", "ST-SPI-02", "ST-MOUNT-02A", "ST-REFLOW-02", "ST-AOI-02", "ST-WASH-02")
WASH = ("WASH", "清洗", "WASH", False)

PRODUCT = "P-1002"
ROUTE = "PCBA-SMT-FULL-V1"
STEPS = (
    (10, "PRINTING", "SMT-LINE-B"), (20, "SPI", "SMT-SPI-B"), (30, "MOUNTING", "SMT-MOUNT-B"), (40, "REFLOW", "SMT-REFLOW-B"),
    (50, "AOI", "SMT-AOI-B"), (60, "WASH", "SMT-WASH-B"),
)  # fmt: skip
OPTIONS = {"unknownSerialPolicy": "REFUSE", "faiTrialPolicy": "REQUIRED"}

# slot, material, name, alternate, parts for one board
SLOTS: tuple[tuple[str, str, str, str | None, int], ...] = (
    ("2F-46", "5212090001", "电阻 4.7K 0603", "5212090001B", 12), ("2F-34", "5212090007", "电容 10uF 0805", None, 8),
    ("1R-14", "5212098001", "QFN 电源芯片", None, 1), ("1F-46", "5212098004", "板对板连接器", None, 2),
    ("1F-12", "5212090011", "电阻 10K 0402", None, 20), ("1F-14", "5212090012", "电阻 1K 0402", None, 16),
    ("1F-16", "5212090021", "电容 100nF 0402", None, 30), ("1F-18", "5212090022", "电容 1uF 0603", None, 10),
    ("2F-20", "5212091001", "电感 2.2uH", None, 2), ("2F-22", "5212092001", "二极管 SS34", None, 2),
    ("2F-24", "5212093001", "晶振 24MHz", None, 1), ("1R-16", "5212098002", "MCU 32 位", None, 1),
)  # fmt: skip
OTHER_MATERIALS: tuple[dict[str, Any], ...] = (
    {"code": PRODUCT, "name": "驱动板", "category": "成品", "unit": "PCS"},
    {"code": "5212090001B", "name": "电阻 4.7K 0603（替代）", "category": "电阻", "unit": "PCS"},
    {"code": "5212095001", "name": "锡膏 SAC305", "category": "辅料", "unit": "PCS"},
    {"code": "5212099001", "name": "停用电容", "category": "电容", "unit": "PCS"},
)  # fmt: skip
TOOLS: tuple[dict[str, Any], ...] = (
    {"toolCode": "STENCIL-001", "kind": "STENCIL", "name": "P-1002 钢网 A", "countBase": 12_300, "lifeLimit": 60_000, "thicknessMm": 0.12},
    {"toolCode": "STENCIL-002", "kind": "STENCIL", "name": "P-1002 钢网 B", "countBase": 49_500, "lifeLimit": 60_000, "thicknessMm": 0.12},
    {"toolCode": "STENCIL-004", "kind": "STENCIL", "name": "P-1002 钢网 D", "countBase": 800, "lifeLimit": 60_000, "thicknessMm": 0.12},
    {"toolCode": "STENCIL-C01", "kind": "STENCIL", "name": "培训钢网", "countBase": 0, "lifeLimit": 60_000, "thicknessMm": 0.12},
    {"toolCode": "SQ-01", "kind": "SQUEEGEE", "name": "刮刀 1", "countBase": 2_000, "lifeLimit": 30_000, "lengthMm": 300},
    {"toolCode": "SQ-02", "kind": "SQUEEGEE", "name": "刮刀 2", "countBase": 25_000, "lifeLimit": 30_000, "lengthMm": 300},
    {"toolCode": "SQ-C01", "kind": "SQUEEGEE", "name": "培训刮刀", "countBase": 0, "lifeLimit": 30_000, "lengthMm": 300},
    {"toolCode": "WJ-DIP-01", "kind": "FIXTURE", "name": "波峰焊治具 1", "fixtureType": "WAVE_JIG", "material": "SYNTHETIC_STONE",
     "countBase": 300, "lifeLimit": 10_000},
    {"toolCode": "ICT-01", "kind": "FIXTURE", "name": "ICT 针床 1", "fixtureType": "ICT_JIG", "material": "SYNTHETIC_STONE",
     "countBase": 9_000, "lifeLimit": 100_000},
)  # fmt: skip
SPECS: tuple[dict[str, Any], ...] = (
    {"operationCode": "PRINTING", "name": "刮刀压力", "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
     "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": 4, "usl": 8, "unit": "kg", "decimals": 1}},
    {"operationCode": "SPI", "name": "锡膏高度", "itemType": "KEY", "dataType": "NUMBER", "method": "AUTO", "triggerType": "EVENT",
     "spec": {"lsl": 0.08, "usl": 0.22, "unit": "mm", "decimals": 3}},
    {"operationCode": "REFLOW", "name": "峰值温度", "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
     "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": 235, "usl": 265, "unit": "℃", "decimals": 1},
     "alarm": {"action": "HOLD", "min": 230, "max": 270}},
    {"operationCode": "AOI", "name": "缺陷数量", "itemType": "OBSERVATION", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
     "spec": {"min": 0, "max": 5, "decimals": 0}},
)  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {"productCode": PRODUCT, "lineCode": "LINE-B", "routingCode": ROUTE, "samplingType": "FIXED", "sampleValue": 3, "priority": 10},
)  # fmt: skip
OPERATOR_2 = "operator2"
