"""Who reads and records the forms of preparation and of quality (spec 10.2)."""

from __future__ import annotations

PREPARATION_READS, PREPARATION_RECORDS = ("readiness:view", "trace:read"), ("readiness:record",)
QUALITY_READS, QUALITY_RECORDS = ("quality:record", "trace:read"), ("quality:record",)
MACHINES = ("integration:push",)
