"""Every refusal of the plant (spec 01.1-01.4)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

for _thing, _zh, _en in (
    ("LINE", "产线", "Line"),
    ("STATION", "工位", "Station"),
    ("STATION_GROUP", "工位组", "Station group"),
    ("OPERATION", "工序", "Operation"),
    ("MATERIAL", "物料", "Material"),
    ("MATERIAL_LOT", "物料批次", "Material lot"),
    ("OPERATION_MAPPING", "工序映射", "Operation mapping"),
    ("FAI_TEMPLATE", "首件检验模板", "FAI template"),
    ("REFLOW_PROFILE", "炉温程式", "Oven program"),
):
    refusals.missing(_thing, zh=_zh, en=_en)

for _code, _zh, _en in (
    ("LINE_CODE_DUPLICATE", "产线编号", "a line"),
    ("STATION_CODE_DUPLICATE", "工位编号", "a station"),
    ("STATION_GROUP_CODE_DUPLICATE", "工位组编号", "a station group"),
    ("OPERATION_CODE_DUPLICATE", "工序编号", "an operation"),
    ("MATERIAL_CODE_DUPLICATE", "物料编号", "a material"),
    ("FAI_TEMPLATE_CODE_EXISTS", "首件检验模板编号", "an FAI template"),
):
    refusals.declare(
        _code, 409, zh=f"{_zh} {{code}} 已存在（不区分大小写，已有 {{existing}}）。",
        en=f"The code {{code}} already names {_en} (upper and lower case count as the same; there is {{existing}}).",
        todo_zh="请换一个编号，或使用已有的那一个。", todo_en="Choose another code, or use the one that is there.",
    )  # fmt: skip

refusals.declare(
    "LINE_HAS_OPEN_RUNS", 409, zh="产线 {lineCode} 还有 {openRunCount} 个未结束的批次。",
    en="Line {lineCode} has {openRunCount} runs that have not ended.",
    todo_zh="请先收尾或取消这些批次。", todo_en="Close out or cancel those runs first.",
)  # fmt: skip
refusals.declare(
    "LINE_HAS_DEPENDENCIES", 409, zh="产线 {lineCode} 仍被使用，不能删除。",
    en="Line {lineCode} is still in use and cannot be deleted.",
    todo_zh="请先移除所列内容，或改为停用产线。",
    todo_en="Remove what is listed first, or switch the line off instead.",
)  # fmt: skip
refusals.declare(
    "STATION_CODE_RESERVED", 409, zh="编号 {code} 为系统保留，不能用作工位编号。",
    en="The code {code} is reserved and cannot name a station.",
    todo_zh="请换一个编号。", todo_en="Choose another code.",
)  # fmt: skip
refusals.declare(
    "STATION_IN_USE", 409, zh="工位 {stationCode} 中还有 {unitCount} 个单件。",
    en="There are {unitCount} units in station {stationCode}.",
    todo_zh="请等单件出站后再修改产线、工位组、类型或停用。",
    todo_en="Change line, group or type, or switch it off, when they have left.",
)  # fmt: skip
refusals.declare(
    "STATION_HAS_HISTORY", 409, zh="工位 {stationCode} 已有过站或记录，不能删除。",
    en="Tracks or records name station {stationCode}; it cannot be deleted.",
    todo_zh="请改为停用该工位。", todo_en="Switch it off instead.",
)  # fmt: skip
refusals.declare(
    "STATION_GROUP_IN_USE", 409, zh="工位组 {groupCode} 仍被工位、步骤或配置使用。",
    en="Stations, steps or settings still name the station group {groupCode}.",
    todo_zh="请先改用其他工位组。", todo_en="Give them another group first.",
)  # fmt: skip
refusals.declare(
    "OPERATION_ERP_READONLY", 409, zh="工序 {operationCode} 来自 ERP，名称在此只读。",
    en="Operation {operationCode} comes from the ERP; its name is read-only here.",
    todo_zh="请在 ERP 中修改名称；其余字段可在此修改。",
    todo_en="Change the name in the ERP; the other fields may be changed here.",
)  # fmt: skip
refusals.declare(
    "OPERATION_IN_USE", 409, zh="启用中的工艺路线正在使用工序 {operationCode}。",
    en="Active routings use operation {operationCode}.",
    todo_zh="请先修改或停用这些工艺路线。", todo_en="Change those routings, or switch them off, first.",
)  # fmt: skip
refusals.declare(
    "MATERIAL_ERP_READONLY", 409, zh="物料 {materialCode} 来自 ERP，所列字段在此只读。",
    en="Material {materialCode} comes from the ERP; the fields named are read-only here.",
    todo_zh="请在 ERP 中修改。", todo_en="Change them in the ERP.",
)  # fmt: skip
refusals.declare(
    "BOM_ERP_READONLY", 409, zh="物料清单 {parentCode} 来自 ERP，在此只读。",
    en="The BOM of {parentCode} comes from the ERP and is read-only here.",
    todo_zh="请在 ERP 中修改。", todo_en="Change it in the ERP.",
)  # fmt: skip
refusals.declare(
    "BOM_CYCLE", 409, zh="物料清单形成循环：{path}。", en="The BOM would contain itself: {path}.",
    todo_zh="请去掉造成循环的子项。", todo_en="Leave out the child that leads back to the parent.",
)  # fmt: skip
refusals.declare(
    "MATERIAL_LOT_DUPLICATE", 409, zh="物料 {materialCode} 的批次 {lotNo} 已存在。",
    en="Lot {lotNo} of material {materialCode} exists already.",
    todo_zh="请使用已有的批次，或换一个批号。", todo_en="Use that lot, or another lot number.",
)  # fmt: skip
refusals.declare(
    "MATERIAL_LOT_STATUS_INVALID", 409, zh="批次 {lotNo} 当前状态为 {status}，不能执行此操作。",
    en="Lot {lotNo} is {status}; this cannot be done to it.",
    todo_zh="请刷新后查看该批次的当前状态。", todo_en="Look at what the lot is now.",
)  # fmt: skip
refusals.declare(
    "OPERATION_MAPPING_DUPLICATE", 409, zh="系统 {sourceSystem} 的工序 {sourceProcessKey} 已有映射。",
    en="The process {sourceProcessKey} of {sourceSystem} is mapped already.",
    todo_zh="请修改已有的映射。", todo_en="Change the mapping that is there.",
)  # fmt: skip
refusals.declare(
    "FAI_TEMPLATE_ITEM_SEQ_DUPLICATE", 409, zh="检验项序号重复：{seqs}。", en="Items share a number: {seqs}.",
    todo_zh="请为每个检验项使用不同的序号。", todo_en="Give each item a number of its own.",
)  # fmt: skip
refusals.declare(
    "REFLOW_PROFILE_DUPLICATE", 409, zh="炉温程式 {code} 的版本 {version} 已存在。", en="Version {version} of oven program {code} exists already.",
    todo_zh="请换一个版本号。", todo_en="Use another version.",
)  # fmt: skip
refusals.declare(
    "REFLOW_PROFILE_IN_USE", 409, zh="炉温程式 {code} 版本 {version} 已被使用，不能修改或删除。",
    en="Version {version} of oven program {code} is in use; it can be neither changed so nor deleted.",
    todo_zh="请新建一个版本。", todo_en="Make a new version.",
)  # fmt: skip
refusals.declare(
    "REFLOW_PROFILE_STATUS_INVALID", 409, zh="炉温程式 {code} 不能这样变更状态（当前 {status}，目标 {target}）。",
    en="Oven program {code} cannot change its status so (now {status}, wanted {target}).",
    todo_zh="已归档的版本不可再改，请新建一个版本。", todo_en="What is archived stays so; make a new version.",
)  # fmt: skip
