"""A document becomes a template in the studio, and the template a picture with other values."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import WatchedPage
from tests.studio_document import CARD, WORDS, Desk


@pytest.fixture
def watched(page: WatchedPage) -> WatchedPage:
    return page


def refused(watched: WatchedPage, *statuses: int) -> None:
    """The browser complains of these answers, which were meant, and of nothing else."""
    found = [int(re.search(r"status of (\d+)", one)[1]) for one in watched.complaints]  # type: ignore[index]
    assert found == list(statuses)
    watched.complaints.clear()


def test_a_document_becomes_a_template_that_is_filled_and_downloaded(desk: Desk, watched: WatchedPage) -> None:
    page = desk.page
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="Save as template").click()
    dialog = page.get_by_role("dialog", name="Save as template")
    expect(dialog.get_by_label("Name")).to_have_value("open-air")
    expect(dialog.get_by_role("button", name="Save template")).to_be_disabled()
    dialog.get_by_label("Name").fill("open air")
    dialog.get_by_role("group", name=WORDS).get_by_label("Words").check()
    dialog.get_by_role("group", name=CARD).get_by_label("Colour").check()
    dialog.get_by_role("group", name=CARD).get_by_label("Shown").check()
    dialog.get_by_role("button", name="Save template").click()
    expect(dialog.get_by_role("alert")).to_contain_text("'open-air' would be one")
    dialog.get_by_label("Name").fill("open-air")
    dialog.get_by_role("button", name="Save template").click()
    expect(page).to_have_url(re.compile("#template/open-air$"))
    template = desk.http.get("/v1/templates/open-air").json()
    assert list(template["variables"]) == ["open-air", "red-panel.color", "red-panel.visible"]

    picture = page.get_by_role("img", name="open-air with these values")
    expect(picture).to_be_visible()
    words = page.get_by_role("textbox", name="open-air", exact=True)
    expect(words).to_have_value(WORDS)
    words.fill("WINTER")
    colour = page.get_by_role("textbox", name="red-panel.color (hex)")
    colour.fill("#00ff00")
    colour.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "open-air.png"
    wanted = desk.http.post(
        "/v1/templates/open-air/render", json={"values": {"open-air": "WINTER", "red-panel.color": "#00ff00"}}
    )
    with Image.open(download.value.path()) as got, Image.open(io.BytesIO(wanted.content)) as expected:
        np.testing.assert_array_equal(np.array(got), np.array(expected))
    expect(page.locator(".template-shown")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="red-panel.color: as it is in the template").click()
    expect(colour).to_have_value("")
    words.fill("A \U000f1234")  # no font has that letter
    expect(page.locator(".template-field").get_by_role("alert")).to_contain_text("U+F1234")
    words.fill("WINTER")
    expect(page.locator(".template-field").get_by_role("alert")).to_have_count(0)

    page.get_by_role("link", name="Start page").click()
    card = page.get_by_role("region", name="Templates").get_by_role("listitem").filter(has_text="open-air")
    expect(card).to_contain_text("3 variables")
    card.hover()
    card.get_by_role("button", name="Delete open-air").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    assert desk.http.get("/v1/templates/open-air").status_code == 404
    refused(watched, 422, 422)


def test_a_name_that_is_taken_gets_its_next_version(desk: Desk, watched: WatchedPage) -> None:
    page, id_ = desk.page, desk.url.rpartition("/")[2]
    body = {"name": "taken", "document_id": id_, "description": "first"}
    desk.http.post("/v1/templates", json=body).raise_for_status()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="Save as template").click()
    dialog = page.get_by_role("dialog", name="Save as template")
    dialog.get_by_label("Name").fill("taken")
    dialog.get_by_role("group", name=CARD).get_by_label("Shown").check()
    dialog.get_by_role("button", name="Save template").click()
    dialog.get_by_role("button", name="Save as its next version").click()
    expect(page.get_by_text("Version 2")).to_be_visible()
    shown = page.get_by_role("checkbox", name="red-panel.visible")
    shown.uncheck()
    expect(page.locator(".template-shown")).to_have_attribute("aria-busy", "false")
    assert desk.http.get("/v1/templates/taken?version=1").json()["description"] == "first"
    desk.http.delete("/v1/templates/taken").raise_for_status()
    refused(watched, 412)
