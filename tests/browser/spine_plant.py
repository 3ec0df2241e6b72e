"""A fresh demo plant behind a real server process, with a line that can be worked on; and a person at a screen of it.

What a story is not about is made through the API: the line, its stations and its route.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect
from tests.browser.going import opened

from fiducial.demo.acceptance.client import Api, in_path
from fiducial.demo.serving import Fresh, free_port, plant_environment, run_command, serving

LINE, ROUTE, PRODUCT = "LINE-WEB", "WEB-V1", "P-1001"
PRINT, SPI, AOI = "WEB-PRINT", "WEB-SPI", "WEB-AOI"
STATIONS = (PRINT, SPI, AOI)
OPERATIONS = {PRINT: ("锡膏印刷", "PRINT"), SPI: ("锡膏检测", "SPI"), AOI: ("光学检测", "AOI")}
ITEMS: dict[str, tuple[dict[str, Any], ...]] = {
    PRINT: (
        {"name": "刮刀压力", "dataType": "NUMBER", "spec": {"unit": "kg", "decimals": 1, "lsl": 4, "usl": 8}},
        {"name": "钢网已清洁", "dataType": "BOOLEAN", "spec": {"expected": True}},
    ),
    SPI: ({"name": "锡膏高度", "dataType": "NUMBER", "spec": {"unit": "mm", "decimals": 3, "min": 0.08, "max": 0.22}},),
    AOI: (),
}
GOOD: dict[str, list[dict[str, Any]]] = {
    PRINT: [{"specName": "刮刀压力", "valueNumber": 6.2}, {"specName": "钢网已清洁", "valueBoolean": True}],
    SPI: [{"specName": "锡膏高度", "valueNumber": 0.147}],
    AOI: [],
}
DESK, TERMINAL = (1366, 768), (1024, 600)
PEOPLE = ("admin", "planner", "engineer", "leader", "operator", "trace")
ACCOUNTS = Fresh("admin@example.com", "ChangeMe123!", "Test123!")


def password_of(username: str) -> str:
    return ACCOUNTS.admin_password if username == "admin" else ACCOUNTS.test_password


class SpinePlant:
    """What a story asks for in one line."""

    def __init__(self, address: str, api: Api) -> None:
        self.address, self.api, self._orders = address, api, 0
        self.items: list[tuple[str, str]] = []  # station and id of each collection item

    def do(self, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """What the API gives to somebody; a refusal ends the test."""
        answer = self.api.call(who, method, path, body)
        assert answer.code is None, (who, method, path, answer)
        return answer.data

    def prepare(self) -> None:
        """Sign everybody in, and make the line with its stations, whose only gate is ROUTE, and its route."""
        for who in PEOPLE:
            self.do(who, "POST", "/auth/sign-in/email", {"email": who, "password": password_of(who)})
        self.do("engineer", "POST", "/lines", {"code": LINE, "name": "样板线", "processType": "SMT"})
        self.do("engineer", "PUT", f"/lines/{LINE}/readiness-config", {"enabled": ["ROUTE"], "reason": "browser tests"})
        for code in STATIONS:
            name, kind = OPERATIONS[code]
            self.do("engineer", "POST", "/station-groups", {"code": code, "name": name})
            station = {
                "code": code,
                "name": name,
                "lineCode": LINE,
                "groupCode": code,
                "stationType": "MANUAL",
                "isManualBench": True,
            }
            self.do("engineer", "POST", "/stations", station)
            operation = {"code": f"OP-{code}", "name": name, "defaultType": "MANUAL", "processKind": kind}
            self.do("engineer", "POST", "/operations", operation)
        self.items = [self._item(code, item) for code in STATIONS for item in ITEMS[code]]
        self.route(ROUTE)
        self._bind(
            "operator", stationIds=[station["id"] for station in self._all("/stations") if station["code"] in STATIONS]
        )
        self._bind("leader", lineIds=[line["id"] for line in self._all("/lines")])

    def route(self, code: str, *, first_articles: tuple[int, ...] = ()) -> None:
        """Make a route over the three stations, bind the items to its steps, and compile it; these steps ask for a first article."""
        steps = [
            {
                "stepNo": number * 10,
                "operationCode": f"OP-{station}",
                "stationGroupCode": station,
                "requiresFAI": number * 10 in first_articles,
            }
            for number, station in enumerate(STATIONS, 1)
        ]
        new = {"code": code, "name": f"样板路线 {code}", "processType": "SMT", "steps": steps}
        self.do("engineer", "POST", "/routes", new)
        for number, station in enumerate(STATIONS, 1):
            bound = [key for at, key in self.items if at == station]
            if bound:
                self.do("engineer", "PUT", f"/routes/{code}/steps/{number * 10}/data-specs", {"dataSpecIds": bound})
        self.do("engineer", "POST", f"/routes/{code}/compile")

    def order(self, quantity: int = 10) -> str:
        """An order that is released to the line."""
        self._orders += 1
        wo_no = f"WO-STORY-{self._orders:03d}"
        self.do(
            "planner",
            "POST",
            "/integration/work-orders",
            {"woNo": wo_no, "productCode": PRODUCT, "plannedQty": quantity, "routingCode": ROUTE},
        )
        self.do("planner", "POST", f"/work-orders/{wo_no}/release", {"lineCode": LINE})
        return wo_no

    def run(self, *, boards: int = 1, planned: int = 1, authorised: bool = True) -> tuple[str, list[str]]:
        """A run of an order of its own; its number and the serials of its boards."""
        run_no = self.do(
            "planner", "POST", f"/work-orders/{self.order()}/runs", {"lineCode": LINE, "planQty": planned}
        )["runNo"]
        self.do("planner", "POST", f"/runs/{run_no}/generate-units", {"quantity": boards})
        if authorised:
            self.do("leader", "POST", f"/runs/{run_no}/readiness/check")
            self.do("leader", "POST", f"/runs/{run_no}/authorize", {"action": "AUTHORIZE"})
        return run_no, self.boards(run_no)

    def boards(self, run_no: str) -> list[str]:
        """The serials of a run, in their order."""
        return [unit["sn"] for unit in self.do("planner", "GET", f"/runs/{run_no}/units?sort=sn.asc")["items"]]

    def pass_through(self, station: str, sn: str) -> None:
        """Let a board pass a station with good values."""
        self.do("operator", "POST", f"/stations/{station}/track-in", {"sn": sn})
        self.do(
            "operator", "POST", f"/stations/{station}/track-out", {"sn": sn, "result": "PASS", "data": GOOD[station]}
        )

    def visits(self, sn: str) -> list[dict[str, Any]]:
        """Where a board was."""
        return list(self.do("trace", "GET", f"/trace/units/{in_path(sn)}")["tracks"])

    def end_sessions(self, username: str) -> None:
        """Let every session of somebody end, as time or an administrator does; the API's own is begun again."""
        self.do("admin", "DELETE", f"/users/{self._id_of(username)}/sessions")
        self.do(username, "POST", "/auth/sign-in/email", {"email": username, "password": password_of(username)})

    def _item(self, station: str, item: dict[str, Any]) -> tuple[str, str]:
        new = {"operationCode": f"OP-{station}", "itemType": "KEY", "method": "MANUAL", "triggerType": "EVENT",
               "triggerRule": {"event": "TRACK_OUT"}, "isRequired": True, **item}  # fmt: skip
        return station, self.do("engineer", "POST", "/data-collection-specs", new)["id"]

    def _bind(self, username: str, **places: list[str]) -> None:
        self.do("admin", "PATCH", f"/users/{self._id_of(username)}", dict(places))

    def _id_of(self, username: str) -> str:
        return str(self.do(username, "GET", "/permissions/me")["id"])

    def _all(self, path: str) -> list[dict[str, Any]]:
        return list(self.do("admin", "GET", f"{path}?pageSize=100")["items"])


