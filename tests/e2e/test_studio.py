"""The studio, as a person uses it: in a real browser, on the running service."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import WatchedPage
from tests.lettered_poster import HEIGHT, WIDTH, poster_png

NEAREST = """([width, height, expected, most]) => {
  const [canvas] = [...document.querySelectorAll(".stage canvas")].slice(1);
  const [x, y] = [(canvas.width - width) / 2, (canvas.height - height) / 2].map(Math.round);
  const seen = canvas.getContext("2d").getImageData(x, y, width, height).data;
  const wanted = Uint8Array.from(atob(expected), (letter) => letter.charCodeAt(0));
  return seen.every((value, at) => Math.abs(value - wanted[at]) <= most);
}"""
"""Whether the middle of the canvas shows these pixels, with so many steps of 255 between at most."""


@pytest.fixture
def editor(page: WatchedPage, service: str) -> Page:
    """A poster that was just taken apart, open in the studio."""
    shown = page.page
    shown.goto(f"{service}/")
    shown.set_input_files("input[type=file]", {"name": "poster.png", "mimeType": "image/png", "buffer": poster_png()})
    expect(shown.get_by_role("region", name="Layers")).to_be_visible(timeout=120_000)
    expect(shown.get_by_text("Exact", exact=True)).to_be_visible(timeout=60_000)
    return shown


def _document(page: Page, service: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{service}/v1/documents/{page.url.partition('#')[2]}", trust_env=False).json()
    return found


def _poster_pixels() -> str:
    with Image.open(BytesIO(poster_png())) as poster:
        return b64encode(poster.convert("RGBA").tobytes()).decode()


def test_a_picture_comes_apart_and_a_layer_is_hidden_and_shown_again(editor: Page, service: str) -> None:
    layers = _document(editor, service)["layers"]
    rows = editor.get_by_role("region", name="Layers").get_by_role("treeitem")
    expect(rows).to_have_count(len(layers))
    assert rows.all_text_contents() == [layer["name"] for layer in reversed(layers)]
    top = layers[-1]["name"]

    editor.get_by_role("button", name=f"Hide {top}").click()
    expect(editor.get_by_role("button", name=f"Show {top}")).to_be_visible()
    expect(editor.get_by_role("button", name="Undo")).to_be_enabled()
    expect(editor.get_by_text("Exact", exact=True)).to_be_visible()
    assert [layer["visible"] for layer in _document(editor, service)["layers"]] == [True] * (len(layers) - 1) + [False]

    editor.keyboard.press("Control+z")
    expect(editor.get_by_role("button", name=f"Hide {top}")).to_be_visible()
    expect(editor.get_by_role("button", name="Redo")).to_be_enabled()

    editor.reload()
    expect(editor.get_by_role("button", name=f"Hide {top}")).to_be_visible()
    expect(editor.get_by_role("button", name="Redo")).to_be_enabled()


def test_the_canvas_is_framed_where_a_key_led_and_not_where_the_page_itself_did(editor: Page) -> None:
    main = editor.locator("main")
    framed = "main => getComputedStyle(main, '::after').content !== 'none'"
    expect(main).to_be_focused()
    assert not main.evaluate(framed)
    editor.get_by_text("Skip to the main part").focus()
    editor.keyboard.press("Enter")
    expect(main).to_be_focused()
    assert main.evaluate(framed)


def test_at_a_hundred_percent_the_canvas_shows_the_picture_to_the_bit(editor: Page) -> None:
    editor.keyboard.press("Control+1")
    expect(editor.locator(".zoom")).to_have_text("100 %")
    editor.wait_for_function(NEAREST, arg=[WIDTH, HEIGHT, _poster_pixels(), 0])


def test_until_the_exact_picture_is_there_the_preview_is_within_two_steps(editor: Page) -> None:
    """A canvas keeps colours times alpha in eight bits, so soft edges are rounded twice: as a layer, and laid."""
    editor.route("**/render.png*", lambda _: None)  # it never comes
    editor.reload()
    expect(editor.get_by_text("Preview", exact=True)).to_be_visible()
    editor.wait_for_function(NEAREST, arg=[WIDTH, HEIGHT, _poster_pixels(), 2])
    expect(editor.get_by_text("Preview", exact=True)).to_be_visible()


def test_the_wheel_pans_and_with_ctrl_it_zooms_and_fit_brings_all_of_it_back(editor: Page) -> None:
    box = editor.locator(".stage").bounding_box()
    assert box is not None
    editor.mouse.move(box["x"] + 10, box["y"] + 10)
    editor.mouse.wheel(0, -1000)
    expect(editor.locator(".zoom")).to_have_text("100 %")
    editor.keyboard.down("Control")
    editor.mouse.wheel(0, -1000)
    editor.keyboard.up("Control")
    expect(editor.locator(".zoom")).not_to_have_text("100 %")
    editor.keyboard.press("Control+0")
    expect(editor.locator(".zoom")).to_have_text("100 %")


def test_a_file_that_is_no_picture_is_told_of(service: str, page: WatchedPage) -> None:
    shown = page.page
    shown.goto(f"{service}/")
    shown.set_input_files("input[type=file]", {"name": "no.png", "mimeType": "image/png", "buffer": b"not a picture"})
    expect(shown.get_by_text("This is not a picture we can read.")).to_be_visible()
    assert all("415" in complaint for complaint in page.complaints)
    page.complaints.clear()  # the browser's own line for the 415


def test_a_document_that_is_not_there_leads_back_to_the_start(service: str, page: WatchedPage) -> None:
    page.page.goto(f"{service}/#doc_0")
    expect(page.page.get_by_role("alert")).to_contain_text("It is not here")
    page.page.get_by_role("link", name="Back to the start").click()
    expect(page.page.get_by_text("Choose a picture")).to_be_visible()
    assert all("404" in complaint for complaint in page.complaints)
    page.complaints.clear()
