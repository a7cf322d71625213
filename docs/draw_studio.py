"""Draws ``docs/studio/``: the studio from the first page to an edit, in light and dark, in Chinese, on a telephone.

    make docs-studio

A service of its own is started, the samples are taken apart and edited in a real Chromium, and what is seen is
kept as small WebP files. Needs Chromium and the development tools.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.cli.service import running
from tests.browser import started_browser

OUT = Path(__file__).with_name("studio")
DESK, PHONE = (1280, 800), (390, 780)
LARGEST_BYTES = 60_000
PATIENCE_MS = 120_000
DRAWN = """async () => {
  for (let frame = 0; frame < 30; frame++) await new Promise(requestAnimationFrame);
}"""
"""Pictures are decoded beside the page's own work; half a second of frames is enough for those of a poster."""
HALF_WAY = re.compile(r"^[3-9]\d$")
EDITS: tuple[list[dict[str, Any]], ...] = (
    [{"op": "recolor", "layer": "red shape", "mode": "hue", "color": "#7b3fe4"}],
    [{"op": "rotate", "layer": "Citrus Market", "by": -4}],
    [{"op": "move", "layer": ["red shape", "ENTRY", "$4"], "by": {"x": -24, "y": -36}}],
)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="lamina") as name, started_browser() as browser:
        folder = Path(name)
        with running(folder / "data", folder / "logs", {}) as url:
            for sample in ("Chart slide", "Product card"):
                _taken_apart(browser, url, sample)
            document = _taken_apart(browser, url, "Event poster", watched=True)
            _edit(document)
            _keep("start", browser, url, _start)
            _keep("editing", browser, document, lambda page: _select(page, "Forty orchards, one long table"))
            _keep("dark", browser, document, _compare, color_scheme="dark")
            _keep("chinese", browser, document, _history, locale="zh-CN")
            _keep("phone", browser, document, _settled, PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


def _taken_apart(browser: Browser, url: str, sample: str, watched: bool = False) -> str:
    """The address of its document; ``watched``, the picture of the progress is kept on the way."""
    with _page(browser, DESK) as page:
        page.goto(url)
        page.get_by_role("button", name=sample).click()
        if watched:
            bar = page.get_by_role("progressbar")
            expect(bar).to_have_attribute("aria-valuenow", HALF_WAY, timeout=PATIENCE_MS)
            _shoot("progress", page)
        _settled(page)
        return page.url


def _edit(document: str) -> None:
    service, _, id_ = document.partition("/#")
    with httpx.Client(base_url=service, trust_env=False) as http:
        for operations in EDITS:
            answer = http.post(f"/v1/documents/{id_}/operations", json={"operations": operations})
            answer.raise_for_status()


def _settled(page: Page) -> None:
    expect(page.locator(".badge.exact")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")


def _start(page: Page) -> None:
    expect(page.locator(".card")).to_have_count(6, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")


def _select(page: Page, layer: str) -> None:
    _settled(page)
    page.get_by_role("treeitem", name=layer).click()
    page.wait_for_load_state("networkidle")
    page.evaluate(DRAWN)


def _compare(page: Page) -> None:
    _settled(page)
    with page.expect_response("**/source.*") as original:
        page.get_by_role("button", name="Compare with the original").click()
    original.value.finished()
    page.evaluate(DRAWN)


def _history(page: Page) -> None:
    _settled(page)
    page.get_by_role("treeitem", name="red shape").click()
    page.get_by_role("tab", name="历史记录").click()
    expect(page.locator(".history-list li")).to_have_count(1 + len(EDITS))


def _keep(
    name: str, browser: Browser, url: str, do: Callable[[Page], None], size: tuple[int, int] = DESK, **options: Any
) -> None:
    with _page(browser, size, **options) as page:
        page.goto(url)
        do(page)
        _shoot(name, page)


@contextmanager
def _page(browser: Browser, size: tuple[int, int], **options: Any) -> Iterator[Page]:
    shown = {"locale": "en", "color_scheme": "light", "reduced_motion": "reduce"} | options
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **shown)
    try:
        yield context.new_page()
    finally:
        context.close()


def _shoot(name: str, page: Page) -> None:
    """As large a quality as fits."""
    with Image.open(io.BytesIO(page.screenshot())) as opened:
        picture = opened.convert("RGB")
    path = OUT / f"{name}.webp"
    for quality in (90, 80, 70, 60, 50):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= LARGEST_BYTES:
            break
    print(f"{path.name}: {picture.width} x {picture.height} pixels, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
