"""Settings of the doors to other systems (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, whole

_SILENT = {"TPM": 30, "STENCIL": 30, "SOLDER_PASTE": 30, "WMS": 30, "SPI": 15, "AOI": 15, "DEVICE": 15, "ERP": 480}

STALE_MINUTES = {
    system: Setting(
        f"integration.{system}.staleMinutes", minutes, whole(1, 1440), f"{system} 多久没有消息算失联",
        f"how long {system} may be silent before it counts as stale", unit="min",
    )
    for system, minutes in _SILENT.items()
}  # fmt: skip
MESSAGE_RETENTION_DAYS = Setting(
    "integration.messageRetentionDays", 400, whole(30, 4000), "集成报文保留天数", "how long messages are kept", unit="d",
)  # fmt: skip
