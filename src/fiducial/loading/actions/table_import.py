"""The import of a station table (spec 04.3): all of a file or nothing of it. The file was read before; this writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update
from typing_extensions import TypedDict

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading.actions.mappings import held_head, table_name
from fiducial.loading.answers import StationTable
from fiducial.loading.queries.slots import key_rows, slot_ids, table_by_id
from fiducial.loading.shapes import ImportTable
from fiducial.loading.table_file import Row, TableFile
from fiducial.loading.tables import ANY, mappings, slots, station_tables
from fiducial.loading.words import Warned, announce_line, warning
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import bom_items, materials
from fiducial.routing.choose import the_route


class ImportedTable(TypedDict):
    """What an import did, or would do."""

    dryRun: bool
    head: StationTable | None
    created: int
    updated: int
    removed: int
    unchanged: int
    slotsCreated: int
    rows: int
    warnings: list[Warned]


@action("loading:config", audit="STATION_TABLE_IMPORT", entity="LINE", key="body.line_code")
def import_table(tx: Tx, body: ImportTable, file: TableFile, name: str, digest: str) -> ImportedTable:
    """Write the rows of a file as the mappings of one key. Refuses LINE_NOT_FOUND, ROUTE_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR.

    The key's head is held, so of two imports at once the second finds what the first has made.
    """
    line = the_line(tx, body.line_code)
    must_reach_line(tx, line.id, "loading:config")
    if body.routing_code is not None:
        the_route(tx, body.routing_code)
    product, routing = body.product_code or ANY, body.routing_code or ANY
    head = None if body.dry_run else held_head(tx, line.id, product, routing)
    there = dict(slot_ids(tx, line.id))
    unknown = list(dict.fromkeys(row.slot_code for row in file.rows if row.slot_code not in there))
    faults = list(file.faults)
    if unknown and not body.create_slots:
        faults += [
            {"path": f"rows[{row.number}].slotCode", "reason": "SLOT_NOT_FOUND", "value": row.slot_code}
            for row in file.rows if row.slot_code in set(unknown)
        ]  # fmt: skip
    if faults:
        raise Refused("VALIDATION_ERROR", fields=faults[:200])
    counts = {"created": 0, "updated": 0, "removed": 0, "unchanged": 0}
    present = {(row.slot_code, row.material_code): row for row in key_rows(tx, line.id, product, routing)}
    if not body.dry_run:
        _make_slots(tx, line.id, file.rows, unknown, there)
    wanted = {(row.slot_code, row.material_code): row for row in file.rows}
    gone = [row.id for key, row in present.items() if key not in wanted] if body.mode == "REPLACE" else []
    counts["removed"] = len(gone)
    changes = [(present.get(key), row) for key, row in wanted.items()]
    if not body.dry_run:
        _remove(tx, gone)
        # What becomes an alternate does so first: a slot has one primary at every moment.
        changes.sort(key=lambda pair: not pair[1].is_alternate)
    new: list[dict[str, Any]] = []
    for old, row in changes:
        counts[
            _save(tx, there.get(row.slot_code), old, row, (product, routing), new=None if body.dry_run else new)
        ] += 1
    if new:  # together: row by row, two thousand of them would hold up every scan
        keys = tx.new_ids(len(new))
        tx.run(insert(mappings), [{"id": key, **values} for key, values in zip(keys, new, strict=True)])
    warned = _warnings(tx, file, product)
    shown = None
    if head is not None:
        shown = _keep_head(
            tx,
            head,
            body,
            file,
            name=name,
            digest=digest,
            changed=any(counts[one] for one in ("created", "updated", "removed")),
        )
        tx.record(table_name(shown), key=head.id, line=line.code, file=name, digest=digest, counts=counts)
        announce_line(tx, line.id)
    else:
        tx.record(
            f"{line.code} {product or '*'} {routing or '*'}", line=line.code, file=name, digest=digest, dryRun=True
        )
    return {
        "dryRun": body.dry_run, "head": shown, "created": counts["created"], "updated": counts["updated"], "removed": counts["removed"],
        "unchanged": counts["unchanged"], "slotsCreated": len(unknown), "rows": len(file.rows), "warnings": warned,
    }  # fmt: skip


def _make_slots(tx: Tx, line_id: int, rows: list[Row], unknown: list[str], there: dict[str, int]) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.slot_code, row)
    places = {code: place for place, code in enumerate(unknown, len(there) + 1)}
    for code in sorted(unknown):  # two files that name new slots in different orders make them in one
        row = first[code]
        key = tx.new_id()
        tx.insert_once(
            slots, id=key, line_id=line_id, slot_code=code, slot_name=row.slot_name, machine_no=row.machine_no,
            position=row.position if row.position is not None else places[code], is_active=True, is_locked=False, failed_attempts=0,
            created_at=tx.now, updated_at=tx.now,
        )  # fmt: skip
        there[code] = int(tx.scalar(select(slots.c.id).where(slots.c.line_id == line_id, slots.c.slot_code == code)))


def _remove(tx: Tx, gone: list[int]) -> None:
    for start in range(0, len(gone), 500):
        tx.run(delete(mappings).where(mappings.c.id.in_(gone[start : start + 500])))


def _save(
    tx: Tx, slot_id: int | None, old: Any, row: Row, key: tuple[str, str], *, new: list[dict[str, Any]] | None
) -> str:
    """Settle one row of the file: give what becomes of it; `new` takes the rows to be made, None where nothing is written."""
    values: dict[str, Any] = {
        "is_alternate": row.is_alternate, "priority": row.priority, "unit_consumption": row.unit_consumption,
        "is_common_material": row.is_common, "ref_des": list(row.ref_des),
    }  # fmt: skip
    if old is None:
        if new is not None:
            of_key = {
                "slot_id": slot_id,
                "product_code": key[0],
                "routing_code": key[1],
                "material_code": row.material_code,
            }
            new.append({**of_key, **values, "created_at": tx.now, "updated_at": tx.now})
        return "created"
    if all(getattr(old, name) == value for name, value in values.items()):
        return "unchanged"
    if new is not None:
        tx.run(
            update(mappings).where(mappings.c.id == old.id).values(**values, updated_at=max(tx.now, old.updated_at + 1))
        )
    return "updated"


def _keep_head(
    tx: Tx, head: Any, body: ImportTable, file: TableFile, *, name: str, digest: str, changed: bool
) -> StationTable:
    tx.run(
        update(station_tables).where(station_tables.c.id == head.id)
        .values(
            unlisted_slots=body.unlisted_slots, program_name=file.program or head.program_name, file_name=name, file_hash=digest,
            imported_by=tx.actor.id, imported_by_name=tx.actor.name, imported_at=tx.now,
            revision=head.revision + changed, updated_at=max(tx.now, head.updated_at + 1),
        )
    )  # fmt: skip
    return table_by_id(tx, head.id)


def _warnings(tx: Tx, file: TableFile, product: str) -> list[Warned]:
    used = {row.material_code for row in file.rows}
    known: set[str] = set()
    codes = sorted(used)
    for start in range(0, len(codes), 500):
        known.update(
            row.code for row in tx.all(select(materials.c.code).where(materials.c.code.in_(codes[start : start + 500])))
        )
    warned = [warning(tx, "MATERIAL_UNKNOWN", materialCode=code) for code in sorted(used - known)]
    bom = (
        {row.child_code for row in tx.all(select(bom_items.c.child_code).where(bom_items.c.parent_code == product))}
        if product
        else set()
    )
    if bom:
        warned += [
            warning(tx, "MATERIAL_NOT_IN_BOM", materialCode=code, productCode=product)
            for code in sorted((used & known) - bom)
        ]
        warned += [warning(tx, "BOM_PART_WITHOUT_SLOT", materialCode=code) for code in sorted(bom - used)]
    return warned
