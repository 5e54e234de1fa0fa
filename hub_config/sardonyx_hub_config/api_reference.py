"""The reference page of the classes' REST API, from the routes and models themselves."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from sardonyx_services.people.web.service import API_ROUTERS

HEAD = """# Classes: REST API

Everything that the pages of classes do, below `/services/people` of a place; generated from the routes.
Send a token of yours in the header `Authorization: token …`: make one on the page *Keys for programs*.
A server's own token is not accepted.
Bodies and answers are JSON. A refusal has a `message` in words, in the language of the header `Accept-Language`, and one of these statuses:
400 (it cannot be so), 401 (no token that is good), 403 (not for you in this class), 404 (no such class, or none of yours),
422 (not understood), 503 (try again).
The same as OpenAPI is at `/services/people/api/openapi.json`.
"""


def api_reference() -> str:
    """Return the page."""
    app = FastAPI()
    for router in API_ROUTERS:
        app.include_router(router)
    told = app.openapi()
    routes = [
        _route(method, path, route, told["components"]["schemas"])
        for path, methods in told["paths"].items()
        for method, route in methods.items()
    ]
    return HEAD + "".join(routes)


def _route(method: str, path: str, route: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    said = [f"\n## `{method.upper()} {path}`\n\n{route['description']}\n"]
    asked = [each["name"] for each in route.get("parameters", ()) if each["in"] == "query"]
    if asked:
        said.append(f"\nIn the address: {', '.join(f'`?{name}=`' for name in asked)}.\n")
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        said.append(f"\nBody:\n\n{_fields(body, models, is_asked=True)}")
    answer = next(found for status, found in route["responses"].items() if status.startswith("2"))
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema:
        is_list = schema.get("type") == "array"
        said.append(
            f"\nAnswer{', a list of' if is_list else ''}:\n\n{_fields(schema['items'] if is_list else schema, models, is_asked=False)}"
        )
    return "".join(said)


def _fields(schema: Mapping[str, Any], models: Mapping[str, Any], *, is_asked: bool) -> str:
    model = models[schema["$ref"].rpartition("/")[2]]
    needed = model.get("required", ()) if is_asked else ()
    rows = [
        f"| `{name}` | {_kind(field)} | {_note(field, is_needed=name in needed)} |\n"
        for name, field in model["properties"].items()
    ]
    return f"| Field | Kind | |\n|---|---|---|\n{''.join(rows)}"


def _kind(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"])
    if "$ref" in field:
        return f"an object as of `{field['$ref'].rpartition('/')[2]}`"
    if "enum" in field:
        return " or ".join(f"`{each}`" for each in field["enum"])
    kind = str(field.get("format") or field["type"])
    return f"list of {_kind(field['items'])}" if kind == "array" else kind


def _note(field: Mapping[str, Any], *, is_needed: bool) -> str:
    return str(field.get("description", "must be given" if is_needed else ""))
