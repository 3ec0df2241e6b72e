"""How trace says no (spec 07). Everything it refuses is declared in lower rooms but the shape of what is asked."""

from __future__ import annotations

from fiducial.kit.refusals import Refused, Said, bad_field, refusals


def unknown(path: str, value: str, known: tuple[str, ...]) -> Refused:
    """Give VALIDATION_ERROR for a word that is not one of the known ones."""
    names = ", ".join(known)
    return bad_field(path, Said(zh=f"{value[:100]!r}：必须是 {names} 之一", en=f"{value[:100]!r}: must be of {names}"))


refusals.declare(
    "TRACE_MATERIAL_LOT_INVALID", 422, zh="请给出物料编号和批号。", en="Name a material and a lot.",
    todo_zh="请扫描料盘条码，或填写两项。", todo_en="Scan the reel's barcode, or fill in both.",
)  # fmt: skip
refusals.declare(
    "TRACE_MATERIAL_LOT_NOT_FOUND", 404, zh="没有物料 {materialCode} 的批次 {lotNo}。", en="There is no lot {lotNo} of material {materialCode}.",
    todo_zh="请核对物料编号和批号。", todo_en="Check the material and the lot number.",
)  # fmt: skip
refusals.missing("CARRIER", zh="载具", en="Carrier")
refusals.declare(
    "TRACE_FORMAT_INVALID", 422, zh="不能导出为 {format}。", en="This cannot be taken away as {format}.",
    todo_zh="请选择其中之一：{known}。", todo_en="Choose one of: {known}.",
)  # fmt: skip
refusals.declare(
    "TRACE_EXPORT_TOO_LARGE", 409, zh="共 {rows} 行，超过一次可导出的 {most} 行。",
    en="There are {rows} rows, more than the {most} that one file takes.",
    todo_zh="请缩小筛选范围（时间、批次、状态）后再导出。", todo_en="Narrow the filter (time, run, state) and export again.",
)  # fmt: skip
