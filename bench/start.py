"""Cold start to the first healthy answer, and idle memory: `python bench/start.py` (goals: under 2 s, under 150 MB)."""

from __future__ import annotations

import argparse
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from fiducial.demo.serving import COMMAND, Fresh, free_port, plant_environment, run_command, stop_process
from machine import ROOT, facts, memory_mb

IDLE_S = 2.0
ASK = b"GET /api/health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"


def healthy(port: int) -> bool:
    """Tell whether the server answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
            sock.sendall(ASK)
            return sock.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def one_start(environ: dict[str, str]) -> tuple[float, float]:
    """Start the server; give seconds to the first healthy answer, and MB when it has idled for a while."""
    began = time.perf_counter()
    process = subprocess.Popen([*COMMAND, "serve"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not healthy(int(environ["PORT"])):
            if process.poll() is not None or time.perf_counter() - began > 30:
                raise SystemExit(f"the server did not come up (exit code {process.poll()})")
            time.sleep(0.002)
        took = time.perf_counter() - began
        time.sleep(IDLE_S)
        return took, memory_mb(process.pid)
    finally:
        stop_process(process)


def main() -> None:
    """Print the figures of some starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    told = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-") as name:
        folder = Path(name)
        print(f"start: {facts(folder)}")
        accounts = Fresh(admin_email="admin@example.com", admin_password="ChangeMe123!", test_password="Test123!")
        environ = plant_environment(folder, free_port(), accounts)
        run_command("migrate", environ=environ)
        run_command("demo", "load", "--dataset", "base", environ=environ)
        starts = [one_start(environ) for _ in range(told.starts)]
    times = sorted(took for took, _ in starts)
    print(
        f"  cold start to first healthy answer: {times[len(times) // 2]:.2f} s (best {times[0]:.2f}, worst {times[-1]:.2f}; goal < 2 s)"
    )
    print(f"  idle memory: {max(memory for _, memory in starts):.0f} MB (goal < 150 MB)")


if __name__ == "__main__":
    main()
