"""The same picture again, as a JPEG or of another size, finds what is known; and nothing else does."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Connection, event, text

from app.store import images, similar
from app.store.tables import DEFAULT_TENANT
from model.image import decode
from model.layers import Pixels
from model.sketch import Sketch
from tests.api_in_thread import Api, cards_pixels
from tests.job_makers import add_tenant
from worker.sketches import Sketches

SCALE = 12


def png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def jpeg(pixels: Pixels, quality: int = 80) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def poster(price: str = "19.90") -> Pixels:
    """The two cards, 720 × 480, with a price on one of them. ``Cards`` takes it apart as well as any picture."""
    pixels = np.kron(cards_pixels(), np.ones((SCALE, SCALE, 1), np.uint8))
    cv2.putText(pixels, price, (90, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 255, 255, 255), 4, cv2.LINE_AA)
    pixels[..., 3] = 255
    return pixels


def smaller(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return np.array(Image.fromarray(pixels).resize((width * 3 // 4, height * 3 // 4), Image.Resampling.LANCZOS))


def test_a_smaller_jpeg_uses_what_is_known_only_where_that_is_asked_for(api: Api) -> None:
    known = api.made(png(poster()))
    copy = jpeg(smaller(poster()))
    calls = api.metric('lamina_model_calls_total{model="cards"}')

    used = api.post(copy, cache="similar")
    assert (used.status_code, used.headers["Cache-Status"]) == (200, "lamina; hit; detail=similar")
    job = used.json()
    assert (job["status"], job["cached"], job["result"]["decomposition_id"]) == ("succeeded", True, known)
    assert job["result"]["similar"] == {"distance": job["similar"][0]["distance"], "width": 720, "height": 480}
    assert 0 < job["similar"][0]["distance"] < 1
    manifest = api.http.get(job["urls"]["result"]).json()
    assert (manifest["image"]["width"], manifest["image"]["height"]) == (720, 480), "its own size, not the copy's"
    assert api.http.get(used.headers["Location"]).json() == job

    offered = api.post(copy)
    assert (offered.status_code, offered.headers["Cache-Status"]) == (202, "lamina; fwd=miss")
    assert offered.json()["similar"] == [
        {
            "decomposition_id": known, "distance": job["similar"][0]["distance"], "width": 720, "height": 480,
            "model": "cards", "same_request": True, "url": f"/v1/decompositions/{known}",
        }
    ]  # fmt: skip
    assert api.metric('lamina_model_calls_total{model="cards"}') == calls


def test_another_price_is_another_picture(api: Api) -> None:
    api.made(png(poster("19.90")))
    for picture in (png(poster("18.90")), jpeg(poster("18.90"), 60)):
        answer = api.post(picture, cache="similar")
        assert (answer.status_code, answer.headers["Cache-Status"]) == (202, "lamina; fwd=miss")
        assert answer.json()["similar"] == []


def test_an_exact_hit_says_nothing_of_similar_ones(api: Api) -> None:
    api.made(png(poster()))
    copy = jpeg(poster())
    own = api.made(copy)
    for cache in ("use", "similar", "only"):
        answer = api.post(copy, cache=cache)
        assert (answer.status_code, answer.headers["Cache-Status"]) == (200, "lamina; hit")
        job = answer.json()
        assert job["result"] == {"decomposition_id": own}
        assert job["similar"] == []


def test_other_parameters_are_offered_but_not_used(api: Api) -> None:
    known = api.made(png(poster()), seed=1)
    answer = api.post(jpeg(poster()), cache="similar", seed=2)
    assert answer.status_code == 202
    assert [(one["decomposition_id"], one["same_request"]) for one in answer.json()["similar"]] == [(known, False)]
    assert api.post(jpeg(poster()), cache="similar", seed=1).json()["result"]["decomposition_id"] == known


def test_only_takes_nothing_similar_and_bypass_looks_for_nothing(api: Api) -> None:
    api.made(png(poster()))
    assert api.post(jpeg(poster()), cache="only").json()["code"] == "not-cached"
    assert api.post(jpeg(poster()), cache="bypass").json()["similar"] == []


def test_what_was_deleted_is_neither_used_nor_offered(api: Api) -> None:
    known = api.made(png(poster()))
    assert api.http.delete(f"/v1/decompositions/{known}").status_code == 204
    answer = api.post(jpeg(poster()), cache="similar")
    assert (answer.status_code, answer.json()["similar"]) == (202, [])


def test_a_replay_says_it_as_the_first_answer_did(api: Api) -> None:
    api.made(png(poster()))
    ask = {"files": {"image": jpeg(poster())}, "data": {"model": "cards", "cache": "similar"}}
    first, again = (api.http.post("/v1/decompositions", headers={"Idempotency-Key": "k"}, **ask) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Cache-Status"] == "lamina; hit; detail=similar"


def test_layers_are_split_by_no_likeness(api: Api) -> None:
    known = api.made(png(poster()))
    answer = api.http.post(f"/v1/decompositions/{known}/layers/1/decompositions", json={"cache": "similar"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/cache"


def test_another_tenants_pictures_are_never_seen(api: Api) -> None:
    api.made(png(poster()))
    add_tenant(api.engine, "other")
    with api.engine.begin() as connection:
        own = connection.execute(text("SELECT image_id, hash, grid FROM image_sketches")).one()
        sketch = Sketch(own.hash, own.grid)
        asked: dict[str, Any] = {"image_id": "another", "sketch": sketch, "size": (720, 480), "limit": 10}
        assert [one.image_id for one in similar.near(connection, DEFAULT_TENANT, **asked)] == [own.image_id]
        assert similar.near(connection, "other", **asked) == []
        assert similar.get(connection, "other", own.image_id) is None


def test_older_pictures_get_their_sketch_from_a_worker(api: Api) -> None:
    known = api.made(png(poster()))
    with api.engine.begin() as connection:  # as a migration leaves them, and one whose bytes cannot be read
        connection.execute(text("DELETE FROM image_sketches"))
        images.put(connection, DEFAULT_TENANT, "broken", 3, 2, b"no picture")
    assert api.post(jpeg(poster()), cache="similar").status_code == 202

    sketches = Sketches(api.engine)
    assert sketches.work() == 1
    assert sketches.work() == 0, "what cannot be read is not tried for ever"
    copy = jpeg(poster(), 70)
    assert api.post(copy, cache="similar").json()["result"]["decomposition_id"] == known


def test_an_older_picture_is_sketched_when_it_is_seen_again(api: Api) -> None:
    api.made(png(poster()))
    with api.engine.begin() as connection:
        connection.execute(text("UPDATE image_sketches SET hash = NULL, grid = NULL"))
    api.post(png(poster()), seed=5)
    with api.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM image_sketches WHERE hash IS NULL")).scalar_one() == 0


MANY = 20_000


@pytest.fixture
def many(api: Api) -> Iterator[Connection]:
    """Twenty thousand pictures, sketched and taken apart, beside one that is real."""
    api.made(png(poster()))
    with api.engine.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO images (image_id, width, height, sha256)
                SELECT 'i' || n, 720, 480, (SELECT sha256 FROM images LIMIT 1) FROM generate_series(1, :many) AS n
            """),
            {"many": MANY},
        )
        connection.execute(
            text("""
                INSERT INTO image_sketches (image_id, hash, band_0, band_1, band_2, band_3, grid)
                SELECT 'i' || n, h, h >> 48 & 65535, h >> 32 & 65535, h >> 16 & 65535, h & 65535, ''
                FROM (SELECT n, hashint8extended(n, 7) AS h FROM generate_series(1, :many) AS n) AS made
            """),
            {"many": MANY},
        )
        connection.execute(
            text("""
                INSERT INTO image_layers (id, image_id, model_name, model_revision, parameters, layer_count,
                                          layers_json, max_error)
                SELECT 'd' || n, 'i' || n, 'cards', '1', '{}', 0, '[]', 0 FROM generate_series(1, :many) AS n
            """),
            {"many": MANY},
        )
        connection.execute(text("ANALYZE images, image_sketches, image_layers"))
        yield connection


