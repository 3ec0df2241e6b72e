"""`demo load`: makes what is missing of the demo plant, by the entrances of the API and as the people who would use them.

Things are found by business key, so loading again changes nothing; what people have changed stays as they left it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from fiducial.demo import base
from fiducial.demo.history import dataset, shape
from fiducial.demo.house import Accounts, House
from fiducial.demo.inside import Inside
from fiducial.demo.installation import guard, mark_new
from fiducial.demo.making import ORIGIN, Loaded, Maker, lay_groups, lay_line
from fiducial.demo.people import PEOPLE, RICH_PEOPLE, DemoPerson
from fiducial.demo.rich import ground, insertion, plan, telling
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.disk import demand_room
from fiducial.kit.settings import declared, values
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.loading.tables import mappings, slots
from fiducial.people.accounts import Person, set_bindings
from fiducial.people.actions import ensure_admin, ensure_roles, seed_person
from fiducial.people.passwords import hashing
from fiducial.people.tables import tokens, user_lines, users
from fiducial.people.tokens import LONGEST_LIFE_MS, PREFIX, add_token
from fiducial.plant.tables import bom_items, lines, lots, materials, operations, stations
from fiducial.quality.tables import sampling_rules
from fiducial.readiness.tables import line_configs
from fiducial.routing.tables import routes, versions

BEFORE_MS = 40 * 86_400_000  # the plant was there before its stories begin
READY = "READY"


def load(
    store: Store,
    house: House,
    *,
    datasets: Sequence[str] = ("base",),
    as_of: str | None = None,
    seed: int = 42,
    size: str | shape.Size = shape.DEFAULT_SIZE,
    say: Callable[[str], None] = lambda _line: None,
) -> Loaded:
    """Load the datasets. Refuses DEMO_DB_HAS_REAL_DATA, STORAGE_LOW below a tenth of free disk; ValueError for an `as_of` that is no day,
    or a size that there is not.

    `base` holds no time and draws nothing by chance; `rich` tells of the days before `as_of` (today), drawn by `seed`; `history` is a past of
    that size, told to `say` day by day.
    """
    if isinstance(size, str):
        if size not in shape.SIZES:
            raise ValueError(f"there is no size {size}; there is {', '.join(shape.SIZES)}")
        size = shape.SIZES[size]
    day = date.fromisoformat(as_of) if as_of is not None else clock.plant_day(clock.now_ms(), store.zone)
    begun = clock.day_start(day, store.zone)
    if store.engine_name == "sqlite":
        demand_room(Path(store.url.database or ".").parent)
    maker = Maker(Inside(store, house.entrances()), house.accounts)
    store.read_now(maker.inside.ours(), guard)
    maker.ours(mark_new, house.mode)
    maker.ours(ensure_roles)
    parts = list(PARTS)
    if "rich" in datasets:
        parts = [
            *PARTS[:-1],
            lambda maker: ground.lay(maker, _gates),
            lambda maker: insertion.lay(maker, _gates),
            *PARTS[-1:],
            _rich_people,
            lambda maker: telling.tell(maker, begun, seed),
        ]
        with clock.at(min(begun - BEFORE_MS, clock.now_ms())):
            _make(maker, parts[:-1])
        parts = parts[-1:]
    _make(maker, parts)
    if "history" in datasets:
        dataset.load(maker, dataset.Asked(day, size, seed), gates=_gates, person=_person, say=say)
    return maker.loaded


def _make(maker: Maker, parts: Sequence[Callable[[Maker], None]]) -> None:
    for make in parts:
        make(maker)
        maker.sign()


def missing(store: Store) -> list[str]:
    """Give what a load would make, without making it."""
    maker = Maker(Inside(store, ()), Accounts(), dry=True)
    for make in PARTS:
        make(maker)
    return maker.wanted


# People: those without bindings first, for one of them makes the places to which the others are bound


def _is_bound(person: DemoPerson) -> bool:
    return bool(person.lines or person.stations_of or person.stations)


def _unbound_people(maker: Maker) -> None:
    for person in PEOPLE:
        if not _is_bound(person):
            _person(maker, person)


def _bound_people(maker: Maker) -> None:
    for person in PEOPLE:
        if _is_bound(person):
            _person(maker, person)


def _rich_people(maker: Maker) -> None:
    """Bind who was there before line B to it, and make who works there alone."""
    for person in PEOPLE:
        if plan.LINE.code in person.lines:
            there = (
                select(user_lines.c.line_id)
                .join(lines, lines.c.id == user_lines.c.line_id)
                .join(users, users.c.id == user_lines.c.user_id)
            )
            held = there.where(users.c.username == person.username)
            bound = held.where(lines.c.code == plan.LINE.code)
            keys = maker.keys(select(lines.c.id).where(lines.c.code.in_(person.lines) | lines.c.id.in_(held)))
            maker.ensure("binding", person.username, bound, partial(maker.ours, bind_for_demo, person.username, keys))
    for person in RICH_PEOPLE:
        _person(maker, person)


@action(audit="USER_UPDATE", entity="USER", internal_only=True)
def bind_for_demo(tx: Tx, username: str, line_ids: frozenset[int]) -> None:
    """Bind a person of the demo to lines."""
    key = tx.scalar(select(users.c.id).where(users.c.username == username))
    set_bindings(tx, key, lines=line_ids, stations=None)
    tx.record(username, key=key, reason="demo plant")


def _person(maker: Maker, person: DemoPerson) -> None:
    def make() -> None:
        if person.role == "admin":
            hashed = hashing.hash(maker.accounts.admin_password)
            maker.ours(ensure_admin, maker.accounts.admin_email, person.name, hashed, False)
            return
        of_lines = select(stations.c.id).join(lines).where(lines.c.code.in_(person.stations_of))
        named = select(stations.c.id).where(stations.c.code.in_(person.stations))
        account = Person(
            username=person.username, name=person.name, role_codes=[person.role], email=person.email, badge_no=person.badge,
            is_active=person.is_active, lines=maker.keys(select(lines.c.id).where(lines.c.code.in_(person.lines))),
            stations=maker.keys(of_lines) | maker.keys(named), must_change_password=False, origin=ORIGIN,
        )  # fmt: skip
        maker.ours(seed_person, account, hashing.hash(maker.accounts.test_password))

    maker.ensure(
        "person", person.username, select(users.c.id).where(users.c.username == person.username), make, table=users
    )


# The plant, as its engineer


def _plant(maker: Maker) -> None:
    lay_groups(maker, base.GROUPS)
    for line in base.LINES:
        lay_line(maker, line)
        _gates(maker, line)
    for code, name, kind, is_key in base.OPERATIONS:
        operation = {"code": code, "name": name, "defaultType": "MANUAL", "isKeyQuality": is_key, "processKind": kind}
        maker.ensure_coded("operation", operations, "POST /api/operations", operation)


def _gates(maker: Maker, line: base.DemoLine) -> None:
    configured = (
        select(line_configs.c.line_id)
        .join(lines, lines.c.id == line_configs.c.line_id)
        .where(lines.c.code == line.code)
    )
    request, body = (
        f"PUT /api/lines/{line.code}/readiness-config",
        {"enabled": list(line.gates), "reason": "demo plant"},
    )
    maker.ensure("gates of a line", line.code, configured, lambda: maker.inside.call("engineer", request, body))


def _materials(maker: Maker) -> None:
    for material in base.MATERIALS:
        maker.ensure_coded("material", materials, "POST /api/materials", material)
    children = [{"childCode": code, "qty": qty, "unit": "PCS"} for code, qty in base.BOM]
    has_bom = select(bom_items.c.child_code).where(bom_items.c.parent_code == base.PRODUCT)
    put_bom = f"PUT /api/boms/{base.PRODUCT}"
    maker.ensure("BOM", base.PRODUCT, has_bom, lambda: maker.inside.call("engineer", put_bom, {"children": children}))
    code, lot_no = base.LOT
    has_lot = select(lots.c.id).where(lots.c.material_code == code, lots.c.lot_no == lot_no)
    lot = {"materialCode": code, "lotNo": lot_no, "iqcResult": "PASS"}
    maker.ensure(
        "material lot",
        f"{code}|{lot_no}",
        has_lot,
        lambda: maker.inside.call("engineer", "POST /api/material-lots", lot),
    )


def _routes(maker: Maker) -> None:
    for route in base.ROUTES:
        steps = [
            {"stepNo": number, "operationCode": operation, "stationGroupCode": group, "requiresFAI": place == 0}
            for place, (number, operation, group) in enumerate(route.steps)
        ]
        new = {
            "code": route.code,
            "name": route.name,
            "processType": route.process_type,
            "options": route.options,
            "steps": steps,
        }
        maker.ensure_coded("route", routes, "POST /api/routes", new)
        ready = select(versions.c.id).join(routes).where(routes.c.code == route.code, versions.c.status == READY)
        maker.ensure(
            "route version",
            route.code,
            ready,
            partial(maker.inside.call, "engineer", f"POST /api/routes/{route.code}/compile"),
        )


def _slots(maker: Maker) -> None:
    """Feeder slots and what belongs on them."""
    for line_code, slot_code, name, material in base.SLOTS:
        mine = select(slots.c.id).join(lines, lines.c.id == slots.c.line_id)
        there = mine.where(lines.c.code == line_code, slots.c.slot_code == slot_code)
        new_slot = {"slotCode": slot_code, "slotName": name, "position": 1}
        make_slot = f"POST /api/lines/{line_code}/feeder-slots"
        maker.ensure("feeder slot", slot_code, there, partial(maker.inside.call, "engineer", make_slot, new_slot))
        mapped = select(mappings.c.id).where(mappings.c.slot_id.in_(there.scalar_subquery()))
        new_mapping = {
            "lineCode": line_code, "slotCode": slot_code, "materialCode": material, "productCode": base.PRODUCT,
            "routingCode": base.SLOT_ROUTE, "unitConsumption": dict(base.BOM)[material],
        }  # fmt: skip
        make_mapping = partial(maker.inside.call, "engineer", "POST /api/slot-mappings", new_mapping)
        maker.ensure("slot mapping", slot_code, mapped, make_mapping)


def _sampling(maker: Maker) -> None:
    for rule in base.SAMPLING_RULES:
        there = select(sampling_rules.c.id).where(
            sampling_rules.c.product_code == rule["productCode"], sampling_rules.c.routing_code == rule["routingCode"]
        )

        def make(rule: dict[str, Any] = rule) -> None:
            maker.inside.call("quality", "POST /api/oqc/sampling-rules", rule)

        maker.ensure("sampling rule", f"{rule['productCode']} {rule['routingCode']}", there, make)


# Settings and tokens


@action(audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG", internal_only=True)
def set_for_demo(tx: Tx, key: str, value: Any) -> None:
    """Give a setting the demo's value."""
    setting = declared[key]
    before = setting.of(tx)
    setting.put(tx, value)
    tx.record(key, changes=[{"path": key, "before": before, "after": value}], reason="demo plant")


