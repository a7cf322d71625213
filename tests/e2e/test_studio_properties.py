"""The studio's properties, history and export, as a person uses them: in a real browser, on the running service."""

import io
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import WatchedPage
from tests.lettered_poster import poster_png

CARD, WORDS = "red panel", "OPEN AIR"
SEEN = """([width, height]) => {
  const [canvas] = [...document.querySelectorAll(".stage canvas")].slice(1);
  const [x, y] = [(canvas.width - width) / 2, (canvas.height - height) / 2].map(Math.round);
  return [...canvas.getContext("2d").getImageData(x, y, width, height).data];
}"""
"""The middle of the canvas, where the picture is at 100 %."""
DRAGGED = """(field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""What a browser's colour picker does while a colour is looked for."""
LET_GO = """(field) => field.dispatchEvent(new Event("change", { bubbles: true }))"""


class Studio:
    """A document of its own, open in the studio."""

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
        return np.array(self.page.evaluate(SEEN, size), np.int16).reshape(size[1], size[0], 4)

    def rendered(self) -> np.ndarray:
        return np.array(
            Image.open(io.BytesIO(self.http.get(f"{self.url}/render.png").content)).convert("RGBA"), np.int16
        )


@pytest.fixture(scope="module")
def decomposition(service: str) -> str:
    with httpx.Client(base_url=service, trust_env=False, timeout=120) as http:
        asked = {"files": {"image": poster_png()}, "data": {"model": "classic", "max_layers": "16"}}
        job = http.post("/v1/decompositions", headers={"Prefer": "wait=60"}, **asked).json()  # type: ignore[arg-type]
        while job["status"] not in {"succeeded", "failed"}:
            job = http.get(f"/v1/jobs/{job['id']}", params={"wait": 30}).json()
        found: str = job["result"]["decomposition_id"]
    return found


@pytest.fixture
def studio(page: WatchedPage, service: str, decomposition: str) -> Iterator[Studio]:
    with httpx.Client(base_url=service, trust_env=False, timeout=60) as http:
        made = http.post("/v1/documents", json={"decomposition_id": decomposition, "name": "Open air"}).json()
        red = next(layer for layer in made["layers"] if layer["bbox"][2:] == [401, 111])
        edit = {"operations": [{"op": "rename", "layer": red["index"], "name": CARD}]}
        http.post(f"/v1/documents/{made['id']}/operations", json=edit).raise_for_status()
        page.page.goto(f"{service}/#{made['id']}")
        expect(page.page.get_by_text("Exact", exact=True)).to_be_visible(timeout=60_000)
        yield Studio(page.page, http, made["id"])


def test_a_layer_is_placed_by_numbers(studio: Studio) -> None:
    before = studio.layer(CARD)["bbox"]
    studio.select(CARD)
    expect(studio.number("X")).to_have_value(str(before[0]))
    studio.write("X", "10+5")
    assert studio.settled(3)["revision"] == 3
    assert studio.layer(CARD)["bbox"] == [15, *before[1:]]
    studio.write("W", str(2 * before[2]))
    studio.settled(4)
    assert studio.layer(CARD)["bbox"] == [15, before[1], 2 * before[2], 2 * before[3]]
    studio.properties.get_by_role("button", name="Keep the ratio").click()
    studio.write("H", "50")
    studio.settled(5)
    assert studio.layer(CARD)["bbox"] == [15, before[1], 2 * before[2], 50]
    studio.properties.get_by_role("button", name="Keep the ratio").click()
    studio.write("∠", "-90")
    studio.settled(6)
    assert studio.layer(CARD)["angle"] == 270
    expect(studio.number("∠")).to_have_value("-90")
    studio.properties.get_by_role("button", name="Flip left and right").click()
    studio.properties.get_by_role("button", name="Align right").click()
    document = studio.settled(8)
    x, _, width, _ = studio.layer(CARD)["bbox"]
    assert x + width == document["width"]
    np.testing.assert_allclose(studio.seen(), studio.rendered(), atol=1)


def test_a_colour_is_seen_before_it_is_made_and_the_two_agree(studio: Studio) -> None:
    studio.page.keyboard.press("Control+1")
    studio.select(CARD)
    studio.properties.get_by_label("Mode").select_option("tint")
    field = studio.properties.locator(".colours input[type=color]")
    field.evaluate(DRAGGED, "#0b7285")
    expect(studio.page.get_by_text("Preview", exact=True)).to_be_visible()
    tried = studio.seen()
    assert studio.document()["revision"] == 2
    x, y, width, height = studio.layer(CARD)["bbox"]
    middle = y + height // 2, x + width // 2
    assert np.abs(tried[middle][:3] - (0x0B, 0x72, 0x85)).max() <= 2
    field.evaluate(LET_GO)
    studio.settled(3)
    assert studio.layer(CARD)["colors"] == [{"op": "recolor", "mode": "tint", "color": "#0b7285"}]
    made = studio.rendered()
    np.testing.assert_array_equal(studio.seen(), made)
    assert np.abs(tried - made).max() <= 2


