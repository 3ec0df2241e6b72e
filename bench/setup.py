"""The plant of the bench, made through the API: lines of five stations, a route for each length, runs with boards, people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    def __init__(self, api: Api, options: Options) -> None:
        self._api, self._options = api, options
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
        lengths = [STEPS] * (stations // STEPS) + ([stations % STEPS] if stations % STEPS else [])
        for place in range(STEPS):
            self._step(place, values)
        keys = [key for number, length in enumerate(lengths) for key in self._line(number, length)]
        for length in sorted(set(lengths)):
            self._route(length, values)
        posts: list[Post] = []
        for number, length in enumerate(lengths):
            posts += self._run(number, length, boards, offset=len(posts))
        me = self.do("operator", "GET", "/permissions/me")
        self.do("admin", "PATCH", f"/users/{me['id']}", {"stationIds": [*me["stationIds"], *keys]})
        return posts

    def _step(self, place: int, values: int) -> None:
        code = f"BENCH-OP-{place}"
        operation = {"code": code, "name": code, "defaultType": "MANUAL", "processKind": KINDS[place]}
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
        self.do("engineer", "POST", "/lines", {"code": line, "name": line, "processType": "SMT"})
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

    def cookies(self, count: int) -> list[str]:
        """Sign the operator in at that many stations; give each session's cookie."""
        email, password = self._options.login_of("operator")
        cookies = []
        for _ in range(count):
            with Api(self._api.base_url) as one:
                answer = one.call("operator", "POST", "/auth/sign-in/email", {"email": email, "password": password})
                if answer.code is not None:
                    raise SystemExit(f"sign-in: {answer.code} {answer.message}")
                cookies.append(one.give_away("operator"))
        return cookies
