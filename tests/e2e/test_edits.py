"""Edits through the running service: the article's own example, and a thousand of them taken back."""

import random
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.cli.client import Client
from app.cli.sample_poster import sample_poster

Body = dict[str, Any]
EDITS, AT_ONCE = 1000, 10


def _pixels(file: bytes) -> np.ndarray:
    with Image.open(BytesIO(file)) as opened:
        return np.asarray(opened.convert("RGBA"))


@pytest.fixture(scope="module")
def manifest(service: str) -> Body:
    with Client(service) as client:
        *_, job = client.follow(client.submit(sample_poster(), {}))
        return dict(client.manifest(job["result"]["decomposition_id"]))


def test_recolored_lettering_leaves_everything_else_to_the_bit(client: Client, manifest: Body) -> None:
    """The article's example: give the lettering of a poster another hue."""
    lettering = next(layer for layer in manifest["layers"] if layer["text"] and "Market" in layer["text"])
    recolor = {"op": "recolor", "layer": lettering["name"], "mode": "tint", "color": "#e91e63"}
    before = _pixels(client.fetch(manifest["urls"]["source"]))
    after = _pixels(client.render(manifest["id"], [recolor]))
    ink = _pixels(client.fetch(lettering["url"]))[:, :, 3]
    assert np.array_equal(after[ink == 0], before[ink == 0])
    solid = after[ink == 255][:, :3].astype(int)
    assert np.abs(np.median(solid, axis=0) - (0xE9, 0x1E, 0x63)).max() <= 2
    assert np.array_equal(_pixels(client.render(manifest["id"], [])), before)


def test_a_thousand_edits_taken_back_are_the_original_to_the_bit(service: str, client: Client, manifest: Body) -> None:
    chance = random.Random(5)
    layers = [layer["index"] for layer in manifest["layers"] if layer["index"]]
    with httpx.Client(base_url=service, timeout=60, trust_env=False) as http:
        made = http.post("/v1/documents", json={"decomposition_id": manifest["id"]})
        assert made.status_code == 201, made.text
        document = f"/v1/documents/{made.json()['id']}"
        for _ in range(EDITS // AT_ONCE):
            answer = http.post(
                f"{document}/operations", json={"operations": [_edit(chance, layers) for _ in range(AT_ONCE)]}
            )
            assert answer.status_code == 200, answer.text
        edited = http.get(f"{document}/render.png")
        source = client.fetch(manifest["urls"]["source"])
        assert not np.array_equal(_pixels(edited.content), _pixels(source))
        for step in ("undo", "redo", "undo"):
            for _ in range(EDITS // AT_ONCE):
                assert http.post(f"{document}/{step}").status_code == 200
            assert http.post(f"{document}/{step}").status_code == 409
            picture = http.get(f"{document}/render.png")
            assert (picture.headers["ETag"] == edited.headers["ETag"]) == (step == "redo")
        assert np.array_equal(_pixels(picture.content), _pixels(source))


def _edit(chance: random.Random, layers: list[int]) -> Body:
    kind = chance.choice(
        ("move", "scale", "rotate", "flip", "opacity", "blend", "recolor", "adjust", "reorder", "crop")
    )
    rest: dict[str, Body] = {
        "move": {"by": {"x": chance.randint(-40, 40), "y": chance.uniform(-9, 9)}},
        "scale": {"by": chance.uniform(0.8, 1.25)},
        "rotate": {"by": chance.uniform(-30, 30)},
        "flip": {"axis": chance.choice(("horizontal", "vertical"))},
        "opacity": {"to": chance.random()},
        "blend": {"mode": chance.choice(("normal", "multiply", "screen", "color"))},
        "recolor": {"mode": chance.choice(("hue", "tint")), "color": f"#{chance.randrange(2**24):06x}"},
        "adjust": {"reset": True, "brightness": chance.uniform(0.5, 1.5)},
        "reorder": {"to": chance.choice(("top", "bottom", "forward", "backward"))},
        "crop": {"box": {"x": chance.randint(0, 50), "y": 0, "width": "80%", "height": "90%"}},
    }
    return {"op": kind, "layer": chance.choice(layers), **rest[kind]}
