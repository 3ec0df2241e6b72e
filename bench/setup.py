"""The plant of the bench, made through the API: lines of five stations, a route for each length, runs with boards, people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import ACCOUNTS, Options

STEPS = 5
KINDS = ("PRINT", "SPI", "OTHER", "REFLOW", "AOI")


@dataclass(frozen=True, slots=True)
class Post:
    """One station of the bench, and the one its boards go to next (by place in the list)."""

    code: str
    run_no: str
    boards: tuple[str, ...]
    after: int | None


class Setup:
    """Makes the plant as its people would."""

    def __init__(self, api: Api, options: Options, *, length: int = STEPS, slots: int = 0) -> None:
        """With `length` stations on a line, and `slots` feeder slots that are loaded."""
        self._api, self._options, self._length, self._slots_each = api, options, length, slots
        self._line_ids: list[str] = []
        self.slots: list[tuple[str, str]] = []  # run and slot of each reel
        for actor in ACCOUNTS:
            email, password = options.login_of(actor)
            self.do(actor, "POST", "/auth/sign-in/email", {"email": email, "password": password})

    def do(self, actor: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give the data of a call that must succeed."""
        answer = self._api.call(actor, method, path, body)
        if answer.code is not None:
            raise SystemExit(
                f"{actor} {method} {path}: {answer.status} {answer.code} {answer.message} {dict(answer.details)}"
            )
        return answer.data

    def build(self, stations: int, *, values: int, boards: int) -> list[Post]:
        """Make that many stations on lines of five (the last line may be shorter), and boards for each line."""
        lengths = [self._length] * (stations // self._length)
        lengths += [stations % self._length] if stations % self._length else []
        for place in range(self._length):
            self._step(place, values)
        keys = [key for number, length in enumerate(lengths) for key in self._line(number, length)]
        for length in sorted(set(lengths)):
            self._route(length, values)
        if self._slots_each:
            self._let_material_in()
        posts: list[Post] = []
        for number, length in enumerate(lengths):
            posts += self._run(number, length, boards, offset=len(posts))
        me = self.do("operator", "GET", "/permissions/me")
        self.do("admin", "PATCH", f"/users/{me['id']}", {"stationIds": [*me["stationIds"], *keys]})
        return posts

    def _step(self, place: int, values: int) -> None:
        code = f"BENCH-OP-{place}"
        operation = {"code": code, "name": code, "defaultType": "MANUAL", "processKind": KINDS[place % len(KINDS)]}
        self.do("engineer", "POST", "/operations", operation)
        self.do("engineer", "POST", "/station-groups", {"code": f"BENCH-G-{place}", "name": code})
        for number in range(values):
            spec = {
                "operationCode": code, "name": f"value {number}", "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL",
                "triggerType": "EVENT", "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": 1, "usl": 9, "unit": "kg"}, "isRequired": True,
            }  # fmt: skip
            self.do("engineer", "POST", "/data-collection-specs", spec)

    def _route(self, length: int, values: int) -> None:
        code = f"BENCH-R-{length}"
        steps = [
            {
                "stepNo": 10 * (place + 1),
                "operationCode": f"BENCH-OP-{place}",
                "stationGroupCode": f"BENCH-G-{place}",
                "requiresFAI": False,
            }
            for place in range(length)
        ]
        self.do("engineer", "POST", "/routes", {"code": code, "name": code, "processType": "SMT", "steps": steps})
        for step in steps if values else ():
            path = f"/routes/{code}/steps/{step['stepNo']}"
            offered = self.do("engineer", "GET", f"{path}/data-spec-options")["available"]
            self.do("engineer", "PUT", f"{path}/data-specs", {"dataSpecIds": [spec["id"] for spec in offered]})
        compiled = self.do("engineer", "POST", f"/routes/{code}/compile")
        if compiled["status"] != "READY":
            raise SystemExit(f"route {code} is {compiled['status']}: {compiled['errors']}")

    def _line(self, number: int, length: int) -> list[str]:
        line = f"BENCH-{number:02}"
        made = self.do("engineer", "POST", "/lines", {"code": line, "name": line, "processType": "SMT"})
        self._line_ids.append(made["id"])
        self.do("engineer", "PUT", f"/lines/{line}/readiness-config", {"enabled": ["ROUTE"]})
        keys = []
        for place in range(length):
            station = {
                "code": f"{line}-{place}", "name": f"{line}-{place}", "lineCode": line, "groupCode": f"BENCH-G-{place}",
                "stationType": "MANUAL", "isManualBench": True,
            }  # fmt: skip
            keys.append(self.do("engineer", "POST", "/stations", station)["id"])
        return keys

    def _run(self, number: int, length: int, boards: int, *, offset: int) -> list[Post]:
        line, order = f"BENCH-{number:02}", f"WO-BENCH-{number:02}"
        wanted = {"woNo": order, "productCode": "P-1001", "plannedQty": boards, "routingCode": f"BENCH-R-{length}"}
        self.do("planner", "POST", "/integration/work-orders", wanted)
        self.do("planner", "POST", f"/work-orders/{order}/release", {"lineCode": line})
        run = self.do("planner", "POST", f"/work-orders/{order}/runs", {"lineCode": line, "planQty": boards})["runNo"]
        if self._slots_each:
            self._slots(line, run)
        made: list[str] = []
        while len(made) < boards:
            units = self.do(
                "planner", "POST", f"/runs/{run}/generate-units", {"quantity": min(1000, boards - len(made))}
            )
            made += [unit["sn"] for unit in units["units"]]
        self.do("planner", "POST", f"/runs/{run}/authorize", {"action": "AUTHORIZE"})
        return [
            Post(
                f"{line}-{place}",
                run,
                tuple(made) if place == 0 else (),
                offset + place + 1 if place + 1 < length else None,
            )
            for place in range(length)
        ]

    def _let_material_in(self) -> None:
        email = "material@example.com"
        (person,) = self.do("admin", "GET", f"/users?search={email}")["items"]
        self.do("admin", "PATCH", f"/users/{person['id']}", {"lineIds": [*person["lineIds"], *self._line_ids]})
        self.do("material", "POST", "/auth/sign-in/email", {"email": email, "password": self._options.test_password})

    def _slots(self, line: str, run_no: str) -> None:
        """Give a line its feeder slots, and load the table of its run, a reel on each."""
        codes = [f"S-{place:02}" for place in range(self._slots_each)]
        for place, code in enumerate(codes):
            self.do("engineer", "POST", f"/lines/{line}/feeder-slots", {"slotCode": code, "position": place + 1})
            mapping = {"lineCode": line, "slotCode": code, "materialCode": "MAT-001", "unitConsumption": 1}
            self.do("engineer", "POST", "/slot-mappings", mapping)
        self.do("material", "POST", f"/runs/{run_no}/loading/load-table")
        for code in codes:
            reel = {"runNo": run_no, "slotCode": code, "materialLotBarcode": f"MAT-001|LOT-{line}-{code}"}
            self.do("material", "POST", "/loading/verify", reel)
            self.slots.append((run_no, code))

    def token(self, system: str, scopes: list[str], until: datetime) -> str:
        """Give the secret of a new token."""
        named = {"name": f"bench {system}", "system": system, "scopes": scopes, "expiresAt": until.isoformat()}
        return str(self.do("admin", "POST", "/api-tokens", named)["secret"])

    def cookies(self, count: int, *, actor: str = "operator", login: tuple[str, str] | None = None) -> list[str]:
        """Sign somebody in that often; give each session's cookie."""
        email, password = login or self._options.login_of(actor)
        cookies = []
        for _ in range(count):
            with Api(self._api.base_url) as one:
                answer = one.call(actor, "POST", "/auth/sign-in/email", {"email": email, "password": password})
                if answer.code is not None:
                    raise SystemExit(f"sign-in: {answer.code} {answer.message}")
                cookies.append(one.give_away(actor))
        return cookies
