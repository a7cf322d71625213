"""A job is no longer wanted."""

from app.flow.errors import JobAlreadyFinished, NotFound
from app.flow.services import Services
from app.store import batches, jobs
from app.store.jobs import Job


def cancel(services: Services, tenant_id: str, job_id: str) -> tuple[Job, bool]:
    """The job, and whether it was waiting and is canceled; otherwise it stops at its next step. A batch of which no row
    is being drawn just now has nothing to stop, and ends here.

    Raises:
        NotFound: there is no such job.
        JobAlreadyFinished: too late.
    """
    with services.engine.begin() as connection:
        if jobs.get(connection, tenant_id, job_id) is None:
            raise NotFound(f"There is no job {job_id}.")
        job, outcome = jobs.request_cancel(connection, tenant_id, job_id)
        if outcome == "finished":
            raise JobAlreadyFinished(f"The job {job_id} has ended already: {job.status}.")
        if job.kind == batches.KIND:
            batches.settle_canceled(connection, tenant_id, job_id)
            job = jobs.get(connection, tenant_id, job_id) or job
    return job, outcome == "canceled"
