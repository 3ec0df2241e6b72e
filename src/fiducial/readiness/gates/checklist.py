"""CHECKLIST (转拉前检查确认): the pre-changeover list is confirmed after its last change, and no row is NG (spec 03.6, 03.10)."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.checklist_rows import PERSON, template
from fiducial.readiness.checklist_state import Said, said_of, standing_confirmation
from fiducial.readiness.config import config_of
from fiducial.readiness.items import Case, Failed, Item, Passed


class ChecklistGate:
    """One item, key run number. Rows that gates answer fail at those gates; here the rows count that people answer."""

    type = "CHECKLIST"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the confirmation that stands."""
        key, confirmed = case.run.run_no, standing_confirmation(tx, case.run.id)
        if confirmed is None:
            return [Failed(key=key, cause="CHECKLIST_NOT_CONFIRMED", evidence=case.about)]
        until = case.age_ends(confirmed.confirmed_at)
        evidence = case.about | {
            "recordId": ids.to_wire(confirmed.id), "actorId": ids.to_wire(confirmed.confirmed_by), "actorName": confirmed.confirmed_by_name,
            "evidenceAt": clock.to_wire(confirmed.confirmed_at), "expiresAt": clock.to_wire(until),
        }  # fmt: skip
        if until <= case.now:
            return [Failed(key=key, cause="CHECKLIST_NOT_CONFIRMED", evidence=evidence)]
        enabled, said = config_of(tx, case.line.id, case.line.process_type).enabled, said_of(tx, case.run.id)
        rows = [row for row in template(case.line.process_type) if row.by(enabled) == PERSON]
        # A gate that was switched off after the confirmation leaves its rows to people, and nobody has answered them.
        if open_rows := [row.key for row in rows if not _is_answered(said.get(row.key))]:
            names = {"rows": open_rows, "rowKeys": ", ".join(open_rows)}
            return [Failed(key=key, cause="CHECKLIST_NOT_CONFIRMED", fingerprint=open_rows, evidence=evidence | names)]
        bad = [
            row.key for row in rows if said[row.key].result == "NG" and said[row.key].needed is not False
        ]  # fmt: skip
        if bad:
            first = said[bad[0]]
            who = {"rows": bad, "rowKeys": ", ".join(bad), "actorId": ids.to_wire(first.by), "actorName": first.by_name}
            return [Failed(key=key, cause="CHECKLIST_NG", fingerprint=bad, evidence=evidence | who)]
        return [Passed(key=key, evidence=evidence, until=until)]


def _is_answered(said: Said | None) -> bool:
    return said is not None and (said.needed is False or said.result is not None)


declare(
    "CHECKLIST_NOT_CONFIRMED", zh="批次 {runNo} 的转拉前检查表未确认，或确认已过期。",
    en="The pre-changeover list of run {runNo} is not confirmed, or that was too long ago.",
    todo_zh="请在批次页面的“转拉前检查”中完成各行并确认。", todo_en="Answer every row on the run's page and confirm the list.",
    page="/runs/{runNo}?tab=checklist",
)  # fmt: skip
declare(
    "CHECKLIST_NG", zh="转拉前检查表中有不合格项：{rowKeys}。", en="Rows of the pre-changeover list are not good: {rowKeys}.",
    todo_zh="请处理后重新填写该行并确认。", todo_en="Mend them, answer those rows anew and confirm the list.", page="/runs/{runNo}?tab=checklist",
)  # fmt: skip
