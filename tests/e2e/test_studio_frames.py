"""Dragging in the studio stays smooth on a large document: what a frame costs is counted, and how long frames take is
told. How long they take on a machine that does other things as well is no reason to fail."""

import io
import logging
from statistics import median

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from lamina.client import Client
from tests.browser import WatchedPage
from tests.studio_canvas import StudioCanvas

log = logging.getLogger(__name__)

SIDE, LAYERS, FRAMES = 2048, 12, 90
MARGIN = 24
"""Pixels that the studio leaves around a document that is seen whole."""

_DRAGGED = """async ([fromX, fromY, frames]) => {
  const stage = document.querySelector(".stage");
  const calls = [];
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  let drawn = 0;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) { drawn++; return draw.apply(this, given); };
  const times = [];
  const busy = [];
  let before = await new Promise(requestAnimationFrame);
  for (let at = 1; at <= frames; at++) {
    const begun = performance.now();
    drawn = 0;
    const place = {clientX: fromX + at, clientY: fromY + at / 2, pointerId: 1, bubbles: true, buttons: 1};
    stage.dispatchEvent(new PointerEvent("pointermove", place));
    const scripted = performance.now() - begun;
    const now = await new Promise(requestAnimationFrame);
    times.push(now - before);
    busy.push(scripted);
    calls.push(drawn);
    before = now;
  }
  CanvasRenderingContext2D.prototype.drawImage = draw;
  return {times, busy, calls};
}"""


@pytest.fixture
def canvas(page: WatchedPage, service: str, client: Client) -> StudioCanvas:
    """A document of 2048 × 2048 pixels and 12 layers, open in the studio."""
    found = client.decompose(_ground(), model="noop")
    with httpx.Client(base_url=service, trust_env=False, timeout=60) as http:
        made_of = {"decomposition_id": found.id}
        document = http.post("/v1/documents", json=made_of).json()
        stored = len(document["layers"])
        assets = [
            http.post("/v1/assets", files={"image": (f"{at}.png", _blob(at), "image/png")}).json()["sha256"]
            for at in range(LAYERS - stored)
        ]
        added = [{"op": "add", "asset": asset, "name": f"blob {at}"} for at, asset in enumerate(assets)]
        answer = http.post(document["urls"]["operations"], json={"operations": added})
        assert answer.status_code == 200, answer.text
    page.page.goto(f"{service}/#{document['id']}")
    canvas = StudioCanvas(page.page, service)
    canvas.settled()
    assert len(canvas.document["layers"]) == LAYERS
    return canvas


@pytest.mark.parametrize("gesture", ["drag", "drag at 100 %", "scale"])
def test_a_frame_lays_three_pictures_however_many_layers_there_are(canvas: StudioCanvas, gesture: str) -> None:
    stage = canvas.page.locator(".stage").bounding_box()
    assert stage is not None
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    canvas.page.get_by_role("treeitem", name="blob 5").click()
    if gesture == "drag at 100 %":
        canvas.page.keyboard.press("Control+1")
    if gesture == "scale":  # by the upper left corner of what is seen whole
        half = (min(stage["width"], stage["height"]) - 2 * MARGIN) / 2
        x, y = x - half, y - half
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 8, y + 8, steps=4)
    expect(canvas.page.locator(".badge")).to_have_text("Preview")
    found = canvas.page.evaluate(_DRAGGED, [x + 8, y + 8, FRAMES])
    canvas.page.mouse.up()
    frame, script = median(found["times"]), median(found["busy"])
    log.warning("%s: %.0f frames a second, %.2f ms of script a move (medians)", gesture, 1000 / frame, script)
    assert set(found["calls"]) == {3}  # what lies below, what moves, what lies above
    canvas.expect_selected(["blob 5"])
    canvas.settled()
    matrix = canvas.layer(next(each["index"] for each in canvas.document["layers"] if each["name"] == "blob 5"))[
        "matrix"
    ]
    assert (matrix[0] < 1) == (gesture == "scale")


def _ground() -> bytes:
    across = np.linspace(0, 255, SIDE, dtype=np.uint8)
    pixels = np.stack([np.broadcast_to(across, (SIDE, SIDE)), np.broadcast_to(across[:, None], (SIDE, SIDE))], axis=2)
    return _png(Image.fromarray(np.dstack([pixels, np.full((SIDE, SIDE), 120, np.uint8)])))


def _blob(at: int) -> bytes:
    """Large, soft and different: a picture of the whole canvas's size with a ring in it."""
    picture = Image.new("RGBA", (SIDE, SIDE))
    pen = ImageDraw.Draw(picture)
    left = 60 * at
    pen.ellipse((left, left // 2, left + 1300, left // 2 + 1300), (20 * at, 255 - 20 * at, 90, 200))
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
