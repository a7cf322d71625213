"""Where the words of a poster stand, from ``classic`` through a job, the database and HTTP."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from tests.api_in_thread import Api, cards_png
from tests.lettered_poster import HEADLINE, INK, NOTE, box_of, poster_png


@pytest.fixture
def reading(serve: Any) -> Iterator[Api]:
    """A service with the model that reads."""
    plain = "tests.decomposers_for_tests"
    with serve(models="classic,noop", decomposers=f"noop={plain}:Noop@1") as api:
        yield api


def manifest_of(api: Api, decomposition_id: str) -> dict[str, Any]:
    answer = api.http.get(f"/v1/decompositions/{decomposition_id}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def lines_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for layer in manifest["layers"] for line in layer["lines"]]


def test_a_manifest_tells_where_each_line_stands_and_its_ink(reading: Api) -> None:
    manifest = manifest_of(reading, reading.made(poster_png(), model="classic"))
    for layer in manifest["layers"]:
        assert bool(layer["lines"]) == (layer["kind"] == "text") == (layer["text"] is not None)
        assert [word for line in layer["lines"] for word in line["text"].split()] == (layer["text"] or "").split()
    lines = sorted(lines_of(manifest), key=lambda line: line["polygon"][0][1])
    assert [line["text"] for line in lines] == [HEADLINE[2], NOTE[2]]
    for line, drawn in zip(lines, (box_of(HEADLINE, 56), box_of(NOTE, 36)), strict=True):
        assert np.abs(np.array(line["polygon"]) - corners(drawn)).max() < 14
        ink = [int(line["color"][at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(np.array(ink) - INK).max() < 12
        for word in line["words"]:
            x, y, width, height = word["bbox"]
            assert drawn[0] - 14 <= x < x + width <= drawn[2] + 14
            assert drawn[1] - 14 <= y < y + height <= drawn[3] + 14


def corners(box: tuple[float, float, float, float]) -> np.ndarray:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def test_a_layer_that_is_split_leaves_the_lines_of_all_others(reading: Api) -> None:
    whole = manifest_of(reading, reading.made(poster_png(), model="classic"))
    (card,) = (layer["index"] for layer in whole["layers"] if layer["kind"] == "shape")
    asked = f"/v1/decompositions/{whole['id']}/layers/{card}/decompositions"
    job = reading.http.post(asked, json={"model": "noop"}).json()
    reading.work("noop")
    parts = manifest_of(reading, reading.http.get(job["urls"]["self"]).json()["result"]["decomposition_id"])
    assert parts["id"] != whole["id"]
    assert lines_of(parts) == lines_of(whole) != []


def test_what_an_earlier_version_stored_has_no_lines_and_can_be_split(api: Api) -> None:
    made = api.made(cards_png())
    without = "(SELECT jsonb_agg(layer - 'lines' ORDER BY layer->'index') FROM jsonb_array_elements(layers_json) layer)"
    with api.engine.begin() as connection:
        connection.execute(text(f"UPDATE image_layers SET layers_json = {without}"))
    assert [layer["lines"] for layer in manifest_of(api, made)["layers"]] == [[], [], []]
    job = api.http.post(f"/v1/decompositions/{made}/layers/1/decompositions", json={"model": "noop"}).json()
    api.work("noop")
    assert api.http.get(job["urls"]["self"]).json()["status"] == "succeeded"
