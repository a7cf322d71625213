"""The studio's history and what can be taken away, in a real browser, on the running service."""

import io
import json
import re
import shlex
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.lettered_poster import poster_png
from tests.studio_document import CARD, Desk


def test_the_history_goes_back_and_forth_and_outlives_a_reload(desk: Desk) -> None:
    desk.select(CARD)
    for x in ("15", "25"):
        desk.write("X", x)
    desk.settled(4)
    desk.page.get_by_role("tab", name="History").click()
    lines = desk.properties.get_by_role("list", name="History").get_by_role("button")
    expect(lines).to_contain_text([f"Move {CARD}", f"Move {CARD}", "Rename", "Opened"])
    expect(lines.nth(0)).to_have_attribute("aria-current", "step")
    desk.properties.get_by_role("button", name="Undo").click()
    expect(lines.nth(1)).to_have_attribute("aria-current", "step")
    desk.page.reload()
    desk.page.get_by_role("tab", name="History").click()
    expect(lines.nth(1)).to_have_attribute("aria-current", "step")
    desk.properties.get_by_role("button", name="Redo").click()
    expect(lines.nth(0)).to_have_attribute("aria-current", "step")
    assert desk.layer(CARD)["bbox"][0] == 25
    lines.nth(2).click()
    expect(lines.nth(2)).to_have_attribute("aria-current", "step")
    expect(desk.page.get_by_text("Exact", exact=True)).to_be_visible()
    np.testing.assert_array_equal(desk.rendered()[:, :, :3], np.array(Image.open(io.BytesIO(poster_png()))))


@pytest.mark.parametrize(
    ("format_", "extension"), [("PNG", "png"), ("WebP", "webp"), ("JPEG", "jpg"), ("AVIF", "avif")]
)
def test_the_picture_is_downloaded_as_it_is_asked_for(desk: Desk, format_: str, extension: str) -> None:
    desk.page.get_by_role("button", name="Export").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("Format").select_option(label=format_)
    width = dialog.get_by_role("spinbutton", name="Width")
    width.fill("240")
    width.press("Enter")
    dialog.get_by_label("Background").select_option("black")
    with desk.page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"Open air.{extension}"
    with Image.open(download.value.path()) as picture:
        assert (picture.format, picture.size) == (format_.upper(), (240, 180))


def test_all_layers_are_downloaded_as_a_file_that_says_what_it_lost(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Export").click()
    desk.page.get_by_role("tab", name="All layers").click()
    dialog = desk.page.get_by_role("dialog")
    for title, suffix in (("PSD", "psd"), ("ZIP of PNGs", "zip"), ("Animated WebP", "webp")):
        dialog.get_by_label("Format").select_option(label=title)
        with desk.page.expect_download() as download:
            dialog.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == f"Open air.{suffix}"
        assert Path(download.value.path()).read_bytes() == desk.http.get(f"{desk.url}/export.{suffix}").content
        lost = dialog.get_by_text("What this file could not hold:")
        expect(lost).to_have_count(1 if suffix == "psd" else 0)  # words are pixels in a PSD; a ZIP holds all


def test_a_single_layer_is_downloaded_trimmed_or_on_the_canvas(desk: Desk) -> None:
    desk.select(CARD)
    desk.page.keyboard.press("Control+s")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Selected layer").click()
    sizes = []
    for _ in range(2):
        with desk.page.expect_download() as download:
            dialog.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == f"{CARD}.png"
        with Image.open(download.value.path()) as picture:
            sizes.append(list(picture.size))
        dialog.get_by_label("Trimmed").uncheck()
    assert sizes == [desk.layer(CARD)["bbox"][2:], [480, 360]]


def test_the_edits_are_copied_as_a_call_that_gives_the_picture(desk: Desk) -> None:
    desk.select(CARD)
    desk.write("X", "15")
    desk.settled(3)
    desk.page.get_by_role("button", name="Export").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Copy as code").click()
    text = dialog.get_by_role("textbox")
    expect(text).to_have_value(re.compile("move"))
    words = shlex.split(text.input_value().replace("\\\n", " "))
    address, body = words[3], words[words.index("-d") + 1]
    drawn = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, trust_env=False)
    assert drawn.status_code == 200
    assert drawn.content == desk.http.get(f"{desk.url}/render.png").content
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_label("As", exact=True).select_option("json")
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(desk.page.get_by_text("Copied.")).to_be_visible()
    copied = json.loads(desk.page.evaluate("navigator.clipboard.readText()"))
    assert copied == json.loads(body)["operations"]
