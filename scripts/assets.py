"""Take from npm's packages what the pages need and nothing else.

Reads `assets/node_modules` (made by `npm ci`), writes `src/fiducial/web/static/vendor`:
the style sheet and the script of Tabler, htmx with its event streams, the charts of ECharts, the font that PDFs are set
in, a sprite of the icons that `src/fiducial/web/icons.txt` names, the licences, and `manifest.json`, which tells each
file's origin and hash.
"""

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "assets" / "node_modules"
WEB = ROOT / "src" / "fiducial" / "web"
ICONS = WEB / "icons.txt"
VENDOR = WEB / "static" / "vendor"

SOURCE_MAP = re.compile(rb"\s*(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
EMPTY_FRAME = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" />')
BETWEEN_TAGS = re.compile(r">\s+<")


@dataclass(frozen=True, kw_only=True)
class Asset:
    package: str
    path: str

    @property
    def name(self) -> str:
        return Path(self.path).name


ASSETS = (
    Asset(package="@tabler/core", path="dist/css/tabler.min.css"),
    Asset(package="@tabler/core", path="dist/js/tabler.min.js"),
    Asset(package="htmx.org", path="dist/htmx.min.js"),
    Asset(package="htmx.org", path="dist/ext/hx-sse.min.js"),
    Asset(package="echarts", path="dist/echarts.common.min.js"),
    # Not served to pages: what PDFs are set in (Chinese and Latin).
    Asset(package="@expo-google-fonts/noto-sans-sc", path="400Regular/NotoSansSC_400Regular.ttf"),
)


def version_of(package: str) -> str:
    return str(json.loads((PACKAGES / package / "package.json").read_bytes())["version"])


def icon_names() -> list[str]:
    """One name a line; `#` begins a remark; `-filled` at the end asks for the filled drawing."""
    lines = (line.partition("#")[0].strip() for line in ICONS.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line})


def symbol(name: str) -> str:
    drawings = PACKAGES / "@tabler/icons/icons"
    if name.endswith("-filled"):
        source, look = drawings / "filled" / f"{name.removesuffix('-filled')}.svg", 'fill="currentColor"'
    else:
        source = drawings / "outline" / f"{name}.svg"
        look = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    if not source.is_file():
        sys.exit(f"{ICONS.relative_to(ROOT)}: Tabler has no icon named {name!r}")
    drawing = SVG_BODY.search(source.read_text("utf-8"))
    if drawing is None:
        sys.exit(f"{source.name}: not the SVG that was expected")
    body = BETWEEN_TAGS.sub("><", EMPTY_FRAME.sub("", drawing[1])).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{body}</symbol>'


def sprite() -> bytes:
    symbols = "\n".join(symbol(name) for name in icon_names())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()


def licences() -> bytes:
    """Their authors ask that these words go wherever the files go."""
    found = sorted(
        text for kind in ("LICENSE*", "NOTICE*") for depth in ("*", "@*/*") for text in PACKAGES.glob(f"{depth}/{kind}")
    )
    return b"\n\n".join(
        f"== {text.parent.relative_to(PACKAGES)} ==\n\n".encode() + text.read_bytes().strip() for text in found
    )


def main() -> None:
    files: dict[str, tuple[str, bytes]] = {
        asset.name: (
            f"{asset.package} {version_of(asset.package)}",
            SOURCE_MAP.sub(b"\n", (PACKAGES / asset.package / asset.path).read_bytes()),
        )
        for asset in ASSETS
    }
    files["icons.svg"] = (f"@tabler/icons {version_of('@tabler/icons')}", sprite())
    files["licences.txt"] = ("the packages themselves", licences())

    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, (_, content) in files.items():
        (VENDOR / name).write_bytes(content)
    manifest = {
        name: {"from": origin, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, (origin, content) in files.items()
    }
    # Last, because its presence says that the others are complete.
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    print(f"{VENDOR.relative_to(ROOT)}: {', '.join(files)}")


if __name__ == "__main__":
    main()
