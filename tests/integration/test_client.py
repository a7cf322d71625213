"""The Python client on the real API: ``Client`` and ``AsyncClient`` by the same tests."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from lamina.client import InvalidRequest, JobEnded, NotFound, Problem, Retries, RevisionConflict, TimedOut, operations
from tests.api_in_thread import BLUE, GREY, HEIGHT, RED, WIDTH, Api, cards_pixels, cards_png, picture_site, pixels_of
from tests.either_client import either_client
from tests.export_readers import READERS


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, api: Api) -> Iterator[Any]:
    with either_client(request.param, api.url) as client:
        yield client


@pytest.fixture
def cards(client: Any, api: Api) -> Any:
    """The decomposition of the two cards."""
    return client.decompositions.get(api.made())


class Worker:
    """An ``on_progress`` that has the job done as soon as it is seen to wait, and keeps what was seen."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.seen: list[Any] = []

    def __call__(self, job: Any) -> None:
        if not self.seen:
            self._api.work("cards")
        self.seen.append(job)


def test_a_picture_comes_apart_and_its_layers_are_typed_and_saved(client: Any, api: Api, tmp_path: Path) -> None:
    worker = Worker(api)
    cards = client.decompose(cards_png(), model="cards", max_layers=8, on_progress=worker)
    assert [worker.seen[0].status, worker.seen[-1].status] == ["queued", "succeeded"]
    assert worker.seen[-1].progress.fraction == 1.0
    assert (cards.size.width, cards.size.height, cards.model.name, cards.max_error) == (WIDTH, HEIGHT, "cards", 0)
    assert cards.parameters["max_layers"] == 8
    assert [layer.name for layer in cards.layers] == ["Ground", "Red card", "Blue card"]
    red = cards.layer("Red card")
    assert (red.index, red.bbox, red.kind) == (1, (6, 8, 20, 16), "shape")
    assert cards.layer(1).sha256 == red.sha256
    with pytest.raises(KeyError, match="'Ground', 'Red card', 'Blue card'"):
        cards.layer("Green card")
    assert np.array(red.image(trim=True).convert("RGBA")).tolist() == [[[*RED, 255]] * 20] * 16
    assert red.save(tmp_path / "red.png").read_bytes() == red.bytes()
    with Image.open(red.save(tmp_path / "red.webp", width=30)) as small:
        assert (small.format, small.size) == ("WEBP", (30, 20))
    assert np.array_equal(pixels_of(cards.source()), cards_pixels())
    assert np.array_equal(pixels_of(cards.composite()), cards_pixels())


@pytest.mark.parametrize("form", ["path", "text", "bytes", "file", "pipe", "Pillow's", "rest of a file"])
def test_pictures_are_taken_in_every_form_and_known_ones_at_once(
    form: str, client: Any, api: Api, tmp_path: Path
) -> None:
    known = api.made()
    path = tmp_path / "poster.png"
    path.write_bytes(cards_png())
    with path.open("rb") as file, Image.open(path) as opened:
        rest = io.BytesIO(b"before" + cards_png())
        rest.seek(6)
        given = {"path": path, "text": str(path), "bytes": cards_png(), "file": file, "Pillow's": opened,
                 "pipe": _Pipe(cards_png()), "rest of a file": rest}  # fmt: skip
        job = client.submit(given[form], model="cards")
    assert (job.status, job.cached, job.decomposition_id) == ("succeeded", True, known)
    assert job.wait().decomposition().id == known


class _Pipe(io.RawIOBase):
    def __init__(self, data: bytes) -> None:
        self._left = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        n = min(len(buffer), len(self._left), 100)
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_address_is_fetched_by_the_service(kind: str, serve: Any) -> None:
    with serve(allow_private_urls=True) as api, picture_site(cards_png()) as address:
        with either_client(kind, api.url) as client:
            cards = client.decompose(address, model="cards", on_progress=Worker(api))
            asset = client.assets.upload(address)
        assert len(cards.layers) == 3
        assert (asset.width, asset.height) == (WIDTH, HEIGHT)


def test_without_operations_a_render_is_the_picture_and_with_them_another(cards: Any, tmp_path: Path) -> None:
    assert np.array_equal(pixels_of(cards.render()), cards_pixels())
    hidden = pixels_of(cards.render(operations.hide("Red card")))
    assert hidden[12, 10].tolist() == [*GREY, 255]
    mixed = [operations.move("Blue card", by={"x": -4}), {"op": "hide", "layer": 1}]
    moved = cards.save(tmp_path / "moved.png", mixed, width=30)
    assert pixels_of(moved.read_bytes()).shape == (20, 30, 4)
    with Image.open(cards.save(tmp_path / "moved.jpg", mixed, quality=60, background="#ffffff")) as jpeg:
        assert jpeg.format == "JPEG"
    shown = cards.image(layers={"Red card": {"opacity": 0}}, box=[6, 8, 1, 1])
    assert (shown.size, shown.convert("RGB").getpixel((0, 0))) == ((1, 1), GREY)
    with pytest.raises(ValueError, match="suffix"):
        cards.save(tmp_path / "moved")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moved.jpg", "moved.png"]


