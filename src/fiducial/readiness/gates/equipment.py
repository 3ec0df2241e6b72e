"""EQUIPMENT (设备就绪): every station that a step of the route may use has machines that are in order, as said not long ago (spec 03.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.plant.equipment import NORMAL, UNKNOWN, Machine, codes_of, machines_of
from fiducial.plant.lookup import StationRow, stations_of_line
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, NotApplicable, Passed
from fiducial.readiness.papers import inspection_since
from fiducial.readiness.worn import FAIL
from fiducial.routing.fit import fits
from fiducial.tooling.reading import EQUIPMENT, out_of_use

INSPECTED = {"SPI", "AOI"}  # kinds of step whose machines are inspected every day


class EquipmentGate:
    """One item for each active station of the line that fits a step, key station code."""

    type = "EQUIPMENT"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the machines of the stations."""
        stations = [
            station
            for station in stations_of_line(tx, case.line.id)
            if any(fits(step, station) for step in case.route.steps)
        ]
        if not stations:
            version = {"routingCode": case.route.route_code, "versionNo": case.route.version_no}
            evidence = case.about | version
            return [
                Failed(
                    key=case.line.code, cause="EQUIPMENT_NO_STATION", fingerprint=(case.route.id,), evidence=evidence
                )
            ]
        return [self._station(tx, case, station) for station in stations]

    def _station(self, tx: Tx, case: Case, station: StationRow) -> Item:
        evidence = case.about | {"stationCode": station.code}
        machines = machines_of(tx, station)
        missing = [code for code in station.equipment_codes if code not in {machine.code for machine in machines}]
        if not machines and not missing and station.is_manual_bench:
            return NotApplicable(key=station.code, why="MANUAL_BENCH", evidence=evidence)
        silent = [machine.code for machine in machines if machine.state.record is None]
        if not machines or missing or silent:
            unknown = missing or silent or [station.code]
            said = evidence | {"equipmentCodes": unknown, "equipment": ", ".join(unknown)}
            return Failed(key=station.code, cause="EQUIPMENT_UNKNOWN", evidence=said)
        evidence["machines"] = [{"equipmentCode": m.code, "status": m.state.status} for m in machines]
        return (
            self._not_normal(station, machines, evidence)
            or self._in_maintenance(tx, station, machines, evidence)
            or self._inspected(tx, case, station, self._fresh(case, station, machines, evidence))
        )

    @staticmethod
    def _not_normal(station: StationRow, machines: Sequence[Machine], evidence: dict[str, Any]) -> Failed | None:
        for machine in machines:
            status = machine.state.status or UNKNOWN
            if status != NORMAL:
                said = evidence | machine.state.evidence() | {"equipmentCode": machine.code, "status": status}
                return Failed(
                    key=station.code, cause="EQUIPMENT_NOT_NORMAL", fingerprint=(machine.code, status), evidence=said
                )  # fmt: skip
        return None

    @staticmethod
    def _in_maintenance(
        tx: Tx, station: StationRow, machines: Sequence[Machine], evidence: dict[str, Any]
    ) -> Failed | None:
        for machine in machines:
            task, record = machine.urgent_task(), out_of_use(tx, EQUIPMENT, machine.code)
            if task is None and record is None:
                continue
            name = record.record_no if task is None and record is not None else task.task_no if task is not None else ""
            said = evidence | machine.state.evidence() | {"equipmentCode": machine.code, "task": name}
            return Failed(
                key=station.code, cause="EQUIPMENT_IN_MAINTENANCE", fingerprint=(machine.code, name), evidence=said
            )
        return None

    def _fresh(self, case: Case, station: StationRow, machines: Sequence[Machine], evidence: dict[str, Any]) -> Item:
        ends = [(_ends(case, machine), machine) for machine in machines]
        until, oldest = min(ends, key=lambda pair: pair[0])
        said = evidence | oldest.state.evidence() | {"equipmentCode": oldest.code, "expiresAt": clock.to_wire(until)}
        if any(machine.state.record is not None and machine.state.record.source == "MANUAL" for machine in machines):
            said["source"] = "MANUAL"
        if until <= case.now:
            record = oldest.state.record
            known = (oldest.code, record.id if record is not None else None)
            return Failed(key=station.code, cause="EQUIPMENT_STATUS_STALE", fingerprint=known, evidence=said)
        return Passed(key=station.code, evidence=said, until=until)

    @staticmethod
    def _inspected(tx: Tx, case: Case, station: StationRow, so_far: Item) -> Item:
        """Judge, where the line asks for it, the inspection of the plant's day at a station for SPI or AOI."""
        kinds = {step.process_kind for step in case.route.steps if fits(step, station)}
        if not case.settings["requireDailyInspection"] or not kinds & INSPECTED or not isinstance(so_far, Passed):
            return so_far
        day = clock.plant_day(case.now, tx.store.zone)
        record = inspection_since(tx, codes_of(station), clock.day_start(day, tx.store.zone))
        said = {**so_far.evidence, "day": day.isoformat()}
        if record is None:
            return Failed(
                key=station.code, cause="EQUIPMENT_INSPECTION_MISSING", fingerprint=(day.isoformat(),), evidence=said
            )
        said |= {"inspectionNo": record.record_no, "inspectionAt": clock.to_wire(record.happened_at)}
        if record.result == FAIL:
            said |= {"actorId": ids.wire_or_none(record.recorded_by), "actorName": record.recorded_by_name}
            return Failed(
                key=station.code, cause="EQUIPMENT_INSPECTION_FAILED", fingerprint=(record.id,), evidence=said
            )
        ends = clock.day_start(day + timedelta(days=1), tx.store.zone)
        return Passed(key=so_far.key, evidence=said, until=min(ends, so_far.until or ends))


