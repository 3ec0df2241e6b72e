"""What the fields and sections of a trace are called on paper and in spreadsheets, in both languages; a name without words is shown as it is."""

from __future__ import annotations

from dataclasses import dataclass

from fiducial.kit import text
from fiducial.kit.text import Text

SECTIONS: dict[str, tuple[str, str]] = {
    "unit": ("单件", "Unit"), "workOrder": ("工单", "Work order"), "runs": ("批次", "Runs"), "route": ("工艺路线", "Routing"),
    "routeVersion": ("路线版本", "Route version"), "steps": ("工艺步骤", "Steps"), "tracks": ("过站记录", "Tracks"),
    "dataValues": ("采集数据", "Data"), "ingestEvents": ("设备事件", "Machine events"), "carrierLoads": ("载具", "Carriers"),
    "carrierTracks": ("载具过站", "Carrier tracks"), "carrierDataValues": ("载具数据", "Carrier data"),
    "machineResults": ("设备判定", "Machine results"), "testRecords": ("测试记录", "Test records"), "defects": ("不良", "Defects"),
    "repairs": ("维修", "Repairs"), "inspections": ("检验与签署", "Inspections"), "inspectionItems": ("检验项目", "Inspection items"),
    "loadingRecords": ("料盘", "Reels"), "materials": ("物料", "Materials"), "missingKeyParts": ("缺少的关键件", "Missing key parts"),
    "readiness": ("产线准备", "Line readiness"), "readinessHistory": ("准备检查历史", "Readiness history"), "timeRules": ("时间规则", "Time rules"),
    "tools": ("工具", "Tools"), "records": ("记录表", "Records"), "holds": ("隔离", "Holds"), "flags": ("标记", "Flags"),
    "units": ("单件清单", "Units"), "events": ("批次事件", "Events"), "mrb": ("评审", "MRB"), "slotExpectations": ("站位表", "Slots"),
    "items": ("涉及的单件", "Units touched"), "about": ("说明", "About"), "run": ("批次", "Run"), "yield": ("直通率", "Yield"),
    "reworkRuns": ("返工批次", "Rework runs"), "unitCounts": ("单件状态", "Unit states"),
}  # fmt: skip

VALUES: dict[str, str] = {
    "PASS": "合格", "FAIL": "不合格", "DONE": "完成", "QUEUED": "排队", "IN_STATION": "在站", "OUT_FAILED": "不良待处置", "ON_HOLD": "隔离",
    "SCRAPPED": "报废", "COMPLETED": "已完成", "IN_PROGRESS": "进行中", "AUTHORIZED": "已授权", "CLOSED_REWORK": "转返工", "CANCELLED": "已取消",
    "PREP": "准备中", "PASSED": "通过", "FAILED": "未通过", "WAIVED": "豁免", "MANUAL": "人工", "AUTO": "自动", "SYSTEM": "系统", "CERTAIN": "确定",
    "POSSIBLE": "可能", "RECORDED": "已登记", "DISPOSITIONED": "已处置", "CLOSED": "已关闭", "OPEN": "未完成", "REWORK": "返修", "SCRAP": "报废",
    "HOLD": "隔离", "RELEASE": "放行", "CURRENT": "当前", "TODO": "未做", "NORMAL": "正常", "REPAIRED": "已修复", "ACTIVE": "有效",
    "EXPIRED": "超时", "STENCIL": "钢网", "SQUEEGEE": "刮刀", "FIXTURE": "夹具",
}  # fmt: skip
"""What states are called in Chinese on paper; in English they are as they stand on the wire."""

