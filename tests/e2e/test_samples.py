"""Posters, odd sizes and transparent pictures through the running service: the layers are the picture, bit for bit.

``PICTURES_DIR=folder make e2e`` takes the PNGs of a folder along.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.quality import reported, tuning
from bench.quality.poster import KINDS
from lamina.client import Client, Job, Layer

Draw = Callable[[], bytes]

POSTERS_PER_KIND = 10
FIRST_SEED = 9000


def _png(pixels: Image.Image) -> bytes:
    out = BytesIO()
    pixels.save(out, "PNG")
    return out.getvalue()


def _poster(kind: str, index: int) -> bytes:
    """Small, for the time's sake, and of another size each time; one half by each of the two drawers."""
    draw = (reported if index % 2 else tuning).draw
    pixels = Image.fromarray(draw(kind, FIRST_SEED + index).picture()[:, :, :3])  # type: ignore[arg-type]
    return _png(pixels.resize((280 + 23 * index, 400 - 17 * index), Image.Resampling.LANCZOS))


def _transparent(alpha: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bytes:
    """A poster whose alpha is a function of x and y, both from 0 to 1."""
    with Image.open(BytesIO(_poster("gradient", 1))) as opened:
        pixels = np.array(opened.convert("RGBA"))
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]] / np.array(pixels.shape[:2])[:, None, None]
    pixels[:, :, 3] = np.clip(255 * alpha(x, y), 0, 255).astype(np.uint8)
    return _png(Image.fromarray(pixels))


DRAWN: Mapping[str, Draw] = {
    f"{kind} {index}": lambda kind=kind, index=index: _poster(kind, index)
    for kind in KINDS
    for index in range(POSTERS_PER_KIND)
}
TRANSPARENT: Mapping[str, Draw] = {
    "fading to the right": lambda: _transparent(lambda x, y: 1 - x),
    "with a round hole": lambda: _transparent(lambda x, y: np.hypot(x - 0.5, y - 0.5) * 12 - 2),
    "half transparent": lambda: _transparent(lambda x, y: np.full_like(x, 0.5)),
    "barely there": lambda: _transparent(lambda x, y: np.full_like(x, 1 / 255)),
    "noisy alpha": lambda: _transparent(lambda x, y: np.random.default_rng(3).random(x.shape)),
    "wholly transparent": lambda: _transparent(lambda x, y: np.zeros_like(x)),
    "sticker": lambda: _transparent(lambda x, y: (np.hypot(x - 0.5, y - 0.5) < 0.4).astype(float)),
}


def _given() -> Mapping[str, Draw]:
    folder = os.environ.get("PICTURES_DIR")
    paths = sorted(Path(folder).glob("*.png")) if folder else []
    return {path.name: path.read_bytes for path in paths}


PICTURES: Mapping[str, Draw] = {**DRAWN, **TRANSPARENT, **_given()}


@pytest.fixture(scope="module")
def posted(service: str) -> Iterator[Mapping[str, tuple[bytes, Job]]]:
    """All of them at once, so that the worker is never waited for."""
    with Client(service) as client:
        yield {name: (upload := draw(), client.submit(upload)) for name, draw in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_layers_fetched_over_http_compose_to_the_source(name: str, posted: Mapping[str, tuple[bytes, Job]]) -> None:
    upload, job = posted[name]
    found = job.wait().decomposition()
    assert found.max_error == 0
    assert np.array_equal(_composed(found.layers), _source(upload))


def _composed(layers: Sequence[Layer]) -> np.ndarray:
    """By Pillow alone."""
    canvas: Image.Image | None = None
    for one in layers:
        with Image.open(BytesIO(one.bytes())) as opened:
            assert opened.mode in ("RGB", "RGBA")
            layer = opened.convert("RGBA")
        canvas = Image.alpha_composite(canvas or Image.new("RGBA", layer.size), layer)
    assert canvas is not None
    return np.array(canvas)


def _source(upload: bytes) -> np.ndarray:
    """What Pillow sees in the file; where it sees nothing, the colour is not part of the picture."""
    with Image.open(BytesIO(upload)) as opened:
        pixels = np.array(opened.convert("RGBA"))
    pixels[pixels[:, :, 3] == 0] = 0
    return pixels