def test_a_recolouring_is_weakened_changed_and_taken_away(studio: Studio) -> None:
    original = studio.rendered()
    studio.select(CARD)
    studio.properties.get_by_label("Mode").select_option("tint")
    hex_field = studio.properties.get_by_label("Colour (hex)")
    hex_field.fill("#ffd700")
    hex_field.press("Enter")
    studio.settled(3)
    studio.write("Strength", "40")
    studio.settled(4)
    assert studio.layer(CARD)["colors"] == [{"op": "recolor", "mode": "tint", "color": "#ffd700", "strength": 0.4}]
    studio.properties.get_by_label("Mode").select_option("hue")
    studio.settled(5)
    assert studio.layer(CARD)["colors"] == [{"op": "recolor", "mode": "hue", "color": "#ffd700", "strength": 0.4}]
    studio.properties.get_by_role("button", name="Remove recolouring").click()
    studio.settled(6)
    assert studio.layer(CARD)["colors"] == []
    np.testing.assert_array_equal(studio.rendered(), original)


def test_a_colour_of_the_layer_is_replaced_by_another(studio: Studio) -> None:
    studio.select(CARD)
    studio.properties.get_by_label("Mode").select_option("replace")
    studio.properties.get_by_role("group", name="Replace").get_by_role("button").first.click()
    to = studio.properties.get_by_label("To (hex)")
    to.fill("#2f9e44")
    to.press("Enter")
    studio.settled(3)
    (step,) = studio.layer(CARD)["colors"]
    assert (step["mode"], step["from"], step["color"]) == ("replace", "#c8322d", "#2f9e44")
    x, y, width, height = studio.layer(CARD)["bbox"]
    assert studio.rendered()[y + height // 2, x + width // 2].tolist() == [0x2F, 0x9E, 0x44, 255]


def test_sliders_stand_where_the_layer_is_and_back_at_rest_it_is_as_it_was(studio: Studio) -> None:
    original = studio.rendered()
    studio.select(CARD)
    studio.open("Adjust")
    slider = studio.properties.get_by_role("slider", name="Brightness")
    for _ in range(3):
        slider.press("ArrowRight")
    studio.settled(5)
    assert studio.layer(CARD)["colors"] == [{"op": "adjust", "brightness": 1.03}]
    studio.page.reload()
    studio.select(CARD)
    studio.open("Adjust")
    expect(studio.number("Brightness")).to_have_value("103")
    studio.write("Blur", "4")
    studio.settled(6)
    assert studio.layer(CARD)["blur"] == 4
    studio.open("Adjust")
    studio.write("Brightness", "100")
    studio.settled(7)
    assert (studio.layer(CARD)["colors"], studio.layer(CARD)["blur"]) == ([], 4)
    studio.open("Adjust")
    studio.properties.get_by_role("button", name="Reset all").click()
    studio.settled(8)
    np.testing.assert_array_equal(studio.rendered(), original)


def test_words_are_set_anew(studio: Studio) -> None:
    studio.select(WORDS)
    words = studio.properties.get_by_label("Words")
    expect(words).to_have_value(WORDS)
    words.fill("Tonight")
    words.press("Control+Enter")
    studio.settled(3)
    assert studio.layer(WORDS)["text"] == "Tonight"
    font = studio.properties.get_by_label("Font")
    font.select_option("serif")
    studio.settled(4)
    studio.write("Size", "40")
    studio.settled(5)
    studio.properties.get_by_role("button", name="Centred").click()
    studio.settled(6)
    assert studio.layer(WORDS)["words"] == {
        "font": "serif", "size": 40, "color": None, "align": "center", "direction": None,
    }  # fmt: skip
    expect(studio.properties.get_by_role("button", name="Centred")).to_have_attribute("aria-pressed", "true")


def test_a_picture_takes_a_layers_place_and_another_comes_above_it(studio: Studio) -> None:
    square = io.BytesIO()
    Image.new("RGB", (50, 50), (10, 200, 80)).save(square, "PNG")
    leaf = {"name": "leaf.png", "mimeType": "image/png", "buffer": square.getvalue()}
    studio.select(CARD)
    studio.open("Picture")
    studio.properties.get_by_label("Fit").select_option("fill")
    studio.properties.locator("input[type=file]").first.set_input_files([leaf])  # type: ignore[list-item]
    studio.settled(3)
    assert studio.layer(CARD)["changed"] == ["picture"]
    x, y, width, height = studio.layer(CARD)["bbox"]
    assert studio.rendered()[y + height // 2, x + width // 2].tolist() == [10, 200, 80, 255]
    studio.open("Picture")
    studio.properties.locator("input[type=file]").last.set_input_files([leaf])  # type: ignore[list-item]
    layers = studio.settled(4)["layers"]
    names = [layer["name"] for layer in layers]
    assert names.index("leaf") == names.index(CARD) + 1


def test_the_history_goes_back_and_forth_and_outlives_a_reload(studio: Studio) -> None:
    studio.select(CARD)
    for x in ("15", "25"):
        studio.write("X", x)
    studio.settled(4)
    studio.page.get_by_role("tab", name="History").click()
    lines = studio.properties.get_by_role("list", name="History").get_by_role("button")
    expect(lines).to_contain_text([f"Move {CARD}", f"Move {CARD}", "Rename", "Opened"])
    expect(lines.nth(0)).to_have_attribute("aria-current", "step")
    studio.properties.get_by_role("button", name="Undo").click()
    expect(lines.nth(1)).to_have_attribute("aria-current", "step")
    studio.page.reload()
    studio.page.get_by_role("tab", name="History").click()
    expect(lines.nth(1)).to_have_attribute("aria-current", "step")
    studio.properties.get_by_role("button", name="Redo").click()
    expect(lines.nth(0)).to_have_attribute("aria-current", "step")
    assert studio.layer(CARD)["bbox"][0] == 25
    lines.nth(2).click()
    expect(lines.nth(2)).to_have_attribute("aria-current", "step")
    expect(studio.page.get_by_text("Exact", exact=True)).to_be_visible()
    np.testing.assert_array_equal(studio.rendered()[:, :, :3], np.array(Image.open(io.BytesIO(poster_png()))))


def test_without_a_selection_the_document_is_named_and_its_canvas_changed(studio: Studio) -> None:
    name = studio.properties.get_by_label("Name")
    expect(name).to_have_value("Open air")
    name.fill("Friday")
    name.press("Enter")
    expect(studio.page.get_by_role("heading", name="Friday")).to_be_visible()
    assert studio.document()["name"] == "Friday"
    studio.properties.get_by_role("radio", name="Top left stays").click()
    studio.write("W", "600")
    document = studio.settled(3)
    assert (document["width"], document["height"]) == (600, 360)
    assert next(layer for layer in document["layers"] if layer["name"] == CARD)["bbox"][0] == 40
    studio.properties.get_by_role("button", name="Fit canvas to layers").click()
    assert studio.settled(4)["width"] == 480


@pytest.mark.parametrize(
    ("format_", "extension"), [("PNG", "png"), ("WebP", "webp"), ("JPEG", "jpg"), ("AVIF", "avif")]
)
def test_the_picture_is_downloaded_as_it_is_asked_for(studio: Studio, format_: str, extension: str) -> None:
    studio.page.get_by_role("button", name="Export").click()
    dialog = studio.page.get_by_role("dialog")
    dialog.get_by_label("Format").select_option(label=format_)
    width = dialog.get_by_role("spinbutton", name="Width")
    width.fill("240")
    width.press("Enter")
    dialog.get_by_label("Background").select_option("black")
    with studio.page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"Open air.{extension}"
    with Image.open(download.value.path()) as picture:
        assert (picture.format, picture.size) == (format_.upper(), (240, 180))


def test_a_single_layer_is_downloaded_trimmed_or_on_the_canvas(studio: Studio) -> None:
    studio.select(CARD)
    studio.page.get_by_role("button", name="Export").click()
    dialog = studio.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Selected layer").click()
    sizes = []
    for _ in range(2):
        with studio.page.expect_download() as download:
            dialog.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == f"{CARD}.png"
        with Image.open(download.value.path()) as picture:
            sizes.append(list(picture.size))
        dialog.get_by_label("Trimmed").uncheck()
    assert sizes == [studio.layer(CARD)["bbox"][2:], [480, 360]]


def test_the_edits_are_copied_as_a_call_that_gives_the_picture(studio: Studio) -> None:
    studio.select(CARD)
    studio.write("X", "15")
    studio.settled(3)
    studio.page.get_by_role("button", name="Export").click()
    dialog = studio.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Copy as code").click()
    text = dialog.get_by_role("textbox")
    expect(text).to_have_value(re.compile("move"))
    words = shlex.split(text.input_value().replace("\\\n", " "))
    address, body = words[3], words[words.index("-d") + 1]
    drawn = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, trust_env=False)
    assert drawn.status_code == 200
    assert drawn.content == studio.http.get(f"{studio.url}/render.png").content
    studio.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_label("As", exact=True).select_option("json")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(studio.page.get_by_text("Copied.")).to_be_visible()
    copied = json.loads(studio.page.evaluate("navigator.clipboard.readText()"))
    assert copied == json.loads(body)["operations"]
