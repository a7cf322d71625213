"""Documents in the database: a history that only grows, one writer at a time, and what is referred to stays."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from app.store import assets, blobs, documents, layers
from app.store.documents import Document, Revision, Stale
from app.store.layers import Decomposition
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import add_tenant, keep_picture

SCENE = {"version": 1, "width": 3, "height": 2, "layers": [], "order": []}


@pytest.fixture
def made(engine: Engine) -> str:
    with engine.begin() as connection:
        keep_picture(connection)
        sha256 = blobs.put(connection, DEFAULT_TENANT, b"layer", "image/png")
        layer = {"index": 0, "name": "ground", "sha256": sha256}
        given = Decomposition(
            id="d", tenant_id=DEFAULT_TENANT, image_id="picture", width=3, height=2, source_sha256="",
            model_name="classic", model_revision="1", parameters={}, layers=[layer],
        )  # fmt: skip
        assert layers.save(connection, given)
    return "d"


@pytest.fixture
def document(engine: Engine, made: str) -> str:
    with engine.begin() as connection:
        return documents.create(connection, DEFAULT_TENANT, made, "Poster", SCENE)


def now(engine: Engine, id_: str, n: int | None = None) -> Document:
    with engine.connect() as connection:
        found = documents.get(connection, DEFAULT_TENANT, id_, n)
    assert found is not None
    return found


def edited(engine: Engine, document: Document, scene: dict[str, object], step: str = "move ground") -> Document:
    n = document.newest + 1
    new = Revision(n, "edit", n, document.revision.n, None, 1, step, step)
    with engine.begin() as connection:
        documents.append(connection, document, new, ([{"op": "move"}], scene))
    return now(engine, document.id)


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_document_begins_with_the_unedited_scene(engine: Engine, document: str) -> None:
    found = now(engine, document)
    assert (found.id, found.name, found.decomposition_id, found.newest) == (document, "Poster", "d", 1)
    assert (found.scene, found.operations) == (SCENE, [])
    assert [layer["name"] for layer in found.layers] == ["ground"]
    first = found.revision
    assert (first.n, first.kind, first.state, first.back, first.forward) == (1, "create", 1, None, None)
    assert first.created_at is not None


def test_a_revision_can_be_read_whatever_came_after(engine: Engine, document: str) -> None:
    scene = {**SCENE, "width": 0.1, "big": 1e300, "words": "a\u0000b"}
    later = edited(engine, now(engine, document), scene)
    assert (later.newest, later.revision.n, later.scene, later.operations) == (2, 2, scene, [{"op": "move"}])
    back = Revision(3, "undo", 1, None, 2, 0, "", "undo move ground")
    with engine.begin() as connection:
        documents.append(connection, later, back)
        assert documents.get(connection, DEFAULT_TENANT, document, 4) is None
        line = documents.revisions(connection, DEFAULT_TENANT, document, limit=2)
        rest = documents.revisions(connection, DEFAULT_TENANT, document, limit=2, before=2)
        assert documents.revision(connection, DEFAULT_TENANT, document, 2) == later.revision
    assert (now(engine, document).scene, now(engine, document, 2).scene, now(engine, document, 1).newest) == (
        SCENE, scene, 3,
    )  # fmt: skip
    assert [one.n for one in line] + [one.n for one in rest] == [3, 2, 1]


def test_who_comes_second_writes_nothing(engine: Engine, document: str) -> None:
    seen = now(engine, document)
    edited(engine, seen, SCENE)
    with pytest.raises(Stale):
        edited(engine, seen, {"lost": True})
    assert (now(engine, document).newest, count(engine, "document_states"), count(engine, "document_revisions")) == (
        2, 2, 2,
    )  # fmt: skip


def test_of_many_who_write_at_once_one_wins(engine: Engine, document: str) -> None:
    seen = now(engine, document)
    together, stale = threading.Barrier(8), []

    def write() -> None:
        together.wait()
        try:
            edited(engine, seen, SCENE)
        except Stale:
            stale.append(1)

    crowd = [threading.Thread(target=write) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert (len(stale), now(engine, document).newest) == (7, 2)


def test_a_locked_document_can_be_read_and_is_written_after(engine: Engine, document: str) -> None:
    done = threading.Event()

    def write() -> None:
        with engine.begin() as connection:
            documents.lock(connection, DEFAULT_TENANT, document)
            found = documents.get(connection, DEFAULT_TENANT, document)
            assert found is not None
            new = Revision(found.newest + 1, "edit", found.newest + 1, found.newest)
            documents.append(connection, found, new, ([], SCENE))
        done.set()

    with engine.begin() as connection:
        documents.lock(connection, DEFAULT_TENANT, document)
        other = threading.Thread(target=write)
        other.start()
        edited_here = Revision(2, "edit", 2, 1)
        documents.append(connection, now(engine, document), edited_here, ([], SCENE))
        assert not done.is_set()
    other.join()
    assert now(engine, document).newest == 3


def test_documents_are_listed_newest_first_in_pages(engine: Engine, made: str) -> None:
    ids = []
    for _ in range(3):
        with engine.begin() as connection:
            ids.append(documents.create(connection, DEFAULT_TENANT, made, None, SCENE))
    with engine.connect() as connection:
        first = documents.list_(connection, DEFAULT_TENANT, limit=2)
        rest = documents.list_(connection, DEFAULT_TENANT, limit=2, before=(first[-1].created_at, first[-1].id))
    assert [one.id for one in [*first, *rest]] == ids[::-1]


def test_a_tenant_s_documents_are_its_own(engine: Engine, document: str) -> None:
    other = add_tenant(engine, "other")
    seen = now(engine, document)
    with engine.begin() as connection:
        assert documents.get(connection, other, document) is None
        assert documents.list_(connection, other, limit=10) == []
        assert documents.revisions(connection, other, document, limit=10) == []
        assert not documents.delete(connection, other, document)
    assert now(engine, document) == seen


def test_a_decomposition_in_use_is_not_deleted(engine: Engine, document: str) -> None:
    with engine.begin() as connection, pytest.raises(layers.InUse):
        layers.delete(connection, DEFAULT_TENANT, "d")
    with engine.begin() as connection:
        assert documents.made_of(connection, DEFAULT_TENANT, "d", 5) == [document]
        assert documents.delete(connection, DEFAULT_TENANT, document)
        assert layers.delete(connection, DEFAULT_TENANT, "d")
    assert [count(engine, f"document{rest}") for rest in ("s", "_states", "_revisions", "_assets")] == [0] * 4


def test_nothing_is_made_of_a_decomposition_that_is_not_there(engine: Engine, made: str) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        documents.create(connection, DEFAULT_TENANT, "other", None, SCENE)
    assert count(engine, "documents") == 0


@pytest.fixture
def collected(engine: Engine) -> Callable[[], bool]:
    """Whether the asset is gone after a collection."""

    def collect() -> bool:
        with engine.begin() as connection:
            connection.execute(text("UPDATE assets SET created_at = now() - interval '1 day'"))
            blobs.collect(connection, 3600.0, 100)
        return count(engine, "assets") == 0

    return collect


def keep_asset(engine: Engine, *, inline: bool) -> str:
    with engine.begin() as connection:
        return assets.put(connection, DEFAULT_TENANT, 3, 2, b"asset", inline=inline)[0].sha256


def test_an_inline_picture_goes_with_the_last_document_that_uses_it(
    engine: Engine, document: str, collected: Callable[[], bool]
) -> None:
    sha256 = keep_asset(engine, inline=True)
    seen = now(engine, document)
    with engine.begin() as connection:
        documents.use(connection, seen, [sha256])
        documents.use(connection, seen, [sha256])
    assert not collected()
    with engine.begin() as connection:
        documents.delete(connection, DEFAULT_TENANT, document)
    assert collected()


@pytest.mark.parametrize("first", [True, False], ids=["inline first", "upload first"])
def test_what_somebody_uploaded_stays(engine: Engine, collected: Callable[[], bool], first: bool) -> None:
    keep_asset(engine, inline=first)
    keep_asset(engine, inline=not first)
    assert not collected()


def test_an_asset_that_somebody_is_about_to_use_is_not_collected(engine: Engine, made: str) -> None:
    sha256 = keep_asset(engine, inline=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE assets SET created_at = now() - interval '1 day'"))
    with engine.begin() as user, engine.begin() as collector:
        assert assets.held(user, DEFAULT_TENANT, [sha256, "0" * 64]) == {sha256}
        blobs.collect(collector, 3600.0, 100)
    assert count(engine, "assets") == 1
