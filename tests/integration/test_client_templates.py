"""Templates, batches and webhooks by the Python client, ``Client`` and ``AsyncClient`` alike."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lamina.client import InvalidRequest, JobEnded, NotFound, Problem, RevisionConflict
from tests.api_in_thread import GREY, RED, Api, cards_pixels, pixels_of
from tests.batch_makers import VARIABLES, rendering
from tests.either_client import either_client

GREEN = (0, 200, 0)
RED_AT, BLUE_AT = (16, 16), (20, 42)


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, api: Api) -> Iterator[Any]:
    with either_client(request.param, api.url) as client:
        yield client


@pytest.fixture
def cards(client: Any, api: Api) -> Any:
    document = client.documents.create(api.made())
    return client.templates.create("cards", document.id, VARIABLES, description="Two cards")


@pytest.fixture
def drawing(api: Api, tmp_path: Path) -> Iterator[None]:
    """A worker that draws batches."""
    with rendering(api.settings, api.engine, tmp_path / "worker"):
        yield


def _at(picture: bytes, place: tuple[int, int]) -> tuple[int, ...]:
    return tuple(int(value) for value in pixels_of(picture)[place][:3])


def _green() -> Image.Image:
    return Image.new("RGB", (8, 8), GREEN)


def test_a_template_is_drawn_with_values_and_local_pictures(cards: Any, tmp_path: Path) -> None:
    assert (cards.name, cards.version, cards.description) == ("cards", 1, "Two cards")
    assert (cards.width, cards.height, set(cards.variables)) == (60, 40, set(VARIABLES))
    assert np.array_equal(pixels_of(cards.render()), cards_pixels())
    _green().save(tmp_path / "green.png")
    for picture in (tmp_path / "green.png", _green(), (tmp_path / "green.png").read_bytes()):
        assert _at(cards.render({"product": picture, "shown": True}), BLUE_AT) == GREEN
    saved = cards.save(tmp_path / "out.webp", {"shown": False}, width=30)
    with Image.open(saved) as small:
        assert (small.format, small.size) == ("WEBP", (30, 20))
    assert cards.image({"glow": 0}).convert("RGB").getpixel((16, 16)) == GREY
    with pytest.raises(InvalidRequest) as caught:
        cards.render({"acent": "red"})
    assert caught.value.errors[0].pointer == "/values/acent"


def test_a_template_has_versions_and_an_object_stays_at_its_own(client: Any, cards: Any) -> None:
    document = client.documents.get(cards.document_id).hide("Red card")
    with pytest.raises(RevisionConflict) as caught:
        client.templates.create("cards", document.id, VARIABLES, only_new=True)
    assert caught.value.version == 1
    second = client.templates.create("cards", document.id, VARIABLES, after=1)
    assert (second.version, client.templates.get("cards").version) == (2, 2)
    assert _at(second.render(), RED_AT) == GREY
    assert _at(cards.render(), RED_AT) == RED
    third = second.restore(1)
    assert [line.version for line in third.versions()] == [3, 2, 1]
    assert client.templates.get("cards", 1).newest == 3
    assert [one.name for one in client.templates.list()] == ["cards"]
    third.delete()
    with pytest.raises(NotFound):
        client.templates.get("cards")


def test_a_batch_of_objects_with_local_pictures_becomes_a_zip(cards: Any, drawing: None, tmp_path: Path) -> None:
    _green().save(tmp_path / "green.png")
    rows = [
        {"name": "green", "product": tmp_path / "green.png"},
        {"product": tmp_path / "green.png", "shown": False},
        {"accent": "no colour"},
    ]
    seen: list[Any] = []
    job = cards.batch((row for row in rows), format="webp", width=30).wait(on_progress=seen.append)
    assert (job.kind, job.status) == ("batch", "succeeded")
    assert (job.counts.total, job.counts.succeeded, job.counts.failed) == (3, 2, 1)
    found = list(job.rows())
    assert [(row.name, row.status) for row in found] == [
        ("green.webp", "succeeded"), ("00002.webp", "succeeded"), ("00003.webp", "failed")
    ]  # fmt: skip
    assert [(row.row, row.error.pointer) for row in job.rows(status="failed")] == [(3, "/accent")]
    assert _at(found[0].bytes(), (10, 21)) == GREEN
    with pytest.raises(ValueError, match="is failed"):
        found[2].bytes()
    with zipfile.ZipFile(job.save_zip(tmp_path / "out.zip")) as archive:
        assert archive.namelist() == ["green.webp", "00002.webp", "rows.ndjson"]
        assert archive.read("green.webp") == found[0].save(tmp_path / "green.webp").read_bytes()
    with pytest.raises(ValueError, match="has no decomposition"):
        job.decomposition()


def test_a_batch_is_read_from_files(client: Any, cards: Any, drawing: None, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("name,accent\na,#00ff00\nb,\n")
    (tmp_path / "rows.json").write_text(json.dumps({"rows": [{"glow": 0.5}]}))
    with (tmp_path / "rows.csv").open("rb") as file:
        for rows in (tmp_path / "rows.csv", str(tmp_path / "rows.csv"), file):
            assert cards.batch(rows).wait().counts.succeeded == 2
    assert cards.batch(tmp_path / "rows.json").wait().counts.total == 1
    with pytest.raises(InvalidRequest):
        cards.batch(io.BytesIO(b"name\n"))  # without a name it does not say what it is


def test_a_batch_of_which_nothing_can_be_drawn_fails(cards: Any, drawing: None) -> None:
    job = cards.batch([{"product": "f" * 64}])
    with pytest.raises(JobEnded) as ended:
        job.wait()
    assert (ended.value.code, ended.value.job.counts.failed) == ("batch-failed", 1)


def test_only_batches_have_rows(client: Any, api: Api) -> None:
    api.made()
    (job,) = client.jobs.list()
    with pytest.raises(ValueError, match="no batch"):
        list(job.rows())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_webhooks_are_made_changed_and_told_of(kind: str, serve: Any) -> None:
    with serve(allow_private_urls=True) as api, either_client(kind, api.url) as client:
        hook = client.webhooks.create("http://127.0.0.1:9/hook", events=["job.failed"], description="The shop")
        assert (hook.events, hook.enabled, hook.secret[:6]) == (("job.failed",), True, "whsec_")
        assert hook.get_secret().secret == hook.secret != hook.rotate().secret
        assert client.webhooks.get_secret().secret.startswith("whsec_")
        delivery = hook.test()
        assert (delivery.event["type"], delivery.status, delivery.refresh().id) == (
            "webhook.test", "pending", delivery.id
        )  # fmt: skip
        assert [one.id for one in hook.deliveries(status="pending")] == [delivery.id]
        assert [one.id for one in client.webhooks.deliveries()] == [delivery.id]
        assert hook.change(enabled=False).enabled is False
        with pytest.raises(Problem) as caught:
            delivery.replay()
        assert caught.value.code == "webhook-disabled"
        assert [one.id for one in client.webhooks.list()] == [client.webhooks.get(hook.id).id]
        hook.delete()
        assert list(client.webhooks.list()) == []
