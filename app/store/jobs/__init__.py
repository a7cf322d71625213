"""The job machine. ``docs/job_states.md`` draws it; each file here is one side of it.

    row         a job as it is read, and as it is asked for
    intake      submit, answer from what is stored, cancel
    queries     read one, list them, the place in the queue, the load
    attempts    a worker's side: claim, heartbeat, progress, and the ways an attempt ends
    sweep       lost workers, bells that never rang, jobs that are over and done with

Each end of a job, whoever brings it, is written down for webhooks in the same transaction, by
``app/store/webhook_outbox.py``.
Every change that a user can see raises ``version`` and notifies ``CHANNEL`` with the job's id in the same transaction.
All clocks are the database's.
"""

from app.store.jobs.attempts import canceled, claim, fail, heartbeat, progress, release, retry, succeed
from app.store.jobs.intake import insert_cached, mark_rung, request_cancel, submit
from app.store.jobs.queries import Before, Load, get, list_, load, queue_position
from app.store.jobs.row import CHANNEL, Callback, Fenced, Job, NewJob
from app.store.jobs.sweep import Swept, purge, requeue_lost, unrung

__all__ = [
    "CHANNEL",
    "Before",
    "Callback",
    "Fenced",
    "Job",
    "Load",
    "NewJob",
    "Swept",
    "canceled",
    "claim",
    "fail",
    "get",
    "heartbeat",
    "insert_cached",
    "list_",
    "load",
    "mark_rung",
    "progress",
    "purge",
    "queue_position",
    "release",
    "request_cancel",
    "requeue_lost",
    "retry",
    "submit",
    "succeed",
    "unrung",
]
