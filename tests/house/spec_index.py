"""The index of the specification (page 14) as plain data: what exists, under which name, with which permission and status.

It is our contract. It changes when the specification does, never to make a test green.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Method, path, permission in the words of the index.
_ENDPOINTS = """
GET /api/api-tokens system:token_manage
POST /api/api-tokens system:token_manage
POST /api/api-tokens/{id}/revoke system:token_manage
POST /api/api-tokens/{id}/rotate system:token_manage
GET /api/audit-archives system:audit
POST /api/audit-archives system:audit and system:ops
GET /api/audit-logs signed in (own entries); system:audit (all)
GET /api/audit-logs/entity/{entityType}/{entityKey} signed in, and may read the thing
GET /api/audit-logs/export system:audit
POST /api/audit-logs/verify system:audit
GET /api/audit-logs/{id} signed in (own entries); system:audit (all)
POST /api/auth/reauth signed in
GET /api/auth/session signed in
GET /api/auth/sessions signed in
DELETE /api/auth/sessions/{id} signed in
POST /api/auth/sign-in/badge open
POST /api/auth/sign-in/email open
POST /api/auth/sign-out open
POST /api/auth/terminals/pair open
GET /api/bake-records readiness:view or trace:read
POST /api/bake-records readiness:record
GET /api/bake-records/export readiness:view or trace:read
GET /api/bake-records/{recordId} readiness:view or trace:read
POST /api/bake-records/{recordId}/confirm form:confirm
POST /api/bake-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/bake-records/{recordId}/take-out readiness:record
POST /api/bake-records/{recordId}/void form:confirm
GET /api/boms material:read
PUT /api/boms/{parentCode} material:config
GET /api/cold-storage-temperature-records readiness:view or trace:read
POST /api/cold-storage-temperature-records readiness:record (token: integration:push)
GET /api/cold-storage-temperature-records/export readiness:view or trace:read
GET /api/cold-storage-temperature-records/{recordId} readiness:view or trace:read
POST /api/cold-storage-temperature-records/{recordId}/confirm form:confirm
POST /api/cold-storage-temperature-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/cold-storage-temperature-records/{recordId}/void form:confirm
GET /api/daily-qc-records quality:record or trace:read
POST /api/daily-qc-records quality:record
GET /api/daily-qc-records/export quality:record or trace:read
GET /api/daily-qc-records/stats quality:record or trace:read
GET /api/daily-qc-records/{recordId} quality:record or trace:read
POST /api/daily-qc-records/{recordId}/confirm form:confirm
POST /api/daily-qc-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/daily-qc-records/{recordId}/void form:confirm
GET /api/data-collection-specs data_spec:read
POST /api/data-collection-specs data_spec:config
GET /api/data-collection-specs/{specId} data_spec:read
PATCH /api/data-collection-specs/{specId} data_spec:config
GET /api/defect-codes signed in
POST /api/defect-codes quality:config
GET /api/defect-codes/unknown signed in
PATCH /api/defect-codes/{code} quality:config
DELETE /api/defect-codes/{code} quality:config
GET /api/defects quality:disposition or trace:read
POST /api/defects quality:disposition or quality:record
GET /api/defects/{defectId} quality:disposition or trace:read
POST /api/defects/{defectId}/disposition quality:disposition
POST /api/defects/{defectId}/release quality:disposition
GET /api/equipment-inspection-records readiness:view or trace:read
POST /api/equipment-inspection-records readiness:record (token: integration:push)
GET /api/equipment-inspection-records/export readiness:view or trace:read
GET /api/equipment-inspection-records/{recordId} readiness:view or trace:read
POST /api/equipment-inspection-records/{recordId}/confirm form:confirm
POST /api/equipment-inspection-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/equipment-inspection-records/{recordId}/void form:confirm
GET /api/events system:ops
POST /api/events/{id}/retry system:ops
GET /api/execution-defaults/global route:read
PUT /api/execution-defaults/global route:configure
GET /api/execution-defaults/operations/{operationId} route:read
PUT /api/execution-defaults/operations/{operationId} route:configure
GET /api/fai quality:fai or trace:read
GET /api/fai-templates fai_template:read
POST /api/fai-templates quality:fai
GET /api/fai-templates/{templateId} fai_template:read
PATCH /api/fai-templates/{templateId} quality:fai
GET /api/fai/run/{runNo} quality:fai or trace:read
POST /api/fai/run/{runNo} quality:fai
GET /api/fai/run/{runNo}/gate quality:fai or trace:read
GET /api/fai/{faiId} quality:fai or trace:read
POST /api/fai/{faiId}/cancel quality:fai
POST /api/fai/{faiId}/complete quality:fai
POST /api/fai/{faiId}/items quality:fai
PATCH /api/fai/{faiId}/items/{itemId} quality:fai
POST /api/fai/{faiId}/sign quality:sign
POST /api/fai/{faiId}/start quality:fai
GET /api/feeder-slots/{slotId}/locks loading:view
POST /api/feeder-slots/{slotId}/unlock loading:unlock
GET /api/fixture-usage-records readiness:view or trace:read
POST /api/fixture-usage-records readiness:record
GET /api/fixture-usage-records/export readiness:view or trace:read
GET /api/fixture-usage-records/{recordId} readiness:view or trace:read
POST /api/fixture-usage-records/{recordId}/confirm form:confirm
POST /api/fixture-usage-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/fixture-usage-records/{recordId}/void form:confirm
GET /api/forms signed in
GET /api/forms/late-entry-windows form:confirm or system:config
POST /api/forms/late-entry-windows system:config
GET /api/forms/{key} signed in
GET /api/fqc quality:fai or trace:read
GET /api/fqc/run/{runNo} quality:fai or trace:read
POST /api/fqc/run/{runNo} quality:fai
GET /api/fqc/run/{runNo}/gate quality:fai or trace:read
GET /api/fqc/{fqcId} quality:fai or trace:read
POST /api/fqc/{fqcId}/cancel quality:fai
POST /api/fqc/{fqcId}/complete quality:fai
POST /api/fqc/{fqcId}/items quality:fai
PATCH /api/fqc/{fqcId}/items/{itemId} quality:fai
POST /api/fqc/{fqcId}/sign quality:sign
POST /api/fqc/{fqcId}/start quality:fai
GET /api/health open
GET /api/health/details system:ops
GET /api/health/ready open
GET /api/ingest/events integration:view or trace:read
POST /api/ingest/events (token: integration:push)
GET /api/ingest/events/{eventId} integration:view or trace:read
GET /api/integration/device-data integration:view
POST /api/integration/device-data exec:data_collect (token: integration:push, DEVICE)
POST /api/integration/equipment-status readiness:manual (token: integration:push, TPM)
POST /api/integration/erp/boms/sync system:integration
POST /api/integration/erp/materials/sync system:integration
POST /api/integration/erp/routes/sync system:integration
POST /api/integration/erp/work-centers/sync system:integration
POST /api/integration/erp/work-orders/sync system:integration
POST /api/integration/erp/{entity}/import system:integration
POST /api/integration/inspection-result exec:track_out or readiness:manual (token: integration:push, SPI, AOI)
GET /api/integration/inspection-results integration:view
GET /api/integration/lines/{lineId}/bindings readiness:view
POST /api/integration/lines/{lineId}/solder-paste/bind loading:config or readiness:manual
POST /api/integration/lines/{lineId}/solder-paste/unbind loading:config or readiness:manual
POST /api/integration/lines/{lineId}/stencil/bind loading:config or readiness:manual
POST /api/integration/lines/{lineId}/stencil/unbind loading:config or readiness:manual
GET /api/integration/messages system:integration
GET /api/integration/messages/{id} system:integration
POST /api/integration/messages/{id}/replay system:integration
GET /api/integration/mock/erp/{entity} open
GET /api/integration/mock/tpm/{entity} open
POST /api/integration/outbound/erp/runs/{runNo}/completion system:integration
GET /api/integration/outbound/events system:integration
GET /api/integration/outbound/events/{eventId} system:integration
POST /api/integration/outbound/events/{eventId}/cancel system:integration
POST /api/integration/outbound/events/{eventId}/retry system:integration
GET /api/integration/solder-paste-status integration:view
POST /api/integration/solder-paste-status readiness:manual (token: integration:push, SOLDER_PASTE, WMS)
GET /api/integration/status integration:view
GET /api/integration/stencil-status integration:view
POST /api/integration/stencil-status readiness:manual (token: integration:push, STENCIL, TPM)
PUT /api/integration/systems/{system}/mode readiness:manual or system:integration
POST /api/integration/tpm/equipment/sync system:integration
POST /api/integration/tpm/maintenance-tasks/sync system:integration
POST /api/integration/tpm/status-logs/sync system:integration
POST /api/integration/work-orders wo:receive (token: the same, system ERP)
GET /api/ipqc quality:fai or trace:read
GET /api/ipqc-checkpoints quality:fai or quality:config
POST /api/ipqc-checkpoints quality:config
GET /api/ipqc-checkpoints/{code} quality:fai or quality:config
PATCH /api/ipqc-checkpoints/{code} quality:config
DELETE /api/ipqc-checkpoints/{code} quality:config
GET /api/ipqc/run/{runNo} quality:fai or trace:read
POST /api/ipqc/run/{runNo} quality:fai
GET /api/ipqc/run/{runNo}/gate quality:fai or trace:read
GET /api/ipqc/{ipqcId} quality:fai or trace:read
POST /api/ipqc/{ipqcId}/cancel quality:fai
POST /api/ipqc/{ipqcId}/complete quality:fai
POST /api/ipqc/{ipqcId}/items quality:fai
PATCH /api/ipqc/{ipqcId}/items/{itemId} quality:fai
POST /api/ipqc/{ipqcId}/sign quality:sign
POST /api/ipqc/{ipqcId}/start quality:fai
GET /api/lines line:read
POST /api/lines line:config
GET /api/lines/{lineId} line:read
PATCH /api/lines/{lineId} line:config
DELETE /api/lines/{lineId} line:config
GET /api/lines/{lineId}/feeder-slots loading:view
POST /api/lines/{lineId}/feeder-slots loading:config
PATCH /api/lines/{lineId}/feeder-slots/{slotId} loading:config
DELETE /api/lines/{lineId}/feeder-slots/{slotId} loading:config
PATCH /api/lines/{lineId}/process-type line:config
GET /api/lines/{lineId}/readiness-config readiness:view
PUT /api/lines/{lineId}/readiness-config readiness:config
GET /api/lines/{lineId}/settings line:read
PUT /api/lines/{lineId}/settings line:config
POST /api/loading/records/{recordId}/first-unit loading:verify
POST /api/loading/replace loading:verify
POST /api/loading/unload loading:verify
POST /api/loading/verify loading:verify
GET /api/maintenance-records maintenance:read
POST /api/maintenance-records maintenance:write
GET /api/maintenance-records/{id} maintenance:read
PATCH /api/maintenance-records/{id} maintenance:write
POST /api/maintenance-records/{id}/cancel maintenance:write
POST /api/maintenance-records/{id}/complete maintenance:write
POST /api/maintenance-records/{id}/start maintenance:write
POST /api/maintenance-records/{id}/verify maintenance:verify
GET /api/material-lots material:read
POST /api/material-lots material:config
GET /api/material-lots/{id} material:read
PATCH /api/material-lots/{id} material:config
POST /api/material-lots/{id}/hold quality:disposition
GET /api/material-lots/{id}/msl material:read
POST /api/material-lots/{id}/msl-events readiness:record
POST /api/material-lots/{id}/release quality:disposition
GET /api/material-lots/{id}/usage material:read
GET /api/material-uses trace:read
POST /api/material-uses exec:track_out
POST /api/material-uses/{id}/remove quality:disposition
GET /api/materials material:read
POST /api/materials material:config
GET /api/materials/{materialCode} material:read
PATCH /api/materials/{materialCode} material:config
GET /api/msl-clocks material:read
GET /api/msl-levels material:read
PUT /api/msl-levels material:config
GET /api/notifications signed in
PATCH /api/notifications/read-all signed in
GET /api/notifications/settings signed in
PUT /api/notifications/settings signed in
GET /api/notifications/stream signed in
GET /api/notifications/unread-count signed in
DELETE /api/notifications/{id} signed in
PATCH /api/notifications/{id}/read signed in
GET /api/operation-mappings operation:read
POST /api/operation-mappings operation:config
GET /api/operation-mappings/gaps operation:read
PATCH /api/operation-mappings/{id} operation:config
GET /api/operations operation:read
POST /api/operations operation:config
GET /api/operations/{operationId} operation:read
PATCH /api/operations/{operationId} operation:config
GET /api/oqc quality:oqc or trace:read
GET /api/oqc/aql-tables quality:oqc or quality:config
POST /api/oqc/aql-tables quality:config
GET /api/oqc/aql-tables/{code} quality:oqc or quality:config
PATCH /api/oqc/aql-tables/{code} quality:config
GET /api/oqc/run/{runNo} quality:oqc or trace:read
POST /api/oqc/run/{runNo} quality:oqc
GET /api/oqc/run/{runNo}/gate quality:oqc or trace:read
GET /api/oqc/sampling-rules quality:oqc
POST /api/oqc/sampling-rules quality:oqc
GET /api/oqc/sampling-rules/{ruleId} quality:oqc
PATCH /api/oqc/sampling-rules/{ruleId} quality:oqc
DELETE /api/oqc/sampling-rules/{ruleId} quality:oqc
GET /api/oqc/{oqcId} quality:oqc or trace:read
POST /api/oqc/{oqcId}/cancel quality:oqc
POST /api/oqc/{oqcId}/complete quality:oqc
POST /api/oqc/{oqcId}/items quality:oqc
PATCH /api/oqc/{oqcId}/items/{itemId} quality:oqc
POST /api/oqc/{oqcId}/sign quality:sign
POST /api/oqc/{oqcId}/start quality:oqc
GET /api/oven-program-records readiness:view or trace:read
POST /api/oven-program-records readiness:record
GET /api/oven-program-records/export readiness:view or trace:read
GET /api/oven-program-records/{recordId} readiness:view or trace:read
POST /api/oven-program-records/{recordId}/confirm form:confirm
POST /api/oven-program-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/oven-program-records/{recordId}/void form:confirm
GET /api/permissions signed in
GET /api/permissions/me signed in
GET /api/production-exception-records quality:record or trace:read
POST /api/production-exception-records quality:record
GET /api/production-exception-records/export quality:record or trace:read
GET /api/production-exception-records/{exceptionId} quality:record or trace:read
POST /api/production-exception-records/{exceptionId}/confirm form:confirm
POST /api/production-exception-records/{exceptionId}/correct form:confirm, or the recorder within 10 min
POST /api/production-exception-records/{exceptionId}/void form:confirm
GET /api/readiness/exceptions readiness:view
GET /api/reel-change-records loading:view
POST /api/reel-change-records/{recordId}/review loading:unlock
GET /api/reflow-profile-usages trace:read
POST /api/reflow-profile-usages readiness:record
GET /api/reflow-profiles route:read
POST /api/reflow-profiles route:configure
POST /api/reflow-profiles/verify readiness:view
GET /api/reflow-profiles/{id} route:read
PATCH /api/reflow-profiles/{id} route:configure
DELETE /api/reflow-profiles/{id} route:configure
GET /api/rework-tasks quality:disposition or exec:read
POST /api/rework-tasks/{taskId}/complete quality:disposition
POST /api/rework-tasks/{taskId}/repair-record quality:disposition
GET /api/roles system:role_manage or system:user_manage
POST /api/roles system:role_manage
GET /api/roles/{id} system:role_manage or system:user_manage
PATCH /api/roles/{id} system:role_manage
DELETE /api/roles/{id} system:role_manage
GET /api/routes route:read
POST /api/routes route:create
GET /api/routes/{routingCode} route:read
PATCH /api/routes/{routingCode} route:configure
DELETE /api/routes/{routingCode} route:create
POST /api/routes/{routingCode}/compile route:compile
GET /api/routes/{routingCode}/execution-config route:read
POST /api/routes/{routingCode}/execution-config route:configure
PATCH /api/routes/{routingCode}/execution-config/{configId} route:configure
DELETE /api/routes/{routingCode}/execution-config/{configId} route:configure
PATCH /api/routes/{routingCode}/fai-template route:configure
PUT /api/routes/{routingCode}/steps route:create
GET /api/routes/{routingCode}/steps/{stepNo}/data-spec-options route:read
PUT /api/routes/{routingCode}/steps/{stepNo}/data-specs route:configure
GET /api/routes/{routingCode}/versions route:read
GET /api/routes/{routingCode}/versions/{versionNo} route:read
POST /api/routes/{routingCode}/versions/{versionNo}/retire route:compile
GET /api/runs run:read
GET /api/runs/{runNo} run:read
POST /api/runs/{runNo}/authorize run:authorize or run:revoke
POST /api/runs/{runNo}/cancel run:revoke
POST /api/runs/{runNo}/close run:close
POST /api/runs/{runNo}/generate-units run:create
GET /api/runs/{runNo}/loading loading:view
GET /api/runs/{runNo}/loading/consumption loading:view
GET /api/runs/{runNo}/loading/expectations loading:view
POST /api/runs/{runNo}/loading/load-table loading:verify
POST /api/runs/{runNo}/mrb-decision quality:disposition
POST /api/runs/{runNo}/readiness/check readiness:check
GET /api/runs/{runNo}/readiness/checklist readiness:view
POST /api/runs/{runNo}/readiness/checklist/confirm readiness:check
PUT /api/runs/{runNo}/readiness/checklist/items/{itemKey} readiness:check
GET /api/runs/{runNo}/readiness/checks/{checkId} readiness:view
GET /api/runs/{runNo}/readiness/history readiness:view
POST /api/runs/{runNo}/readiness/items/{itemId}/waive readiness:override
GET /api/runs/{runNo}/readiness/latest readiness:view
POST /api/runs/{runNo}/readiness/precheck readiness:check
GET /api/runs/{runNo}/readiness/waivers readiness:view
POST /api/runs/{runNo}/readiness/waivers/{waiverId}/revoke readiness:override
POST /api/runs/{runNo}/rework quality:disposition
GET /api/runs/{runNo}/rework-runs run:read
GET /api/runs/{runNo}/tools tool:read
GET /api/runs/{runNo}/traveller run:read
GET /api/runs/{runNo}/units run:read
POST /api/runs/{runNo}/units run:create
DELETE /api/runs/{runNo}/units run:create
GET /api/signatures signed in, and may read the subject
GET /api/slot-mappings loading:view
POST /api/slot-mappings loading:config
PATCH /api/slot-mappings/{id} loading:config
DELETE /api/slot-mappings/{id} loading:config
GET /api/solder-paste-usage-records readiness:view or trace:read
POST /api/solder-paste-usage-records readiness:record
GET /api/solder-paste-usage-records/export readiness:view or trace:read
GET /api/solder-paste-usage-records/{recordId} readiness:view or trace:read
POST /api/solder-paste-usage-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/solder-paste-usage-records/{recordId}/void form:confirm
GET /api/squeegee-usage-records readiness:view or trace:read
POST /api/squeegee-usage-records readiness:record
GET /api/squeegee-usage-records/export readiness:view or trace:read
GET /api/squeegee-usage-records/{recordId} readiness:view or trace:read
POST /api/squeegee-usage-records/{recordId}/confirm form:confirm
POST /api/squeegee-usage-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/squeegee-usage-records/{recordId}/void form:confirm
GET /api/station-groups line:read
POST /api/station-groups line:config
PATCH /api/station-groups/{groupCode} line:config
DELETE /api/station-groups/{groupCode} line:config
GET /api/station-tables loading:view
PUT /api/station-tables loading:config
POST /api/station-tables/import loading:config
GET /api/station-tables/{id}/export loading:view
GET /api/stations line:read
POST /api/stations line:config
GET /api/stations/resolve-unit/{sn} exec:track_in or exec:track_out or exec:read
GET /api/stations/{stationCode} line:read
PATCH /api/stations/{stationCode} line:config
DELETE /api/stations/{stationCode} line:config
POST /api/stations/{stationCode}/cancel-track-in exec:track_in
GET /api/stations/{stationCode}/queue exec:read or exec:track_in or exec:track_out
POST /api/stations/{stationCode}/track-in exec:track_in
POST /api/stations/{stationCode}/track-out exec:track_out
GET /api/stations/{stationCode}/unit/{sn}/data-specs exec:track_out
GET /api/stencil-cleaning-records readiness:view or trace:read
POST /api/stencil-cleaning-records readiness:record
GET /api/stencil-cleaning-records/export readiness:view or trace:read
GET /api/stencil-cleaning-records/{recordId} readiness:view or trace:read
POST /api/stencil-cleaning-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/stencil-cleaning-records/{recordId}/void form:confirm
GET /api/stencil-usage-records readiness:view or trace:read
POST /api/stencil-usage-records readiness:record
GET /api/stencil-usage-records/export readiness:view or trace:read
GET /api/stencil-usage-records/{recordId} readiness:view or trace:read
POST /api/stencil-usage-records/{recordId}/confirm form:confirm
POST /api/stencil-usage-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/stencil-usage-records/{recordId}/void form:confirm
GET /api/system/backups system:ops
POST /api/system/backups system:ops
POST /api/system/backups/{name}/verify system:ops
GET /api/system/branding open
GET /api/system/config system:config
PATCH /api/system/config/{key} system:config
GET /api/system/config/{key}/history system:config
POST /api/system/config/{key}/rollback system:config
POST /api/system/demo-seed system:demo_seed
GET /api/system/jobs system:ops
GET /api/system/jobs/{jobId} system:ops, or who started it
POST /api/system/upload system:config
GET /api/terminals system:user_manage
POST /api/terminals system:user_manage
PATCH /api/terminals/{code} system:user_manage
POST /api/terminals/{code}/pairing-code system:user_manage
GET /api/test-programs route:read
POST /api/test-programs route:configure
GET /api/test-programs/{id} route:read
PATCH /api/test-programs/{id} route:configure
POST /api/test-programs/{id}/activate route:configure
POST /api/test-programs/{id}/retire route:configure
GET /api/test-records exec:read or trace:read
POST /api/test-records exec:track_out (token: integration:push)
GET /api/test-records/stats exec:read or trace:read
GET /api/time-rules readiness:view
POST /api/time-rules readiness:config
GET /api/time-rules/instances readiness:view
POST /api/time-rules/instances/{instanceId}/complete readiness:override
POST /api/time-rules/instances/{instanceId}/waive readiness:override
GET /api/time-rules/runs/{runNo}/instances readiness:view
GET /api/time-rules/{ruleId} readiness:view
PATCH /api/time-rules/{ruleId} readiness:config
DELETE /api/time-rules/{ruleId} readiness:config
GET /api/tools tool:read
POST /api/tools tool:config
GET /api/tools/{toolCode} tool:read
PATCH /api/tools/{toolCode} tool:config
POST /api/tools/{toolCode}/assign readiness:record
GET /api/tools/{toolCode}/assignments tool:read
POST /api/tools/{toolCode}/block tool:config
GET /api/tools/{toolCode}/calibrations tool:read
POST /api/tools/{toolCode}/calibrations tool:config
POST /api/tools/{toolCode}/release tool:config
POST /api/tools/{toolCode}/replace tool:config
POST /api/tools/{toolCode}/retire tool:config
POST /api/tools/{toolCode}/unassign readiness:record
GET /api/trace/carriers/{carrierNo}/export trace:export
GET /api/trace/carriers/{carrierNo}/units trace:read
GET /api/trace/defect-codes/{code}/export trace:export
GET /api/trace/defect-codes/{code}/units trace:read
GET /api/trace/material-lots/{materialCode}/{lotNo}/export trace:export
GET /api/trace/material-lots/{materialCode}/{lotNo}/units trace:read
GET /api/trace/runs/{runNo} trace:read
GET /api/trace/runs/{runNo}/export trace:export
GET /api/trace/runs/{runNo}/units trace:read
GET /api/trace/search trace:read
GET /api/trace/stations/{stationCode}/export trace:export
GET /api/trace/stations/{stationCode}/units trace:read
GET /api/trace/tools/{toolCode}/export trace:export
GET /api/trace/tools/{toolCode}/units trace:read
GET /api/trace/units/{sn} trace:read
GET /api/trace/units/{sn}/export trace:export
GET /api/trace/units/{sn}/genealogy trace:read
GET /api/trace/units/{sn}/timeline trace:read
POST /api/units/{sn}/hold quality:disposition
POST /api/units/{sn}/release quality:disposition
GET /api/users system:user_manage
POST /api/users system:user_manage
GET /api/users/me signed in
PATCH /api/users/me signed in
POST /api/users/me/change-password signed in
POST /api/users/me/pin signed in
GET /api/users/{id} system:user_manage
PATCH /api/users/{id} system:user_manage
POST /api/users/{id}/pin system:user_manage
POST /api/users/{id}/reset-password system:user_manage
DELETE /api/users/{id}/sessions system:user_manage
POST /api/users/{id}/unlock system:user_manage
GET /api/work-center-mappings material:read
PUT /api/work-center-mappings operation:config
GET /api/work-centers material:read
GET /api/work-orders wo:read
GET /api/work-orders/{woNo} wo:read
POST /api/work-orders/{woNo}/close wo:close
POST /api/work-orders/{woNo}/dispatch wo:release
PATCH /api/work-orders/{woNo}/pick-status wo:update
POST /api/work-orders/{woNo}/release wo:release
PATCH /api/work-orders/{woNo}/routing wo:update
POST /api/work-orders/{woNo}/runs run:create
GET /api/xray-inspection-records quality:record or trace:read
POST /api/xray-inspection-records quality:record
GET /api/xray-inspection-records/export quality:record or trace:read
GET /api/xray-inspection-records/{recordId} quality:record or trace:read
POST /api/xray-inspection-records/{recordId}/confirm form:confirm
POST /api/xray-inspection-records/{recordId}/correct form:confirm, or the recorder within 10 min
POST /api/xray-inspection-records/{recordId}/void form:confirm
GET /metrics metrics:read, or open on METRICS_BIND
"""

# Status: codes.
_CODES = """
401: INVALID_CREDENTIALS UNAUTHORIZED
403: ACCOUNT_DISABLED BADGE_NOT_ALLOWED_HERE DEMO_MODE_OFF FORBIDDEN OPERATOR_MISMATCH ORIGIN_NOT_ALLOWED
403: PASSWORD_CHANGE_REQUIRED REAUTH_FAILED REAUTH_REQUIRED SOURCE_NOT_ALLOWED TERMINAL_NOT_REGISTERED TLS_REQUIRED
403: TOKEN_SYSTEM_MISMATCH
404: AUDIT_ENTRY_NOT_FOUND BACKUP_NOT_FOUND CHECK_ITEM_NOT_FOUND DATA_SPEC_NOT_FOUND DEFECT_CODE_NOT_FOUND
404: DEFECT_NOT_FOUND EQUIPMENT_NOT_FOUND EVENT_NOT_FOUND EXCEPTION_NOT_FOUND EXECUTION_CONFIG_NOT_FOUND
404: FAI_NOT_FOUND FAI_TEMPLATE_NOT_FOUND FEEDER_SLOTS_NOT_FOUND FQC_NOT_FOUND IPQC_NOT_FOUND IPQC_POINT_NOT_FOUND
404: JOB_NOT_FOUND LINE_NOT_FOUND LOADING_RECORD_NOT_FOUND MAINTENANCE_NOT_FOUND MATERIAL_LOT_NOT_FOUND
404: MATERIAL_NOT_FOUND MATERIAL_USE_NOT_FOUND NOTIFICATION_NOT_FOUND NO_CHECK_FOUND OPERATION_NOT_FOUND
404: OQC_NOT_FOUND OUTBOUND_EVENT_NOT_FOUND READINESS_ITEM_NOT_FOUND RECORD_NOT_FOUND REFLOW_PROFILE_NOT_FOUND
404: REWORK_TASK_NOT_FOUND ROLE_NOT_FOUND ROUTE_NOT_FOUND ROUTE_STEP_NOT_FOUND ROUTE_VERSION_NOT_FOUND
404: RUN_NOT_FOUND SAMPLING_RULE_NOT_FOUND SETTING_NOT_FOUND SLOT_MAPPING_NOT_FOUND SLOT_NOT_FOUND
404: SOLDER_PASTE_NOT_FOUND STATION_GROUP_NOT_FOUND STATION_NOT_FOUND STATION_TABLE_NOT_FOUND STENCIL_NOT_FOUND
404: TEST_PROGRAM_NOT_FOUND TIME_RULE_INSTANCE_NOT_FOUND TIME_RULE_NOT_FOUND TOOL_NOT_FOUND
404: TRACE_MATERIAL_LOT_NOT_FOUND TRACK_NOT_FOUND UNIT_NOT_FOUND UNIT_RUN_NOT_FOUND USER_NOT_FOUND WAIVER_NOT_FOUND
404: WORK_ORDER_NOT_FOUND
409: ADAPTER_NOT_CONFIGURED ALREADY_BOUND ALREADY_CONFIRMED ALREADY_DISPOSITIONED ALREADY_VOIDED AQL_TABLE_MISSING
409: BACKUP_RUNNING BACK_ENTRY_NOT_ALLOWED BAKE_ALREADY_OUT BAKE_OPEN_EXISTS BARCODE_PARSE_ERROR BOM_CYCLE
409: BOM_ERP_READONLY CARRIER_RETIRED CHECKLIST_INCOMPLETE CONFIG_FROM_ENVIRONMENT CONFLICT_RETRY COUNT_TRACKED
409: DATA_SPEC_INACTIVE DATA_SPEC_IN_USE DATA_SPEC_METHOD_MISMATCH DATA_SPEC_NAME_DUPLICATE DATA_SPEC_NOT_BOUND
409: DATA_SPEC_OPERATION_MISMATCH DATA_SPEC_TRIGGER_MISMATCH DATA_UNIT_MISMATCH DATA_VALUE_INVALID
409: DEFECT_CODE_DUPLICATE DEMO_DB_HAS_REAL_DATA ENTITY_IN_MAINTENANCE EQUIPMENT_IN_MAINTENANCE
409: ERP_WORK_ORDER_NOT_EDITABLE EVENT_ID_REUSED EVENT_NOT_DEAD EXECUTION_CONFIG_EXISTS FAI_ALREADY_EXISTS
409: FAI_ALREADY_SIGNED FAI_NOT_INSPECTING FAI_NOT_PASSED FAI_NOT_SIGNED FAI_SAMPLE_UNITS_INSUFFICIENT
409: FAI_TEMPLATE_CODE_EXISTS FAI_TEMPLATE_INACTIVE FAI_TEMPLATE_ITEM_SEQ_DUPLICATE FAI_TEMPLATE_PROCESS_MISMATCH
409: FAI_TEMPLATE_PRODUCT_MISMATCH FAI_TRIAL_LIMIT_REACHED FAI_TRIAL_NOT_READY FAI_TRIAL_OPEN FAI_TRIAL_REQUIRED
409: FAI_TRIAL_STEP_NOT_ALLOWED FAI_UNITS_REQUIRED FAI_WAIVER_NOT_ALLOWED FAI_WAIVER_REASON_REQUIRED
409: FIRST_UNIT_ORDER_INVALID FORM_DISABLED FQC_ALREADY_EXISTS FQC_ALREADY_SIGNED FQC_NOT_INSPECTING FQC_NOT_PASSED
409: FQC_NOT_READY FQC_REQUIRED HOLD_BELONGS_TO_DEFECT IDEMPOTENCY_KEY_REUSED IDEMPOTENCY_RESULT_GONE
409: INGEST_CONFLICT INGEST_DEDUPE_CONFLICT INGEST_MAPPING_MISSING INGEST_PAYLOAD_INVALID INSPECTION_FAILURES_EXIST
409: INSPECTION_ITEMS_INCOMPLETE INSPECTION_ITEMS_REQUIRED INSPECTION_VERDICT_CONFLICT INVALID_FAI_COUNTS
409: INVALID_FAI_STATUS INVALID_FQC_COUNTS INVALID_FQC_STATUS INVALID_IPQC_COUNTS INVALID_IPQC_STATUS
409: INVALID_MRB_DECISION INVALID_OQC_COUNTS INVALID_OQC_STATUS INVALID_RUN_STATUS INVALID_SAMPLE_QTY
409: INVALID_SAMPLE_VALUE IPQC_ALREADY_EXISTS IPQC_ALREADY_SIGNED IPQC_FIRST_PIECE_REQUIRED IPQC_NOT_INSPECTING
409: IPQC_NOT_PASSED ITEM_CHANGE_REASON_REQUIRED ITEM_NOT_FAILED LAST_ADMIN LATE_ENTRY_TOO_OLD
409: LINE_BINDING_REQUIRED LINE_CODE_DUPLICATE LINE_HAS_DEPENDENCIES LINE_HAS_OPEN_RUNS LINE_INACTIVE LINE_MISMATCH
409: LINE_ROUTING_PROCESS_MISMATCH LOADING_ALREADY_STARTED LOADING_NOT_VERIFIED LOADING_RECORD_NOT_LOADED
409: LOT_EXPIRED LOT_FLOOR_LIFE_EXCEEDED LOT_IQC_FAILED LOT_ON_HOLD LOT_SCRAPPED MAINTENANCE_ALREADY_OPEN
409: MAINTENANCE_STATUS_INVALID MATERIAL_CODE_DUPLICATE MATERIAL_ERP_READONLY MATERIAL_LOT_AMBIGUOUS
409: MATERIAL_LOT_DUPLICATE MATERIAL_LOT_STATUS_INVALID MATERIAL_NOT_IN_BOM MATERIAL_USE_REMOVED
409: MESSAGE_ALREADY_APPLIED MODE_UNCHANGED MSL_EVENT_INVALID NOT_HOLD_DISPOSITION NOT_NEEDED_NOT_ALLOWED
409: NO_CURRENT_SOLDER_PASTE NO_CURRENT_STENCIL NO_ELIGIBLE_UNITS NO_FAILED_OQC OPERATION_CODE_DUPLICATE
409: OPERATION_ERP_READONLY OPERATION_INACTIVE OPERATION_IN_USE OPERATION_MAPPING_DUPLICATE OQC_ALREADY_EXISTS
409: OQC_ALREADY_SIGNED OQC_NOT_INSPECTING OQC_NOT_PASSED OQC_NOT_READY OQC_REQUIRED OQC_SAMPLE_INCOMPLETE
409: OUTBOUND_ALREADY_DELIVERED PART_SN_IN_USE PASSWORD_REUSED PASSWORD_WRONG PASTE_EXPIRED PASTE_RETURN_LIMIT
409: PASTE_STEP_ORDER PASTE_STIR_OUT_OF_RANGE PASTE_THAW_TOO_SHORT QUANTITY_EXCEEDS_PLAN READINESS_CHECK_FAILED
409: READINESS_CHECK_NOT_PASSED READINESS_ITEM_NOT_WAIVABLE READINESS_ITEM_SUPERSEDED READINESS_NOT_CONFIGURED
409: REFLOW_PROFILE_DUPLICATE REFLOW_PROFILE_IN_USE REFLOW_PROFILE_NOT_EXPECTED REFLOW_PROFILE_STATUS_INVALID
409: REPAIR_RECORD_REQUIRED REPAIR_RESULT_NOT_OK REQUIRED_DATA_MISSING RETEST_LIMIT_REACHED REWORK_LIMIT_REACHED
409: REWORK_STEP_INVALID REWORK_TASK_NOT_OPEN REWORK_TYPE_REQUIRED ROLE_EXISTS ROLE_IN_USE ROLE_SYSTEM_LOCKED
409: ROUTE_CODE_DUPLICATE ROUTE_HAS_OPEN_RUNS ROUTE_IN_USE ROUTE_NOT_EFFECTIVE ROUTE_NOT_READY
409: ROUTE_PRODUCT_MISMATCH ROUTE_STEPS_ERP_READONLY ROUTE_VERSION_NOT_READY ROUTING_EMPTY RUN_CLOSED
409: RUN_HAS_NO_UNITS RUN_HAS_TRACKED_UNITS RUN_IN_TERMINAL_STATUS RUN_IS_REWORK RUN_LINE_INCOMPATIBLE_WITH_ROUTE
409: RUN_LINE_NOT_SET RUN_MISMATCH RUN_NOT_AUTHORIZED RUN_NOT_CLOSABLE RUN_NOT_ON_HOLD RUN_NOT_READY
409: RUN_NOT_REVOCABLE RUN_NOT_TERMINAL RUN_ON_HOLD RUN_PLAN_QTY_REACHED RUN_QTY_SHORT RUN_STATE_CHANGED
409: RUN_UNITS_NOT_TERMINAL RUN_WORK_ORDER_MISMATCH SELF_CHANGE_NOT_ALLOWED SIGNER_MUST_DIFFER SLOT_ALREADY_LOADED
409: SLOT_CODE_DUPLICATE SLOT_EXPECTATION_MISSING SLOT_IN_USE SLOT_LOCKED SLOT_MAPPING_DUPLICATE
409: SLOT_MAPPING_MISSING SLOT_MAPPING_NO_PRIMARY SLOT_MAPPING_PRIMARY_EXISTS SLOT_NOT_LOADED
409: SOLDER_PASTE_BOUND_ELSEWHERE SOLDER_PASTE_EXPIRED STALE_UPDATE STATION_BINDING_REQUIRED STATION_CODE_DUPLICATE
409: STATION_CODE_RESERVED STATION_GROUP_CODE_DUPLICATE STATION_GROUP_IN_USE STATION_HAS_HISTORY STATION_INACTIVE
409: STATION_IN_USE STATION_LINE_MISMATCH STATION_MISMATCH STATION_TABLE_BUSY STENCIL_BOUND_ELSEWHERE STEP_MISMATCH
409: STEP_NO_DUPLICATE SYNC_RUNNING TEST_PROGRAM_DUPLICATE TEST_PROGRAM_INCOMPLETE TEST_PROGRAM_MISMATCH
409: TEST_PROGRAM_NOT_ACTIVE TEST_PROGRAM_NOT_DRAFT TEST_RECORD_REQUIRED TIME_RULE_CODE_DUPLICATE
409: TIME_RULE_HAS_INSTANCES TIME_RULE_INSTANCE_STATUS TIME_RULE_NOT_WAIVABLE TIME_RULE_SCOPE_INVALID
409: TOOL_ALREADY_ASSIGNED TOOL_CODE_DUPLICATE TOOL_IN_USE TOOL_KIND_MISMATCH TOOL_NOT_ASSIGNED TOOL_NOT_USABLE
409: TOOL_PRODUCT_MISMATCH TOOL_REQUIRED TOOL_STATUS_INVALID TPM_EQUIPMENT_UNAVAILABLE TPM_MAINTENANCE_IN_PROGRESS
409: TRACE_EXPORT_TOO_LARGE TRACK_ALREADY_CLOSED TRACK_AMBIGUOUS TRACK_HAS_RECORDS TRACK_MISMATCH
409: UNITS_CANNOT_BE_DELETED UNIT_ALREADY_DONE UNIT_ALREADY_HELD UNIT_ALREADY_IN_STATION UNIT_NOT_DISPOSABLE
409: UNIT_NOT_HELD UNIT_NOT_IN_SAMPLE UNIT_NOT_IN_STATION UNIT_NO_RUN UNIT_ON_HOLD UNIT_OUT_FAILED
409: UNIT_RUN_MISMATCH UNIT_SCRAPPED UNIT_SN_DUPLICATE UNIT_STATE_CHANGED UNIT_WORK_ORDER_MISMATCH USER_EXISTS
409: WAIVER_NOT_ACTIVE WORK_ORDER_COMPLETED WORK_ORDER_DISPATCH_LINE_MISMATCH WORK_ORDER_HAS_NO_RUNS
409: WORK_ORDER_HAS_RUNS WORK_ORDER_NOT_RECEIVED WORK_ORDER_NOT_RELEASED WORK_ORDER_OWNED_BY_ERP
409: WORK_ORDER_PICK_INCOMPLETE WORK_ORDER_PRODUCT_LOCKED WORK_ORDER_QTY_BELOW_RUNS WORK_ORDER_QTY_EXCEEDED
409: WORK_ORDER_QTY_SHORT WORK_ORDER_ROUTING_LOCKED WORK_ORDER_RUNS_NOT_TERMINAL
413: PAYLOAD_TOO_LARGE
422: DEFECTS_REQUIRED PASSWORD_TOO_WEAK PERMISSION_UNKNOWN TOKEN_SCOPE_INVALID TRACE_FORMAT_INVALID
422: TRACE_MATERIAL_LOT_INVALID VALIDATION_ERROR
429: ACCOUNT_LOCKED RATE_LIMITED
500: INTERNAL_ERROR
502: ERP_BAD_RESPONSE ERP_LOGIN_FAILED ERP_QUERY_REJECTED ERP_UNREACHABLE TPM_BAD_RESPONSE TPM_UNREACHABLE
503: DATABASE_UNAVAILABLE MIGRATING STORAGE_LOW WRITE_QUEUE_FULL
"""

# Settings of a plant, then those a line may override.
_PLANT_SETTINGS = """
auth.password.classes auth.password.maxAgeDays auth.session.badgeHours auth.session.badgeIdleMinutes
auth.session.passwordHours auth.session.passwordIdleMinutes branding.appName branding.logo branding.shortName
defect.strictCodes events.retentionDays execution.clockToleranceSeconds form.<key>.code form.<key>.enabled
form.<key>.extraFields form.<key>.fourEyes form.<key>.manualEntry form.<key>.revision form.bake.temperatureTolerance
form.barcodePrefixes form.cold_storage.max form.cold_storage.min form.daily_qc.alarmRate
form.solder_paste.maxReturns form.solder_paste.stirMaxMinutes form.solder_paste.stirMinMinutes
form.solder_paste.thawMinMinutes form.xray.maxVoidPercent integration.<system>.staleMinutes integration.csv.encoding
integration.erp.closedStatuses integration.lateDataMinutes integration.matchWindowMinutes
integration.messageRetentionDays jobs.eventProcessor.batch jobs.eventProcessor.seconds jobs.eventRetention.cron
jobs.timeRuleSweep.seconds loading.barcodePatterns loading.scanDebounceSeconds material.allowNotInBom
notify.wecom.webhooks quality.reworkLimit retention.jobsDays retention.notificationsReadDays
retention.notificationsUnreadDays retest.limit routing.unmappedOperation signature.fourEyes signature.freshSeconds
signature.methods workOrder.overrunPct workOrder.releaseMinPickStatus
"""
_LINE_SETTINGS = """
execution.manualFallback execution.verifyOperatorId form.prechange.leadHours fqc.gate loading.alternateNeedsReview
loading.blockMountOnMismatch loading.firstUnitRequired loading.lowReelBoards msl.enabled plant.shifts
run.authorizationValidMinutes run.autoCompleteWithoutOqc
"""

_AUDIT_ACTIONS = """
ACCOUNT_LOCKED API_TOKEN_CREATE API_TOKEN_REVOKE API_TOKEN_ROTATE AQL_TABLE_CREATE AQL_TABLE_UPDATE AUDIT_ARCHIVE
AUDIT_EXPORT AUDIT_VERIFY BACKUP_CREATE BACKUP_RESTORE BACKUP_VERIFY BAKE_RECORD_CONFIRM BAKE_RECORD_CORRECT
BAKE_RECORD_CREATE BAKE_RECORD_TAKE_OUT BAKE_RECORD_VOID BOM_UPDATE CHECKLIST_CONFIRM CHECKLIST_ITEM_SET
COLD_STORAGE_TEMP_CONFIRM COLD_STORAGE_TEMP_CORRECT COLD_STORAGE_TEMP_CREATE COLD_STORAGE_TEMP_VOID
DAILY_QC_RECORD_CONFIRM DAILY_QC_RECORD_CORRECT DAILY_QC_RECORD_CREATE DAILY_QC_RECORD_VOID DATA_SPEC_CREATE
DATA_SPEC_DISABLE DATA_SPEC_ENABLE DATA_SPEC_UPDATE DEFECT_CODE_CREATE DEFECT_CODE_DELETE DEFECT_CODE_UPDATE
DEFECT_CREATE DEFECT_DISPOSITION_ASSIGN DEFECT_RELEASE_HOLD DEVICE_DATA_RECEIVE EQUIPMENT_INSPECTION_CONFIRM
EQUIPMENT_INSPECTION_CORRECT EQUIPMENT_INSPECTION_CREATE EQUIPMENT_INSPECTION_VOID EQUIPMENT_STATUS_RECEIVE
ERP_BOM_SYNC ERP_CSV_IMPORT ERP_MATERIAL_SYNC ERP_ROUTE_SYNC ERP_WORK_CENTER_SYNC ERP_WORK_ORDER_SYNC EVENT_RETRY
EXEC_DEFAULT_UPDATE EXPORT FAI_CANCEL FAI_COMPLETE FAI_CREATE FAI_ITEM_RECORD FAI_ITEM_UPDATE FAI_SIGN FAI_START
FAI_TEMPLATE_CREATE FAI_TEMPLATE_UPDATE FEEDER_SLOT_CREATE FEEDER_SLOT_DELETE FEEDER_SLOT_UNLOCK FEEDER_SLOT_UPDATE
FIXTURE_USAGE_CONFIRM FIXTURE_USAGE_CORRECT FIXTURE_USAGE_CREATE FIXTURE_USAGE_VOID FQC_CANCEL FQC_COMPLETE
FQC_CREATE FQC_ITEM_RECORD FQC_ITEM_UPDATE FQC_SIGN FQC_START INGEST_EVENT INSPECTION_RESULT_RECEIVE
INTEGRATION_MODE_SET INTEGRATION_REPLAY IPQC_CANCEL IPQC_COMPLETE IPQC_CREATE IPQC_ITEM_RECORD IPQC_ITEM_UPDATE
IPQC_POINT_CREATE IPQC_POINT_DELETE IPQC_POINT_UPDATE IPQC_SIGN IPQC_START LATE_ENTRY_OPEN LINE_CREATE LINE_DELETE
LINE_PROCESS_TYPE_UPDATE LINE_READINESS_CONFIG_UPDATE LINE_SETTINGS_UPDATE LINE_SOLDER_PASTE_BIND
LINE_SOLDER_PASTE_UNBIND LINE_STENCIL_BIND LINE_STENCIL_UNBIND LINE_UPDATE LOADING_FIRST_UNIT LOADING_LOAD_TABLE
LOADING_REPLACE LOADING_REVIEW LOADING_UNLOAD LOADING_VERIFY MAINTENANCE_CANCEL MAINTENANCE_COMPLETE
MAINTENANCE_CREATE MAINTENANCE_START MAINTENANCE_UPDATE MAINTENANCE_VERIFY MATERIAL_CREATE MATERIAL_LOT_CREATE
MATERIAL_LOT_HOLD MATERIAL_LOT_RELEASE MATERIAL_LOT_UPDATE MATERIAL_UPDATE MATERIAL_USE_CREATE MATERIAL_USE_REMOVE
MRB_RELEASE MRB_REWORK MRB_SCRAP MSL_EVENT MSL_LEVEL_UPDATE NOTIFICATION_SETTINGS OPERATION_CREATE
OPERATION_MAPPING_CREATE OPERATION_MAPPING_UPDATE OPERATION_UPDATE OQC_CANCEL OQC_COMPLETE OQC_CREATE
OQC_ITEM_RECORD OQC_ITEM_UPDATE OQC_SIGN OQC_START OUTBOUND_CANCEL OUTBOUND_ERP_RUN_COMPLETION_ENQUEUE
OUTBOUND_RETRY OVEN_PROGRAM_RECORD_CONFIRM OVEN_PROGRAM_RECORD_CORRECT OVEN_PROGRAM_RECORD_CREATE
OVEN_PROGRAM_RECORD_VOID PRODUCTION_EXCEPTION_CONFIRM PRODUCTION_EXCEPTION_CORRECT PRODUCTION_EXCEPTION_CREATE
PRODUCTION_EXCEPTION_VOID READINESS_FORMAL_CHECK READINESS_PRECHECK READINESS_WAIVE READINESS_WAIVER_REVOKE
REFLOW_PROFILE_CREATE REFLOW_PROFILE_DELETE REFLOW_PROFILE_UPDATE REFLOW_USAGE_CREATE REPAIR_RECORD_CREATE
REWORK_COMPLETE ROLE_CREATE ROLE_DELETE ROLE_UPDATE ROUTE_COMPILE ROUTE_CREATE ROUTE_DATA_SPEC_BIND ROUTE_DELETE
ROUTE_EXEC_CONFIG_CREATE ROUTE_EXEC_CONFIG_DELETE ROUTE_EXEC_CONFIG_UPDATE ROUTE_FAI_TEMPLATE_UPDATE
ROUTE_PROCESS_TYPE_UPDATE ROUTE_STEPS_UPDATE ROUTE_UPDATE ROUTE_VERSION_RETIRE RUN_AUTHORIZATION_LAPSED
RUN_AUTHORIZE RUN_CANCEL RUN_CLOSE RUN_COMPLETED RUN_CREATE RUN_ON_HOLD RUN_REVOKE RUN_REWORK_CREATE RUN_START
SAMPLING_RULE_CREATE SAMPLING_RULE_DELETE SAMPLING_RULE_UPDATE SESSION_END SESSION_END_ALL SESSION_EXPIRED SIGN_IN
SIGN_IN_FAILED SIGN_OUT SLOT_MAPPING_CREATE SLOT_MAPPING_DELETE SLOT_MAPPING_UPDATE SOLDER_PASTE_STATUS_RECEIVE
SOLDER_PASTE_USAGE_CORRECT SOLDER_PASTE_USAGE_CREATE SOLDER_PASTE_USAGE_VOID SQUEEGEE_USAGE_CONFIRM
SQUEEGEE_USAGE_CORRECT SQUEEGEE_USAGE_CREATE SQUEEGEE_USAGE_VOID STATION_CREATE STATION_DELETE STATION_GROUP_CREATE
STATION_GROUP_DELETE STATION_GROUP_UPDATE STATION_TABLE_IMPORT STATION_TABLE_UPDATE STATION_UPDATE
STENCIL_CLEANING_CORRECT STENCIL_CLEANING_CREATE STENCIL_CLEANING_VOID STENCIL_STATUS_RECEIVE STENCIL_USAGE_CONFIRM
STENCIL_USAGE_CORRECT STENCIL_USAGE_CREATE STENCIL_USAGE_VOID SYSTEM_CONFIG_UPDATE SYSTEM_DEMO_SEED SYSTEM_UPLOAD
TERMINAL_CREATE TERMINAL_PAIR TERMINAL_UPDATE TEST_PROGRAM_ACTIVATE TEST_PROGRAM_CREATE TEST_PROGRAM_RETIRE
TEST_PROGRAM_UPDATE TEST_RECORD TIME_RULE_COMPLETE TIME_RULE_CREATE TIME_RULE_DELETE TIME_RULE_UPDATE
TIME_RULE_WAIVE TOOL_ASSIGN TOOL_BLOCK TOOL_CALIBRATE TOOL_CREATE TOOL_RELEASE TOOL_REPLACE TOOL_RETIRE
TOOL_UNASSIGN TOOL_UPDATE TPM_EQUIPMENT_SYNC TPM_MAINTENANCE_TASK_SYNC TPM_STATUS_LOG_SYNC TRACE_EXPORT TRACK_IN
TRACK_IN_CANCEL TRACK_OUT UNIT_DELETE UNIT_GENERATE UNIT_HOLD UNIT_REGISTER UNIT_RELEASE UNIT_WITHDRAW USER_CREATE
USER_PASSWORD_CHANGE USER_PASSWORD_RESET USER_PIN_SET USER_PROFILE_UPDATE USER_UNLOCK USER_UPDATE
WORK_CENTER_MAPPING_UPDATE WORK_ORDER_CLOSE WORK_ORDER_DISPATCH WORK_ORDER_PICK_STATUS_UPDATE WORK_ORDER_RECEIVE
WORK_ORDER_RELEASE WORK_ORDER_ROUTING_UPDATE XRAY_INSPECTION_CONFIRM XRAY_INSPECTION_CORRECT XRAY_INSPECTION_CREATE
XRAY_INSPECTION_VOID
"""


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may, as the index says it: any one of the names, `also` for what is judged besides (one's own, the recorder)."""

    names: frozenset[str]
    also: str = ""


def _permission(words: str) -> Permission:
    if words.startswith(("open", "signed in")):
        name = "open" if words.startswith("open") else "signed in"
        return Permission(frozenset({name}), words.removeprefix(name).strip(" ,;"))
    names = frozenset(re.findall(r"[a-z_]+:[a-z_]+", words))
    rest = re.sub(r"[a-z_]+:[a-z_]+|\bor\b", "", words).strip(" ,")
    return Permission(names, rest if " and " in words or re.search(r"[a-z]{4}", rest.replace("token", "")) else "")


ENDPOINTS: dict[str, Permission] = {
    " ".join(line.split(maxsplit=2)[:2]): _permission(line.split(maxsplit=2)[2])
    for line in _ENDPOINTS.strip().splitlines()
}
CODES: dict[str, int] = {
    code: int(line.partition(":")[0]) for line in _CODES.strip().splitlines() for code in line.partition(":")[2].split()
}
PLANT_SETTINGS, LINE_SETTINGS = frozenset(_PLANT_SETTINGS.split()), frozenset(_LINE_SETTINGS.split())
AUDIT_ACTIONS = frozenset(_AUDIT_ACTIONS.split())
