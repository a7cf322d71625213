"""The studio as a whole: by keyboard alone, on a telephone, over a restart of the service, and over many edits."""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, CDPSession, FloatRect, Locator, Page, expect

from tests.browser import WatchedPage, watched_page
from tests.service_of_its_own import ServiceOfItsOwn
from tests.studio_document import CARD, Desk

log = logging.getLogger(__name__)

PATIENCE_MS = 120_000
FINGER = 44
"""What a finger hits, in CSS pixels."""
MOST_BEFORE_PAINT, MOST_REQUESTS = 110_000, 30
"""Of scripts and styles; how many thumbnails are there by then is the gallery's and the machine's."""
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint === undefined) return;
  const own = performance.getEntriesByType("resource").filter((one) => /\\.(js|css)$/.test(one.name));
  const before = own.filter((one) => one.responseEnd <= paint.startTime);
  const bytes = before.reduce((sum, one) => sum + one.encodedBodySize, 0);
  done({ ms: Math.round(paint.startTime), requests: before.length, bytes });
}).observe({ type: "paint", buffered: true }))"""
NOT_FOR_FINGERS = """(least) => [...document.querySelectorAll("button, a, select, input, [role=tab]")].filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return width > 1 && Math.max(width, height) < least;
}).map((one) => one.outerHTML)"""


def _tab_to(page: Page, wanted: Locator) -> None:
    """With the keyboard's next stops only."""
    handle = wanted.element_handle()
    for _ in range(120):
        if page.evaluate("(one) => document.activeElement === one", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {wanted}")


def _box(one: Locator) -> FloatRect:
    found = one.bounding_box()
    assert found is not None
    return found


def _document(page: Page) -> dict[str, Any]:
    service, _, id_ = page.url.partition("/#")
    found: dict[str, Any] = httpx.get(f"{service}/v1/documents/{id_}", trust_env=False).json()
    return found


def _revised(page: Page, n: int) -> dict[str, Any]:
    """When the page has drawn revision ``n``."""
    expect(page.get_by_text("Saving…")).to_be_hidden()
    expect(page.get_by_text("Exact", exact=True)).to_be_visible()
    document = _document(page)
    assert document["revision"] == n
    return document


def test_all_of_it_is_done_without_a_pointer(page: WatchedPage, service: str) -> None:
    shown = page.page
    shown.goto(service)
    _tab_to(shown, shown.get_by_role("button", name="Event poster"))
    shown.keyboard.press("Enter")
    expect(shown.get_by_text("Exact", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    assert shown.evaluate("() => document.querySelector('main').contains(document.activeElement)")

    expect(shown.get_by_role("treeitem").first).to_be_visible()
    _tab_to(shown, shown.get_by_role("treeitem").first)
    row = shown.get_by_role("treeitem", name="red shape")
    for _ in range(20):
        if row.get_attribute("aria-selected") == "true":
            break
        shown.keyboard.press("ArrowDown")
    expect(row).to_have_attribute("aria-selected", "true")
    before = _document(shown)
    (shape,) = [layer for layer in before["layers"] if layer["name"] == "red shape"]

    shown.keyboard.press("Shift+F6")
    expect(shown.locator(".canvas")).to_be_focused()
    with shown.expect_response("**/operations"):
        for _ in range(3):  # held, it repeats
            shown.keyboard.down("ArrowRight")
        shown.keyboard.up("ArrowRight")
    moved = _revised(shown, before["revision"] + 1)["layers"][shape["index"]]
    assert moved["matrix"][4] == shape["matrix"][4] + 3
    expect(shown.get_by_role("status", name="Messages")).to_contain_text("Moved red shape")

    shown.keyboard.press("F6")
    expect(row).to_be_focused()
    shown.keyboard.press("F6")
    _tab_to(shown, shown.get_by_label("Colour (hex)").first)
    with shown.expect_response("**/operations"):
        shown.keyboard.press("Control+a")
        shown.keyboard.type("#7b3fe4")
        shown.keyboard.press("Enter")
    coloured = _revised(shown, before["revision"] + 2)["layers"][shape["index"]]
    assert [step["color"] for step in coloured["colors"]] == ["#7b3fe4"]

    undo = shown.get_by_role("button", name="Undo")
    expect(undo.first).to_have_attribute("title", "Undo (Recoloured red shape · Ctrl+Z)")
    _tab_to(shown, undo.first)  # past the end of the page, and on from its beginning
    with shown.expect_response("**/undo"):
        shown.keyboard.press("Enter")
    undone = _revised(shown, before["revision"] + 3)["layers"][shape["index"]]
    assert (undone["colors"], undone["matrix"]) == ([], moved["matrix"])

    _tab_to(shown, shown.get_by_role("button", name="Export"))
    shown.keyboard.press("Enter")
    _tab_to(shown, shown.get_by_role("dialog").get_by_role("button", name="Download"))
    with shown.expect_download() as download:
        shown.keyboard.press("Enter")
    rendered = httpx.get(service + undone_url(shown), trust_env=False).content
    assert download.value.suggested_filename == "Event poster.png"
    assert download.value.path().read_bytes() == rendered


def undone_url(page: Page) -> str:
    document = _document(page)
    return f"{document['urls']['render']}?revision={document['revision']}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with watched_page(browser, 360, 640, phone=True) as watched:
        yield watched.page
    assert watched.complaints == []


def test_a_telephone_shows_and_toggles_with_fingers(
    phone: Page, http: httpx.Client, lettered_decomposition: str
) -> None:
    made = http.post("/v1/documents", json={"decomposition_id": lettered_decomposition, "name": "Open air"}).json()
    phone.goto(f"{http.base_url}/#{made['id']}")
    expect(phone.get_by_text("Exact", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_role("treeitem").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.evaluate(NOT_FOR_FINGERS, FINGER) == []
    assert _box(phone.locator(".toolbar"))["height"] < 2 * FINGER
    assert _box(phone.locator(".canvas"))["height"] > 200

    phone.get_by_role("button", name="Hide Friday evening").tap()
    expect(phone.get_by_role("button", name="Show Friday evening")).to_be_visible()
    phone.get_by_role("tab", name="History").tap()
    expect(phone.locator(".history-list li").first).to_contain_text("Hide Friday evening")
    phone.get_by_role("tab", name="Properties").tap()
    expect(phone.get_by_text("Select a layer to change it.")).to_be_visible()
    phone.get_by_role("banner").get_by_role("button", name="Undo").tap()
    phone.get_by_role("tab", name="Layers").tap()
    expect(phone.get_by_role("button", name="Hide Friday evening")).to_be_visible()

    phone.set_viewport_size({"width": 640, "height": 360})
    expect(phone.get_by_role("tab", name="Layers")).to_be_visible()
    canvas, tabs = _box(phone.locator(".canvas")), _box(phone.get_by_role("tablist"))
    assert canvas["x"] + canvas["width"] <= tabs["x"]  # beside each other where there is no height


def test_a_service_that_was_stopped_and_started_again_has_lost_nothing(
    page: WatchedPage, own_service: ServiceOfItsOwn
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (90, 60), (20, 90, 140)).save(out, "PNG")
    with httpx.Client(base_url=own_service.url, trust_env=False, timeout=60) as http:
        asked = {"files": {"image": out.getvalue()}, "data": {"model": "noop"}}
        job = http.post("/v1/decompositions", headers={"Prefer": "wait=30"}, **asked).json()  # type: ignore[arg-type]
        made = http.post("/v1/documents", json={"decomposition_id": job["result"]["decomposition_id"]}).json()
    shown = page.page
    shown.goto(f"{own_service.url}/#{made['id']}")
    expect(shown.get_by_text("Exact", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    row = shown.get_by_role("treeitem")
    hide, show = row.get_by_role("button", name="Hide"), row.get_by_role("button", name="Show")
    hide.click()
    expect(show).to_be_visible()
    _revised(shown, 2)

    own_service.stop()

    show.click()
    expect(shown.get_by_text("The server does not answer")).to_be_visible()
    expect(show).to_be_visible()  # what was not kept is not shown
    shown.get_by_role("status", name="Messages").hover()  # while it is read it stays
    own_service.start()
    shown.get_by_role("button", name="Try again").click()
    expect(hide).to_be_visible()
    _revised(shown, 3)
    hide.click()
    expect(show).to_be_visible()
    _revised(shown, 4)
    shown.keyboard.press("Control+z")
    expect(hide).to_be_visible()
    _revised(shown, 5)
    assert all("ERR_CONNECTION" in complaint for complaint in page.complaints), page.complaints
    page.complaints.clear()  # the browser's own lines for requests that nobody took


@pytest.mark.parametrize("view", ["start", "editor"])
def test_little_is_loaded_before_something_is_seen(
    view: str, page: WatchedPage, http: httpx.Client, lettered_decomposition: str
) -> None:
    made = http.post("/v1/documents", json={"decomposition_id": lettered_decomposition}).json()
    page.page.goto(f"{http.base_url}/" + (f"#{made['id']}" if view == "editor" else ""))
    expect(page.page.get_by_role("main")).to_be_visible()
    painted = page.page.evaluate(PAINTED)
    log.info("first paint of the %s: %s", view, painted)
    assert painted["requests"] <= MOST_REQUESTS
    assert painted["bytes"] <= MOST_BEFORE_PAINT


@dataclass(frozen=True)
class Load:
    """What a page holds after its garbage was collected."""

    heap: int
    nodes: int
    listeners: int


def _load(devtools: CDPSession) -> Load:
    for _ in range(3):  # what finalizers let go of is collected the next time
        devtools.send("HeapProfiler.collectGarbage")
    found = {one["name"]: int(one["value"]) for one in devtools.send("Performance.getMetrics")["metrics"]}
    return Load(found["JSHeapUsedSize"], found["Nodes"], found["JSEventListeners"])


def test_two_hundred_edits_leave_nothing_behind(desk: Desk) -> None:
    """The first fifty fill the caches; from then on nothing more is kept."""
    page = desk.page
    desk.select(CARD)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    loads: dict[int, Load] = {}
    for n in range(1, 201):
        with page.expect_response(lambda answer: answer.url.endswith("/operations")):
            page.keyboard.press("Control+Shift+h")
        expect(page.get_by_role("button", name=f"{'Show' if n % 2 else 'Hide'} {CARD}")).to_be_visible()
        if n % 50 == 0:
            expect(page.get_by_text("Exact", exact=True)).to_be_visible()
            loads[n] = _load(devtools)
    log.info("after so many edits: %s", loads)
    first, last = loads[100].heap - loads[50].heap, loads[200].heap - loads[150].heap
    assert last < max(first, 0) + 150_000, loads
    assert loads[200].heap < 1.1 * loads[100].heap, loads
    assert loads[200].nodes <= loads[100].nodes + 50, loads
    assert loads[200].listeners <= loads[100].listeners + 20, loads
