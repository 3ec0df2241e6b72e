"""Pages of routing (spec 14.2): the list of routings, the route page, collection items."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, and_, or_, select

from fiducial.kit.acting import query
from fiducial.kit.listing import Page as ListPage
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import find_template, the_operation
from fiducial.plant.tables import fai_templates, groups, operations, reflow_profiles
from fiducial.routing import answers, issues, words
from fiducial.routing.compile import Compiled, compile_route
from fiducial.routing.differences import lines_of
from fiducial.routing.facts import RouteFacts
from fiducial.routing.frozen import read_snapshot
from fiducial.routing.merge import FIELDS, MAY_NOT_CARRY
from fiducial.routing.queries.configs import configs_of, default_of
from fiducial.routing.queries.routes import ROUTES, list_routes, route_row, whole_or_none
from fiducial.routing.queries.specs import SPECS, list_specs, spec_detail, spec_options
from fiducial.routing.queries.versions import difference, list_versions, version_detail, version_row
from fiducial.routing.reading import route_facts
from fiducial.routing.shapes import OptionsAsked, VersionAsked
from fiducial.routing.spec_words import limits_in_words
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("routing")
PROCESS = Text("Process")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Routings"), url="/routes", icon="route", group=PROCESS, permissions=("route:read",)),
    MenuItem(
        label=Text("Collection items"),
        url="/data-specs",
        icon="ruler-measure",
        group=PROCESS,
        permissions=("data_spec:read",),
    ),
)
STATUSES = words.STATUSES
SHOWN_WHEN_SAID = (
    "allowedStationCodes",
    "excludedDataSpecIds",
    "expectedReflowProfileCode",
    "requiredTools",
    "ingestMapping",
)
SHOWN_WHEN_TRUE = ("requiresFAI", "requiresAuthorization", "requiresTestProgram")
VERSIONS_SHOWN = 8


@query("route:read")
def routes_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the list of routings."""
    data = list_routes(tx, view.page_of(ROUTES))
    return {"listing": view.list_of(data, default_sort=ROUTES.default_sort), "words": words}


