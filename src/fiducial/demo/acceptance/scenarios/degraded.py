"""`degraded`: the systems that tell of equipment, stencil and paste are away, and the plant goes on by hand (spec 08.8, 13.11).

On a line of its own. People speak for the systems, what a machine says meanwhile waits, the gates pass on what people
said and show it, the run is authorised and its board goes through; in the end the systems speak for themselves again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import (
    bind_operator,
    ground_of,
    is_status,
    make_board,
    run_path,
    start_run,
)
from fiducial.demo.acceptance.scenarios.ground import Ground, Place, prepare
from fiducial.demo.acceptance.steps import OK, Walk, refused

SMT = Ground(
    process_type="SMT", line_code="ACC-DEG-SMT", line_name="验收降级 SMT 线", route_code="ACC-DEG-SMT-V1", route_name="验收降级 SMT 路线",
    places=(
        Place(step_no=10, suffix="PRINT", operation_code="ACC-DEG-PRINT", name="锡膏印刷", process_kind="PRINT", items=()),
        Place(step_no=20, suffix="AOI", operation_code="ACC-DEG-AOI", name="光学检测", process_kind="AOI", items=()),
    ),
)  # fmt: skip
DIP = Ground(
    process_type="DIP", line_code="ACC-DEG-DIP", line_name="验收降级插件线", route_code="ACC-DEG-DIP-V1", route_name="验收降级插件路线",
    places=(
        Place(step_no=10, suffix="INSERT", operation_code="ACC-DEG-INSERT", name="插件", process_kind="INSERT", items=()),
        Place(step_no=20, suffix="WAVE", operation_code="ACC-DEG-WAVE", name="波峰焊", process_kind="WAVE", items=()),
    ),
)  # fmt: skip
GROUNDS: Mapping[str, Ground] = {"smt": SMT, "dip": DIP}
AWAY = {"smt": ("TPM", "STENCIL", "SOLDER_PASTE", "SPI", "AOI"), "dip": ("TPM",)}
BY_HAND = {"smt": ("EQUIPMENT", "STENCIL", "SOLDER_PASTE"), "dip": ("EQUIPMENT",)}
STENCIL, PASTE, WHY = "STENCIL-C01", "SP-LOT-C01", "acceptance: the system is away"


def degraded(walk: Walk) -> None:
    """Walk the scenario. Must end with: the run authorised on what people said, its board through, the systems back in AUTO."""
    ground = ground_of(walk, GROUNDS)
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code)
    walk.sign_in()
    stations = prepare(walk, ground)
    bind_operator(walk, stations)
    _bind_leader(walk)
    _switch(walk, ground)
    _gates(walk, ground)
    _enter_states(walk, ground)
    if walk.track == "smt":
        _bind_supplies(walk, ground)
        _a_machine_speaks_and_waits(walk)
    start_run(walk, ground)
    make_board(walk)
    _check_and_authorise(walk)
    for place in ground.places:
        station, scan = f"/stations/{in_path(ground.station_code(place))}", {"sn": walk.context["sn"]}
        walk.step(f"track in at {ground.station_code(place)}", "operator", f"POST {station}/track-in", scan)
        walk.step(
            f"track out at {ground.station_code(place)}",
            "operator",
            f"POST {station}/track-out",
            {**scan, "result": "PASS"},
        )


def _in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def _said(**more: Any) -> dict[str, Any]:
    """Give what every entry by hand has."""
    return {
        "eventId": f"acceptance-{secrets.token_hex(8)}", "eventTime": datetime.now(UTC).isoformat(), "source": "MANUAL", "reason": WHY, **more,
    }  # fmt: skip


def _bind_leader(walk: Walk) -> None:
    """Bind the leader to the line; what they were bound to is put back."""
    me = walk.step("who is the leader", "leader", "GET /permissions/me").data
    if walk.context["lineId"] in me["lineIds"]:
        return
    user = f"/users/{me['id']}"
    walk.put_back("put the leader's lines back", "admin", f"PATCH {user}", {"lineIds": me["lineIds"]})
    walk.step(
        "bind the leader to the line", "admin", f"PATCH {user}", {"lineIds": [*me["lineIds"], walk.context["lineId"]]}
    )


def _switch(walk: Walk, ground: Ground) -> None:
    """Let people speak for the systems on this line, for an hour at most; a second switch says that nothing changed."""
    for system in AWAY[walk.track]:
        path, body = f"PUT /integration/systems/{system}/mode", {"lineCode": ground.line_code, "reason": WHY}
        walk.put_back(f"{system} speaks for itself again", "leader", path, {**body, "mode": "AUTO"})
        by_hand = {**body, "mode": "MANUAL", "until": _in_an_hour()}
        walk.step(f"people speak for {system}", "leader", path, by_hand, expect=OK | refused("MODE_UNCHANGED"))
        walk.step(f"{system} is by hand already", "leader", path, by_hand, expect=refused("MODE_UNCHANGED"))


def _gates(walk: Walk, ground: Ground) -> None:
    path = f"/lines/{in_path(ground.line_code)}/readiness-config"
    before = walk.step("the gates of before", "engineer", f"GET {path}").data["enabled"]
    walk.put_back("put the gates back", "engineer", f"PUT {path}", {"enabled": before})
    walk.step("ask the gates of the systems", "engineer", f"PUT {path}", {"enabled": ["ROUTE", *BY_HAND[walk.track]]})


def _enter_states(walk: Walk, ground: Ground) -> None:
    """Say by hand how equipment, stencil and paste are; a person who claims to be a machine is refused."""
    for place in ground.places:
        code = ground.station_code(place)
        walk.step(
            f"{code} is normal", "leader", "POST /integration/equipment-status", _said(equipmentCode=code, status="NORMAL"), check=_took_effect,
        )  # fmt: skip
    as_machine = {**_said(equipmentCode=ground.station_code(ground.places[0]), status="NORMAL"), "source": "AUTO"}
    walk.step(
        "a person is no machine", "leader", "POST /integration/equipment-status", as_machine, expect=refused("SOURCE_NOT_ALLOWED", 403)
    )  # fmt: skip
    if walk.track == "smt":
        ready, fit = _said(stencilId=STENCIL, status="READY", tensionValue=42), _said(lotId=PASTE, status="COMPLIANT")
        walk.step("the stencil is ready", "leader", "POST /integration/stencil-status", ready, check=_took_effect)
        walk.step("the paste is fit", "leader", "POST /integration/solder-paste-status", fit, check=_took_effect)


def _took_effect(data: Mapping[str, Any]) -> Iterator[str]:
    if not data["effective"]:
        yield f"the entry did not take effect: {data['heldReason']}"


def _bind_supplies(walk: Walk, ground: Ground) -> None:
    line = f"/integration/lines/{in_path(ground.line_code)}"
    for what, body in (("stencil", {"stencilId": STENCIL}), ("solder-paste", {"lotId": PASTE})):
        walk.put_back(f"unbind the {what}", "leader", f"POST {line}/{what}/unbind")
        walk.step(f"bind the {what}", "leader", f"POST {line}/{what}/bind", body, expect=OK | refused("ALREADY_BOUND"))


def _a_machine_speaks_and_waits(walk: Walk) -> None:
    """What the stencil cabinet says meanwhile is kept and does not count."""
    name = f"acceptance-{secrets.token_hex(4)}"
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": name, "system": "STENCIL", "scopes": ["integration:push"], "expiresAt": ends}
    made = walk.step("make a token for the cabinet", "admin", "POST /api-tokens", body).data
    walk.put_back("revoke the token", "admin", f"POST /api-tokens/{made['id']}/revoke")
    walk.api.bear("cabinet", made["secret"])

    def waits(data: Mapping[str, Any]) -> Iterator[str]:
        if data["effective"] or data["heldReason"] != "SYSTEM_MODE_MANUAL":
            yield f"the push took effect: {data}"

    push = {**_said(stencilId=STENCIL, status="READY"), "source": "AUTO"}
    walk.step("the cabinet speaks, and waits", "cabinet", "POST /integration/stencil-status", push, check=waits)

    def same(data: Mapping[str, Any]) -> Iterator[str]:
        if not data["isDuplicate"]:
            yield "the same event was taken a second time"

    walk.step("it speaks twice, and is heard once", "cabinet", "POST /integration/stencil-status", push, check=same)


def _check_and_authorise(walk: Walk) -> None:
    wanted = set(BY_HAND[walk.track])

    def is_by_hand(check: Mapping[str, Any]) -> Iterator[str]:
        if check["status"] != "PASSED":
            yield f"the check is {check['status']}: {[item for item in check['items'] if item['status'] == 'FAILED']}"
        by_hand = {
            item["itemType"]
            for item in check["items"]
            if item["source"] == "MANUAL" and item["evidence"].get("reason") == WHY
        }
        if by_hand != wanted:
            yield f"by hand and with the reason are {sorted(by_hand)}, not {sorted(wanted)}"

    walk.step("FORMAL check", "quality", f"POST {run_path(walk)}/readiness/check", check=is_by_hand)
    authorise = f"POST {run_path(walk)}/authorize"
    walk.step("authorise the run", "leader", authorise, {"action": "AUTHORIZE"}, check=is_status("AUTHORIZED"))