FIELDS: dict[str, tuple[str, str]] = {
    "route": ("工艺路线", "Routing"), "supplier": ("供应商", "Supplier"), "iqcResult": ("来料检验", "IQC"), "iqcDate": ("检验日期", "IQC date"),
    "holdReason": ("隔离原因", "Why held"), "units": ("单件", "Units"), "certain": ("确定", "Certain"), "possible": ("可能", "Possible"),
    "runs": ("批次数", "Runs"), "nameEn": ("英文名称", "English name"),
    "sn": ("序列号", "Serial number"), "status": ("状态", "State"), "woNo": ("工单", "Work order"), "runNo": ("批次", "Run"),
    "productCode": ("产品", "Product"), "lineCode": ("产线", "Line"), "currentStepNo": ("当前步骤", "Step"),
    "reworkCount": ("返修次数", "Reworked"),
    "createdAt": ("建立时间", "Created"), "doneAt": ("完成时间", "Done"), "plannedQty": ("计划数量", "Planned"), "dueDate": ("交期", "Due"),
    "from": ("从", "From"), "to": ("到", "To"), "parentRunNo": ("原批次", "Parent run"), "reworkType": ("返工类型", "Rework type"),
    "authorizationType": ("授权方式", "Authorisation"), "authorizedByName": ("授权人", "Authorised by"), "authorizedAt": ("授权时间", "Authorised"),
    "startedAt": ("开始时间", "Started"), "endedAt": ("结束时间", "Ended"), "mrbFaiWaiver": ("首件豁免", "FAI waived"),
    "mrbWaiverReason": ("豁免原因", "Waiver reason"), "stepNo": ("步骤", "Step"), "operationCode": ("工序编号", "Operation"),
    "operationName": ("工序", "Operation name"), "stationType": ("工位类型", "Station type"), "stationGroupCode": ("工位组", "Station group"),
    "requiresFAI": ("需首件", "Needs FAI"), "state": ("进度", "Progress"), "operation": ("工序", "Operation"), "stationCode": ("工位", "Station"),
    "source": ("来源", "Source"), "mode": ("方式", "Mode"), "visitNo": ("次数", "Visit"), "inAt": ("进站", "In"), "outAt": ("出站", "Out"),
    "cycleSeconds": ("秒", "Seconds"), "result": ("结果", "Result"), "inByName": ("进站人", "In by"), "outByName": ("出站人", "Out by"),
    "operatorIdIn": ("工牌", "Badge"), "carrierNo": ("载具", "Carrier"), "toolCodes": ("工具", "Tools"), "voidedAt": ("作废时间", "Voided"),
    "voidReason": ("作废原因", "Why voided"), "name": ("名称", "Name"), "value": ("值", "Value"), "unit": ("单位", "Unit"),
    "limits.min": ("下限", "Lower limit"), "limits.max": ("上限", "Upper limit"), "judge": ("判定", "Judged"), "alarmed": ("报警", "Alarm"),
    "collectedAt": ("采集时间", "Collected"), "collectedByName": ("采集人", "Collected by"), "method": ("采集方式", "Method"),
    "kind": ("类型", "Kind"), "effective": ("有效结果", "In effect"), "matchStatus": ("匹配", "Match"), "eventTime": ("设备时间", "Machine time"),
    "receivedAt": ("接收时间", "Received"), "remark": ("备注", "Remark"), "equipmentId": ("设备", "Equipment"),
    "operatorId": ("操作员", "Operator"),
    "defectNo": ("不良编号", "Defect number"), "code": ("代码", "Code"), "codeName": ("不良名称", "Defect"), "severity": ("等级", "Severity"),
    "location": ("位置", "Location"), "qty": ("数量", "Quantity"), "closeReason": ("关闭原因", "Close reason"),
    "createdByName": ("登记人", "Recorded by"), "disposition.type": ("处置", "Disposition"), "disposition.reason": ("处置原因", "Why"),
    "disposition.decidedByName": ("处置人", "Decided by"), "disposition.decidedAt": ("处置时间", "Decided"), "fromStepNo": ("自步骤", "From step"),
    "toStepNo": ("返回步骤", "Back to step"), "reason": ("原因", "Reason"), "action": ("措施", "Action"),
    "recordedByName": ("记录人", "Recorded by"),
    "recordedAt": ("记录时间", "Recorded"), "doneByName": ("完成人", "Done by"), "partsReplaced": ("更换的物料", "Parts replaced"),
    "type": ("类型", "Type"), "sampleQty": ("样本数", "Sample"), "inSample": ("在样本中", "In sample"), "decidedByName": ("判定人", "Decided by"),
    "decidedAt": ("判定时间", "Decided"), "trial": ("试产", "Trial"), "signedByName": ("签署人", "Signed by"),
    "signatureMeaning": ("签署含义", "Meaning"),
    "signedAt": ("签署时间", "Signed"), "contentHash": ("签署内容哈希", "Hash of what was signed"), "mrb.decision": ("评审决定", "MRB decision"),
    "mrb.reason": ("评审原因", "MRB reason"), "itemName": ("检验项目", "Item"), "itemSpec": ("要求", "Requirement"),
    "actualValue": ("实测", "Found"),
    "defectCode": ("不良代码", "Defect code"), "inspectedByName": ("检验人", "Inspected by"), "unitSn": ("序列号", "Serial number"),
    "slotCode": ("站位", "Slot"), "position": ("位置", "Position"), "materialCode": ("物料", "Material"), "lotNo": ("批号", "Lot"),
    "verifyResult": ("核对", "Verified"), "isAlternate": ("替代料", "Alternate"), "loadedAt": ("上料时间", "Loaded"),
    "loadedByName": ("上料人", "Loaded by"),
    "unloadedAt": ("下料时间", "Unloaded"), "certainty": ("确定性", "Certainty"), "replaceReason": ("换料原因", "Why changed"),
    "partSn": ("部件序列号", "Part serial"), "isKeyPart": ("关键件", "Key part"), "usedAt": ("使用时间", "Used"), "replaces": ("替换", "Replaces"),
    "removedAt": ("取下时间", "Removed"), "usedByName": ("装入人", "Placed by"), "materialName": ("物料名称", "Material name"),
    "itemType": ("门禁", "Gate"), "itemKey": ("检查对象", "Checked"), "failReason": ("未通过原因", "Why not"),
    "waivedByName": ("豁免人", "Waived by"),
    "waivedAt": ("豁免时间", "Waived"), "waiveReason": ("豁免原因", "Why waived"), "checkedAt": ("检查时间", "Checked"),
    "waivedCount": ("豁免项", "Waived items"), "entityDisplay": ("对象", "Of"), "expiresAt": ("到期", "Expires"),
    "completedAt": ("完成", "Completed"),
    "expiredAt": ("超时", "Ran out"), "toolCode": ("工具", "Tool"), "countAtUse": ("当日累计次数", "Count that day"), "lifeLimit": ("寿命", "Life"),
    "calibrationDueAt": ("校准到期", "Calibration due"), "section": ("记录类型", "Kind of record"), "recordNo": ("记录号", "Record"),
    "summary": ("摘要", "Summary"), "by": ("记录人", "By"), "scope": ("范围", "Scope"), "placedAt": ("隔离时间", "Held"),
    "placedByName": ("隔离人", "Held by"), "releasedAt": ("解除时间", "Released"), "releasedByName": ("解除人", "Released by"),
    "releaseReason": ("解除原因", "Why released"), "text": ("内容", "Text"), "inCount": ("进站数", "In"), "passFirst": ("一次合格", "First pass"),
    "passTotal": ("合格", "Passed"), "failTotal": ("不合格", "Failed"), "fpy": ("直通率", "First-pass yield"), "at": ("时间", "Time"),
    "byName": ("人员", "By"), "updatedAt": ("更新时间", "Changed"), "via": ("途径", "By way of"),
    "shippable": ("可能已出货", "May have been shipped"),
    "boards": ("单件数", "Boards"), "failCode": ("拒绝代码", "Refused with"), "count": ("数量", "Count"), "what": ("项目", "What"),
    "planQty": ("计划数量", "Planned"), "versionNo": ("版本", "Version"), "compiledAt": ("编译时间", "Compiled"), "decision": ("决定", "Decision"),
    "formCode": ("表单编号", "Form"), "expectedCode": ("应上物料", "Expected"), "field": ("项目", "Field"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word(Text):
    """A word that carries its Chinese itself."""

    zh: str = ""

    def __str__(self) -> str:
        return self.message if text.current_language() == "en" else self.zh


def section(name: str) -> Word:
    """Give what a section is called."""
    zh, en = SECTIONS.get(name, (name, name))
    return Word(en, zh)


def field(name: str) -> Word:
    """Give what a field is called."""
    zh, en = FIELDS.get(name, (name, name))
    return Word(en, zh)
