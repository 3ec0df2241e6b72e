"""Every refusal of routing (spec 01.5-01.10)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

for _thing, _zh, _en in (
    ("ROUTE", "工艺路线", "Routing"),
    ("ROUTE_STEP", "工艺步骤", "Step of the routing"),
    ("ROUTE_VERSION", "工艺路线版本", "Version of the routing"),
    ("EXECUTION_CONFIG", "执行语义配置", "Execution config"),
    ("DATA_SPEC", "采集项", "Data collection item"),
):
    refusals.missing(_thing, zh=_zh, en=_en)

refusals.declare(
    "ROUTE_CODE_DUPLICATE", 409, zh="工艺路线编号 {code} 已存在（不区分大小写，已有 {existing}）。",
    en="The code {code} already names a routing (upper and lower case count as the same; there is {existing}).",
    todo_zh="请换一个编号，或使用已有的那一个。", todo_en="Choose another code, or use the one that is there.",
)  # fmt: skip
refusals.declare(
    "ROUTE_STEPS_ERP_READONLY", 409, zh="工艺路线 {routingCode} 来自 ERP，步骤和主数据在此只读。",
    en="Routing {routingCode} comes from the ERP; its steps and master data are read-only here.",
    todo_zh="请在 ERP 中修改并重新导入；执行语义配置可在此修改。",
    todo_en="Change it in the ERP and import it again; execution config may be changed here.",
)  # fmt: skip
refusals.declare(
    "ROUTE_HAS_OPEN_RUNS", 409, zh="工艺路线 {routingCode} 还有 {openRunCount} 个未结束的批次，不能改变制程类型。",
    en="Routing {routingCode} has {openRunCount} runs that have not ended; its process type cannot change.",
    todo_zh="请先收尾或取消这些批次。", todo_en="Close out or cancel those runs first.",
)  # fmt: skip
refusals.declare(
    "ROUTE_IN_USE", 409, zh="工艺路线 {routingCode} 已有版本或被工单使用，不能删除。",
    en="Versions or work orders name routing {routingCode}; it cannot be deleted.",
    todo_zh="请改为停用。", todo_en="Switch it off instead.",
)  # fmt: skip
refusals.declare(
    "FAI_TEMPLATE_PRODUCT_MISMATCH", 409, zh="首件检验模板 {templateCode} 属于产品 {templateProduct}，工艺路线属于产品 {productCode}。",
    en="First article template {templateCode} is for product {templateProduct}, and the routing makes {productCode}.",
    todo_zh="请选择该产品的模板。", todo_en="Choose a template of that product.",
)  # fmt: skip
refusals.declare(
    "FAI_TEMPLATE_PROCESS_MISMATCH", 409, zh="首件检验模板 {templateCode} 用于 {templateProcess}，工艺路线是 {processType}。",
    en="First article template {templateCode} is for {templateProcess}, and the routing is {processType}.",
    todo_zh="请选择同一制程类型的模板。", todo_en="Choose a template of the same process type.",
)  # fmt: skip
refusals.declare(
    "FAI_TEMPLATE_INACTIVE", 409, zh="首件检验模板 {templateCode} 已停用，不能新选用。",
    en="First article template {templateCode} is switched off and cannot be chosen anew.",
    todo_zh="请选用启用中的模板，或先启用它。", todo_en="Choose an active template, or switch this one on first.",
)  # fmt: skip
refusals.declare(
    "STEP_NO_DUPLICATE", 409, zh="步骤号 {stepNo} 重复。", en="Step number {stepNo} stands twice.",
    todo_zh="请给每个步骤不同的步骤号。", todo_en="Give each step a number of its own.",
)  # fmt: skip
refusals.declare(
    "OPERATION_INACTIVE", 409, zh="工序 {operationCode} 已停用，不能新选用。",
    en="Operation {operationCode} is switched off and cannot be chosen anew.",
    todo_zh="请选用启用中的工序，或先启用它。", todo_en="Choose an active operation, or switch this one on first.",
)  # fmt: skip
refusals.declare(
    "EXECUTION_CONFIG_EXISTS", 409, zh="此处已有执行语义配置。", en="There is an execution config for this already.",
    todo_zh="请修改已有的配置。", todo_en="Change the one that is there.",
)  # fmt: skip
refusals.declare(
    "DATA_SPEC_NAME_DUPLICATE", 409, zh="工序 {operationCode} 已有采集项“{existing}”。",
    en="Operation {operationCode} has a collection item “{existing}” already.",
    todo_zh="请换一个名称，或启用已有的采集项。", todo_en="Choose another name, or switch that item on.",
)  # fmt: skip
refusals.declare(
    "DATA_SPEC_IN_USE", 409, zh="采集项“{specName}”已有采集值，数据类型不能再改。",
    en="Values exist for the collection item “{specName}”; its data type is fixed.",
    todo_zh="请停用它并新建一个采集项。", todo_en="Switch it off and make a new item.",
)  # fmt: skip
refusals.declare(
    "DATA_SPEC_INACTIVE", 409, zh="所选采集项已停用。", en="A chosen collection item is switched off.",
    todo_zh="请去掉或启用所列采集项。", todo_en="Leave out or switch on the items that are named.",
)  # fmt: skip
refusals.declare(
    "DATA_SPEC_OPERATION_MISMATCH", 409, zh="所选采集项属于其他工序。",
    en="A chosen collection item belongs to another operation.",
    todo_zh="请只选本工序的采集项。", todo_en="Choose only items of this step's operation.",
)  # fmt: skip
refusals.declare(
    "ROUTING_EMPTY", 409, zh="工艺路线 {routingCode} 没有步骤。", en="Routing {routingCode} has no steps.",
    todo_zh="请先添加步骤再编译。", todo_en="Add steps before compiling.",
)  # fmt: skip
refusals.declare(
    "ROUTE_VERSION_NOT_READY", 409, zh="没有可用的工艺路线版本（READY 且未作废）。",
    en="There is no usable version of the routing (READY and not retired).",
    todo_zh="请工程师修正错误并编译工艺路线。", todo_en="Have the engineer mend the errors and compile the routing.",
)  # fmt: skip
