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
