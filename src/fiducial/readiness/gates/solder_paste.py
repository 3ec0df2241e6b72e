"""SOLDER_PASTE (锡膏合规): a jar is bound to the line, has not expired, and somebody said not long ago that it complies (spec 03.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, Passed
from fiducial.readiness.printing import bound_evidence, does_not_print, not_bound
from fiducial.tooling.reading import COMPLIANT, EXPIRED, bound_paste, paste_expires_at, paste_state


class SolderPasteGate:
    """One item, key lot; none bound: key line."""

    type = "SOLDER_PASTE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the jar that is bound to the line now."""
        if skipped := does_not_print(case):
            return skipped
        lot = bound_paste(tx, case.line.id)
        return [not_bound(case, "PASTE_NOT_BOUND") if lot is None else self._judge(tx, case, lot)]

    @staticmethod
    def _judge(tx: Tx, case: Case, lot: Any) -> Item:
        state, expiry = paste_state(tx, lot), paste_expires_at(tx, lot)
        record = state.record
        evidence = case.about | {
            "lotId": lot.code,
            **bound_evidence(lot),
            **state.evidence(),
            "pasteExpiresAt": clock.to_wire(expiry),
        }
        if state.status == EXPIRED or (expiry is not None and expiry <= case.now):
            return Failed(key=lot.code, cause="PASTE_EXPIRED", fingerprint=(lot.code,), evidence=evidence)
        if record is None:
            return Failed(key=lot.code, cause="PASTE_STATUS_MISSING", fingerprint=(lot.code,), evidence=evidence)
        if state.status != COMPLIANT:
            standing = state.blocked_by or record
            said = evidence | {"status": state.status}
            return Failed(key=lot.code, cause="PASTE_NOT_COMPLIANT", fingerprint=(lot.code, standing.id), evidence=said)
        fresh = case.age_ends(state.confirmed_at or 0, manual=record.source == "MANUAL", made=record.id)
        until = min(fresh, expiry) if expiry is not None else fresh
        evidence["expiresAt"] = clock.to_wire(until)
        if fresh <= case.now:
            return Failed(key=lot.code, cause="PASTE_STATUS_STALE", fingerprint=(record.id,), evidence=evidence)
        return Passed(key=lot.code, evidence=evidence, until=until)


declare(
    "PASTE_EXPIRED", zh="锡膏 {lotId} 已过期。", en="Solder paste {lotId} has expired.",
    todo_zh="请更换锡膏并重新绑定。", todo_en="Take another jar and bind it.", page="/lines/{lineCode}",
)  # fmt: skip
declare(
    "PASTE_STATUS_MISSING", zh="锡膏 {lotId} 没有状态记录。", en="Nothing is known of the state of solder paste {lotId}.",
    todo_zh="请检查锡膏系统的连接，或人工录入状态。", todo_en="Look after the link to the paste system, or enter the state by hand.",
    page="/integration/manual-entry",
)  # fmt: skip
declare(
    "PASTE_NOT_COMPLIANT", zh="锡膏 {lotId} 不合规（{status}）。", en="Solder paste {lotId} does not comply ({status}).",
    todo_zh="请更换锡膏；人工录入的“不合规”须由人员重新录入“合规”。",
    todo_en="Take another jar; what a person called not compliant only a person calls compliant again.", page="/integration/manual-entry",
)  # fmt: skip
declare(
    "PASTE_STATUS_STALE", zh="锡膏 {lotId} 的状态已过期（{evidenceAt}）。", en="What is known of solder paste {lotId} is too old ({evidenceAt}).",
    todo_zh="请检查锡膏系统的连接，或人工录入当前状态。", todo_en="Look after the link to the paste system, or enter the present state by hand.",
    page="/integration/manual-entry",
)  # fmt: skip
