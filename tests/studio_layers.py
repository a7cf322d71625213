"""A document of four layers, open in the studio, for tests of its list of layers."""

from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.lettered_poster import poster_png

BOTTOM_UP = ["ground", "card", "title", "note"]


class Studio:
    """A document that is open in the studio, and what the API tells of it."""

    def __init__(self, page: Page, http: httpx.Client, max_layers: str = "auto") -> None:
        self.page, self.http = page, http
        files = {"image": ("poster.png", poster_png(), "image/png")}
        job = self.http.post(
            "/v1/decompositions", files=files, data={"max_layers": max_layers}, headers={"Prefer": "wait=60"}
        ).json()
        made = {"decomposition_id": job["result"]["decomposition_id"], "name": "Poster"}
        self.id: str = self.http.post("/v1/documents", json=made).json()["id"]

    def show(self) -> None:
        self.page.goto(f"{self.http.base_url}/#{self.id}")

    def edit(self, *operations: dict[str, Any]) -> None:
        answer = self.http.post(f"/v1/documents/{self.id}/operations", json={"operations": operations})
        assert answer.status_code == 200, answer.text

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/v1/documents/{self.id}").json()
        return found

    @property
    def revision(self) -> int:
        number: int = self.document["revision"]
        return number

    def revised(self, before: int) -> dict[str, Any]:
        """The document as soon as there is exactly one revision more and the page has drawn it."""
        expect(self.page.get_by_text("Saving…")).to_be_hidden()
        expect(self.page.get_by_text("Exact", exact=True)).to_be_visible()
        document = self.document
        assert document["revision"] == before + 1
        return document

    def after(self, do: Callable[[], object]) -> dict[str, Any]:
        """The document after what makes one revision."""
        before = self.revision
        with self.page.expect_response(lambda answer: "/operations" in answer.url and answer.request.method == "POST"):
            do()
        return self.revised(before)

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("treeitem")

    def row(self, name: str) -> Locator:
        return self.page.locator(".layer-row", has=self.page.locator(".layer-name", has_text=name))

    def names(self) -> list[str]:
        return self.page.locator(".layer-row .layer-name").all_text_contents()

    def selected(self) -> list[str]:
        return self.page.locator(".layer-row[aria-selected=true] .layer-name").all_text_contents()

    def drag(self, name: str, to: str, down: float, across: float = 150) -> None:
        """By the mouse, to so far down another row, which it comes to from below it."""
        start, end = self.row(name).bounding_box(), self.row(to).bounding_box()
        assert start is not None
        assert end is not None
        self.page.mouse.move(start["x"] + 150, start["y"] + start["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(start["x"] + 150, start["y"] + start["height"] / 2 + 8)
        self.page.mouse.move(end["x"] + across, end["y"] + end["height"] * down)


def order(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Names, bottom to top, each with that of its group."""
    names = {layer["index"]: layer["name"] for layer in document["layers"]}
    living = [layer for layer in document["layers"] if not layer["deleted"]]
    return [(layer["name"], names.get(layer["parent"])) for layer in living]


def of(document: dict[str, Any], field: str) -> dict[str, Any]:
    return {layer["name"]: layer[field] for layer in document["layers"]}


def opened(page: Page, http: httpx.Client) -> Studio:
    studio = Studio(page, http)
    studio.edit(*({"op": "rename", "layer": at, "name": name} for at, name in enumerate(BOTTOM_UP)))
    studio.show()
    expect(studio.rows).to_have_count(4)
    expect(page.get_by_text("Exact", exact=True)).to_be_visible(timeout=30_000)
    return studio
