"""A picture being taken apart, watched in the studio: how far it is, its end, and servers that go away meanwhile. The
model is a puppet, so each moment lasts until the test has seen it."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import WatchedPage
from tests.service_of_its_own import ServiceOfItsOwn
from tests.worker_process import Strings

PATIENCE_MS = 60_000
WITH_PUPPET = "localStorage.setItem('lamina.decompose', JSON.stringify({ model: 'puppet' }))"


def png(width: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 60), (40, width % 256, 90)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def home(page: WatchedPage, own_service: ServiceOfItsOwn) -> Page:
    page.page.add_init_script(WITH_PUPPET)
    page.page.goto(own_service.url)
    expect(page.page.get_by_label("Model")).to_have_value("puppet")
    return page.page


def begin(home: Page, width: int, name: str = "Poster.png") -> None:
    home.set_input_files("input[type=file]", {"name": name, "mimeType": "image/png", "buffer": png(width)})


def running(home: Page, own_service: ServiceOfItsOwn, width: int) -> Strings:
    """The puppet of a picture that was sent, when the page has seen that it is at work."""
    begin(home, width)
    strings = own_service.puppets.next()
    expect(state(home)).to_have_text("decompose", timeout=PATIENCE_MS)
    return strings


def state(home: Page) -> Locator:
    return home.locator(".progress").get_by_role("status")


def expect_opened(home: Page) -> None:
    expect(home.get_by_role("region", name="Layers")).to_be_visible(timeout=PATIENCE_MS)


def test_progress_survives_a_reload_and_ends_in_a_document(home: Page, own_service: ServiceOfItsOwn) -> None:
    strings = running(home, own_service, 301)
    bar = home.get_by_role("progressbar", name="Taking the picture apart")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    expect(bar).to_have_attribute("aria-valuetext", "decompose")
    expect(home.locator(".progress-picture img")).to_be_visible()
    assert "#job_" in home.url

    home.reload()
    expect(home.get_by_role("heading", name="Poster")).to_be_visible()
    expect(state(home)).to_have_text("decompose")
    job_url = home.url
    strings.tell("finish")
    expect_opened(home)
    document = own_service.get(f"/v1/documents/{home.url.partition('#')[2]}")
    assert (document["width"], document["name"]) == (301, "Poster")

    home.goto(job_url)  # whoever comes back to the job finds the same document
    expect_opened(home)
    assert home.url.endswith(f"#{document['id']}")
    home.go_back()
    home.go_back()
    expect(home.get_by_text("Choose a picture")).to_be_visible()


def test_what_is_known_already_opens_at_once(home: Page, own_service: ServiceOfItsOwn) -> None:
    running(home, own_service, 302).tell("finish")
    expect_opened(home)
    home.goto(own_service.url)
    begin(home, 302, "Again.png")  # no puppet is asked
    expect_opened(home)
    assert own_service.get(f"/v1/documents/{home.url.partition('#')[2]}")["name"] == "Again"


def test_a_choice_holds_while_the_service_has_not_said_what_it_offers(
    home: Page, page: WatchedPage, own_service: ServiceOfItsOwn
) -> None:
    home.route("**/readyz", lambda route: route.abort())
    home.reload()
    begin(home, 307)
    own_service.puppets.next().tell("finish")
    expect_opened(home)
    assert all("readyz" in complaint for complaint in page.complaints)
    page.complaints.clear()  # the browser's own line


def test_layers_come_in_one_after_the_other(home: Page, own_service: ServiceOfItsOwn) -> None:
    home.evaluate("""() => new MutationObserver(() => {
      const shown = document.querySelector(".reveal-go");
      if (shown) window.arrived = shown.getAttribute("aria-label");
    }).observe(document.body, { subtree: true, childList: true, attributes: true })""")
    running(home, own_service, 303).tell("finish")
    expect_opened(home)
    assert home.evaluate("window.arrived") == "One layer"


def test_who_wants_no_motion_is_shown_none(home: Page, own_service: ServiceOfItsOwn) -> None:
    home.emulate_media(reduced_motion="reduce")
    running(home, own_service, 304).tell("finish")
    expect_opened(home)


def test_work_is_canceled_and_begun_again(home: Page, own_service: ServiceOfItsOwn) -> None:
    running(home, own_service, 305).tell("step until canceled")
    home.get_by_role("button", name="Cancel").click()
    expect(home.get_by_role("heading", name="Canceled")).to_be_visible(timeout=PATIENCE_MS)
    home.get_by_role("button", name="Try again").click()
    own_service.puppets.next().tell("finish")
    expect_opened(home)


def test_what_hangs_says_that_it_is_being_canceled(home: Page, own_service: ServiceOfItsOwn) -> None:
    strings = running(home, own_service, 306)  # waits for its strings, so it sees nothing of the cancel until then
    home.get_by_role("button", name="Cancel").click()
    expect(home.get_by_role("button", name="Canceling…")).to_be_disabled()
    expect(state(home)).to_have_text("Stopping at the model's next step")
    strings.tell("step until canceled")
    expect(home.get_by_role("heading", name="Canceled")).to_be_visible(timeout=PATIENCE_MS)
    home.reload()  # now the page has the picture no more
    expect(home.get_by_role("heading", name="Canceled")).to_be_visible()
    expect(home.get_by_role("button", name="Try again")).to_have_count(0)
    home.get_by_role("button", name="Take another picture").click()
    expect(home.get_by_text("Choose a picture")).to_be_visible()


def test_the_place_in_the_queue_is_told_and_gets_better(home: Page, own_service: ServiceOfItsOwn) -> None:
    own_service.post(png(310), model="puppet")
    first = own_service.puppets.next()
    for width in (311, 312):
        own_service.post(png(width), model="puppet")
    begin(home, 313)
    expect(state(home)).to_have_text("2 pictures before yours in the queue")
    first.tell("finish")
    second = own_service.puppets.next()
    expect(state(home)).to_have_text("1 picture before yours in the queue", timeout=PATIENCE_MS)
    second.tell("finish")
    third = own_service.puppets.next()
    expect(state(home)).to_have_text("You are next in the queue", timeout=PATIENCE_MS)
    home.get_by_role("button", name="Cancel").click()
    expect(home.get_by_role("heading", name="Canceled")).to_be_visible()
    third.tell("finish")
    third.wait_for_end()


def test_a_failure_says_what_it_means_and_is_tried_again(home: Page, own_service: ServiceOfItsOwn) -> None:
    running(home, own_service, 320).tell("fail")
    alert = home.get_by_role("alert").filter(has_text="It did not work")
    expect(alert).to_contain_text("The picture could not be taken apart. Another model may do better.")
    expect(alert).to_contain_text("The puppet was told to.")
    alert.get_by_role("button", name="Try again").click()
    own_service.puppets.next().tell("finish")
    expect_opened(home)


def test_a_job_that_is_not_there_says_so(home: Page, page: WatchedPage, own_service: ServiceOfItsOwn) -> None:
    home.goto(f"{own_service.url}/#job_0")
    expect(home.get_by_role("alert").filter(has_text="It is not here (any more).")).to_be_visible()
    assert all("404" in complaint for complaint in page.complaints)
    page.complaints.clear()  # the browser's own line
    home.get_by_role("button", name="Take another picture").click()
    expect(home.get_by_text("Choose a picture")).to_be_visible()


def test_a_server_is_stopped_and_started_again_in_the_middle(
    home: Page, page: WatchedPage, own_service: ServiceOfItsOwn
) -> None:
    running(home, own_service, 330)
    own_service.stop()
    expect(state(home)).to_contain_text("The connection is lost.")
    own_service.start()
    strings = own_service.puppets.next()  # the job was handed back, and is begun anew
    expect(state(home)).to_have_text("decompose", timeout=PATIENCE_MS)
    strings.tell("finish")
    expect_opened(home)
    assert all("ERR_" in complaint or "503" in complaint for complaint in page.complaints), page.complaints
    page.complaints.clear()  # the browser's own lines of each try


def test_a_page_that_is_loaded_while_the_server_is_away_comes_by_itself(
    home: Page, page: WatchedPage, own_service: ServiceOfItsOwn
) -> None:
    running(home, own_service, 331)
    job = home.url.partition("#")[2]
    home.evaluate("location.hash = ''")
    expect(home.get_by_text("Choose a picture")).to_be_visible()
    own_service.stop()
    home.evaluate("(job) => (location.hash = job)", job)
    expect(state(home)).to_contain_text("The connection is lost.", timeout=PATIENCE_MS)
    own_service.start()
    own_service.puppets.next().tell("finish")
    expect_opened(home)
    page.complaints.clear()