def _ends(case: Case, machine: Machine) -> int:
    record = machine.state.record
    if record is None:
        return case.age_ends(machine.state.confirmed_at or 0)
    return case.age_ends(machine.state.confirmed_at or 0, manual=record.source == "MANUAL", made=record.id)


declare(
    "EQUIPMENT_NO_STATION", zh="产线 {lineCode} 没有工位适合路线 {routingCode} 的任何工序。",
    en="No station of line {lineCode} fits any step of routing {routingCode}.",
    todo_zh="请在产线页面启用工位。", todo_en="Switch the stations on, on the line's page.", page="/lines/{lineCode}",
)  # fmt: skip
declare(
    "EQUIPMENT_UNKNOWN", zh="工位 {stationCode} 的设备 {equipment} 没有状态记录。",
    en="Nothing is known of the equipment {equipment} of station {stationCode}.",
    todo_zh="请检查 TPM 的连接，或人工录入设备状态；人工台请在工位上标明。",
    todo_en="Look after the link to TPM, or enter the state by hand; if it is a bench without machine, mark the station so.",
    page="/integration/manual-entry",
)  # fmt: skip
declare(
    "EQUIPMENT_NOT_NORMAL", zh="工位 {stationCode} 的设备 {equipmentCode} 状态为 {status}。",
    en="Equipment {equipmentCode} of station {stationCode} is {status}.",
    todo_zh="请修复设备；人工录入的异常须由人员重新录入“正常”。",
    todo_en="Have it repaired; what a person entered as not normal only a person enters as normal again.", page="/integration/manual-entry",
)  # fmt: skip
declare(
    "EQUIPMENT_IN_MAINTENANCE", zh="工位 {stationCode} 的设备 {equipmentCode} 正在维修或待修（{task}）。",
    en="Equipment {equipmentCode} of station {stationCode} is in maintenance or waits for repair ({task}).",
    todo_zh="请完成维修并由质量验证。", todo_en="Finish the repair and have it verified.", page="/maintenance",
)  # fmt: skip
declare(
    "EQUIPMENT_STATUS_STALE", zh="工位 {stationCode} 的设备 {equipmentCode} 状态已过期（{evidenceAt}）。",
    en="What is known of equipment {equipmentCode} of station {stationCode} is too old ({evidenceAt}).",
    todo_zh="请检查 TPM 的连接，或人工录入当前状态。", todo_en="Look after the link to TPM, or enter the present state by hand.",
    page="/integration/manual-entry",
)  # fmt: skip
declare(
    "EQUIPMENT_INSPECTION_MISSING", zh="工位 {stationCode} 今天（{day}）没有开机点检记录。",
    en="The machine of station {stationCode} was not inspected today ({day}).",
    todo_zh="请点检并录入。", todo_en="Inspect it and record it.", page="/equipment-inspection-records",
)  # fmt: skip
declare(
    "EQUIPMENT_INSPECTION_FAILED", zh="工位 {stationCode} 的开机点检 {inspectionNo} 不符合。",
    en="The inspection {inspectionNo} of the machine of station {stationCode} failed.",
    todo_zh="请修复并重新点检。", todo_en="Have it repaired, and inspect it again.", page="/equipment-inspection-records",
)  # fmt: skip
