"""A wheel without its assets would install and then serve naked pages, so it is not built at all."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = Path("src/fiducial/web/static/vendor/manifest.json")


class AssetsArePresent(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if version == "editable":
            return
        if not (Path(self.root) / STAMP).is_file():
            raise SystemExit(f"{STAMP} is missing: run `make build`, which makes the browser assets first.")
