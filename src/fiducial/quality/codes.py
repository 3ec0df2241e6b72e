"""Defect codes (不良代码, spec 06.14, 11.8): the words for faults. A code that is not known is kept as given, but said to be unknown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, insert, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import SIGNED_IN, action, query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, yes_no
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.quality.answers import DefectCode, UnknownCode
from fiducial.quality.tables import defect_codes, defects

CATEGORIES = ("SMT", "INSERT", "WAVE", "HAND", "COATING", "VISUAL", "ICT", "FCT", "SYSTEM")
SEVERITIES = ("CRITICAL", "MAJOR", "MINOR")

# code, Chinese, English; the severity is the plant's to set, MAJOR until it does.
SEED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "SMT": (
        ("A1", "破损", "Damaged"), ("A3", "偏移", "Shifted"), ("A11", "漏件", "Missing part"), ("A13", "反装", "Reversed"),
        ("A16", "立碑", "Tombstone"), ("M9", "锡孔", "Solder void"), ("M12", "桥连", "Bridge"), ("M14", "虚焊", "Cold joint"),
        ("SOLDER_BRIDGE", "连锡", "Solder bridge"),
    ),
    "SYSTEM": (
        ("STATION_FAIL", "工位判定不合格", "Failed at the station"), ("INSPECTION_FAIL", "检验不合格", "Failed an inspection"),
        ("DEF-001", "其他不良", "Other fault"),
    ),
    "INSERT": (
        ("INS_MISS", "缺件", "Missing part"), ("INS_WRONG", "错件", "Wrong part"), ("INS_POLAR", "反极性", "Reversed polarity"),
        ("INS_OFFSET", "偏移", "Shifted"), ("INS_BENT", "弯脚", "Bent lead"), ("INS_FLOAT", "浮高", "Lifted"),
    ),
    "WAVE": (
        ("WS_COLD", "虚焊", "Cold joint"), ("WS_INSUF", "透锡不足", "Insufficient fill"), ("WS_SHORT", "短路", "Short"),
        ("WS_BRIDGE", "连焊", "Bridge"), ("WS_SPIKE", "锡尖", "Spike"), ("WS_ICICLE", "拉尖", "Icicle"),
    ),
    "HAND": (
        ("HS_COLD", "虚焊", "Cold joint"), ("HS_OVERHEAT", "过热", "Overheated"), ("HS_SPIKE", "拉尖", "Spike"), ("HS_SHORT", "短路", "Short"),
    ),
    "COATING": (
        ("CC_MISS", "漏喷", "Not coated"), ("CC_BUBBLE", "气泡", "Bubble"), ("CC_SAG", "流挂", "Sag"), ("CC_WRONG", "误喷", "Coated by mistake"),
        ("CC_THIN", "厚度不足", "Too thin"),
    ),
    "VISUAL": (("VI_SCRATCH", "划伤", "Scratch"), ("VI_DIRT", "污染", "Dirt"), ("VI_WARP", "变形", "Warped"), ("VI_LABEL", "标签", "Label")),
    "ICT": (
        ("ICT_OPEN", "开路", "Open"), ("ICT_SHORT", "短路", "Short"), ("ICT_VALUE", "参数偏差", "Value off"), ("ICT_MISS", "缺件", "Missing part"),
    ),
    "FCT": (
        ("FCT_POWER", "电源", "Power"), ("FCT_COMM", "通讯", "Communication"), ("FCT_IO", "输入输出", "Input or output"),
        ("FCT_FUNC", "功能", "Function"),
    ),
}  # fmt: skip

CODES = Listing(
    filters={
        "code": part(defect_codes.c.code), "name": part(defect_codes.c.name, defect_codes.c.name_en),
        "category": one_of(defect_codes.c.category, CATEGORIES), "severity": one_of(defect_codes.c.severity, SEVERITIES),
        "isActive": yes_no(defect_codes.c.is_active), "search": part(defect_codes.c.code, defect_codes.c.name, defect_codes.c.name_en),
    },
    sorts={"code": defect_codes.c.code, "name": defect_codes.c.name, "category": defect_codes.c.category, "updatedAt": defect_codes.c.updated_at},
    default_sort="code.asc", key=defect_codes.c.id,
)  # fmt: skip
_unknown = select(defects.c.code, func.count().label("uses")).where(
    ~select(defect_codes.c.id).where(defect_codes.c.code == defects.c.code).exists()
).group_by(defects.c.code)  # fmt: skip
UNKNOWN = Listing(
    filters={"code": exact(defects.c.code)}, sorts={"code": defects.c.code}, default_sort="code.asc", key=defects.c.code
)

_code = Hot(
    select(defect_codes.c.name, defect_codes.c.severity, defect_codes.c.is_active).where(
        defect_codes.c.code == bindparam("code")
    )
)


def find_code(tx: Tx, code: str) -> Any:
    """Give `name`, `severity`, `is_active` of a code; None when the master does not know it."""
    return _code.first(tx, code=code)


@action(audit="DEFECT_CODE_CREATE", entity="SYSTEM_CONFIG", internal_only=True)
def seed_codes(tx: Tx) -> int:
    """Put the codes of the standard set there that are missing; give how many were. Changes none that is there."""
    there = {row.code for row in tx.all(select(defect_codes.c.code))}
    missing = [
        {
            "id": tx.new_id(), "code": code, "name": name, "name_en": name_en, "category": category, "severity": "MAJOR",
            "operation_codes": [], "is_active": True, "created_at": tx.now, "updated_at": tx.now,
        }
        for category, codes in SEED.items() for code, name, name_en in codes if code not in there
    ]  # fmt: skip
    if not missing:
        tx.unrecorded()
        return 0
    tx.run(insert(defect_codes), missing)
    tx.record("seed", codes=len(missing))
    return len(missing)


@query(SIGNED_IN)
def list_codes(tx: Tx, page: Page) -> Listed[DefectCode]:
    """Give the codes as a list."""
    return CODES.answer(tx, select(defect_codes), page, code_shown)


@query(SIGNED_IN)
def list_unknown_codes(tx: Tx, page: Page) -> Listed[UnknownCode]:
    """Give the codes in use that the master lacks, each with how often it was used."""
    return UNKNOWN.answer(tx, _unknown, page, lambda row: {"code": row.code, "uses": row.uses})


def code_shown(row: Any) -> DefectCode:
    """Give a code as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "code": row.code, "name": row.name, "nameEn": row.name_en, "category": row.category,
        "severity": row.severity, "operationCodes": row.operation_codes or [], "isActive": row.is_active,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
