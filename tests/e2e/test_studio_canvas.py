"""The studio's canvas as a tool: what is under the pointer is selected, moved, scaled and turned."""

import re

import httpx
import numpy as np
import pytest
from playwright.sync_api import expect

from lamina.client import Client
from tests.browser import WatchedPage
from tests.lettered_poster import poster_png
from tests.studio_canvas import StudioCanvas

GROUND, PANEL, HEADLINE, NOTE = 0, 1, 2, 3
NAMES = {PANEL: "red panel", HEADLINE: "OPEN AIR", NOTE: "Friday evening"}
ON_PANEL, BESIDE = (100, 150), (460, 20)
FREE = "Control"
"""Held so that nothing snaps."""


@pytest.fixture
def canvas(page: WatchedPage, service: str, client: Client) -> StudioCanvas:
    """A poster's document of its own, open in the studio at 100 %."""
    made_of = {"decomposition_id": client.decompose(poster_png(), model="classic").id}
    document = httpx.post(f"{service}/v1/documents", json=made_of, trust_env=False).json()
    page.page.goto(f"{service}/#{document['id']}")
    canvas = StudioCanvas(page.page, service)
    expect(page.page.locator(".zoom")).to_contain_text("100 %")
    canvas.settled()
    assert [layer["name"] for layer in document["layers"]][1:] == list(NAMES.values())
    return canvas


