"""The first page of the studio: every way that a picture comes in, what is said of others, and what was made before."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import WatchedPage, watched_page
from tests.export_stacks import blended
from tests.imports_read import written
from tests.service_of_its_own import ServiceOfItsOwn

PATIENCE_MS = 60_000

TRANSFER = """([name, type, content, text]) => {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  if (name) transfer.items.add(new File([bytes], name, { type }));
  if (text) transfer.setData(text.startsWith("http") ? "text/uri-list" : "text/plain", text);
  return transfer;
}"""
DROP = """([transfer, kinds]) => kinds.forEach((kind) => document.querySelector("h1").dispatchEvent(
  new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer })))"""
PASTE = """(transfer) => document.body.dispatchEvent(
  new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer }))"""


def png(width: int, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (width % 256, 120, 80)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def home(page: WatchedPage, own_service: ServiceOfItsOwn) -> Page:
    page.page.goto(own_service.url)
    expect(page.page.get_by_role("heading", level=1)).to_be_visible()
    return page.page


def browse(home: Page, name: str, type_: str, content: bytes) -> None:
    home.set_input_files("input[type=file]", {"name": name, "mimeType": type_, "buffer": content})


def drop(home: Page, name: str, type_: str, content: bytes) -> None:
    transfer = home.evaluate_handle(TRANSFER, [name, type_, base64.b64encode(content).decode(), ""])
    home.evaluate(DROP, [transfer, ["dragenter", "dragover"]])
    expect(home.get_by_text("Let go to take it apart")).to_be_visible()
    home.evaluate(DROP, [transfer, ["drop"]])
    expect(home.get_by_text("Let go to take it apart")).to_have_count(0)


def paste(home: Page, name: str, type_: str, content: bytes) -> None:
    home.evaluate(PASTE, home.evaluate_handle(TRANSFER, [name, type_, base64.b64encode(content).decode(), ""]))


def paste_words(home: Page, text: str) -> None:
    home.evaluate(PASTE, home.evaluate_handle(TRANSFER, ["", "", "", text]))


def opened(page: Page, service: ServiceOfItsOwn) -> dict[str, object]:
    """The document that the editor shows, once it does."""
    expect(page.get_by_role("region", name="Layers")).to_be_visible(timeout=PATIENCE_MS)
    return service.get(f"/v1/documents/{page.url.partition('#')[2]}")


@pytest.mark.parametrize(("way", "width"), [(browse, 101), (drop, 102), (paste, 103)])
def test_a_picture_comes_in(
    home: Page, own_service: ServiceOfItsOwn, way: Callable[[Page, str, str, bytes], None], width: int
) -> None:
    way(home, "Summer sale.png", "image/png", png(width))
    document = opened(home, own_service)
    assert (document["width"], document["name"]) == (width, "Summer sale")
    home.go_back()
    expect(home.get_by_text("Choose a picture")).to_be_visible()


@pytest.mark.parametrize(("way", "name"), [(browse, "Plakat.psd"), (drop, "Plakat.ora")])
def test_a_file_with_layers_is_a_document_with_them(
    home: Page, own_service: ServiceOfItsOwn, way: Callable[[Page, str, str, bytes], None], name: str
) -> None:
    stack = blended()
    way(home, name, "", written(stack, name[-3:]))
    document = opened(home, own_service)
    assert document["name"] == "Plakat"
    names = [layer["name"] for layer in document["layers"]]  # type: ignore[attr-defined]
    assert names == [item.name for item in stack.outline.items]
    if name.endswith("psd"):
        expect(home.get_by_text("Photoshop computes soft-light by another formula")).to_be_visible()


def test_an_address_is_pasted_or_typed(home: Page, own_service: ServiceOfItsOwn) -> None:
    source = home.get_by_role("button", name="Chart slide").locator("img").get_attribute("src")
    paste_words(home, f"{own_service.url}{source}")
    assert opened(home, own_service)["width"] == 1120

    home.goto(own_service.url)
    field = home.get_by_label("Address of a picture")
    field.fill("poster")
    field.press("Enter")
    expect(home.get_by_text("This is not a web address.")).to_be_visible()
    field.fill("data:image/png;base64," + base64.b64encode(png(104)).decode())
    field.press("Enter")
    assert opened(home, own_service)["width"] == 104


def test_a_sample_needs_no_picture_and_no_pointer(home: Page, own_service: ServiceOfItsOwn) -> None:
    sample = home.get_by_role("button", name="Product card")
    sample.focus()
    home.keyboard.press("Enter")
    document = opened(home, own_service)
    assert (document["width"], document["height"], document["name"]) == (720, 900, "Product card")


def test_an_address_that_is_not_fetched_says_so(service: str, page: WatchedPage) -> None:
    page.page.goto(service)
    expect(page.page.get_by_role("heading", level=1)).to_be_visible()
    paste_words(page.page, "http://somebody:secret@shop.example/poster.png")
    expect(page.page.get_by_role("alert")).to_contain_text("Pictures are not fetched from that address.")
    assert all("422" in complaint for complaint in page.complaints)
    page.complaints.clear()  # the browser's own line


@pytest.mark.parametrize(
    ("name", "type_", "content", "words"),
    [
        ("notes.txt", "text/plain", b"not a picture", "notes.txt is of the type text/plain."),
        ("empty.png", "image/png", b"", "The file empty.png is empty."),
    ],
)
def test_a_file_that_cannot_be_one_is_told_of_at_once(
    home: Page, name: str, type_: str, content: bytes, words: str
) -> None:
    drop(home, name, type_, content)
    alert = home.get_by_role("alert").filter(has_text="This is not a picture we can read.")
    expect(alert).to_contain_text(words)
    alert.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)


def test_words_that_are_no_address_are_told_of_but_go_into_fields(home: Page) -> None:
    paste_words(home, "hello")
    expect(home.get_by_text("There was no picture and no address of one in it.")).to_be_visible()


def test_a_file_that_is_too_large_says_so(home: Page, page: WatchedPage) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1100, 1200, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    browse(home, "noise.png", "image/png", out.getvalue())
    expect(home.get_by_role("alert").filter(has_text="The picture is too large.")).to_be_visible(timeout=PATIENCE_MS)
    page.complaints.clear()  # the browser's own line: 413, or a line that was cut


def job_ids(service: ServiceOfItsOwn) -> list[str]:
    jobs = service.get("/v1/jobs")["jobs"]
    assert isinstance(jobs, list)
    return [job["id"] for job in jobs]


def test_sending_is_given_up_by_cancel_and_by_going_elsewhere(home: Page, own_service: ServiceOfItsOwn) -> None:
    before = job_ids(own_service)
    home.route("**/v1/decompositions", lambda route: None, times=2)  # the line hangs
    browse(home, "slow.png", "image/png", png(121))
    expect(home.get_by_role("progressbar", name="Sending the picture…")).to_be_visible()
    home.get_by_role("button", name="Cancel").click()
    expect(home.get_by_text("Choose a picture")).to_be_visible()

    browse(home, "slow.png", "image/png", png(121))
    expect(home.get_by_role("progressbar", name="Sending the picture…")).to_be_visible()
    home.get_by_role("link", name="Start page").click()
    expect(home.get_by_text("Choose a picture")).to_be_visible()
    expect(home.get_by_role("alert").filter(has_text="The server")).to_have_count(0)
    assert job_ids(own_service) == before


def test_settings_are_sent_and_kept(home: Page, own_service: ServiceOfItsOwn) -> None:
    home.get_by_text("Settings").click()
    home.get_by_label("Layers", exact=True).select_option("3")
    home.get_by_label("Keep leftovers in a layer of their own").uncheck()
    home.get_by_label("Working size").select_option("1024")
    home.get_by_label("Description").fill("a red bicycle")
    browse(home, "bicycle.png", "image/png", png(105))
    document = opened(home, own_service)
    sent = own_service.get(f"/v1/decompositions/{document['decomposition_id']}")["parameters"]
    assert isinstance(sent, dict)
    assert (sent["max_layers"], sent["enable_residual"], sent["resolution"]) == (3, False, 1024)
    assert sent["prompt"] == "a red bicycle"

    home.goto(own_service.url)
    home.get_by_text("Settings").click()
    expect(home.get_by_label("Layers", exact=True)).to_have_value("3")
    expect(home.get_by_label("Keep leftovers in a layer of their own")).not_to_be_checked()


def cards(home: Page, title: str) -> Locator:
    return home.get_by_role("region", name=title).get_by_role("listitem")


def test_what_was_made_before_is_opened_and_deleted(home: Page, own_service: ServiceOfItsOwn) -> None:
    browse(home, "Gallery piece.png", "image/png", png(106))
    document = opened(home, own_service)
    home.goto(own_service.url)
    cards(home, "Your documents").get_by_role("link", name=re.compile("Gallery piece")).click()
    assert opened(home, own_service)["id"] == document["id"]

    home.goto(own_service.url)
    cards(home, "Taken apart before").first.get_by_role("button").first.click()
    again = opened(home, own_service)
    assert again["id"] != document["id"]
    assert again["decomposition_id"] == document["decomposition_id"]


def test_layers_in_use_are_deleted_after_their_documents(
    home: Page, own_service: ServiceOfItsOwn, page: WatchedPage
) -> None:
    browse(home, "In use.png", "image/png", png(107))
    opened(home, own_service)
    home.goto(own_service.url)
    dialog = home.get_by_role("dialog")
    layers = cards(home, "Taken apart before").first
    layers.get_by_role("button", name="Delete 1 layer").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Documents or templates are made of it. Delete them first.")
    expect(dialog.get_by_role("alert")).to_contain_text("In use")
    assert all("409" in complaint for complaint in page.complaints)
    page.complaints.clear()  # the browser's own line
    dialog.get_by_role("button", name="Keep").click()

    home.get_by_role("button", name="Delete In use").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(home.get_by_role("button", name="Delete In use")).to_have_count(0)
    count = cards(home, "Taken apart before").count()
    layers.get_by_role("button", name="Delete 1 layer").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(cards(home, "Taken apart before")).to_have_count(count - 1)


def test_more_is_shown_when_asked_for(home: Page, own_service: ServiceOfItsOwn) -> None:
    for width in range(200, 226):
        own_service.post(png(width))
    home.reload()
    shown = cards(home, "Taken apart before")
    expect(shown).to_have_count(24)
    home.get_by_role("region", name="Taken apart before").get_by_role("button", name="Show more").click()
    expect(home.get_by_role("region", name="Taken apart before").get_by_role("button", name="Show more")).to_have_count(
        0
    )
    assert shown.count() > 26


def test_a_phone_has_all_of_it_in_its_width_in_chinese_too(browser: Browser, own_service: ServiceOfItsOwn) -> None:
    with watched_page(browser, width=360, height=740) as watched:
        watched.page.goto(own_service.url)
        watched.page.get_by_role("button", name="Menu").click()
        watched.page.get_by_role("menuitemradio", name="简体中文").click()
        expect(watched.page.get_by_role("heading", level=1)).to_have_text("把任意图片变成可编辑的图层")
        watched.page.get_by_text("设置").click()
        assert watched.page.evaluate("document.querySelector('.home').scrollWidth") <= 360
        assert watched.complaints == []
