"""Master data by the hundred thousand: `python bench/masterdata.py` (goals: a list page of 100 rows out of 100,000 materials under 50 ms, an
import of 10,000 rows under 30 s, and no small write beside it waits longer than 50 ms).

A server of its own on SQLite; times are what a client on this machine waits, HTTP included.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

import apsw
import httpx

from fiducial.demo.serving import Fresh, free_port, plant_environment, run_command, serving
from machine import ROOT, facts

ACCOUNTS = Fresh(admin_email="admin@example.com", admin_password="ChangeMe123!", test_password="Test123!")
ASKS = 30
PAGES = {
    "first page": "/api/materials?pageSize=100", "a page in the middle": "/api/materials?pageSize=100&page=500",
    "newest first": "/api/materials?pageSize=100&sort=updatedAt.desc", "search, rare": "/api/materials?pageSize=100&search=M-0777",
    "search, everywhere": "/api/materials?pageSize=100&search=name", "the page itself": "/materials",
}  # fmt: skip


def fill(file: Path, count: int) -> None:
    """Put so many materials straight into the database."""
    database = apsw.Connection(str(file))
    columns = (
        "id, code, code_folded, name, category, unit, source_system, is_forbidden, is_moisture_sensitive, track_key_part, "
        "panel_size, created_at, updated_at"
    )
    rows = (
        (
            number + 1,
            f"M-{number:07d}",
            f"m-{number:07d}",
            f"name of part {number}",
            "part",
            "pcs",
            "MES",
            0,
            0,
            0,
            1,
            number,
            number,
        )
        for number in range(count)
    )
    with database:
        database.executemany(f"INSERT INTO material ({columns}) VALUES ({', '.join('?' * 13)})", rows)
    database.close()


def signed_in(address: str) -> httpx.Client:
    client = httpx.Client(base_url=address, headers={"origin": address}, timeout=120)
    answer = client.post("/api/auth/sign-in/email", json={"email": "engineer", "password": ACCOUNTS.test_password})
    answer.raise_for_status()
    return client


def ask(client: httpx.Client, path: str) -> list[float]:
    """Give how long each of some reads took, in ms."""
    spent = []
    for _ in range(ASKS):
        began = time.perf_counter()
        client.get(path).raise_for_status()
        spent.append((time.perf_counter() - began) * 1000)
    return spent


class SmallWrites:
    """Somebody who writes a little again and again while something long goes on."""

    def __init__(self, address: str) -> None:
        self._client, self._stop = signed_in(address), threading.Event()
        self.spent: list[float] = []
        self._thread = threading.Thread(target=self._go)

    def __enter__(self) -> SmallWrites:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _go(self) -> None:
        number = 0
        while not self._stop.wait(0.01):
            number += 1
            began = time.perf_counter()
            self._client.patch("/api/materials/M-0000001", json={"name": f"name {number}"}).raise_for_status()
            self.spent.append((time.perf_counter() - began) * 1000)


def told(name: str, spent: list[float]) -> str:
    ordered = sorted(spent)
    return f"{name:<28} p50 {statistics.median(ordered):7.1f} ms   p95 {ordered[int(len(ordered) * 0.95)]:7.1f} ms   longest {ordered[-1]:7.1f} ms"


def bring(client: httpx.Client, rows: int) -> tuple[float, float]:
    """Import so many new materials; give the seconds until they were shown, and until all were taken."""
    content = "code,name,unit\r\n" + "".join(f"N-{number:06d},new part {number},pcs\r\n" for number in range(rows))
    began = time.perf_counter()
    job = client.post("/api/imports/materials", files={"file": ("new.csv", content.encode())}).json()["data"]
    shown = time.perf_counter() - began
    done = client.post(f"/api/imports/materials/{job['id']}/take", json={}).json()["data"]
    assert done["outcomes"]["created"] == rows, done["outcomes"]
    return shown, time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--materials", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-") as name:
        folder = Path(name)
        print(f"masterdata: {facts(folder)}")
        database = f"sqlite:///{folder / 'bench.db'}"
        environ = plant_environment(folder, free_port(), ACCOUNTS, database_url=database)
        run_command("demo", "load", "--dataset", "base", environ=environ)
        fill(folder / "bench.db", asked.materials)
        with serving(environ, log=folder / "server.log") as server:
            client = signed_in(server.address)
            for title, path in PAGES.items():
                print(told(title, ask(client, path)))
            total = client.get("/api/materials").json()["data"]
            print(f"total {total['total']}, capped {total.get('totalIsCapped', False)}")
            with SmallWrites(server.address) as alone:
                time.sleep(3)
            print(told("small write alone", alone.spent))
            with SmallWrites(server.address) as beside:
                shown, all_taken = bring(client, asked.rows)
            print(told("small write beside an import", beside.spent))
            print(f"import of {asked.rows} rows: shown after {shown:.1f} s, all taken after {all_taken:.1f} s")
            began = time.perf_counter()
            size = len(client.get("/api/exports/materials").content)
            print(f"export of all rows: {time.perf_counter() - began:.1f} s, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