def test_the_search_reads_a_thousandth_of_the_sketches(many: Connection) -> None:
    own = many.execute(text("SELECT image_id, hash, grid FROM image_sketches WHERE image_id NOT LIKE 'i%'")).one()
    sketch = Sketch(own.hash ^ 0b101, own.grid)  # two bits off, in the last band
    asked: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(many, "before_cursor_execute", listen)
    assert [one.bits for one in similar.near(many, DEFAULT_TENANT, "another", sketch, (720, 480), 10)] == [2]
    event.remove(many, "before_cursor_execute", listen)
    statement, parameters = asked[0]
    plan = many.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    nodes = list(walked(plan[0]["Plan"]))
    read = next(node for node in nodes if node.get("Relation Name") == "image_sketches")
    assert read["Node Type"] == "Bitmap Heap Scan"
    assert read["Actual Rows"] + read.get("Rows Removed by Filter", 0) <= MANY / 1000
    assert {node["Index Name"] for node in nodes if node["Node Type"] == "Bitmap Index Scan"} == {
        f"ix_image_sketches_tenant_id_band_{band}" for band in range(4)
    }
    assert "Seq Scan" not in {node["Node Type"] for node in nodes if node.get("Relation Name") == "images"}


def walked(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes."""
    yield node
    for part in node.get("Plans", ()):
        yield from walked(part)


def test_the_sketch_is_made_of_the_picture_as_it_is_shown(api: Api) -> None:
    """A picture that a phone turned by its metadata is the same as one that stands upright."""
    known = api.made(png(poster()))
    out = io.BytesIO()
    turned = Image.fromarray(np.rot90(poster()).copy()).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(out, "JPEG", quality=85, exif=exif)
    assert decode(out.getvalue()).shape == poster().shape
    body = {"image_base64": base64.b64encode(out.getvalue()).decode(), "model": "cards", "cache": "similar"}
    assert api.http.post("/v1/decompositions", json=body).json()["result"]["decomposition_id"] == known
