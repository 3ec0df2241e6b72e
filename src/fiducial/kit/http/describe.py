"""The API description (OpenAPI), made from the doors and the types of what lies behind them."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import PydanticSchemaGenerationError, TypeAdapter
from pydantic.json_schema import models_json_schema

from fiducial.kit.acting import OPEN, SIGNED_IN
from fiducial.kit.http.door import Entrance, File
from fiducial.kit.refusals import Kept

_REF = "#/components/schemas/{model}"
_REFUSALS = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503)
_ERROR = {
    "type": "object",
    "required": ["ok", "error"],
    "properties": {
        "ok": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
        },
    },
}


def describe(entrances: Iterable[Entrance], *, title: str, version: str) -> dict[str, Any]:
    """Give the OpenAPI 3.1 description of the doors: paths, bodies, answers, permissions, refusals."""
    doors = sorted(entrances, key=lambda door: (door.path, door.method))
    bodies = sorted({door.body for door in doors if door.body}, key=lambda body: body.__name__)
    _, definitions = models_json_schema([(body, "validation") for body in bodies], ref_template=_REF)
    schemas: dict[str, Any] = {"Refusal": _ERROR, **definitions.get("$defs", {})}
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(_wire_path(door.path), {})[door.method.lower()] = _operation(door, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {
                "Refused": {
                    "description": "refused",
                    "content": {"application/json": {"schema": {"$ref": _REF.format(model="Refusal")}}},
                }
            },
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "fiducial_session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _wire_path(path: str) -> str:
    return re.sub(r":\w+}", "}", path)


def _operation(door: Entrance, schemas: dict[str, Any]) -> dict[str, Any]:
    mark = door.mark
    needs = (
        "open"
        if mark.permissions == (OPEN,)
        else "signed in"
        if mark.permissions == (SIGNED_IN,)
        else " | ".join(mark.permissions)
    )
    operation: dict[str, Any] = {
        "operationId": f"{door.method.lower()}_{re.sub(r'[^A-Za-z0-9]+', '_', door.path).strip('_')}",
        "tags": [door.tag],
        "summary": (door.function.__doc__ or mark.name).strip().splitlines()[0],
        "x-permission": needs,
        "parameters": _parameters(door),
        "responses": _responses(door, schemas),
    }
    if mark.audit:
        operation["x-audit"] = mark.audit
    if mark.permissions != (OPEN,):
        operation["security"] = [{"session": []}, {"token": []}]
    if door.body is not None:
        required = any(field.is_required() for field in door.body.model_fields.values())
        schema = {"$ref": _REF.format(model=door.body.__name__)}
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    if door.upload is not None:
        fields = door.upload.model_json_schema(ref_template=_REF)
        file = {"type": "string", "format": "binary"}
        form: dict[str, Any] = {
            "type": "object",
            "required": ["file", *fields.get("required", [])],
            "properties": {"file": file, **fields.get("properties", {})},
        }
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return operation


def _parameters(door: Entrance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}
        for name in re.findall(r"{(\w+)", door.path)
    ]
    if door.listing is not None:
        whole = {"type": "integer", "minimum": 1}
        found += [
            {"name": "page", "in": "query", "schema": whole},
            {"name": "pageSize", "in": "query", "schema": whole | {"maximum": 100}},
        ]
        found += [
            {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("sort", *door.listing.filters)
        ]
    if door.params is not None:
        properties = door.params.model_json_schema(ref_template=_REF).get("properties", {})
        required = {field.alias or name for name, field in door.params.model_fields.items() if field.is_required()}
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in properties.items()
        ]
    if door.method != "GET":
        key = {"type": "string", "minLength": 1, "maxLength": 128}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    return found


def _responses(door: Entrance, schemas: dict[str, Any]) -> dict[str, Any]:
    returned = typing.get_type_hints(door.function).get("return", Any)
    if door.file or returned is File:
        kinds = door.file or ("application/octet-stream",)
        good: dict[str, Any] = {"description": "the file", "content": {kind.partition(";")[0]: {} for kind in kinds}}
    else:
        data = _schema_of(returned, schemas)
        envelope = {"type": "object", "required": ["ok", "data"], "properties": {"ok": {"const": True}, "data": data}}
        good = {"description": "done", "content": {"application/json": {"schema": envelope}}}
    return {"200": good, **{str(status): {"$ref": "#/components/responses/Refused"} for status in _REFUSALS}}


def _schema_of(returned: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    wanted = returned
    if typing.get_origin(returned) in (typing.Union, types.UnionType):  # `Answer | Kept`: what is kept is a refusal
        left = tuple(part for part in typing.get_args(returned) if part is not Kept)
        wanted = typing.Union[left]  # noqa: UP007 - the parts are known only now
    try:
        schema = TypeAdapter(wanted).json_schema(ref_template=_REF, mode="serialization")
    except PydanticSchemaGenerationError:
        return {}
    schemas.update(schema.pop("$defs", {}))
    return schema
