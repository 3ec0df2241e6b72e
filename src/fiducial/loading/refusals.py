"""How loading says no (spec 04). Whoever stands at the machine is told what to do next."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

for _thing, _zh, _en in (
    ("SLOT", "站位", "Feeder slot"),
    ("SLOT_MAPPING", "站位物料对应", "Slot mapping"),
    ("STATION_TABLE", "站位表", "Station table"),
    ("LOADING_RECORD", "上料记录", "Loading record"),
    ("MATERIAL_USE", "用料记录", "Use of a material"),
):
    refusals.missing(_thing, zh=_zh, en=_en)

_d = refusals.declare

# Slots and what belongs on them

_d("SLOT_CODE_DUPLICATE", 409, zh="产线 {lineCode} 已有站位 {slotCode}。", en="Line {lineCode} has a slot {slotCode} already.",
   todo_zh="请使用已有的站位，或换一个编号。", todo_en="Use that slot, or another code.")  # fmt: skip
_d("SLOT_IN_USE", 409, zh="站位 {slotCode} 正在使用。", en="Slot {slotCode} is in use.",
   todo_zh="请先结束使用它的批次或删除对应关系；有历史记录的站位只能停用。",
   todo_en="End the runs that expect it or delete its mappings first; a slot with history can only be switched off.")  # fmt: skip
_d("SLOT_MAPPING_DUPLICATE", 409, zh="站位 {slotCode} 上已有物料 {materialCode} 的相同对应。",
   en="Slot {slotCode} has this mapping of material {materialCode} already.",
   todo_zh="请修改已有的那一条。", todo_en="Change the one that is there.")  # fmt: skip
_d("SLOT_MAPPING_PRIMARY_EXISTS", 409, zh="站位 {slotCode} 已有主料 {existing}。", en="Slot {slotCode} has the primary material {existing} already.",
   todo_zh="请把其中一个设为替代料。", todo_en="Make one of them an alternate.")  # fmt: skip

# The table of a run

_d("FEEDER_SLOTS_NOT_FOUND", 404, zh="产线 {lineCode} 没有启用的站位。", en="Line {lineCode} has no active feeder slots.",
   todo_zh="请工程师先维护站位。", todo_en="Ask the engineer to set up the slots.")  # fmt: skip
_d("SLOT_MAPPING_MISSING", 409, zh="这些站位没有物料对应：{slots}。", en="These slots have no material for this run: {slots}.",
   todo_zh="请工程师补全站位表，或把未列出的站位设为空置。",
   todo_en="Ask the engineer to complete the station table, or to let unlisted slots stay empty.")  # fmt: skip
_d("SLOT_MAPPING_NO_PRIMARY", 409, zh="这些站位只有替代料，没有主料：{slots}。", en="These slots have alternates but no primary material: {slots}.",
   todo_zh="请工程师为每个站位指定主料。", todo_en="Ask the engineer to name a primary material for each.")  # fmt: skip
_d("LOADING_ALREADY_STARTED", 409, zh="批次 {runNo} 已有上料扫描，不能重新加载站位表。",
   en="Reels have been scanned for run {runNo}; its table cannot be loaded again.",
   todo_zh="如确需重新加载，请有解锁权限的人员说明原因后强制加载（全部站位须重扫）。",
   todo_en="If it must be, somebody who may unlock slots loads it by force with a reason; every slot is scanned again.")  # fmt: skip

# A scan

_d("SLOT_LOCKED", 409, zh="站位 {slotCode} 已锁定（连续扫错）。", en="Slot {slotCode} is locked after wrong scans in a row.",
   todo_zh="请停止上料并通知班组长或工程师解锁。", todo_en="Stop and call the leader or the engineer to unlock it.")  # fmt: skip
_d("SLOT_EXPECTATION_MISSING", 409, zh="批次 {runNo} 的站位 {slotCode} 没有待上物料。", en="Run {runNo} expects nothing on slot {slotCode}.",
   todo_zh="请核对站位；如尚未加载站位表，请先加载。",
   todo_en="Check the slot; load the station table first if it is not loaded.")  # fmt: skip
_d("BARCODE_PARSE_ERROR", 409, zh="无法识别条码 {barcode}。", en="The barcode {barcode} says no material and lot.",
   todo_zh="请扫描料盘上的“物料|批次”条码。", todo_en="Scan the label that holds material and lot, as in MATERIAL|LOT.")  # fmt: skip
_d("MATERIAL_LOT_AMBIGUOUS", 409, zh="批号 {lotNo} 属于多种物料：{materialCodes}。",
   en="Lot {lotNo} exists of several materials: {materialCodes}.",
   todo_zh="请扫描含物料编号的条码。", todo_en="Scan a label that names the material too.")  # fmt: skip
_d("SLOT_ALREADY_LOADED", 409, zh="站位 {slotCode} 上已有料盘 {materialCode} {lotNo}。",
   en="Slot {slotCode} holds reel {materialCode} {lotNo} already.",
   todo_zh="换料请使用“换料”。", todo_en="To put another reel there, use Replace.")  # fmt: skip
_d("SLOT_NOT_LOADED", 409, zh="站位 {slotCode} 上没有本批次的料盘。", en="Slot {slotCode} holds no reel of this run.",
   todo_zh="请使用普通上料扫描。", todo_en="Load it by a normal scan.")  # fmt: skip
_d("LOADING_NOT_VERIFIED", 409, zh="上料未通过核对，不能贴装：站位 {slots}。", en="Wrong or unverified reels stop mounting: slots {slots}.",
   todo_zh="请把正确的料盘装上并扫描；锁定的站位请工程师解锁。",
   todo_en="Put the right reels on and scan them; have a locked slot unlocked.")  # fmt: skip
_d("FIRST_UNIT_ORDER_INVALID", 409, zh="单件 {sn} 不可能是新料盘的第一块板：{why}。",
   en="Unit {sn} cannot be the first board of this reel: {why}.",
   todo_zh="请扫描换料后的第一块板。", todo_en="Scan the first board that was placed after the change.")  # fmt: skip
_d("LOADING_RECORD_NOT_LOADED", 409, zh="这条记录不是已上料的料盘（状态 {status}）。",
   en="This record is not a reel that was loaded (state {status}).",
   todo_zh="请选择通过核对的上料记录。", todo_en="Choose a record whose scan passed.")  # fmt: skip
_d("ALREADY_CONFIRMED", 409, zh="已由 {by} 复核。", en="{by} has reviewed it already.",
   todo_zh="无需再复核。", todo_en="Nothing is left to do.")  # fmt: skip

# Lots

_d("LOT_ON_HOLD", 409, zh="批次 {lotNo} 已冻结。", en="Lot {lotNo} is on hold.",
   todo_zh="请换用其他批次，并通知质量人员。", todo_en="Take another lot and tell quality.")  # fmt: skip
_d("LOT_SCRAPPED", 409, zh="批次 {lotNo} 已报废。", en="Lot {lotNo} is scrapped.",
   todo_zh="请换用其他批次。", todo_en="Take another lot.")  # fmt: skip
_d("LOT_IQC_FAILED", 409, zh="批次 {lotNo} 来料检验不合格。", en="Lot {lotNo} failed its incoming inspection.",
   todo_zh="请换用其他批次，并通知质量人员。", todo_en="Take another lot and tell quality.")  # fmt: skip
_d("LOT_EXPIRED", 409, zh="批次 {lotNo} 已过有效期。", en="Lot {lotNo} is past its expiry.",
   todo_zh="请换用其他批次。", todo_en="Take another lot.")  # fmt: skip
_d("LOT_FLOOR_LIFE_EXCEEDED", 409, zh="批次 {lotNo} 的车间寿命已用完。", en="The floor life of lot {lotNo} is used up.",
   todo_zh="请烘烤后再用，或换用其他批次。", todo_en="Bake it before use, or take another lot.")  # fmt: skip
_d("LOT_IN_DRY_STORE", 409, zh="批次 {lotNo} 仍登记在干燥柜中。", en="Lot {lotNo} is in the dry store by its record.",
   todo_zh="请先登记出干燥柜，再扫描。", todo_en="Record that it left the dry store, then scan it.")  # fmt: skip
_d("LOT_IN_OVEN", 409, zh="批次 {lotNo} 仍在烘烤中。", en="Lot {lotNo} is in the oven by its bake record.",
   todo_zh="请先在烘烤记录中出炉，再扫描。", todo_en="Take it out by its bake record, then scan it.")  # fmt: skip
_d("MSL_EVENT_INVALID", 409, zh="湿敏时钟状态为 {state}，不能执行 {event}。", en="The floor-life clock is {state}; {event} is not possible.",
   todo_zh="请核对批次的实际状态；烘烤请用烘烤记录。", todo_en="Check where the lot is; a bake is entered by its bake record.")  # fmt: skip

# Parts placed by hand

_d("UNIT_NOT_IN_STATION", 409, zh="单件 {sn} 不在工位 {stationCode}（状态 {status}）。",
   en="Unit {sn} is not in station {stationCode} (state {status}).",
   todo_zh="请先在本工位进站。", todo_en="Track it in here first.")  # fmt: skip
_d("MATERIAL_NOT_IN_BOM", 409, zh="物料 {materialCode} 不在产品的物料清单中。", en="The material {materialCode} is not in the BOM of the product.",
   todo_zh="请核对物料，或请工程师更新物料清单。", todo_en="Check the part, or ask the engineer to mend the BOM.")  # fmt: skip
_d("PART_SN_IN_USE", 409, zh="部件 {partSn} 已装在单件 {sn} 上。",
   en="The part {partSn} is in unit {sn} already.",
   todo_zh="请核对部件序列号；如已拆下，请先登记拆除。",
   todo_en="Check the part's serial; if it was taken out, have that recorded first.")  # fmt: skip
_d("MATERIAL_USE_REMOVED", 409, zh="{by} 已登记拆除该部件。", en="{by} has recorded already that this part was taken out.",
   todo_zh="无需再操作。", todo_en="Nothing is left to do.")  # fmt: skip
