"""``max_layers=auto`` over HTTP: taken in a form and in JSON, kept as it was asked, and in the document."""

import base64
from dataclasses import asdict
from typing import Any

import pytest

from model.content_hash import decomposition_id
from model.decomposers import Parameters
from tests.api_in_thread import Api, cards_png


def test_auto_in_a_form_is_a_decomposition_of_its_own_and_stays_auto(api: Api) -> None:
    counted = api.made(max_layers=5)
    by_itself = api.made(max_layers="auto")
    assert by_itself != counted
    assert api.post(cards_png()).json()["result"]["decomposition_id"] == by_itself, "it is what nothing said means"
    manifest = api.http.get(f"/v1/decompositions/{by_itself}").json()
    assert manifest["parameters"]["max_layers"] == "auto"
    assert manifest["layer_count"] == 3


def test_auto_in_json_is_the_same_request_as_in_a_form(api: Api) -> None:
    made = api.made(max_layers="auto")
    asked = {"image_base64": base64.b64encode(cards_png()).decode(), "model": "cards", "max_layers": "auto"}
    answer = api.http.post("/v1/decompositions", json=asked)
    assert (answer.status_code, answer.json()["result"]["decomposition_id"]) == (200, made)


@pytest.mark.parametrize("count", ["many", "AUTO", "", 0, 17, True, 2.5, ["auto"]], ids=repr)
def test_whatever_is_neither_a_number_of_layers_nor_auto_is_pointed_at(api: Api, count: Any) -> None:
    asked = {"image_base64": base64.b64encode(cards_png()).decode(), "model": "cards", "max_layers": count}
    answer = api.http.post("/v1/decompositions", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/max_layers"]


def test_the_document_offers_a_number_or_auto(api: Api) -> None:
    content = api.http.get("/openapi.json").json()["paths"]["/v1/decompositions"]["post"]["requestBody"]["content"]
    for body in content.values():
        count = body["schema"]["properties"]["max_layers"]
        assert count["anyOf"] == [
            {"type": "integer", "minimum": 1, "maximum": 16},
            {"type": "string", "const": "auto"},
        ]
        assert count["default"] == "auto"


def test_a_request_with_a_number_has_the_name_it_always_had() -> None:
    asked = asdict(Parameters(max_layers=7, seed=3))
    assert decomposition_id("0" * 64, "classic", "2", asked) == "dec_0556f285c156ffb2ca3165fd9c94dc87"