@query("route:read")
def route_page(tx: Tx, routing_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give a routing: its flow, how each step is done and why, what a compile would say now, its versions."""
    route = route_row(tx, routing_code)
    facts = route_facts(tx, route)
    compiled = compile_route(facts) if facts.steps else None
    configs = configs_of(tx, route)
    all_versions = list_versions(tx, routing_code, ListPage(size=100, sort=(("versionNo", True),)))
    return {
        "route": answers.route_of(route), "steps": _steps(facts, compiled, configs, tx.caller.language),
        "errors": _anchored(compiled.errors, tx.caller.language) if compiled else [],
        "warnings": _anchored(compiled.warnings, tx.caller.language) if compiled else [],
        "route_config": next((config for config in configs if config["scopeType"] == "ROUTE"), None),
        "orphans": [config for config in configs if config.get("orphaned")],
        "versions": all_versions["items"][:VERSIONS_SHOWN], "more_versions": all_versions["items"][VERSIONS_SHOWN:],
        "usable": next((v["versionNo"] for v in all_versions["items"] if v["status"] == "READY" and not v["retiredAt"]), None),
        "template": find_template(tx, route.fai_template_code) if route.fai_template_code else None,
        "words": words, "own_steps": _own_steps(facts), "is_ours": route.source_system == "MES",
    }  # fmt: skip


def _steps(
    facts: RouteFacts, compiled: Compiled | None, configs: list[answers.Config], language: str
) -> list[dict[str, Any]]:
    """Give the steps as the page shows them: with what was found wrong, the stations that fit, and named items."""
    frozen = read_snapshot(0, 0, "", 0, compiled.snapshot).steps if compiled else ()
    said = issues.said([*compiled.errors, *compiled.warnings], language) if compiled else []
    own = {
        config["stepNo"]: config for config in configs if config["scopeType"] == "STEP" and not config.get("orphaned")
    }
    shown = []
    for step, frozen_step in zip(answers.steps_of(facts), frozen, strict=True):
        fitting = [
            station.code for station in facts.stations.values()
            if frozen_step.fits(
                code=station.code, station_type=station.station_type, group_code=station.group_code, is_active=station.is_active
            ) and (frozen_step.station_group_code or frozen_step.allowed_station_codes)
        ]  # fmt: skip
        found = [one for one in said if one["stepNo"] == step["stepNo"]]
        shown.append({
            **step, "rows": _rows(step, {_place_of(one) for one in found}), "fitting": fitting, "config": own.get(step["stepNo"]), "found": found,
            "failed": any(one["severity"] == issues.ERROR for one in found),
            "specs": [facts.specs[key] for key in step["effectiveConfig"]["dataSpecIds"]["value"] or [] if key in facts.specs],
            "left_out": [facts.specs[key].name for key in step["effectiveConfig"]["excludedDataSpecIds"]["value"] or [] if key in facts.specs],
        })  # fmt: skip
    return shown


def _anchored(found: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Give errors or warnings with the place on the page that each leads to."""
    shown = []
    for one in issues.said(found, language):
        field = _place_of(one)
        anchor = f"step-{one['stepNo']}" if one["stepNo"] else ""
        if field == "faiTemplateCode":
            anchor = "fai-template"
        shown.append({**one, "anchor": f"{anchor}-{field}" if field in FIELDS else anchor})
    return shown


def _template_options(tx: Tx, route: Row[Any]) -> list[tuple[str, str]]:
    """Give the templates that the routing may bind, and the one it has."""
    columns = (fai_templates.c.code, fai_templates.c.name, fai_templates.c.product_code)
    fits = and_(fai_templates.c.is_active.is_(True), fai_templates.c.process_type == route.process_type)
    if route.product_code is not None:
        fits = and_(fits, fai_templates.c.product_code == route.product_code)
    wanted = or_(fits, fai_templates.c.code == route.fai_template_code)
    return [
        (row.code, f"{row.code} {row.name} · {row.product_code}")
        for row in tx.all(select(*columns).where(wanted).order_by(fai_templates.c.code))
    ]


@query("route:configure")
def template_dialog(tx: Tx, routing_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the choice of the first article template."""
    route = route_row(tx, routing_code)
    return {"route": answers.route_of(route), "templates": _template_options(tx, route)}


def _profile_options(tx: Tx, process_kind: str | None, besides: str | None) -> list[tuple[str, str]]:
    """Give the ACTIVE oven programs of the step's kind, and the one that is said."""
    columns = (reflow_profiles.c.code, reflow_profiles.c.version, reflow_profiles.c.name, reflow_profiles.c.kind)
    rows = tx.all(select(*columns).where(reflow_profiles.c.status == "ACTIVE").order_by(reflow_profiles.c.code))
    shown = [
        (row.code, f"{row.code} {row.name} ({row.version})")
        for row in rows
        if row.kind == process_kind or row.code == besides
    ]
    missing = besides is not None and besides not in {code for code, _label in shown}
    return [*shown, (besides, besides)] if missing and besides is not None else shown


def _place_of(one: Mapping[str, Any]) -> str:
    """Give the field of the config that an error or warning is about; `operationCode` and the like are the step's own."""
    return str(one["field"] or "").split(".")[0]


def _rows(step: answers.Step, found: Collection[str]) -> list[tuple[str, Any, str | None]]:
    """Give the fields worth showing: what places the step always, the rest when somebody has said it or it is found wrong."""
    rows = []
    for name in FIELDS:
        chosen = step["effectiveConfig"][name]
        if name in SHOWN_WHEN_SAID and not chosen["value"] and name not in found:
            continue
        if name in SHOWN_WHEN_TRUE and not chosen["value"] and chosen["scope"] in ("DEFAULT", None):
            continue
        rows.append((name, chosen["value"], chosen["scope"]))
    return rows


def _own_steps(facts: RouteFacts) -> list[dict[str, Any]]:
    """Give the steps as a PUT would write them, in order."""
    return [
        {
            "stepNo": step.step_no, "operationCode": step.operation.code if step.operation else None,
            "stationGroupCode": step.station_group_code, "stationType": step.station_type, "requiresFAI": step.requires_fai,
        }
        for step in sorted(facts.steps, key=lambda step: step.step_no)
    ]  # fmt: skip


# Dialogs


def _group_options(tx: Tx) -> list[tuple[str, str]]:
    return [
        (row.code, f"{row.code} {row.name}")
        for row in tx.all(select(groups.c.code, groups.c.name).order_by(groups.c.code))
    ]


def _operation_options(tx: Tx, *besides: str | None) -> list[tuple[str, str]]:
    statement = select(operations.c.code, operations.c.name, operations.c.is_active).order_by(operations.c.code)
    return [(row.code, f"{row.code} {row.name}") for row in tx.all(statement) if row.is_active or row.code in besides]


@query("route:create")
def new_route_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets tx and view
    """Give the form of a new routing."""
    return {"route": None, "words": words}


@query("route:configure")
def route_dialog(tx: Tx, routing_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a routing's own fields."""
    return {"route": answers.route_of(route_row(tx, routing_code)), "words": words}


@query("route:create")
def step_dialog(tx: Tx, routing_code: str, step_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of one step, `new` for one more; it sends all steps, for they are replaced as a whole."""
    route = route_row(tx, routing_code)
    steps = _own_steps(route_facts(tx, route))
    place = len(steps)
    if step_no != "new":
        place = next((at for at, step in enumerate(steps) if str(step["stepNo"]) == step_no), -1)
        if place < 0:
            raise Refused("ROUTE_STEP_NOT_FOUND", routingCode=routing_code, stepNo=step_no)
    step = steps[place] if place < len(steps) else None
    return {
        "route": answers.route_of(route), "steps": steps, "place": place, "step": step, "words": words,
        "others": [other for at, other in enumerate(steps) if at != place],
        "suggested": (steps[-1]["stepNo"] // 10 + 1) * 10 if steps else 10,
        "operations": _operation_options(tx, step["operationCode"] if step else None), "groups": _group_options(tx),
    }  # fmt: skip


@query("route:create")
def arrange_dialog(tx: Tx, routing_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give all steps of a routing in one form."""
    route = route_row(tx, routing_code)
    steps = _own_steps(route_facts(tx, route))
    used = {step["operationCode"] for step in steps}
    return {
        "route": answers.route_of(route),
        "steps": steps,
        "operations": _operation_options(tx, *used),
        "groups": _group_options(tx),
    }


@query("route:configure")
def config_dialog(tx: Tx, routing_code: str, scope: str, view: View) -> Mapping[str, Any]:
    """Give the form of an execution config: of the routing (`route`) or of a step (its number)."""
    route = route_row(tx, routing_code)
    number = whole_or_none(scope)
    wanted = "ROUTE" if number is None else "STEP"
    configs = configs_of(tx, route)
    config = next(
        (one for one in configs if one["scopeType"] == wanted and one["stepNo"] == number and not one.get("orphaned")),
        None,
    )
    step = next((one for one in answers.steps_of(route_facts(tx, route)) if one["stepNo"] == number), None)
    if number is not None and step is None:
        raise Refused("ROUTE_STEP_NOT_FOUND", routingCode=routing_code, stepNo=number)
    return {
        "wanted": view.query.get("field", ""),
        "route": answers.route_of(route), "config": config, "step": step, "scope": wanted, "words": words, "groups": _group_options(tx),
        "profiles": _profile_options(tx, step["processKind"] if step else None, config["expectedReflowProfileCode"] if config else None),
        "barred": MAY_NOT_CARRY[wanted], "api": f"/api/routes/{routing_code}/execution-config",
    }  # fmt: skip


@query("route:configure")
def default_dialog(tx: Tx, operation_code: str, view: View) -> Mapping[str, Any]:
    """Give the form of an operation's execution default; `global` is the plant's."""
    operation = None if operation_code == "global" else the_operation(tx, operation_code)
    return {
        "wanted": view.query.get("field", ""),
        "config": default_of(tx, operation), "operation": operation, "words": words, "groups": _group_options(tx),
        "barred": MAY_NOT_CARRY["GLOBAL" if operation is None else "OPERATION"],
    }  # fmt: skip


@query("route:configure")
def binding_dialog(tx: Tx, routing_code: str, step_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the picker of a step's collection items."""
    picker = spec_options(tx, routing_code, step_no, OptionsAsked())
    return {"picker": picker, "routing_code": routing_code, "words": words, "limits": limits_in_words}


@query("route:read")
def version_dialog(tx: Tx, routing_code: str, version_no: str, view: View) -> Mapping[str, Any]:
    """Give a version: its steps, its errors, and how it differs from the one before or another one asked for."""
    version = version_detail(tx, routing_code, version_no, VersionAsked())
    route = route_row(tx, routing_code)
    others = [number for number in _version_numbers(tx, routing_code) if number != version["versionNo"]]
    before = [number for number in others if number < version["versionNo"]]
    asked = whole_or_none(view.query.get("diff", ""))
    against = asked if asked in others else max(before, default=None)
    diff = None
    if against is not None:
        other = version_detail(tx, routing_code, str(version_row(tx, route, against).version_no), VersionAsked())
        diff = difference(other["snapshot"], version["snapshot"])
        diff["route"] = lines_of(diff["route"])
        # Of a step that is found changed there may be nothing to read: an id that the words do not show.
        diff["changed"] = [{**step, "lines": lines_of(step["fields"])} for step in diff["changed"]]
    return {"version": version, "others": others, "against": against, "diff": diff, "words": words}


def _version_numbers(tx: Tx, routing_code: str) -> list[int]:
    data = list_versions(tx, routing_code, ListPage(size=100, sort=(("versionNo", True),)))
    return [version["versionNo"] for version in data["items"]]


# Collection items


@query("data_spec:read")
def specs_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the list of collection items."""
    data = list_specs(tx, view.page_of(SPECS))
    return {"listing": view.list_of(data, default_sort=SPECS.default_sort), "words": words, "limits": limits_in_words}


@query("data_spec:config")
def new_spec_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new collection item."""
    return {"spec": None, "operations": _operation_options(tx), "words": words, "said": _said_in(view)}


@query("data_spec:config")
def spec_dialog(tx: Tx, spec_id: str, view: View) -> Mapping[str, Any]:
    """Give the form of a collection item."""
    spec = spec_detail(tx, spec_id)
    return {"spec": spec, "operations": [], "words": words, "said": _said_in(view, spec)}


@query("data_spec:config")
def spec_fields(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the fields that go with the chosen data type and trigger, keeping what was typed."""
    return {"said": _said_in(view), "words": words}


def _said_in(view: View, spec: answers.Spec | None = None) -> dict[str, Any]:
    """Give what the form holds, flat, by the names of its fields."""
    said: dict[str, Any] = {"dataType": "NUMBER", "triggerType": "EVENT"}
    if spec is not None:
        said |= {"dataType": spec["dataType"], "triggerType": spec["triggerType"]}
        for part in ("spec", "triggerRule", "alarm"):
            nested: Mapping[str, Any] = spec[part] or {}
            said |= {f"{part}.{name}": value for name, value in nested.items()}
    return said | {name: value for name, value in view.query.items() if value}


pages.page("/routes", routes_page, "routing/routes.html")
pages.page("/routes/dialogs/new", new_route_dialog, "routing/route_form.html")
pages.page("/routes/{routingCode}", route_page, "routing/route.html")
pages.page("/routes/{routingCode}/dialogs/edit", route_dialog, "routing/route_form.html")
pages.page("/routes/{routingCode}/dialogs/steps/{stepNo}", step_dialog, "routing/step_form.html")
pages.page("/routes/{routingCode}/dialogs/template", template_dialog, "routing/template_form.html")
pages.page("/routes/{routingCode}/dialogs/arrange", arrange_dialog, "routing/arrange.html")
pages.page("/routes/{routingCode}/dialogs/config/{scope}", config_dialog, "routing/config_form.html")
pages.page("/routes/{routingCode}/dialogs/binding/{stepNo}", binding_dialog, "routing/binding.html")
pages.page("/routes/{routingCode}/dialogs/versions/{versionNo}", version_dialog, "routing/version.html")
pages.page("/execution-defaults/dialogs/{operationCode}", default_dialog, "routing/default_form.html")
pages.page("/data-specs", specs_page, "routing/specs.html")
pages.page("/data-specs/dialogs/new", new_spec_dialog, "routing/spec_form.html")
pages.page("/data-specs/dialogs/fields", spec_fields, "routing/spec_fields.html")
pages.page("/data-specs/dialogs/edit/{specId}", spec_dialog, "routing/spec_form.html")
