"""The OpenAPI document is whole, says what the contract says, and its pages work."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.flow.problem import MEANINGS
from model.export.table import FORMATS
from tests.api_in_thread import Api

DOCUMENT = "/v1/documents/{document_id}"
TEMPLATE = "/v1/templates/{name}"
WEBHOOK = "/v1/webhooks/{webhook_id}"
CONTRACT = {
    ("POST", "/v1/decompositions"): {"200", "202", "404", "413", "415", "422", "429", "503"},
    ("GET", "/v1/decompositions"): {"200", "422"},
    ("POST", "/v1/decompositions/import"): {"200", "201", "409", "413", "415", "422"},
    ("GET", "/v1/decompositions/{decomposition_id}"): {"200", "304", "404"},
    ("DELETE", "/v1/decompositions/{decomposition_id}"): {"204", "404", "409"},
    ("POST", "/v1/decompositions/{decomposition_id}/layers/{index}/decompositions"): {
        "200",
        "202",
        "404",
        "415",
        "422",
        "429",
        "503",
    },
    ("GET", "/v1/decompositions/{decomposition_id}/layers/{index}.png"): {"200", "206", "304", "404", "416", "422"},
    ("GET", "/v1/decompositions/{decomposition_id}/layers/{index}.webp"): {"200", "206", "304", "404", "416", "422"},
    ("GET", "/v1/decompositions/{decomposition_id}/composite.png"): {"200", "206", "304", "404", "422"},
    ("GET", "/v1/decompositions/{decomposition_id}/source.png"): {"200", "206", "304", "404", "422"},
    ("POST", "/v1/decompositions/{decomposition_id}/render"): {"200", "304", "404", "413", "415", "422"},
    ("POST", "/v1/documents"): {"201", "404", "409", "415", "422"},
    ("GET", "/v1/documents"): {"200", "422"},
    ("GET", f"{DOCUMENT}"): {"200", "304", "404"},
    ("DELETE", f"{DOCUMENT}"): {"204", "404"},
    ("PATCH", f"{DOCUMENT}"): {"200", "404", "412", "415", "422"},
    ("POST", f"{DOCUMENT}/operations"): {"200", "404", "409", "412", "413", "415", "422"},
    ("POST", f"{DOCUMENT}/undo"): {"200", "404", "409", "412", "422"},
    ("POST", f"{DOCUMENT}/redo"): {"200", "404", "409", "412", "422"},
    ("GET", f"{DOCUMENT}/revisions"): {"200", "404", "422"},
    ("GET", f"{DOCUMENT}/revisions/{{n}}"): {"200", "304", "404", "422"},
    ("GET", f"{DOCUMENT}/revisions/{{n}}/operations"): {"200", "304", "404", "422"},
    ("POST", f"{DOCUMENT}/revisions/{{n}}/restore"): {"200", "404", "412", "422"},
    ("POST", f"{DOCUMENT}/freeze"): {"200", "201", "404", "409", "412", "422"},
    **{
        ("GET", f"{DOCUMENT}/render.{extension}"): {"200", "206", "304", "404", "416", "422"}
        for extension in ("png", "webp", "jpg", "avif")
    },
    **{
        ("GET", f"{DOCUMENT}/layers/{{index}}.{extension}"): {"200", "206", "304", "404", "416", "422"}
        for extension in ("png", "webp")
    },
    **{
        ("GET", f"{whose}/export.{extension}"): {"200", "206", "304", "404", "415", "416", "422"}
        for whose in ("/v1/decompositions/{decomposition_id}", DOCUMENT)
        for extension in FORMATS
    },
    ("POST", "/v1/templates"): {"200", "201", "404", "409", "412", "415", "422"},
    ("GET", "/v1/templates"): {"200", "422"},
    ("GET", TEMPLATE): {"200", "304", "404", "422"},
    ("PUT", TEMPLATE): {"200", "201", "404", "409", "412", "415", "422"},
    ("DELETE", TEMPLATE): {"204", "404"},
    ("GET", f"{TEMPLATE}/versions"): {"200", "404", "422"},
    ("POST", f"{TEMPLATE}/versions/{{n}}/restore"): {"200", "404", "409", "412", "422"},
    ("POST", f"{TEMPLATE}/render"): {"200", "304", "404", "413", "415", "422"},
    **{
        ("GET", f"{TEMPLATE}/{name}"): {"200", "206", "304", "404", "416", "422"}
        for name in (*(f"render.{one}" for one in ("png", "webp", "jpg", "avif")), "thumbnail.png", "thumbnail.webp")
    },
    ("POST", f"{TEMPLATE}/batch"): {"200", "202", "404", "409", "413", "415", "422", "429", "503"},
    ("GET", "/v1/jobs/{job_id}/result.zip"): {"200", "206", "304", "404", "409", "416", "422"},
    ("GET", "/v1/jobs/{job_id}/result.ndjson"): {"200", "404", "422"},
    ("GET", "/v1/jobs/{job_id}/rows/{n}.{ending}"): {"200", "304", "404", "416", "422"},
    ("GET", "/v1/jobs"): {"200", "422"},
    ("GET", "/v1/jobs/{job_id}"): {"200", "304", "404", "422"},
    ("GET", "/v1/jobs/{job_id}/events"): {"200", "204", "404"},
    ("POST", "/v1/jobs/{job_id}/cancel"): {"200", "202", "404", "409"},
    ("POST", "/v1/assets"): {"200", "201", "413", "415", "422"},
    ("GET", "/v1/assets/{sha256}"): {"200", "304", "404"},
    ("GET", "/v1/fonts"): {"200", "503"},
    ("POST", "/v1/sign"): {"200", "415", "422"},
    ("POST", "/v1/sign/rotate"): {"204", "422"},
    ("POST", "/v1/webhooks"): {"201", "409", "415", "422"},
    ("GET", "/v1/webhooks"): {"200", "422"},
    ("GET", "/v1/webhooks/secret"): {"200"},
    ("POST", "/v1/webhooks/secret/rotate"): {"200"},
    ("GET", WEBHOOK): {"200", "404"},
    ("PATCH", WEBHOOK): {"200", "404", "415", "422"},
    ("DELETE", WEBHOOK): {"204", "404"},
    ("GET", f"{WEBHOOK}/secret"): {"200", "404"},
    ("POST", f"{WEBHOOK}/rotate"): {"200", "404"},
    ("POST", f"{WEBHOOK}/test"): {"202", "404", "409"},
    **{
        route: statuses
        for whose in (WEBHOOK, "/v1/webhooks")
        for route, statuses in (
            (("GET", f"{whose}/deliveries"), {"200", "422"}),
            (("GET", f"{whose}/deliveries/{{delivery_id}}"), {"200", "404"}),
            (("POST", f"{whose}/deliveries/{{delivery_id}}/replay"), {"202", "404", "409"}),
        )
    },
    ("GET", "/healthz"): {"200"},
    ("GET", "/readyz"): {"200", "503"},
    ("GET", "/metrics"): {"200"},
}
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


def test_the_document_has_the_routes_of_the_contract_and_their_answers(document: dict[str, Any]) -> None:
    told = {(method, path): set(operation["responses"]) for method, path, operation in operations(document)}
    assert set(told) == set(CONTRACT)
    for route, statuses in CONTRACT.items():
        assert told[route] >= statuses, route


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"]
    assert document["info"]["version"]
    references = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for methods in document["paths"].values():
        assert set(methods) <= METHODS
    for method, path, operation in operations(document):
        in_path = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path)), (method, path)
        assert all(one["required"] for one in operation.get("parameters", []) if one["in"] == "path")
        for answer in operation["responses"].values():
            assert answer["description"], (method, path)


def test_every_route_has_a_summary_and_a_problem(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        assert operation["summary"], (method, path)
        problem = operation["responses"]["default"]["content"]
        assert problem["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
        for status, answer in operation["responses"].items():
            if status >= "400" and status != "default":
                (media_type,) = answer["content"]
                assert media_type == "application/problem+json", (method, path, status)
                assert answer["content"][media_type]["examples"], (method, path, status)


def test_every_json_body_and_answer_has_an_example(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        bodies = operation.get("requestBody", {}).get("content", {})
        answers = [answer.get("content", {}) for status, answer in operation["responses"].items() if status < "300"]
        for content in (bodies, *answers):
            if "application/json" in content:
                assert _has_example(document, content["application/json"]), (method, path)


def _has_example(document: dict[str, Any], content: dict[str, Any]) -> bool:
    schema = content["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return bool(content.get("examples")) or any("examples" in node for node in nodes(_resolved(document, schema)))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what it refers to directly beside it."""
    names = {node["$ref"].rpartition("/")[2] for node in nodes(schema) if "$ref" in node}
    return {"schema": schema, **{name: document["components"]["schemas"][name] for name in names}}


