"""Jobs for the tests of the job machine: asked for, claimed and looked at with the store's own functions."""

from dataclasses import replace

from sqlalchemy import Connection, Engine, text

from app.store import images, jobs
from app.store.jobs import Job, NewJob
from app.store.tables import DEFAULT_TENANT

MODEL = "classic"
NEW = NewJob(
    tenant_id=DEFAULT_TENANT,
    model_name=MODEL,
    model_revision="1",
    parameters={"max_layers": 5},
    image_id="picture",
    decomposition_id="d",
    request_id="req_1",
)


def add_tenant(engine: Engine, tenant_id: str) -> str:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tenants (id) VALUES (:id)"), {"id": tenant_id})
    return tenant_id


def ask(engine: Engine, decomposition_id: str, **changed: object) -> Job:
    """A job for a decomposition, new or joined."""
    with engine.begin() as connection:
        return jobs.submit(connection, replace(NEW, decomposition_id=decomposition_id, **changed))[0]


def claim(
    engine: Engine, *, worker_id: str = "host/1/2", models: tuple[str, ...] = (MODEL,), lease_s: float = 60.0
) -> Job | None:
    with engine.begin() as connection:
        return jobs.claim(connection, worker_id=worker_id, models=models, lease_s=lease_s, deadline_s=600.0)


def claimed(engine: Engine, **how: object) -> Job:
    """The next job, which must be there."""
    job = claim(engine, **how)  # type: ignore[arg-type]
    assert job is not None
    return job


def now_of(engine: Engine, job: Job) -> Job:
    """The job as it is now."""
    with engine.begin() as connection:
        found = jobs.get(connection, job.tenant_id, job.id)
    assert found is not None
    return found


def let_pass(engine: Engine, job: Job, column: str, seconds: float) -> None:
    """As if a moment of the job lay so much further back."""
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE jobs SET {column} = {column} - make_interval(secs => :secs) WHERE id = :id"),
            {"secs": seconds, "id": job.id},
        )


def keep_picture(connection: Connection, image_id: str = "picture", png: bytes = b"png") -> None:
    images.put(connection, DEFAULT_TENANT, image_id, 3, 2, png)
