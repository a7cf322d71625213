"""What the studio shows after each edit is what the server makes of it; and many edits leave nothing behind."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page

from lamina.client import Client
from tests.browser import WatchedPage
from tests.lettered_poster import poster_png
from tests.studio_canvas import StudioCanvas

log = logging.getLogger(__name__)

ON_PANEL, FREE = (100, 150), "Control"
EDITS = 80
"""Of which none may leave a bitmap or a listener; two hundred, and their heap, are in ``test_studio_quality.py``."""

_COUNT_BITMAPS = """() => {
  let alive = 0;
  const [make, close] = [createImageBitmap, ImageBitmap.prototype.close];
  window.createImageBitmap = async (...given) => { const made = await make(...given); alive++; return made; };
  ImageBitmap.prototype.close = function () { if (this.width > 0) alive--; close.call(this); };
  window.bitmapsAlive = () => alive;
}"""


@pytest.fixture
def canvas(page: WatchedPage, service: str, client: Client) -> StudioCanvas:
    """A poster's document of its own, open in the studio at 100 %."""
    page.page.add_init_script(f"({_COUNT_BITMAPS})()")
    made_of = {"decomposition_id": client.decompose(poster_png(), model="classic").id}
    document = httpx.post(f"{service}/v1/documents", json=made_of, trust_env=False).json()
    page.page.goto(f"{service}/#{document['id']}")
    canvas = StudioCanvas(page.page, service)
    canvas.settled()
    return canvas


def _scale(canvas: StudioCanvas) -> None:
    x, y, width, height = canvas.box(1)
    canvas.press((x + width, y + height), (x + width - 37, y + height + 12), FREE)


def _turn(canvas: StudioCanvas) -> None:
    x, y, width, _ = canvas.box(1)
    canvas.press((x + width / 2, y - 24), (x + width / 2 + 30, y - 20), FREE)


def _key(key: str) -> Callable[[StudioCanvas], None]:
    return lambda canvas: canvas.page.keyboard.press(key)


SERIES: list[tuple[str, Callable[[StudioCanvas], None], int]] = [
    ("drag", lambda canvas: canvas.press(ON_PANEL, (107, 133), FREE), 2),
    ("scale", _scale, 2),
    ("turn", _turn, 64),
    ("fade", _key("6"), 64),
    ("nudge", _key("Shift+ArrowDown"), 64),
    ("undo", _key("Control+z"), 64),
    ("hide", lambda canvas: canvas.page.get_by_role("button", name="Hide OPEN AIR").click(), 64),
]
"""What is done, how, and how many steps of 255 the preview may be away before the exact picture is there. What
is turned is filtered otherwise by a browser, which shows along its edges."""


def test_after_each_edit_the_canvas_shows_what_the_server_makes(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    for name, edit, _ in SERIES:
        edit(canvas)
        _let_go(canvas.page)
        canvas.settled()
        far = np.abs(canvas.seen().astype(int) - canvas.rendered()).max()
        assert far <= 1, name


def test_until_then_the_preview_is_near(canvas: StudioCanvas) -> None:
    canvas.click(*ON_PANEL)
    canvas.page.route("**/render.png*", lambda _: None)  # it never comes
    for name, edit, most in SERIES:
        before = canvas.document["revision"]
        edit(canvas)
        _let_go(canvas.page)
        canvas.kept()
        assert canvas.document["revision"] == before + 1
        rendered = canvas.rendered()
        canvas.wait_for(rendered, most)
        far = np.abs(canvas.seen().astype(int) - rendered).max(axis=2)
        log.warning("%s: at most %d, %.2f %% of the pixels further than 2", name, far.max(), 100 * (far > 2).mean())
        assert (far > 2).mean() < 0.02, name


def test_many_edits_leave_nothing_behind(canvas: StudioCanvas) -> None:
    session = canvas.page.context.new_cdp_session(canvas.page)
    session.send("Performance.enable")
    canvas.click(*ON_PANEL)
    _edit(canvas, 20)  # what is made once is there then
    before = _held(session, canvas.page)
    _edit(canvas, EDITS)
    after = _held(session, canvas.page)
    log.warning("before %s, after %d edits %s", before, EDITS, after)
    assert after["bitmaps"] <= before["bitmaps"]
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 10
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 2_000_000


def _let_go(page: Page) -> None:
    page.mouse.up()
    page.keyboard.up(FREE)


def _edit(canvas: StudioCanvas, count: int) -> None:
    """There and back, by keys and by dragging; undone every now and then."""
    for at in range(count // 4):
        canvas.page.keyboard.press("ArrowRight")
        canvas.page.keyboard.press("ArrowLeft")
        canvas.page.keyboard.press(str(at % 9 + 1))
        canvas.page.keyboard.press("Control+z")
        if at % 10 == 0:
            canvas.drag(ON_PANEL, (120, 150), FREE)
            canvas.drag((120, 150), ON_PANEL, FREE)
    canvas.settled()


def _held(session: Any, page: Page) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    bitmaps = page.evaluate("bitmapsAlive()")
    return {"bitmaps": bitmaps, **{name: metrics[name] for name in ("JSEventListeners", "JSHeapUsedSize")}}
