"""Pictures that are dropped on an open document or pasted into it, in a real browser, on the running service."""

import io
from base64 import b64encode

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import WatchedPage
from tests.studio_canvas import StudioCanvas
from tests.studio_document import CARD, Desk

_TRANSFER = """([data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  return transfer;
}"""
_PASTED = """(transfer) => document.querySelector(".canvas").dispatchEvent(
  new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }),
)"""
_IS_KEPT = """(transfer) => !document.body.dispatchEvent(
  new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
)"""


def _square() -> str:
    data = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 128, 255, 255)).save(data, "PNG")
    return b64encode(data.getvalue()).decode()


def test_a_picture_dropped_on_the_canvas_is_a_layer_where_it_was_let_go_of(desk: Desk, http: httpx.Client) -> None:
    canvas = StudioCanvas(desk.page, str(http.base_url).rstrip("/"))
    x, y = canvas.point(100, 150)
    transfer = desk.page.evaluate_handle(_TRANSFER, [_square(), "Blue square.png", "image/png"])
    told = {"dataTransfer": transfer, "clientX": x, "clientY": y}
    stage = desk.page.locator(".stage")
    stage.dispatch_event("dragenter", told)
    expect(desk.page.get_by_text("Drop it to add it as a layer")).to_be_visible()
    stage.dispatch_event("drop", told)
    expect(desk.page.get_by_text("Drop it to add it as a layer")).to_be_hidden()
    expect(desk.properties.get_by_text("Blue square", exact=True).first).to_be_visible()
    desk.settled(3)
    assert desk.layer("Blue square")["bbox"] == [80, 130, 40, 40]
    np.testing.assert_allclose(desk.seen(), desk.rendered(), atol=1)
    desk.page.keyboard.press("Control+z")
    desk.settled(4)


def test_a_pasted_picture_comes_in_front_of_what_is_selected(desk: Desk) -> None:
    desk.select(CARD)
    transfer = desk.page.evaluate_handle(_TRANSFER, [_square(), "image.png", "image/png"])
    desk.page.evaluate(_PASTED, transfer)
    expect(desk.properties.get_by_text("image", exact=True).first).to_be_visible()
    document = desk.settled(3)
    names = [layer["name"] for layer in document["layers"]]
    assert names.index("image") == names.index(CARD) + 1
    assert desk.layer("image")["bbox"] == [document["width"] // 2 - 20, document["height"] // 2 - 20, 40, 40]


@pytest.mark.parametrize("kind", ["text/plain", "image/png"])
def test_what_is_no_picture_is_told_and_never_leaves_the_page(desk: Desk, page: WatchedPage, kind: str) -> None:
    transfer = desk.page.evaluate_handle(_TRANSFER, [b64encode(b"words").decode(), "words.png", kind])
    # A drop that is not prevented makes the browser open the file in the page's place.
    assert desk.page.evaluate(_IS_KEPT, transfer)
    told = "That is no picture" if kind == "text/plain" else "not a picture we can read"
    expect(desk.page.get_by_role("status", name="Messages").get_by_text(told)).to_be_visible()
    assert desk.document()["revision"] == 2
    page.complaints.clear()  # the browser logs every answer of 415
