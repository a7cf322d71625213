"""Words set anew in a document: there and back, frozen, and set again in what was frozen."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from tests.api_in_thread import Api, pixels_of
from tests.documents_made import Editor
from tests.lettered_poster import HEADLINE, PALE, box_of, poster_png
from tests.may_be_missing import fonts_with

SET: dict[str, Any] = {"op": "text", "value": "INDOORS"}


@pytest.fixture
def reading(serve: Any) -> Iterator[Api]:
    """A service with the model that reads."""
    fonts_with("Ag")
    plain = "tests.decomposers_for_tests"
    with serve(models="classic,noop", decomposers=f"noop={plain}:Noop@1") as api:
        yield api


@pytest.fixture
def editor(reading: Api) -> Editor:
    return Editor.of(reading, reading.made(poster_png(), model="classic"))


def headline_of(layers: list[dict[str, Any]], words: str = HEADLINE[2]) -> dict[str, Any]:
    return next(layer for layer in layers if layer["text"] and layer["text"].split() == words.split())


def layer_set(editor: Editor, **given: Any) -> tuple[dict[str, Any], np.ndarray]:
    """The document after words were set on its headline, and its picture."""
    shown = editor.http.get(editor.url).json()
    name = headline_of(shown["layers"])["name"] if "layer" not in given else given["layer"]
    answer = editor.edit({**SET, "layer": name, **given})
    assert answer.status_code == 200, answer.text
    return answer.json(), pixels_of(editor.picture().content)


def frozen_of(editor: Editor) -> tuple[Editor, dict[str, Any]]:
    """A document of what this one looks like."""
    manifest = editor.step("freeze").json()
    made = editor.http.post("/v1/documents", json={"decomposition_id": manifest["id"]}).json()
    return Editor(editor.http, made["id"], manifest["id"]), manifest


def ink_of(picture: np.ndarray) -> np.ndarray:
    """Left, top, right and bottom of what is dark above the card."""
    rows, columns = np.nonzero(picture[:110, :, :3].astype(int).sum(axis=2) < sum(PALE) / 2)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def test_words_come_where_the_old_ones_were_and_undo_takes_them_back(editor: Editor) -> None:
    original = editor.picture()
    changed, picture = layer_set(editor)
    edited = editor.picture()
    assert headline_of(changed["layers"], SET["value"])["changed"] == ["text"]
    x, y, width, height = changed["dirty"]
    outside = np.ones(picture.shape[:2], bool)
    outside[max(0, y) : y + height, max(0, x) : x + width] = False
    before = pixels_of(original.content)
    assert outside.mean() > 0.4
    assert np.array_equal(picture[outside], before[outside])
    left, top, _, bottom = box_of(HEADLINE, 56)
    assert np.abs(ink_of(picture)[[0, 1, 3]] - (left, top, bottom)).max() <= 6
    assert editor.step("undo").status_code == 200
    back = editor.picture()
    assert (back.content, back.headers["ETag"]) == (original.content, original.headers["ETag"])
    assert editor.step("redo").status_code == 200
    assert editor.picture().headers["ETag"] == edited.headers["ETag"]


@pytest.mark.parametrize("value", ["INDOORS", "Doors\nat seven"])
def test_frozen_words_know_where_they_stand(editor: Editor, value: str) -> None:
    _, picture = layer_set(editor, value=value, size=20)
    frozen, manifest = frozen_of(editor)
    layer = headline_of(manifest["layers"], value)
    assert [line["text"] for line in layer["lines"]] == value.split("\n")
    corners = np.array([corner for line in layer["lines"] for corner in line["polygon"]])
    assert np.abs(np.concatenate([corners.min(axis=0), corners.max(axis=0)]) - ink_of(picture)).max() <= 3
    assert np.array_equal(pixels_of(frozen.picture().content), picture)
    _, again = layer_set(frozen, layer=layer["name"], value=value)
    assert np.abs(ink_of(again) - ink_of(picture)).max() <= 2
    assert np.abs(again.astype(int) - picture).mean() < 0.5
    first, second = (layer_set(one, layer=layer["name"], value="A", color="#000000")[1] for one in (frozen, editor))
    assert abs(ink_of(first)[0] - ink_of(second)[0]) <= 2
    assert np.ptp(ink_of(first)[[1, 3]]) == pytest.approx(np.ptp(ink_of(second)[[1, 3]]), abs=2)


def test_lines_that_stand_elsewhere_are_another_picture_of_set_words_only(reading: Api) -> None:
    """Two decompositions can have the same pixels and tell of other lines."""
    made = reading.made(poster_png(), model="classic")
    name = headline_of(reading.http.get(f"/v1/decompositions/{made}").json()["layers"])["name"]
    columns = "tenant_id, image_id, model_name, model_revision, parameters, layer_count, max_error"
    without = "(SELECT jsonb_agg(layer - 'lines' ORDER BY layer->'index') FROM jsonb_array_elements(layers_json) layer)"
    with reading.engine.begin() as connection:
        copied = f"INSERT INTO image_layers (id, layers_json, {columns}) SELECT 'other', {without}, {columns}"
        connection.execute(text(f"{copied} FROM image_layers"))
    pictures = {}
    for body in ("plain", "worded"):
        operations = [] if body == "plain" else [{**SET, "layer": name}]
        for id_ in (made, "other"):
            answer = reading.http.post(f"/v1/decompositions/{id_}/render", json={"operations": operations})
            pictures[body, id_] = answer.headers["ETag"], pixels_of(answer.content)
    assert pictures["plain", made][0] == pictures["plain", "other"][0]
    assert pictures["worded", made][0] != pictures["worded", "other"][0]
    assert not np.array_equal(pictures["worded", made][1], pictures["worded", "other"][1])
