"""Somebody who works on a document in the studio, in a browser."""

import io
import re
from typing import Any

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

CARD, WORDS = "red panel", "OPEN AIR"
"""What two layers of the lettered poster are called."""
_SEEN = """([width, height]) => {
  const [canvas] = [...document.querySelectorAll(".stage canvas")].slice(1);
  const [x, y] = [(canvas.width - width) / 2, (canvas.height - height) / 2].map(Math.round);
  return [...canvas.getContext("2d").getImageData(x, y, width, height).data];
}"""
"""The middle of the canvas, where the picture is at 100 %."""


class Desk:
    """A document of its own, open in the desk."""

    def __init__(self, page: Page, http: httpx.Client, id_: str) -> None:
        self.page, self.http, self.url = page, http, f"/v1/documents/{id_}"
        self.properties = page.get_by_role("region", name="Properties")

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(self.url).json()
        return found

    def layer(self, name: str) -> dict[str, Any]:
        return next(layer for layer in self.document()["layers"] if layer["name"] == name)

    def select(self, name: str) -> None:
        self.page.get_by_role("region", name="Layers").get_by_text(name, exact=True).click()
        expect(self.properties.get_by_text(name, exact=True).first).to_be_visible()

    def number(self, label: str) -> Locator:
        return self.properties.get_by_role("spinbutton", name=label, exact=True)

    def write(self, label: str, value: str) -> None:
        self.number(label).fill(value)
        self.number(label).press("Enter")

    def open(self, part: str) -> None:
        self.properties.locator("summary", has_text=re.compile(f"^{part}$")).click()

    def settled(self, revision: int) -> dict[str, Any]:
        """The document once the page shows the exact picture of a revision."""
        self.page.get_by_role("tab", name="History").click()
        expect(self.properties.get_by_text(f"Revision {revision}", exact=True)).to_be_visible()
        self.page.get_by_role("tab", name="Properties").click()
        expect(self.page.get_by_text("Exact", exact=True)).to_be_visible()
        found = self.document()
        assert found["revision"] == revision
        return found

    def seen(self) -> np.ndarray:
        found = self.document()
        size = found["width"], found["height"]
        return np.array(self.page.evaluate(_SEEN, size), np.int16).reshape(size[1], size[0], 4)

    def rendered(self) -> np.ndarray:
        return np.array(
            Image.open(io.BytesIO(self.http.get(f"{self.url}/render.png").content)).convert("RGBA"), np.int16
        )
