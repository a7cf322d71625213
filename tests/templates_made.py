"""Somebody who makes templates of a document over HTTP, and draws them."""

import io
from typing import Any

import httpx
from PIL import Image

from tests.api_in_thread import CARDS, Api, pixels_of
from tests.documents_made import Editor

Json = dict[str, Any]
VARIABLES: Json = {
    "headline": {"layer": "Red card", "property": "text", "color": "black", "max_length": 12},
    "product": {"layer": 2, "property": "image", "fit": "fill"},
    "accent": {"layer": "red card", "property": "color", "choices": ["#00ff00", "blue"]},
    "shown": {"layer": ["Red card", 2], "property": "visible"},
    "fade": {"layer": 1, "property": "opacity"},
}


def green_png(width: int = 5, height: int = 4) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (0, 200, 0)).save(out, "PNG")
    return out.getvalue()


class Maker:
    """Makes templates of one document."""

    def __init__(self, api: Api) -> None:
        self.http, self.editor = api.http, Editor.of(api, api.made())

    def make(self, name: str = "sale", headers: dict[str, str] | None = None, **changed: Any) -> httpx.Response:
        body = {"name": name, "document_id": self.editor.id, "variables": VARIABLES, **changed}
        return self.http.post("/v1/templates", json=body, headers=headers)

    def render(self, name: str = "sale", **body: Any) -> httpx.Response:
        return self.http.post(f"/v1/templates/{name}/render", json=body)


def problems(answer: httpx.Response) -> dict[str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return {one["pointer"]: one["detail"] for one in answer.json().get("errors", [])}


def colour_at(answer: httpx.Response, layer: str) -> tuple[int, ...]:
    """Of the middle of a card's place."""
    assert answer.status_code == 200, answer.text
    x, y, width, height = CARDS[layer]
    return tuple(int(value) for value in pixels_of(answer.content)[y + height // 2, x + width // 2][:3])