def test_every_format_is_exported_and_its_warnings_are_told(cards: Any, tmp_path: Path) -> None:
    for suffix in cards.urls["exports"]:
        exported = cards.export(suffix, tmp_path / f"cards.{suffix}")
        assert exported.bytes == (tmp_path / f"cards.{suffix}").stat().st_size
        if suffix in READERS:
            assert exported.warnings == ()
            assert len(READERS[suffix]((tmp_path / f"cards.{suffix}").read_bytes()).items) == 3
    document = cards.edit().blend("Red card", "multiply")
    assert "Red card" in document.export("tiff", tmp_path / "blended.tiff").warnings[0]
    (tmp_path / "kept.psd").write_bytes(b"what was there")
    with pytest.raises(NotFound):
        cards.export("doc", tmp_path / "kept.psd")
    assert (tmp_path / "kept.psd").read_bytes() == b"what was there"
    assert list(tmp_path.glob(".*")) == []


def test_what_was_exported_is_imported_with_its_layers(client: Any, cards: Any, tmp_path: Path) -> None:
    document = (
        cards.edit().move("Blue card", by={"x": 40}).hide("Red card").group(["Red card", "Blue card"], name="Both")
    )
    document.export("psd", tmp_path / "cards.psd")
    found = client.import_file(tmp_path / "cards.psd")
    assert np.array_equal(pixels_of(found.source()), pixels_of(document.render()))
    assert [(layer.name, layer.visible) for layer in found.layers][1:] == [("Red card", False), ("Blue card", True)]
    assert (found.groups[0].name, found.layer("Blue card").bbox) == ("Both", (74, 10, 16, 20))
    with pytest.raises(InvalidRequest):
        client.import_file(cards_png())
    frames = cards.export("gif", tmp_path / "cards.gif", frame_ms=100, width=30)
    with Image.open(frames.path) as animation:
        assert (animation.size, animation.n_frames) == ((30, 20), 3)


def test_a_document_is_edited_step_by_step_and_back(client: Any, cards: Any, tmp_path: Path) -> None:
    document = cards.edit("Two cards")
    assert (document.name, document.revision, document.can_undo) == ("Two cards", 1, False)
    document.move("Red card", by={"x": 2}).opacity("Red card", 0.5)
    assert (document.revision, document.layer("Red card").bbox, document.layer(1).opacity) == (3, (8, 8, 20, 16), 0.5)
    assert document.dirty == (8, 8, 20, 16)
    assert [line.summary for line in document.revisions()][-1] == "create"
    assert document.undo().layer(1).opacity == 1.0
    assert document.redo().layer(1).opacity == 0.5
    document.restore(1)
    assert document.layer(1).bbox == (6, 8, 20, 16)
    assert np.array_equal(pixels_of(document.render()), cards_pixels())
    document.delete_layer("Blue card").rename("Red card", "Card").set_name(None)
    assert (document.name, document.layer("Card").index, document.layer("Blue card").deleted) == (None, 1, True)
    assert [one["op"] for one in document.operations()] == ["delete", "rename"]
    assert pixels_of(document.save(tmp_path / "edited.png").read_bytes())[20, 40].tolist() == [*GREY, 255]
    assert pixels_of(document.render(revision=1))[20, 40].tolist() == [*BLUE, 255]
    assert pixels_of(document.layer("Card").bytes()).shape == (16, 20, 4)
    frozen = document.freeze()
    assert (frozen.notes["frozen"]["document_id"], len(frozen.layers)) == (document.id, 2)
    assert [one.id for one in client.documents.list(decomposition_id=cards.id)] == [document.id]
    document.delete()
    with pytest.raises(NotFound):
        client.documents.get(document.id)


def test_of_two_who_change_a_revision_the_second_is_told(client: Any, cards: Any) -> None:
    mine = cards.edit()
    theirs = client.documents.get(mine.id)
    theirs.hide("Red card")
    with pytest.raises(RevisionConflict) as caught:
        mine.hide("Blue card")
    assert (caught.value.revision, caught.value.code, mine.revision) == (2, "revision-conflict", 1)
    assert mine.refresh().hide("Blue card").revision == 3
    assert theirs.apply(operations.show("Red card"), onto_any=True).revision == 4
    assert not theirs.layer("Blue card").visible


def test_pictures_are_put_in_the_place_of_layers(client: Any, cards: Any) -> None:
    green = Image.new("RGB", (10, 8), (0, 200, 0))
    document = cards.edit().replace("Red card", green, fit="fill")
    assert pixels_of(document.render())[12, 10].tolist() == [0, 200, 0, 255]
    asset = client.assets.upload(green)
    assert asset.sha256 == document.layer("Red card").asset
    assert pixels_of(asset.bytes()).shape == (8, 10, 4)
    uploaded = getattr(asset, "wrapped", asset)
    document.add(uploaded, name="Patch", box={"x": 0, "y": 0, "width": 10, "height": 8})
    assert document.layers[-1].name == "Patch"
    assert pixels_of(document.render())[0, 0].tolist() == [0, 200, 0, 255]


