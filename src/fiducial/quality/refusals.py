"""How quality says no (spec 06)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

_d = refusals.declare

# Inspections: one lifecycle, so one sentence of each kind, under the code of each type (spec 06.2)

refusals.missing("FAI", zh="首件检验", en="First article inspection")
refusals.missing("IPQC", zh="过程检验", en="In-process inspection")
refusals.missing("FQC", zh="末件检验", en="Last-piece inspection")
refusals.missing("OQC", zh="出货抽检", en="Outgoing inspection")
refusals.missing("INSPECTION_ITEM", zh="检验项", en="Inspection item")

_FAI, _IPQC, _FQC, _OQC = (
    ("首件检验", "first article inspection"), ("过程检验", "in-process inspection"),
    ("末件检验", "last-piece inspection"), ("出货抽检", "outgoing inspection"),
)  # fmt: skip

for _code, (_zh, _en) in (
    ("FAI_ALREADY_EXISTS", _FAI), ("IPQC_ALREADY_EXISTS", _IPQC), ("FQC_ALREADY_EXISTS", _FQC), ("OQC_ALREADY_EXISTS", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"批次已有一个进行中的{_zh}。", en=f"The run has an open {_en} already.",
       todo_zh="请打开并完成它，或先取消它。", todo_en="Open and finish that one, or cancel it first.")  # fmt: skip
for _code, (_zh, _en) in (
    ("INVALID_FAI_STATUS", _FAI), ("INVALID_IPQC_STATUS", _IPQC), ("INVALID_FQC_STATUS", _FQC), ("INVALID_OQC_STATUS", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"{_zh}当前状态 {{status}} 不允许此操作。", en=f"This is not possible while the {_en} is {{status}}.",
       todo_zh="请刷新页面；已判定的检验不能更改，如需复检请新建。",
       todo_en="Look at it again; a decided inspection does not change, create a new one to inspect again.")  # fmt: skip
for _code, (_zh, _en) in (
    ("FAI_NOT_INSPECTING", _FAI), ("IPQC_NOT_INSPECTING", _IPQC), ("FQC_NOT_INSPECTING", _FQC), ("OQC_NOT_INSPECTING", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"{_zh}不在检验中（当前 {{status}}，判定人 {{decidedByName}}）。",
       en=f"The {_en} is not being inspected (it is {{status}}, decided by {{decidedByName}}).",
       todo_zh="未开始的请先开始；已判定的不能再改，需要时请新建。",
       todo_en="Start one that has not begun; one that is decided stays, create a new one if needed.")  # fmt: skip
for _code, (_zh, _en) in (
    ("IPQC_NOT_PASSED", _IPQC), ("FQC_NOT_PASSED", _FQC), ("OQC_NOT_PASSED", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"{_zh}未判定合格（当前 {{status}}），不能签字。", en=f"The {_en} has not passed (it is {{status}}) and cannot be signed.",
       todo_zh="请先完成检验并判定合格。", todo_en="Finish it with PASS first.")  # fmt: skip
for _code, (_zh, _en) in (
    ("FAI_ALREADY_SIGNED", _FAI), ("IPQC_ALREADY_SIGNED", _IPQC), ("FQC_ALREADY_SIGNED", _FQC), ("OQC_ALREADY_SIGNED", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"{_zh}已由 {{signedByName}} 签字。", en=f"The {_en} was signed by {{signedByName}} already.",
       todo_zh="无需再签。", todo_en="Nothing more is to be signed.")  # fmt: skip
for _code, (_zh, _en) in (
    ("INVALID_FAI_COUNTS", _FAI), ("INVALID_IPQC_COUNTS", _IPQC), ("INVALID_FQC_COUNTS", _FQC), ("INVALID_OQC_COUNTS", _OQC),
):  # fmt: skip
    _d(_code, 409, zh=f"{_zh}的合格、不合格数量与检验项不符（不合格应为 {{failing}}）。",
       en=f"The counts of the {_en} do not agree with its items ({{failing}} have failed).",
       todo_zh="请不填数量，由系统按检验项计算。", todo_en="Leave the counts out; they follow from the items.")  # fmt: skip

_d("UNIT_NOT_IN_SAMPLE", 409, zh="单件 {sn} 不在抽样样本中。", en="Unit {sn} is not in the sample.",
   todo_zh="只能检验样本：{sampledUnits}。", todo_en="Inspect the sample: {sampledUnits}.")  # fmt: skip
_d("ITEM_CHANGE_REASON_REQUIRED", 409, zh="把不合格改为合格或不适用需要填写原因。", en="To change a FAIL needs a reason.",
   todo_zh="请填写修改原因（4 至 500 字）。", todo_en="Say why (4 to 500 characters).")  # fmt: skip

# The verdict (spec 06.4)

_d("INSPECTION_ITEMS_REQUIRED", 409, zh="还没有任何合格的检验项。", en="No item has been recorded with PASS.",
   todo_zh="请先录入检验项。", todo_en="Record items first.")  # fmt: skip
_d("INSPECTION_ITEMS_INCOMPLETE", 409, zh="必检项尚未全部录入：{names}。", en="Required items are not recorded: {names}.",
   todo_zh="请逐项录入后再判定。", todo_en="Record them, then decide.")  # fmt: skip
_d("OQC_SAMPLE_INCOMPLETE", 409, zh="样本尚未全部检验：{missing}。", en="Units of the sample were not inspected: {missing}.",
   todo_zh="请为每个样本录入检验项。", todo_en="Record an item for each unit of the sample.")  # fmt: skip
_d("INSPECTION_VERDICT_CONFLICT", 409, zh="判定 {decision} 与检验项不符：不合格 {failing}，允许 {ac}。",
   en="The decision {decision} does not agree with the items: {failing} failed, {ac} allowed.",
   todo_zh="请按检验项判定，或先更正录入有误的检验项。", todo_en="Decide as the items say, or correct a wrong item.")  # fmt: skip
_d("INSPECTION_FAILURES_EXIST", 409, zh="样本 {unit} 有不合格记录（{kind}）。", en="Unit {unit} of the sample has a failure ({kind}).",
   todo_zh="请判定不合格，处置后重新做首件。", todo_en="Decide FAIL, dispose of the unit, and make a new first article.")  # fmt: skip

# First article (spec 06.5)

_d("READINESS_CHECK_NOT_PASSED", 409, zh="产线准备检查未通过，不能做首件。", en="The readiness check has not passed; no first article yet.",
   todo_zh="请按列出的项目逐条处理后再建首件。", todo_en="Mend the items that are listed, then create the first article.")  # fmt: skip
_d("FAI_SAMPLE_UNITS_INSUFFICIENT", 409, zh="首件需要 {need} 件，批次只有 {have} 件。",
   en="The first article asks for {need} units, the run has {have}.",
   todo_zh="请先生成单件，或减少首件数量。", todo_en="Generate units first, or take a smaller sample.")  # fmt: skip
_d("FAI_UNITS_REQUIRED", 409, zh="批次没有单件，首件无法试产。", en="The run has no units; nothing can be made for the first article.",
   todo_zh="请先生成或登记单件。", todo_en="Generate or register units first.")  # fmt: skip
_d("FAI_TRIAL_REQUIRED", 409, zh="首件试产未完成：已完成 {done}，需要 {required}。", en="The trial is not finished: {done} of {required} units.",
   todo_zh="请在第一个工步完成首件的进站和出站。", todo_en="Track the first articles in and out at the first step.")  # fmt: skip
_d("FAI_TRIAL_OPEN", 409, zh="首件试产的单件还在工位 {stationCode}。", en="A trial unit is still in station {stationCode}.",
   todo_zh="请先出站，再取消首件。", todo_en="Track it out, then cancel the first article.")  # fmt: skip
_d("FAI_TRIAL_NOT_READY", 409, zh="首件检验尚未开始。", en="The first article inspection has not been started.",
   todo_zh="请质量在首件页面开始检验。", todo_en="Have quality start it on the first-article page.")  # fmt: skip
_d("FAI_TRIAL_LIMIT_REACHED", 409, zh="首件数量 {sampleQty} 件已满。", en="All {sampleQty} units of the first article are there.",
   todo_zh="只能继续已投入的首件：{trialUnits}。", todo_en="Only these go on: {trialUnits}.")  # fmt: skip

# Last piece and outgoing inspection (spec 06.6, 06.7)

_d("FQC_NOT_READY", 409, zh="批次还有 {open} 件未完成，末件检验还不能做。", en="{open} units are not finished; the last piece is not there yet.",
   todo_zh="请等全部单件完成或报废。", todo_en="Wait until all units are finished or scrapped.")  # fmt: skip
_d("OQC_NOT_READY", 409, zh="批次还有未完成的单件，不能抽检。", en="Units of the run are not finished; no sample can be drawn.",
   todo_zh="请先完成或报废：{sns}。", todo_en="Finish or scrap first: {sns}.")  # fmt: skip
_d("NO_ELIGIBLE_UNITS", 409, zh="批次没有可用的单件。", en="The run has no unit for this.",
   todo_zh="请核对批次的单件状态。", todo_en="Check the units of the run.")  # fmt: skip
_d("INVALID_SAMPLE_QTY", 409, zh="抽样数 {sampleQty} 不在 {least} 至 {most} 之间。",
   en="A sample of {sampleQty} is not between {least} and {most}.",
   todo_zh="请修改抽样数。", todo_en="Change the sample size.")  # fmt: skip
_d("RUN_STATE_CHANGED", 409, zh="批次状态刚刚变为 {status}。", en="The run has just become {status}.",
   todo_zh="未作任何修改；请刷新后再处理。", todo_en="Nothing was written; look at the run again.")  # fmt: skip
refusals.missing("SAMPLING_RULE", zh="抽样规则", en="Sampling rule")
_d("INVALID_SAMPLE_VALUE", 409, zh="抽样值不符合抽样方式 {samplingType}。", en="The sample value does not fit the sampling type {samplingType}.",
   todo_zh="百分比 0 至 100；固定数为不小于 1 的整数；AQL 不填抽样值，须填 AQL 值和抽样表。",
   todo_en="PERCENTAGE 0 to 100; FIXED a whole number from 1; AQL takes no value but an AQL and a table.")  # fmt: skip
_d("AQL_TABLE_MISSING", 409, zh="没有可用的 AQL 抽样表（{tableCode}，{severity}，AQL {aql}）。",
   en="There is no AQL table for this ({tableCode}, {severity}, AQL {aql}).",
   todo_zh="请在质量设置中录入工厂的抽样表。", todo_en="Enter the factory's own table in the quality settings.")  # fmt: skip
refusals.missing("AQL_TABLE", zh="AQL 抽样表", en="AQL table")

# In process (spec 06.8)

_d("IPQC_POINT_NOT_FOUND", 404, zh="找不到过程检验点 {code}。", en="In-process inspection point {code} not found.",
   todo_zh="请从列表中选择检验点。", todo_en="Pick a point from the list.")  # fmt: skip
_d("IPQC_FIRST_PIECE_REQUIRED", 409, zh="段首件（{checkpointCode}）未通过。", en="The first piece of this segment ({checkpointCode}) has not passed.",
   todo_zh="请等质量检验首件合格（样件 {sampleSn}）。", todo_en="Wait until quality passes the first piece (unit {sampleSn}).")  # fmt: skip

# Defects (spec 06.9)

refusals.missing("DEFECT", zh="不良记录", en="Defect")
refusals.declare(
    "DEFECT_CODE_NOT_FOUND", 404, zh="不良代码 {code} 不存在或已停用。", en="Defect code {code} does not exist or is switched off.",
    todo_zh="请从列表中选择不良代码。", todo_en="Pick a code from the list.",
)  # fmt: skip
refusals.declare(
    "DEFECT_CODE_DUPLICATE", 409, zh="不良代码 {code} 已存在（不区分大小写，已有 {existing}）。",
    en="The defect code {code} exists already (upper and lower case count as the same; there is {existing}).",
    todo_zh="请换一个代码，或使用已有的那一个。", todo_en="Choose another code, or use the one that is there.",
)  # fmt: skip
_d("UNIT_NOT_DISPOSABLE", 409, zh="单件 {sn} 当前状态 {status}，不能处置。", en="Unit {sn} is {status}; nothing can be decided on it.",
   todo_zh="只能处置不良或隔离的单件；抽检不合格的批次由评审（MRB）决定。",
   todo_en="Only failed or held units are decided on; a lot that failed its outgoing inspection is the MRB's.")  # fmt: skip
_d("ALREADY_DISPOSITIONED", 409, zh="不良 {defectNo} 已处置（{disposition}，{decidedByName}）。",
   en="Defect {defectNo} is decided already ({disposition}, {decidedByName}).",
   todo_zh="请刷新页面；再次不良会产生新的记录。", todo_en="Look at it again; another failure makes another defect.")  # fmt: skip
_d("REWORK_STEP_INVALID", 409, zh="返修不能从工步 {toStepNo} 开始。", en="Rework cannot begin at step {toStepNo}.",
   todo_zh="请选择不晚于失败工步的工步：{allowedSteps}。", todo_en="Choose the failed step or one before it: {allowedSteps}.")  # fmt: skip
_d("REWORK_LIMIT_REACHED", 409, zh="单件已返修 {reworkCount} 次，达到上限 {limit}。",
   en="The unit was reworked {reworkCount} times; the limit is {limit}.",
   todo_zh="请报废或隔离；确需返修请由有权限的人员填写放行原因。",
   todo_en="Scrap or hold it; somebody who may override gives the reason to rework once more.")  # fmt: skip
_d("NOT_HOLD_DISPOSITION", 409, zh="不良 {defectNo} 的处置不是隔离（{disposition}）。",
   en="Defect {defectNo} is not decided as a hold ({disposition}).",
   todo_zh="只有隔离处置可以解除。", todo_en="Only a hold can be released.")  # fmt: skip
refusals.missing("REWORK_TASK", zh="返修任务", en="Rework task")
_d("REWORK_TASK_NOT_OPEN", 409, zh="返修任务已不是待返修状态（{status}）。", en="The rework task is not open any more ({status}).",
   todo_zh="请刷新页面。", todo_en="Look at the list again.")  # fmt: skip
_d("REPAIR_RECORD_REQUIRED", 409, zh="还没有维修记录，不能完成返修。", en="There is no repair record yet; the rework cannot be completed.",
   todo_zh="请先填写维修记录（QR-Pro-012）。", todo_en="Fill in the repair record (QR-Pro-012) first.")  # fmt: skip
_d("REPAIR_RESULT_NOT_OK", 409, zh="最近一次维修结果为不可修，不能完成返修。", en="The newest repair says it cannot be repaired.",
   todo_zh="请重新处置该不良：报废或隔离。", todo_en="Decide on the defect anew: scrap or hold.")  # fmt: skip

# Review by the MRB (spec 06.11)

_d("RUN_NOT_ON_HOLD", 409, zh="批次当前状态 {status}，没有待评审的事项。", en="The run is {status}; nothing waits for the MRB.",
   todo_zh="只有抽检不合格而暂停的批次需要评审；已决定的不能再改。",
   todo_en="Only a run stopped by its outgoing inspection is decided on, and once.")  # fmt: skip
_d("NO_FAILED_OQC", 409, zh="批次没有待评审的不合格抽检。", en="The run has no failed outgoing inspection that waits for a decision.",
   todo_zh="请先完成出货抽检。", todo_en="Finish the outgoing inspection first.")  # fmt: skip
_d("REWORK_TYPE_REQUIRED", 409, zh="返修决定需要选择返修方式。", en="A decision to rework needs its type.",
   todo_zh="请选择沿用准备或重新准备。", todo_en="Choose REUSE_PREP or FULL_PREP.")  # fmt: skip
_d("FAI_WAIVER_NOT_ALLOWED", 409, zh="只有沿用准备的返修可以豁免首件。",
   en="The first article is waived only for a rework that reuses the preparation.",
   todo_zh="请取消豁免，或选择返修并沿用准备。", todo_en="Take the waiver out, or choose REWORK with REUSE_PREP.")  # fmt: skip
_d("FAI_WAIVER_REASON_REQUIRED", 409, zh="豁免首件需要填写原因。", en="To waive the first article needs a reason.",
   todo_zh="请填写豁免原因。", todo_en="Say why.")  # fmt: skip
_d("INVALID_MRB_DECISION", 409, zh="mrbDecisionId 不是该批次不合格抽检的编号。",
   en="mrbDecisionId is not the failed outgoing inspection of this run.",
   todo_zh="请使用该批次不合格抽检的编号。", todo_en="Give the id of the run's failed outgoing inspection.")  # fmt: skip
refusals.declare(
    "DEFECTS_REQUIRED", 422, zh="判定不合格时必须至少给出一个不良。", en="A FAIL names at least one defect.",
    todo_zh="请在 defects 中给出不良代码。", todo_en="Name the defect codes in `defects`.",
)  # fmt: skip
