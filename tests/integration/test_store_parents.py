"""A decomposition knows where it comes from, and a row that cannot be is refused."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from app.store import blobs, jobs, layers
from app.store.layers import Decomposition, Parent
from app.store.tables import DEFAULT_TENANT
from tests.job_makers import ask, claimed, keep_picture, now_of


def save(engine: Engine, parent: Parent | None) -> Decomposition:
    with engine.begin() as connection:
        keep_picture(connection)
        sha256 = blobs.put(connection, DEFAULT_TENANT, b"layer", "image/png")
        given = Decomposition(
            id="d", tenant_id=DEFAULT_TENANT, image_id="picture", width=3, height=2, source_sha256="",
            model_name="classic", model_revision="1", parameters={}, layers=[{"sha256": sha256}] * 3, parent=parent,
        )  # fmt: skip
        assert layers.save(connection, given)
        found = layers.get(connection, DEFAULT_TENANT, "d")
        assert found is not None
        return found


@pytest.mark.parametrize("parent", [None, Parent("p", 1, 2), Parent("p", 0, 3), Parent("p", 2, 1)], ids=str)
def test_a_parent_is_read_as_it_was_saved(engine: Engine, parent: Parent | None) -> None:
    assert save(engine, parent).parent == parent


@pytest.mark.parametrize("parent", [Parent("p", -1, 1), Parent("p", 0, 0), Parent("p", 2, 2)], ids=str)
def test_parts_that_the_layers_do_not_hold_are_refused(engine: Engine, parent: Parent) -> None:
    with pytest.raises(IntegrityError, match="ck_image_layers_children"):
        save(engine, parent)


@pytest.mark.parametrize("column", ["parent_id", "parent_layer", "child_count"])
def test_half_a_parent_is_refused(engine: Engine, column: str) -> None:
    save(engine, Parent("p", 1, 1))
    with pytest.raises(IntegrityError, match="ck_image_layers_parent"), engine.begin() as connection:
        connection.execute(text(f"UPDATE image_layers SET {column} = NULL"))


def test_a_job_tells_the_worker_of_which_layer_it_is(engine: Engine) -> None:
    asked = ask(engine, "d", kind="layer_decomposition", parent_id="p", parent_layer=2)
    job = claimed(engine)
    assert (job.id, job.kind, job.parent_id, job.parent_layer) == (asked.id, "layer_decomposition", "p", 2)
    with engine.begin() as connection:
        jobs.release(connection, job)
    assert (now_of(engine, job).parent_id, now_of(engine, job).parent_layer) == ("p", 2)
    plain = ask(engine, "e")
    assert (plain.kind, plain.parent_id, plain.parent_layer) == ("decomposition", None, None)
    with pytest.raises(IntegrityError, match="ck_jobs_parent"):
        ask(engine, "f", parent_id="p")
