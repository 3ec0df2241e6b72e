"""The ground of the scenarios that follow a run to its end (spec 12.3, 13.11): the demo's own line, route and stations."""

from __future__ import annotations

from collections.abc import Mapping

from fiducial.demo.acceptance.scenarios.ground import Ground, Place


def _place(step_no: int, suffix: str, operation: str, name: str, kind: str) -> Place:
    return Place(step_no=step_no, suffix=suffix, operation_code=operation, name=name, process_kind=kind, items=())


class DemoGround(Ground):
    """A ground whose stations have their own names."""

    def station_code(self, place: Place) -> str:
        """Give the code of the demo's station."""
        return f"ST-{place.suffix}"


SMT = DemoGround(
    process_type="SMT", line_code="LINE-A", line_name="SMT 线 A", route_code="PCBA-STD-V1", route_name="SMT 标准路线",
    places=(
        _place(10, "PRINT-01", "PRINTING", "锡膏印刷", "PRINT"), _place(20, "SPI-01", "SPI", "锡膏检测", "SPI"),
        _place(30, "MOUNT-01", "MOUNTING", "贴片", "MOUNT"), _place(40, "REFLOW-01", "REFLOW", "回流焊", "REFLOW"),
        _place(50, "AOI-01", "AOI", "光学检测", "AOI"),
    ),
)  # fmt: skip
DIP = DemoGround(
    process_type="DIP", line_code="LINE-DIP-A", line_name="插件线 A", route_code="PCBA-DIP-V1", route_name="DIP 标准路线",
    places=(
        _place(10, "DIP-INS-01", "DIP_INSERT", "插件", "INSERT"), _place(20, "DIP-WAVE-01", "WAVE_SOLDER", "波峰焊", "WAVE"),
        _place(30, "DIP-POST-01", "POST_SOLDER", "后焊", "POST_SOLDER"), _place(40, "DIP-TEST-01", "FUNC_TEST", "功能测试", "TEST"),
    ),
)  # fmt: skip
GROUNDS: Mapping[str, Ground] = {"smt": SMT, "dip": DIP}