def _settings(maker: Maker) -> None:
    for key, value in base.SETTINGS.items():
        set_already = select(values.c.key).where(values.c.key == key, values.c.place == 0)

        def make(key: str = key, value: Any = value) -> None:
            maker.ours(set_for_demo, key, value)

        maker.ensure("setting", key, set_already, make)


@action(audit="API_TOKEN_CREATE", entity="API_TOKEN", internal_only=True)
def make_token(tx: Tx, secret: str, name: str, system: str, scopes: Sequence[str]) -> None:
    """Make a token of the demo."""
    key = add_token(
        tx, secret, name=name, system=system, scopes=scopes, expires_at=tx.now + LONGEST_LIFE_MS, origin=ORIGIN
    )
    tx.record(name, key=key, system=system, scopes=list(scopes))


def _tokens(maker: Maker) -> None:
    for name, system, scopes in base.TOKENS:

        def make(name: str = name, system: str = system, scopes: Sequence[str] = scopes) -> None:
            secret = PREFIX + secrets.token_urlsafe(32)
            maker.ours(make_token, secret, name, system, scopes)
            maker.loaded.secrets[name] = secret

        maker.ensure("token", name, select(tokens.c.id).where(tokens.c.name == name), make)


PARTS = (_unbound_people, _plant, _materials, _routes, _sampling, _slots, _settings, _tokens, _bound_people)
