"""What axe-core says of every view of the studio: nothing serious, in light and dark, in English and Chinese, on a
desktop and on a telephone."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import watched_page
from tests.worker_process import Puppets

HEARD = {"serious", "critical"}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what is in order is not described, which takes as long as finding it
}
STILL = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => 0)))"""


@dataclass(frozen=True)
class Look:
    """How the page is looked at."""

    name: str
    width: int
    height: int
    dark: bool
    locale: str
    phone: bool = False


LOOKS = (
    Look("light", 1280, 800, dark=False, locale="en"),
    Look("dark-zh", 1280, 800, dark=True, locale="zh-CN"),
    Look("phone", 390, 780, dark=False, locale="zh-CN", phone=True),
    Look("phone-dark", 360, 640, dark=True, locale="en", phone=True),
)


@pytest.fixture(params=LOOKS, ids=lambda look: look.name)
def looked(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, Look]]:
    look: Look = request.param
    with watched_page(
        browser, look.width, look.height, dark=look.dark, locale=look.locale, phone=look.phone
    ) as watched:
        yield watched.page, look
    assert watched.complaints == []


def complaints(page: Page, view: str) -> list[str]:
    """Of axe, those that count, a line for each place."""
    page.evaluate(STILL)
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{view}: {one['id']} ({one['impact']}): {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for one in found
        if one["impact"] in HEARD
        for node in one["nodes"]
    ]


def opened(page: Page, http: httpx.Client, decomposition: str) -> None:
    made = http.post("/v1/documents", json={"decomposition_id": decomposition, "name": "Poster"}).json()
    page.goto(f"{http.base_url}/#{made['id']}")
    expect(page.locator(".badge.exact")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("treeitem").first).to_be_visible()


def test_the_start_and_its_menu_and_settings(
    looked: tuple[Page, Look], service: str, lettered_decomposition: str
) -> None:
    page, _ = looked
    page.goto(service)
    expect(page.locator(".card").first).to_be_visible()
    assert lettered_decomposition
    heard = complaints(page, "start")
    page.locator(".intake summary").click()
    heard += complaints(page, "settings")
    page.locator("header [aria-haspopup=menu]").click()
    heard += complaints(page, "menu")
    page.keyboard.press("Escape")
    page.locator(".card").first.hover()
    page.locator(".card-remove").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    heard += complaints(page, "delete")
    assert not heard, "\n".join(heard)


def test_a_picture_being_taken_apart(looked: tuple[Page, Look], http: httpx.Client, strings: Puppets) -> None:
    page, look = looked
    out = io.BytesIO()
    Image.new("RGB", (64, 40 + LOOKS.index(look)), (170, 90, 90)).save(out, "PNG")  # one that no other look has
    job = http.post("/v1/decompositions", files={"image": out.getvalue()}, data={"model": "puppet"}).json()
    puppet = strings.next()
    page.goto(f"{http.base_url}/#{job['id']}")
    expect(page.get_by_role("progressbar")).to_be_visible()
    heard = complaints(page, "progress")
    puppet.tell("finish")
    expect(page.locator(".badge.exact")).to_be_visible(timeout=60_000)
    assert not heard, "\n".join(heard)


def test_the_editor_with_nothing_selected_with_a_layer_and_with_a_text(
    looked: tuple[Page, Look], http: httpx.Client, lettered_decomposition: str
) -> None:
    page, look = looked
    opened(page, http, lettered_decomposition)
    heard = complaints(page, "editor")
    for at, view in enumerate(("a text", "a shape")):
        if look.phone:
            page.locator("#tab-layers").click()
        page.get_by_role("treeitem").nth(2 * at).click()
        if look.phone:
            heard += complaints(page, f"layers with {view}")
            page.locator("#tab-properties").click()
        folded = page.locator(".properties details:not([open]) > summary")
        for _ in range(folded.count()):
            folded.first.click()
        heard += complaints(page, view)
    page.locator("#tab-history").click()
    expect(page.locator(".history-list li").first).to_be_visible()
    heard += complaints(page, "history")
    assert not heard, "\n".join(heard)


def test_a_template_and_what_makes_one(
    looked: tuple[Page, Look], http: httpx.Client, lettered_decomposition: str
) -> None:
    page, look = looked
    opened(page, http, lettered_decomposition)
    page.locator(".toolbar > [aria-haspopup=menu]").first.click()
    page.get_by_role("menuitem").first.click()
    expect(page.locator(".template-rows > div").first).to_be_visible()
    heard = complaints(page, "save as template")
    id_, name = page.url.partition("#")[2], f"look-{look.name}"
    kinds = ("text", "image", "color", "visible", "opacity", "blend", "position")
    variables = {kind: {"layer": 1, "property": kind} for kind in kinds}
    body = {"name": name, "document_id": id_, "description": "A look", "variables": variables}
    http.post("/v1/templates", json=body).raise_for_status()
    page.goto(f"{http.base_url}/#template/{name}")
    expect(page.locator(".template-shown img")).to_be_visible()
    page.locator(".template-form textarea").fill("SALE")
    expect(page.locator(".template-shown")).to_have_attribute("aria-busy", "false")
    heard += complaints(page, "template")
    http.delete(f"/v1/templates/{name}").raise_for_status()
    assert not heard, "\n".join(heard)


def test_every_menu_and_dialog_of_the_editor(
    looked: tuple[Page, Look], http: httpx.Client, lettered_decomposition: str
) -> None:
    page, _ = looked
    opened(page, http, lettered_decomposition)
    page.get_by_role("treeitem").first.click()
    heard: list[str] = []
    for name in (".toolbar > [aria-haspopup=menu]", ".zoom [aria-haspopup=menu]", ".layers [aria-haspopup=menu]"):
        page.locator(name).first.click()
        expect(page.locator("[role=menu]")).to_be_visible()
        heard += complaints(page, f"menu {name}")
        page.keyboard.press("Escape")
    page.locator(".view-controls [aria-pressed]:has(+ .toolbar-group)").last.click()
    expect(page.get_by_role("slider").first).to_be_visible()
    heard += complaints(page, "compare")
    page.keyboard.press("Escape")
    for key in ("Control+s", "?"):
        page.keyboard.press(key)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        heard += complaints(page, f"dialog {key}")
        for tab in dialog.get_by_role("tab").all()[1:]:
            tab.click()
            heard += complaints(page, f"dialog {key}")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    assert not heard, "\n".join(heard)
