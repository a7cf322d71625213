"""The article's example through a document: the lettering of a poster gets another hue, and nothing else changes."""

import colorsys
from io import BytesIO

import httpx
import numpy as np
from PIL import Image

from lamina.client import Client
from tests.lettered_poster import shaded_png

BLUE = "#1e63e9"


def _pixels(file: bytes) -> np.ndarray:
    with Image.open(BytesIO(file)) as opened:
        return np.asarray(opened.convert("RGBA"))


def _hue(color: np.ndarray) -> float:
    return 360 * colorsys.rgb_to_hsv(*(color / 255))[0]


def test_lettering_of_another_hue_leaves_all_else_to_the_bit(service: str, client: Client) -> None:
    poster = _pixels(shaded_png())
    id_ = client.decompose(shaded_png()).id
    with httpx.Client(base_url=service, timeout=60, trust_env=False) as http:
        made = http.post("/v1/documents", json={"decomposition_id": id_, "name": "Summer"}).json()
        document = made["urls"]["self"]
        original = http.get(f"{document}/render.png")
        assert np.array_equal(_pixels(original.content), poster)
        lettering = next(layer for layer in made["layers"] if layer["text"] == "SUMMER")
        recolor = {"op": "recolor", "layer": lettering["name"], "mode": "hue", "color": BLUE}
        changed = http.post(f"{document}/operations", json={"operations": [recolor]})
        assert changed.status_code == 200, changed.text
        after = _pixels(http.get(f"{document}/render.png").content)
        layers = (lettering["url"], f"{document}/layers/{lettering['index']}.png")
        before_of_it, of_it = (_pixels(http.get(url).content) for url in layers)
        assert http.post(f"{document}/undo").status_code == 200
        undone = http.get(f"{document}/render.png")
    _only_the_ink_has_changed(poster, after, before_of_it, lettering["bbox"])
    _it_is_the_ink_in_another_hue(before_of_it, of_it)
    solid = of_it[:, :, 3] == 255
    assert np.array_equal(after[solid], of_it[solid])
    assert (undone.content, undone.headers["ETag"]) == (original.content, original.headers["ETag"])


def _only_the_ink_has_changed(before: np.ndarray, after: np.ndarray, ink: np.ndarray, bbox: list[int]) -> None:
    x, y, width, height = bbox
    outside = np.ones(before.shape[:2], bool)
    outside[y : y + height, x : x + width] = False
    for same in (outside, ink[:, :, 3] == 0):
        assert np.array_equal(after[same], before[same])
    assert (after[ink[:, :, 3] == 255] != before[ink[:, :, 3] == 255]).any(axis=1).all()


def _it_is_the_ink_in_another_hue(before: np.ndarray, after: np.ndarray) -> None:
    """The same alpha, and of each colour the same saturation and value."""
    assert np.array_equal(after[:, :, 3], before[:, :, 3])
    solid = before[:, :, 3] == 255
    was, now = before[solid][:, :3].astype(int), after[solid][:, :3].astype(int)
    assert len(was) > 10_000
    assert np.abs(now.max(axis=1) - was.max(axis=1)).max() <= 1
    assert np.abs(now.min(axis=1) - was.min(axis=1)).max() <= 1
    assert np.ptp(now.max(axis=1)) >= 20  # it was shaded, and still is
    wanted = _hue(np.array([int(BLUE[at : at + 2], 16) for at in (1, 3, 5)]))
    for shade in np.unique(now, axis=0):
        assert abs(_hue(shade) - wanted) < 1.5, shade
