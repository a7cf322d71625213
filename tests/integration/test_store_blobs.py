"""Bytes in the database: kept once, and collected only when nothing at all refers to them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text

from app.store import assets, blobs, images, jobs, layers
from app.store.blobs import collect
from app.store.interval import LEAST_GRACE_S
from app.store.layers import Decomposition
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import add_tenant, ask, claimed, keep_picture

OLD_S = 7200
GRACE_S = 3600


def keep(connection: Connection, data: bytes) -> str:
    return blobs.put(connection, DEFAULT_TENANT, data, "image/png")


def grow_old(engine: Engine) -> None:
    """As if everything had been touched for the last time two hours ago."""
    with engine.begin() as connection:
        for table in ("blobs", "images"):
            connection.execute(text(f"UPDATE {table} SET touched_at = now() - make_interval(secs => {OLD_S})"))


def left(engine: Engine) -> set[bytes]:
    with engine.begin() as connection:
        return {bytes(data) for data in connection.scalars(text("SELECT data FROM blobs"))}


def collected(engine: Engine, grace_s: float = GRACE_S) -> int:
    with engine.begin() as connection:
        return collect(connection, grace_s, 100)


def decomposition(png: bytes, hashes: list[str]) -> Decomposition:
    return Decomposition(
        id="d",
        tenant_id=DEFAULT_TENANT,
        image_id="picture",
        width=3,
        height=2,
        source_sha256="",
        model_name="classic",
        model_revision="1",
        parameters={},
        layers=[{"index": index, "sha256": sha256} for index, sha256 in enumerate(hashes)],
        notes={"caption": png.decode()},
    )


def save(engine: Engine, *pngs: bytes) -> Decomposition:
    with engine.begin() as connection:
        keep_picture(connection)
        made = decomposition(b"png", [keep(connection, png) for png in pngs])
        assert layers.save(connection, made)
        found = layers.get(connection, DEFAULT_TENANT, "d")
    assert found is not None
    return found


def test_the_same_bytes_are_one_row_and_come_back_as_they_were(engine: Engine) -> None:
    with engine.begin() as connection:
        first, second = keep(connection, b"\x00\xff" * 50_000), keep(connection, b"\x00\xff" * 50_000)
        assert first == second
        assert blobs.get(connection, DEFAULT_TENANT, first) == b"\x00\xff" * 50_000
        assert blobs.get(connection, DEFAULT_TENANT, "0" * 64) is None
    assert len(left(engine)) == 1


def test_twenty_who_keep_the_same_bytes_at_once_keep_them_once(engine: Engine) -> None:
    def keep_in_turn(_: int) -> str:
        with engine.begin() as connection:
            return keep(connection, b"same")

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(keep_in_turn, range(20)))) == 1
    assert left(engine) == {b"same"}


def test_a_tenant_s_bytes_are_its_own(engine: Engine) -> None:
    other = add_tenant(engine, "other")
    with engine.begin() as connection:
        sha256 = keep(connection, b"mine")
        assert blobs.get(connection, other, sha256) is None


def test_bytes_that_nothing_refers_to_go_after_their_grace(engine: Engine) -> None:
    with engine.begin() as connection:
        keep(connection, b"forgotten")
    assert collected(engine) == 0
    grow_old(engine)
    with engine.begin() as connection:
        keep(connection, b"fresh")
    assert collected(engine) == 1
    assert left(engine) == {b"fresh"}


def test_touching_bytes_again_gives_them_another_grace(engine: Engine) -> None:
    with engine.begin() as connection:
        keep(connection, b"again")
    grow_old(engine)
    with engine.begin() as connection:
        keep(connection, b"again")
    assert collected(engine) == 0


def test_a_decomposition_keeps_its_picture_and_its_layers(engine: Engine) -> None:
    save(engine, b"ground", b"text", b"ground")  # two layers may be equal
    grow_old(engine)
    assert collected(engine, grace_s=0) == 0
    assert left(engine) == {b"png", b"ground", b"text"}
    with engine.begin() as connection:
        assert layers.delete(connection, DEFAULT_TENANT, "d")
        assert not layers.delete(connection, DEFAULT_TENANT, "d")
    assert collected(engine) == 3
    assert left(engine) == set()


def test_an_asset_keeps_its_bytes(engine: Engine) -> None:
    with engine.begin() as connection:
        asset, created = assets.put(connection, DEFAULT_TENANT, 3, 2, b"asset")
        again, created_again = assets.put(connection, DEFAULT_TENANT, 3, 2, b"asset")
    assert (asset, created, created_again) == (again, True, False)
    grow_old(engine)
    assert collected(engine, grace_s=0) == 0
    assert left(engine) == {b"asset"}


def test_a_job_keeps_its_picture_until_it_ends(engine: Engine) -> None:
    with engine.begin() as connection:
        keep_picture(connection)
    ask(engine, "d")
    grow_old(engine)
    assert collected(engine) == 0
    job = claimed(engine)
    assert collected(engine) == 0
    with engine.begin() as connection:
        jobs.fail(connection, job, {"code": "decomposition-failed"})
    assert collected(engine) == 1
    assert left(engine) == set()


def test_a_picture_that_is_just_asked_for_is_not_collected(engine: Engine) -> None:
    with engine.begin() as connection:
        keep_picture(connection)
    grow_old(engine)
    with engine.begin() as asking:
        jobs.submit(asking, _new())
        assert collected(engine, grace_s=0) == 0  # the job is not seen yet; its picture is locked
    with engine.begin() as connection:
        assert images.get(connection, DEFAULT_TENANT, "picture") is not None


def _new() -> jobs.NewJob:
    return jobs.NewJob(DEFAULT_TENANT, "classic", "1", {}, "picture", "d")


def test_no_grace_is_too_short_for_who_is_just_asking(engine: Engine) -> None:
    with engine.begin() as connection:
        keep_picture(connection)
    assert collected(engine, grace_s=0) == 0
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE images SET touched_at = now() - make_interval(secs => {2 * LEAST_GRACE_S})"))
    assert collected(engine, grace_s=0) == 1


def test_a_collection_takes_no_more_than_it_was_told(engine: Engine) -> None:
    with engine.begin() as connection:
        for index in range(5):
            keep(connection, bytes([index]))
    grow_old(engine)
    with engine.begin() as connection:
        assert [collect(connection, GRACE_S, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_collecting_and_keeping_at_once_lose_nothing(engine: Engine) -> None:
    """Old bytes without a reference are kept again, by eight threads, while others collect: what was kept is there."""
    pngs = [bytes([index]) for index in range(8)]
    with engine.begin() as connection:
        for png in pngs:
            keep(connection, png)
    grow_old(engine)

    def keep_one(png: bytes) -> None:
        with engine.begin() as connection:
            keep(connection, png)
            assets.put(connection, DEFAULT_TENANT, 1, 1, png)

    with ThreadPoolExecutor(16) as threads:
        collecting = [threads.submit(collected, engine) for _ in range(8)]
        keeping = [threads.submit(keep_one, png) for png in pngs]
        for future in (*collecting, *keeping):
            future.result()
    assert left(engine) == set(pngs)


def test_the_first_decomposition_under_an_id_stays(engine: Engine) -> None:
    first = save(engine, b"ground", b"text")
    with engine.begin() as connection:
        second = decomposition(b"other", [keep(connection, b"other")])
        assert layers.save(connection, second) is False
        assert layers.get(connection, DEFAULT_TENANT, "d") == first
        assert layers.list_(connection, DEFAULT_TENANT, limit=9) == [first]
    assert (first.width, first.height, first.max_error, len(first.layers)) == (3, 2, 0, 2)


def test_a_decomposition_that_is_not_exact_cannot_be_kept(engine: Engine) -> None:
    from dataclasses import replace

    from sqlalchemy.exc import IntegrityError

    with engine.begin() as connection:
        keep_picture(connection)
        made = decomposition(b"png", [keep(connection, b"ground")])
    with pytest.raises(IntegrityError, match="exact"), engine.begin() as connection:
        layers.save(connection, replace(made, max_error=1))
