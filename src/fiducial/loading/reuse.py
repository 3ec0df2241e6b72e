"""What a rework run that reuses its parent's preparation takes over of reels (spec 02.10 step 4): where the slot still holds the lot."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from fiducial.kit.tx import Tx
from fiducial.loading.actions.table_load import write_table
from fiducial.loading.choosing import choose, key_of
from fiducial.loading.tables import expectations, loaded_tables, records, slots
from fiducial.loading.words import LOADED, RUN_ENDED, UNLOADED

GOOD = ("PASS", "WARNING")


class TakeReels:
    """Loads the table of the rework run and takes the reels along that are still on their slots."""

    def take_over(self, tx: Tx, parent: Any, run: Any) -> None:
        """Copy what still holds; a table that is no longer whole, or a reel that was taken off, is left for a person."""
        if tx.first(select(loaded_tables.c.run_id).where(loaded_tables.c.run_id == parent.id)) is None:
            return
        choice = choose(tx, key_of(tx, run))
        if choice.missing or choice.no_primary or not choice.expected:
            return
        write_table(tx, run, choice)
        wanted = {one.slot.id: (one.material_code, *one.alternates) for one in choice.expected}
        still_there = (
            select(records).join(slots, slots.c.current_record_id == records.c.id)
            .where(
                records.c.run_id == parent.id, slots.c.id.in_(list(wanted)), slots.c.is_locked.is_(False),
                records.c.verify_result.in_(GOOD), records.c.status.in_((LOADED, UNLOADED)),
            )
            .order_by(slots.c.id).with_for_update()
        )  # fmt: skip
        for reel in tx.all(still_there):
            gone = reel.status == UNLOADED and reel.unload_reason != RUN_ENDED
            if not gone and reel.material_code in wanted[reel.slot_id]:
                self._take(tx, reel, run)

    @staticmethod
    def _take(tx: Tx, reel: Any, run: Any) -> None:
        if reel.status == LOADED:
            ended = {"status": UNLOADED, "unloaded_at": tx.now, "unload_reason": RUN_ENDED}
            tx.run(update(records).where(records.c.id == reel.id).values(ended))
        key = tx.new_id()
        fresh = {
            "id": key, "run_id": run.id, "status": LOADED, "loaded_at": tx.now, "unloaded_at": None, "unloaded_by": None,
            "unloaded_by_name": None, "unload_reason": None, "replaced_record_id": None, "first_unit_id": None, "low_at": None,
        }  # fmt: skip
        tx.run(insert(records).values({**reel._mapping, **fresh}))
        tx.run(update(slots).where(slots.c.id == reel.slot_id).values(current_record_id=key))
        mine = (expectations.c.run_id == run.id, expectations.c.slot_id == reel.slot_id)
        tx.run(update(expectations).where(*mine).values(status=LOADED, record_id=key))
