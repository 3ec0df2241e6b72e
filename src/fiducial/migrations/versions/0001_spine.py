"""The tables of the spine: people, plant, routing, orders, execution, quality, readiness, the audit book and the kit's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fiducial.kit.audit import append_only_ddl
from fiducial.kit.columns import Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDED = ("audit_context", "audit_entry", "audit_archive", "audit_archive_lane", "signature")
VIEWS = {
    "report_bake": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.item_code AS '
            '"itemCode", r.material_code AS "materialCode", r.lot_no AS "lotNo", r.bake_process AS "bakeProcess", r.bake_qty AS '
            '"bakeQty", r.qty_text AS "qtyText", r.oven_code AS "ovenCode", r.bake_temperature AS "bakeTemperature", '
            'r.duration_hours_min AS "durationHoursMin", r.duration_hours_max AS "durationHoursMax", to_timestamp(r.out_at / 1000.0) '
            'AS "outAt", r.out_by AS "outBy", r.out_by_name AS "outByName", r.actual_hours AS "actualHours", r.msl_level AS '
            '"mslLevel" FROM form_bake r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id '
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.item_code AS "itemCode", r.material_code AS "materialCode", r.lot_no AS "lotNo", r.bake_process AS "bakeProcess", '
            'r.bake_qty AS "bakeQty", r.qty_text AS "qtyText", r.oven_code AS "ovenCode", r.bake_temperature AS "bakeTemperature", '
            'r.duration_hours_min AS "durationHoursMin", r.duration_hours_max AS "durationHoursMax", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            'r.out_at / 1000.0, \'unixepoch\') AS "outAt", r.out_by AS "outBy", r.out_by_name AS "outByName", r.actual_hours AS '
            '"actualHours", r.msl_level AS "mslLevel" FROM form_bake r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = '
            "r.run_id "
        ),
    },
    "report_cold_storage": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.storage_code AS '
            '"storageCode", r.temperature AS "temperature", r.period AS "period", r.instrument AS "instrument" FROM form_cold_storage '
            "r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.storage_code AS "storageCode", r.temperature AS "temperature", r.period AS "period", r.instrument AS "instrument" FROM '
            "form_cold_storage r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_daily_qc": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.customer AS '
            '"customer", r.station AS "station", r.assembly_number AS "assemblyNumber", r.job_no AS "jobNo", r.job_qty AS "jobQty", '
            'r.total_parts AS "totalParts", r.shift_code AS "shiftCode", r.time_window AS "timeWindow", r.inspected_qty AS '
            '"inspectedQty", r.inspected_qty_prefill AS "inspectedQtyPrefill", r.defect_summary AS "defectSummary", '
            'r.defect_board_qty AS "defectBoardQty", r.defect_board_qty_prefill AS "defectBoardQtyPrefill", r.defect_qty AS '
            '"defectQty", r.defect_qty_prefill AS "defectQtyPrefill", r.defect_board_rate AS "defectBoardRate", r.defect_rate AS '
            '"defectRate", r.yellow_card_no AS "yellowCardNo", r.corrective_action AS "correctiveAction" FROM form_daily_qc r LEFT '
            "JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.customer AS "customer", r.station AS "station", r.assembly_number AS "assemblyNumber", r.job_no AS "jobNo", r.job_qty '
            'AS "jobQty", r.total_parts AS "totalParts", r.shift_code AS "shiftCode", r.time_window AS "timeWindow", r.inspected_qty '
            'AS "inspectedQty", r.inspected_qty_prefill AS "inspectedQtyPrefill", r.defect_summary AS "defectSummary", '
            'r.defect_board_qty AS "defectBoardQty", r.defect_board_qty_prefill AS "defectBoardQtyPrefill", r.defect_qty AS '
            '"defectQty", r.defect_qty_prefill AS "defectQtyPrefill", r.defect_board_rate AS "defectBoardRate", r.defect_rate AS '
            '"defectRate", r.yellow_card_no AS "yellowCardNo", r.corrective_action AS "correctiveAction" FROM form_daily_qc r LEFT '
            "JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_equipment_inspection": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.equipment_type '
            'AS "equipmentType", r.equipment_code AS "equipmentCode", r.machine_name AS "machineName", r.sample_model AS '
            '"sampleModel", r.version AS "version", r.program_name AS "programName", r.exception_id AS "exceptionId", r.exception_no '
            'AS "exceptionNo" FROM form_equipment_inspection r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = '
            "r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.equipment_type AS "equipmentType", r.equipment_code AS "equipmentCode", r.machine_name AS "machineName", '
            'r.sample_model AS "sampleModel", r.version AS "version", r.program_name AS "programName", r.exception_id AS '
            '"exceptionId", r.exception_no AS "exceptionNo" FROM form_equipment_inspection r LEFT JOIN line l ON l.id = r.line_id '
            "LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_fixture": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.fixture_id AS '
            '"fixtureId", r.usage_count AS "usageCount", r.total_usage_count AS "totalUsageCount", r.life_limit AS "lifeLimit", '
            'r.life_percent AS "lifePercent", r.life_no AS "lifeNo", r.maintenance AS "maintenance" FROM form_fixture r LEFT JOIN '
            "line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.fixture_id AS "fixtureId", r.usage_count AS "usageCount", r.total_usage_count AS "totalUsageCount", r.life_limit AS '
            '"lifeLimit", r.life_percent AS "lifePercent", r.life_no AS "lifeNo", r.maintenance AS "maintenance" FROM form_fixture r '
            "LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_oven_program": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.equipment_id AS '
            '"equipmentId", r.product_name AS "productName", r.program_name AS "programName", r.peak_temp AS "peakTemp", '
            'r.chain_speed AS "chainSpeed", r.zone_temps AS "zoneTemps", r.expected_program AS "expectedProgram", r.is_matched AS '
            '"isMatched" FROM form_oven_program r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id '
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.equipment_id AS "equipmentId", r.product_name AS "productName", r.program_name AS "programName", r.peak_temp AS '
            '"peakTemp", r.chain_speed AS "chainSpeed", r.zone_temps AS "zoneTemps", r.expected_program AS "expectedProgram", '
            'r.is_matched AS "isMatched" FROM form_oven_program r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = '
            "r.run_id "
        ),
    },
    "report_production_exception": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.category AS '
            '"category", r.description AS "description", r.job_no AS "jobNo", r.assembly_number AS "assemblyNumber", r.revision AS '
            '"revision", r.customer AS "customer", r.line_no AS "lineNo", to_timestamp(r.ship_date / 1000.0) AS "shipDate", r.qty AS '
            '"qty", r.downtime_minutes AS "downtimeMinutes", r.downtime_range AS "downtimeRange", r.impact AS "impact", r.lot_no AS '
            '"lotNo", r.equipment_code AS "equipmentCode", r.cause_source AS "source", r.cause_id AS "sourceId", r.corrective_action '
            'AS "correctiveAction", r.disposition AS "disposition" FROM form_production_exception r LEFT JOIN line l ON l.id = '
            "r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.category AS "category", r.description AS "description", r.job_no AS "jobNo", r.assembly_number AS "assemblyNumber", '
            'r.revision AS "revision", r.customer AS "customer", r.line_no AS "lineNo", strftime(\'%Y-%m-%dT%H:%M:%fZ\', r.ship_date / '
            '1000.0, \'unixepoch\') AS "shipDate", r.qty AS "qty", r.downtime_minutes AS "downtimeMinutes", r.downtime_range AS '
            '"downtimeRange", r.impact AS "impact", r.lot_no AS "lotNo", r.equipment_code AS "equipmentCode", r.cause_source AS '
            '"source", r.cause_id AS "sourceId", r.corrective_action AS "correctiveAction", r.disposition AS "disposition" FROM '
            "form_production_exception r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_solder_paste": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.lot_id AS '
            '"lotId", r.step AS "step", r.batch_no AS "batchNo", r.material_code AS "materialCode", to_timestamp(r.expires_at / '
            '1000.0) AS "expiresAt", r.received_qty AS "receivedQty", to_timestamp(r.received_at / 1000.0) AS "receivedAt", '
            'to_timestamp(r.thaw_started_at / 1000.0) AS "thawStartedAt", to_timestamp(r.thawed_at / 1000.0) AS "thawedAt", '
            'to_timestamp(r.stir_started_at / 1000.0) AS "stirStartedAt", to_timestamp(r.stirred_at / 1000.0) AS "stirredAt", '
            'to_timestamp(r.issued_at / 1000.0) AS "issuedAt", to_timestamp(r.returned_at / 1000.0) AS "returnedAt", '
            'to_timestamp(r.scrapped_at / 1000.0) AS "scrappedAt", r.thaw_minutes AS "thawMinutes", r.stir_minutes AS "stirMinutes", '
            'r.exposure_minutes AS "exposureMinutes", r.return_count AS "returnCount", r.used_by AS "usedBy", r.used_by_name AS '
            '"usedByName" FROM form_solder_paste r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id '
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.lot_id AS "lotId", r.step AS "step", r.batch_no AS "batchNo", r.material_code AS "materialCode", '
            "strftime('%Y-%m-%dT%H:%M:%fZ', r.expires_at / 1000.0, 'unixepoch') AS \"expiresAt\", r.received_qty AS \"receivedQty\", "
            "strftime('%Y-%m-%dT%H:%M:%fZ', r.received_at / 1000.0, 'unixepoch') AS \"receivedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', "
            "r.thaw_started_at / 1000.0, 'unixepoch') AS \"thawStartedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.thawed_at / 1000.0, "
            "'unixepoch') AS \"thawedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.stir_started_at / 1000.0, 'unixepoch') AS \"stirStartedAt\", "
            "strftime('%Y-%m-%dT%H:%M:%fZ', r.stirred_at / 1000.0, 'unixepoch') AS \"stirredAt\", strftime('%Y-%m-%dT%H:%M:%fZ', "
            "r.issued_at / 1000.0, 'unixepoch') AS \"issuedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.returned_at / 1000.0, 'unixepoch') AS "
            "\"returnedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.scrapped_at / 1000.0, 'unixepoch') AS \"scrappedAt\", r.thaw_minutes AS "
            '"thawMinutes", r.stir_minutes AS "stirMinutes", r.exposure_minutes AS "exposureMinutes", r.return_count AS '
            '"returnCount", r.used_by AS "usedBy", r.used_by_name AS "usedByName" FROM form_solder_paste r LEFT JOIN line l ON l.id = '
            "r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_squeegee": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.squeegee_id AS '
            '"squeegeeId", r.squeegee_spec AS "squeegeeSpec", r.product_model AS "productModel", r.check_surface AS "checkSurface", '
            'r.check_edge AS "checkEdge", r.check_flatness AS "checkFlatness", r.print_count AS "printCount", r.total_print_count AS '
            '"totalPrintCount", r.life_limit AS "lifeLimit", r.life_percent AS "lifePercent", r.life_no AS "lifeNo", r.replaced AS '
            '"replaced", to_timestamp(r.replaced_at / 1000.0) AS "replacedAt" FROM form_squeegee r LEFT JOIN line l ON l.id = '
            "r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.squeegee_id AS "squeegeeId", r.squeegee_spec AS "squeegeeSpec", r.product_model AS "productModel", r.check_surface AS '
            '"checkSurface", r.check_edge AS "checkEdge", r.check_flatness AS "checkFlatness", r.print_count AS "printCount", '
            'r.total_print_count AS "totalPrintCount", r.life_limit AS "lifeLimit", r.life_percent AS "lifePercent", r.life_no AS '
            '"lifeNo", r.replaced AS "replaced", strftime(\'%Y-%m-%dT%H:%M:%fZ\', r.replaced_at / 1000.0, \'unixepoch\') AS "replacedAt" '
            "FROM form_squeegee r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_stencil_clean": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.stencil_id AS '
            '"stencilId", r.method AS "method", r.clean_result AS "cleanResult" FROM form_stencil_clean r LEFT JOIN line l ON l.id = '
            "r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.stencil_id AS "stencilId", r.method AS "method", r.clean_result AS "cleanResult" FROM form_stencil_clean r LEFT JOIN '
            "line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_stencil_usage": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.stencil_id AS '
            '"stencilId", r.stencil_thickness AS "stencilThickness", r.product_model AS "productModel", r.check_deform AS '
            '"checkDeform", r.check_hole_damage AS "checkHoleDamage", r.check_seal_intact AS "checkSealIntact", r.tension_values AS '
            '"tensionValues", r.print_count AS "printCount", r.total_print_count AS "totalPrintCount", r.life_limit AS "lifeLimit", '
            'r.life_percent AS "lifePercent", r.life_no AS "lifeNo", r.replaced AS "replaced", to_timestamp(r.replaced_at / 1000.0) '
            'AS "replacedAt" FROM form_stencil_usage r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id '
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.stencil_id AS "stencilId", r.stencil_thickness AS "stencilThickness", r.product_model AS "productModel", '
            'r.check_deform AS "checkDeform", r.check_hole_damage AS "checkHoleDamage", r.check_seal_intact AS "checkSealIntact", '
            'r.tension_values AS "tensionValues", r.print_count AS "printCount", r.total_print_count AS "totalPrintCount", '
            'r.life_limit AS "lifeLimit", r.life_percent AS "lifePercent", r.life_no AS "lifeNo", r.replaced AS "replaced", '
            "strftime('%Y-%m-%dT%H:%M:%fZ', r.replaced_at / 1000.0, 'unixepoch') AS \"replacedAt\" FROM form_stencil_usage r LEFT JOIN "
            "line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
    "report_xray": {
        "postgresql": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", to_timestamp(r.recorded_at / 1000.0) '
            'AS "recordedAt", to_timestamp(r.happened_at / 1000.0) AS "happenedAt", r.source AS "recordSource", r.result AS "result", '
            'r.remark AS "remark", r.confirmed_by_name AS "confirmedByName", to_timestamp(r.confirmed_at / 1000.0) AS "confirmedAt", '
            'r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", r.product_name AS '
            '"productName", r.sample_qty AS "sampleQty", r.reason_code AS "reasonCode", r.unit_sns AS "unitSns", r.max_void_percent '
            'AS "maxVoidPercent", r.check_result AS "checkResult" FROM form_xray r LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run '
            "b ON b.id = r.run_id "
        ),
        "sqlite": (
            'SELECT r.record_no AS "recordNo", r.form_code AS "formCode", r.form_revision AS "formRevision", l.code AS "lineCode", '
            'b.run_no AS "runNo", r.step_no AS "stepNo", r.recorded_by_name AS "recordedByName", strftime(\'%Y-%m-%dT%H:%M:%fZ\', '
            "r.recorded_at / 1000.0, 'unixepoch') AS \"recordedAt\", strftime('%Y-%m-%dT%H:%M:%fZ', r.happened_at / 1000.0, "
            '\'unixepoch\') AS "happenedAt", r.source AS "recordSource", r.result AS "result", r.remark AS "remark", '
            "r.confirmed_by_name AS \"confirmedByName\", strftime('%Y-%m-%dT%H:%M:%fZ', r.confirmed_at / 1000.0, 'unixepoch') AS "
            '"confirmedAt", r.late_entry AS "lateEntry", r.voided AS "voided", r.void_reason AS "voidReason", r.extra AS "extra", '
            'r.product_name AS "productName", r.sample_qty AS "sampleQty", r.reason_code AS "reasonCode", r.unit_sns AS "unitSns", '
            'r.max_void_percent AS "maxVoidPercent", r.check_result AS "checkResult" FROM form_xray r LEFT JOIN line l ON l.id = '
            "r.line_id LEFT JOIN run b ON b.id = r.run_id "
        ),
    },
}


def upgrade() -> None:
    """Apply."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("line_ids", sa.Text(), nullable=False),
        sa.Column("allowed_addresses", sa.Text(), nullable=False),
        sa.Column("trust_sent_at", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_used_from", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("former_digest", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("warned_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
        sa.UniqueConstraint("former_digest", name=op.f("uq_api_token_former_digest")),
    )
    op.create_table(
        "aql_table",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("letters", Json(), nullable=False),
        sa.Column("plans", Json(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verified_by_name", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aql_table")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_aql_table_code_version")),
    )
    op.create_table(
        "asked_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("only", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("progress", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("args", Json(), nullable=False),
        sa.Column("result", Json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_job")),
        sa.UniqueConstraint("only", name=op.f("uq_asked_job_only")),
    )
    op.create_index("ix_asked_job_status", "asked_job", ["status", "created_at"], unique=False)
    op.create_table(
        "audit_archive",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("archived_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_archive")),
        sa.UniqueConstraint("file", name=op.f("uq_audit_archive_file")),
        sa.UniqueConstraint("first_seq", name=op.f("uq_audit_archive_first_seq")),
    )
    op.create_table(
        "audit_context",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_context")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_context_digest")),
    )
    op.create_table(
        "audit_lane",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_lane")),
        sa.UniqueConstraint("name", name=op.f("uq_audit_lane_name")),
    )
    op.create_table(
        "bom_item",
        sa.Column("parent_code", sa.Text(), nullable=False),
        sa.Column("child_code", sa.Text(), nullable=False),
        sa.Column("qty", sa.Float(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("is_key_part", sa.Boolean(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("parent_code", "child_code", name=op.f("pk_bom_item")),
    )
    op.create_index(op.f("ix_bom_item_child_code"), "bom_item", ["child_code"], unique=False)
    op.create_table(
        "carrier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("carrier_no", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("carrier_no", name=op.f("uq_carrier_carrier_no")),
    )
    op.create_table(
        "clock_set_back",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("before_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lost_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_set_back")),
    )
    op.create_index("ix_clock_set_back_after", "clock_set_back", ["after_at"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "defect_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("operation_codes", Json(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_code")),
        sa.UniqueConstraint("code", name=op.f("uq_defect_code_code")),
    )
    op.create_table(
        "equipment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("workshop_code", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("code", name=op.f("uq_equipment_code")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("thing", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_table(
        "fai_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("process_type", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fai_template")),
        sa.UniqueConstraint("code", name=op.f("uq_fai_template_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_fai_template_code_folded")),
    )
    op.create_index(op.f("ix_fai_template_product_code"), "fai_template", ["product_code"], unique=False)
    op.create_table(
        "form_reminder",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("form", "subject", "day", name=op.f("pk_form_reminder")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_idempotency_key_digest")),
    )
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"], unique=False)
    op.create_table(
        "import_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("good_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("faulty_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fault_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcomes", Json(), nullable=False),
        sa.Column("ignored", Json(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_table(
        "integration_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_details", Json(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("skew_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("replayed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replayed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replayed_by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_message")),
    )
    op.create_index("ix_integration_message_status", "integration_message", ["status", "received_at"], unique=False)
    op.create_index("ix_integration_message_system", "integration_message", ["system", "received_at"], unique=False)
    op.create_table(
        "ipqc_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("routing_code", sa.Text(), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("process_kind", sa.Text(), nullable=True),
        sa.Column("station_code", sa.Text(), nullable=True),
        sa.Column("check_type", sa.Text(), nullable=False),
        sa.Column("sample_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("frequency", Json(), nullable=True),
        sa.Column("retrigger_on", Json(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ipqc_point")),
        sa.UniqueConstraint("code", name=op.f("uq_ipqc_point_code")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("counts", Json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("runs", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("name", name=op.f("uq_job_name")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counts", Json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    op.create_index("ix_job_run_name", "job_run", ["name", "started_at"], unique=False)
    op.create_table(
        "late_entry_window",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("from_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_by_name", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry_window")),
    )
    op.create_index("ix_late_entry_window_until", "late_entry_window", ["until_at"], unique=False)
    op.create_table(
        "line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("process_type", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("code", name=op.f("uq_line_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_line_code_folded")),
    )
    op.create_table(
        "material",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("is_forbidden", sa.Boolean(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_moisture_sensitive", sa.Boolean(), nullable=False),
        sa.Column("msl_level", sa.Text(), nullable=True),
        sa.Column("track_key_part", sa.Boolean(), nullable=False),
        sa.Column("panel_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("code", name=op.f("uq_material_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_material_code_folded")),
    )
    op.create_table(
        "material_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("iqc_result", sa.Text(), nullable=True),
        sa.Column("iqc_date", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_lot")),
        sa.UniqueConstraint("material_code", "lot_no", name=op.f("uq_material_lot_material_code_lot_no")),
    )
    op.create_index("ix_material_lot_no", "material_lot", ["lot_no"], unique=False)
    op.create_table(
        "msl_level",
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("floor_life_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_label", sa.Boolean(), nullable=False),
        sa.Column("bake_temp_c", sa.Float(), nullable=True),
        sa.Column("bake_min_hours", sa.Float(), nullable=True),
        sa.Column("dry_pauses", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_msl_level")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("default_type", sa.Text(), nullable=False),
        sa.Column("is_key_quality", sa.Boolean(), nullable=False),
        sa.Column("process_kind", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("code", name=op.f("uq_operation_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_operation_code_folded")),
    )
    op.create_table(
        "outbound_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("message_type", sa.Text(), nullable=False),
        sa.Column("target_system", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leased_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_http_status", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancelled_by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_event")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbound_event_idempotency_key")),
    )
    op.create_index("ix_outbound_event_due", "outbound_event", ["status", "next_attempt_at"], unique=False)
    op.create_index("ix_outbound_event_key", "outbound_event", ["business_key"], unique=False)
    op.create_table(
        "paste_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("material_code", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paste_lot")),
        sa.UniqueConstraint("code", name=op.f("uq_paste_lot_code")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_folded", sa.Text(), nullable=True),
        sa.Column("employee_no", sa.Text(), nullable=True),
        sa.Column("badge_no", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("home_page", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("former_passwords", Json(), nullable=True),
        sa.Column("last_sign_in_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locked_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failures_since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locks", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("pin_failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("badge_no", name=op.f("uq_person_badge_no")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_person_email_folded")),
        sa.UniqueConstraint("employee_no", name=op.f("uq_person_employee_no")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "reflow_profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("program_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("zones", Json(), nullable=False),
        sa.Column("chain_speed", sa.Float(), nullable=True),
        sa.Column("peak_temp_min", sa.Float(), nullable=True),
        sa.Column("peak_temp_max", sa.Float(), nullable=True),
        sa.Column("total_time_min", sa.Float(), nullable=True),
        sa.Column("total_time_max", sa.Float(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflow_profile")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_reflow_profile_code_version")),
    )
    op.create_index(
        "ux_reflow_profile_active",
        "reflow_profile",
        ["code"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("data_scope", sa.Text(), nullable=False),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code", name=op.f("uq_role_code")),
    )
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("product_code", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("process_type", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("effective_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("effective_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fai_template_code", sa.Text(), nullable=True),
        sa.Column("unknown_serial_policy", sa.Text(), nullable=False),
        sa.Column("fai_trial_policy", sa.Text(), nullable=False),
        sa.Column("needs_compile", sa.Boolean(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("code", name=op.f("uq_route_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_route_code_folded")),
    )
    op.create_index(op.f("ix_route_product_code"), "route", ["product_code"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", "place", name=op.f("pk_setting")),
    )
    op.create_table(
        "setting_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_by_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_version")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_setting_version_key_version")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_address", "sign_in_failure", ["address", "at"], unique=False)
    op.create_table(
        "station_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_group")),
        sa.UniqueConstraint("code", name=op.f("uq_station_group_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_station_group_code_folded")),
    )
    op.create_table(
        "system_mode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("line_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("set_by_name", sa.Text(), nullable=True),
        sa.Column("set_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reminded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_mode")),
        sa.UniqueConstraint("system", "line_key", name=op.f("uq_system_mode_system_line_key")),
    )
    op.create_table(
        "system_seen",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skew_told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_seen")),
        sa.UniqueConstraint("system", name=op.f("uq_system_seen_system")),
    )
    op.create_table(
        "terminal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_ids", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("cookie_digest", sa.LargeBinary(), nullable=True),
        sa.Column("paired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pairing_digest", sa.LargeBinary(), nullable=True),
        sa.Column("pairing_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("code", name=op.f("uq_terminal_code")),
        sa.UniqueConstraint("cookie_digest", name=op.f("uq_terminal_cookie_digest")),
        sa.UniqueConstraint("pairing_digest", name=op.f("uq_terminal_pairing_digest")),
    )
    op.create_table(
        "test_program",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("program_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=True),
        sa.Column("station_codes", Json(), nullable=False),
        sa.Column("fixture_types", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=True),
        sa.Column("limits", Json(), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=True),
        sa.Column("activated_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activated_by_name", sa.Text(), nullable=True),
        sa.Column("activated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_by_name", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retire_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_program")),
        sa.UniqueConstraint("program_code", "version", name=op.f("uq_test_program_program_code_version")),
    )
    op.create_index("ix_test_program_product", "test_program", ["product_code", "status"], unique=False)
    op.create_index(
        "uq_test_program_active",
        "test_program",
        ["program_code"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_table(
        "time_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("rule_type", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warning_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("start_event", sa.Text(), nullable=False),
        sa.Column("start_condition", Json(), nullable=False),
        sa.Column("end_event", sa.Text(), nullable=False),
        sa.Column("end_condition", Json(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_value", sa.Text(), nullable=True),
        sa.Column("requires_wash_step", sa.Boolean(), nullable=False),
        sa.Column("cumulative", sa.Boolean(), nullable=False),
        sa.Column("restart", sa.Text(), nullable=False),
        sa.Column("is_waivable", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_time_rule_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_time_rule_code_folded")),
    )
    op.create_index("ix_time_rule_active", "time_rule", ["is_active", "start_event"], unique=False)
    op.create_table(
        "time_rule_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_rule_event")),
    )
    op.create_index("ix_time_rule_event_entity", "time_rule_event", ["entity_type", "entity_id"], unique=False)
    op.create_table(
        "told_of",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_of")),
        sa.UniqueConstraint("what", name=op.f("uq_told_of_what")),
    )
    op.create_table(
        "tool",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_codes", Json(), nullable=False),
        sa.Column("thickness_mm", sa.Float(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("min_tension", sa.Float(), nullable=True),
        sa.Column("spec", sa.Text(), nullable=True),
        sa.Column("length_mm", sa.Float(), nullable=True),
        sa.Column("fixture_type", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("life_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count_base", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("life_started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_cleaned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calibration_required", sa.Boolean(), nullable=False),
        sa.Column("calibration_interval_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calibrated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calibration_due_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("due_told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("end_told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("count_told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool")),
        sa.UniqueConstraint("code", name=op.f("uq_tool_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_tool_code_folded")),
    )
    op.create_index("ix_tool_kind", "tool", ["kind", "status"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("uploaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("name", name=op.f("uq_upload_name")),
    )
    op.create_table(
        "work_center",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department_code", sa.Text(), nullable=True),
        sa.Column("department_name", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_center")),
        sa.UniqueConstraint("code", name=op.f("uq_work_center_code")),
    )
    op.create_table(
        "audit_archive_lane",
        sa.Column("archive_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lane", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_prev", sa.LargeBinary(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["archive_id"], ["audit_archive.id"], name=op.f("fk_audit_archive_lane_archive_id")),
        sa.PrimaryKeyConstraint("lane", "last_seq", name=op.f("pk_audit_archive_lane")),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("context_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entity_display", sa.Text(), nullable=True),
        sa.Column("line_code", sa.Text(), nullable=True),
        sa.Column("station_code", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("lane", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lane_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["audit_context.id"], name=op.f("fk_audit_entry_context_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("lane", "lane_seq", name=op.f("uq_audit_entry_lane_lane_seq")),
    )
    op.create_index("ix_audit_entry_context", "audit_entry", ["context_id"], unique=False)
    op.create_index(
        "ix_audit_entry_thing",
        "audit_entry",
        ["entity_display", "entity_type"],
        unique=False,
        postgresql_ops={"entity_display": "text_pattern_ops"},
    )
    op.create_table(
        "data_spec",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("data_type", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("trigger_type", sa.Text(), nullable=False),
        sa.Column("trigger_rule", Json(), nullable=True),
        sa.Column("spec", Json(), nullable=True),
        sa.Column("alarm", Json(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_data_spec_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_spec")),
        sa.UniqueConstraint("operation_id", "name_folded", name=op.f("uq_data_spec_operation_id_name_folded")),
    )
    op.create_table(
        "equipment_status",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("event_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("warnings", Json(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("meta", Json(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("foreign_status", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["subject_id"], ["equipment.id"], name=op.f("fk_equipment_status_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_status")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_equipment_status_system_event_id")),
    )
    op.create_index(
        "ix_equipment_status_current", "equipment_status", ["subject_id", "effective_at", "received_at"], unique=False
    )
    op.create_index(
        "ix_equipment_status_held",
        "equipment_status",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("standing = 'HELD'"),
        postgresql_where=sa.text("standing = 'HELD'"),
    )
    op.create_table(
        "equipment_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("equipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_no", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("foreign_type", sa.Text(), nullable=True),
        sa.Column("foreign_status", sa.Text(), nullable=True),
        sa.Column("scheduled_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("completed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_task_equipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_task")),
        sa.UniqueConstraint("task_no", name=op.f("uq_equipment_task_task_no")),
    )
    op.create_index(op.f("ix_equipment_task_equipment_id"), "equipment_task", ["equipment_id"], unique=False)
    op.create_table(
        "event_work",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_work_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_work")),
    )
    op.create_index("ix_event_work_due", "event_work", ["state", "next_at"], unique=False)
    op.create_table(
        "execution_config",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("route_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source_step_key", sa.Text(), nullable=True),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_execution_config_operation_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_execution_config_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution_config")),
        sa.UniqueConstraint("target", name=op.f("uq_execution_config_target")),
    )
    op.create_index(op.f("ix_execution_config_operation_id"), "execution_config", ["operation_id"], unique=False)
    op.create_index(op.f("ix_execution_config_route_id"), "execution_config", ["route_id"], unique=False)
    op.create_table(
        "feeder_slot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_code", sa.Text(), nullable=False),
        sa.Column("slot_name", sa.Text(), nullable=True),
        sa.Column("machine_no", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("locked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locked_reason", sa.Text(), nullable=True),
        sa.Column("locked_run_no", sa.Text(), nullable=True),
        sa.Column("current_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_feeder_slot_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeder_slot")),
        sa.UniqueConstraint("line_id", "slot_code", name=op.f("uq_feeder_slot_line_id_slot_code")),
    )
    op.create_table(
        "import_part",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows", Json(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_job.id"], name=op.f("fk_import_part_import_id")),
        sa.PrimaryKeyConstraint("import_id", "kind", "no", name=op.f("pk_import_part")),
    )
    op.create_table(
        "line_binding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paste_lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bound_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bound_by_name", sa.Text(), nullable=True),
        sa.Column("bound_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unbound_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unbound_by_name", sa.Text(), nullable=True),
        sa.Column("unbound_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_binding_line_id")),
        sa.ForeignKeyConstraint(["paste_lot_id"], ["paste_lot.id"], name=op.f("fk_line_binding_paste_lot_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_line_binding_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_binding")),
    )
    op.create_index("ix_line_binding_line", "line_binding", ["line_id", "bound_at"], unique=False)
    op.create_index(
        "uq_line_binding_line",
        "line_binding",
        ["line_id", "kind"],
        unique=True,
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.create_index(
        "uq_line_binding_paste_lot",
        "line_binding",
        ["paste_lot_id"],
        unique=True,
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.create_index(
        "uq_line_binding_tool",
        "line_binding",
        ["tool_id"],
        unique=True,
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.create_table(
        "maintenance_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("entity_name", sa.Text(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("maintenance_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("blocks_use", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("parts_replaced", sa.Text(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("reset_life", sa.Boolean(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reported_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reported_by_name", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_by_name", sa.Text(), nullable=True),
        sa.Column("completed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("completed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("completed_by_name", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verified_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verified_by_name", sa.Text(), nullable=True),
        sa.Column("verify_remark", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("opened_from", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_maintenance_record_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_record")),
        sa.UniqueConstraint("record_no", name=op.f("uq_maintenance_record_record_no")),
    )
    op.create_index(
        "ix_maintenance_record_entity", "maintenance_record", ["entity_type", "entity_id", "status"], unique=False
    )
    op.create_index(op.f("ix_maintenance_record_line_id"), "maintenance_record", ["line_id"], unique=False)
    op.create_index(
        "uq_maintenance_record_open",
        "maintenance_record",
        ["entity_type", "entity_id", "maintenance_type"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('VERIFIED', 'CANCELLED')"),
        postgresql_where=sa.text("status NOT IN ('VERIFIED', 'CANCELLED')"),
    )
    op.create_table(
        "msl_clock",
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("used_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("floor_life_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before_bake", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["material_lot.id"], name=op.f("fk_msl_clock_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_msl_clock")),
    )
    op.create_index("ix_msl_clock_expiry", "msl_clock", ["state", "expires_at"], unique=False)
    op.create_table(
        "msl_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("used_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["material_lot.id"], name=op.f("fk_msl_event_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msl_event")),
    )
    op.create_index(op.f("ix_msl_event_lot_id"), "msl_event", ["lot_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dismissed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_notification_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("recipient_id", "event_id", name=op.f("uq_notification_recipient_id_event_id")),
    )
    op.create_index("ix_notification_unread", "notification", ["recipient_id", "read_at"], unique=False)
    op.create_table(
        "notification_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line_code", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_notification_delivery_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_delivery")),
        sa.UniqueConstraint(
            "event_id", "channel", "target", name=op.f("uq_notification_delivery_event_id_channel_target")
        ),
    )
    op.create_index("ix_notification_delivery_due", "notification_delivery", ["state", "next_at"], unique=False)
    op.create_table(
        "notification_setting",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("wecom", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_notification_setting_user_id")),
        sa.PrimaryKeyConstraint("user_id", "type", name=op.f("pk_notification_setting")),
    )
    op.create_table(
        "operation_mapping",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_process_key", sa.Text(), nullable=False),
        sa.Column("source_process_name", sa.Text(), nullable=True),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_operation_mapping_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_mapping")),
        sa.UniqueConstraint(
            "source_system", "source_process_key", name=op.f("uq_operation_mapping_source_system_source_process_key")
        ),
    )
    op.create_index(op.f("ix_operation_mapping_operation_id"), "operation_mapping", ["operation_id"], unique=False)
    op.create_table(
        "outbound_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("http_status", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["outbound_event.id"], name=op.f("fk_outbound_attempt_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_attempt")),
    )
    op.create_index(op.f("ix_outbound_attempt_event_id"), "outbound_attempt", ["event_id"], unique=False)
    op.create_table(
        "person_line",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_person_line_user_id")),
        sa.PrimaryKeyConstraint("user_id", "line_id", name=op.f("pk_person_line")),
    )
    op.create_table(
        "person_role",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_person_role_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_person_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_person_role")),
    )
    op.create_index(op.f("ix_person_role_role_id"), "person_role", ["role_id"], unique=False)
    op.create_table(
        "person_station",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_person_station_user_id")),
        sa.PrimaryKeyConstraint("user_id", "station_id", name=op.f("pk_person_station")),
    )
    op.create_table(
        "readiness_config",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enabled", Json(), nullable=False),
        sa.Column("gates", Json(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_by_name", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_readiness_config_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_config")),
    )
    op.create_index("uq_readiness_config_line", "readiness_config", ["line_id"], unique=True)
    op.create_table(
        "route_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("route_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("station_type", sa.Text(), nullable=True),
        sa.Column("requires_fai", sa.Boolean(), nullable=False),
        sa.Column("source_step_key", sa.Text(), nullable=True),
        sa.Column("erp", Json(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["station_group.id"], name=op.f("fk_route_step_group_id")),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_route_step_operation_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_step_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_step")),
        sa.UniqueConstraint("route_id", "step_no", name=op.f("uq_route_step_route_id_step_no")),
    )
    op.create_index(op.f("ix_route_step_group_id"), "route_step", ["group_id"], unique=False)
    op.create_index(op.f("ix_route_step_operation_id"), "route_step", ["operation_id"], unique=False)
    op.create_table(
        "route_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("route_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("errors", Json(), nullable=False),
        sa.Column("warnings", Json(), nullable=False),
        sa.Column("compiled_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("compiled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("compiled_by_name", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_by_name", sa.Text(), nullable=True),
        sa.Column("retire_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_version_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_version")),
        sa.UniqueConstraint("route_id", "version_no", name=op.f("uq_route_version_route_id_version_no")),
    )
    op.create_index("ix_route_version_ready", "route_version", ["route_id", "status", "version_no"], unique=False)
    op.create_table(
        "sampling_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("product_code", sa.Text(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("routing_code", sa.Text(), nullable=True),
        sa.Column("sampling_type", sa.Text(), nullable=False),
        sa.Column("sample_value", sa.Float(), nullable=True),
        sa.Column("inspection_level", sa.Text(), nullable=True),
        sa.Column("aql", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("table_code", sa.Text(), nullable=True),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("severity_reason", sa.Text(), nullable=True),
        sa.Column("severity_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("severity_by_name", sa.Text(), nullable=True),
        sa.Column("severity_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_sampling_rule_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_rule")),
    )
    op.create_index(op.f("ix_sampling_rule_line_id"), "sampling_rule", ["line_id"], unique=False)
    op.create_index(op.f("ix_sampling_rule_product_code"), "sampling_rule", ["product_code"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("authenticated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idle_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("terminal_code", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_roles", Json(), nullable=False),
        sa.Column("signed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_signature_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index("ix_signature_subject", "signature", ["subject_type", "subject_id"], unique=False)
    op.create_table(
        "solder_paste_status",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("event_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("warnings", Json(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("meta", Json(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thawed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stirred_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["subject_id"], ["paste_lot.id"], name=op.f("fk_solder_paste_status_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solder_paste_status")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_solder_paste_status_system_event_id")),
    )
    op.create_index(
        "ix_solder_paste_status_current",
        "solder_paste_status",
        ["subject_id", "effective_at", "received_at"],
        unique=False,
    )
    op.create_index(
        "ix_solder_paste_status_held",
        "solder_paste_status",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("standing = 'HELD'"),
        postgresql_where=sa.text("standing = 'HELD'"),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("station_type", sa.Text(), nullable=False),
        sa.Column("equipment_codes", Json(), nullable=False),
        sa.Column("is_manual_bench", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["station_group.id"], name=op.f("fk_station_group_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_station_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("code", name=op.f("uq_station_code")),
        sa.UniqueConstraint("code_folded", name=op.f("uq_station_code_folded")),
    )
    op.create_index(op.f("ix_station_group_id"), "station", ["group_id"], unique=False)
    op.create_index(op.f("ix_station_line_id"), "station", ["line_id"], unique=False)
    op.create_table(
        "station_table",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("routing_code", sa.Text(), nullable=False),
        sa.Column("program_name", sa.Text(), nullable=True),
        sa.Column("unlisted_slots", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("imported_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("imported_by_name", sa.Text(), nullable=True),
        sa.Column("imported_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_station_table_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_table")),
        sa.UniqueConstraint(
            "line_id", "product_code", "routing_code", name=op.f("uq_station_table_line_id_product_code_routing_code")
        ),
    )
    op.create_table(
        "stencil_status",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("event_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("warnings", Json(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("meta", Json(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("tension_value", sa.Float(), nullable=True),
        sa.Column("last_cleaned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["subject_id"], ["tool.id"], name=op.f("fk_stencil_status_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stencil_status")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_stencil_status_system_event_id")),
    )
    op.create_index(
        "ix_stencil_status_current", "stencil_status", ["subject_id", "effective_at", "received_at"], unique=False
    )
    op.create_index(
        "ix_stencil_status_held",
        "stencil_status",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("standing = 'HELD'"),
        postgresql_where=sa.text("standing = 'HELD'"),
    )
    op.create_table(
        "tool_calibration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calibrated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_calibration_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_calibration")),
    )
    op.create_index(op.f("ix_tool_calibration_tool_id"), "tool_calibration", ["tool_id"], unique=False)
    op.create_table(
        "tool_day",
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_day_tool_id")),
        sa.PrimaryKeyConstraint("tool_id", "day", name=op.f("pk_tool_day")),
    )
    op.create_table(
        "tool_life",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count_base", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("life_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_life_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_life")),
        sa.UniqueConstraint("tool_id", "life_no", name=op.f("uq_tool_life_tool_id_life_no")),
    )
    op.create_table(
        "tool_recorded",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_tool_recorded_line_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_recorded_tool_id")),
        sa.PrimaryKeyConstraint("line_id", "kind", "run_key", name=op.f("pk_tool_recorded")),
    )
    op.create_table(
        "work_center_mapping",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("source_work_center", sa.Text(), nullable=False),
        sa.Column("source_department", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["station_group.id"], name=op.f("fk_work_center_mapping_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_center_mapping")),
        sa.UniqueConstraint(
            "source_system",
            "source_work_center",
            "source_department",
            name=op.f("uq_work_center_mapping_source_system_source_work_center_source_department"),
        ),
    )
    op.create_index(op.f("ix_work_center_mapping_group_id"), "work_center_mapping", ["group_id"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("wo_no", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("planned_qty", sa.Numeric(precision=14, scale=4, asdecimal=False), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("routing_code", sa.Text(), nullable=True),
        sa.Column("routing_resolution", Json(), nullable=True),
        sa.Column("resolved_routing_code", sa.Text(), nullable=True),
        sa.Column("routing_override", Json(), nullable=True),
        sa.Column("pick_status", sa.Text(), nullable=True),
        sa.Column("erp_status", sa.Text(), nullable=True),
        sa.Column("erp_pick_status", sa.Text(), nullable=True),
        sa.Column("due_date", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("plan_start_date", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("plan_finish_date", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("job_no", sa.Text(), nullable=True),
        sa.Column("src_bill_no", sa.Text(), nullable=True),
        sa.Column("source_system", sa.Text(), nullable=False),
        sa.Column("dispatch_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dispatch_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dispatched_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dispatched_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dispatched_by_name", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_group_id"], ["station_group.id"], name=op.f("fk_work_order_dispatch_group_id")
        ),
        sa.ForeignKeyConstraint(["dispatch_line_id"], ["line.id"], name=op.f("fk_work_order_dispatch_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("wo_no", name=op.f("uq_work_order_wo_no")),
    )
    op.create_index(op.f("ix_work_order_dispatch_line_id"), "work_order", ["dispatch_line_id"], unique=False)
    op.create_index("ix_work_order_newest", "work_order", ["created_at"], unique=False)
    op.create_index(op.f("ix_work_order_product_code"), "work_order", ["product_code"], unique=False)
    op.create_index("ix_work_order_status", "work_order", ["status", "created_at"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_no", sa.Text(), nullable=False),
        sa.Column("work_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("plan_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_code", sa.Text(), nullable=True),
        sa.Column("changeover_no", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("parent_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rework_type", sa.Text(), nullable=True),
        sa.Column("authorization_type", sa.Text(), nullable=True),
        sa.Column("authorized_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("short_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_run_line_id")),
        sa.ForeignKeyConstraint(["parent_run_id"], ["run.id"], name=op.f("fk_run_parent_run_id")),
        sa.ForeignKeyConstraint(["version_id"], ["route_version.id"], name=op.f("fk_run_version_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_run_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("run_no", name=op.f("uq_run_run_no")),
    )
    op.create_index(op.f("ix_run_line_id"), "run", ["line_id"], unique=False)
    op.create_index("ix_run_newest", "run", ["created_at"], unique=False)
    op.create_index(op.f("ix_run_parent_run_id"), "run", ["parent_run_id"], unique=False)
    op.create_index("ix_run_status", "run", ["status", "created_at"], unique=False)
    op.create_index(op.f("ix_run_version_id"), "run", ["version_id"], unique=False)
    op.create_index(op.f("ix_run_work_order_id"), "run", ["work_order_id"], unique=False)
    op.create_table(
        "slot_mapping",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("routing_code", sa.Text(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("is_alternate", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_consumption", sa.Float(), nullable=True),
        sa.Column("is_common_material", sa.Boolean(), nullable=False),
        sa.Column("ref_des", Json(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["feeder_slot.id"], name=op.f("fk_slot_mapping_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_mapping")),
        sa.UniqueConstraint(
            "slot_id",
            "product_code",
            "routing_code",
            "material_code",
            name=op.f("uq_slot_mapping_slot_id_product_code_routing_code_material_code"),
        ),
    )
    op.create_index(op.f("ix_slot_mapping_material_code"), "slot_mapping", ["material_code"], unique=False)
    op.create_index(
        "uq_slot_mapping_primary",
        "slot_mapping",
        ["slot_id", "product_code", "routing_code"],
        unique=True,
        sqlite_where=sa.text("NOT is_alternate"),
        postgresql_where=sa.text("NOT is_alternate"),
    )
    op.create_table(
        "test_program_station",
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["test_program.id"], name=op.f("fk_test_program_station_program_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_test_program_station_station_id")),
        sa.PrimaryKeyConstraint("program_id", "station_id", name=op.f("pk_test_program_station")),
    )
    op.create_index(op.f("ix_test_program_station_station_id"), "test_program_station", ["station_id"], unique=False)
    op.create_table(
        "carrier_track",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("carrier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("in_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("out_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_track_carrier_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_carrier_track_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_carrier_track_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_track")),
    )
    op.create_index("ix_carrier_track_carrier", "carrier_track", ["carrier_id", "in_at"], unique=False)
    op.create_table(
        "form_bake",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("material_code", sa.Text(), nullable=True),
        sa.Column("lot_no", sa.Text(), nullable=True),
        sa.Column("bake_process", sa.Text(), nullable=True),
        sa.Column("bake_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty_text", sa.Text(), nullable=True),
        sa.Column("oven_code", sa.Text(), nullable=True),
        sa.Column("bake_temperature", sa.Float(), nullable=True),
        sa.Column("duration_hours_min", sa.Float(), nullable=True),
        sa.Column("duration_hours_max", sa.Float(), nullable=True),
        sa.Column("out_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("out_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("out_by_name", sa.Text(), nullable=True),
        sa.Column("actual_hours", sa.Float(), nullable=True),
        sa.Column("msl_level", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_bake_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_bake_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_bake")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_bake_record_no")),
    )
    op.create_index("ix_form_bake_bake_process", "form_bake", ["bake_process", "happened_at"], unique=False)
    op.create_index("ix_form_bake_happened", "form_bake", ["happened_at"], unique=False)
    op.create_index("ix_form_bake_item_code", "form_bake", ["item_code", "happened_at"], unique=False)
    op.create_index("ix_form_bake_line", "form_bake", ["line_id", "happened_at"], unique=False)
    op.create_index("ix_form_bake_lot_no", "form_bake", ["lot_no", "happened_at"], unique=False)
    op.create_index("ix_form_bake_material_code", "form_bake", ["material_code", "happened_at"], unique=False)
    op.create_index(
        "ix_form_bake_result",
        "form_bake",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_bake_run", "form_bake", ["run_id", "happened_at"], unique=False)
    op.create_index(
        "uq_form_bake_open",
        "form_bake",
        ["material_code", "lot_no"],
        unique=True,
        sqlite_where=sa.text("out_at IS NULL AND NOT voided AND lot_no IS NOT NULL"),
        postgresql_where=sa.text("out_at IS NULL AND NOT voided AND lot_no IS NOT NULL"),
    )
    op.create_table(
        "form_cold_storage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("storage_code", sa.Text(), nullable=True),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_cold_storage_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_cold_storage_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_cold_storage")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_cold_storage_record_no")),
    )
    op.create_index("ix_form_cold_storage_happened", "form_cold_storage", ["happened_at"], unique=False)
    op.create_index("ix_form_cold_storage_line", "form_cold_storage", ["line_id", "happened_at"], unique=False)
    op.create_index("ix_form_cold_storage_period", "form_cold_storage", ["period", "happened_at"], unique=False)
    op.create_index(
        "ix_form_cold_storage_result",
        "form_cold_storage",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_cold_storage_run", "form_cold_storage", ["run_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_cold_storage_storage_code", "form_cold_storage", ["storage_code", "happened_at"], unique=False
    )
    op.create_table(
        "form_daily_qc",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("assembly_number", sa.Text(), nullable=True),
        sa.Column("job_no", sa.Text(), nullable=True),
        sa.Column("job_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total_parts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shift_code", sa.Text(), nullable=True),
        sa.Column("time_window", sa.Text(), nullable=True),
        sa.Column("inspected_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("inspected_qty_prefill", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_summary", Json(), nullable=True),
        sa.Column("defect_board_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_board_qty_prefill", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_qty_prefill", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_board_rate", sa.Float(), nullable=True),
        sa.Column("defect_rate", sa.Float(), nullable=True),
        sa.Column("yellow_card_no", sa.Text(), nullable=True),
        sa.Column("corrective_action", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_daily_qc_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_daily_qc_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_daily_qc")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_daily_qc_record_no")),
    )
    op.create_index(
        "ix_form_daily_qc_assembly_number", "form_daily_qc", ["assembly_number", "happened_at"], unique=False
    )
    op.create_index("ix_form_daily_qc_customer", "form_daily_qc", ["customer", "happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_happened", "form_daily_qc", ["happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_job_no", "form_daily_qc", ["job_no", "happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_line", "form_daily_qc", ["line_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_daily_qc_result",
        "form_daily_qc",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_daily_qc_run", "form_daily_qc", ["run_id", "happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_shift_code", "form_daily_qc", ["shift_code", "happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_station", "form_daily_qc", ["station", "happened_at"], unique=False)
    op.create_index("ix_form_daily_qc_time_window", "form_daily_qc", ["time_window", "happened_at"], unique=False)
    op.create_table(
        "form_equipment_inspection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("equipment_type", sa.Text(), nullable=True),
        sa.Column("equipment_code", sa.Text(), nullable=True),
        sa.Column("machine_name", sa.Text(), nullable=True),
        sa.Column("sample_model", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("program_name", sa.Text(), nullable=True),
        sa.Column("exception_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("exception_no", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_equipment_inspection_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_equipment_inspection_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_equipment_inspection")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_equipment_inspection_record_no")),
    )
    op.create_index(
        "ix_form_equipment_inspection_equipment_code",
        "form_equipment_inspection",
        ["equipment_code", "happened_at"],
        unique=False,
    )
    op.create_index(
        "ix_form_equipment_inspection_equipment_type",
        "form_equipment_inspection",
        ["equipment_type", "happened_at"],
        unique=False,
    )
    op.create_index("ix_form_equipment_inspection_happened", "form_equipment_inspection", ["happened_at"], unique=False)
    op.create_index(
        "ix_form_equipment_inspection_line", "form_equipment_inspection", ["line_id", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_equipment_inspection_machine_name",
        "form_equipment_inspection",
        ["machine_name", "happened_at"],
        unique=False,
    )
    op.create_index(
        "ix_form_equipment_inspection_result",
        "form_equipment_inspection",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index(
        "ix_form_equipment_inspection_run", "form_equipment_inspection", ["run_id", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_equipment_inspection_sample_model",
        "form_equipment_inspection",
        ["sample_model", "happened_at"],
        unique=False,
    )
    op.create_table(
        "form_fixture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("fixture_id", sa.Text(), nullable=True),
        sa.Column("usage_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total_usage_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_percent", sa.Float(), nullable=True),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("maintenance", Json(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_fixture_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_fixture_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_fixture")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_fixture_record_no")),
    )
    op.create_index("ix_form_fixture_fixture_id", "form_fixture", ["fixture_id", "happened_at"], unique=False)
    op.create_index("ix_form_fixture_happened", "form_fixture", ["happened_at"], unique=False)
    op.create_index("ix_form_fixture_line", "form_fixture", ["line_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_fixture_result",
        "form_fixture",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_fixture_run", "form_fixture", ["run_id", "happened_at"], unique=False)
    op.create_table(
        "form_oven_program",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("program_name", sa.Text(), nullable=True),
        sa.Column("peak_temp", sa.Float(), nullable=True),
        sa.Column("chain_speed", sa.Float(), nullable=True),
        sa.Column("zone_temps", Json(), nullable=True),
        sa.Column("expected_program", sa.Text(), nullable=True),
        sa.Column("is_matched", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_oven_program_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_oven_program_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_oven_program")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_oven_program_record_no")),
    )
    op.create_index(
        "ix_form_oven_program_equipment_id", "form_oven_program", ["equipment_id", "happened_at"], unique=False
    )
    op.create_index("ix_form_oven_program_happened", "form_oven_program", ["happened_at"], unique=False)
    op.create_index("ix_form_oven_program_line", "form_oven_program", ["line_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_oven_program_product_name", "form_oven_program", ["product_name", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_oven_program_program_name", "form_oven_program", ["program_name", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_oven_program_result",
        "form_oven_program",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_oven_program_run", "form_oven_program", ["run_id", "happened_at"], unique=False)
    op.create_table(
        "form_production_exception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("job_no", sa.Text(), nullable=True),
        sa.Column("assembly_number", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("line_no", sa.Text(), nullable=True),
        sa.Column("ship_date", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("downtime_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("downtime_range", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("lot_no", sa.Text(), nullable=True),
        sa.Column("equipment_code", sa.Text(), nullable=True),
        sa.Column("cause_source", sa.Text(), nullable=True),
        sa.Column("cause_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrective_action", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_production_exception_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_production_exception_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_production_exception")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_production_exception_record_no")),
    )
    op.create_index(
        "ix_form_production_exception_assembly_number",
        "form_production_exception",
        ["assembly_number", "happened_at"],
        unique=False,
    )
    op.create_index(
        "ix_form_production_exception_category", "form_production_exception", ["category", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_production_exception_cause_source",
        "form_production_exception",
        ["cause_source", "happened_at"],
        unique=False,
    )
    op.create_index(
        "ix_form_production_exception_customer", "form_production_exception", ["customer", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_production_exception_equipment_code",
        "form_production_exception",
        ["equipment_code", "happened_at"],
        unique=False,
    )
    op.create_index("ix_form_production_exception_happened", "form_production_exception", ["happened_at"], unique=False)
    op.create_index(
        "ix_form_production_exception_job_no", "form_production_exception", ["job_no", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_production_exception_line", "form_production_exception", ["line_id", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_production_exception_lot_no", "form_production_exception", ["lot_no", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_production_exception_result",
        "form_production_exception",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index(
        "ix_form_production_exception_run", "form_production_exception", ["run_id", "happened_at"], unique=False
    )
    op.create_table(
        "form_solder_paste",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("lot_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("batch_no", sa.Text(), nullable=True),
        sa.Column("material_code", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thaw_started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thawed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stir_started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stirred_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("returned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scrapped_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("thaw_minutes", sa.Float(), nullable=True),
        sa.Column("stir_minutes", sa.Float(), nullable=True),
        sa.Column("exposure_minutes", sa.Float(), nullable=True),
        sa.Column("return_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_solder_paste_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_solder_paste_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_solder_paste")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_solder_paste_record_no")),
    )
    op.create_index("ix_form_solder_paste_batch_no", "form_solder_paste", ["batch_no", "happened_at"], unique=False)
    op.create_index("ix_form_solder_paste_happened", "form_solder_paste", ["happened_at"], unique=False)
    op.create_index("ix_form_solder_paste_issued_at", "form_solder_paste", ["issued_at", "happened_at"], unique=False)
    op.create_index("ix_form_solder_paste_line", "form_solder_paste", ["line_id", "happened_at"], unique=False)
    op.create_index("ix_form_solder_paste_lot_id", "form_solder_paste", ["lot_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_solder_paste_material_code", "form_solder_paste", ["material_code", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_solder_paste_received_at", "form_solder_paste", ["received_at", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_solder_paste_result",
        "form_solder_paste",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_solder_paste_run", "form_solder_paste", ["run_id", "happened_at"], unique=False)
    op.create_index("ix_form_solder_paste_step", "form_solder_paste", ["step", "happened_at"], unique=False)
    op.create_index(
        "uq_form_solder_paste_lot",
        "form_solder_paste",
        ["lot_id"],
        unique=True,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_table(
        "form_squeegee",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("squeegee_id", sa.Text(), nullable=True),
        sa.Column("squeegee_spec", sa.Text(), nullable=True),
        sa.Column("product_model", sa.Text(), nullable=True),
        sa.Column("check_surface", sa.Boolean(), nullable=True),
        sa.Column("check_edge", sa.Boolean(), nullable=True),
        sa.Column("check_flatness", sa.Boolean(), nullable=True),
        sa.Column("print_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total_print_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_percent", sa.Float(), nullable=True),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=True),
        sa.Column("replaced_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_squeegee_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_squeegee_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_squeegee")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_squeegee_record_no")),
    )
    op.create_index("ix_form_squeegee_happened", "form_squeegee", ["happened_at"], unique=False)
    op.create_index("ix_form_squeegee_line", "form_squeegee", ["line_id", "happened_at"], unique=False)
    op.create_index("ix_form_squeegee_product_model", "form_squeegee", ["product_model", "happened_at"], unique=False)
    op.create_index(
        "ix_form_squeegee_result",
        "form_squeegee",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_squeegee_run", "form_squeegee", ["run_id", "happened_at"], unique=False)
    op.create_index("ix_form_squeegee_squeegee_id", "form_squeegee", ["squeegee_id", "happened_at"], unique=False)
    op.create_table(
        "form_stencil_clean",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("stencil_id", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("clean_result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_stencil_clean_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_stencil_clean_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_stencil_clean")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_stencil_clean_record_no")),
    )
    op.create_index("ix_form_stencil_clean_happened", "form_stencil_clean", ["happened_at"], unique=False)
    op.create_index("ix_form_stencil_clean_line", "form_stencil_clean", ["line_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_stencil_clean_result",
        "form_stencil_clean",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_stencil_clean_run", "form_stencil_clean", ["run_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_stencil_clean_stencil_id", "form_stencil_clean", ["stencil_id", "happened_at"], unique=False
    )
    op.create_table(
        "form_stencil_usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("stencil_id", sa.Text(), nullable=True),
        sa.Column("stencil_thickness", sa.Float(), nullable=True),
        sa.Column("product_model", sa.Text(), nullable=True),
        sa.Column("check_deform", sa.Boolean(), nullable=True),
        sa.Column("check_hole_damage", sa.Boolean(), nullable=True),
        sa.Column("check_seal_intact", sa.Boolean(), nullable=True),
        sa.Column("tension_values", Json(), nullable=True),
        sa.Column("print_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total_print_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("life_percent", sa.Float(), nullable=True),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=True),
        sa.Column("replaced_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_stencil_usage_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_stencil_usage_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_stencil_usage")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_stencil_usage_record_no")),
    )
    op.create_index("ix_form_stencil_usage_happened", "form_stencil_usage", ["happened_at"], unique=False)
    op.create_index("ix_form_stencil_usage_line", "form_stencil_usage", ["line_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_stencil_usage_product_model", "form_stencil_usage", ["product_model", "happened_at"], unique=False
    )
    op.create_index(
        "ix_form_stencil_usage_result",
        "form_stencil_usage",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_stencil_usage_run", "form_stencil_usage", ["run_id", "happened_at"], unique=False)
    op.create_index(
        "ix_form_stencil_usage_stencil_id", "form_stencil_usage", ["stencil_id", "happened_at"], unique=False
    )
    op.create_table(
        "form_xray",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_no", sa.Text(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("form_revision", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_reasons", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("names_typed", Json(), nullable=True),
        sa.Column("extra", Json(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirm_remark", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_by_name", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("corrected_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("sample_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("unit_sns", Json(), nullable=True),
        sa.Column("max_void_percent", sa.Float(), nullable=True),
        sa.Column("check_result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_form_xray_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_form_xray_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_xray")),
        sa.UniqueConstraint("record_no", name=op.f("uq_form_xray_record_no")),
    )
    op.create_index("ix_form_xray_happened", "form_xray", ["happened_at"], unique=False)
    op.create_index("ix_form_xray_line", "form_xray", ["line_id", "happened_at"], unique=False)
    op.create_index("ix_form_xray_product_name", "form_xray", ["product_name", "happened_at"], unique=False)
    op.create_index("ix_form_xray_reason_code", "form_xray", ["reason_code", "happened_at"], unique=False)
    op.create_index(
        "ix_form_xray_result",
        "form_xray",
        ["result", "happened_at"],
        unique=False,
        sqlite_where=sa.text("NOT voided"),
        postgresql_where=sa.text("NOT voided"),
    )
    op.create_index("ix_form_xray_run", "form_xray", ["run_id", "happened_at"], unique=False)
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sample_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sampled_units", Json(), nullable=True),
        sa.Column("passed_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("failed_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("template_code", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("data", Json(), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inspector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("inspector_name", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signed_by_name", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signature_meaning", sa.Text(), nullable=True),
        sa.Column("signature_remark", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancelled_by_name", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_inspection_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_run_id"), "inspection", ["run_id"], unique=False)
    op.create_index("ix_inspection_type", "inspection", ["type", "status", "created_at"], unique=False)
    op.create_index(
        "uq_inspection_open",
        "inspection",
        ["run_id", "type", "scope"],
        unique=True,
        sqlite_where=sa.text("status IN ('PENDING', 'INSPECTING')"),
        postgresql_where=sa.text("status IN ('PENDING', 'INSPECTING')"),
    )
    op.create_table(
        "loaded_table",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_hash", sa.Text(), nullable=False),
        sa.Column("whole_line", sa.Boolean(), nullable=False),
        sa.Column("loaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("loaded_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_loaded_table_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_loaded_table")),
    )
    op.create_table(
        "placement_step",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_placement_step_run_id")),
        sa.PrimaryKeyConstraint("run_id", "step_no", name=op.f("pk_placement_step")),
    )
    op.create_table(
        "readiness_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checked_by_name", sa.Text(), nullable=True),
        sa.Column("config_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invalidated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invalidated_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("next_expiry_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("passed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waived", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("not_applicable", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manual", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("not_needed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("superseded", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_check_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_check")),
    )
    op.create_index("ix_readiness_check_newest", "readiness_check", ["run_id", "id"], unique=False)
    op.create_index("ix_readiness_check_run", "readiness_check", ["run_id", "type", "id"], unique=False)
    op.create_table(
        "readiness_checklist_confirmation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_by_name", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_checklist_confirmation_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_checklist_confirmation")),
    )
    op.create_index(
        op.f("ix_readiness_checklist_confirmation_run_id"), "readiness_checklist_confirmation", ["run_id"], unique=False
    )
    op.create_index(
        "uq_readiness_checklist_confirmation_standing",
        "readiness_checklist_confirmation",
        ["run_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "readiness_checklist_reminder",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_checklist_reminder_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_readiness_checklist_reminder")),
    )
    op.create_table(
        "readiness_checklist_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("set_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_checklist_row_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_checklist_row")),
        sa.UniqueConstraint("run_id", "item_key", name=op.f("uq_readiness_checklist_row_run_id_item_key")),
    )
    op.create_table(
        "readiness_due",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("input_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_due_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_readiness_due")),
    )
    op.create_index("ix_readiness_due_expires", "readiness_due", ["expires_at"], unique=False)
    op.create_index("ix_readiness_due_input", "readiness_due", ["input_at"], unique=False)
    op.create_table(
        "reflow_profile_usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("profile_code", sa.Text(), nullable=True),
        sa.Column("profile_version", sa.Text(), nullable=True),
        sa.Column("expected_program", sa.Text(), nullable=True),
        sa.Column("actual_program", sa.Text(), nullable=False),
        sa.Column("actual_peak", sa.Float(), nullable=True),
        sa.Column("actual_time", sa.Float(), nullable=True),
        sa.Column("is_matched", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("limits_ok", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mismatch_reason", sa.Text(), nullable=True),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_reflow_profile_usage_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_reflow_profile_usage_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_reflow_profile_usage_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflow_profile_usage")),
    )
    op.create_index(op.f("ix_reflow_profile_usage_line_id"), "reflow_profile_usage", ["line_id"], unique=False)
    op.create_index(
        "ix_reflow_usage_profile", "reflow_profile_usage", ["profile_code", "profile_version"], unique=False
    )
    op.create_index("ix_reflow_usage_run", "reflow_profile_usage", ["run_id", "used_at"], unique=False)
    op.create_table(
        "run_authorization",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fai_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_authorization_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_authorization")),
    )
    op.create_index(op.f("ix_run_authorization_run_id"), "run_authorization", ["run_id"], unique=False)
    op.create_table(
        "slot_expectation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected_material", sa.Text(), nullable=False),
        sa.Column("alternates", Json(), nullable=False),
        sa.Column("unit_consumption", sa.Float(), nullable=True),
        sa.Column("ref_des", Json(), nullable=False),
        sa.Column("level", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wrong_material", sa.Text(), nullable=True),
        sa.Column("must_reload", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_slot_expectation_run_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["feeder_slot.id"], name=op.f("fk_slot_expectation_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_expectation")),
        sa.UniqueConstraint("run_id", "slot_id", name=op.f("uq_slot_expectation_run_id_slot_id")),
    )
    op.create_index(op.f("ix_slot_expectation_slot_id"), "slot_expectation", ["slot_id"], unique=False)
    op.create_table(
        "slot_lock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attempts", Json(), nullable=False),
        sa.Column("locked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unlocked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unlocked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unlocked_by_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_slot_lock_run_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["feeder_slot.id"], name=op.f("fk_slot_lock_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_lock")),
    )
    op.create_index(op.f("ix_slot_lock_slot_id"), "slot_lock", ["slot_id"], unique=False)
    op.create_table(
        "time_rule_instance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition", Json(), nullable=False),
        sa.Column("rule_type", sa.Text(), nullable=False),
        sa.Column("definition_code", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("entity_display", sa.Text(), nullable=False),
        sa.Column("started_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_by_name", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warning_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("late_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waived_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waived_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waived_by_name", sa.Text(), nullable=True),
        sa.Column("waive_reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_time_rule_instance_line_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["time_rule.id"], name=op.f("fk_time_rule_instance_rule_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_time_rule_instance_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_rule_instance")),
    )
    op.create_index("ix_time_rule_instance_due", "time_rule_instance", ["status", "expires_at"], unique=False)
    op.create_index(
        "ix_time_rule_instance_entity", "time_rule_instance", ["entity_type", "entity_id", "status"], unique=False
    )
    op.create_index(op.f("ix_time_rule_instance_rule_id"), "time_rule_instance", ["rule_id"], unique=False)
    op.create_index(op.f("ix_time_rule_instance_run_id"), "time_rule_instance", ["run_id"], unique=False)
    op.create_index(
        "uq_time_rule_instance_active",
        "time_rule_instance",
        ["rule_id", "entity_type", "entity_id"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_table(
        "tool_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assigned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assigned_by_name", sa.Text(), nullable=True),
        sa.Column("assigned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unassigned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unassigned_by_name", sa.Text(), nullable=True),
        sa.Column("unassigned_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_tool_assignment_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_tool_assignment_station_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_assignment_tool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_assignment")),
    )
    op.create_index(op.f("ix_tool_assignment_run_id"), "tool_assignment", ["run_id"], unique=False)
    op.create_index(op.f("ix_tool_assignment_station_id"), "tool_assignment", ["station_id"], unique=False)
    op.create_index("ix_tool_assignment_tool", "tool_assignment", ["tool_id", "assigned_at"], unique=False)
    op.create_index(
        "uq_tool_assignment_open",
        "tool_assignment",
        ["tool_id"],
        unique=True,
        sqlite_where=sa.text("unassigned_at IS NULL"),
        postgresql_where=sa.text("unassigned_at IS NULL"),
    )
    op.create_table(
        "tool_run",
        sa.Column("tool_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("life_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("boards", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("panel_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_tool_run_run_id")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_tool_run_tool_id")),
        sa.PrimaryKeyConstraint("tool_id", "run_id", "life_no", name=op.f("pk_tool_run")),
    )
    op.create_index(op.f("ix_tool_run_run_id"), "tool_run", ["run_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sn", sa.Text(), nullable=False),
        sa.Column("work_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("current_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rework_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hold_pending", sa.Boolean(), nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_unit_run_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_unit_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("sn", name=op.f("uq_unit_sn")),
    )
    op.create_index("ix_unit_of_run", "unit", ["run_id", "sn"], unique=False)
    op.create_index("ix_unit_run", "unit", ["run_id", "status", "current_step_no", "tracked"], unique=False)
    op.create_table(
        "yield_day",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_failed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_yield_day_line_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_yield_day_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_yield_day_station_id")),
        sa.PrimaryKeyConstraint("day", "station_id", "run_id", "step_no", name=op.f("pk_yield_day")),
    )
    op.create_index(op.f("ix_yield_day_run_id"), "yield_day", ["run_id"], unique=False)
    op.create_table(
        "carrier_load",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("carrier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unloaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_load_carrier_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_carrier_load_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_carrier_load_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_load")),
    )
    op.create_index("ix_carrier_load_carrier", "carrier_load", ["carrier_id", "loaded_at"], unique=False)
    op.create_index("ix_carrier_load_unit", "carrier_load", ["unit_id", "loaded_at"], unique=False)
    op.create_index(
        "uq_carrier_load_open",
        "carrier_load",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("unloaded_at IS NULL"),
        postgresql_where=sa.text("unloaded_at IS NULL"),
    )
    op.create_table(
        "carrier_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("carrier_track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spec_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value_number", sa.Float(), nullable=True),
        sa.Column("value_text", sa.Text(), nullable=True),
        sa.Column("value_boolean", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_json", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("alarmed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("collected_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("collected_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("collected_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier_track_id"], ["carrier_track.id"], name=op.f("fk_carrier_value_carrier_track_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_value")),
    )
    op.create_index(op.f("ix_carrier_value_carrier_track_id"), "carrier_value", ["carrier_track_id"], unique=False)
    op.create_table(
        "inspection_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("item_spec", sa.Text(), nullable=True),
        sa.Column("actual_value", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("template_item_id", sa.Text(), nullable=True),
        sa.Column("defect_code", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("inspected_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("inspected_by_name", sa.Text(), nullable=True),
        sa.Column("inspected_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revisions", Json(), nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_item_inspection_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inspection_item_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_item")),
    )
    op.create_index(op.f("ix_inspection_item_inspection_id"), "inspection_item", ["inspection_id"], unique=False)
    op.create_index(op.f("ix_inspection_item_unit_id"), "inspection_item", ["unit_id"], unique=False)
    op.create_table(
        "ipqc_state",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_ipqc_state_inspection_id")),
        sa.ForeignKeyConstraint(["point_id"], ["ipqc_point.id"], name=op.f("fk_ipqc_state_point_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_ipqc_state_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ipqc_state_unit_id")),
        sa.PrimaryKeyConstraint("run_id", "point_id", name=op.f("pk_ipqc_state")),
    )
    op.create_index(op.f("ix_ipqc_state_unit_id"), "ipqc_state", ["unit_id"], unique=False)
    op.create_table(
        "loading_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("expected_code", sa.Text(), nullable=False),
        sa.Column("is_alternate", sa.Boolean(), nullable=False),
        sa.Column("verify_result", sa.Text(), nullable=False),
        sa.Column("fail_code", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failed_attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_locked", sa.Boolean(), nullable=False),
        sa.Column("package_qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_consumption", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("reviewed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewed_by_name", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("loaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("loaded_by_name", sa.Text(), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("unloaded_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unloaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unloaded_by_name", sa.Text(), nullable=True),
        sa.Column("unload_reason", sa.Text(), nullable=True),
        sa.Column("replaced_record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("low_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["first_unit_id"], ["unit.id"], name=op.f("fk_loading_record_first_unit_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["material_lot.id"], name=op.f("fk_loading_record_lot_id")),
        sa.ForeignKeyConstraint(
            ["replaced_record_id"], ["loading_record.id"], name=op.f("fk_loading_record_replaced_record_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_loading_record_run_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["feeder_slot.id"], name=op.f("fk_loading_record_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loading_record")),
    )
    op.create_index(op.f("ix_loading_record_first_unit_id"), "loading_record", ["first_unit_id"], unique=False)
    op.create_index("ix_loading_record_kind", "loading_record", ["kind", "loaded_at"], unique=False)
    op.create_index("ix_loading_record_lot", "loading_record", ["lot_id", "loaded_at"], unique=False)
    op.create_index(
        op.f("ix_loading_record_replaced_record_id"), "loading_record", ["replaced_record_id"], unique=False
    )
    op.create_index("ix_loading_record_run", "loading_record", ["run_id", "slot_id", "loaded_at"], unique=False)
    op.create_index(
        "uq_loading_record_open",
        "loading_record",
        ["slot_id"],
        unique=True,
        sqlite_where=sa.text("status = 'LOADED'"),
        postgresql_where=sa.text("status = 'LOADED'"),
    )
    op.create_table(
        "material_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("part_sn", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("qty", sa.Float(), nullable=False),
        sa.Column("is_key_part", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_by_name", sa.Text(), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("removed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("removed_by_name", sa.Text(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["material_lot.id"], name=op.f("fk_material_use_lot_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_material_use_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_material_use_station_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_material_use_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_use")),
    )
    op.create_index(op.f("ix_material_use_lot_id"), "material_use", ["lot_id"], unique=False)
    op.create_index("ix_material_use_place", "material_use", ["station_id", "material_code", "used_at"], unique=False)
    op.create_index(op.f("ix_material_use_unit_id"), "material_use", ["unit_id"], unique=False)
    op.create_index(
        "uq_material_use_part",
        "material_use",
        ["material_code", "part_sn"],
        unique=True,
        sqlite_where=sa.text("part_sn IS NOT NULL AND removed_at IS NULL"),
        postgresql_where=sa.text("part_sn IS NOT NULL AND removed_at IS NULL"),
    )
    op.create_table(
        "mrb_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rework_type", sa.Text(), nullable=True),
        sa.Column("rework_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fai_waived", sa.Boolean(), nullable=False),
        sa.Column("fai_waiver_reason", sa.Text(), nullable=True),
        sa.Column("participants", Json(), nullable=True),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_mrb_decision_inspection_id")),
        sa.ForeignKeyConstraint(["rework_run_id"], ["run.id"], name=op.f("fk_mrb_decision_rework_run_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_mrb_decision_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mrb_decision")),
        sa.UniqueConstraint("run_id", name=op.f("uq_mrb_decision_run_id")),
    )
    op.create_index(op.f("ix_mrb_decision_rework_run_id"), "mrb_decision", ["rework_run_id"], unique=False)
    op.create_table(
        "readiness_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("applicable", sa.Boolean(), nullable=False),
        sa.Column("cause_code", sa.Text(), nullable=True),
        sa.Column("cause_fingerprint", sa.Text(), nullable=True),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("not_needed", sa.Boolean(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("waiver_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["check_id"], ["readiness_check.id"], name=op.f("fk_readiness_item_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_item")),
    )
    op.create_index(op.f("ix_readiness_item_check_id"), "readiness_item", ["check_id"], unique=False)
    op.create_table(
        "track",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("fai_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("in_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("out_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("in_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("in_by_name", sa.Text(), nullable=True),
        sa.Column("out_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("out_by_name", sa.Text(), nullable=True),
        sa.Column("operator_id_in", sa.Text(), nullable=True),
        sa.Column("operator_id_out", sa.Text(), nullable=True),
        sa.Column("more", Json(), nullable=True),
        sa.Column("voided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided", Json(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_track_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_track_station_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_track_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
    )
    op.create_index(
        "ix_track_open_station",
        "track",
        ["station_id"],
        unique=False,
        sqlite_where=sa.text("out_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("out_at IS NULL AND voided_at IS NULL"),
    )
    op.create_index("ix_track_out", "track", ["out_at"], unique=False)
    op.create_index("ix_track_station", "track", ["station_id", "in_at"], unique=False)
    op.create_index("ix_track_step", "track", ["run_id", "step_no", "in_at"], unique=False)
    op.create_index("ix_track_unit", "track", ["unit_id"], unique=False)
    op.create_index(
        "uq_track_open",
        "track",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("out_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("out_at IS NULL AND voided_at IS NULL"),
    )
    op.create_table(
        "unit_hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("placed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("placed_by_name", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("resume_status", sa.Text(), nullable=True),
        sa.Column("resume_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("defect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_by_name", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_hold_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_hold")),
    )
    op.create_index(op.f("ix_unit_hold_unit_id"), "unit_hold", ["unit_id"], unique=False)
    op.create_index(
        "uq_unit_hold_open",
        "unit_hold",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "unit_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("left_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_unit_run_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_run_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_run")),
    )
    op.create_index(op.f("ix_unit_run_run_id"), "unit_run", ["run_id"], unique=False)
    op.create_index(op.f("ix_unit_run_unit_id"), "unit_run", ["unit_id"], unique=False)
    op.create_table(
        "data_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spec_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value_number", sa.Float(), nullable=True),
        sa.Column("value_text", sa.Text(), nullable=True),
        sa.Column("value_boolean", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_json", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("alarmed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("collected_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("collected_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("collected_by_name", sa.Text(), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_data_value_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_value")),
    )
    op.create_index(op.f("ix_data_value_track_id"), "data_value", ["track_id"], unique=False)
    op.create_table(
        "defect",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("defect_no", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("station_code", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_name", sa.Text(), nullable=True),
        sa.Column("code_known", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("qty", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("to_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("machine_result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("superseded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_defect_inspection_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_defect_run_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_defect_track_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_defect_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect")),
        sa.UniqueConstraint("defect_no", name=op.f("uq_defect_defect_no")),
    )
    op.create_index("ix_defect_code", "defect", ["code", "created_at"], unique=False)
    op.create_index("ix_defect_created", "defect", ["created_at"], unique=False)
    op.create_index(op.f("ix_defect_inspection_id"), "defect", ["inspection_id"], unique=False)
    op.create_index(
        "ix_defect_machine_result",
        "defect",
        ["machine_result_id"],
        unique=False,
        sqlite_where=sa.text("machine_result_id IS NOT NULL"),
        postgresql_where=sa.text("machine_result_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_defect_run_id"), "defect", ["run_id"], unique=False)
    op.create_index(op.f("ix_defect_track_id"), "defect", ["track_id"], unique=False)
    op.create_index(op.f("ix_defect_unit_id"), "defect", ["unit_id"], unique=False)
    op.create_table(
        "device_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("warnings", Json(), nullable=True),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("carrier_track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("failed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("not_judged", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("meta", Json(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier_track_id"], ["carrier_track.id"], name=op.f("fk_device_event_carrier_track_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_device_event_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_device_event_station_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_device_event_track_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_event_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_event")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_device_event_system_event_id")),
    )
    op.create_index("ix_device_event_time", "device_event", ["event_time"], unique=False)
    op.create_index(op.f("ix_device_event_track_id"), "device_event", ["track_id"], unique=False)
    op.create_index(op.f("ix_device_event_unit_id"), "device_event", ["unit_id"], unique=False)
    op.create_table(
        "machine_result",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("event_time", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effective_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offset_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("warnings", Json(), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("meta", Json(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("match_status", sa.Text(), nullable=False),
        sa.Column("defects", Json(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("raw", Json(), nullable=True),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("overruled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("overruled_by_name", sa.Text(), nullable=True),
        sa.Column("overruled_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_machine_result_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_machine_result_station_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["unit.id"], name=op.f("fk_machine_result_subject_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_machine_result_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_result")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_machine_result_system_event_id")),
    )
    op.create_index(
        "ix_machine_result_current", "machine_result", ["subject_id", "effective_at", "received_at"], unique=False
    )
    op.create_index(
        "ix_machine_result_held",
        "machine_result",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("standing = 'HELD'"),
        postgresql_where=sa.text("standing = 'HELD'"),
    )
    op.create_index(
        "ix_machine_result_pending",
        "machine_result",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("match_status = 'PENDING'"),
        postgresql_where=sa.text("match_status = 'PENDING'"),
    )
    op.create_index("ix_machine_result_received", "machine_result", ["received_at"], unique=False)
    op.create_index(op.f("ix_machine_result_track_id"), "machine_result", ["track_id"], unique=False)
    op.create_table(
        "readiness_waiver",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("cause_code", sa.Text(), nullable=False),
        sa.Column("cause_fingerprint", sa.Text(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waived_by_name", sa.Text(), nullable=False),
        sa.Column("waived_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reused_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_by_name", sa.Text(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["check_id"], ["readiness_check.id"], name=op.f("fk_readiness_waiver_check_id")),
        sa.ForeignKeyConstraint(["item_id"], ["readiness_item.id"], name=op.f("fk_readiness_waiver_item_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_readiness_waiver_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_waiver")),
    )
    op.create_index(op.f("ix_readiness_waiver_run_id"), "readiness_waiver", ["run_id"], unique=False)
    op.create_table(
        "test_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("test_result_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("program_code", sa.Text(), nullable=False),
        sa.Column("program_version", sa.Text(), nullable=True),
        sa.Column("attempt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("machine_result", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("completed_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.Text(), nullable=True),
        sa.Column("tool_code", sa.Text(), nullable=True),
        sa.Column("operator_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_test_record_run_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_test_record_station_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_test_record_track_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_test_record_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_record")),
        sa.UniqueConstraint("test_result_id", name=op.f("uq_test_record_test_result_id")),
    )
    op.create_index("ix_test_record_completed", "test_record", ["completed_at"], unique=False)
    op.create_index("ix_test_record_program", "test_record", ["program_code", "completed_at"], unique=False)
    op.create_index(op.f("ix_test_record_run_id"), "test_record", ["run_id"], unique=False)
    op.create_index(op.f("ix_test_record_track_id"), "test_record", ["track_id"], unique=False)
    op.create_index(op.f("ix_test_record_unit_id"), "test_record", ["unit_id"], unique=False)
    op.create_table(
        "defect_disposition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("defect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("to_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["defect_id"], ["defect.id"], name=op.f("fk_defect_disposition_defect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_disposition")),
    )
    op.create_index(op.f("ix_defect_disposition_defect_id"), "defect_disposition", ["defect_id"], unique=False)
    op.create_table(
        "defect_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("defect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_by_name", sa.Text(), nullable=True),
        sa.Column("added_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["defect_id"], ["defect.id"], name=op.f("fk_defect_photo_defect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect_photo")),
        sa.UniqueConstraint("defect_id", "sha256", name=op.f("uq_defect_photo_defect_id_sha256")),
        sa.UniqueConstraint("name", name=op.f("uq_defect_photo_name")),
    )
    op.create_table(
        "rework_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("defect_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_step_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_by_name", sa.Text(), nullable=True),
        sa.Column("done_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["defect_id"], ["defect.id"], name=op.f("fk_rework_task_defect_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_rework_task_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_rework_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rework_task")),
    )
    op.create_index(op.f("ix_rework_task_defect_id"), "rework_task", ["defect_id"], unique=False)
    op.create_index(op.f("ix_rework_task_run_id"), "rework_task", ["run_id"], unique=False)
    op.create_index("ix_rework_task_unit", "rework_task", ["unit_id", "settled"], unique=False)
    op.create_table(
        "test_failed_item",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["test_record.id"], name=op.f("fk_test_failed_item_record_id")),
        sa.PrimaryKeyConstraint("record_id", "name", name=op.f("pk_test_failed_item")),
    )
    op.create_table(
        "test_record_item",
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["test_record.id"], name=op.f("fk_test_record_item_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_test_record_item")),
    )
    op.create_table(
        "repair_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("parts_replaced", Json(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("repaired_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("repaired_by_name", sa.Text(), nullable=True),
        sa.Column("repaired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["rework_task.id"], name=op.f("fk_repair_record_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_record")),
        sa.UniqueConstraint("task_id", "attempt", name=op.f("uq_repair_record_task_id_attempt")),
    )
    op.create_index(op.f("ix_repair_record_task_id"), "repair_record", ["task_id"], unique=False)
    # ### end Alembic commands ###
    engine = op.get_context().dialect.name
    for name, select in VIEWS.items():
        op.execute(sa.text(f"CREATE VIEW {name} AS {select[engine]}".replace(":", r"\:")))
    for table in GUARDED:
        for statement in append_only_ddl(table, engine):
            op.execute(sa.text(statement.replace(":", r"\\:")))