def test_a_layer_is_split_further(cards: Any, api: Api) -> None:
    parts = cards.layer("Red card").split(model="cards", max_layers=3, on_progress=Worker(api))
    assert (parts.parent.decomposition_id, parts.parent.layer_index) == (cards.id, 1)


def test_what_the_service_refuses_is_raised_with_all_that_it_said(client: Any, cards: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client.submit(cards_png(), model="cards", max_layers=99, seed=-1)
    assert (caught.value.code, caught.value.status) == ("invalid-request", 422)
    assert [error.pointer for error in caught.value.errors] == ["/max_layers", "/seed"]
    assert caught.value.request_id
    with pytest.raises(InvalidRequest, match="SVG"):
        client.assets.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(NotFound):
        client.jobs.get("../decompositions")
    with pytest.raises(Problem) as nothing:
        cards.edit().undo()
    assert nothing.value.code == "nothing-to-undo"
    with pytest.raises(FileNotFoundError):
        client.submit(tmp_path / "none.png")
    with pytest.raises(TypeError):
        client.submit(7)


def test_jobs_are_listed_waited_for_and_canceled(client: Any, api: Api) -> None:
    job = client.submit(cards_png(), model="puppet")
    assert [one.id for one in client.jobs.list(status="queued")] == [job.id]
    with pytest.raises(TimedOut):
        job.wait(timeout_s=0.2)
    assert job.cancel().status == "canceled"
    with pytest.raises(JobEnded) as ended:
        job.wait()
    assert (ended.value.code, ended.value.job.id) == ("canceled", job.id)
    assert client.jobs.get(job.id).error.code == "canceled"
    with pytest.raises(Problem, match="has ended already"):
        job.cancel()
    many = [api.post(cards_png(), "noop", seed=seed) for seed in range(3)]
    assert [one.id for one in client.jobs.list()][:3] == [answer.json()["id"] for answer in reversed(many)]


def test_waiting_within_a_time_shows_progress_too(client: Any, api: Api) -> None:
    worker = Worker(api)
    done = client.submit(cards_png(), model="cards").wait(timeout_s=60, on_progress=worker)
    assert done.status == worker.seen[-1].status == "succeeded"


def test_whoever_interrupts_a_wait_may_have_the_job_canceled(client: Any, api: Api) -> None:
    def interrupt(_: Any) -> None:
        raise KeyboardInterrupt

    for asked, status in ((False, "queued"), (True, "canceled")):
        with pytest.raises(KeyboardInterrupt):
            client.decompose(cards_png(), model="puppet", on_progress=interrupt, cancel_on_interrupt=asked)
        (job,) = list(client.jobs.list())[:1]
        assert job.status == status


class _Forgetful(httpx.HTTPTransport):
    """The first answer to a POST is lost on its way."""

    lost = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.method == "POST" and not self.lost:
            self.lost = len(answer.read())
            raise httpx.ReadError("lost")
        return answer


class _AsyncForgetful(httpx.AsyncHTTPTransport):
    lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if request.method == "POST" and not self.lost:
            self.lost = len(await answer.aread())
            raise httpx.ReadError("lost")
        return answer


@pytest.mark.parametrize(("kind", "transport"), [("sync", _Forgetful()), ("async", _AsyncForgetful())])
def test_a_change_whose_answer_was_lost_is_made_once(kind: str, transport: Any, api: Api) -> None:
    decomposition = api.made()
    with either_client(kind, api.url, transport=transport, retries=Retries(first_s=0)) as client:
        document = client.documents.create(decomposition).hide("Red card")
        assert transport.lost
        assert document.revision == 2
        assert [one.revision for one in client.documents.list()] == [2]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_pictures_that_are_served_by_signature_alone_are_had_in_every_form(
    kind: str, serve: Any, tmp_path: Path
) -> None:
    with serve(require_signed_pictures=True) as api, either_client(kind, api.url) as client:
        cards = client.decompose(cards_png(), model="cards", on_progress=Worker(api))
        red = cards.layer("Red card")
        assert "sig=" in red.url
        assert np.array_equal(pixels_of(red.bytes(trim=True))[0, 0], (*RED, 255))
        assert len({pixels_of(red.bytes(format=format)).tobytes() for format in ("png", "webp")}) == 1
        assert np.array_equal(pixels_of(cards.source()), pixels_of(cards.composite()))
        assert cards.export("psd", tmp_path / "cards.psd").bytes
        document = cards.edit().move("Red card", by={"x": 2})
        assert np.array_equal(pixels_of(document.render(width=30, format="webp")).shape, (20, 30, 4))
        assert document.layer("Red card").bytes()
        assert document.export("gif", tmp_path / "cards.gif", width=30).bytes
        assert red.split(on_progress=Worker(api)).parent.layer_index == 1
        signed = client.sign(red.url, expires_in=60)
        assert api.http.get(signed.url).status_code == 200
        assert api.http.get(f"/v1/decompositions/{cards.id}/layers/1.png").status_code == 403


def test_fonts_are_told(client: Any) -> None:
    fonts = client.fonts()
    assert "sans-serif" in fonts.generic
    assert all(font.name and font.family for font in fonts.fonts)
