"""How tooling says no (spec 10.3, 11.4, 08.3.2, 08.3.5, 04.11)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("TOOL", zh="工具 {toolCode}", en="Tool {toolCode}")
refusals.missing("STENCIL", zh="钢网 {stencilId}", en="Stencil {stencilId}")
refusals.missing("SOLDER_PASTE", zh="锡膏 {lotId}", en="Solder paste {lotId}")
refusals.missing("MAINTENANCE", zh="维修记录", en="Maintenance record")
refusals.missing("EQUIPMENT", zh="设备 {equipmentCode}", en="Equipment {equipmentCode}")

refusals.declare(
    "TOOL_CODE_DUPLICATE", 409, zh="工具编号 {code} 已存在（不区分大小写，已有 {existing}）。",
    en="The code {code} already names a tool (upper and lower case count as the same; there is {existing}).",
    todo_zh="请换一个编号，或使用已有的工具。", todo_en="Choose another code, or use the tool that is there.",
)  # fmt: skip
refusals.declare(
    "TOOL_KIND_MISMATCH", 409, zh="工具 {toolCode} 的类型是 {kind}，此处需要 {needed}。",
    en="Tool {toolCode} is a {kind}; a {needed} is needed here.",
    todo_zh="请扫描正确类型的工具。", todo_en="Scan a tool of the right kind.",
)  # fmt: skip
refusals.declare(
    "TOOL_STATUS_INVALID", 409, zh="工具 {toolCode} 当前为 {status}，不能执行此操作。",
    en="Tool {toolCode} is {status}; this cannot be done to it now.",
    todo_zh="请刷新后查看当前状态；报废的工具不能再使用。", todo_en="Look at its state again; a retired tool stays retired.",
)  # fmt: skip
refusals.declare(
    "TOOL_NOT_USABLE", 409, zh="工具 {toolCode} 现在不能使用：{reason}（计数 {count} / {limit}，校准到期 {dueAt}）。",
    en="Tool {toolCode} cannot be used now: {reason} (count {count} of {limit}, calibration due {dueAt}).",
    todo_zh="请换用其他工具；需要放行、维修验证、换新或校准时请联系工程师。",
    todo_en="Take another tool, or have an engineer release, repair, replace or calibrate it.",
)  # fmt: skip
refusals.declare(
    "TOOL_PRODUCT_MISMATCH", 409, zh="工具 {toolCode} 不适用于产品 {productCode}（适用：{productCodes}）。",
    en="Tool {toolCode} is not for product {productCode} (it is for {productCodes}).",
    todo_zh="请换用适合该产品的工具，或请工程师修改工具台账。",
    todo_en="Take one that is for this product, or have an engineer change the register.",
)  # fmt: skip
refusals.declare(
    "TOOL_ALREADY_ASSIGNED", 409, zh="夹具 {toolCode} 已分配给批次 {runNo}（工位 {stationCode}）。",
    en="Fixture {toolCode} is assigned to run {runNo} at {stationCode}.",
    todo_zh="请先在该批次解除分配，或换用其他夹具。", todo_en="Unassign it there first, or take another fixture.",
)  # fmt: skip
refusals.declare(
    "TOOL_NOT_ASSIGNED", 409, zh="夹具 {toolCode} 没有分配给批次 {runNo}。", en="Fixture {toolCode} is not assigned to run {runNo}.",
    todo_zh="请先把夹具分配给本批次和工位。", todo_en="Assign it to this run and a station first.",
)  # fmt: skip
refusals.declare(
    "TOOL_IN_USE", 409, zh="夹具 {toolCode} 正在使用：{sn} 还在工位 {stationCode} 中。",
    en="Fixture {toolCode} is in use: {sn} is still in station {stationCode}.",
    todo_zh="请等单件出站后再解除分配。", todo_en="Unassign it when the unit has left.",
)  # fmt: skip
refusals.declare(
    "TOOL_REQUIRED", 409, zh="本工序需要 {min} 个夹具（类型 {fixtureTypes}），可用的不够。",
    en="This step needs {min} fixtures of type {fixtureTypes}; there are too few.",
    todo_zh="请把夹具分配给本批次和本工位，或在进站时扫描夹具。",
    todo_en="Assign fixtures to this run and station, or scan them with the unit.",
)  # fmt: skip
refusals.declare(
    "ENTITY_IN_MAINTENANCE", 409, zh="钢网 {stencilId} 有未完成的维修记录 {recordNo}，不能手工设为就绪。",
    en="Stencil {stencilId} has the open maintenance record {recordNo} and cannot be set ready by hand.",
    todo_zh="请先完成并验证维修，或取消该记录。", todo_en="Finish and verify the repair, or cancel the record, first.",
)  # fmt: skip
refusals.declare(
    "STENCIL_BOUND_ELSEWHERE", 409, zh="钢网 {stencilId} 正绑定在产线 {lineCode}。", en="Stencil {stencilId} is bound to line {lineCode}.",
    todo_zh="请先在该产线解绑，或换用其他钢网。", todo_en="Unbind it there first, or take another stencil.",
)  # fmt: skip
refusals.declare(
    "SOLDER_PASTE_BOUND_ELSEWHERE", 409, zh="锡膏 {lotId} 正绑定在产线 {lineCode}。", en="Solder paste {lotId} is bound to line {lineCode}.",
    todo_zh="请先在该产线解绑，或换用其他锡膏。", todo_en="Unbind it there first, or take another jar.",
)  # fmt: skip
refusals.declare(
    "ALREADY_BOUND", 409, zh="{subject} 已经绑定在产线 {lineCode}。", en="{subject} is bound to line {lineCode} already.",
    todo_zh="无需重复绑定。", todo_en="There is nothing to do.",
)  # fmt: skip
refusals.declare(
    "SOLDER_PASTE_EXPIRED", 409, zh="锡膏 {lotId} 已于 {expiresAt} 过期。", en="Solder paste {lotId} expired at {expiresAt}.",
    todo_zh="请换用未过期的锡膏。", todo_en="Take a jar that has not expired.",
)  # fmt: skip
refusals.declare(
    "NO_CURRENT_STENCIL", 409, zh="产线 {lineCode} 没有绑定钢网。", en="No stencil is bound to line {lineCode}.",
    todo_zh="无需解绑。", todo_en="There is nothing to unbind.",
)  # fmt: skip
refusals.declare(
    "NO_CURRENT_SOLDER_PASTE", 409, zh="产线 {lineCode} 没有绑定锡膏。", en="No solder paste is bound to line {lineCode}.",
    todo_zh="无需解绑。", todo_en="There is nothing to unbind.",
)  # fmt: skip
refusals.declare(
    "MAINTENANCE_ALREADY_OPEN", 409, zh="{entityId} 已有未结束的同类维修记录 {recordNo}。",
    en="{entityId} has an open record of that type already: {recordNo}.",
    todo_zh="请继续处理该记录，或先取消它。", todo_en="Go on with that record, or cancel it first.",
)  # fmt: skip
refusals.declare(
    "MAINTENANCE_STATUS_INVALID", 409, zh="维修记录 {recordNo} 当前为 {status}，不能执行此操作。",
    en="Maintenance record {recordNo} is {status}; this cannot be done to it now.",
    todo_zh="请刷新后查看当前状态。", todo_en="Look at its state again.",
)  # fmt: skip
refusals.declare(
    "TPM_EQUIPMENT_UNAVAILABLE", 409, zh="工位设备 {equipmentCode} 状态为 {status}，不能进站。",
    en="The equipment {equipmentCode} of this station is {status}; nothing may be tracked in.",
    todo_zh="请等设备恢复；状态有误时请组长或质量手工更正设备状态。",
    todo_en="Wait until it is back; if the state is wrong, a leader or quality enters the right one by hand.",
)  # fmt: skip
refusals.declare(
    "TPM_MAINTENANCE_IN_PROGRESS", 409, zh="设备 {equipmentCode} 正在进行 TPM 维护任务 {taskNo}，不能进站。",
    en="The TPM task {taskNo} is in progress on equipment {equipmentCode}; nothing may be tracked in.",
    todo_zh="请等任务完成；TPM 离线时由组长把 TPM 切换为手工模式。",
    todo_en="Wait until it is finished; if the TPM is away, a leader switches it to manual mode.",
)  # fmt: skip
refusals.declare(
    "EQUIPMENT_IN_MAINTENANCE", 409, zh="设备 {equipmentCode} 因维修记录 {recordNo} 停用，不能进站。",
    en="Equipment {equipmentCode} is out of use by maintenance record {recordNo}; nothing may be tracked in.",
    todo_zh="请等维修完成并验证。", todo_en="Wait until the repair is finished and verified.",
)  # fmt: skip
