"""The studio's canvas, pulled about by tests: points of the document instead of the page's."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from model.layers import Pixels

_SEEN = """([x, y, width, height]) => {
  const canvas = [...document.querySelectorAll(".stage canvas")][1];
  const data = canvas.getContext("2d").getImageData(x, y, width, height).data;
  return btoa(Array.from(data, (value) => String.fromCharCode(value)).join(""));
}"""

_IS_SEEN = """([box, expected, most]) => {
  const canvas = [...document.querySelectorAll(".stage canvas")][1];
  const seen = canvas.getContext("2d").getImageData(...box).data;
  const wanted = Uint8Array.from(atob(expected), (letter) => letter.charCodeAt(0));
  return seen.every((value, at) => Math.abs(value - wanted[at]) <= most);
}"""


@dataclass(frozen=True)
class StudioCanvas:
    """
    Attributes:
        page: with a document open, seen at 100 %, all of it, in the middle of the stage.
        service: where it came from.
    """

    page: Page
    service: str

    @property
    def document(self) -> dict[str, Any]:
        """As the server has it now."""
        url = f"{self.service}/v1/documents/{self.page.url.partition('#')[2]}"
        found: dict[str, Any] = _get(url).json()
        return found

    def layer(self, index: int) -> dict[str, Any]:
        (found,) = [layer for layer in self.document["layers"] if layer["index"] == index]
        return dict(found)

    def box(self, index: int) -> tuple[int, int, int, int]:
        x, y, width, height = self.layer(index)["bbox"]
        return x, y, width, height

    def corner(self) -> tuple[float, float]:
        """The document's corner on the page, its pixels being the page's."""
        stage = self.page.locator(".stage").bounding_box()
        assert stage is not None
        document = self.document
        return (
            stage["x"] + round((stage["width"] - document["width"]) / 2),
            stage["y"] + round((stage["height"] - document["height"]) / 2),
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, top = self.corner()
        return left + x, top + y

    def click(self, x: float, y: float, *held: str) -> None:
        left, top = self.point(x, y)
        for key in held:
            self.page.keyboard.down(key)
        self.page.mouse.click(left, top)
        for key in held:
            self.page.keyboard.up(key)

    def press(self, start: tuple[float, float], end: tuple[float, float], *held: str) -> None:
        """A drag that is not let go of."""
        left, top = self.corner()
        self.page.mouse.move(left + start[0], top + start[1])
        self.page.mouse.down()
        for key in held:
            self.page.keyboard.down(key)
        for part in (0.3, 0.7, 1):
            x, y = (a + part * (b - a) for a, b in zip(start, end, strict=True))
            self.page.mouse.move(left + x, top + y)

    def drag(self, start: tuple[float, float], end: tuple[float, float], *held: str) -> None:
        self.press(start, end, *held)
        self.page.mouse.up()
        for key in held:
            self.page.keyboard.up(key)
        self.settled()

    def kept(self) -> None:
        """The server has answered all that was done."""
        expect(self.page.locator(".canvas")).to_have_attribute("aria-busy", "false")

    def settled(self) -> None:
        """All that was done is kept, and seen exactly."""
        self.kept()
        expect(self.page.locator(".badge")).to_have_text("Exact", timeout=30_000)

    def expect_selected(self, names: list[str]) -> None:
        """Soon these layers are, front first."""
        expect(self.page.locator(".layer-tree [aria-selected=true] .layer-name")).to_have_text(names)

    def seen(self) -> Pixels:
        """The document's pixels on the canvas, straight alpha."""
        document = self.document
        stage = self.page.locator(".stage").bounding_box()
        assert stage is not None
        left, top = self.corner()
        place = [left - stage["x"], top - stage["y"], document["width"], document["height"]]
        data = self.page.evaluate(_SEEN, place)
        flat = np.frombuffer(b64decode(data), np.uint8)
        return flat.reshape(document["height"], document["width"], 4)

    def wait_for(self, wanted: Pixels, most: int = 0) -> None:
        """Until the canvas shows these pixels, with at most so many steps of 255 between."""
        stage = self.page.locator(".stage").bounding_box()
        assert stage is not None
        left, top = self.corner()
        box = [left - stage["x"], top - stage["y"], wanted.shape[1], wanted.shape[0]]
        self.page.wait_for_function(_IS_SEEN, arg=[box, b64encode(wanted.tobytes()).decode(), most])

    def rendered(self) -> Pixels:
        """The server's picture of the document."""
        document = self.document
        data = _get(f"{self.service}{document['urls']['render']}").content
        with Image.open(BytesIO(data)) as picture:
            return np.asarray(picture.convert("RGBA"))


def _get(url: str) -> httpx.Response:
    """Of a plain HTTP server, without loading the certificates of all the world each time."""
    return httpx.get(url, trust_env=False, verify=False, timeout=60)