@contextmanager
def spine_plant(folder: Path) -> Iterator[SpinePlant]:
    """Load a demo plant and serve it for as long as the block runs."""
    environ = plant_environment(folder, free_port(), ACCOUNTS)
    run_command("demo", "load", environ=environ)
    with serving(environ, log=folder / "server.log") as server, Api(f"{server.address}/api") as api:
        plant = SpinePlant(server.address, api)
        plant.prepare()
        yield plant


@dataclass
class Seat:
    """One person at one screen."""

    plant: SpinePlant
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    # Coming and going

    def open(self, path: str) -> int:
        """Go to a page; gives the status of the answer. The page before has come to rest first: its list may fetch itself."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_timeout(50)
        return opened(self.page, self.plant.address + path).status

    def fill_sign_in(self, username: str) -> None:
        self.page.wait_for_load_state("load")  # the page's scripts are there to hear the button
        self.page.fill("[name=email]", username)
        self.page.fill("[name=password]", password_of(username))
        self.page.click("button[type=submit]")

    def sign_in(self, username: str) -> None:
        """Sign in on the page and land on the page of the role."""
        self.open("/")
        self.fill_sign_in(username)
        self.page.wait_for_selector(".fd-person")
        self.page.wait_for_load_state("load")

    def be(self, username: str) -> Seat:
        """Be signed in already."""
        answer = self.context.request.post(
            f"{self.plant.address}/api/auth/sign-in/email", data={"email": username, "password": password_of(username)}
        )
        assert answer.ok
        return self

    def at(self, path: str) -> None:
        """Wait until this is the page, or the page begins so."""
        expect(self.page).to_have_url(re.compile(re.escape(self.plant.address + path)))

    # Looking and pressing

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("#fd-dialog")

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button (or button-like link) that is called so, once the page's scripts are there to hear it."""
        place = within or self.main
        what = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first
        what.wait_for()
        self.page.wait_for_load_state("load")
        what.click()

    def send(self) -> None:
        """Send the form of the dialog."""
        self.dialog.locator("[type=submit]").click()

    def go_by_menu(self, name: str) -> None:
        """Go where the menu leads; it is in its drawer on pages that need the width."""
        self.page.wait_for_load_state("load")  # without its styles a page shows what it will hide
        if (drawer := self.page.locator("[data-menu-open]")).is_visible():
            drawer.click()
        group = self.page.locator(".fd-menu details", has=self.page.get_by_text(name, exact=True))
        if group.get_attribute("open") is None:  # a long menu stands open only where the page is
            group.locator("summary").click()
        group.get_by_role("link", name=name, exact=True).click()

    def has_boards(self, boards: int) -> None:
        """See so many boards on the page of a run: the number that is planned stands on the same tile."""
        expect(self.tile("单件")).to_contain_text(re.compile(rf"单件\s*{boards}\s"))

    def sees(self, text: str, within: Locator | None = None) -> None:
        expect(within or self.main).to_contain_text(text)

    def lacks(self, *names: str) -> None:
        """None of these buttons is there."""
        for name in names:
            expect(self.main.get_by_role("button", name=name)).to_have_count(0)

    def fills_the_width(self) -> bool:
        """Whether nothing stands out to the side."""
        narrow = "document.documentElement.scrollWidth <= innerWidth"
        try:
            return bool(self.page.evaluate(narrow))
        except Error as fault:  # a page that hears of a change loads itself anew, now and then at this very moment
            if "Execution context was destroyed" not in fault.message:
                raise
            self.page.wait_for_load_state("load")
            return bool(self.page.evaluate(narrow))

    def table_row(self, text: str) -> Locator:
        return self.main.locator("tr", has_text=text)

    def tile(self, label: str) -> Locator:
        return self.main.locator(".fd-tile", has_text=label)

    # The station

    def choose_station(self, code: str) -> None:
        self.open("/execution?choose=1")
        self.page.click(f"[data-station-link='{code}']")
        expect(self.page.locator("[data-station]")).to_have_attribute("data-station", code)
        self.page.wait_for_load_state("load")

    def scan(self, code: str) -> None:
        """Type as a scanner types: into whatever listens, ending with Enter."""
        box = self.page.locator("[data-scan-input]")
        box.wait_for()
        self.page.wait_for_load_state("load")
        box.focus()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def taken_in(self, sn: str) -> None:
        """Wait until the board is in the station, and its form has the keyboard if it asks for something."""
        expect(self.page.locator(f"[data-unit='{sn}'] #track-out")).to_be_visible()
        self.page.wait_for_function("""() => {
            const form = document.getElementById("track-out");
            return !form.querySelector("[data-entry] [required]") || form.contains(document.activeElement);
        }""")

    def makes(self, station: str, sn: str, items: Iterable[Mapping[str, Any]], *, yes: str = "是") -> None:
        """Take a board into a station, enter its values, and send it out as good."""
        self.choose_station(station)
        self.scan(sn)
        self.taken_in(sn)
        for item in items:
            if "valueNumber" in item:
                self.page.get_by_label(item["specName"]).fill(str(item["valueNumber"]))
            else:
                self.page.get_by_role("group", name=item["specName"]).get_by_role("radio", name=yes).check()
        self.page.keyboard.press("F8")

    def plans(self, line: str, boards: int) -> str:
        """Release the order of this page to a line and plan a run of so many boards; give the run's number."""
        self.press("释放到产线")
        self.dialog.locator("[name=lineCode]").select_option(line)
        self.send()
        self.press("创建批次")
        self.dialog.locator("[name=planQty]").fill(str(boards))
        self.send()
        self.at("/runs/RUN-")
        self.press("生成")
        self.send()
        self.has_boards(boards)
        return self.page.url.rsplit("/", 1)[1]

    def verdict(self, outcome: str) -> Locator:
        """Wait for the large words of an outcome, over the unit that was scanned last."""
        shown = self.page.locator(f"#scan-panel [data-verdict={outcome}]")
        expect(shown).to_be_visible()
        return shown


@contextmanager
def seat(
    browser: Browser, plant: SpinePlant, *, size: tuple[int, int] = DESK, language: str = "zh-CN"
) -> Iterator[Seat]:
    """Sit down at a screen. A fault in a script, or a breach of the policy, fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    taken = Seat(plant, context, context.new_page())
    taken.page.on("pageerror", lambda error: taken.faults.append(str(error)))
    taken.page.on(
        "console", lambda said: taken.faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield taken
    context.close()
    assert taken.faults == []
