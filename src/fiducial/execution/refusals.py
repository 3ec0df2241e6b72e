"""How execution says no (spec 05). Every sentence ends with what the operator does next."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

_d = refusals.declare

# The station and the run

_d("STATION_INACTIVE", 409, zh="工位 {stationCode} 已停用。", en="Station {stationCode} is switched off.",
   todo_zh="请使用其他工位，或请工程师启用。", todo_en="Use another station, or ask the engineer to switch it on.")  # fmt: skip
_d("STATION_LINE_MISMATCH", 409, zh="工位属于产线 {stationLine}，而批次在产线 {runLine}。",
   en="The station belongs to line {stationLine}, the run is on line {runLine}.",
   todo_zh="请在批次所在产线的工位扫描。", todo_en="Scan at a station of the run's line.")  # fmt: skip
_d("RUN_WORK_ORDER_MISMATCH", 409, zh="批次属于工单 {woNo}。", en="The run belongs to work order {woNo}.",
   todo_zh="请核对工单号，或不填工单号。", todo_en="Check the work order, or leave it out.")  # fmt: skip

# The unit

_d("UNIT_NO_RUN", 409, zh="单件 {sn} 还不属于任何批次。", en="Unit {sn} belongs to no run yet.",
   todo_zh="请在批次页面把它加入批次。", todo_en="Add it to a run on the run's page.")  # fmt: skip
_d("UNIT_WORK_ORDER_MISMATCH", 409, zh="单件属于工单 {woNo}。", en="The unit belongs to work order {woNo}.",
   todo_zh="请核对单件与批次。", todo_en="Check the unit and the run.")  # fmt: skip
_d("UNIT_RUN_MISMATCH", 409, zh="单件属于批次 {runNo}。", en="The unit belongs to run {runNo}.",
   todo_zh="请核对批次号，或不填批次号。", todo_en="Check the run, or leave it out.")  # fmt: skip
_d("RUN_PLAN_QTY_REACHED", 409, zh="批次计划 {planQty} 件，已全部投入。", en="All {planQty} units of the run's plan have been started.",
   todo_zh="请确认条码属于本批次，或请计划员调整计划。",
   todo_en="Check that the serial belongs to this run, or ask the planner for another run.")  # fmt: skip
_d("UNIT_ALREADY_IN_STATION", 409, zh="单件已在工位 {stationCode} 进站。", en="The unit is in station {stationCode} already.",
   todo_zh="请先在该工位出站。", todo_en="Track it out there first.")  # fmt: skip
_d("UNIT_ALREADY_DONE", 409, zh="单件已完工。", en="The unit is finished.",
   todo_zh="请送往包装或仓库，无需再过站。", todo_en="Send it to packing; nothing is left to do at a station.")  # fmt: skip
_d("UNIT_OUT_FAILED", 409, zh="单件不良，等待处置。", en="The unit has failed and waits for a disposition.",
   todo_zh="请交质量人员处置不良 {defectNos}。", todo_en="Hand it to quality to decide on {defectNos}.")  # fmt: skip
_d("UNIT_SCRAPPED", 409, zh="单件已报废。", en="The unit is scrapped.",
   todo_zh="请放入报废箱。", todo_en="Put it into the scrap box.")  # fmt: skip
_d("UNIT_ON_HOLD", 409, zh="单件已隔离：{reason}", en="The unit is on hold: {reason}",
   todo_zh="请放到隔离区，等待质量人员解除。", todo_en="Put it into the hold area until quality releases it.")  # fmt: skip
_d("UNIT_STATE_CHANGED", 409, zh="单件状态刚刚变为 {status}。", en="The unit has just become {status}.",
   todo_zh="请重新扫描。", todo_en="Scan it again.")  # fmt: skip
_d("STEP_MISMATCH", 409, zh="单件的当前工步 {currentStepNo} 不在冻结路由中。", en="The unit's step {currentStepNo} is not in the frozen route.",
   todo_zh="请联系工艺工程师。", todo_en="Call the process engineer.")  # fmt: skip
_d("STATION_MISMATCH", 409, zh="本工位不能做工步 {stepNo} {operationName}。", en="This station cannot do step {stepNo} {operationName}.",
   todo_zh="请送往：{where}。", todo_en="Send it to: {where}.")  # fmt: skip
_d("FAI_TRIAL_STEP_NOT_ALLOWED", 409, zh="首件试产只能做第一个工步 {firstStepNo}。", en="In a trial only the first step {firstStepNo} may be done.",
   todo_zh="请等待批次授权后再继续。", todo_en="Wait until the run is authorised.")  # fmt: skip

# The way out

_d("TRACK_NOT_FOUND", 404, zh="单件 {sn} 不在本工位（状态 {status}，所在工位 {stationCode}）。",
   en="Unit {sn} is not in this station (state {status}, station {stationCode}).",
   todo_zh="请先在本工位进站，或到所在工位操作。", todo_en="Track it in here first, or go to the station where it is.")  # fmt: skip
_d("TRACK_ALREADY_CLOSED", 409, zh="单件刚刚已出站，结果 {result}。", en="The unit has been tracked out already, with result {result}.",
   todo_zh="无需重复出站，请扫描下一件。", todo_en="Nothing more to do; scan the next one.")  # fmt: skip
_d("TRACK_HAS_RECORDS", 409, zh="本次进站已有采集数据或不良，不能取消。", en="This visit has data or defects already, so it cannot be cancelled.",
   todo_zh="请正常出站。", todo_en="Track the unit out.")  # fmt: skip
_d("DATA_VALUE_INVALID", 409, zh="采集数据不符合采集项的要求。", en="Some values do not fit their collection items.",
   todo_zh="请修改标出的采集项：{names}。", todo_en="Correct: {names}.")  # fmt: skip
_d("TRACK_MISMATCH", 409, zh="{field} 为 {given}，但该过站记录是 {trackHas}。", en="{field} is {given}, but the track has {trackHas}.",
   todo_zh="请去掉多余的字段，或更正 trackId。", todo_en="Leave the field out, or correct the trackId.")  # fmt: skip
_d("TRACK_AMBIGUOUS", 409, zh="单件 {sn} 在工位 {stationCode} 有多个工步的过站记录（{stepNos}）。",
   en="Unit {sn} was at several steps of station {stationCode} ({stepNos}).",
   todo_zh="请给出 stepNo 或 runNo。", todo_en="Name the stepNo or the runNo.")  # fmt: skip
_d("DATA_SPEC_NOT_BOUND", 409, zh="采集项 {specName} 没有绑定到工步 {stepNo}。", en="Item {specName} is not bound to step {stepNo}.",
   todo_zh="请工艺在路线中绑定后重新编译，或更正上传的采集项。",
   todo_en="Have engineering bind it and compile the route, or correct what is sent.")  # fmt: skip
_d("DATA_UNIT_MISMATCH", 409, zh="采集项 {specName} 的单位是 {expected}，而不是 {unit}。", en="Item {specName} is in {expected}, not in {unit}.",
   todo_zh="请按采集项的单位换算后上传。", todo_en="Convert the value to the item's unit.")  # fmt: skip
_d("DATA_SPEC_METHOD_MISMATCH", 409, zh="这些采集项不由您录入：{names}。", en="These items are not yours to write: {names}.",
   todo_zh="请等待设备上传；设备故障请班组长打开人工录入。", todo_en="Wait for the machine, or ask the leader to allow manual entry.")  # fmt: skip
_d("REQUIRED_DATA_MISSING", 409, zh="缺少必填的采集数据：{names}。", en="Required data is missing: {names}.",
   todo_zh="请补录后再判定合格。", todo_en="Enter it, then pass the unit.")  # fmt: skip

# Holds

_d("UNIT_ALREADY_HELD", 409, zh="单件已隔离。", en="The unit is held already.",
   todo_zh="请查看隔离原因。", todo_en="See the reason of the hold.")  # fmt: skip
_d("UNIT_NOT_HELD", 409, zh="单件未隔离（{status}）。", en="The unit is not on hold ({status}).",
   todo_zh="无需解除。", todo_en="Nothing is to be released.")  # fmt: skip
_d("HOLD_BELONGS_TO_DEFECT", 409, zh="该隔离来自不良 {defectNo} 的处置。", en="This hold belongs to the disposition of defect {defectNo}.",
   todo_zh="请在不良页面解除。", todo_en="Release it at the defect.")  # fmt: skip