def test_the_examples_of_requests_are_taken(api: Api, document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/decompositions"]["post"]["requestBody"]["content"]["application/json"]
    example = body["examples"]["in the body"]["value"] | {"model": "noop"}
    assert api.http.post("/v1/decompositions", json=example).status_code == 202
    path = "/v1/decompositions/{decomposition_id}/layers/{index}/decompositions"
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    made = api.made()
    for example in body["examples"].values():
        asked = example["value"] | {"model": "noop"}
        assert api.http.post(path.format(decomposition_id=made, index=1), json=asked).status_code == 202


def test_the_examples_of_documents_are_taken(api: Api, document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/documents"]["post"]["requestBody"]["content"]["application/json"]
    (example,) = body["examples"].values()
    made = api.http.post("/v1/documents", json={**example["value"], "decomposition_id": api.made()})
    assert made.status_code == 201
    assert_shape(document, "DocumentOut", made.json())
    body = document["paths"][f"{DOCUMENT}/operations"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        named = [{**one, "layer": 1} for one in example["value"].get("operations", [])]
        answer = api.http.post(made.json()["urls"]["operations"], json={**example["value"], "operations": named})
        assert answer.status_code == 200, answer.text
        assert_shape(document, "ChangedDocumentOut", answer.json())


def test_the_examples_of_a_documents_names_are_taken(api: Api, document: dict[str, Any]) -> None:
    made = api.http.post("/v1/documents", json={"decomposition_id": api.made()}).json()
    for media_type, body in document["paths"][DOCUMENT]["patch"]["requestBody"]["content"].items():
        for example in body["examples"].values():
            asked = json.dumps(example["value"])
            answer = api.http.patch(made["urls"]["self"], content=asked, headers={"Content-Type": media_type})
            assert (answer.status_code, answer.json()["name"]) == (200, example["value"]["name"])
            assert_shape(document, "DocumentOut", answer.json())


def assert_shape(document: dict[str, Any], name: str, shown: dict[str, Any]) -> None:
    """What is answered has the fields that its schema and its example have."""
    schema = document["components"]["schemas"][name]
    (example,) = schema["examples"]
    assert set(shown) == set(schema["properties"]) == set(example)
    layer = document["components"]["schemas"]["DocumentLayerOut"]
    for one, told in zip(shown["layers"], example["layers"], strict=False):
        assert set(one) == set(layer["properties"]) >= set(told)  # an example is shown without its nulls


def test_nothing_of_the_frameworks_own_errors_is_left(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in json.dumps(document)


def test_the_reference_works_without_the_internet(api: Api) -> None:
    page = api.http.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    for _, route in CONTRACT:
        assert route in page.text, route
    assert not re.search(r"<(script|link|img)\b", page.text)
    assert api.url in page.text


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_the_type_of_every_problem_leads_to_a_page(api: Api, code: str) -> None:
    page = api.http.get(f"/problems/{code}")
    assert page.status_code == 200
    assert str(MEANINGS[code].status) in page.text


def test_an_unknown_problem_is_not_found(api: Api) -> None:
    assert api.http.get("/problems/nonsense").json()["code"] == "not-found"
