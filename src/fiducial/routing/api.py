"""JSON doors of routing (spec 01.5-01.9)."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from fiducial.kit.http.door import Doors, answer, body_of, caller_of, check_origin, keyed
from fiducial.kit.http.shapes import Body, parse, path_text
from fiducial.kit.refusals import Refused
from fiducial.routing import shapes
from fiducial.routing.actions import configs as config_actions
from fiducial.routing.actions import routes as route_actions
from fiducial.routing.actions import specs as spec_actions
from fiducial.routing.actions import templates as template_actions
from fiducial.routing.actions import versions as version_actions
from fiducial.routing.queries import configs as config_queries
from fiducial.routing.queries import routes as route_queries
from fiducial.routing.queries import specs as spec_queries
from fiducial.routing.queries import versions as version_queries

doors = Doors("routing")


class Compile(Body):
    """A compile takes nothing but the routing's code."""


async def _compile(request: Request) -> Response:
    """Prepare on the slow reader, store in the lane. What refuses the reader refuses the lane too, which enters it in the book."""
    check_origin(request)
    caller, raw = caller_of(request), await body_of(request)
    code = path_text(request.path_params["routingCode"])
    parse(Compile, raw, caller.language)
    store = request.app.state.store
    prepared = None
    with suppress(Refused):
        prepared = await store.read(caller, version_actions.prepare, code, slow=True)
    return answer(await store.write(keyed(caller, request, raw), version_actions.compile_version, code, prepared))


doors.get("/api/routes", route_queries.list_routes, listing=route_queries.ROUTES)
doors.post("/api/routes", route_actions.create_route, shapes.NewRoute)
doors.get("/api/routes/{routingCode}", route_queries.route_detail)
doors.patch("/api/routes/{routingCode}", route_actions.update_route, shapes.RouteChange)
doors.delete("/api/routes/{routingCode}", route_actions.delete_route)
doors.patch("/api/routes/{routingCode}/fai-template", template_actions.bind_template, shapes.TemplateBinding)
doors.put("/api/routes/{routingCode}/steps", route_actions.put_steps, shapes.Steps)

doors.get("/api/routes/{routingCode}/execution-config", config_queries.list_configs)
doors.post("/api/routes/{routingCode}/execution-config", config_actions.create_config, shapes.NewConfig)
doors.patch("/api/routes/{routingCode}/execution-config/{configId}", config_actions.update_config, shapes.ConfigChange)
doors.delete("/api/routes/{routingCode}/execution-config/{configId}", config_actions.delete_config)
doors.get("/api/execution-defaults/operations/{operationId}", config_queries.operation_default)
doors.put("/api/execution-defaults/operations/{operationId}", config_actions.put_operation_default, shapes.Defaults)
doors.get("/api/execution-defaults/global", config_queries.global_default)
doors.put("/api/execution-defaults/global", config_actions.put_global_default, shapes.Defaults)

doors.get(
    "/api/routes/{routingCode}/steps/{stepNo}/data-spec-options", spec_queries.spec_options, params=shapes.OptionsAsked
)
doors.put("/api/routes/{routingCode}/steps/{stepNo}/data-specs", config_actions.bind_specs, shapes.Binding)

doors.custom("POST", "/api/routes/{routingCode}/compile", version_actions.compile_version, _compile, Compile)
doors.get("/api/routes/{routingCode}/versions", version_queries.list_versions, listing=version_queries.VERSIONS)
doors.get("/api/routes/{routingCode}/versions/{versionNo}", version_queries.version_detail, params=shapes.VersionAsked)
doors.post("/api/routes/{routingCode}/versions/{versionNo}/retire", version_actions.retire_version, shapes.Retirement)

doors.get("/api/data-collection-specs", spec_queries.list_specs, listing=spec_queries.SPECS)
doors.post("/api/data-collection-specs", spec_actions.create_spec, shapes.NewSpec)
doors.get("/api/data-collection-specs/{specId}", spec_queries.spec_detail)
doors.patch("/api/data-collection-specs/{specId}", spec_actions.update_spec, shapes.SpecChange)
