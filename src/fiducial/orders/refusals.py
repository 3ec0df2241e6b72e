"""How orders and runs say no (spec 02). Codes of runs and units that rooms above raise too are declared here, once."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("WORK_ORDER", zh="工单", en="Work order")
refusals.missing("RUN", zh="批次", en="Run")
refusals.missing("UNIT", zh="单件（序列号）", en="Unit")

# Receiving and changing an order

refusals.declare(
    "WORK_ORDER_PRODUCT_LOCKED", 409, zh="工单 {woNo} 已释放，产品不能再改。", en="Work order {woNo} is released; its product cannot change.",
    todo_zh="请让 ERP 另开一张工单，并作废本工单。", todo_en="Have the ERP issue another order, and close this one.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_ROUTING_LOCKED", 409, zh="工单 {woNo} 已有批次，工艺路线不能再改。", en="Work order {woNo} has runs; its routing cannot change.",
    todo_zh="已有批次沿用冻结路由；需换路线请另开工单。", todo_en="Its runs keep their frozen route; for another routing issue another order.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_QTY_BELOW_RUNS", 409,
    zh="计划数量 {plannedQty} 少于批次已占用的 {claimedQty}。",
    en="The planned quantity {plannedQty} is below the {claimedQty} its runs have claimed.",
    todo_zh="请先取消或收尾多余的批次，再改数量。", todo_en="Cancel or close the surplus runs first, then change the quantity.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_COMPLETED", 409, zh="工单 {woNo} 已完成，不能再改。", en="Work order {woNo} is completed and does not change any more.",
    todo_zh="如需继续生产，请另开工单。", todo_en="To go on producing, issue another order.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_OWNED_BY_ERP", 409,
    zh="工单 {woNo} 由 ERP 下达，不能在此手工修改。",
    en="Work order {woNo} comes from the ERP; people do not change it here.",
    todo_zh="请在 ERP 中修改，等待同步。", todo_en="Change it in the ERP and wait for the sync.",
)  # fmt: skip
refusals.declare(
    "ERP_WORK_ORDER_NOT_EDITABLE", 409,
    zh="工单 {woNo} 由 ERP 下达，领料状态由 ERP 维护。",
    en="Work order {woNo} comes from the ERP, which keeps its pick status.",
    todo_zh="请在 ERP 中完成领料，等待同步。", todo_en="Pick the material in the ERP and wait for the sync.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_HAS_RUNS", 409, zh="工单 {woNo} 已有批次，不能改绑工艺路线。", en="Work order {woNo} has runs; its routing cannot be bound anew.",
    todo_zh="已有批次沿用冻结路由；需换路线请另开工单。", todo_en="Its runs keep their frozen route; for another routing issue another order.",
)  # fmt: skip

# Release

refusals.declare(
    "WORK_ORDER_NOT_RECEIVED", 409, zh="工单 {woNo} 不是“已接收”状态（当前 {status}）。", en="Work order {woNo} is not RECEIVED (it is {status}).",
    todo_zh="已释放的工单请用“改派”更换产线。", todo_en="To change the line of a released order, dispatch it anew.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_NOT_RELEASED", 409,
    zh="工单 {woNo} 未处于可生产状态（当前 {status}）。",
    en="Work order {woNo} is not released for production (it is {status}).",
    todo_zh="请先释放工单；已完成的工单不能再建批次。", todo_en="Release the order first; a completed one takes no more runs.",
)  # fmt: skip
refusals.declare(
    "ROUTE_NOT_EFFECTIVE", 409, zh="工艺路线 {routingCode} 未启用或不在有效期内。", en="Routing {routingCode} is off or not in effect now.",
    todo_zh="请启用路线或调整有效期，或为工单改绑其他路线。", todo_en="Switch it on, change its dates, or bind another routing to the order.",
)  # fmt: skip
refusals.declare(
    "ROUTE_PRODUCT_MISMATCH", 409,
    zh="工艺路线 {routingCode} 属于产品 {routingProductCode}，与工单产品 {productCode} 不符。",
    en="Routing {routingCode} is for product {routingProductCode}, the order is for {productCode}.",
    todo_zh="请为工单绑定该产品的路线；确需借用时由计划员手工绑定。",
    todo_en="Bind a routing of this product; to borrow one on purpose, a planner binds it by hand.",
)  # fmt: skip
refusals.declare(
    "ROUTE_NOT_READY", 409, zh="工艺路线 {routingCode} 没有可用的已编译版本。", en="Routing {routingCode} has no READY version.",
    todo_zh="请工艺工程师编译该路线。", todo_en="Have an engineer compile it.",
)  # fmt: skip
refusals.declare(
    "LINE_INACTIVE", 409, zh="产线 {lineCode} 已停用。", en="Line {lineCode} is switched off.",
    todo_zh="请选择其他产线。", todo_en="Choose another line.",
)  # fmt: skip
refusals.declare(
    "LINE_ROUTING_PROCESS_MISMATCH", 409,
    zh="产线 {lineCode}（{lineProcessType}）与工艺路线 {routingCode}（{routingProcessType}）的类型不同。",
    en="Line {lineCode} is {lineProcessType}, routing {routingCode} is {routingProcessType}.",
    todo_zh="请选择同类型的产线或路线。", todo_en="Choose a line and a routing of one kind.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_PICK_INCOMPLETE", 409, zh="工单 {woNo} 领料未达到释放要求（当前 {pickStatus}，要求 {required}）。",
    en="The pick status of work order {woNo} is {pickStatus}; a release needs {required}.",
    todo_zh="请完成领料并更新领料状态后再释放。", todo_en="Finish picking, update the pick status, then release.",
)  # fmt: skip

# Closing an order

refusals.declare(
    "WORK_ORDER_HAS_NO_RUNS", 409, zh="工单 {woNo} 没有批次，作废需要填写原因。", en="Work order {woNo} has no runs; closing it needs a reason.",
    todo_zh="请填写作废原因，或先创建批次。", todo_en="Give the reason, or create a run first.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_RUNS_NOT_TERMINAL", 409, zh="工单 {woNo} 还有未结束的批次。", en="Work order {woNo} has runs that have not ended.",
    todo_zh="请先收尾或取消列出的批次。", todo_en="Close out or cancel the runs that are listed.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_QTY_SHORT", 409, zh="良品 {goodQty} 少于计划 {plannedQty}。", en="{goodQty} good units are fewer than the {plannedQty} planned.",
    todo_zh="请填写短缺原因后再关闭，或补建批次。", todo_en="Give the reason to close it short, or create another run.",
)  # fmt: skip

# Creating a run

refusals.declare(
    "WORK_ORDER_DISPATCH_LINE_MISMATCH", 409,
    zh="工单派到产线 {dispatchedLineCode}，不是 {lineCode}。", en="The order is dispatched to line {dispatchedLineCode}, not to {lineCode}.",
    todo_zh="请在该产线建批次，或先改派工单。", todo_en="Create the run on that line, or dispatch the order anew.",
)  # fmt: skip
refusals.declare(
    "RUN_LINE_INCOMPATIBLE_WITH_ROUTE", 409,
    zh="产线 {lineCode} 做不了工艺路线的全部工序。",
    en="Line {lineCode} has no station for every step of the route.",
    todo_zh="请按列出的工序补齐工位或工位组，或换一条产线。", todo_en="Give the line stations for the steps that are listed, or choose another line.",
)  # fmt: skip
refusals.declare(
    "WORK_ORDER_QTY_EXCEEDED", 409,
    zh="超出工单数量：计划 {plannedQty}，已占用 {claimedQty}，剩余 {remainingQty}。",
    en="More than the order asks for: planned {plannedQty}, claimed {claimedQty}, left {remainingQty}.",
    todo_zh="请减少数量，或取消不用的批次。", todo_en="Take less, or cancel a run that is not needed.",
)  # fmt: skip

# Units

refusals.declare(
    "QUANTITY_EXCEEDS_PLAN", 409,
    zh="批次计划 {planQty} 件，已有 {existing} 件，只能再生成 {remaining} 件。",
    en="The run is planned for {planQty} units and has {existing}; {remaining} more are possible.",
    todo_zh="请减少数量，或另建批次。", todo_en="Take fewer, or create another run.",
)  # fmt: skip
refusals.declare(
    "UNIT_SN_DUPLICATE", 409, zh="序列号已存在，一件也未生成。", en="These serial numbers exist already; none was made.",
    todo_zh="请核对列出的序列号，或换前缀。", todo_en="Check the serials that are listed, or use another prefix.",
)  # fmt: skip
refusals.declare(
    "RUN_IS_REWORK", 409, zh="返修批次 {runNo} 自带单件，不能再生成。", en="Rework run {runNo} brings its units; none can be made.",
    todo_zh="请直接扫描已转入的单件。", todo_en="Scan the units that were moved into it.",
)  # fmt: skip
refusals.declare(
    "RUN_IN_TERMINAL_STATUS", 409, zh="批次 {runNo} 已结束（{status}）。", en="Run {runNo} has ended ({status}).",
    todo_zh="已结束的批次不再改动。", todo_en="A run that has ended stays as it is.",
)  # fmt: skip
refusals.declare(
    "UNITS_CANNOT_BE_DELETED", 409, zh="没有可删除的单件，或所选单件已过站。", en="No unit can be deleted, or one of those named has been tracked.",
    todo_zh="只能删除从未过站的排队单件。", todo_en="Only queued units that were never tracked can be deleted.",
)  # fmt: skip

# The life of a run

refusals.declare(
    "INVALID_RUN_STATUS", 409, zh="批次当前状态 {status} 不允许此操作。", en="This is not possible while the run is {status}.",
    todo_zh="允许的状态：{allowed}。", todo_en="It is possible in: {allowed}.",
)  # fmt: skip
refusals.declare(
    "RUN_CLOSED", 409, zh="批次 {runNo} 已结束（{runStatus}）。", en="Run {runNo} has ended ({runStatus}).",
    todo_zh="请核对批次；需继续生产请新建批次。", todo_en="Check the run; to go on producing create a new one.",
)  # fmt: skip
refusals.declare(
    "RUN_ON_HOLD", 409, zh="批次 {runNo} 已暂停，等待评审（MRB）。", en="Run {runNo} is on hold and waits for the MRB.",
    todo_zh="请联系质量部门处理评审。", todo_en="Ask quality for the decision.",
)  # fmt: skip
refusals.declare(
    "RUN_NOT_AUTHORIZED", 409, zh="批次 {runNo} 尚未授权。", en="Run {runNo} is not authorised.",
    todo_zh="请组长在批次页面完成检查并授权。", todo_en="Have the line leader check and authorise it on the run's page.",
)  # fmt: skip
refusals.declare(
    "RUN_NOT_READY", 409, zh="批次已不在准备状态（当前 {status}），不能授权。", en="The run is not in preparation any more (it is {status}).",
    todo_zh="已开始或已结束的批次无需授权。", todo_en="A run that has started or ended needs no authorisation.",
)  # fmt: skip
refusals.declare(
    "RUN_NOT_REVOCABLE", 409, zh="批次当前状态 {status}，授权不能撤销。", en="The run is {status}; its authorisation cannot be taken back.",
    todo_zh="已开始的批次请正常完成，或隔离单件。", todo_en="Let a run that has started go on, or hold its units.",
)  # fmt: skip
refusals.declare(
    "RUN_LINE_NOT_SET", 409, zh="批次没有产线。", en="The run has no line.",
    todo_zh="请在产线上重新创建批次。", todo_en="Create the run anew on a line.",
)  # fmt: skip
refusals.declare(
    "READINESS_NOT_CONFIGURED", 409, zh="产线 {lineCode} 没有启用任何就绪检查项。", en="No readiness gate is enabled on line {lineCode}.",
    todo_zh="请工艺工程师在产线页面配置检查项。", todo_en="Have an engineer configure the gates of the line.",
)  # fmt: skip
refusals.declare(
    "READINESS_CHECK_FAILED", 409, zh="产线准备检查未通过。", en="The readiness check did not pass.",
    todo_zh="请按列出的项目逐条处理后再试。", todo_en="Mend the items that are listed, then try again.",
)  # fmt: skip
refusals.declare(
    "FAI_NOT_PASSED", 409, zh="首件检验未通过（当前 {faiStatus}）。", en="The first article has not passed (it is {faiStatus}).",
    todo_zh="请质量完成首件检验并判定合格。", todo_en="Have quality finish the first article inspection with PASS.",
)  # fmt: skip
refusals.declare(
    "FAI_NOT_SIGNED", 409, zh="首件检验已合格，但尚未签字。", en="The first article has passed but is not signed.",
    todo_zh="请质量在首件页面签字。", todo_en="Have quality sign it.",
)  # fmt: skip

# The end of a run

refusals.declare(
    "RUN_NOT_CLOSABLE", 409, zh="批次当前状态 {status}，不能收尾。", en="The run is {status} and cannot be closed out.",
    todo_zh="只有生产中的批次可以收尾；暂停的批次需要评审决定，未开始的请取消。",
    todo_en="Only a run in progress is closed out; one on hold needs the MRB's decision, one that has not started is cancelled.",
)  # fmt: skip
refusals.declare(
    "RUN_HAS_NO_UNITS", 409, zh="批次没有单件。", en="The run has no units.",
    todo_zh="请生成单件并完成生产，或取消批次。", todo_en="Make its units and finish them, or cancel the run.",
)  # fmt: skip
refusals.declare(
    "RUN_UNITS_NOT_TERMINAL", 409, zh="还有未完成的单件。", en="Some units are not finished.",
    todo_zh="请完成、报废或删除列出的单件（未使用的可删除）。", todo_en="Finish or scrap the units that are listed; unused ones may be deleted.",
)  # fmt: skip
refusals.declare(
    "RUN_QTY_SHORT", 409, zh="单件 {unitQty} 少于计划 {planQty}。", en="{unitQty} units are fewer than the {planQty} planned.",
    todo_zh="请填写短缺原因后再收尾，或继续生产。", todo_en="Give the reason to close it short, or go on producing.",
)  # fmt: skip
refusals.declare(
    "FQC_REQUIRED", 409, zh="需要末件检验合格并签字。", en="The last piece must be inspected, passed and signed.",
    todo_zh="请质量完成末件检验（FQC）。", todo_en="Have quality finish the last-piece inspection (FQC).",
)  # fmt: skip
refusals.declare(
    "OQC_REQUIRED", 409, zh="批次需要出货抽检，任务已建立。", en="Outgoing inspection comes next; its task is waiting.",
    todo_zh="请质量完成抽检；合格后批次自动完成。", todo_en="Have quality finish it; a pass completes the run.",
)  # fmt: skip
refusals.declare(
    "RUN_HAS_TRACKED_UNITS", 409, zh="批次有已过站或被隔离过的单件，不能取消。",
    en="Units of this run have been tracked or held; it cannot be cancelled.",
    todo_zh="请先报废列出的试产单件，或完成批次。", todo_en="Scrap the trial units that are listed, or finish the run.",
)  # fmt: skip
