"""What a document is made of, before anything is drawn: its head, the columns of its tables, its signatures, and the font it needs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from fiducial.kit.refusals import Refused, refusals

FONT = Path(str(files("fiducial"))) / "web/static/vendor/NotoSansSC_400Regular.ttf"

refusals.declare(
    "PRINT_FONT_MISSING", 503, zh="服务器缺少打印字体，不能生成 PDF。",
    en="The font for printing is missing on the server, so no PDF can be made.",
    todo_zh="请管理员重新安装（构建静态文件）后再试。",
    todo_en="Have an administrator install the program again (build its static files), then repeat.",
)  # fmt: skip


def must_have_font() -> None:
    """Refuse PRINT_FONT_MISSING when the program was not built with its font."""
    if not FONT.is_file():
        raise Refused("PRINT_FONT_MISSING")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head and the foot of every page. `number` and `revision` are of the paper form."""

    title: str
    subtitle: str = ""
    number: str = ""
    revision: str = ""
    said: str = ""  # who printed it, and when
    seal: str = ""  # a second line of the foot: the hash of what is printed


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `share` is its part of the width."""

    label: str
    share: float = 1
    align: Literal["LEFT", "CENTER", "RIGHT"] = "LEFT"


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: what it says, who, when; an empty one is a line to sign on."""

    meaning: str
    name: str = ""
    at: str = ""
    note: str = ""
