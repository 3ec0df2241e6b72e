"""PREP_BAKE (烘烤): what must be baked before the run was baked long enough, not too long ago (spec 03.6, 10.4.1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from fiducial.forms.reading import bake_for_run
from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.loading.tables import records
from fiducial.loading.words import LOADED
from fiducial.readiness.causes import declare
from fiducial.readiness.checklist_state import Said, said_of
from fiducial.readiness.items import Case, Failed, Item, NotApplicable
from fiducial.readiness.worn import FAIL, fresh_or_stale, record_evidence

PROCESSES = ("PCB", "BGA", "IC", "CONNECTOR", "OTHER")


class PrepBakeGate:
    """One item for each thing that the pre-changeover list says is baked, key `PCB:P-1001`; PCBs unless a person says not."""

    type = "PREP_BAKE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the bake that qualifies: of the run, else of its product without a run, else of a lot loaded on the run."""
        said, items = said_of(tx, case.run.id), list[Item]()
        lots = self._loaded(tx, case)
        for process in PROCESSES:
            row, key = said.get(f"BAKE_{process}"), f"{process}:{case.product_code}"
            if row is not None and row.needed is False and case.settings["notNeededAllowed"]:
                items.append(NotApplicable(key=key, why="NOT_NEEDED", evidence=row.evidence()))
            elif process == "PCB" or (row is not None and row.needed is not None):
                items.append(self._judge(tx, case, process, asked=row, lots=lots))
        return items

    @staticmethod
    def _loaded(tx: Tx, case: Case) -> list[tuple[str, str]]:
        mine = select(records.c.material_code, records.c.lot_no).where(
            records.c.run_id == case.run.id, records.c.status == LOADED
        )
        return [(row.material_code, row.lot_no) for row in tx.all(mine)]

    @staticmethod
    def _judge(tx: Tx, case: Case, process: str, *, asked: Said | None, lots: Sequence[tuple[str, str]]) -> Item:
        key = f"{process}:{case.product_code}"
        hours = asked.number if asked is not None else None
        evidence = case.about | {"bakeProcess": process, "hoursAsked": hours}
        record = bake_for_run(tx, case.run, product_code=case.product_code, process=process, lots=lots)
        if record is None:
            return Failed(key=key, cause="BAKE_RECORD_MISSING", evidence=evidence)
        evidence |= record_evidence(record, run_id=case.run.id, at=record.out_at) | {
            "inAt": clock.to_wire(record.happened_at), "outAt": clock.to_wire(record.out_at),
            "actualHours": record.actual_hours, "itemCode": record.item_code, "lotNo": record.lot_no,
        }  # fmt: skip
        if record.out_at is None:
            return Failed(key=key, cause="BAKE_OPEN", fingerprint=(record.id,), evidence=evidence)
        if record.result == FAIL or (hours is not None and (record.actual_hours or 0) < hours):
            return Failed(key=key, cause="BAKE_RESULT_FAIL", fingerprint=(record.id,), evidence=evidence)
        return fresh_or_stale(case, key, record.out_at, evidence, record.id)


_PAGE = "/bake-records"
declare(
    "BAKE_RECORD_MISSING", zh="{bakeProcess}（{productCode}）没有烘烤记录。", en="There is no bake of {bakeProcess} for {productCode}.",
    todo_zh="请烘烤并录入；不需要烘烤时请在转拉前检查中标记。",
    todo_en="Bake it and record it; if none is needed, say so on the pre-changeover list.", page=_PAGE,
)  # fmt: skip
declare(
    "BAKE_OPEN", zh="烘烤 {recordNo} 尚未出炉。", en="Bake {recordNo} is still in the oven.",
    todo_zh="请出炉并扫描。", todo_en="Take it out, and scan it.", page=_PAGE,
)  # fmt: skip
declare(
    "BAKE_RESULT_FAIL", zh="烘烤 {recordNo} 不合格（{actualHours} 小时）。", en="Bake {recordNo} was judged not good ({actualHours} h).",
    todo_zh="请按要求重新烘烤。", todo_en="Bake it again as asked for.", page=_PAGE,
)  # fmt: skip
