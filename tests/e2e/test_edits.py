"""Edits through the running service: the article's own example, and a thousand of them taken back."""

from io import BytesIO
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.cli.sample_poster import sample_poster
from lamina.client import Client
from model.edits import OPERATIONS, scene_of
from tests.random_edits import RandomEdits, picture

Body = dict[str, Any]
EDITS, AT_ONCE = 1000, 10


def _pixels(file: bytes) -> np.ndarray:
    with Image.open(BytesIO(file)) as opened:
        return np.asarray(opened.convert("RGBA"))


@pytest.fixture(scope="module")
def manifest(service: str) -> Body:
    with Client(service) as client:
        return dict(client.decompose(sample_poster()).raw)


def test_recolored_lettering_leaves_everything_else_to_the_bit(client: Client, manifest: Body) -> None:
    """The article's example: give the lettering of a poster another hue."""
    lettering = next(layer for layer in manifest["layers"] if layer["text"] and "Market" in layer["text"])
    recolor = {"op": "recolor", "layer": lettering["name"], "mode": "tint", "color": "#e91e63"}
    poster = client.decompositions.get(manifest["id"])
    before = _pixels(poster.source())
    after = _pixels(poster.render(recolor))
    ink = _pixels(poster.layer(lettering["index"]).bytes())[:, :, 3]
    assert np.array_equal(after[ink == 0], before[ink == 0])
    solid = after[ink == 255][:, :3].astype(int)
    assert np.abs(np.median(solid, axis=0) - (0xE9, 0x1E, 0x63)).max() <= 2
    assert np.array_equal(_pixels(poster.render()), before)


def test_a_thousand_edits_taken_back_are_the_original_to_the_bit(service: str, client: Client, manifest: Body) -> None:
    scene = scene_of(manifest["image"]["width"], manifest["image"]["height"], manifest["layers"])
    with httpx.Client(base_url=service, timeout=60, trust_env=False) as http:
        stored = http.post("/v1/assets", files={"image": ("gradient.png", picture(), "image/png")})
        assert stored.status_code in {200, 201}, stored.text
        edits = RandomEdits(scene, stored.json()["sha256"], seed=5)
        made = http.post("/v1/documents", json={"decomposition_id": manifest["id"]})
        assert made.status_code == 201, made.text
        document = f"/v1/documents/{made.json()['id']}"
        for _ in range(EDITS // AT_ONCE):
            answer = http.post(f"{document}/operations", json={"operations": [edits.next() for _ in range(AT_ONCE)]})
            assert answer.status_code == 200, answer.text
        assert set(edits.drawn) == set(OPERATIONS), "an operation that RandomEdits does not know"
        edited = http.get(f"{document}/render.png")
        assert edited.status_code == 200, edited.text
        source = client.decompositions.get(manifest["id"]).source()
        assert not np.array_equal(_pixels(edited.content), _pixels(source))
        for step in ("undo", "redo", "undo"):
            for _ in range(EDITS // AT_ONCE):
                assert http.post(f"{document}/{step}").status_code == 200
            assert http.post(f"{document}/{step}").status_code == 409
            shown = http.get(f"{document}/render.png")
            assert (shown.headers["ETag"] == edited.headers["ETag"]) == (step == "redo")
        assert np.array_equal(_pixels(shown.content), _pixels(source))
