"""The studio's properties, as a person uses them: in a real browser, on the running service."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.lettered_poster import poster_png
from tests.studio_document import CARD, WORDS, Desk

DRAGGED = """(field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""What a browser's colour picker does while a colour is looked for."""
LET_GO = """(field) => field.dispatchEvent(new Event("change", { bubbles: true }))"""


def test_a_layer_is_placed_by_numbers(desk: Desk) -> None:
    before = desk.layer(CARD)["bbox"]
    desk.select(CARD)
    expect(desk.number("X")).to_have_value(str(before[0]))
    desk.write("X", "10+5")
    assert desk.settled(3)["revision"] == 3
    assert desk.layer(CARD)["bbox"] == [15, *before[1:]]
    desk.write("W", str(2 * before[2]))
    desk.settled(4)
    assert desk.layer(CARD)["bbox"] == [15, before[1], 2 * before[2], 2 * before[3]]
    desk.properties.get_by_role("button", name="Keep the ratio").click()
    desk.write("H", "50")
    desk.settled(5)
    assert desk.layer(CARD)["bbox"] == [15, before[1], 2 * before[2], 50]
    desk.properties.get_by_role("button", name="Keep the ratio").click()
    desk.write("∠", "-90")
    desk.settled(6)
    assert desk.layer(CARD)["angle"] == 270
    expect(desk.number("∠")).to_have_value("-90")
    desk.properties.get_by_role("button", name="Flip left and right").click()
    desk.properties.get_by_role("button", name="Align right").click()
    document = desk.settled(8)
    x, _, width, _ = desk.layer(CARD)["bbox"]
    assert x + width == document["width"]
    np.testing.assert_allclose(desk.seen(), desk.rendered(), atol=1)


def test_numbers_beyond_all_bounds_become_the_largest_there_are(desk: Desk) -> None:
    desk.select(CARD)
    desk.write("H", "2")
    desk.settled(3)
    desk.write("W", "99999999")
    desk.settled(4)
    assert 30_000 <= desk.layer(CARD)["bbox"][2] <= 30_001
    expect(desk.number("W")).to_have_value("30000")
    desk.write("X", "-9999999")
    desk.settled(5)
    expect(desk.number("X")).to_have_value("-100000")


def test_several_layers_are_placed_as_one(desk: Desk) -> None:
    boxes = np.array([desk.layer(name)["bbox"] for name in (CARD, WORDS)])
    around = [*boxes[:, :2].min(0), *(boxes[:, :2] + boxes[:, 2:]).max(0)]
    desk.select(CARD)
    desk.page.get_by_role("region", name="Layers").get_by_text(WORDS, exact=True).click(modifiers=["Control"])
    expect(desk.properties.get_by_text("2 layers")).to_be_visible()
    expect(desk.number("W")).to_have_value(str(around[2] - around[0]))
    desk.write("W", str((around[2] - around[0]) / 2))
    desk.settled(3)
    smaller = np.array([desk.layer(name)["bbox"] for name in (CARD, WORDS)])
    corner = np.array([*around[:2], 0, 0])
    assert np.abs(smaller - (corner + (boxes - corner) / 2)).max() <= 1
    desk.properties.get_by_role("button", name="Turn 90° to the right").click()
    desk.settled(4)
    turned = np.array([desk.layer(name)["bbox"] for name in (CARD, WORDS)])
    assert np.abs(turned[:, 2:] - smaller[:, 3:1:-1]).max() <= 1
    desk.page.keyboard.press("Control+z")
    desk.page.keyboard.press("Control+z")
    desk.settled(6)
    assert [desk.layer(name)["bbox"] for name in (CARD, WORDS)] == boxes.tolist()


def test_what_is_locked_cannot_be_changed(desk: Desk) -> None:
    edit = {"operations": [{"op": "lock", "layer": CARD}]}
    desk.http.post(f"{desk.url}/operations", json=edit).raise_for_status()
    desk.page.reload()
    desk.select(CARD)
    expect(desk.properties.get_by_text("Locked", exact=True)).to_be_visible()
    for label in ("X", "W", "Strength"):
        expect(desk.number(label)).to_be_disabled()
    expect(desk.properties.get_by_role("button", name="Align left")).to_be_disabled()


def test_a_blur_is_seen_while_the_slider_is_dragged(desk: Desk) -> None:
    desk.page.keyboard.press("Control+1")
    desk.select(CARD)
    desk.open("Adjust")
    slider = desk.properties.get_by_role("slider", name="Blur")
    slider.evaluate(DRAGGED, "6")
    expect(desk.page.get_by_text("Preview", exact=True)).to_be_visible()
    tried = desk.seen()
    slider.evaluate(LET_GO)
    desk.settled(3)
    made = desk.rendered()
    assert np.abs(made - np.array(Image.open(io.BytesIO(poster_png())).convert("RGBA"), np.int16)).max() > 40
    assert np.abs(tried - made).max() <= 8  # the browser's blur is three boxes


def test_a_colour_is_seen_before_it_is_made_and_the_two_agree(desk: Desk) -> None:
    desk.page.keyboard.press("Control+1")
    desk.select(CARD)
    desk.properties.get_by_label("Mode").select_option("tint")
    field = desk.properties.locator(".colours input[type=color]")
    field.evaluate(DRAGGED, "#0b7285")
    expect(desk.page.get_by_text("Preview", exact=True)).to_be_visible()
    tried = desk.seen()
    assert desk.document()["revision"] == 2
    x, y, width, height = desk.layer(CARD)["bbox"]
    middle = y + height // 2, x + width // 2
    assert np.abs(tried[middle][:3] - (0x0B, 0x72, 0x85)).max() <= 2
    field.evaluate(LET_GO)
    desk.settled(3)
    assert desk.layer(CARD)["colors"] == [{"op": "recolor", "mode": "tint", "color": "#0b7285"}]
    made = desk.rendered()
    np.testing.assert_array_equal(desk.seen(), made)
    assert np.abs(tried - made).max() <= 2


def test_a_recolouring_is_weakened_changed_and_taken_away(desk: Desk) -> None:
    original = desk.rendered()
    desk.select(CARD)
    desk.properties.get_by_label("Mode").select_option("tint")
    hex_field = desk.properties.get_by_label("Colour (hex)")
    hex_field.fill("#ffd700")
    hex_field.press("Enter")
    desk.settled(3)
    desk.write("Strength", "40")
    desk.settled(4)
    assert desk.layer(CARD)["colors"] == [{"op": "recolor", "mode": "tint", "color": "#ffd700", "strength": 0.4}]
    desk.properties.get_by_label("Mode").select_option("hue")
    desk.settled(5)
    assert desk.layer(CARD)["colors"] == [{"op": "recolor", "mode": "hue", "color": "#ffd700", "strength": 0.4}]
    desk.properties.get_by_role("button", name="Remove recolouring").click()
    desk.settled(6)
    assert desk.layer(CARD)["colors"] == []
    np.testing.assert_array_equal(desk.rendered(), original)


def test_a_colour_of_the_layer_is_replaced_by_another(desk: Desk) -> None:
    desk.select(CARD)
    desk.properties.get_by_label("Mode").select_option("replace")
    desk.properties.get_by_role("group", name="In this layer").get_by_role("button").first.click()
    to = desk.properties.get_by_label("To (hex)")
    to.fill("#2f9e44")
    to.press("Enter")
    desk.settled(3)
    (step,) = desk.layer(CARD)["colors"]
    assert (step["mode"], step["from"], step["color"]) == ("replace", "#c8322d", "#2f9e44")
    x, y, width, height = desk.layer(CARD)["bbox"]
    assert desk.rendered()[y + height // 2, x + width // 2].tolist() == [0x2F, 0x9E, 0x44, 255]


def test_sliders_stand_where_the_layer_is_and_back_at_rest_it_is_as_it_was(desk: Desk) -> None:
    original = desk.rendered()
    desk.select(CARD)
    desk.open("Adjust")
    slider = desk.properties.get_by_role("slider", name="Brightness")
    for _ in range(3):
        slider.press("ArrowRight")
    desk.settled(5)
    assert desk.layer(CARD)["colors"] == [{"op": "adjust", "brightness": 1.03}]
    desk.page.reload()
    desk.select(CARD)
    desk.open("Adjust")
    expect(desk.number("Brightness")).to_have_value("103")
    desk.write("Blur", "4")
    desk.settled(6)
    assert desk.layer(CARD)["blur"] == 4
    desk.open("Adjust")
    desk.write("Brightness", "100")
    desk.settled(7)
    assert (desk.layer(CARD)["colors"], desk.layer(CARD)["blur"]) == ([], 4)
    desk.open("Adjust")
    desk.properties.get_by_role("button", name="Reset all").click()
    desk.settled(8)
    np.testing.assert_array_equal(desk.rendered(), original)


def test_words_are_set_anew(desk: Desk) -> None:
    desk.select(WORDS)
    words = desk.properties.get_by_label("Words")
    expect(words).to_have_value(WORDS)
    words.fill("Tonight")
    words.press("Control+Enter")
    desk.settled(3)
    assert desk.layer(WORDS)["text"] == "Tonight"
    font = desk.properties.get_by_label("Font")
    font.select_option("serif")
    desk.settled(4)
    desk.write("Size", "40")
    desk.settled(5)
    desk.properties.get_by_role("button", name="Centred").click()
    desk.settled(6)
    assert desk.layer(WORDS)["words"] == {
        "font": "serif", "size": 40, "color": None, "align": "center", "direction": None, "fit": None,
    }  # fmt: skip
    expect(desk.properties.get_by_role("button", name="Centred")).to_have_attribute("aria-pressed", "true")


def test_a_picture_takes_a_layers_place_and_another_comes_above_it(desk: Desk) -> None:
    square = io.BytesIO()
    Image.new("RGB", (50, 50), (10, 200, 80)).save(square, "PNG")
    leaf = {"name": "leaf.png", "mimeType": "image/png", "buffer": square.getvalue()}
    desk.select(CARD)
    desk.open("Picture")
    desk.properties.get_by_label("Fit").select_option("fill")
    desk.properties.locator("input[type=file]").first.set_input_files([leaf])  # type: ignore[list-item]
    desk.settled(3)
    assert desk.layer(CARD)["changed"] == ["picture"]
    x, y, width, height = desk.layer(CARD)["bbox"]
    assert desk.rendered()[y + height // 2, x + width // 2].tolist() == [10, 200, 80, 255]
    desk.open("Picture")
    desk.properties.locator("input[type=file]").last.set_input_files([leaf])  # type: ignore[list-item]
    layers = desk.settled(4)["layers"]
    names = [layer["name"] for layer in layers]
    assert names.index("leaf") == names.index(CARD) + 1


def test_without_a_selection_the_document_is_named_and_its_canvas_changed(desk: Desk) -> None:
    name = desk.properties.get_by_label("Name")
    expect(name).to_have_value("Open air")
    name.fill("Friday")
    name.press("Enter")
    expect(desk.page.get_by_role("heading", name="Friday")).to_be_visible()
    assert desk.document()["name"] == "Friday"
    desk.properties.get_by_role("radio", name="Top left stays").click()
    desk.write("W", "600")
    document = desk.settled(3)
    assert (document["width"], document["height"]) == (600, 360)
    assert next(layer for layer in document["layers"] if layer["name"] == CARD)["bbox"][0] == 40
    desk.properties.get_by_role("button", name="Fit canvas to layers").click()
    assert desk.settled(4)["width"] == 480