def test_a_click_takes_the_topmost_pixel_and_one_beside_it_takes_none(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.expect_selected(["red panel"])
    x, y, _, height = canvas.box(HEADLINE)
    canvas.click(x + 4, y + height // 2)  # on the O
    canvas.expect_selected(["OPEN AIR"])
    canvas.click(x + 22, y + height // 2)  # in the O, where the headline has no pixels
    canvas.expect_selected(["background"])
    canvas.click(-20, -20)
    canvas.expect_selected([])


def test_shift_and_ctrl_clicks_add_and_take_away_and_alt_goes_below(canvas: StudioCanvas) -> None:
    x, y, _, height = canvas.box(HEADLINE)
    canvas.click(*ON_PANEL)
    canvas.click(x + 4, y + height // 2, "Shift")
    canvas.expect_selected(["OPEN AIR", "red panel"])
    canvas.click(*ON_PANEL, "Control")
    canvas.expect_selected(["OPEN AIR"])
    canvas.click(*ON_PANEL)
    canvas.click(*ON_PANEL, "Alt")
    canvas.expect_selected(["background"])
    canvas.click(*ON_PANEL, "Alt")
    canvas.expect_selected(["red panel"])


def test_a_drag_moves_by_whole_pixels_as_one_revision_and_undo_takes_it_back(canvas: StudioCanvas) -> None:
    before = canvas.document
    canvas.drag(ON_PANEL, (113, 169), FREE)
    assert canvas.box(PANEL) == (53, 139, 401, 111)
    assert canvas.document["revision"] == before["revision"] + 1
    canvas.expect_selected(["red panel"])
    np.testing.assert_array_equal(canvas.seen(), canvas.rendered())
    canvas.page.keyboard.press("Control+z")
    canvas.settled()
    assert canvas.document["layers"][PANEL]["matrix"] == before["layers"][PANEL]["matrix"]


def test_with_shift_a_drag_keeps_to_one_axis(canvas: StudioCanvas) -> None:
    canvas.drag(ON_PANEL, (107, 181), "Shift", FREE)
    assert canvas.box(PANEL) == (40, 151, 401, 111)


def test_a_drag_catches_on_the_canvas_and_on_other_layers(canvas: StudioCanvas) -> None:
    canvas.drag(ON_PANEL, (64, 150), "Shift")
    assert canvas.box(PANEL)[:2] == (0, 120)  # 4 pixels of the canvas's edge away
    x, *_ = canvas.box(NOTE)
    canvas.press((100, 150), (100 + x + 3, 155))
    canvas.page.mouse.up()
    canvas.settled()
    assert canvas.box(PANEL)[:2] == (x, 125)  # its middle on the canvas's


def test_escape_leaves_everything_as_it_was(canvas: StudioCanvas) -> None:
    before = canvas.document
    canvas.press(ON_PANEL, (200, 250))
    expect(canvas.page.locator(".badge")).to_have_text("Preview")
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.up()
    canvas.settled()
    assert canvas.document["revision"] == before["revision"]
    canvas.click(*ON_PANEL)
    x, y, width, height = canvas.box(PANEL)
    canvas.press((x + width, y + height), (200, 200))
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.up()
    canvas.settled()
    assert canvas.document["revision"] == before["revision"]


def test_keys_change_nothing_under_what_is_being_dragged(canvas: StudioCanvas) -> None:
    before = canvas.box(PANEL)
    start = ON_PANEL
    canvas.press(start, (start[0] + 60, start[1] + 20), "Control")
    for key in ("Delete", "Control+z", "5", "ArrowLeft", "Control+g"):
        canvas.page.keyboard.press(key)
    canvas.page.mouse.up()
    canvas.settled()
    assert canvas.box(PANEL) == (before[0] + 60, before[1] + 20, *before[2:])
    assert not canvas.layer(PANEL)["deleted"]
    assert canvas.document["revision"] == 2
    canvas.page.keyboard.press("Delete")
    expect(canvas.page.get_by_role("treeitem", name="red panel")).to_have_count(0)


def test_several_layers_are_dragged_together(canvas: StudioCanvas) -> None:
    x, y, _, height = canvas.box(HEADLINE)
    canvas.click(*ON_PANEL)
    canvas.click(x + 4, y + height // 2, "Shift")
    canvas.drag(ON_PANEL, (110, 155), FREE)
    assert canvas.box(PANEL)[:2] == (50, 125)
    assert canvas.box(HEADLINE)[:2] == (x + 10, y + 5)


def test_with_alt_a_copy_is_dragged_and_selected(canvas: StudioCanvas) -> None:
    canvas.drag(ON_PANEL, (110, 200), "Alt", FREE)
    document = canvas.document
    assert canvas.box(PANEL)[:2] == (40, 120)
    assert [tuple(layer["bbox"][:2]) for layer in document["layers"] if layer["index"] == 4] == [(50, 170)]
    canvas.expect_selected(["red panel copy"])


def test_a_marquee_from_the_ground_selects_what_it_touches(canvas: StudioCanvas) -> None:
    canvas.drag((10, 20), (60, 180))
    canvas.expect_selected(["OPEN AIR", "red panel"])
    assert canvas.document["revision"] == 1
    canvas.click(460, 340)
    canvas.drag((-30, 340), (60, 262))
    canvas.expect_selected(["Friday evening"])


def test_a_corner_scales_about_the_other_one_and_the_canvas_shows_what_the_server_makes(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.drag((441, 231), (401, 251), FREE)
    assert canvas.box(PANEL) == (40, 120, 361, 131)
    np.testing.assert_array_equal(canvas.seen(), canvas.rendered())
    canvas.page.keyboard.press("Control+z")
    canvas.settled()
    assert canvas.box(PANEL) == (40, 120, 401, 111)


def test_with_shift_the_shape_is_kept_and_with_alt_the_middle_stays(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.drag((441, 231), (400, 160), "Shift", FREE)
    x, y, width, height = canvas.box(PANEL)
    assert (x, y) == (40, 120)
    assert width / height == pytest.approx(401 / 111, rel=0.02)
    canvas.page.keyboard.press("Control+z")
    canvas.settled()
    canvas.drag((441, 175.5), (431, 175.5), "Alt", FREE)
    assert canvas.box(PANEL) == (50, 120, 381, 111)


def test_a_handle_pulled_over_the_other_side_flips(canvas: StudioCanvas) -> None:
    x, y, width, height = canvas.box(NOTE)
    canvas.click(x + 3, y + 3)
    canvas.expect_selected(["Friday evening"])
    canvas.drag((x, y + height / 2), (x + 2 * width - 50, y + height / 2), FREE)
    layer = canvas.layer(NOTE)
    assert layer["matrix"][0] < 0
    assert layer["bbox"] == [x + width, y, width - 50, height]


def test_the_knob_turns_about_the_middle_and_shift_goes_by_fifteen_degrees(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.drag((240.5, 120 - 24), (330, 130), "Shift")
    assert canvas.layer(PANEL)["angle"] == pytest.approx(60)
    x, y, width, height = canvas.box(PANEL)
    assert (x + width / 2, y + height / 2) == pytest.approx((240.5, 175.5), abs=1)
    np.testing.assert_array_equal(canvas.seen(), canvas.rendered())


def test_what_is_turned_is_scaled_along_its_own_sides(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.drag((240.5, 120 - 24), (330, 130), "Shift")  # 60°
    before = canvas.layer(PANEL)["matrix"]
    cosine, sine = 0.5, 3**0.5 / 2
    side = (240.5 - 55.5 * sine, 175.5 + 55.5 * cosine)  # the middle of what was its lower side
    canvas.drag(side, (side[0] + 20 * sine, side[1] - 20 * cosine), FREE)
    after = canvas.layer(PANEL)["matrix"]
    assert after[:2] == pytest.approx(before[:2], abs=0.01)
    assert np.hypot(*after[2:4]) == pytest.approx(91 / 111, abs=0.02)
    assert canvas.layer(PANEL)["angle"] == pytest.approx(60)


def test_arrows_move_by_one_and_with_shift_by_ten_and_keys_held_are_one_revision(canvas: StudioCanvas) -> None:
    keyboard = canvas.page.keyboard
    canvas.click(*ON_PANEL)
    keyboard.press("ArrowRight")
    keyboard.press("Shift+ArrowUp")
    canvas.settled()
    assert canvas.box(PANEL)[:2] == (41, 110)
    before = canvas.document["revision"]
    for _ in range(5):  # as a key does that is held
        keyboard.down("ArrowDown")
    keyboard.up("ArrowDown")
    canvas.settled()
    assert canvas.box(PANEL)[:2] == (41, 115)
    assert canvas.document["revision"] == before + 1
    keyboard.press("Control+z")
    canvas.settled()
    assert canvas.box(PANEL)[:2] == (41, 110)


def test_keys_select_fade_copy_order_and_delete(canvas: StudioCanvas) -> None:
    keyboard = canvas.page.keyboard
    canvas.click(*ON_PANEL)
    keyboard.press("5")
    canvas.settled()
    assert canvas.layer(PANEL)["opacity"] == 0.5
    keyboard.press("Control+Shift+BracketRight")
    expect(canvas.page.locator(".layer-tree .layer-name").first).to_have_text("red panel")
    canvas.settled()
    assert canvas.document["layers"][-1]["index"] == PANEL
    keyboard.press("Control+d")
    canvas.expect_selected(["red panel copy"])
    keyboard.press("Delete")
    expect(canvas.page.get_by_role("treeitem", name="red panel copy")).to_have_count(0)
    canvas.settled()
    assert canvas.layer(4)["deleted"]
    keyboard.press("Control+a")
    canvas.expect_selected(["red panel", "Friday evening", "OPEN AIR", "background"])
    keyboard.press("Escape")
    canvas.expect_selected([])


def test_layers_are_gone_through_from_the_canvas_and_the_keyboard_is_never_caught(canvas: StudioCanvas) -> None:
    stage = canvas.page.get_by_role("region", name="Canvas")
    stage.focus()
    canvas.page.keyboard.press("Enter")
    canvas.expect_selected(["Friday evening"])
    canvas.page.keyboard.press("Tab")
    canvas.expect_selected(["OPEN AIR"])
    canvas.page.keyboard.press("Shift+Tab")
    canvas.expect_selected(["Friday evening"])
    canvas.page.keyboard.press("Escape")
    canvas.page.keyboard.press("Tab")
    expect(stage).not_to_be_focused()


def test_a_group_is_moved_as_one_and_entered_by_a_double_click(canvas: StudioCanvas) -> None:
    x, y, _, height = canvas.box(HEADLINE)
    letter = (x + 4, y + height // 2)
    canvas.click(*ON_PANEL)
    canvas.click(*letter, "Shift")
    canvas.page.keyboard.press("Control+g")
    canvas.expect_selected(["Group 1"])
    canvas.settled()
    canvas.drag(ON_PANEL, (110, 155), FREE)
    assert canvas.box(PANEL)[:2] == (50, 125)
    assert canvas.box(HEADLINE)[:2] == (x + 10, y + 5)
    canvas.page.mouse.dblclick(*canvas.point(110, 155))
    canvas.expect_selected(["red panel"])
    canvas.click(letter[0] + 10, letter[1] + 5)  # its neighbour, at once
    canvas.expect_selected(["OPEN AIR"])
    canvas.page.keyboard.press("Escape")
    canvas.expect_selected(["Group 1"])


def test_what_is_locked_is_not_taken(canvas: StudioCanvas) -> None:
    canvas.page.get_by_role("button", name="Lock red panel", exact=True).click()
    expect(canvas.page.get_by_role("button", name="Unlock red panel", exact=True)).to_have_count(1)
    canvas.settled()
    canvas.click(*ON_PANEL)
    canvas.expect_selected(["background"])


def test_before_and_after_stand_on_either_side_of_a_line_that_keys_move(canvas: StudioCanvas) -> None:
    original = canvas.rendered()
    canvas.drag(ON_PANEL, (100, 190), "Shift", FREE)
    edited = canvas.rendered()
    canvas.page.get_by_role("button", name="Compare with the original").click()
    line = canvas.page.get_by_role("slider", name="Line between")
    expect(line).to_be_focused()
    for _ in range(2):
        canvas.page.keyboard.press("PageUp")
    canvas.page.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", "69")
    at = round(0.69 * original.shape[1])
    both = np.concatenate([original[:, :at], edited[:, at:]], axis=1)
    canvas.wait_for(both)
    canvas.page.mouse.move(*canvas.point(at, 300))
    canvas.page.mouse.down()
    canvas.page.mouse.move(*canvas.point(120, 300))
    canvas.page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "25")
    canvas.wait_for(np.concatenate([original[:, :120], edited[:, 120:]], axis=1))
    canvas.page.keyboard.press("Escape")
    canvas.wait_for(edited)


def test_the_original_is_seen_for_as_long_as_its_key_is_held(canvas: StudioCanvas) -> None:
    original = canvas.rendered()
    canvas.drag(ON_PANEL, (100, 190), "Shift", FREE)
    edited = canvas.rendered()
    canvas.page.keyboard.down("\\")
    canvas.wait_for(original)
    canvas.page.keyboard.up("\\")
    canvas.wait_for(edited)


def test_a_question_mark_shows_the_keys_and_they_reach_nothing_meanwhile(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.page.keyboard.press("?")
    dialog = canvas.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Ctrl+Shift+Z")
    zoom = dialog.locator("div", has=canvas.page.locator("dt", has_text=re.compile("^Zoom in$"))).last
    expect(zoom.locator("kbd")).to_have_text(["+", "=", "Ctrl++", "Ctrl+="])
    canvas.page.keyboard.press("Delete")
    canvas.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert canvas.document["revision"] == 1
    canvas.expect_selected(["red panel"])


def test_two_fingers_zoom_what_is_between_them_and_select_nothing(canvas: StudioCanvas) -> None:
    session = canvas.page.context.new_cdp_session(canvas.page)
    x, y = canvas.point(240, 180)

    def touch(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    touch("touchStart", 40)
    for apart in (50, 60, 70, 80):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    expect(canvas.page.locator(".zoom")).to_contain_text("200 %")
    canvas.expect_selected([])


def test_a_double_click_on_words_leads_to_where_they_are_written(canvas: StudioCanvas) -> None:
    x, y, _, height = canvas.box(HEADLINE)
    canvas.page.mouse.dblclick(*canvas.point(x + 4, y + height // 2))
    field = canvas.page.locator(".words textarea")
    expect(field).to_be_focused()
    expect(field).to_have_value("OPEN AIR")
    canvas.page.keyboard.press("Delete")  # letters, not the layer
    expect(field).to_have_value("")
    canvas.page.keyboard.press("Escape")
    assert canvas.document["revision"] == 1
