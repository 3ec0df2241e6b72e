"""A Chromium for the browser tests: the machine's own, else the one that Playwright brought.

Nothing but the standard library here: `scripts/browser.py` asks it before the packages are needed.
"""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

IN_PLAYWRIGHTS_FOLDER = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium_headless_shell-*/*/*headless*shell*",
)

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB, and a page then dies without a word
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
)


def chromium_flags() -> list[str]:
    """Flags for a headless Chromium that talks to nobody but us."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*QUIET, *(("--no-sandbox",) if is_root else ())]


def _playwright_folders() -> list[Path]:
    checkout = Path(__file__).resolve().parents[2]
    folders = [checkout / ".venv" / "browsers"]
    if told := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(told))
    home = Path.home()
    folders.append({"darwin": home / "Library/Caches"}.get(sys.platform, home / ".cache") / "ms-playwright")
    return folders


def find_chromium() -> Path | None:
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for folder in _playwright_folders():
        for pattern in IN_PLAYWRIGHTS_FOLDER:
            # The name carries the revision, so the last one is the newest.
            for candidate in sorted(folder.glob(pattern), reverse=True):
                if candidate.is_file() and os.access(candidate, os.X_OK):
                    return candidate
    return None
