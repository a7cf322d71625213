"""The watch that all tests in a browser rely on sees what goes wrong on a page."""

from playwright.sync_api import Browser

from tests.browser import watched_page


def test_errors_that_are_logged_and_errors_that_nobody_caught_are_complaints(browser: Browser) -> None:
    with watched_page(browser) as watched:
        with watched.page.expect_console_message():
            watched.page.evaluate("console.error('logged')")
        with watched.page.expect_event("pageerror"):
            watched.page.evaluate("() => void setTimeout(() => { throw new Error('uncaught') })")
        with watched.page.expect_event("pageerror"):
            watched.page.evaluate("() => void Promise.reject(new Error('rejected'))")
        assert [text.split()[0] for text in watched.complaints] == ["logged", "uncaught", "rejected"]


def test_a_picture_that_is_not_there_is_a_complaint_and_a_warning_is_none(browser: Browser) -> None:
    with watched_page(browser) as watched:
        with watched.page.expect_console_message():
            watched.page.evaluate("console.warn('careful')")
        watched.page.route("http://nowhere.invalid/*", lambda route: route.fulfill(status=404))
        with watched.page.expect_console_message():
            watched.page.set_content('<!doctype html><img src="http://nowhere.invalid/picture.png">')
        (complaint,) = watched.complaints
        assert "404" in complaint
        assert "http://nowhere.invalid/picture.png" in complaint
