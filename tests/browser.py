"""A real browser, and pages of it whose complaints are kept."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.may_be_missing import chromium

log = logging.getLogger(__name__)

SWITCHES = (
    "--disable-dev-shm-usage",  # containers often have 64 MB of it only
    "--disable-gpu",  # whose rounding is another on every machine
    "--force-color-profile=srgb",  # a canvas's colours are the screen's otherwise
)


@dataclass(frozen=True)
class WatchedPage:
    """
    Attributes:
        page: playwright's.
        complaints: what stood in red in the browser's console: errors logged and errors that nobody caught.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A Chromium without a window. While it runs, its thread cannot call ``asyncio.run``; so end it with the file."""
    path = chromium()
    with sync_playwright() as playwright:
        # Without a sandbox, as that needs rights which a container rarely has; it is shown nothing of strangers'.
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=[*SWITCHES])
        log.info("Chromium %s", browser.version)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched_page(
    browser: Browser,
    width: int = 1280,
    height: int = 800,
    *,
    dark: bool = False,
    locale: str = "en",
    phone: bool = False,
) -> Iterator[WatchedPage]:
    """An empty page with a profile of its own, of so many CSS pixels, a device pixel each; a telephone has fingers and
    no pointer."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1,
        color_scheme="dark" if dark else "light",
        locale=locale,
        is_mobile=phone,
        has_touch=phone,
    )
    try:
        watched = WatchedPage(context.new_page())
        watched.page.on("console", lambda message: _heard(watched, message))
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        yield watched
    finally:
        context.close()


def _heard(watched: WatchedPage, message: ConsoleMessage) -> None:
    if message.type == "error":
        watched.complaints.append(f"{message.text} ({message.location.get('url', '')})")
