"""See that this machine has a Chromium and a Chinese font for the tests; bring them where it may.

Debian's own packages where apt may be used, Playwright's Chromium elsewhere. Ends with 0 when a browser is there.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.services.chromium import find_chromium

APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300")


def ran(*command: str) -> bool:
    print("+", *command, flush=True)
    try:
        return subprocess.run(command, check=False, timeout=900, stdout=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as fault:
        print(fault)
        return False


def has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return sys.platform != "linux"
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], check=False, capture_output=True)
    return bool(listed.stdout.strip())


def may_use_apt() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def bring(*packages: str) -> bool:
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    # A machine that was just made has an old list of packages or none; if the update fails the old one may still do.
    ran(*APT, "update", "-qq")
    return ran(*APT, "install", "-qq", "-y", "--no-install-recommends", *packages)


def main() -> int:
    browser_is_missing, font_is_missing = find_chromium() is None, not has_chinese_font()
    if may_use_apt() and (browser_is_missing or font_is_missing):
        # One by one: Ubuntu, for one, has the font and no such Chromium.
        if font_is_missing:
            bring("fonts-wqy-microhei")
        if browser_is_missing:
            bring("chromium")
    if find_chromium() is None:
        with_system_libraries = ("--with-deps",) if may_use_apt() else ()
        ran(sys.executable, "-m", "playwright", "install", *with_system_libraries, "chromium")

    if not has_chinese_font():
        print("No Chinese font was found: pages work, but pictures of them will show boxes (fonts-wqy-microhei helps).")
    browser = find_chromium()
    if browser is None:
        print("NO CHROMIUM could be had: browser tests will be skipped here, and fail where CI=true.")
        return 1
    print(f"Browser for the tests: {browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
