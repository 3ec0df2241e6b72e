"""PREP_PASTE (锡膏准备): the jar on the line was thawed, stirred and issued for it (spec 03.6, 10.4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.forms.reading import jar_of
from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item
from fiducial.readiness.printing import does_not_print, not_bound
from fiducial.readiness.worn import fresh_or_stale, record_evidence
from fiducial.tooling.reading import bound_paste, paste_expires_at

TIMES = ("received_at", "thaw_started_at", "thawed_at", "stir_started_at", "stirred_at", "issued_at", "returned_at")
NOT_YET = {
    "RECEIVE": "PASTE_THAW_INCOMPLETE", "THAW_START": "PASTE_THAW_INCOMPLETE", "THAW_END": "PASTE_STIR_INCOMPLETE",
    "STIR_START": "PASTE_STIR_INCOMPLETE", "STIR_END": "PASTE_NOT_ISSUED", "RETURN": "PASTE_RETURNED", "SCRAP": "PASTE_NOT_ISSUED",
}  # fmt: skip


class PrepPasteGate:
    """One item, key lot; none bound: key line."""

    type = "PREP_PASTE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the record of the jar that is bound to the line now."""
        if skipped := does_not_print(case):
            return skipped
        lot = bound_paste(tx, case.line.id)
        return [not_bound(case, "PASTE_NOT_BOUND") if lot is None else self._judge(tx, case, lot)]

    def _judge(self, tx: Tx, case: Case, lot: Any) -> Item:
        jar, evidence = jar_of(tx, lot.code), case.about | {"lotId": lot.code}
        if jar is None:
            return Failed(key=lot.code, cause="PASTE_USAGE_MISSING", fingerprint=(lot.code,), evidence=evidence)
        expiry = min(filter(None, (jar.expires_at, paste_expires_at(tx, lot))), default=None)
        times = {_wire(name): clock.to_wire(getattr(jar, name)) for name in TIMES}
        evidence |= record_evidence(jar, run_id=case.run.id, at=jar.issued_at) | times
        evidence |= {
            "step": jar.step, "thawMinutes": jar.thaw_minutes, "stirMinutes": jar.stir_minutes, "pasteExpiresAt": clock.to_wire(expiry),
        }  # fmt: skip
        cause = self._cause(case, jar, expiry)
        if cause is not None:
            return Failed(key=lot.code, cause=cause, fingerprint=(lot.code, jar.id), evidence=evidence)
        return fresh_or_stale(case, lot.code, jar.issued_at, evidence, jar.id, until=expiry)

    @staticmethod
    def _cause(case: Case, jar: Any, expiry: int | None) -> str | None:
        if jar.step in NOT_YET:
            return NOT_YET[jar.step]
        if jar.thawed_at is None:
            return "PASTE_THAW_INCOMPLETE"
        if jar.stirred_at is None:
            return "PASTE_STIR_INCOMPLETE"
        here = jar.run_id == case.run.id or (jar.run_id is None and jar.line_id == case.line.id)
        if jar.issued_at is None or not here:
            return "PASTE_NOT_ISSUED"
        return "PASTE_EXPIRED" if expiry is not None and expiry <= case.now else None


def _wire(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


_PAGE = "/solder-paste-usage-records"
declare(
    "PASTE_USAGE_MISSING", zh="锡膏 {lotId} 没有使用记录。", en="There is no usage record of the jar {lotId}.",
    todo_zh="请在锡膏使用记录页面扫描该瓶。", todo_en="Scan the jar on the page of paste usage.", page=_PAGE,
)  # fmt: skip
declare(
    "PASTE_NOT_ISSUED", zh="锡膏 {lotId} 未领用到本批次或本产线（当前步骤 {step}）。",
    en="The jar {lotId} is not issued to this run or line (it stands at {step}).",
    todo_zh="请扫描该瓶并领用到本产线。", todo_en="Scan the jar and issue it to this line.", page=_PAGE,
)  # fmt: skip
declare(
    "PASTE_THAW_INCOMPLETE", zh="锡膏 {lotId} 回温未完成。", en="The jar {lotId} is not thawed yet.",
    todo_zh="请等待回温完成并扫描。", todo_en="Wait until it is thawed, and scan it.", page=_PAGE,
)  # fmt: skip
declare(
    "PASTE_STIR_INCOMPLETE", zh="锡膏 {lotId} 搅拌未完成。", en="The jar {lotId} is not stirred yet.",
    todo_zh="请搅拌并扫描。", todo_en="Stir it, and scan it.", page=_PAGE,
)  # fmt: skip
declare(
    "PASTE_RETURNED", zh="锡膏 {lotId} 已回冰箱。", en="The jar {lotId} went back to the cold store.",
    todo_zh="请重新回温、搅拌并领用，或更换锡膏。", todo_en="Thaw, stir and issue it again, or take another jar.", page=_PAGE,
)  # fmt: skip
